"""What each row of a ledger is: a record, a section, a total, a repeated head, a note. 中文：行的分类"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

from .heads import Header, Table
from .sheets import Sheet

NUMERAL = "一二三四五六七八九十百"
ENUMERATED = re.compile(rf"^(?:[(]?[{NUMERAL}]+[)]?[、.,．:：]?|第[{NUMERAL}]+[部分章节][、.:：]?)(?=\D)")
ONLY_NUMERAL = re.compile(rf"^[(]?[{NUMERAL}]+[)]?[、.]?$")
TOTAL = re.compile(
    r"^(?P<scope>[^，。;；]{0,14}?)(?P<word>总合计|总计|合计|共计|累计|小计)(?:[(].*[)])?[:：]?$"
)
TOTAL_START = re.compile(r"^(?P<word>总合计|总计|合计|共计|小计)[:：\d(].*$")
NOTE = re.compile(
    r"^(?:填\s*表|填\s*报|制\s*表|审\s*核|复\s*核|审\s*批|经\s*办|(?:单位|分管|主要)?负\s*责\s*人|单位\(?盖章|盖\s*章|"
    r"说\s*明|备\s*注|注|附\s*注|联\s*系\s*(?:人|电话))[^,，]{0,6}[:：\d.、]"
)
SEAL = re.compile(r"[(（]?(?:盖章|签章|签字|签名)[)）]?$")
FIGURE = re.compile(r"^-?\d+(?:,\d{3})*(?:\.\d+)?%?$")
PLACES = (
    "村",
    "村委会",
    "村民委员会",
    "社区",
    "居委会",
    "乡",
    "镇",
    "街道",
    "办事处",
    "村民小组",
    "组",
    "寨",
)
PLACE_LABELS = frozenset(
    ("村", "村名", "村委会", "村民委员会", "行政村", "所属村", "所在村", "乡镇", "村(社区)", "单位")
)


class RowKind(StrEnum):
    """The kinds; only DATA is imported."""

    BLANK = "blank"
    TITLE = "title"
    HEADER = "header"
    NUMBERS = "numbers"
    SECTION = "section"
    SUBTOTAL = "subtotal"
    TOTAL = "total"
    GRAND_TOTAL = "grand_total"
    NOTE = "note"
    DATA = "data"


TOTALS = (RowKind.SUBTOTAL, RowKind.TOTAL, RowKind.GRAND_TOTAL)


@dataclass(frozen=True)
class Line:
    """A row of the sheet (from 1) and what it is; ``field`` is what a section's ``text`` fills."""

    row: int
    kind: RowKind
    text: str = ""
    field: str = ""


def compact(value: Any) -> str:
    """Text in half width without blanks."""
    text = value if isinstance(value, str) else str(value)
    return _compact(text) if len(text) < 60 else re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


@lru_cache(maxsize=50_000)
def _compact(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def is_figure(value: Any) -> bool:
    """Whether a cell is a number, or the text of one (in a CSV everything is text)."""
    return not isinstance(value, str) or bool(FIGURE.match(compact(value)))


def classify_rows(sheet: Sheet, header: Header, table: Table) -> list[Line]:
    """Every row of the sheet with its kind, in order."""
    lines: list[Line] = []
    heads = _head_texts(sheet, header)
    titles = {compact(title) for title in header.titles}
    for index in range(sheet.height):
        row = index + 1
        if row < header.first:
            kind = RowKind.TITLE if any(v is not None for v in sheet.cells[index]) else RowKind.BLANK
            lines.append(Line(row, kind))
        elif row <= header.last:
            lines.append(Line(row, RowKind.HEADER))
        else:
            lines.append(_classify(sheet, header, table, index, heads, titles))
    return lines


def _classify(
    sheet: Sheet, header: Header, table: Table, index: int, heads: list[list[str]], titles: set[str]
) -> Line:
    own = [(c, v) for c, v in enumerate(sheet.cells[index]) if v is not None]
    row = index + 1
    serial = header.column("seq")
    if all(serial is not None and c == serial.index and is_figure(v) for c, v in own):
        return Line(row, RowKind.BLANK)  # nothing, or a number waiting for its row
    if _repeats_header(heads, own):
        return Line(row, RowKind.HEADER)
    if _is_numbering(own, header):
        return Line(row, RowKind.NUMBERS)
    texts = [compact(v) for _c, v in own if not is_figure(v)]
    if texts and len(texts) == len(own) and all(text in titles for text in texts):
        return Line(row, RowKind.TITLE)
    total = _total(texts)
    if total:
        return Line(row, total, "".join(texts[:2]))
    if texts and (NOTE.match(texts[0]) or SEAL.search(texts[0])):
        return Line(row, RowKind.NOTE, " ".join(texts))
    section = _section(sheet, header, table, index, own, texts)
    if section is None and _is_stray(sheet, header, table, index, own):
        return Line(row, RowKind.NOTE, " ".join(compact(v) for _c, v in own))
    return section or Line(row, RowKind.DATA)


def _is_stray(sheet: Sheet, header: Header, table: Table, index: int, own: list[tuple[int, Any]]) -> bool:
    """A date or a signature under the table: a text or two, no name, no code, no amount."""
    columns = {c.index: c.field for c in header.known if c.field is not None}
    told = [(f.kind, v) for c, v in own if (f := columns.get(c)) is not None]
    if any(kind == "share" or (kind == "holders" and _has_share(v)) for kind, v in told):
        return False
    if len(own) > 2 or any(f.kind == "money" for c, _v in own if (f := columns.get(c)) is not None):
        return False
    names = [c for c, f in columns.items() if f.name in table.identity]
    return all(sheet.filled(index, c) is None for c in names) and not all(is_figure(v) for _c, v in own)


def _has_share(value: Any) -> bool:
    """Whether a cell names a holder with its share: 乙村 40%."""
    return bool(re.search(r"\d\s*[%％/]|百分之", str(value)))


def _head_texts(sheet: Sheet, header: Header) -> list[list[str]]:
    """The text of the head's cells, row by row."""
    rows = range(header.first - 1, header.last)
    return [[compact(sheet.shown(row, c) or "") for c in range(sheet.width)] for row in rows]


def _repeats_header(heads: list[list[str]], own: list[tuple[int, Any]]) -> bool:
    texts = [(c, compact(v)) for c, v in own if isinstance(v, str)]
    needed = max(2, 0.6 * len(own))
    return len(texts) >= needed and any(
        sum(1 for c, text in texts if text == head[c]) >= needed for head in heads
    )


def _is_numbering(own: list[tuple[int, Any]], header: Header) -> bool:
    """The row of column numbers that forms print under the head: 1 2 3 4 ..., or 栏次 1 2 3 ..."""
    numbers = [v if isinstance(v, int) else compact(v).strip("()") for _c, v in own]
    if isinstance(numbers[0], str) and not numbers[0].isdigit():
        numbers = numbers[1:]
    if len(numbers) < max(3, 0.6 * len(header.known)) or not all(str(n).isdigit() for n in numbers):
        return False
    values = [int(n) for n in numbers]
    return values == list(range(values[0], values[0] + len(values))) and values[0] in (1, 2)


def _total(texts: list[str]) -> RowKind | None:
    if len(texts) > 1 and len(texts[0]) == 1 and texts[0] + texts[1] in ("合计", "小计", "总计", "共计"):
        texts = [texts[0] + texts[1]]
    for text in texts[:2]:
        match = TOTAL.match(text) or TOTAL_START.match(text)
        if not match:
            continue
        word, scope = match["word"], match.groupdict().get("scope") or ""
        if word == "小计":
            return RowKind.SUBTOTAL
        wide = word in ("总合计", "总计") or any(
            mark in scope for mark in ("全乡", "全镇", "全县", "乡", "镇", "县")
        )
        return RowKind.GRAND_TOTAL if wide else RowKind.TOTAL
    return None


def _section(
    sheet: Sheet,
    header: Header,
    table: Table,
    index: int,
    own: list[tuple[int, Any]],
    texts: list[str],
) -> Line | None:
    """A row that heads those below it: 一、新华村 (with sums or without), or a village across the sheet."""
    if not texts or len(texts) > 2 or (len(texts) == 2 and not ONLY_NUMERAL.match(texts[0])):
        return None
    numbered = len(texts) == 2 or bool(ENUMERATED.match(texts[0]))
    column = next(c for c, v in own if compact(v) == texts[-1])
    figures = len(own) - len(texts)
    serial = header.column("seq")
    counted = serial is not None and any(c == serial.index and is_figure(v) for c, v in own)
    text = _cleaned(texts[-1])
    spanning = any(
        m.top == index and m.left <= column <= m.right and m.right - m.left >= 2 for m in sheet.merges
    )
    name_of_place = text.endswith(PLACES) and len(text) <= 20
    field = _section_field(table, text)
    alone = not figures and (spanning or numbered or name_of_place or bool(field))
    if alone or (figures and not counted and (numbered or spanning) and (field or name_of_place)):
        return Line(index + 1, RowKind.SECTION, text, field)
    return None


def _cleaned(text: str) -> str:
    """Without its number, brackets and colon: 一、新华村(12处): -> 新华村."""
    bare = ENUMERATED.sub("", text) if ENUMERATED.match(text) else text
    bare = re.sub(r"^\d+[、.]", "", bare)
    label, _colon, named = bare.partition(":")
    bare = named if named and label in PLACE_LABELS else bare
    return re.split(r"[(:,;，；。]", bare)[0].strip()


def _section_field(table: Table, text: str) -> str:
    return next((name for name, endings in table.sections if text.endswith(endings)), "")
