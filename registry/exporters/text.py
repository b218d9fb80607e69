"""A list as CSV: UTF-8 with a byte order mark, or GB18030 for old programs. 中文：CSV 导出

A text that a spreadsheet would take for a formula is kept from it by an apostrophe, which the reader of
imports takes away again (``registry.readers.table.guard``).
"""

from __future__ import annotations

import csv
import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

from registry.exports import NUMBERS, Export
from registry.readers.table.guard import guarded

ENCODINGS = {"utf-8": "utf-8-sig", "gb18030": "gb18030"}


def write_csv(export: Export, path: Path, encoding: str = "utf-8") -> int:
    """Write the rows; the number of them. Characters that GB18030 lacks do not exist."""
    rows = 0
    kinds = [column.kind for column in export.columns]
    with path.open("w", encoding=ENCODINGS[encoding], newline="") as out:
        sheet = csv.writer(out, lineterminator="\r\n")
        sheet.writerow([guarded(str(column.title)) for column in export.columns])
        for line in export.lines():
            sheet.writerow([written(value, kind) for value, kind in zip(line, kinds, strict=True)])
            rows += 1
    return rows


def written(value: Any, kind: str) -> str:
    """A value as text: ISO days, plain numbers without separators."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:.2f}" if kind in ("money", "area") else f"{value.normalize():f}"
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if kind in NUMBERS or kind == "date":
        return str(value)
    return guarded(value)
