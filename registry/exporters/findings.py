"""The rectification ledger 整改台账: findings in the columns of the list they came in, with what was done.

A list's findings stand under that list's own titles in their order, with the columns of progress filled from
the register; findings of rules and those entered by hand under the customary titles. What is exported comes
back unchanged. Names of persons are masked for readers without the right to them.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from registry import access, display
from registry.codes import FindingOrigin, Level, Role
from registry.importers.finding_columns import (
    DONE,
    FILLED,
    NO,
    PROGRESS_COLUMNS,
    YES,
    head_of,
    origin_word,
)
from registry.models import Finding
from registry.queries.finding_ledger import Progress, news, progress_of
from registry.queries.findings import sentence
from registry.queries.places import Places

OFFICIAL = (
    "seq", "origin", "checker", "number", "fed_back_on", "problem_kind", "text", "asset_code", "asset_name",
    "township", "village", "body", "person", "measure", "due_on", "progress", "done", "done_on", "evidence",
    "remark", "finding",
)  # fmt: skip
WIDE = {"text": 44, "measure": 30, "progress": 30, "evidence": 26, "asset_name": 24}
PERSONAL_TITLE = re.compile(r"责任人|负责人|责任领导|联系人|姓名|分管|电话|手机|身份证|经办人")
SIGNS = re.compile(r"[\[\]:*?/\\']")
MAX_SHEET = 31
MAX_CELL = 32_767


@dataclass(frozen=True)
class Ledger:
    """One sheet: its heading, its columns (title, field), and its rows of cells."""

    heading: str
    columns: tuple[tuple[str, str], ...]
    rows: list[list[Any]]


def rectification_workbook(findings: Iterable[Finding], *, user: Any, title: str) -> bytes:
    """The findings as a workbook, a sheet for each list. ``findings`` with unit, division and person."""
    rows = list(findings)
    progress, places = progress_of(rows), Places()
    groups: dict[tuple[Any, ...], list[Finding]] = {}
    for finding in rows:
        groups.setdefault(_group(finding), []).append(finding)
    ledgers = [
        _list_ledger(group, found, progress, user)
        if group[0]
        else _own_ledger(title, found, progress, places, user)
        for group, found in groups.items()
    ]
    return write(ledgers or [_own_ledger(title, [], progress, places, user)])


def _group(finding: Finding) -> tuple[Any, ...]:
    """Findings that stand on one sheet: of one list, with the same columns."""
    columns = finding.item.get("columns") or []
    if not columns:
        return ("",)
    return (str(finding.item.get("heading") or ""), *((column[0], column[2]) for column in columns))


# --- a list's own columns
def _list_ledger(
    group: tuple[Any, ...], findings: Sequence[Finding], progress: dict[int, Progress], user: Any
) -> Ledger:
    columns = list(group[1:])
    held = {name for _title, name in columns}
    columns += [(head_of(name), name) for name in PROGRESS_COLUMNS if name not in held]
    ordered = sorted(findings, key=lambda finding: (finding.item.get("row") or 0, finding.pk))
    rows = [_list_row(finding, columns, progress[finding.pk], user) for finding in ordered]
    return Ledger(group[0], tuple(columns), rows)


def _list_row(finding: Finding, columns: list[tuple[str, str]], known: Progress, user: Any) -> list[Any]:
    names = access.may(user, "see_personal", finding.division)
    came = {title: (value, kind) for title, value, _name, kind in finding.item["columns"]}
    cells = []
    for title, name in columns:
        value = _typed(*came.get(title, (None, "text")))
        if name in FILLED:
            value = _filled(name, value, known, names)
        elif not names and value is not None and PERSONAL_TITLE.search(title):
            value = hidden(value)
        cells.append(value)
    return cells


def _typed(value: Any, kind: str) -> Any:
    if kind == "date" and isinstance(value, str):
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            return value
    return value


def _filled(name: str, came: Any, known: Progress, names: bool) -> Any:
    """The register's value; the cell as it came, where that says the same."""
    if name == "person":
        return _person(known, names) or came
    if name == "due_on":
        return known.due_on or came
    if name == "done_on":
        return known.done_on or came
    if name == "done":
        said = DONE.get(str(came or "").strip())
        return came if said == (YES if known.done else NO) else ("是" if known.done else "否")
    text: str = getattr(known, name)
    return came if came and not news(str(came), text) and not news(text, str(came)) else (text or came)


def _person(known: Progress, names: bool) -> str:
    return known.person if names or not known.person else display.masked(known.person)


def hidden(value: Any) -> Any:
    """A cell of a column that names persons or their numbers, masked."""
    text = str(value)
    if re.fullmatch(r"[\d\s-]{7,}X?", text):
        return display.masked_id(text) if len(text) >= 15 else display.masked_phone(text)
    return "、".join(display.masked(part) for part in re.split(r"[、,，;；\s]+", text) if part)


# --- the customary columns
def _own_ledger(
    title: str, findings: Sequence[Finding], progress: dict[int, Progress], places: Places, user: Any
) -> Ledger:
    rows = [
        [_own_values(finding, number, progress[finding.pk], places, user).get(name) for name in OFFICIAL]
        for number, finding in enumerate(findings, start=1)
    ]
    return Ledger(title, tuple((head_of(name), name) for name in OFFICIAL), rows)


def _own_values(finding: Finding, number: int, known: Progress, places: Places, user: Any) -> dict[str, Any]:
    names = access.may(user, "see_personal", finding.division)
    place = places.by_pk[finding.division_id]
    above = {level: places.above(place, level) for level in (Level.TOWNSHIP, Level.VILLAGE)}
    township, village = above[Level.TOWNSHIP], above[Level.VILLAGE]
    own = finding.origin == FindingOrigin.RULE
    return {
        "seq": finding.item.get("no") or number,
        "origin": origin_word(finding.origin),
        "number": finding.item.get("list"),
        "fed_back_on": finding.since,
        "problem_kind": finding.rule if own else None,
        "text": sentence(finding, user),
        "asset_code": finding.unit.code if finding.unit else None,
        "asset_name": finding.unit.name if finding.unit else None,
        "township": township.name if township else None,
        "village": village.name if village else None,
        "body": str(Role(finding.office).label) if finding.office else None,
        "person": _person(known, names),
        "measure": known.measure,
        "due_on": known.due_on,
        "progress": known.progress,
        "done": "是" if known.done else "否",
        "done_on": known.done_on,
        "evidence": known.evidence,
        "finding": f"WT-{finding.pk:06d}",
    }


# --- the file
def write(ledgers: Sequence[Ledger]) -> bytes:
    """The sheets as a workbook: text as text, days as days, the head frozen."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        taken: set[str] = set()
        for ledger in ledgers:
            name = _sheet_name(ledger.heading, taken)
            _write_sheet(book, book.add_worksheet(name), ledger)
    return out.getvalue()


def _sheet_name(heading: str, taken: set[str]) -> str:
    base = SIGNS.sub("", heading)[: MAX_SHEET - 3] or _("Rectification ledger")
    name = next(found for n in range(1, 10_000) if (found := base if n == 1 else f"{base} {n}") not in taken)
    taken.add(name)
    return name


def _write_sheet(book: Any, sheet: Any, ledger: Ledger) -> None:
    title = book.add_format({"bold": True, "font_size": 14, "align": "center", "valign": "vcenter"})
    head = book.add_format(
        {"bold": True, "border": 1, "text_wrap": True, "align": "center", "valign": "vcenter"}
    )
    text = book.add_format({"text_wrap": True, "valign": "top"})
    day = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top", "align": "left"})
    depth = max(len(column_title.split("/")) for column_title, _name in ledger.columns)
    sheet.set_row(0, 28)
    if len(ledger.columns) > 1:
        sheet.merge_range(0, 0, 0, len(ledger.columns) - 1, "", title)
    sheet.write_string(0, 0, ledger.heading, title)
    _write_head(sheet, [column_title.split("/") for column_title, _name in ledger.columns], depth, head)
    for number, (_title, name) in enumerate(ledger.columns):
        sheet.set_column(number, number, WIDE.get(name, 14))
    for at, cells in enumerate(ledger.rows, start=depth + 1):
        for number, value in enumerate(cells):
            _write_cell(sheet, at, number, value, text, day)
    sheet.freeze_panes(depth + 1, 0)
    sheet.repeat_rows(depth)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def _write_head(sheet: Any, titles: list[list[str]], depth: int, look: Any) -> None:
    """Heads of several rows as they were: the upper one over its neighbours, a single one over all rows."""
    for row in range(depth):
        column = 0
        while column < len(titles):
            parts, last = titles[column], column
            if row >= len(parts):
                column += 1
                continue
            bottom = depth if row == len(parts) - 1 else row + 1
            while (
                row < len(parts) - 1
                and last + 1 < len(titles)
                and titles[last + 1][: row + 1] == parts[: row + 1]
                and len(titles[last + 1]) > row + 1
            ):
                last += 1
            if bottom > row + 1 or last > column:
                sheet.merge_range(row + 1, column, bottom, last, "", look)
            sheet.write_string(row + 1, column, parts[row], look)
            column = last + 1


def _write_cell(sheet: Any, row: int, column: int, value: Any, text: Any, day: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, dt.date) and value.year >= 1900:
        sheet.write_datetime(row, column, value, day)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        sheet.write_number(row, column, value, text)
    else:
        said = str(value)
        sheet.write_string(row, column, said if len(said) <= MAX_CELL else said[: MAX_CELL - 1] + "…", text)
