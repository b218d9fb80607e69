"""The summary as a workbook: by class, by holder, together. 中文：资产汇总表导出"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter
from django.utils import translation

from assets.codes import AssetClass
from assets.queries_summary import Holder

HEADS = ("项目", "数量（项）", "原值（元）")


def write_summary(path: Path, title: str, figures: dict[str, Any]) -> None:
    """Write one sheet; the sums are formulas over the lines above them, so that anyone can check them."""
    with xlsxwriter.Workbook(path) as book, translation.override("zh-hans"):
        sheet = book.add_worksheet("资产汇总")
        looks = {
            "title": book.add_format({"bold": True, "font_size": 14, "align": "center"}),
            "head": book.add_format({"bold": True, "border": 1, "align": "center", "bg_color": "#E8EFE9"}),
            "text": book.add_format({"border": 1}),
            "count": book.add_format({"border": 1, "num_format": "#,##0"}),
            "money": book.add_format({"border": 1, "num_format": "#,##0.00"}),
        }
        sheet.set_column(0, 0, 28)
        sheet.set_column(1, 2, 20)
        sheet.merge_range(0, 0, 0, 2, title, looks["title"])
        at = 2
        for name, axis, choices in (("按类别", "by_class", AssetClass), ("按权属", "by_holder", Holder)):
            at = _block(sheet, at, name, [(c.label, figures[axis][c]) for c in choices], looks)
        _line(sheet, at, "总计", figures["total"], looks)


def _block(sheet: Any, at: int, name: str, lines: list[tuple[Any, dict[str, Any]]], looks: Any) -> int:
    for column, head in enumerate((name, *HEADS[1:])):
        sheet.write(at, column, head, looks["head"])
    for offset, (label, line) in enumerate(lines, start=1):
        _line(sheet, at + offset, str(label), line, looks)
    first, last = at + 2, at + 1 + len(lines)
    total = at + 1 + len(lines)
    sheet.write(total, 0, "合计", looks["head"])
    count = sum(line["count"] for _label, line in lines)
    value = sum((Decimal(line["value"]) for _label, line in lines), Decimal(0))
    sheet.write_formula(total, 1, f"=SUM(B{first}:B{last})", looks["count"], count)
    sheet.write_formula(total, 2, f"=SUM(C{first}:C{last})", looks["money"], value)
    return total + 2


def _line(sheet: Any, at: int, label: str, line: dict[str, Any], looks: Any) -> None:
    sheet.write(at, 0, label, looks["text"])
    sheet.write_number(at, 1, line["count"], looks["count"])
    sheet.write_number(at, 2, Decimal(line["value"]), looks["money"])
