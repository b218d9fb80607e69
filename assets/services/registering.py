"""Register one asset that somebody describes on a page, with what its kind has of its own. 中文：资产登记"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from assets.codes import BIOLOGICAL_SUBTYPES, SUBTYPES_OF_CLASS, AssetNature, Subtype
from assets.kinds import ROADS, Kind
from assets.models import Asset
from projects.models import Project
from projects.services.projects import ProjectAsk, ensure_projects
from registry import access, clock
from registry.codes import EntryCode, Level, UnitState
from registry.errors import BadInput
from registry.models import Division, Unit, User
from registry.queries.divisions import line_of
from registry.rules import engine
from registry.services.entry_papers import Paper, Said, open_on_paper

from .ledger import AssetFacts, register_assets
from .own import OwnLine, record
from .roads import RouteAsk, ensure_routes, read_network

BEGINNINGS = (UnitState.PLANNED, UnitState.BUILDING, UnitState.ACCEPTED, UnitState.IN_USE)


@dataclass(frozen=True, kw_only=True)
class NewAsset:
    """What is said of an asset that is not in the register yet."""

    name: str
    division: Division
    subtype: str
    state: str = UnitState.ACCEPTED
    fields: dict[str, Any] = field(default_factory=dict)  # columns of the ledger: spec, dates, value
    funding: Sequence[tuple[str, Decimal]] = ()
    project_name: str = ""
    project_year: int | None = None
    owner: Said | None = None
    paper: Paper = field(default_factory=Paper)
    owned_from: dt.date | None = None
    kind: Kind | None = None
    own: dict[str, Any] = field(default_factory=dict)
    route: RouteAsk | None = None


@transaction.atomic
def register_asset(*, new: NewAsset, by: User | None, reason: str = "") -> Unit:
    """Register an asset with its money, its owner and its own facts, all or none. 中文：登记资产

    The class follows from the sub-type. What rules of severity E refuse is refused (REG-04, REG-09).
    Raises ``BadInput`` with the field, ``NotAllowed``, ``RuleBroken``.
    """
    access.require(by, "register_unit", new.division)
    _refuse_twin(new)
    [asset] = register_assets([_facts(new, _project(new, by))], by=by, reason=reason)
    unit = asset.unit
    if new.owner is not None:
        since = new.owned_from or new.fields.get("handed_over_on") or clock.today()
        open_on_paper(
            unit=unit, code=EntryCode.OWNERSHIP, holders=[(new.owner, Fraction(1))], valid_from=since,
            by=by, paper=new.paper, reason=reason,
        )  # fmt: skip
    _record_own(unit, new, by, reason)
    engine.evaluate_units([unit.pk], as_of=clock.today())
    engine.refuse_broken(on=new.fields.get("completed_on") or clock.today(), units=[unit.pk])
    return unit


def class_of(subtype: str) -> str:
    """The class that a sub-type belongs to: each belongs to one."""
    return next(str(of) for of, subtypes in SUBTYPES_OF_CLASS.items() if subtype in subtypes)


def nature_of(subtype: str) -> str:
    if subtype == Subtype.EQUITY:
        return AssetNature.EQUITY
    return AssetNature.BIOLOGICAL if subtype in BIOLOGICAL_SUBTYPES else AssetNature.FIXED


def _refuse_twin(new: NewAsset) -> None:
    """The same name, place and sub-type is the same asset, until somebody says otherwise by its name."""
    if not new.name.strip():
        raise BadInput(_("Give the name of the asset."), "name")
    there = Asset.objects.in_force().filter(
        subtype=new.subtype, unit__division=new.division, unit__name=new.name.strip()
    )
    known = there.select_related("unit").first()
    if known is not None:
        raise BadInput(
            _(
                "REG-09: %(name)s is registered there already, as %(code)s. Say in the name what tells "
                "them apart."
            )
            % {"name": known.unit.name, "code": known.unit.code},
            "name",
        )


def _project(new: NewAsset, by: User | None) -> Project | None:
    """The project that formed it, of the township, as ledgers have it."""
    if not new.project_name.strip():
        return None
    towns = [place for place in line_of(new.division) if place.level == Level.TOWNSHIP]
    place = towns[0] if towns else new.division
    ask = ProjectAsk(new.project_name.strip(), place.pk, "", new.project_year)
    return ensure_projects([ask], by=by)[ask.key]


def _facts(new: NewAsset, project: Project | None) -> AssetFacts:
    days = [new.fields.get(name) for name in ("handed_over_on", "accepted_on", "completed_on")]
    return AssetFacts(
        name=new.name.strip(),
        code="",
        division=new.division,
        asset_class=class_of(new.subtype),
        subtype=new.subtype,
        nature=nature_of(new.subtype),
        state=new.state,
        since=next((day for day in days if day is not None), None),
        year=new.project_year,
        project=project,
        fields=new.fields,
        funding=list(new.funding),
    )


def _record_own(unit: Unit, new: NewAsset, by: User | None, reason: str) -> None:
    """What its kind has of its own, where anything was said of it; a road hangs on its route."""
    if new.kind is None or not any(value not in (None, "", False) for value in new.own.values()):
        return
    values = dict(new.own)
    if new.route is not None:
        values["route"] = ensure_routes([new.route], place=unit.division, by=by)[new.route.code]
    record(new.kind, [OwnLine(unit=unit, values=values)], by=by, reason=reason, judge=False)
    if new.kind is ROADS:
        read_network()
