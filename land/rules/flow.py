"""C06: the increment package of a year against the overlay of its two surveys. 中文：增量包核对规则"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _

from land.models import Vintage, VintageKind
from land.parameters_layers import PACKAGE_MU, PACKAGE_SHARE
from land.services.flow import compare
from land.services.outcome import Compared
from registry.codes import Reading, Role, Severity
from registry.errors import RegistryError
from registry.models import Division, DivisionCode
from registry.rules import Context, Outcome, Row, Rule

from .places import found, here


def read_c06(context: Context) -> Outcome:
    """C06: a village whose package and overlay part by more than a hundredth or a mu.

    The newest year up to the day that has a package and both its surveys is read, by one comparison;
    without such a year nothing can be held against anything, and nothing is said to agree.
    """
    year = _year(context.as_of)
    if year is None:
        return Outcome(checked=0, rows=[])
    try:
        compared = compare(year - 1, year).crosscheck
    except RegistryError:  # C01: it does not prove itself; whoever opens the comparison reads why
        return _unread(context, year)
    places = _villages(context, [row.village for row in compared])
    read = [row for row in compared if row.village in places]
    rows = [_row(places[row.village], row, year) for row in read if row.differs]
    return Outcome(checked=len(read), rows=rows)


def _unread(context: Context, year: int) -> Outcome:
    """What the package speaks of, where no comparison can be had."""
    packs = Vintage.objects.in_force().filter(kind=VintageKind.INCREMENT, year=year)
    rows = [
        found(
            pack.division_id,
            f"package/{year}",
            dt.date(year, 12, 31),
            Reading.NO_DATA,
            village=pack.division.name,
            year=year,
        )
        for pack in here(context, packs.select_related("division"))
    ]
    return Outcome(checked=len(rows), rows=rows)


def _year(day: dt.date) -> int | None:
    kinds = (VintageKind.INCREMENT, VintageKind.PARCELS)
    held = set(
        Vintage.objects.in_force().filter(kind__in=kinds, year__lte=day.year).values_list("kind", "year")
    )
    years = [
        year
        for kind, year in held
        if kind == VintageKind.INCREMENT
        and {(VintageKind.PARCELS, year - 1), (VintageKind.PARCELS, year)} <= held
    ]
    return max(years, default=None)


def _villages(context: Context, codes: list[str]) -> dict[str, Division]:
    """Villages of the scope by the codes of the surveys. Two queries."""
    of_code = dict(DivisionCode.objects.filter(system="nbs", code__in=codes).values_list("division", "code"))
    rows = Division.objects.filter(pk__in=of_code)
    limited = context.scope.limit(rows, division="path", unit="pk", kind="division")
    return {of_code[row.pk]: row for row in limited}


def _row(village: Division, row: Compared, year: int) -> Row:
    values: dict[str, Any] = {
        "village": village.name,
        "year": year,
        "package_out": row.package[0],
        "package_in": row.package[1],
        "overlay_out": row.overlay[0],
        "overlay_in": row.overlay[1],
    }
    return found(village.pk, f"package/{year}", dt.date(year, 12, 31), **values)


RULES = (
    Rule(
        id="C06",
        subject="division",
        title=_("increment package and overlay part"),
        message=_(
            "%(village)s, %(year)s: by the increment package %(package_out)s m² of farmland flow out and"
            " %(package_in)s m² in, by the overlay of the two surveys %(overlay_out)s m² and"
            " %(overlay_in)s m²."
        ),
        no_data=_("%(village)s: the surveys about %(year)s do not prove themselves; see the farmland flow."),
        remedy=_("Ask the survey team which of the two is right, and import the corrected delivery."),
        source="年度国土变更调查增量包核对",
        office=Role.LAND_OFFICER,
        severity=Severity.W,
        reads=frozenset({"land_vintage"}),
        read=read_c06,
        parameters=(PACKAGE_SHARE, PACKAGE_MU),
    ),
)
