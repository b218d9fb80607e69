"""Lines of a stocktake for a file: the ledger's side, what was counted, how it was settled.

中文：清查表导出. The heads of the counted side are those that the import of counts reads: an empty sheet goes
out, is filled by hand, and comes back.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from assets.importers.columns import CONDITIONS
from assets.importers.stocktake_columns import FOUND
from assets.models import StocktakeCount
from assets.stocktake_codes import Difference, Means
from assets.stocktake_queries import settlements_of
from registry.exports import Column

from .upkeep import word_of


def preparer() -> Callable[[list[Any]], None]:
    """Fetches the counts and settlements of a chunk of lines. Two queries."""

    def prepare(lines: list[Any]) -> None:
        counts = {
            count.line_id: count for count in StocktakeCount.objects.filter(line__in=lines, annulled=None)
        }
        settled = settlements_of(count.pk for count in counts.values())
        for line in lines:
            line.count = counts.get(line.pk)
            line.settlements = [
                settled[line.count.pk, kind]
                for kind in (line.count.differences if line.count else [])
                if (line.count.pk, kind) in settled
            ]

    return prepare


def _counted(name: str) -> Callable[[Any], Any]:
    return lambda line: getattr(line.count, name) if line.count else None


def _result(line: Any) -> str | None:
    if line.count is None:
        return None
    if line.unit_id is None:
        return "盘盈"
    return word_of(FOUND, line.count.found)


def _differences(line: Any) -> str | None:
    return "、".join(str(Difference(kind).label) for kind in line.count.differences) if line.count else None


def _settled(line: Any) -> str | None:
    return "；".join(f"{Means(done.means).label}：{done.note}" for done in line.settlements) or None


def _degrees(axis: str) -> Callable[[Any], Any]:
    return lambda line: round(getattr(line.count.place, axis), 6) if line.count and line.count.place else None


# The customary heads of offices; they are data, not words of the interface.
COLUMNS = (
    Column("序号", lambda line: line.number, "count"),
    Column("资产编码", lambda line: line.code, "code", 30),
    Column("资产名称", lambda line: line.name, width=28),
    Column("村", lambda line: line.division.name, width=16),
    Column("地点", lambda line: line.address, width=18),
    Column("账面数量", lambda line: line.quantity, "number"),
    Column("计量单位", lambda line: line.measure, width=9),
    Column("账面原值（元）", lambda line: line.value, "money"),
    Column("账面状态", lambda line: line.get_state_display(), width=10),
    Column("清查结果", _result, width=10),
    Column("实点数量", _counted("quantity"), "number"),
    Column(
        "实物状况", lambda line: word_of(CONDITIONS, line.count.condition) if line.count else None, width=10
    ),
    Column("实测经度", _degrees("x"), "code", 12),
    Column("实测纬度", _degrees("y"), "code", 12),
    Column("清点人", _counted("counter"), person=True, width=10),
    Column("清点日期", _counted("counted_on"), "date"),
    Column("清查备注", _counted("note"), width=24),
    Column("差异", _differences, width=16),
    Column("处理情况", _settled, width=32),
)
