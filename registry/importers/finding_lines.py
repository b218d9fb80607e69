"""One line of an inspection's list, judged: where it belongs, who must act, when. 中文：问题清单行校验"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from registry import clock, display
from registry.codes import FindingOrigin, Level, Role
from registry.models import Division, Finding, Unit, User
from registry.queries.finding_ledger import progress_of, squeezed
from registry.queries.findings import officers_of
from registry.queries.places import Places, plain
from registry.readers.table import CellProblem, DateValue, parse_value
from registry.readers.table.heads import OWN_HEADS
from registry.services.finding_lists import list_key, listed

from .finding_columns import FINDINGS, OFFICES, ORIGINS, word_in
from .lines import FileLine

NUMBER = re.compile(r"^WT-?0*(\d{1,12})$", re.IGNORECASE)
MAX_TEXT = 2000


@dataclass
class Line(FileLine):
    """A row of the file on its way to a finding."""

    heading: str = ""  # the sheet's own title, or the name of the file
    warnings: list[dict[str, Any]] = field(default_factory=list)
    changes: dict[str, list[Any]] = field(default_factory=dict)
    finding: Finding | None = None

    def day(self, name: str) -> dt.date | None:
        value = self.source.values.get(name)
        return value.value if isinstance(value, DateValue) else None

    def remark(self, name: str, code: str, message: Any) -> None:
        self.warnings.append(self.at(name, code, message))


class Book:
    """What the lines are held against: places, things, officers, findings that are known. A few queries."""

    def __init__(self, lines: Sequence[Line], within: Division | None) -> None:
        self.places = Places()
        self.within = within or next((p for p in self.places.all if p.level == Level.COUNTY), None)
        self.today = clock.today()
        codes = {line.text("asset_code") or line.text("asset_name") for line in lines} - {""}
        names = {line.text("asset_name") for line in lines} - {""}
        units = Unit.objects.in_force()
        self.by_code: dict[str, Unit] = {}
        self.by_name: dict[str, list[Unit]] = defaultdict(list)
        for unit in units.filter(code__in=codes) | units.filter(name__in=names):
            self.by_code[unit.code] = unit
            self.by_name[plain(unit.name)].append(unit)
        self.people: dict[str, list[User]] = defaultdict(list)
        named = {line.text("person") for line in lines} - {""}
        for user in User.objects.filter(full_name__in=named, is_active=True):
            self.people[user.full_name].append(user)
        self.officers: dict[int, set[int]] = {}
        self._findings(lines)

    def _findings(self, lines: Sequence[Line]) -> None:
        numbers = {int(m[1]) for line in lines if (m := NUMBER.match(line.text("finding")))}
        rows = Finding.objects.select_related("division", "person").defer("place")
        self.numbered = {finding.pk: finding for finding in rows.filter(pk__in=numbers)}
        keys = {key_of(line) for line in lines}
        known = listed().filter(subject_key__in=keys).select_related("division", "person").defer("place")
        self.listed = {finding.subject_key: finding for finding in known.order_by("id")}
        self.progress = progress_of([*self.numbered.values(), *self.listed.values()])

    def reaches(self, unit: Unit) -> bool:
        """Whether a thing lies where the file is imported for."""
        return self.within is None or self.places.by_pk[unit.division_id].path.startswith(self.within.path)

    def holds_role(self, user: User, division: Division) -> bool:
        if division.pk not in self.officers:
            self.officers[division.pk] = set(officers_of(division, self.today).values_list("pk", flat=True))
        return user.pk in self.officers[division.pk]


def family_of(line: Line) -> str:
    """The list that a line belongs to: the paper's number, else the sheet's title or the file's name."""
    return line.text("number") or line.heading


def key_of(line: Line) -> str:
    """The key of a line. Where the list numbers nothing, its words stand for the number."""
    number = line.text("seq").removesuffix(".0") or squeezed(line.text("text"))[:24]
    return list_key(family_of(line), number)


def judge(line: Line, book: Book) -> None:
    """Fill the line's values and list everything wrong with it at once."""
    for error in line.source.errors:
        line.errors.append(_of_reader(error))
    for error in line.source.warnings:
        line.warnings.append(_of_reader(error))
    _find(line, book)
    if not line.text("text") and not line.errors:
        line.refuse("text", "no_text", _("The row says no problem. Write what was found."))
    if not line.text("seq"):
        line.remark("seq", "no_number", _("The row has no number; its words stand for it. Number the rows."))
    place = _place(line, book)
    _days(line, book)
    line.values |= {
        "key": key_of(line),
        "text": line.text("text")[:MAX_TEXT],
        "origin": word_in(ORIGINS, line.text("origin"))
        or word_in(ORIGINS, line.heading)
        or FindingOrigin.OTHER,
        "office": word_in(OFFICES, line.text("body")) or Role.ASSET_MANAGER,
        "division": place.pk if place else None,
        "measure": line.text("measure"),
        "progress": line.text("progress"),
        "evidence": line.text("evidence"),
        "item": {} if line.text("finding") else item_of(line),
    }
    if line.values["origin"] == FindingOrigin.RULE and line.finding is None:
        line.refuse("origin", "rule_finding", _("A finding of the register is named by its number, WT-…"))
    if place is not None:
        _person(line, book, place)


def _of_reader(error: Any) -> dict[str, Any]:
    return {
        "column": error.column,
        "value": error.value,
        "code": error.code,
        "message": error.message,
        "field": error.field,
    }


def _find(line: Line, book: Book) -> None:
    """The finding that the line speaks of: by its number in the register, else by its list and number."""
    said = line.text("finding")
    if said:
        match = NUMBER.match(said)
        line.finding = book.numbered.get(int(match[1])) if match else None
        if line.finding is None:
            line.refuse(
                "finding",
                "no_finding",
                _("There is no finding %(number)s in the register.") % {"number": said},
            )
    else:
        line.finding = book.listed.get(key_of(line))
    found = line.finding
    if found and book.within and not found.division.path.startswith(book.within.path):
        line.refuse(
            "seq",
            "outside_division",
            _("It belongs to a finding of %(place)s, outside %(division)s, for which this file is imported.")
            % {"place": found.division.name, "division": book.within.name},
        )


def _place(line: Line, book: Book) -> Division | None:
    unit = _unit(line, book)
    place: Division | None = book.within
    for name, level in (("township", Level.TOWNSHIP), ("village", Level.VILLAGE)):
        said = line.text(name)
        if not said:
            continue
        found = book.places.named(said, level, place if place and place.level != level else book.within)
        found = found or [p for p in (place,) if p and p.level == level and plain(p.name) == plain(said)]
        if len(found) != 1:
            near = "、".join(book.places.near(said, level, book.within)) or "—"
            line.refuse(
                name,
                "division_ambiguous" if found else "division_unknown",
                _("“%(name)s” is not one place of %(where)s. Near names: %(near)s.")
                % {"name": said, "where": book.within.name if book.within else "—", "near": near},
            )
            return None
        place = found[0]
    if unit is not None:
        line.values["unit"] = unit.pk
        return book.places.by_pk[unit.division_id]
    if place is None:
        line.refuse("village", "division_missing", _("The row names no place. Write township and village."))
    return place


def _unit(line: Line, book: Book) -> Unit | None:
    """The registered thing; one that is not in the register is only remarked on."""
    code, name = line.text("asset_code"), line.text("asset_name")
    named = book.by_name.get(plain(name), []) if name else []
    unit = book.by_code.get(code or name) or (named[0] if len(named) == 1 else None)
    if unit is not None and not book.reaches(unit):
        unit = None
    if code and unit is None:
        line.refuse("asset_code", "asset_unknown", _("No asset has the code %(code)s.") % {"code": code})
    elif name and unit is None:
        line.remark(
            "asset_name",
            "asset_ambiguous" if named else "asset_unknown",
            _("“%(name)s” is not one thing of the register; the problem stands without it.") % {"name": name},
        )
    return unit


def _days(line: Line, book: Book) -> None:
    fed, done = line.day("fed_back_on"), line.day("done_on")
    for name, day in (("fed_back_on", fed), ("done_on", done)):
        if day is not None and day > book.today:
            line.refuse(name, "future_date", _("The date lies in the future. Correct it."))
    due = _deadline(line)
    line.values |= {
        "since": fed.isoformat() if fed else None,
        "done_on": done.isoformat() if done else None,
        "done": line.source.values.get("done"),
        "due_on": due.isoformat() if due else None,
    }


def _deadline(line: Line) -> dt.date | None:
    """The last day of a deadline; words as 立行立改 or 长期坚持 stay in the list and set none."""
    said = re.sub(r"(以前|之前|前|内)$", "", line.text("due_on"))
    if not said:
        return None
    try:
        value = parse_value(FINDINGS.field("done_on"), said)
    except CellProblem:
        line.remark(
            "due_on",
            "no_deadline",
            _("“%(said)s” is no day; the finding has no deadline yet.") % {"said": said[:30]},
        )
        return None
    day: dt.date = value.value
    month = 12 if value.precision == "year" else day.month
    if value.precision == "day":
        return day
    return dt.date(day.year, month, calendar.monthrange(day.year, month)[1])


def _person(line: Line, book: Book, place: Division) -> None:
    """The officer of that name whose role reaches the place; another name stays in the list."""
    said = line.text("person")
    fitting = [user for user in book.people.get(said, []) if book.holds_role(user, place)]
    line.values["person"] = fitting[0].pk if len(fitting) == 1 else None
    if said and len(fitting) != 1 and "*" not in said:
        line.remark(
            "person",
            "no_officer",
            _("%(name)s is not one officer of %(place)s; the name stays in the list only.")
            % {"name": display.masked(said), "place": place.name},
        )


def item_of(line: Line) -> dict[str, Any]:
    """The line as it came: its columns in their order, for the ledger to be given back in."""
    fields = {title: name for name, title in line.titles.items()}
    columns = []
    for title, value in line.source.raw.items():
        if title in OWN_HEADS or (value is None and re.fullmatch(r"[A-Z]{1,2}", title)):
            continue
        kind = "date" if isinstance(value, (dt.date, dt.datetime)) else "number" if _number(value) else "text"
        columns.append([title, _plain(value), fields.get(title, ""), kind])
    return {
        "list": family_of(line),
        "heading": line.heading,
        "no": line.text("seq").removesuffix(".0"),
        "row": line.source.row,
        "person": line.text("person"),
        "columns": columns,
    }


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        value = value.date() if value.time() == dt.time() else value
    return value if value is None or isinstance(value, (str, int, float, bool)) else str(value)
