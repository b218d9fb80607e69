"""The ledger as XLSX, under the heads that the import of ledgers understands. 中文：台账导出

Names of natural persons are masked and their phones are left out: a file travels further than its reader.
"""

from __future__ import annotations

import datetime as dt
import io
from collections import defaultdict
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from assets.models import UpkeepTerms
from registry import display
from registry.codes import PRIVATE_KINDS, EntryCode
from registry.models import Entry
from registry.queries.divisions import codes_by_division

# The customary heads of offices; they are data, not words of the interface.
HEADS = (
    "序号", "资产编码", "资产名称", "资产类别", "资产类型", "行政区划代码", "村", "地点", "规格型号",
    "数量", "计量单位", "资产原值（元）", "建成日期", "产权归属", "收益权人", "管护主体", "管护责任人",
    "管护起始日期", "年管护经费（元）", "经费来源", "资产状态", "备注",
)  # fmt: skip
WIDTHS = {3: 28, 8: 18, 14: 26, 15: 26, 16: 24}


def ledger_workbook(rows: QuerySet, *, day: dt.date, title: str) -> bytes:
    """The rows of ``assets.queries.ledger`` as a workbook. Four queries."""
    assets = list(rows)
    held = _held([asset.unit_id for asset in assets], day)
    codes = codes_by_division({asset.unit.division_id for asset in assets})
    book = Workbook()
    sheet = book.active
    sheet.title = "台账"
    sheet.append([_("Ledger of %(place)s on %(day)s") % {"place": title, "day": day.isoformat()}])
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(HEADS))
    sheet["A1"].font, sheet["A1"].alignment = Font(bold=True, size=14), Alignment(horizontal="center")
    sheet.append(list(HEADS))
    for cell in sheet[2]:
        cell.font = Font(bold=True)
    for number, asset in enumerate(assets, start=1):
        sheet.append([safe(value) for value in _line(number, asset, held[asset.unit_id], codes)])
    for number in range(1, len(HEADS) + 1):
        sheet.column_dimensions[get_column_letter(number)].width = WIDTHS.get(number, 13)
    sheet.freeze_panes = "D3"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def safe(value: Any) -> Any:
    """A text that a spreadsheet would take for a formula is written as text."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def _held(units: list[int], day: dt.date) -> dict[int, dict[str, list[Entry]]]:
    """Owners, income holders and keepers by unit; terms of upkeep beside."""
    codes = (EntryCode.OWNERSHIP, EntryCode.INCOME, EntryCode.UPKEEP)
    found: dict[int, dict[str, list[Entry]]] = defaultdict(lambda: defaultdict(list))
    rows = (
        Entry.objects.on(day)
        .filter(unit_id__in=units, code__in=codes)
        .select_related("party", "agent", "upkeep_terms")
    )
    for entry in rows.order_by("unit_id", "code", "id"):
        found[entry.unit_id][entry.code].append(entry)
    return found


def _party(entry: Entry) -> str:
    name = entry.party.name
    return display.masked(name) if entry.party.kind in PRIVATE_KINDS else name


def _shared(entries: list[Entry]) -> str:
    """甲村 3/5；乙村 2/5, or the name alone where one holds all."""
    if len(entries) == 1 and entries[0].share == 1:
        return _party(entries[0])
    return "；".join(f"{_party(entry)} {entry.share_num}/{entry.share_den}" for entry in entries)


def _line(number: int, asset: Any, held: dict[str, list[Entry]], codes: dict[int, str]) -> list[Any]:
    unit = asset.unit
    keeper = held[EntryCode.UPKEEP][0] if held[EntryCode.UPKEEP] else None
    terms: UpkeepTerms | None = getattr(keeper, "upkeep_terms", None)
    return [
        number, unit.code, unit.name,
        asset.get_asset_class_display(), asset.get_subtype_display(),
        codes.get(unit.division_id), unit.division.name,
        asset.address, asset.spec, asset.quantity, asset.measure,
        asset.original_value, asset.completed_on,
        _shared(held[EntryCode.OWNERSHIP]), _shared(held[EntryCode.INCOME]),
        _party(keeper) if keeper else None,
        display.masked(keeper.agent.name) if keeper and keeper.agent else None,
        keeper.valid.lower if keeper else None,
        terms.annual_budget if terms else None, terms.budget_source if terms else None,
        unit.get_state_display(), asset.remark,
    ]  # fmt: skip
