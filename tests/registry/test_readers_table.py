"""Ledgers as offices keep them: heads, sections, totals, units, joined and split rows, and hostile files."""

import csv
import time
import zipfile
from decimal import Decimal

import openpyxl
import pytest

from registry.readers.errors import ReadError
from registry.readers.table import FundingLine, read_ledger, read_sheets, write_rejects
from registry.readers.table.rows import RowKind
from tests.registry.workbooks import HEAD, SMALL, workbook

BOX = (103.30, 22.70, 104.10, 23.50)


def ledger(tmp_path, rows, *, mapping=None, merges=(), table=SMALL, sheets=None):
    """Write the rows to a workbook and read it back as a ledger."""
    return read_ledger(workbook(tmp_path / "l.xlsx", rows, merges, sheets), table, mapping=mapping, bbox=BOX)


def refusal(path, **options):
    """The refusal of a file, whose message must be a sentence."""
    with pytest.raises(ReadError) as caught:
        read_ledger(path, SMALL, **options)
    assert len(str(caught.value)) > 6
    return caught.value


def plain(code, name, value, village="新华村", quantity=1, measure="口", remark=""):
    """A row under HEAD."""
    return ["", code, name, village, quantity, measure, value, remark]


def codes(row):
    """The codes of a row's errors."""
    return [error.code for error in row.errors]


# --- heads


def test_titles_above_and_a_head_of_two_rows_are_understood(tmp_path):
    rows = [
        ["屏边县新华乡帮扶项目资产台账"],
        ["填报单位：新华乡", "", "", "", "单位：万元"],
        ["序号", "资产\n名称", "资金来源", "", "资产原值", "管护情况", "", ""],
        ["", "", "中央", "省级", "", "管护主体", "姓名", "电话"],
        [1, "水窖", 10, 5.5, 15.5, "新华村委会", "张三", "13812345678"],
    ]
    table = ledger(tmp_path, rows, merges=("A1:H1", "C3:D3", "F3:H3", "A3:A4", "B3:B4", "E3:E4"))
    assert (table.header.first, table.header.last) == (3, 4)
    assert [c.field.name for c in table.header.known] == [
        "seq", "name", "central", "province", "original_value", "upkeep_body", "phone",
    ]  # fmt: skip
    values = table.rows[0].values
    assert values["funding"] == (
        FundingLine("central", Decimal(100000)),
        FundingLine("province", Decimal(55000)),
    )
    assert (values["original_value"], values["upkeep_body"], values["phone"]) == (
        155000,
        "新华村委会",
        "13812345678",
    )


def test_a_leaf_head_takes_its_meaning_from_the_one_above(tmp_path):
    rows = [
        ["资产名称", "管护主体", "", "经营主体", ""],
        ["", "名称", "电话", "名称", "电话"],
        ["水窖", "新华村委会", "13812345678", "某公司", "13912345678"],
    ]
    table = ledger(tmp_path, rows, merges=("A1:A2", "B1:C1", "D1:E1"))
    assert table.rows[0].values["upkeep_body"] == "新华村委会"
    assert table.rows[0].values["name"] == "水窖"


@pytest.mark.parametrize(
    "title",
    [
        "资产原值（万元）",
        "资产原值(单位：万元)",
        "资 产 原 值\n(万元)",
        "资产原值万元",
        "*资产原值【万元】",
        "原值：万元",
    ],
)
def test_heads_are_compared_without_blanks_brackets_and_units(tmp_path, title):
    table = ledger(tmp_path, [["名称", "村", title], ["水窖", "新华村", 1.5]])
    assert table.rows[0].values["original_value"] == Decimal(15000)


def test_unknown_and_repeated_columns_are_reported(tmp_path):
    table = ledger(tmp_path, [["名称", "村", "颜色", "名称"], ["水窖", "新华村", "蓝", "另一个"]])
    assert [c.title for c in table.unknown_columns] == ["颜色"]
    assert [c.letter for c in table.header.duplicates] == ["D"]
    assert table.rows[0].values["name"] == "水窖"
    assert table.rows[0].raw["颜色"] == "蓝"
    assert len(table.notes) == 2


def test_a_mapping_overrides_what_was_recognised(tmp_path):
    rows = [["甲", "名称", "乙"], ["A1", "水窖", 7], ["A2", "水池", 8]]
    mapping = {"header row": 1, "columns": {"甲": "asset_code", "乙": "original_value"}, "unit": "wan"}
    table = ledger(tmp_path, rows, mapping=mapping)
    assert [r.values["original_value"] for r in table.rows] == [70000, 80000]
    assert [r.values["asset_code"] for r in table.rows] == ["A1", "A2"]
    assert table.unit.found == "mapping"


@pytest.mark.parametrize(
    "mapping",
    [
        {"columns": {"没有": "name"}},
        {"columns": {"名称": "nothing"}},
        {"header row": 99},
        {"header row": "one"},
        {"unit": "dollar"},
        {"colums": {}},
        {"columns": []},
    ],
)
def test_a_mapping_that_does_not_fit_is_refused(tmp_path, mapping):
    path = workbook(tmp_path / "l.xlsx", [["名称", "村"], ["水窖", "新华村"]])
    assert refusal(path, mapping=mapping).code == "mapping"


def test_a_file_without_a_head_is_refused_with_what_is_expected(tmp_path):
    error = refusal(workbook(tmp_path / "l.xlsx", [["a", "b"], [1, 2]]))
    assert error.code == "no_head"
    assert "资产编码" in str(error)


# --- rows


def test_rows_that_are_no_records_are_told_apart(tmp_path):
    rows = [
        ["台账"],
        HEAD,
        [1, 2, 3, 4, 5, 6, 7, 8],
        ["一、新华村"],
        plain("A1", "水窖", 1, ""),
        ["", "小计", "", "", "", "", 1],
        HEAD,
        ["（二）白河村委会（1处）："],
        plain("A2", "水池", 2, ""),
        [],
        ["", "小  计", "", "", "", "", 2],
        ["合", "计", "", "", "", "", 3],
        ["填表人：张三", "", "", "审核人：李四"],
        ["说明：本表一式三份"],
    ]
    table = ledger(tmp_path, rows, merges=("A1:H1", "A4:H4", "A8:H8"))
    kinds = [line.kind.value for line in table.sheets[0].lines]
    assert kinds == [
        "title", "header", "numbers", "section", "data", "subtotal", "header", "section", "data", "blank",
        "subtotal", "total", "note", "note",
    ]  # fmt: skip
    assert [(r.row, r.values["village"]) for r in table.rows] == [(5, "新华村"), (9, "白河村委会")]
    assert [c.ok for c in table.totals] == [True, True, True]


def test_a_wrong_grand_total_is_held_against_all_sections_not_the_last_one(tmp_path):
    rows = [
        HEAD,
        ["一、新华村"],
        plain("A1", "水窖", 1, ""),
        ["", "小计", "", "", "", "", 1],
        ["二、白河村"],
        plain("A2", "水池", 2, ""),
        ["", "小计", "", "", "", "", 2],
        ["合计", "", "", "", "", "", 4],
    ]
    table = ledger(tmp_path, rows, merges=("A2:H2", "A5:H5"))
    assert [c.ok for c in table.totals] == [True, True, False]
    assert table.totals[-1].computed == sum(c.computed for c in table.totals[:2])


def test_numbered_empty_rows_dates_and_signatures_under_the_table_are_no_records(tmp_path):
    rows = [
        HEAD,
        plain("A1", "水窖", 1),
        [2],
        [3],
        ["", "", "", "2021年12月31日"],
        ["", "", "", "", "新华乡（盖章）"],
    ]
    table = ledger(tmp_path, rows)
    assert [line.kind.value for line in table.sheets[0].lines][2:] == ["blank", "blank", "note", "note"]
    assert len(table.rows) == 1


def test_a_section_may_say_more_than_its_village(tmp_path):
    rows = [["资产名称", "数量"], ["（一）新华村委会：12处，合计155万元"], ["水窖", 1]]
    assert ledger(tmp_path, rows, merges=("A2:B2",)).rows[0].values["village"] == "新华村委会"


def test_ditto_marks_mean_the_cell_above(tmp_path):
    table = ledger(
        tmp_path, [HEAD, plain("A1", "水窖", 1), plain("A2", "水池", 2, "同上"), plain("A3", "水塘", 3, "〃")]
    )
    assert [r.values["village"] for r in table.rows] == ["新华村", "新华村", "新华村"]


def test_several_phones_keep_the_first_with_a_warning(tmp_path):
    row = ledger(tmp_path, [["资产名称", "联系电话"], ["水窖", "13812345678/0873-3221234"]]).rows[0]
    assert (row.values["phone"], [w.code for w in row.warnings]) == ("13812345678", ["phone_several"])


def test_sections_nest_and_a_village_ends_the_class_within_it(tmp_path):
    rows = [
        ["资产名称", "数量", "资产原值（元）"],
        ["一、新华村"],
        ["（一）经营性资产"],
        ["大棚", 1, 10],
        ["（二）公益性资产"],
        ["水窖", 1, 10],
        ["二、白河村"],
        ["水池", 1, 10],
    ]
    table = ledger(tmp_path, rows)
    found = [(r.values["village"], r.values.get("asset_class")) for r in table.rows]
    assert found == [("新华村", "operating"), ("新华村", "public_welfare"), ("白河村", None)]


def test_a_section_row_with_its_sums_is_checked_against_the_rows_below(tmp_path):
    rows = [HEAD, ["一", "", "新华村", "", "", "", 3], plain("A1", "水窖", 1, ""), plain("A2", "水池", 1, "")]
    table = ledger(tmp_path, rows)
    assert [r.values["village"] for r in table.rows] == ["新华村", "新华村"]
    assert [(c.ok, c.stated, c.computed) for c in table.totals] == [(False, 30000, 20000)]


def test_the_sheets_name_tells_the_village_where_nothing_else_does(tmp_path):
    rows = [["资产名称", "数量"], ["水窖", 1]]
    table = ledger(tmp_path, [["x"]], sheets={"新华村": rows, "白河村": rows})
    assert [(r.sheet, r.values["village"]) for r in table.rows] == [
        ("新华村", "新华村"),
        ("白河村", "白河村"),
    ]


def test_hidden_sheets_are_left_out_and_hidden_rows_told(tmp_path):
    path = workbook(
        tmp_path / "l.xlsx", [HEAD, plain("A1", "水窖", 1)], sheets={"旧": [HEAD, plain("B1", "水池", 1)]}
    )
    book = openpyxl.load_workbook(path)
    book["旧"].sheet_state = "hidden"
    book["台账"].row_dimensions[2].hidden = True
    book.save(path)
    table = read_ledger(path, SMALL)
    assert [r.values["asset_code"] for r in table.rows] == ["A1"]
    assert [w.code for w in table.rows[0].warnings] == ["hidden_row"]
    assert any("旧" in note for note in table.notes)


def test_all_errors_of_a_row_come_at_once_with_place_and_value(tmp_path):
    rows = [
        ["资产名称", "资产原值（万元）", "建成日期", "联系电话", "经度", "纬度"],
        ["水窖", "约5", "2021-02-30", "123", 22.99, 103.68],
    ]
    row = ledger(tmp_path, rows).rows[0]
    assert sorted(codes(row)) == ["coordinates_swapped", "date_impossible", "money_about", "phone"]
    error = next(e for e in row.errors if e.code == "date_impossible")
    assert (error.row, error.column, error.value, error.field) == (
        2,
        "建成日期",
        "2021-02-30",
        "completed_on",
    )


def test_a_row_without_name_and_code_is_no_asset(tmp_path):
    table = ledger(tmp_path, [HEAD, ["", "", "", "新华村", 1, "口", 1, ""]])
    assert codes(table.rows[0]) == ["no_identity"]


def test_error_cells_and_formulas_never_calculated_are_told(tmp_path):
    path = workbook(tmp_path / "l.xlsx", [HEAD, plain("A1", "水窖", 1), plain("A2", "水池", 1)])
    book = openpyxl.load_workbook(path)
    book["台账"]["G2"].value = "=1+1"
    book["台账"]["G3"].value = "#REF!"
    book["台账"]["G3"].data_type = "e"
    book.save(path)
    table = read_ledger(path, SMALL)
    assert [codes(r) for r in table.rows] == [["formula"], ["cell_error"]]


def sections_of(tmp_path, rows, **more):
    table = read_ledger(
        workbook(tmp_path / "a.xlsx", [["序号", "资产名称", "原值（元）"], *rows], **more), SMALL
    )
    return [(r.values["name"], r.values.get("asset_class"), r.values.get("village")) for r in table.rows]


def test_villages_may_stand_within_classes_and_classes_within_villages(tmp_path):
    within = [
        ["一、公益性资产"],
        ["甲村"],
        [1, "路", 1],
        ["乙村"],
        [2, "池", 1],
        ["二、经营性资产"],
        [3, "厂", 1],
    ]
    assert sections_of(tmp_path, within) == [
        ("路", "public_welfare", "甲村"),
        ("池", "public_welfare", "乙村"),
        ("厂", "operating", None),
    ]
    other = [["甲村"], ["公益性资产"], [1, "路", 1], ["经营性资产"], [2, "厂", 1], ["乙村"], [3, "池", 1]]
    assert sections_of(tmp_path, other) == [
        ("路", "public_welfare", "甲村"),
        ("厂", "operating", "甲村"),
        ("池", None, "乙村"),
    ]


def test_a_sheet_named_by_its_class_keeps_it_under_sections_of_villages(tmp_path):
    sheet = {
        "经营性资产": [
            ["序号", "资产名称", "原值（元）"],
            ["村委会：甲村"],
            [1, "厂", 1],
            ["乙村"],
            [2, "棚", 1],
        ]
    }
    table = read_ledger(workbook(tmp_path / "a.xlsx", [["空"]], sheets=sheet), SMALL)
    assert [(r.values["asset_class"], r.values["village"]) for r in table.rows] == [
        ("operating", "甲村"),
        ("operating", "乙村"),
    ]


# --- totals and units


def test_totals_compare_to_the_last_digit_written(tmp_path):
    rows = [
        HEAD,
        plain("A1", "大棚", 2977.8578),
        plain("A2", "公路", 26045.5340),
        plain("A3", "住房", 1839.2229),
    ]
    assert [
        (c.ok, c.code) for c in ledger(tmp_path, [*rows, ["合计", "", "", "", "", "", 30862.61]]).totals
    ] == [(True, "rounded")]
    assert [
        (c.ok, c.code) for c in ledger(tmp_path, [*rows, ["合计", "", "", "", "", "", 30862.6147]]).totals
    ] == [(True, "")]
    wrong = ledger(tmp_path, [*rows, ["合计", "", "", "", "", "", 30862.71]]).totals[0]
    assert (wrong.ok, wrong.code, wrong.computed) == (False, "differs", Decimal("308626147.00"))
    assert wrong.message


def test_a_total_above_its_rows_and_one_over_all_sheets_are_checked(tmp_path):
    one = [HEAD, ["合计", "", "", "", "", "", 3], plain("A1", "水窖", 1), plain("A2", "水池", 2)]
    two = [HEAD, plain("A3", "水窖", 4), ["总计", "", "", "", "", "", 7]]
    table = ledger(tmp_path, one, sheets={"另": two})
    assert [(c.label, c.ok) for c in table.totals] == [("合计", True), ("总计", True)]


def test_a_total_over_rows_with_errors_is_left_open(tmp_path):
    rows = [HEAD, plain("A1", "水窖", "约5"), plain("A2", "水池", 1), ["合计", "", "", "", "", "", 6]]
    assert [(c.ok, c.code) for c in ledger(tmp_path, rows).totals] == [(None, "incomplete")]


@pytest.mark.parametrize(
    ("title", "head", "value", "found"),
    [
        ("单位：万元", "资产原值", 1.5, "title"),
        ("单位：元", "资产原值", 15000, "title"),
        ("单位:亩、万元", "资产原值", 1.5, "title"),
        ("台账", "资产原值（元）", 15000, "head"),
        ("台账", "资产原值", 150_000_000, "magnitude"),
        ("台账", "资产原值", 1.50001, "magnitude"),
        ("台账（原值1.5万元）", "资产原值", 1.5, "total"),
        ("台账（原值1.5万元）", "资产原值", 15000, "total"),
        ("台账", "资产原值", "1.5万元", "cells"),
    ],
)
def test_the_unit_of_money_is_taken_from_what_states_it(tmp_path, title, head, value, found):
    table = ledger(tmp_path, [[title], ["名称", "村", head], ["水窖", "新华村", value]])
    assert table.unit.found == found
    assert table.questions == []
    expected = 150_000_000 if value == 150_000_000 else Decimal("15000.10") if value == 1.50001 else 15000
    assert table.rows[0].values["original_value"] == expected


def test_an_unstated_unit_is_asked_and_no_row_is_good_until_then(tmp_path):
    rows = [["名称", "村", "资产原值"], ["水窖", "新华村", 15], ["水池", "新华村", 20]]
    table = ledger(tmp_path, rows)
    assert [(q.code, q.choices) for q in table.questions] == [("unit", ("yuan", "wan"))]
    assert [codes(r) for r in table.rows] == [["unit_unknown"], ["unit_unknown"]]
    answered = ledger(tmp_path, rows, mapping={"unit": "yuan"})
    assert (answered.questions, answered.rows[0].values["original_value"]) == ([], 15)


def test_a_title_that_states_the_sum_of_its_own_sheet_tells_the_unit_of_the_file(tmp_path):
    head = ["序号", "资产名称", "村", "资产原值"]
    first = [["公益性资产，原值90.5万元"], head, [1, "甲路", "新华村", 60], [2, "乙路", "新华村", 30.5]]
    second = {"二": [["经营性资产"], head, [1, "丙厂", "新华村", 20]]}
    table = read_ledger(workbook(tmp_path / "a.xlsx", first, sheets=second), SMALL)
    assert (table.unit.value, table.unit.found, table.questions) == ("wan", "total", [])
    assert [row.values["original_value"] for row in table.rows] == [600000, 305000, 200000]


def test_a_funding_row_that_leaves_its_village_blank_goes_on_with_the_asset_above(tmp_path):
    rows = [
        ["资产名称", "村", "资金来源", "资金金额（元）"],
        ["甲沟", "新华村", "中央", 50],
        ["甲沟", "", "省级", 10],
        ["甲沟", "岩峰村", "中央", 7],
    ]
    table = read_ledger(workbook(tmp_path / "a.xlsx", rows), SMALL)
    assert [row.rows for row in table.rows] == [(2, 3), (4,)]
    assert [[line.amount for line in row.values["funding"]] for row in table.rows] == [[50, 10], [7]]


def test_a_total_in_the_other_unit_is_found_and_the_answer_overrules_the_head(tmp_path):
    rows = [
        HEAD,
        plain("A1", "水窖", 150000),
        plain("A2", "水池", 50000),
        ["合计", "", "", "", "", "", "20万元"],
    ]
    table = ledger(tmp_path, rows)
    assert table.totals[0].code == "unit_mismatch"
    assert [q.code for q in table.questions] == ["unit_conflict"]
    assert not table.unit.confirmed
    answered = ledger(tmp_path, rows, mapping={"unit": "yuan"})
    assert [r.values["original_value"] for r in answered.rows] == [150000, 50000]
    assert (answered.questions, answered.unit.confirmed) == ([], True)


def test_one_row_in_the_other_unit_is_found_by_its_funding(tmp_path):
    rows = [
        ["名称", "村", "中央资金（万元）", "资产原值（万元）"],
        ["水窖", "甲村", 10, 10],
        ["水池", "甲村", 10, 100000],
        ["水塘", "甲村", 10, 12],
    ]
    table = ledger(tmp_path, rows)
    assert [codes(r) for r in table.rows] == [[], ["unit_mismatch"], []]
    assert [[w.code for w in r.warnings] for r in table.rows] == [[], [], ["funding_sum"]]


def test_columns_keep_their_own_units(tmp_path):
    table = ledger(tmp_path, [["名称", "资产原值（万元）", "年管护经费（元）"], ["水窖", 10, 500]])
    assert (table.rows[0].values["original_value"], table.rows[0].values["annual_budget"]) == (100000, 500)


# --- joined and split


def test_rows_of_one_code_are_the_funding_lines_of_one_asset(tmp_path):
    head = ["资产编码", "资产名称", "村", "资金来源", "资金金额（万元）", "资产原值（万元）"]
    rows = [
        head,
        ["A1", "水厂", "新华村", "中央", 10, 15],
        ["A1", "水厂", "新华村", "省级", 5, ""],
        ["A2", "水窖", "新华村", "中央", 1, 1],
    ]
    table = ledger(tmp_path, [*rows, ["合计", "", "", "", 16, 16]])
    assert [(r.rows, r.values["original_value"]) for r in table.rows] == [((2, 3), 150000), ((4,), 10000)]
    assert table.rows[0].values["funding"] == (
        FundingLine("central", Decimal(100000)),
        FundingLine("province", Decimal(50000)),
    )
    assert table.rows[0].explanations
    assert all(check.ok for check in table.totals)


def test_merged_name_and_value_cells_join_their_rows_and_count_once(tmp_path):
    head = ["资产名称", "村", "资金来源", "资金金额（万元）", "资产原值（万元）"]
    rows = [
        head,
        ["水厂", "新华村", "中央", 10, 15],
        ["", "", "省级", 5, ""],
        ["水窖", "新华村", "中央", 1, 1],
        ["合计", "", "", 16, 16],
    ]
    table = ledger(tmp_path, rows, merges=("A2:A3", "B2:B3", "E2:E3"))
    assert [(r.rows, r.values["original_value"], len(r.values["funding"])) for r in table.rows] == [
        ((2, 3), 150000, 2),
        ((4,), 10000, 1),
    ]
    assert all(check.ok for check in table.totals)


def test_a_row_of_a_source_alone_belongs_to_the_asset_above(tmp_path):
    head = ["资产名称", "村", "资金来源", "资金金额（万元）", "资产原值（万元）"]
    table = ledger(
        tmp_path,
        [head, ["水厂", "新华村", "中央", 10, 15], ["", "", "省级", 5, ""], ["水窖", "甲村", "", "", 1]],
    )
    assert [(r.rows, len(r.values.get("funding", ()))) for r in table.rows] == [((2, 3), 2), ((4,), 0)]


def test_same_name_in_another_village_is_another_asset(tmp_path):
    head = ["资产名称", "村", "资金来源", "资金金额（万元）", "资产原值（万元）"]
    table = ledger(tmp_path, [head, ["水窖", "新华村", "中央", 10, 10], ["水窖", "白河村", "省级", 5, ""]])
    assert [r.rows for r in table.rows] == [(2,), (3,)]


def test_values_given_per_source_add_up(tmp_path):
    head = ["资产名称", "村", "资金来源", "资金金额（万元）", "资产原值（万元）"]
    table = ledger(tmp_path, [head, ["水厂", "新华村", "中央", 10, 10], ["水厂", "新华村", "省级", 5, 5]])
    assert [(r.rows, r.values["original_value"]) for r in table.rows] == [((2, 3), 150000)]


def test_two_assets_of_one_name_and_one_source_stay_two(tmp_path):
    head = ["资产名称", "村", "资金来源", "资金金额（万元）", "资产原值（万元）"]
    table = ledger(tmp_path, [head, ["水窖", "新华村", "中央", 10, 10], ["水窖", "新华村", "中央", 10, 10]])
    assert [r.rows for r in table.rows] == [(2,), (3,)]


def test_a_source_without_a_column_of_amounts_paid_the_value(tmp_path):
    table = ledger(tmp_path, [["资产名称", "资金来源", "资产原值（万元）"], ["水厂", "中央", 10]])
    assert table.rows[0].values["funding"] == (FundingLine("central", Decimal(100000)),)


def test_an_amount_without_sources_is_the_value(tmp_path):
    table = ledger(tmp_path, [["资产名称", "数量", "资金金额（万元）"], ["水厂", 1, 10]])
    assert (table.rows[0].values["original_value"], "funding" in table.rows[0].values) == (100000, False)


def test_several_sources_in_one_cell_are_told_and_not_guessed(tmp_path):
    rows = [
        ["资产名称", "资金来源", "资产原值（万元）"],
        ["水厂", "中央、省级", 10],
        ["水窖", "中央、谁知道", 10],
    ]
    table = ledger(tmp_path, rows)
    assert [codes(r) for r in table.rows] == [[], ["choice"]]
    assert [w.code for w in table.rows[0].warnings] == ["choice"]
    assert "funding" not in table.rows[0].values


def test_a_value_merged_over_different_assets_is_nobodys(tmp_path):
    table = ledger(tmp_path, [HEAD, plain("A1", "水窖", 10), plain("A2", "水池", "")], merges=("G2:G3",))
    assert [codes(r) for r in table.rows] == [["value_merged"], ["value_merged"]]


def test_a_row_that_lists_its_names_is_split_to_the_fen(tmp_path):
    head = ["资产名称", "数量", "单位", "中央资金（元）", "省级资金（元）", "资产原值（元）"]
    table = ledger(tmp_path, [head, ["上寨水窖、下寨水窖、中寨水窖", 3, "口", 50.02, 50.02, 100.04]])
    assert [(r.rows, r.part, r.values["name"]) for r in table.rows] == [
        ((2,), (1, 3), "上寨水窖"), ((2,), (2, 3), "下寨水窖"), ((2,), (3, 3), "中寨水窖"),
    ]  # fmt: skip
    values = [r.values["original_value"] for r in table.rows]
    assert sum(values) == Decimal("100.04")
    assert max(values) - min(values) <= Decimal("0.01")
    for row in table.rows:
        assert sum(line.amount for line in row.values["funding"]) == row.values["original_value"]
        assert row.values["quantity"] == 1
        assert row.explanations


def test_a_row_that_lists_its_codes_is_split(tmp_path):
    table = ledger(tmp_path, [HEAD, plain("A001-A003", "水窖", 1, quantity=3)])
    assert [(r.values["asset_code"], r.values["name"]) for r in table.rows] == [
        ("A001", "水窖1号"), ("A002", "水窖2号"), ("A003", "水窖3号"),
    ]  # fmt: skip
    assert [r.values["original_value"] for r in table.rows] == [
        Decimal("3333.34"),
        Decimal("3333.33"),
        Decimal("3333.33"),
    ]


@pytest.mark.parametrize(
    ("code", "name", "quantity", "measure"),
    [
        ("A1", "水窖", 3, "口"),
        ("A1", "沟渠、管道配套工程", 1, "处"),
        ("A1", "甲渠、乙渠", 2, "公里"),
        ("A1", "水窖", "", ""),
    ],
)
def test_a_row_that_does_not_list_its_parts_is_one_asset(tmp_path, code, name, quantity, measure):
    table = ledger(tmp_path, [HEAD, plain(code, name, 1, quantity=quantity, measure=measure)])
    assert [(r.part, r.values["name"]) for r in table.rows] == [(None, name)]


def test_a_list_of_codes_that_does_not_match_the_quantity_is_an_error(tmp_path):
    table = ledger(tmp_path, [HEAD, plain("A1、A2", "水窖", 1, quantity=3)])
    assert codes(table.rows[0]) == ["split_count"]


# --- rows given back


def test_bad_rows_come_back_as_they_were_and_can_be_sent_again(tmp_path):
    rows = [
        ["新华乡台账", "", "", "", "", "", "单位：万元"],
        ["序号", "资产编码", "资产名称", "村", "数量", "单位", "资产原值", "备注"],
        ["一、新华村"],
        plain("A1", "水窖", 1, ""),
        plain("A2", "=cmd|' /C calc'!A0", "约5", "", remark="@SUM(1)"),
        ["二、白河村"],
        plain("A3", "水池", "约7", "", remark="-1"),
        ["合计", "", "", "", "", "", 13],
    ]
    path = workbook(tmp_path / "l.xlsx", rows, ("A1:F1", "A3:H3", "A6:H6"))
    book = openpyxl.load_workbook(path)
    book["台账"]["C5"].data_type = "s"
    book.save(path)
    table = read_ledger(path, SMALL)
    assert write_rejects(tmp_path / "back.xlsx", table, table.bad) == 2
    back = openpyxl.load_workbook(tmp_path / "back.xlsx")["台账"]
    assert [cell.value for cell in back[2]][-2:] == ["退回原因", "原行号"]
    assert [cell.data_type for row in back.iter_rows() for cell in row if cell.data_type == "f"] == []
    assert back["C4"].value == "=cmd|' /C calc'!A0"
    assert back["C4"].quotePrefix
    assert (back["I4"].value is not None, back["J4"].value) == (True, 5)
    for cell in ("G4", "G6"):
        back[cell].value = 2
    back.parent.save(tmp_path / "again.xlsx")
    again = read_ledger(tmp_path / "again.xlsx", SMALL)
    assert [(r.values["asset_code"], r.values["village"]) for r in again.rows] == [
        ("A2", "新华村"),
        ("A3", "白河村"),
    ]
    assert [(r.values["original_value"], codes(r)) for r in again.rows] == [(20000, []), (20000, [])]
    assert again.rows[0].values["remark"] == "@SUM(1)"
    assert again.unknown_columns == []


def test_joined_and_split_rows_come_back_whole_and_once(tmp_path):
    head = [
        "资产编码",
        "资产名称",
        "村",
        "数量",
        "资金来源",
        "资金金额（万元）",
        "资产原值（万元）",
        "联系电话",
    ]
    rows = [
        head,
        ["A1", "水厂", "新华村", 1, "中央", 10, 15, "12"],
        ["", "", "", "", "省级", 5, "", ""],
        ["A2-A3", "水窖", "新华村", 2, "中央", 1, 1, "13"],
    ]
    table = ledger(tmp_path, rows, merges=("A2:A3", "B2:B3", "C2:C3", "G2:G3"))
    assert len(table.bad) == 3
    assert write_rejects(tmp_path / "back.xlsx", table, table.bad) == 3
    again = read_ledger(tmp_path / "back.xlsx", SMALL)
    assert [(r.rows, r.values["original_value"]) for r in again.rows] == [
        ((2, 3), 150000),
        ((4,), 5000),
        ((4,), 5000),
    ]


# --- other files


def test_a_csv_in_gb18030_or_utf8_reads_the_same(tmp_path):
    rows = [
        ["台账"],
        HEAD,
        ["一、新华村"],
        ["1", "A1", "水窖", "", "1", "口", "1.5", ""],
        ["", "小计", "", "", "", "", "1.5"],
    ]
    for codec in ("gb18030", "utf-8-sig", "utf-8", "utf-16"):
        for separator in (",", "\t", ";"):
            with (tmp_path / "l.csv").open("w", encoding=codec, newline="") as stream:
                csv.writer(stream, delimiter=separator).writerows(rows)
            table = read_ledger(tmp_path / "l.csv", SMALL)
            assert [(r.row, r.values["village"], r.values["original_value"]) for r in table.rows] == [
                (4, "新华村", 15000)
            ]
            assert [c.ok for c in table.totals] == [True]


def test_excel_s_forced_text_in_a_csv_is_unwrapped(tmp_path):
    (tmp_path / "l.csv").write_text('资产编码,名称\n="0012",水窖\n', encoding="utf-8")
    assert read_ledger(tmp_path / "l.csv", SMALL).rows[0].values["asset_code"] == "0012"


def test_a_thousand_rows_of_45_columns_read_in_two_seconds(tmp_path):
    head = [
        f.heads[0] for f in SMALL.fields if f.name not in ("funding_source", "funding_amount", "asset_class")
    ]
    titles = [*head, *(f"其他{i}" for i in range(45 - len(head)))]
    row = [
        "1",
        "A",
        "水窖",
        "新华村",
        1,
        "口",
        10,
        5,
        15,
        1,
        "2021-05",
        "村委会",
        "张三",
        "13812345678",
        "60%",
        103.68,
        22.99,
    ]
    rows = [[*row, *("无" for _i in range(45 - len(row)))] for _n in range(1000)]
    for number, line in enumerate(rows):
        line[1] = f"A{number:04d}"
    path = workbook(tmp_path / "l.xlsx", [["单位：万元"], titles, *rows, ["合计", "", "", "", "", "", 10000]])
    began = time.process_time()
    table = read_ledger(path, SMALL, bbox=BOX)
    assert time.process_time() - began < 2
    assert len(table.good) == 1000


# --- hostile and careless files


def repacked(path, target, change):
    """The workbook with its parts changed."""
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as sink:
        for name in source.namelist():
            sink.writestr(name, change(name, source.read(name)))
    return target


def sheet_with(tmp_path, body):
    """A workbook whose sheet has this body."""
    path = workbook(tmp_path / "a.xlsx", [HEAD, plain("A1", "水窖", 1)])

    def change(name, content):
        if not name.endswith("sheet1.xml"):
            return content
        return content.replace(b"</sheetData>", body + b"</sheetData>")

    return repacked(path, tmp_path / "b.xlsx", change)


def test_a_million_empty_rows_are_no_rows(tmp_path):
    body = b"".join(b'<row r="%d" hidden="1"/>' % n for n in range(3, 1_000_000))
    sheets = read_sheets(sheet_with(tmp_path, body))
    assert sheets[0].height == 2


def test_a_cell_in_the_last_corner_is_refused_before_it_fills_the_memory(tmp_path):
    body = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    assert refusal(sheet_with(tmp_path, body)).code == "too_large"


def test_a_huge_merged_range_costs_nothing(tmp_path):
    path = workbook(tmp_path / "a.xlsx", [HEAD, plain("A1", "水窖", 1)])

    def change(name, content):
        if not name.endswith("sheet1.xml"):
            return content
        return content.replace(
            b"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="A5:XFD1048576"/></mergeCells>'
        )

    assert len(read_ledger(repacked(path, tmp_path / "b.xlsx", change), SMALL).rows) == 1


def test_a_workbook_bomb_is_not_opened(tmp_path):
    path = workbook(tmp_path / "a.xlsx", [HEAD])
    bomb = repacked(
        path, tmp_path / "b.xlsx", lambda n, c: b" " * 150 * 1024**2 if n.endswith("sheet1.xml") else c
    )
    assert refusal(bomb).code == "too_large"


def test_a_workbook_with_entities_is_not_opened(tmp_path):
    path = workbook(tmp_path / "a.xlsx", [HEAD])
    entity = b'<!DOCTYPE a [<!ENTITY b "cccc">]>'
    hostile = repacked(path, tmp_path / "b.xlsx", lambda n, c: entity + c if n.endswith("sheet1.xml") else c)
    assert refusal(hostile).code == "unreadable"


def test_macros_passwords_and_old_formats_get_their_own_sentences(tmp_path):
    path = workbook(tmp_path / "a.xlsx", [HEAD])
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
    assert refusal(path).code == "macros"
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    (tmp_path / "p.xlsx").write_bytes(
        ole + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600
    )
    assert refusal(tmp_path / "p.xlsx").code == "encrypted"
    (tmp_path / "o.xls").write_bytes(ole + b"\0" * 4000)
    assert refusal(tmp_path / "o.xls").code == "unreadable"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.xlsx", b"", "empty"),
        ("a.xlsx", b"PK\x03\x04nothing", "unreadable"),
        ("a.xlsx", b"just text", "not_a_spreadsheet"),
        ("a.xls", b"<html><table><tr><td>1</td></tr></table></html>", "web_page"),
        ("a.csv", b"a,b\0c\n", "not_a_spreadsheet"),
        ("a.csv", b"\xff\xff\xff\xff\xff\xff,\xff\xff\xff", "encoding"),
        ("a.csv", b'"' + b"x" * 200_000, "unreadable"),
        ("a.csv", b"\n\n ,\n", "empty"),
        ("a.pdf", b"%PDF-1.4", "not_a_spreadsheet"),
    ],
)
def test_what_is_no_table_gets_a_sentence(tmp_path, name, content, code):
    (tmp_path / name).write_bytes(content)
    assert refusal(tmp_path / name).code == code


def test_a_missing_file_gets_a_sentence(tmp_path):
    assert refusal(tmp_path / "nothing.xlsx").code == "unreadable"


def test_only_data_rows_are_records(tmp_path):
    table = ledger(tmp_path, [HEAD, plain("A1", "水窖", 1), ["合计", "", "", "", "", "", 1]])
    data = [line.row for line in table.sheets[0].lines if line.kind is RowKind.DATA]
    assert data == [row.row for row in table.rows]
