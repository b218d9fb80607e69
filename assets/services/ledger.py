"""Write the asset ledger: new assets with everything a row says of them, many at once. 中文：资产台账入账"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.contrib.gis.geos import Point
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from assets.codes import SUBTYPES_OF_CLASS, AssetClass, AssetNature, Subtype
from assets.models import Asset, UpkeepTerms
from projects.models import Project
from projects.services.projects import numbered, write_funding
from registry import access
from registry.codes import CodeSystem, EntryCode, ShapeMethod, ShapeNeed, UnitKind, UnitState
from registry.models import Division, Entry, ImportBatch, Party, Shape, Source, Unit, User
from registry.models.filling import insert_rows
from registry.queries.divisions import codes_by_division
from registry.services.acts import ActLine, record_acts
from registry.services.entries import EntryLine, open_entries
from registry.services.units import register_units

CLASS_LETTERS = {AssetClass.OPERATING: "J", AssetClass.PUBLIC_WELFARE: "G", AssetClass.HOUSEHOLD: "H"}
ASSET_FIELDS = (
    "asset_class", "nature", "subtype", "address", "spec", "quantity", "measure", "original_value",
    "settled_value", "completed_on", "accepted_on", "handed_over_on", "real_estate_code", "picture", "remark",
)  # fmt: skip


@dataclass(kw_only=True)
class HeldBy:
    """A right or duty that a row states."""

    code: str
    party: Party
    valid_from: dt.date
    share: Fraction = Fraction(1)
    agent: Party | None = None


@dataclass(kw_only=True)
class AssetFacts:
    """What a ledger row says of an asset. Blank values are None or ""; money in yuan; point EPSG:4490."""

    name: str
    division: Division
    asset_class: str
    subtype: str
    nature: str
    code: str = ""
    state: str | None = None
    since: dt.date | None = None
    year: int | None = None
    project: Project | None = None
    fields: dict[str, Any] = field(default_factory=dict)
    funding: list[tuple[str, Decimal]] = field(default_factory=list)
    point: tuple[float, float] | None = None
    held: list[HeldBy] = field(default_factory=list)
    terms: dict[str, Any] | None = None
    source: Source | None = None
    placed_from: dt.date | None = None
    origin: dict[str, Any] = field(default_factory=dict)
    asset: Asset | None = None  # the asset in the register that the row means


@transaction.atomic
def register_assets(
    facts: Sequence[AssetFacts], *, by: User | None, reason: str = "", batch: ImportBatch | None = None
) -> list[Asset]:
    """Register new assets with project, funding, rights, duties, terms and places, all or none.

    About twenty statements for a thousand assets. Raises ``NotAllowed`` outside the user's divisions and
    ``RuleBroken`` for shares that are not whole after go-live.
    """
    if not facts:
        return []
    codes = new_codes(facts)
    units = [
        Unit(
            code=fact.code or codes[place],
            kind=UnitKind.ASSET,
            name=fact.name,
            division=fact.division,
            state=fact.state or UnitState.IN_USE,
            state_since=fact.since,
            shape_need=shape_need_of(fact.nature, fact.subtype),
            origin=fact.origin,
            batch=batch,
        )
        for place, fact in enumerate(facts)
    ]
    register_units(units, by=by, reason=reason, batch=batch)
    assets = insert_rows([_asset(unit, fact) for unit, fact in zip(units, facts, strict=True)])
    pairs = list(zip(units, facts, strict=True))
    write_funding(
        ((unit, fact.project, source, amount) for unit, fact in pairs for source, amount in fact.funding),
        batch=batch,
    )
    write_entries([(unit, fact, fact.held) for unit, fact in pairs], by=by, reason=reason, batch=batch)
    place_at_points(
        [(unit, fact) for unit, fact in pairs if fact.point and unit.shape_need != ShapeNeed.NONE],
        by=by,
        batch=batch,
    )
    return assets


def shape_need_of(nature: str, subtype: str) -> ShapeNeed:
    """Whether an asset has a place on the map: equity has none, what lives may have one. 上图要求"""
    if nature == AssetNature.EQUITY or subtype == Subtype.EQUITY:
        return ShapeNeed.NONE
    return ShapeNeed.OPTIONAL if nature == AssetNature.BIOLOGICAL else ShapeNeed.REQUIRED


def _asset(unit: Unit, fact: AssetFacts) -> Asset:
    return Asset(
        unit=unit,
        asset_class=fact.asset_class,
        subtype=fact.subtype,
        nature=fact.nature,
        project=fact.project,
        **fact.fields,
    )


def new_codes(facts: Sequence[AssetFacts]) -> dict[int, str]:
    """Codes ``<adcode12>-<class1><subtype2>-<year4>-<seq4>`` for facts without one, by position."""
    wanting = {place: fact for place, fact in enumerate(facts) if not fact.code}
    adcodes = adcodes_of({fact.division.pk: fact.division for fact in wanting.values()})
    prefixes = {}
    for place, fact in wanting.items():
        subtypes = SUBTYPES_OF_CLASS[AssetClass(fact.asset_class)]
        kind = f"{CLASS_LETTERS[AssetClass(fact.asset_class)]}{subtypes.index(fact.subtype) + 1:02d}"
        completed = fact.fields.get("completed_on")
        year = fact.year or (completed.year if completed else 0)
        prefixes[place] = f"{adcodes[fact.division.pk]}-{kind}-{year:04d}"
    return numbered(prefixes)


def adcodes_of(divisions: dict[int, Division]) -> dict[int, str]:
    """Twelve digits for each division: its statistical (else civil affairs) code, cut or filled up."""
    found = codes_by_division(divisions, CodeSystem.NBS)
    if len(found) < len(divisions):
        found = codes_by_division(divisions, CodeSystem.MCA) | found
    return {key: found.get(key, "")[:12].ljust(12, "0") for key in divisions}


def write_entries(
    rows: Sequence[tuple[Unit, AssetFacts, Sequence[HeldBy]]],
    *,
    by: User | None,
    reason: str = "",
    batch: ImportBatch | None = None,
) -> list[Entry]:
    """Open the entries that rows state, with the terms of upkeep duties."""
    lines, terms = [], []
    for unit, fact, held in rows:
        for holder in held:
            lines.append(
                EntryLine(
                    unit=unit,
                    code=holder.code,
                    party=holder.party,
                    agent=holder.agent,
                    share=holder.share,
                    valid_from=holder.valid_from,
                    source=fact.source,
                )
            )
            terms.append(fact.terms if holder.code == EntryCode.UPKEEP else None)
    entries = open_entries(lines, by=by, reason=reason, batch=batch) if lines else []
    insert_rows(
        [UpkeepTerms(entry=entry, **said) for entry, said in zip(entries, terms, strict=True) if said]
    )
    return entries


def place_at_points(
    rows: Sequence[tuple[Unit, AssetFacts]], *, by: User | None, batch: ImportBatch | None = None
) -> None:
    """Give units without a shape the point that their ledger row states (indicative, EPSG:4490)."""
    if not rows:
        return
    for division in {unit.division_id: unit.division for unit, _fact in rows}.values():
        access.require(by, "register_unit", division)
    shapes = insert_rows(
        [
            Shape(
                unit=unit,
                geom=Point(*fact.point, srid=4490) if fact.point else None,
                valid=DateRange(fact.placed_from, None),
                method=ShapeMethod.LEDGER,
                source=fact.source,
                batch=batch,
            )
            for unit, fact in rows
        ]
    )
    record_acts(
        [
            ActLine(
                verb="unit_placed",
                division=unit.division_id,
                unit=unit.pk,
                source=fact.source,
                subject=f"shape:{shape.pk}",
                effective_on=fact.placed_from,
                after={"shape": shape.pk, "method": str(ShapeMethod.LEDGER)},
            )
            for (unit, fact), shape in zip(rows, shapes, strict=True)
        ],
        by=by,
        batch=batch,
    )
