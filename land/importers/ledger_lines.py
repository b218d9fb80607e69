"""Rows of a ledger of quotas and balances: their place, their values, what is wrong with them.

中文：台账行解析
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import gettext as _

from land.ledgers import AREA, DAY, NUMBER, QUOTAS, UNITS, YEAR, Ledger
from land.models.quota import MovementKind
from registry.codes import Level
from registry.importers.lines import FileLine
from registry.models import Division, RowAction
from registry.queries.places import Places
from registry.readers.table import LedgerTable

CENT = Decimal("0.01")
LEVELS = (Level.COUNTY, Level.TOWNSHIP, Level.VILLAGE)
MIRRORED = {
    MovementKind.SHARED_IN: MovementKind.SHARED_OUT,
    MovementKind.CARRIED_IN: MovementKind.CARRIED_OUT,
}
# What makes two rows of a ledger the same fact; all other columns say more about it.
TELLING = {
    "conversions": ("approval_no", "kind"),
    "quotas": ("kind", "year", "movement", "day", "m2", "other", "approval"),
    "occupations": ("name", "kind", "day", "m2"),
    "supplements": ("name",),
    "supplement_uses": ("occupation", "supplement", "day", "m2"),
    "linkages": ("name", "approval_no"),
    "surplus": ("name", "movement", "day", "m2", "buyer"),
}
OTHERS = {"quotas": "other", "surplus": "account_place"}  # the column that names a second place


@dataclass
class Line(FileLine):
    """A row of the file on its way to a fact."""

    place: Division | None = None
    other: Division | None = None

    @property
    def called(self) -> str:
        """What the row is about, in a word."""
        return str(
            self.values.get("name") or self.values.get("approval_no") or self.values.get("occupation") or ""
        )


def lines_of(ledger: Ledger, read: LedgerTable, within: Division | None) -> list[Line]:
    """The rows of a file with all their errors; a movement told from its other side is turned about."""
    places, lines = Places(), Line.of(read)
    for line in lines:
        line.place = _place(line, places, within)
        _values(line, ledger)
        _other(line, ledger, places, within)
        if ledger is QUOTAS:
            _turn(line)
    return lines


def without_unit(ledger: Ledger, lines: Iterable[Line]) -> list[str]:
    """Titles of areas that do not say their unit."""
    areas = {col.name for col in ledger.cols if col.kind == AREA}
    titles = {line.titles[name] for line in lines for name in areas if name in line.titles}
    return sorted(title for title in titles if _factor(title) is None)


def _factor(title: str) -> Decimal | None:
    return next((factor for word, factor in UNITS if word in title), None)


def _values(line: Line, ledger: Ledger) -> None:
    wrong = {error["field"] for error in line.errors}
    for col in ledger.cols:
        value = line.source.values.get(col.name)
        if value is None or value == "":
            if col.needed and col.name not in wrong:
                line.refuse(
                    col.name, "missing", _("“%(column)s” is missing.") % {"column": col.heads.split()[0]}
                )
            continue
        if col.kind == AREA:
            factor = _factor(line.titles.get(col.name, "")) or Decimal(1)
            value = (Decimal(value) * factor).quantize(CENT, rounding=ROUND_HALF_UP)
        elif col.kind == DAY:
            if value.precision != "day":
                line.refuse(col.name, "day", _("A whole day is needed, as 2025-03-31."))
            value = value.value
        elif col.kind == NUMBER:
            value = Decimal(value)
        elif col.kind != YEAR:
            value = str(value).strip()
        line.values[col.name] = value


def _place(line: Line, places: Places, within: Division | None) -> Division | None:
    code = str(line.source.values.get("code") or "").strip()
    name = str(line.source.values.get("place") or "").strip()
    if code:
        found = places.coded(code)
        if found is None:
            line.refuse("code", "no_division", _("No division has the code %(code)s.") % {"code": code})
        return found
    if not name:
        line.refuse("place", "no_division", _("The row names no place."))
        return None
    return _named(line, "place", name, places, within)


def _named(line: Line, column: str, name: str, places: Places, within: Division | None) -> Division | None:
    if within is not None and name == within.name:
        return within
    found = [place for level in LEVELS for place in places.named(name, level, within)]
    found = found or [place for level in LEVELS for place in places.named(name, level)]
    if len(found) == 1:
        return found[0]
    if found:
        said = _("Several places are called %(name)s. Give the code of the one that is meant.")
        line.refuse(column, "several_divisions", said % {"name": name})
        return None
    near = "、".join(near for level in LEVELS for near in places.near(name, level, within)[:2]) or _("none")
    said = _("No place is called %(name)s. Alike: %(near)s.")
    line.refuse(column, "no_division", said % {"name": name, "near": near})
    return None


def _other(line: Line, ledger: Ledger, places: Places, within: Division | None) -> None:
    column = OTHERS.get(ledger.key)
    name = line.values.get(column) if column else None
    if column and name:
        line.other = _named(line, column, name, places, within)


def _turn(line: Line) -> None:
    """What came in from another account is what went out of that one: one movement, two rows."""
    movement = line.values.get("movement")
    if movement not in MIRRORED or line.errors:
        return
    line.values["mirrored"] = True
    line.values["movement"] = MIRRORED[movement]
    if movement == MovementKind.CARRIED_IN:
        line.values["year"] -= 1
    elif line.other is None:
        line.refuse("other", "no_division", _("Name the place whose account it came from."))
    else:
        line.place, line.other = line.other, line.place


def telling(ledger: Ledger, place: int, values: dict[str, Any], other: int | None = None) -> tuple[Any, ...]:
    """What tells a row of a ledger from the others."""
    column = OTHERS.get(ledger.key)
    said = [other if name == column else values.get(name) or None for name in TELLING[ledger.key]]
    return (place, *(str(one) if isinstance(one, dt.date | Decimal | str) else one for one in said))


def keep_known(ledger: Ledger, lines: Iterable[Line], known: Counter[tuple[Any, ...]]) -> None:
    """Rows that the register holds are left; so is the other side of a movement that the file has too."""
    there, told = Counter(known), Counter[tuple[Any, ...]]()
    good = [line for line in lines if not line.errors and line.place is not None]
    for line in good:  # those told from the paying side first
        if not line.values.get("mirrored"):
            told[_key(ledger, line)] += 1
    for line in good:
        key, mirrored = _key(ledger, line), line.values.pop("mirrored", False)
        if mirrored and told[key] > 0:
            told[key] -= 1
            line.action = RowAction.KEEP
        elif there[key] > 0:
            there[key] -= 1
            line.action = RowAction.KEEP


def _key(ledger: Ledger, line: Line) -> tuple[Any, ...]:
    return telling(
        ledger, line.place.pk if line.place else 0, line.values, line.other.pk if line.other else None
    )
