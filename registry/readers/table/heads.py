"""Column heads: what a table's columns mean. 中文：表头识别

The machinery only: which heads a ledger has is data that the caller brings (:class:`Table`). A head is
compared after full width, spaces, line breaks, brackets and units are taken off; heads of two or three rows
are read from the top down (资金来源 over 中央).
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from registry.readers.errors import ReadError

from .sheets import Sheet, letter

SEARCH_ROWS = 40
MAX_HEAD_ROWS = 3
BRACKETS = re.compile(r"[(\[{〔【<《](.*?)[)\]}〕】>》]")
MONEY_UNIT = re.compile(r"^(?:单位[:：]?)?(?:人民币)?(万元|元)(?:[、,，/;；].*)?$")
GENERIC = frozenset(("名称", "单位", "单位名称", "主体", "主体名称", "情况", "内容", "金额", "数额", "姓名"))
# Heads that this product writes beside returned rows; they say nothing on the way back.
OWN_HEADS = ("退回原因", "原行号")


@dataclass(frozen=True)
class Field:
    """A column a ledger may have.

    ``heads``: its titles, the customary one first. ``kind`` chooses the parser (see ``values.PARSERS``).
    ``choices`` maps the words in the file to stored codes. Fields of one ``group`` may stand under each
    other in a head of several rows. ``names`` marks a text that may be a person's name.
    """

    name: str
    heads: tuple[str, ...]
    kind: str = "text"
    group: str = ""
    choices: Mapping[str, str] | None = None
    names: bool = False

    @property
    def personal(self) -> bool:
        """Whether a person may stand there, so that an export may have hidden who it is."""
        return self.names or self.kind in PERSONAL


PERSONAL = ("person", "holders", "phone", "person_id")
NOTHING = Field("", ())  # what a column means of which somebody said that it holds nothing of ours


@dataclass(frozen=True)
class Table:
    """A kind of ledger: its fields, and which of them name a row.

    ``identity``: a head without one of these is no head, a row without any of them no record.
    ``sections``: which field a section row fills, by the last characters of its text. ``value`` is the money
    field that funding lines add up to; they come as one column a source (``funding``) or as a pair of columns
    (``funding_pair``: source, amount). ``place`` tells rows of the same name apart. ``instead``: a field for
    which another's column stands in where it has none of its own (name: project_name). ``shares``: columns
    of holders with the column of their shares; holders may go on in the rows below. ``named``:
    title and field that people brought together by hand before ("" for a column that holds nothing of ours);
    they go before ``heads``.
    """

    kind: str
    fields: tuple[Field, ...]
    identity: tuple[str, ...]
    sections: tuple[tuple[str, tuple[str, ...]], ...] = ()
    value: str = ""
    funding: tuple[str, ...] = ()
    funding_pair: tuple[str, str] | None = None
    place: tuple[str, ...] = ()
    instead: tuple[tuple[str, str], ...] = ()
    shares: tuple[tuple[str, str], ...] = ()
    named: tuple[tuple[str, str], ...] = ()

    def field(self, name: str) -> Field:
        """The field of a name. :raises KeyError:"""
        return next(f for f in self.fields if f.name == name)

    def index(self) -> dict[str, Field]:
        """Field by normalised head."""
        heads = {normalise(head)[0]: f for f in self.fields for head in (*f.heads, f.name)}
        fields = {f.name: f for f in self.fields}
        named = {normalise(title)[0]: fields.get(name, NOTHING) for title, name in self.named}
        return heads | {head: f for head, f in named.items() if head}


@dataclass
class Column:
    """A column of the file: its title as it stands, what it was taken for, and the money unit of its head."""

    index: int
    title: str
    field: Field | None = None
    unit: str | None = None

    @property
    def letter(self) -> str:
        """A, B, ..."""
        return letter(self.index)


@dataclass
class Header:
    """Where the head stands (rows from 1) and what its columns mean."""

    first: int
    last: int
    columns: list[Column]
    titles: list[str] = field(default_factory=list)
    duplicates: list[Column] = field(default_factory=list)
    cut: int = 0

    @property
    def unknown(self) -> list[Column]:
        """Columns nobody knows; their values are kept as they came and not imported."""
        return [
            c for c in self.columns if c.field is None and c.title and c not in self.duplicates and not own(c)
        ]

    @property
    def known(self) -> list[Column]:
        """Columns with a meaning."""
        return [c for c in self.columns if c.field is not None]

    def column(self, name: str) -> Column | None:
        """The column of a field."""
        return next((c for c in self.columns if c.field is not None and c.field.name == name), None)


def own(column: Column) -> bool:
    """Whether this product wrote the column itself."""
    return column.title in OWN_HEADS


def normalise(value: Any) -> tuple[str, str | None]:
    """A head without spaces, marks, brackets and unit; and its money unit: yuan, wan or None."""
    if value is None:
        return "", None
    label = unicodedata.normalize("NFKC", str(value))
    label = re.sub(r"[\s\u200b\ufeff*:·、,./。_-]+", "", label).lower()
    unit = None
    for inside in BRACKETS.findall(label):
        unit = unit or money_unit(inside)
    label = BRACKETS.sub("", label)
    if money_unit(label):
        return "", money_unit(label)
    match = re.match(r"^(.*[^万单位])(万元|元)$", label)
    if match and not unit:
        return match[1], money_unit(match[2])
    return label, unit


def money_unit(value: str) -> str | None:
    """yuan or wan when the text is a money unit."""
    match = MONEY_UNIT.match(value)
    return None if not match else "wan" if match[1] == "万元" else "yuan"


def _match(path: Sequence[str], index: Mapping[str, Field]) -> Field | None:
    """The field that a head, read from the top down, names."""
    if not path:
        return None
    if (whole := index.get("".join(path))) is NOTHING:
        return whole
    for start in range(len(path)):
        joined = "".join(path[start:])
        parent = index.get("".join(path[:start])) or (index.get(path[start - 1]) if start else None)
        found = index.get(joined)
        if found and (parent is None or (parent.group and parent.group == found.group)):
            return found
    if len(path) > 1 and path[-1] in GENERIC:
        return index.get("".join(path[:-1])) or index.get(path[-2])
    return None


def _columns(sheet: Sheet, first: int, last: int, index: Mapping[str, Field]) -> list[Column]:
    columns: list[Column] = []
    for number in range(sheet.width):
        path: list[str] = []
        titles: list[str] = []
        unit = None
        for row in range(first, last + 1):
            value = sheet.shown(row, number)
            label, marked = normalise(value)
            unit = marked or unit
            if value is not None and (not titles or titles[-1] != _title(value)):
                titles.append(_title(value))
            if label and (not path or path[-1] != label):
                path.append(label)
        found = _match(path, index)
        columns.append(Column(number, "/".join(titles), None if found is NOTHING else found, unit))
    return columns


def _title(value: Any) -> str:
    return re.sub(r"\s+", "", str(value))


def _mapped(columns: list[Column], mapping: Mapping[str, str | None], table: Table) -> None:
    """Put the user's own assignment over what was recognised. :raises ReadError:"""
    names = {f.name: f for f in table.fields}
    for title, name in mapping.items():
        if name and name not in names:
            raise ReadError(
                _("The mapping names the field %(field)s, which this ledger does not have.")
                % {"field": name},
                code="mapping",
            )
        wanted = normalise(title)[0]
        hits = [
            c
            for c in columns
            if wanted and wanted in (normalise(c.title)[0], normalise(c.title.split("/")[-1])[0])
        ]
        hits = [c for c in hits if _title(title) == c.title] or hits
        if not hits:
            raise ReadError(
                _("The mapping names the column “%(title)s”, which the file does not have.")
                % {"title": title},
                code="mapping",
            )
        for column in columns:
            if name and column.field is not None and column.field.name == name:
                column.field = None
        hits[0].field = names[name] if name else None


def _without_duplicates(columns: list[Column]) -> list[Column]:
    """The first column of a field counts; the others lose their meaning and are reported."""
    seen: set[str] = set()
    duplicates: list[Column] = []
    for column in columns:
        if column.field is None:
            continue
        if column.field.name in seen:
            duplicates.append(column)
            column.field = None
        else:
            seen.add(column.field.name)
    return duplicates


def _candidate(
    sheet: Sheet,
    first: int,
    last: int,
    table: Table,
    index: Mapping[str, Field],
    mapping: Mapping[str, str | None] | None,
) -> tuple[int, Header] | None:
    columns = _columns(sheet, first, last, index)
    if mapping:
        _mapped(columns, mapping, table)
    duplicates = _without_duplicates(columns)
    for missing, other in table.instead:
        if not any(c.field is not None and c.field.name == missing for c in columns):
            for column in columns:
                if column.field is not None and column.field.name == other:
                    column.field = table.field(missing)
    names = {c.field.name for c in columns if c.field is not None}
    if not names & set(table.identity) or len(names) < min(2, len(table.fields)):
        return None
    return len(names), Header(
        first + 1, last + 1, columns, _titles(sheet, first), duplicates, _cut(sheet, first, last)
    )


def _titles(sheet: Sheet, before: int) -> list[str]:
    return [str(v).strip() for row in sheet.cells[:before] for v in row if v is not None and str(v).strip()]


def _better(found: tuple[int, Header], best: tuple[int, Header]) -> bool:
    """More columns understood; then no merged cell cut through; then fewer rows (a title is no head)."""
    keys = [(count, -header.cut, header.first - header.last) for count, header in (found, best)]
    return keys[0] > keys[1]


def _cut(sheet: Sheet, first: int, last: int) -> int:
    """How many merged ranges reach over the upper or lower edge of these rows."""
    return sum(1 for m in sheet.merges if m.top < first <= m.bottom or m.top <= last < m.bottom)


def meanings(sheet: Sheet, table: Table, head: int) -> dict[str, str]:
    """Field ("" for none) by title of the columns whose head begins in row ``head`` (from 1)."""
    found = detect_header(sheet, table, {"header row": head})
    columns = found.columns if found else _columns(sheet, head - 1, head - 1, table.index())
    return {column.title: column.field.name if column.field else "" for column in columns if column.title}


def detect_header(sheet: Sheet, table: Table, mapping: Mapping[str, Any] | None = None) -> Header | None:
    """Find the head of a sheet, or None when it has none that names this ledger's columns.

    :param mapping: {"header row": n, "columns": {"title in the file": "field"}}; n is the head's first row.
    :raises ReadError: when the mapping does not fit the file.
    """
    mapping = mapping or {}
    stated = mapping.get("header row") or mapping.get("header_row")
    if stated is not None and (not isinstance(stated, int) or not 1 <= stated <= sheet.height):
        raise ReadError(
            _("The mapping says that the head is in row %(row)s; the sheet has %(rows)d rows.")
            % {"row": stated, "rows": sheet.height},
            code="mapping",
        )
    rows = [stated - 1] if stated else range(min(SEARCH_ROWS, sheet.height))
    index = table.index()
    best: tuple[int, Header] | None = None
    problem: ReadError | None = None
    for first in rows:
        if all(value is None for value in sheet.cells[first]):
            continue
        for last in range(first, min(first + MAX_HEAD_ROWS, sheet.height)):
            try:
                found = _candidate(sheet, first, last, table, index, mapping.get("columns"))
            except ReadError as error:
                problem = problem or error
                continue
            if found and (best is None or _better(found, best)):
                best = found
    if best is None and problem is not None and mapping.get("columns"):
        raise problem
    return best[1] if best else None
