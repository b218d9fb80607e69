"""Parts of a case by their outlines: what a drawing or a file makes of it, and what is no division of it.

中文：图斑拆分
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import shapely
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from land import splitting
from land.area import official_area, settle
from land.models import Case
from registry import display, geo
from registry.errors import BadInput
from registry.models import Shape

SETTLED_M2 = Decimal("0.05")  # what rounding may leave between the parts of one measured outline


@dataclass(frozen=True)
class Proposal:
    """Parts (degrees) with their official areas, which make the case, and what was cut off to get there."""

    parts: list[tuple[BaseGeometry, Decimal]]
    notes: list[str]


def outline_of(case: Case) -> Shape | None:
    """The outline in force of a case."""
    return Shape.objects.in_force().filter(unit=case.unit_id).order_by("-valid").first()


def in_work(shape: Shape) -> BaseGeometry:
    """An outline in the working plane, where its parts are cut."""
    plane = geo.transform(shapely.from_wkb(bytes(shape.geom.wkb)), geo.RECORD_SRID, shape.source_srid)
    return geo.to_work_dense(plane, shape.source_srid)


def propose(case: Case, pieces: Sequence[tuple[BaseGeometry, int]], *, rest: bool) -> Proposal:
    """Divide a case by pieces (geometry, SRID); with ``rest``, what is left over is the last part.

    Raises ``BadInput``: no outline, a piece beside it, parts that do not make the case.
    """
    shape = outline_of(case)
    if shape is None:
        raise BadInput(_("The case has no outline. Say the outcome by areas instead."), "no_outline")
    asked = [geo.to_work_dense(shapely.force_2d(piece), srid) for piece, srid in pieces]
    found = splitting.divide(in_work(shape), asked)
    if found.empty:
        numbers = "、".join(map(str, found.empty))
        raise BadInput(
            _("Part %(n)s lies beside the clue, or on ground of an earlier part. Draw it inside the outline.")
            % {"n": numbers},
            "parts",
        )
    parts = [*found.parts, *([found.left] if rest and not found.left.is_empty else [])]
    areas = [official_area(part, geo.county().work_srid) for part in parts]
    off = case.area_m2 - sum(areas, Decimal(0))
    if abs(off) > SETTLED_M2:
        raise BadInput(sums_differ(case, sum(areas, Decimal(0))), "parts")
    settled = settle(case.area_m2, {f"{n:04d}": float(area) for n, area in enumerate(areas)})
    record = [geo.transform(part, geo.county().work_srid, geo.RECORD_SRID) for part in parts]
    return Proposal(list(zip(record, settled.values(), strict=True)), _notes(found))


def _notes(found: splitting.Divided) -> list[str]:
    said = [
        _("Part %(n)d reached %(area)s beyond the clue; that was cut off.") % {"n": n, "area": _m2(area)}
        for n, area in found.beyond.items()
    ]
    return said + [
        _("Part %(n)d lay on an earlier part with %(area)s; the earlier one keeps it.")
        % {"n": n, "area": _m2(area)}
        for n, area in found.taken.items()
    ]


def _m2(area: float) -> str:
    return str(display.m2(Decimal(area).quantize(Decimal("0.01"))))


def refuse_unfit(case: Case, outlines: Sequence[Any]) -> None:
    """Raise ``BadInput`` where parts (EPSG:4490) share ground or leave the outline of the case. One query."""
    shape = outline_of(case)
    if shape is None:
        return
    parts = [geo.to_work(shapely.from_wkb(bytes(one.wkb))) for one in outlines]
    twice, beside = splitting.overlap(parts), splitting.beyond(in_work(shape), parts)
    if twice > SETTLED_M2:
        raise BadInput(
            _("The parts have %(area)s in common; ground counts once. Draw them again.")
            % {"area": _m2(twice)},
            "parts",
        )
    if beside > SETTLED_M2:
        raise BadInput(
            _("The parts reach %(area)s beyond the clue. Draw them again.") % {"area": _m2(beside)}, "parts"
        )


def sums_differ(case: Case, total: Decimal) -> str:
    """Both sums and what is between them."""
    return _(
        "The areas make %(total)s; the clue has %(area)s. %(off)s are missing (or too much, where negative)."
    ) % {
        "total": display.m2(total),
        "area": display.m2(case.area_m2),
        "off": display.m2(case.area_m2 - total),
    }
