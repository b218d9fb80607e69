"""What a list gives away: its columns with their kinds, its rows as they are filtered. 中文：列表导出

A list says once what its rows hold (``Column``); ``registry.exporters`` writes it as XLSX, CSV, GeoPackage or
GeoJSON, and ``registry.services.form_templates`` into a form of a higher office. Values are typed: days are
``date``, sums and areas ``Decimal``, shares ``Fraction`` or (n, d), codes text however many digits they have.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from django.db.models import QuerySet
from django.utils import translation
from django.utils.timezone import is_aware, localtime

from registry import display

CHUNK = 2000  # rows that are in memory at a time
KINDS = frozenset({"text", "code", "date", "moment", "money", "area", "number", "count", "share", "yes_no"})
NUMBERS = frozenset({"money", "area", "number", "count"})
WIDTHS = {
    "date": 12,
    "moment": 17,
    "money": 15,
    "area": 14,
    "number": 12,
    "count": 9,
    "share": 10,
    "yes_no": 8,
}


@dataclass(frozen=True)
class Name:
    """A name in a cell that may hold several; ``after`` follows it (a share)."""

    text: str
    private: bool = False
    after: str = ""

    def shown(self, names: bool) -> str:
        return (display.masked(self.text) if self.private and not names else self.text) + self.after


@dataclass(frozen=True)
class Column:
    """One column. ``value`` takes the record and gives a typed value, or None where nothing is known.

    ``kind``: text, code (text of digits), date, moment, money (yuan), area (m²), number, count (whole), share
    (n/d), yes_no. ``person``: the value is the name of a natural person (True, or a callable that says so of
    a record); it is masked unless names were asked for by someone who may see them. A value may also be a
    list of ``Name``, of which each says for itself whether it is a natural person's. ``key`` names the column
    in the mappings of forms (the Chinese title where nothing is given), ``words`` are other titles that forms
    give it.
    """

    title: Any
    value: Callable[[Any], Any]
    kind: str = "text"
    width: int = 0
    person: bool | Callable[[Any], bool] = False
    key: str = ""
    words: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no such kind of column: {self.kind}")

    @property
    def name(self) -> str:
        return self.key or self.official

    @property
    def official(self) -> str:
        """The title of office, whatever language the page speaks."""
        with translation.override("zh-hans"):
            return str(self.title)

    @property
    def span(self) -> int:
        """Width in characters; a Chinese character takes two."""
        return self.width or max(WIDTHS.get(self.kind, 16), 2 * len(str(self.title)) + 4)

    def read(self, record: Any, names: bool) -> Any:
        """The value for a file: plain Python of its kind, persons masked unless ``names``."""
        value = self.value(record)
        if isinstance(value, list):
            return "；".join(name.shown(names) for name in value) or None
        value = plain(value, self.kind)
        if value is None or names or not self.person:
            return value
        private = self.person if isinstance(self.person, bool) else self.person(record)
        return display.masked(value) if private else value


@dataclass(frozen=True, kw_only=True)
class Export:
    """A list on its way out: rows in the order of the page, every page of them.

    ``prepare`` is called with each chunk of records before they are read, to fetch what several columns need
    in a few queries. ``unit`` names the attribute that holds the unit's key where rows have a place.
    """

    title: str
    columns: Sequence[Column]
    rows: QuerySet
    names: bool = False
    prepare: Callable[[list[Any]], None] | None = None
    unit: str = ""
    heading: str = ""
    about: list[tuple[str, str]] = field(default_factory=list)  # what stands on the sheet 说明

    @property
    def personal(self) -> bool:
        """Whether the file holds names of natural persons unmasked."""
        return self.names and any(column.person for column in self.columns)

    def chunks(self) -> Iterator[list[Any]]:
        """The records, ``CHUNK`` at a time; one cursor, and the queries of ``prepare`` for each chunk."""
        chunk: list[Any] = []
        for record in self.rows.iterator(chunk_size=CHUNK):
            chunk.append(record)
            if len(chunk) == CHUNK:
                yield self._prepared(chunk)
                chunk = []
        if chunk:
            yield self._prepared(chunk)

    def _prepared(self, chunk: list[Any]) -> list[Any]:
        if self.prepare:
            self.prepare(chunk)
        return chunk

    def lines(self) -> Iterator[list[Any]]:
        """Values of each row, column by column."""
        for chunk in self.chunks():
            for record in chunk:
                yield self.line(record)

    def line(self, record: Any) -> list[Any]:
        return [column.read(record, self.names) for column in self.columns]


def plain(value: Any, kind: str) -> Any:
    """A value as its kind has it; None where there is none. Text stays as it stands in the register."""
    if value is None or value == "" or value == display.DASH:
        return None
    if kind in NUMBERS:
        number = display.as_decimal(value)
        return number if number is None or kind != "count" else int(number)
    if kind == "date":
        return _day(value)
    if kind == "moment":
        return _moment(value)
    if kind == "share":
        return _share(value)
    if kind == "yes_no":
        return "是" if value else "否"
    return str(value)


def _day(value: Any) -> dt.date | None:
    if isinstance(value, dt.datetime):
        value = (localtime(value) if is_aware(value) else value).date()
    return value if isinstance(value, dt.date) else None


def _moment(value: Any) -> dt.datetime | None:
    """Clock of the office without a zone, as spreadsheets have it."""
    if not isinstance(value, dt.datetime):
        return None
    return (localtime(value) if is_aware(value) else value).replace(tzinfo=None, microsecond=0)


def _share(value: Any) -> str | None:
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    pair = display.fraction(value)
    return f"{pair[0]}/{pair[1]}" if pair else None


def words_of_filter(form: Any) -> list[tuple[str, str]]:
    """What a filter form asks for, in words: (label, value)."""
    said = []
    for name, value in (form.cleaned_data if form.is_valid() else {}).items():
        if value in (None, "", [], ()):
            continue
        choices = getattr(form.fields[name], "choices", None)
        words = dict(_flat(choices)) if choices is not None else {}  # a callable has no length
        said.append((str(form.fields[name].label or name), str(words.get(value, value))))
    return said


def _flat(choices: Any) -> Iterator[tuple[Any, Any]]:
    for value, label in choices:
        if isinstance(label, (list, tuple)):
            yield from label
        else:
            yield value, label
