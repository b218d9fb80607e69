"""What plan and approvals say of the ground of a registered thing. 中文：规划符合性、批准与建成对照

The same overlay as the red line asks other layers: is it inside the urban growth boundary, is it off the
ecological red line, does it keep to what was approved. What no layer speaks of is not known, never in order.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from land.area import official_area
from land.ground import Limits
from land.models import PointSupplyApproval, VintageKind, Zone
from land.queries.lying import Lying, in_zones
from land.queries.vintages import vintages_for
from land.services.redline import limits_on
from registry import geo
from registry.models import Shape

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Approved:
    """The thing beside its approvals: m², official. 中文：批准与建成对照"""

    inside_m2: Decimal
    outside_m2: Decimal  # 超占
    unbuilt_m2: Decimal  # 批而未用
    stated_m2: Decimal | None  # PZMJ of the approvals it meets
    measured_m2: Decimal  # of the same approvals
    first_on: dt.date | None  # the earliest of their days
    before_approval: bool  # it stands since before that day (未批先建)


@dataclass(frozen=True)
class Conformity:
    """The answers for one outline; None: no layer speaks."""

    shape: Shape
    day: dt.date
    whole_m2: Decimal
    urban: Lying | None
    ecological: Lying | None
    approved: Approved | None
    point_supplies: tuple[str, ...]  # numbers of approvals whose footprint it meets

    @property
    def off_ecological(self) -> bool | None:
        return None if self.ecological is None or not self.ecological.covered else self.ecological.m2 == 0


def conformity(shape: Shape, day: dt.date) -> Conformity:
    """Ask every layer of a polygon's ground. About thirty queries."""
    limits, _values = limits_on(day)

    def lying(kind: str, wanted: Callable[[Any], bool] = lambda zone: True) -> Lying | None:
        found = in_zones({shape.pk: shape.geom}, kind, day, limits=limits, wanted=wanted)[shape.pk]
        return found if found.year is not None else None

    urban, ecological = lying(VintageKind.URBAN_BOUNDARY), lying(VintageKind.ECOLOGICAL_RED_LINE)
    whole = urban or ecological
    area = whole.whole_m2 if whole else official_area(_work(shape))
    return Conformity(
        shape=shape,
        day=day,
        whole_m2=area,
        urban=urban,
        ecological=ecological,
        approved=_approved(shape, day, limits, lying(VintageKind.APPROVALS)),
        point_supplies=_supplies(shape, day),
    )


def _work(shape: Shape) -> Any:
    import shapely

    return geo.to_work(shapely.from_wkb(bytes(shape.geom.wkb)))


def _approved(shape: Shape, day: dt.date, limits: Limits, lying: Lying | None) -> Approved | None:
    """Inside and outside of the approvals that the ground meets; None where none are loaded. One query."""
    if lying is None:
        return None
    chosen = vintages_for(VintageKind.APPROVALS, day)
    rows = Zone.objects.filter(vintage__in=chosen.keys, geom__intersects=shape.geom)
    met = list(rows.only("official_m2", "gross_m2", "protected_from", "vintage"))
    measured = sum((row.official_m2 for row in met), ZERO)
    stated = [row.gross_m2 for row in met if row.gross_m2 is not None]
    days = [row.protected_from for row in met if row.protected_from is not None]
    first = min(days, default=None)
    return Approved(
        inside_m2=lying.m2,
        outside_m2=max(lying.whole_m2 - lying.m2, ZERO),
        unbuilt_m2=max(measured - lying.m2, ZERO),
        stated_m2=sum(stated, ZERO) if stated else None,
        measured_m2=measured,
        first_on=first,
        before_approval=first is not None and shape.valid.lower is not None and shape.valid.lower < first,
    )


def _supplies(shape: Shape, day: dt.date) -> tuple[str, ...]:
    rows = PointSupplyApproval.objects.in_force().filter(geom__intersects=shape.geom, on__lte=day)
    return tuple(row.number or str(row.pk) for row in rows.order_by("on", "pk"))
