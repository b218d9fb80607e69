"""The comparison of register and account books as a workbook. 中文：账实对照表导出"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import BinaryIO

import xlsxwriter
from django.utils.translation import gettext as _

from assets.income.queries.books import Compared


def write_books(out: BinaryIO, found: Sequence[Compared], day: dt.date, words: Mapping[str, object]) -> None:
    """One row an owner and asset; ``words``: what each state is called."""
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet()
        head = book.add_format({"bold": True, "border": 1, "text_wrap": True})
        money = book.add_format({"num_format": "#,##0.00"})
        sheet.write_string(0, 0, day.isoformat())
        heads = [
            _("keeper of the book"), _("asset"), _("code"), _("register (yuan)"), _("account book (yuan)"),
            _("difference (yuan)"), _("state"),
        ]  # fmt: skip
        for column, title in enumerate(heads):
            sheet.write_string(1, column, str(title), head)
            sheet.set_column(column, column, 26 if column < 2 else 18)
        for number, one in enumerate(found, start=2):
            texts = {
                0: one.owner.name,
                1: one.asset.unit.name,
                2: one.asset.unit.code,
                6: str(words[one.state]),
            }
            for column, text in texts.items():
                sheet.write_string(number, column, text)
            for column, value in enumerate(
                (one.register, one.book.value if one.book else None, one.difference), start=3
            ):
                if value is not None:
                    sheet.write_number(number, column, value, money)
        sheet.freeze_panes(2, 2)
