"""Lists of inspections come in, are worked on, and go out as the ledger in their own columns."""

import datetime as dt
import io

import openpyxl
import pytest

from registry import clock
from registry.codes import Reading
from registry.errors import RegistryError
from registry.exporters.findings import rectification_workbook
from registry.models import Act, Finding, ImportBatch, Rectification
from registry.queries.finding_ledger import news
from registry.services import findings as services
from registry.services.files import store_path
from registry.services.imports import apply_batch, create_batch, reverse_batch, stage_batch
from tests import factories as make
from tests.conftest import open_finding

from .workbooks import workbook

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 3, 10)
HEAD = [
    "序号", "问题来源", "检查单位", "反馈文号", "反馈日期", "问题类型", "具体问题", "涉及资产名称",
    "所在乡镇", "所在村", "责任单位", "整改责任人", "联系电话", "整改措施", "整改时限", "整改进展",
    "是否完成", "完成时间", "佐证材料", "备注",
]  # fmt: skip
PAPER = "屏审报〔2026〕3号"
ONE = [
    1, "审计", "县审计局", PAPER, dt.date(2026, 2, 1), "管护", "产业道路无人管护", "小寨产业道路",
    "新华乡", "新华村", "新华乡人民政府", "杨文", "13887350000", "", dt.date(2026, 4, 30), "",
    "否", "", "", "急",
]  # fmt: skip
TWO = [
    2, "审计", "县审计局", PAPER, dt.date(2026, 2, 1), "资金", "租金未及时入账", "草果厂", "新华乡", "",
    "乡财政所", "", "", "补收租金并入账", "立行立改", "已补收", "已完成", dt.date(2026, 3, 1),
    "入账凭证第12号", "",
]  # fmt: skip


@pytest.fixture(autouse=True)
def march(monkeypatch):
    monkeypatch.setattr(clock, "today", lambda: TODAY)


def bring(tmp_path, rows, *, within, name="反馈问题清单.xlsx", by=None, apply=True):
    path = workbook(tmp_path / name, rows)
    return bring_file(path, within=within, by=by, apply=apply)


def bring_file(path, *, within, by=None, apply=True):
    batch = create_batch(
        kind="ledger:findings",
        file=store_path(path),
        options={"file_name": path.name},
        by=by,
        division=within,
    )
    stage_batch(batch)
    if apply and batch.accepted:
        batch = apply_batch(batch, by=by)
    return batch


def listed(number):
    return Finding.objects.filter(subject_key=f"{PAPER}:{number}").order_by("-id")[0]


def codes(batch):
    errors = {(row.row, e["field"], e["code"]) for row in batch.staged.all() for e in row.errors}
    remarks = {(row.row, e["field"], e["code"]) for row in batch.staged.all() for e in row.warnings}
    return errors, remarks


def test_a_list_becomes_findings_with_its_lines_kept(cast, road, tmp_path):
    cast.users["asset_manager"].full_name = "杨文"
    cast.users["asset_manager"].save()
    batch = bring(tmp_path, [["县审计局反馈问题清单"], HEAD, ONE, TWO], within=cast.xinhua)
    assert (batch.state, batch.rows, batch.accepted) == ("applied", 2, 2), batch.errors
    one, two = listed(1), listed(2)
    assert (one.state, one.origin, one.unit, one.person) == (
        "open",
        "audit",
        road.unit,
        cast.users["asset_manager"],
    )
    assert (one.due_on, one.since, one.severity) == (dt.date(2026, 4, 30), dt.date(2026, 2, 1), "F")
    assert (two.state, two.closed_on, two.office, two.due_on) == (
        "closed",
        dt.date(2026, 3, 1),
        "finance_officer",
        None,
    )
    assert (two.division, two.unit) == (cast.xinhua, None)
    assert [title for title, *_rest in one.item["columns"]] == HEAD
    notes = Rectification.objects.filter(finding=two).values_list("kind", "text")
    assert set(notes) == {
        ("measure", "补收租金并入账"),
        ("progress", "已补收"),
        ("evidence", "入账凭证第12号"),
    }
    assert Act.objects.filter(verb="finding_entered", batch=batch).count() == 2
    assert codes(batch)[1] == {(4, "asset_name", "asset_unknown"), (4, "due_on", "no_deadline")}


def test_the_same_list_again_changes_nothing_and_a_later_one_says_what_is_new(cast, road, tmp_path):
    rows = [["清单"], HEAD, ONE, TWO]
    bring(tmp_path, rows, within=cast.xinhua)
    again = bring(tmp_path, rows, within=cast.xinhua, name="再次.xlsx")
    assert (again.accepted, again.unchanged) == (0, 2)
    later = list(ONE)
    later[13], later[14], later[15] = "明确管护人", dt.date(2026, 5, 31), "已开会"
    batch = bring(tmp_path, [["清单"], HEAD, later, TWO], within=cast.xinhua, name="三月.xlsx")
    assert (batch.changed, batch.unchanged) == (1, 1)
    one = listed(1)
    assert (one.state, one.due_on) == ("rectifying", dt.date(2026, 5, 31))
    later[15], later[16] = "已开会；已签协议", "是"
    batch = bring(tmp_path, [["清单"], HEAD, later], within=cast.xinhua, name="四月.xlsx")
    assert (3, "done", "no_evidence") in codes(batch)[1]
    assert listed(1).state == "rectifying"
    assert list(one.rectifications.filter(kind="progress").values_list("text", flat=True)) == [
        "已开会",
        "已签协议",
    ]
    later[18] = "管护协议扫描件"
    bring(tmp_path, [["清单"], HEAD, later], within=cast.xinhua, name="五月.xlsx")
    assert (listed(1).state, listed(1).closed_on) == ("closed", TODAY)
    assert Finding.objects.filter(subject_type="list").count() == 2


@pytest.mark.parametrize(
    ("known", "said", "new"),
    [
        ("", "甲", "甲"), ("甲；乙", "甲 乙", ""), ("甲；乙", "乙", ""), ("甲", "甲；乙 丙", "乙 丙"),
        ("甲", "丙", "丙"), ("甲", "", ""), ("", "", ""),
    ],
)  # fmt: skip
def test_a_cell_says_what_it_says_beyond_what_is_known(known, said, new):
    assert news(known, said) == new


def test_all_errors_of_all_rows_stand_at_once(cast, road, tmp_path):
    def row(number, **cells):
        return [cells.get(title, value) for title, value in zip(HEAD, [number, *ONE[1:]], strict=True)]

    batch = bring(
        tmp_path,
        [
            HEAD,
            row(1, 具体问题="", 所在村="无此村"),
            row(2, 所在乡镇="湾塘乡"),
            row(3, 反馈日期=dt.date(2027, 1, 1), 是否完成="也许"),
            row(4),
            row(4),
            row(5, 完成时间="昨天"),
            row(6, 问题来源="系统规则"),
        ],
        within=cast.xinhua,
    )
    errors, _remarks = codes(batch)
    assert {code for _row, _field, code in errors} >= {
        "no_identity", "division_unknown", "future_date", "choice", "duplicate_row", "date_form",
        "rule_finding",
    }  # fmt: skip
    assert (batch.accepted, Finding.objects.filter(subject_type="list").count()) == (1, 1)


def test_an_import_is_taken_back_as_a_whole_unless_somebody_has_worked_on_it(cast, road, tmp_path):
    first = bring(tmp_path, [["清单"], HEAD, ONE], within=cast.xinhua)
    changed = list(ONE)
    changed[14], changed[15] = dt.date(2026, 6, 30), "已开会"
    second = bring(tmp_path, [["清单"], HEAD, changed, TWO], within=cast.xinhua, name="后.xlsx")
    reverse_batch(second, by=None)
    one, two = listed(1), listed(2)
    assert (one.state, one.due_on) == ("open", dt.date(2026, 4, 30))
    assert (two.state, two.closing["by"]) == ("dismissed", "reversal")
    assert Rectification.objects.in_force().count() == 0
    with pytest.raises(RegistryError):
        services.reopen(finding=two, by=None, reason="复查发现仍未落实")
    again = bring(tmp_path, [["清单"], HEAD, changed, TWO], within=cast.xinhua, name="又.xlsx")
    assert (again.changed, again.accepted) == (1, 2)
    services.note(finding=listed(1), by=None, kind="progress", text="村委会已召开会议")
    with pytest.raises(RegistryError) as refusal:
        reverse_batch(again, by=None)
    assert refusal.value.code == "worked_on"
    assert "产业道路无人管护" in str(refusal.value)
    assert ImportBatch.objects.get(pk=first.pk).state == "applied"


def test_a_file_that_was_read_before_somebody_closed_the_finding_is_refused(cast, road, tmp_path):
    bring(tmp_path, [["清单"], HEAD, ONE], within=cast.xinhua)
    later = list(ONE)
    later[15] = "已开会"
    batch = bring(tmp_path, [["清单"], HEAD, later], within=cast.xinhua, name="后.xlsx", apply=False)
    services.close(finding=listed(1), by=None, text="管护协议已签并现场核实到位")
    with pytest.raises(RegistryError) as refusal:
        apply_batch(batch, by=None)
    assert refusal.value.code == "stale"


# --- the ledger
def ledger(rows, user):
    return openpyxl.load_workbook(io.BytesIO(rectification_workbook(rows, user=user, title="新华乡整改台账")))


def everything():
    return Finding.objects.select_related("unit", "division", "person").order_by("id")


def test_the_ledger_of_a_list_has_its_columns_and_comes_back_unchanged(cast, road, tmp_path):
    officer = cast.users["asset_manager"]
    bring(tmp_path, [["县审计局反馈问题清单"], HEAD, ONE, TWO], within=cast.xinhua)
    services.take_up(finding=listed(1), by=officer, measure="明确管护人并签协议", due_on=dt.date(2026, 4, 15))
    services.note(finding=listed(1), by=officer, kind="progress", text="村民小组已推荐人选")
    services.close(finding=listed(1), by=officer, text="=HYPERLINK(现场照片与协议已核)")
    open_finding(road.unit, "UPK-02", due_on=TODAY, office="asset_manager")
    book = ledger(everything(), officer)
    sheet = book.worksheets[0]
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert cells[0][0] == "县审计局反馈问题清单"
    assert cells[1] == HEAD
    assert sheet.freeze_panes == "A3"
    shown = dict(zip(HEAD, cells[2], strict=True))
    assert shown["整改措施"] == "明确管护人并签协议"
    assert (shown["是否完成"], shown["完成时间"].date()) == ("是", TODAY)
    assert shown["整改时限"].date() == dt.date(2026, 4, 15)
    assert shown["佐证材料"] == "=HYPERLINK(现场照片与协议已核)"
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "d"}
    assert dict(zip(HEAD, cells[3], strict=True))["是否完成"] == "已完成"

    path = tmp_path / "整改台账.xlsx"
    book.save(path)
    before = list(everything().values())
    back = bring_file(path, within=cast.xinhua)
    assert codes(back)[0] == set()
    count = len(before)
    assert count > 3
    assert (back.rows, back.accepted, back.unchanged) == (count, 0, count), [
        row.values["changes"] for row in back.staged.all()
    ]
    assert list(everything().values()) == before

    sheet = book.worksheets[1]
    row = {cell.value: number for number, cell in enumerate(sheet[2], start=1)}
    at = next(n for n in range(3, sheet.max_row + 1) if sheet.cell(n, row["问题类型"]).value == "UPK-02")
    sheet.cell(at, row["整改进展"], "已落实到人")
    book.save(path)
    back = bring_file(path, within=cast.xinhua)
    assert (back.accepted, back.unchanged) == (1, count - 1)
    found = Finding.objects.get(rule="UPK-02")
    assert found.rectifications.get().text == "已落实到人"


def test_heads_of_two_rows_and_lists_without_progress_columns_come_back_too(cast, tmp_path):
    rows = [
        ["后评估反馈问题清单", "", "", "", ""],
        ["序号", "反馈问题", "所在村", "整改情况", ""],
        ["", "", "", "整改措施", "整改进展"],
        [1, "项目资产未登记", "新华村", "补登记", ""],
    ]
    path = workbook(tmp_path / "单.xlsx", rows, merges=("A1:E1", "A2:A3", "B2:B3", "C2:C3", "D2:E2"))
    batch = bring_file(path, within=cast.xinhua)
    assert batch.accepted == 1, codes(batch)
    found = Finding.objects.get(subject_type="list")
    assert (found.origin, found.subject_key, found.state) == ("review", "后评估反馈问题清单:1", "rectifying")
    services.note(finding=found, by=None, kind="progress", text="已登记入账")
    book = ledger(everything(), cast.users["asset_manager"])
    heads = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows(min_row=2, max_row=3)]
    assert heads[0][:4] == ["序号", "反馈问题", "所在村", "整改情况"]
    assert heads[1][3:5] == ["整改措施", "整改进展"]
    book.save(tmp_path / "回.xlsx")
    back = bring_file(tmp_path / "回.xlsx", within=cast.xinhua)
    assert (back.accepted, back.unchanged) == (0, 1), codes(back)


def test_names_and_phones_are_masked_without_the_right_and_come_back_unchanged(as_, cast, road, tmp_path):
    bring(tmp_path, [["清单"], HEAD, ONE], within=cast.xinhua)
    named = as_("asset_manager").get("/findings/ledger.xlsx?state=every&names=1")
    sheet = openpyxl.load_workbook(io.BytesIO(named.content)).worksheets[0]
    assert dict(zip(HEAD, [cell.value for cell in sheet[3]], strict=True))["联系电话"] == "13887350000"
    assert Act.objects.get(verb="list_exported").user == cast.users["asset_manager"]
    assert as_("auditor").get("/findings/ledger.xlsx?names=1").status_code == 403
    answer = as_("asset_manager").get("/findings/ledger.xlsx?state=every")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    shown = dict(zip(HEAD, [cell.value for cell in sheet[3]], strict=True))
    assert (shown["整改责任人"], shown["联系电话"]) == ("杨*", "138****0000")
    path = tmp_path / "回.xlsx"
    path.write_bytes(answer.content)
    back = bring_file(path, within=cast.xinhua)
    count = Finding.objects.exclude(reading=Reading.NO_DATA).count()  # what is not known is listed apart
    assert (back.accepted, back.unchanged) == (0, count), [row.values["changes"] for row in back.staged.all()]
    page = as_("land_officer").get(f"/findings/{listed(1).pk}/").content.decode()
    assert "13887350000" not in page
    assert "138****0000" in page
    assert "13887350000" in as_("asset_manager").get(f"/findings/{listed(1).pk}/").content.decode()


def test_the_ledger_respects_filter_and_scope(as_, cast, road):
    open_finding(road.unit, "UPK-02")
    open_finding(road.unit, "UPK-06")
    open_finding(make.asset("远路", cast.far).unit, "UPK-02")

    def count(who, query):
        answer = as_(who).get(f"/findings/ledger.xlsx{query}")
        return openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0].max_row - 2

    assert (count("asset_manager", ""), count("asset_manager", "?rule=UPK-06")) == (2, 1)
    assert (count("county", ""), count("elsewhere", "")) == (3, 1)


def test_the_preview_of_a_list_says_what_changes(as_, cast, road, tmp_path):
    bring(tmp_path, [["清单"], HEAD, ONE], within=cast.xinhua)
    later = list(ONE)
    later[15] = "已开会"
    batch = bring(tmp_path, [["清单"], HEAD, later], within=cast.xinhua, name="后.xlsx", apply=False)
    page = as_("asset_manager").get(f"/imports/{batch.pk}/?show=change").content.decode()
    assert "整改进展" in page
    assert "已开会" in page
    bad = bring(tmp_path, [HEAD, [*ONE[:8], "无此乡", *ONE[9:]]], within=cast.xinhua, name="坏.xlsx")
    answer = as_("asset_manager").get(f"/imports/{bad.pk}/rejects/")
    assert answer.status_code == 200
    assert "无此乡" in str(
        [[c.value for c in r] for r in openpyxl.load_workbook(io.BytesIO(answer.content)).active]
    )
