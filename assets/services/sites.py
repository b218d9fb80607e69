"""Relocation sites: registered, their works tied to assets, the year's planting checked. 中文：安置点登记"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import shapely
from django.db import transaction
from django.utils.translation import gettext as _

from assets.kinds import SITE, SITE_FIGURES
from assets.kinds_more import BY_KEY
from assets.models.details import Own
from land.redline import OCCUPIES, REVIEW
from land.services.redline import check, footprints_of
from projects.services.projects import numbered
from registry import access, clock
from registry.codes import ShapeNeed, UnitKind, UnitState
from registry.errors import BadInput
from registry.models import Division, ImportBatch, Shape, Unit, User
from registry.services.units import register_units

from .ledger import adcodes_of
from .own import OwnLine, record

LETTER = "AZD"  # 安置点


def site_codes(places: list[Division]) -> list[str]:
    """Codes ``<adcode12>-AZD-<seq4>`` for new sites, in their order."""
    adcodes = adcodes_of({place.pk: place for place in places})
    found = numbered({n: f"{adcodes[place.pk]}-{LETTER}" for n, place in enumerate(places)})
    return [found[n] for n in range(len(places))]


@transaction.atomic
def register_sites(
    sites: Sequence[tuple[str, Division, str]],
    *,
    by: User | None,
    reason: str = "",
    since: dt.date | None = None,
    batch: ImportBatch | None = None,
) -> list[Unit]:
    """Register sites by name, place and code ("" for a new one), all or none. Raises ``NotAllowed``."""
    codes = site_codes([place for _name, place, _code in sites])
    units = [
        Unit(
            code=code or fresh,
            kind=UnitKind.RELOCATION_SITE,
            name=name,
            division=place,
            state=UnitState.IN_USE,
            state_since=since,
            shape_need=ShapeNeed.REQUIRED,
            batch=batch,
        )
        for (name, place, code), fresh in zip(sites, codes, strict=True)
    ]
    return register_units(units, by=by, reason=reason, batch=batch)


@transaction.atomic
def register_site(
    *,
    name: str,
    division: Division,
    values: dict[str, Any],
    figures: dict[str, Any],
    by: User | None,
    reason: str = "",
) -> Unit:
    """Register a relocation site with what is known of it and who lives there (REL-01).

    Raises ``BadInput``, ``NotAllowed``, ``RuleBroken``.
    """
    if not name.strip():
        raise BadInput(_("Give the name of the site."), "name")
    there = Unit.objects.in_force().filter(
        kind=UnitKind.RELOCATION_SITE, division=division, name=name.strip()
    )
    if there.exists():
        raise BadInput(_("A site of this name is registered there already."), "name")
    since = values.get("occupied_on") or values.get("completed_on")
    unit = register_sites([(name.strip(), division, "")], by=by, reason=reason, since=since)[0]
    record(SITE, [OwnLine(unit=unit, values=values)], by=by, reason=reason, judge=False)
    record(SITE_FIGURES, [OwnLine(unit=unit, values=figures)], by=by, reason=reason)
    return unit


@transaction.atomic
def plan_planting(*, unit: Unit, values: dict[str, Any], by: User | None, reason: str = "") -> Own:
    """Record what a base grows, after the red-line check of its outline on that day. 中文：种植计划核查入账

    What is planned for a day to come and is no grain is refused on permanent basic farmland; what grows
    already is recorded with its verdict, so that the truth can be written. Without an outline the verdict
    stays empty.
    """
    access.require(by, "register_unit", unit.division)
    verdict, taken = _verdict(unit, values["on"])
    coming = values["on"] >= clock.today() and not values.get("grain")
    if coming and verdict in (OCCUPIES, REVIEW):
        raise BadInput(
            _(
                "%(m2)s m² of the base are permanent basic farmland, which is for grain. Plant grain there, "
                "or take this ground out of the base before planting."
            )
            % {"m2": taken},
            "crop",
        )
    checked = {**values, "verdict": verdict, "basic_farmland_m2": taken}
    return record(BY_KEY["plantings"], [OwnLine(unit=unit, values=checked)], by=by, reason=reason)[0]


def _verdict(unit: Unit, day: Any) -> tuple[str, Decimal | None]:
    """The red-line verdict of a unit's outline, with its basic farmland; nothing where it has no outline."""
    when = min(day, clock.today())
    shapes = list(Shape.objects.on(when).filter(unit=unit).select_related("unit"))
    if not shapes or shapely.from_wkb(bytes(shapes[0].geom.wkb)).is_empty:
        return "", None
    found = check(footprints_of(shapes, when), day=when, totals=False).verdicts[0]
    return found.verdict, Decimal(str(found.basic_farmland_m2)).quantize(Decimal("0.01"))
