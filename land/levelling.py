"""Levelling 调平: areas of parts made to sum exactly to the control area of their whole (A09). Pure.

The rule of the national survey: of the difference d, in hundredths, every one of the n parts takes d // n,
and the d % n largest take one hundredth more. It runs from the county to its townships, to their villages, to
the parcels, and to the columns of a table by class, where the hundredths left over are given in reverse order
of the codes, and classes below a hectare stand aside as long as there is one above.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.utils.translation import gettext as _

from registry.errors import BadInput

CENT = Decimal("0.01")
HECTARE_M2 = Decimal(10_000)


@dataclass(frozen=True)
class Area:
    """A place, its area in m² with two decimals, the parts of it, and the columns by class. 中文：控制面积"""

    key: str
    area: Decimal
    parts: tuple[Area, ...] = ()
    classes: dict[str, Decimal] = field(default_factory=dict)


def level(control: Decimal, areas: Sequence[Decimal]) -> list[Decimal]:
    """Areas, in their order, levelled so that they sum to ``control``; the largest take what is left over.

    Raises ``BadInput`` ("A09") when there is nothing to level, or when a part would vanish.
    """
    order = sorted(range(len(areas)), key=lambda at: (-areas[at], at))
    return _spread(control, list(areas), order)


def level_classes(control: Decimal, classes: dict[str, Decimal]) -> dict[str, Decimal]:
    """The columns of a table by class, levelled to their total; those with no area stay empty."""
    taking = [code for code in sorted(classes, reverse=True) if classes[code] > 0]
    large = [code for code in taking if classes[code] >= HECTARE_M2]
    taking = large or taking
    aside = sum((area for code, area in classes.items() if code not in taking), Decimal(0))
    levelled = _spread(control - aside, [classes[code] for code in taking], list(range(len(taking))))
    return classes | dict(zip(taking, levelled, strict=True))


def level_areas(whole: Area, control: Decimal | None = None) -> Area:
    """The whole and everything below it levelled: county, townships, villages, parcels, classes.

    ``control``: the control area (DCMJ) of the whole; None takes its own. Afterwards the parts of every
    place, and its columns by class, sum exactly to its area.
    """
    area = whole.area if control is None else control
    parts = whole.parts
    if parts:
        levelled = level(area, [part.area for part in parts])
        parts = tuple(level_areas(part, own) for part, own in zip(parts, levelled, strict=True))
    classes = level_classes(area, whole.classes) if whole.classes else {}
    return replace(whole, area=area, parts=parts, classes=classes)


def _spread(control: Decimal, areas: list[Decimal], order: Sequence[int]) -> list[Decimal]:
    """Areas with the difference spread over them, one hundredth more for the first of ``order``."""
    difference = (control - sum(areas, Decimal(0))) / CENT
    if difference != int(difference):
        raise BadInput(_("A09: areas are levelled in hundredths of a square metre."), "A09")
    if not difference:
        return areas
    if not areas:
        raise BadInput(_("A09: there is no part that could take %(area)s m².") % {"area": control}, "A09")
    each, more = divmod(abs(int(difference)), len(areas))
    step = CENT if difference > 0 else -CENT
    out = list(areas)
    for rank, at in enumerate(order):
        out[at] += step * (each + (rank < more))
        if out[at] < 0 or out[at] == 0 < areas[at]:
            raise BadInput(
                _("A09: the parts differ from the control area by %(area)s m², more than levelling settles: "
                  "look for a part that is missing or there twice.")
                % {"area": difference * CENT},
                "A09",
            )  # fmt: skip
    return out
