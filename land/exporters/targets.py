"""The board of targets as a workbook. 中文：耕地保护目标一览表"""

from __future__ import annotations

import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from land.queries.board import Board, Standing
from registry.badges import Badge


def write(board: Board, light_of: Callable[[Standing], Badge]) -> bytes:
    """One row a place; figures in mu, every present figure with its year. No names of persons."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    head = book.add_format({"bold": True, "border": 1, "text_wrap": True, "bg_color": "#E8EFE9"})
    area = book.add_format({"num_format": "#,##0.00"})
    sheet = book.add_worksheet(_("targets")[:31])
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 12, 15)
    for column, title in enumerate(_heads()):
        sheet.write_string(0, column, str(title), head)
    for number, row in enumerate([board.whole, *board.parts], start=1):
        for column, cell in enumerate(_cells(board, row, light_of)):
            if isinstance(cell, Decimal):
                sheet.write_number(number, column, cell, area)
            elif isinstance(cell, int):
                sheet.write_number(number, column, cell)
            elif cell is not None:
                sheet.write_string(number, column, str(cell))
    book.close()
    return out.getvalue()


def _heads() -> list[Any]:
    return [
        _("place"), _("target of"), _("kind"), _("farmland to be kept (mu)"),
        _("farmland by the survey (mu)"), _("survey year"), _("margin (mu)"),
        _("permanent basic farmland to be kept (mu)"),
        _("basic farmland by its layer (mu)"), _("year of the layer"), _("margin (mu)"), _("light"),
        _("document"),
    ]  # fmt: skip


def _cells(board: Board, row: Standing, light_of: Callable[[Standing], Badge]) -> list[Any]:
    target = row.target
    return [
        row.place.name,
        target.year if target else None,
        target.get_kind_display() if target else None,
        row.retained.target_mu,
        row.retained.present_mu,
        board.survey_year if row.retained.present_m2 is not None else None,
        row.retained.margin_mu,
        row.pbf.target_mu,
        row.pbf.present_mu,
        board.pbf_year if row.pbf.present_m2 is not None else None,
        row.pbf.margin_mu,
        light_of(row).word,
        target.source if target else None,
    ]
