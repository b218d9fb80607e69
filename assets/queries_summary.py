"""The summary by class and by holder on a day, and what came and went in a period. 中文：资产汇总"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from assets.codes import AssetClass
from registry.codes import STANDING, EntryCode, Level, PartyKind, UnitKind
from registry.models import Entry, Unit
from registry.queries.recorded import states_on

CENT = Decimal("0.01")


class Holder(models.TextChoices):
    """In whom assets are vested, as summaries group them. 中文：权属层级"""

    COUNTY = "county", _("county")  # 县级
    TOWNSHIP = "township", _("township")  # 乡级
    VILLAGE = "village", _("village")  # 村级
    HOUSEHOLD = "household", _("household")  # 到户
    OTHER = "other", _("other operators")  # 其他经营主体
    NONE = "none", _("not confirmed")  # 未确权


_BY_KIND = {
    PartyKind.VILLAGE_COLLECTIVE: Holder.VILLAGE,
    PartyKind.VILLAGE_COMMITTEE: Holder.VILLAGE,
    PartyKind.HOUSEHOLD: Holder.HOUSEHOLD,
    PartyKind.PERSON: Holder.HOUSEHOLD,
    PartyKind.GROUP: Holder.HOUSEHOLD,
}
_BY_LEVEL = {Level.TOWNSHIP: Holder.TOWNSHIP, Level.VILLAGE: Holder.VILLAGE,
             Level.NATURAL_VILLAGE: Holder.VILLAGE}  # fmt: skip


def holder_of(kind: str, level: str) -> str:
    """The group of an owner: by its kind; offices by the level of their place."""
    if kind == PartyKind.GOVERNMENT:
        return _BY_LEVEL.get(Level(level), Holder.COUNTY)
    return _BY_KIND.get(PartyKind(kind), Holder.OTHER)


def split(value: Decimal, shares: list[tuple[str, Fraction]]) -> dict[str, Decimal]:
    """A value by shares, each half-up to the cent; what rounding leaves goes to the largest share."""
    whole = sum((share for _who, share in shares), Fraction(0))
    parts: dict[str, Decimal] = defaultdict(Decimal)
    for who, share in shares:
        part = share / whole
        exact = value * part.numerator / part.denominator
        parts[who] += exact.quantize(CENT, ROUND_HALF_UP)
    parts[_largest(shares)] += value - sum(parts.values())
    return parts


def _largest(shares: list[tuple[str, Fraction]]) -> str:
    sums: dict[str, Fraction] = defaultdict(Fraction)
    for who, share in shares:
        sums[who] += share
    return max(sorted(sums), key=lambda who: sums[who])


def figures(division: Any, day: dt.date) -> dict[str, Any]:
    """What stands on the day: by class, by holder, together. Two queries.

    An asset of several owners counts once, at the group of the largest share; its value goes by the shares.
    """
    units = Unit.objects.on(day).filter(kind=UnitKind.ASSET, asset__isnull=False).within(division)
    standing = states_on(day, units).filter(state_then__in=STANDING)
    rows = list(standing.order_by("pk").values_list("pk", "asset__asset_class", "asset__original_value"))
    owners = _owners([pk for pk, _class, _value in rows], day)
    by_class, by_holder = _empty(AssetClass), _empty(Holder)
    total, unknown = {"count": 0, "value": Decimal(0)}, 0
    for pk, asset_class, value in rows:
        held = owners.get(pk) or [(str(Holder.NONE), Fraction(1))]
        unknown += value is None
        worth = value or Decimal(0)
        for line in (by_class[asset_class], by_holder[_largest(held)], total):
            line["count"] += 1
        by_class[asset_class]["value"] += worth
        total["value"] += worth
        for who, part in split(worth, held).items():
            by_holder[who]["value"] += part
    return {"by_class": _said(by_class), "by_holder": _said(by_holder),
            "total": _line(total), "unknown": unknown}  # fmt: skip


def _empty(choices: Any) -> dict[str, dict[str, Any]]:
    return {code: {"count": 0, "value": Decimal(0)} for code in choices.values}


def _said(lines: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {str(code): _line(line) for code, line in lines.items()}


def _line(line: dict[str, Any]) -> dict[str, Any]:
    return {"count": line["count"], "value": f"{line['value']:.2f}"}


def _owners(units: Iterable[int], day: dt.date) -> dict[int, list[tuple[str, Fraction]]]:
    found: dict[int, list[tuple[str, Fraction]]] = defaultdict(list)
    rows = Entry.objects.on(day).filter(unit_id__in=list(units), code=EntryCode.OWNERSHIP).order_by("pk")
    for unit, kind, level, num, den in rows.values_list(
        "unit_id", "party__kind", "party__division__level", "share_num", "share_den"
    ):
        found[unit].append((str(holder_of(kind, level)), Fraction(num, den)))
    return found


def period_of(period: str, year: int, month: int) -> tuple[dt.date, dt.date]:
    """The day before a period begins, and its last day."""
    begin = dt.date(year, month if period == "month" else 1, 1)
    last = period == "year" or month == 12
    after = dt.date(year + 1, 1, 1) if last else dt.date(year, month + 1, 1)
    return begin - dt.timedelta(days=1), after - dt.timedelta(days=1)
