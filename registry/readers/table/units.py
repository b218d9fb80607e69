"""Yuan or ten thousand yuan? 中文：金额单位判定

The unit stands in a column's head, in a title row (单位：万元), or nowhere. Where it stands nowhere it
follows only from evidence: a total or a title that names its unit, or figures that can be only one of the
two. Otherwise it is asked: an amount wrong by 10,000 is worse than none.
"""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from .amounts import FACTORS, Amount
from .draft import Draft
from .heads import Table
from .result import MoneyUnit, SheetTable
from .rows import RowKind, compact

TITLE_UNIT = re.compile(r"单位[:：]?[^:：]{0,12}?(万元|(?<!万)元)")
STATED = re.compile(
    r"(?:原值|总值|总额|合计|总计|共计|价值|资金|投资)[^\d]{0,8}(\d[\d,]*(?:\.\d+)?)(亿元|万元|元)"
)
WORDS = {"亿元": "yi", "万元": "wan", "元": "yuan"}
NAMES = {"yuan": "元", "wan": "万元"}
CERTAIN_YUAN = Decimal(100_000)  # as 万元 this would be a billion yuan


def texts_of(source: SheetTable) -> list[str]:
    """Titles, notes and total rows of a sheet as text."""
    found = [compact(title) for title in source.header.titles]
    for line in source.lines:
        if line.kind not in (RowKind.DATA, RowKind.BLANK, RowKind.HEADER):
            found.append("".join(compact(v) for v in source.sheet.cells[line.row - 1] if v is not None))
    return found


def stated_amounts(sources: Iterable[SheetTable]) -> list[Amount]:
    """Sums that a title or a note states with their unit (共624项，原值30862.61万元)."""
    found: list[Amount] = []
    for source in sources:
        for text in texts_of(source):
            for number, word in STATED.findall(text):
                value = Decimal(number.replace(",", ""))
                found.append(Amount(value, WORDS[word], len(number.partition(".")[2])))
    return found


def title_unit(sources: Iterable[SheetTable]) -> str | None:
    """The unit that the title rows state for the whole table."""
    for source in sources:
        for title in source.header.titles:
            match = TITLE_UNIT.search(compact(title))
            if match:
                return WORDS[match[1]]
    return None


def decide_unit(
    sources: Sequence[SheetTable], drafts: Sequence[Draft], table: Table, answer: str | None
) -> MoneyUnit:
    """The unit of the money columns whose head does not state one."""
    money = {f.name for f in table.fields if f.kind == "money"}
    heads = {
        c.unit
        for source in sources
        for c in source.header.known
        if c.field is not None and c.field.name in money and c.unit
    }
    if answer:
        return _answered(answer, heads)
    title = title_unit(sources)
    if title:
        unit = MoneyUnit(title, "title")
        if heads and heads != {title}:
            unit.notes.append(
                _("The title says %(title)s, a column head another unit; each column is read by its head.")
                % {"title": NAMES[title]}
            )
        return unit
    if len(heads) == 1:
        return MoneyUnit(next(iter(heads)), "head")
    return _inferred(sources, drafts, table)


def _answered(answer: str, heads: set[str]) -> MoneyUnit:
    unit = MoneyUnit(answer, "mapping", overrules=len(heads) == 1)
    if unit.overrules and heads != {answer}:
        unit.notes.append(
            _("The column heads state another unit; amounts are read in %(unit)s, as you stated.")
            % {"unit": NAMES[answer]}
        )
    return unit


def _inferred(sources: Sequence[SheetTable], drafts: Sequence[Draft], table: Table) -> MoneyUnit:
    bare = [a for d in drafts for a in d.amounts.values() if a.unit is None and a.number]
    if not bare:
        return MoneyUnit("yuan", "cells")
    unit = _borne_out(sources, drafts, table)
    if unit:
        return MoneyUnit(unit, "total", True)
    if any(amount.decimals > 2 for amount in bare) and max(a.number for a in bare) < CERTAIN_YUAN:
        note = _(
            "Amounts have more than two decimals, which yuan cannot: they were read as ten thousand yuan."
        )
        return MoneyUnit("wan", "magnitude", notes=[note])
    if max(a.number for a in bare) >= CERTAIN_YUAN and all(a.decimals <= 2 for a in bare):
        note = _("The amounts are too large for ten thousand yuan: they were read as yuan.")
        return MoneyUnit("yuan", "magnitude", notes=[note])
    return MoneyUnit()


def _borne_out(sources: Sequence[SheetTable], drafts: Sequence[Draft], table: Table) -> str | None:
    """The unit in which a sum stated with its unit is that of its own sheet, or of the whole file."""
    valued = [draft for draft in drafts if table.value in draft.amounts]
    whole = sum((draft.amounts[table.value].number for draft in valued), Decimal(0))
    for source in sources:
        own = [draft.amounts[table.value].number for draft in valued if draft.source is source]
        for stated in stated_amounts([source]):
            for total in {whole, sum(own, Decimal(0))} - {Decimal(0)}:
                for unit in ("wan", "yuan"):
                    if agrees(stated.number * FACTORS[stated.unit or unit], total * FACTORS[unit], stated):
                        return unit
    return None


def agrees(stated: Decimal, computed: Decimal, written: Amount) -> bool:
    """Whether a stated sum is the computed one, as exactly as it was written."""
    step = FACTORS[written.unit or "yuan"] * Decimal(10) ** -written.decimals
    return abs(stated - computed) <= max(step / 2, Decimal("0.01"))


def off_by_unit(stated: Decimal, computed: Decimal) -> bool:
    """Whether two sums differ by a factor of 10,000."""
    if not stated or not computed:
        return False
    ratio = stated / computed if stated > computed else computed / stated
    return abs(ratio / 10_000 - 1) < Decimal("0.001")
