"""Farmland flow as a workbook: sums, both transition matrices, villages, pieces. 中文：耕地流出分析表"""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from land.flow import KINDS, Sums
from land.services.flow import Flow
from land.services.outcome import PACKAGE
from land.words import class_title, kind_label

Cells = list[Any]


def write(flow: Flow, names: dict[str, str], villages: dict[str, str]) -> bytes:
    """The workbook; ``names``: class names by code, ``villages``: names of villages by code. Areas in m²."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    looks = {
        "head": book.add_format({"bold": True, "border": 1, "text_wrap": True, "bg_color": "#E8EFE9"}),
        "area": book.add_format({"num_format": "#,##0.00"}),
    }
    _sheet(book, looks, _("summary"), [_("figure"), _("gross (m²)"), _("counted (m²)")], _summary(flow))
    _sheet(book, looks, _("transition, gross"), *_matrix(flow.gross, names))
    _sheet(book, looks, _("transition, counted"), *_matrix(flow.counted, names))
    _sheet(book, looks, _("by village"), *_villages(flow, villages))
    _sheet(book, looks, _("pieces"), *_pieces(flow, names, villages))
    if flow.crosscheck:
        _sheet(book, looks, _("package and overlay"), *_crosscheck(flow, villages))
    book.close()
    return out.getvalue()


def _sheet(book: Any, looks: dict[str, Any], title: str, heads: Cells, rows: list[Cells]) -> None:
    sheet = book.add_worksheet(title[:31])
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, max(len(heads) - 1, 1), 17)
    for column, head in enumerate(heads):
        sheet.write_string(0, column, str(head), looks["head"])
    for number, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            if isinstance(cell, Decimal):
                sheet.write_number(number, column, cell, looks["area"])
            elif cell is not None:
                sheet.write_string(number, column, str(cell))


def _summary(flow: Flow) -> list[Cells]:
    gross, counted = flow.gross, flow.counted
    old, new = flow.years
    rows: list[Cells] = [
        [_("farmland at the end of %(year)d") % {"year": old}, gross.previous, counted.previous],
        [_("outflow"), gross.outflow, counted.outflow],
        [_("inflow"), gross.inflow, counted.inflow],
        [_("farmland at the end of %(year)d") % {"year": new}, gross.current, counted.current],
    ]
    rows += [[kind_label(kind), gross.by_kind[kind], counted.by_kind[kind]] for kind in KINDS]
    rows += [
        [_("of it in permanent basic farmland"), flow.in_basic(), flow.in_basic(counted=True)],
        [_("of it covered by an approval"), flow.justified(), flow.justified(counted=True)],
        [_("ridges: taken"), None, counted.ridges_out],
        [_("ridges: given back"), None, counted.ridges_in],
        [_("came with a border"), gross.moved_in, counted.moved_in],
        [_("went with a border"), gross.moved_out, counted.moved_out],
        [_("basis"), None, None, _basis(flow)],
    ]
    return rows + [[note] for note in flow.notes]


def _basis(flow: Flow) -> str:
    if flow.basis == PACKAGE:
        return _("the annual increment package")
    return _("the overlay of the two surveys")


def _matrix(sums: Sums, names: dict[str, str]) -> tuple[Cells, list[Cells]]:
    olds = sorted({old for old, _new in sums.matrix})
    news = sorted({new for _old, new in sums.matrix})
    heads = [_("from / to"), *(class_title(code, names) for code in news), _("total")]
    rows: list[Cells] = []
    for old in olds:
        cells = [sums.matrix.get((old, new), Decimal(0)) for new in news]
        rows.append([class_title(old, names), *cells, sum(cells, Decimal(0))])
    return heads, rows


def _villages(flow: Flow, villages: dict[str, str]) -> tuple[Cells, list[Cells]]:
    heads = [
        _("village"),
        _("code"),
        *(f"{label}（{grade}）" for grade in (_("gross"), _("counted")) for label in _figures()),
    ]
    rows = []
    for code, pair in sorted(flow.villages.items()):
        cells = [
            area
            for sums in pair
            for area in (sums.previous, sums.outflow, sums.inflow, sums.current, *sums.by_kind.values())
        ]
        rows.append([villages.get(code, ""), code, *cells])
    return heads, rows


def _crosscheck(flow: Flow, villages: dict[str, str]) -> tuple[Cells, list[Cells]]:
    heads = [
        _("village"), _("code"), _("outflow, package"), _("outflow, overlay"), _("inflow, package"),
        _("inflow, overlay"), _("comparison"),
    ]  # fmt: skip
    rows: list[Cells] = [
        [
            villages.get(row.village, ""),
            row.village,
            row.package[0],
            row.overlay[0],
            row.package[1],
            row.overlay[1],
            _("they part (C06)") if row.differs else _("they agree"),
        ]
        for row in flow.crosscheck
    ]
    return heads, rows


def _figures() -> list[str]:
    return [_("before"), _("outflow"), _("inflow"), _("after"), *(kind_label(kind) for kind in KINDS)]


def _pieces(flow: Flow, names: dict[str, str], villages: dict[str, str]) -> tuple[Cells, list[Cells]]:
    heads = [
        _("village"), _("parcel before"), _("parcel now"), _("class before"), _("class now"),
        _("gross (m²)"), _("counted (m²)"), _("in basic farmland (m²)"), _("approved (m²)"),
    ]  # fmt: skip
    rows = []
    for outflow in flow.outflows:
        strand = outflow.strand
        old, new = strand.old, strand.new
        rows.append(
            [
                villages.get(strand.village, strand.village),
                old.id if old else "",
                new.id if new else "",
                class_title(old.class_code if old else "", names),
                class_title(new.class_code if new else "", names),
                strand.gross,
                strand.counted_old,
                outflow.basic_m2,
                outflow.justified_m2,
            ]
        )
    return heads, rows
