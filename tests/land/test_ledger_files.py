"""Ledgers of quotas, compensation and linkage: in with every fault at once, out, in again, and back."""

import csv
import datetime as dt
import io
from decimal import Decimal

import openpyxl
import pytest
from django.urls import reverse
from django.utils import translation

from land.exporters import ledgers as files
from land.ledgers import BY_KEY, LEDGERS
from land.models import (
    CompensationBalance,
    ConstructionQuota,
    ConversionApproval,
    LinkageProject,
    QuotaEntry,
    SupplementProject,
    SupplementUse,
    SurplusQuota,
)
from land.queries.ledger_rows import HELD, held
from land.queries.quotas import with_balance
from registry.errors import RegistryError
from registry.management.importing import run_import
from registry.models import Act, Finding, ImportBatch
from registry.services.imports import create_batch, reverse_batch, stage_batch
from tests import factories as make

from . import holdings as land

pytestmark = pytest.mark.django_db
DOC = "红自然资〔2025〕3号"


@pytest.fixture(autouse=True)
def english():
    """Sentences are compared as they are written in the sources."""
    with translation.override("en"):
        yield


def sheet(tmp_path, rows, name="book.xlsx"):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(tmp_path / name)
    return tmp_path / name


def bring(path, key, of, apply=True):
    return run_import(kind=f"ledger:{key}", path=str(path), options={}, apply=apply, division=of)


def errors(batch=None):
    batch = batch or ImportBatch.objects.latest("pk")
    return {
        row.row: [(e["field"], e["message"]) for e in row.errors] for row in batch.staged.exclude(errors=[])
    }


QUOTA_HEAD = [
    "行政区",
    "指标类型",
    "计划年度",
    "变动类型",
    "日期",
    "面积（亩）",
    "对方行政区",
    "批准文号",
    "文号",
]


def quota_rows(town):
    """A year out of order: the use stands before what it uses."""
    return [
        QUOTA_HEAD,
        [town.name, "脱贫县专项", 2025, "批文使用", "2025-03-05", 1.5, "", "云政复〔2025〕1号", ""],
        [town.parent.name, "脱贫县专项", 2025, "分解转出", "2025-02-01", 30, town.name, "", DOC],
        [town.parent.name, "脱贫县专项", 2025, "下达", "2025-01-15", 600, "", "", DOC],
        [town.name, "脱贫县专项", 2025, "退回上级", "2025-12-01", 2, "", "", DOC],
    ]


def balance(place, kind="poverty_special", day="2025-12-31"):
    row = with_balance(
        ConstructionQuota.objects.filter(division=place, kind=kind), dt.date.fromisoformat(day)
    )
    return row.get().balance


def test_a_quota_ledger_comes_in_whatever_the_order_of_its_rows(township, tmp_path):
    land.approval(township)
    document, status = bring(sheet(tmp_path, quota_rows(township)), "quotas", township.parent)
    assert (document["state"], document["accepted"], status) == ("applied", 4, 0)
    assert QuotaEntry.objects.count() == 5  # passing on has its other side
    assert balance(township) == Decimal("17666.67")  # 30 - 1.5 - 2 mu, each rounded to 0.01 m²
    assert balance(township.parent) == Decimal("380000.00")
    assert Act.objects.filter(verb__in=["quota_moved", "quota_charged"]).count() == 4


def test_the_same_file_again_brings_nothing_and_the_other_side_is_the_same_movement(township, tmp_path):
    land.approval(township)
    rows = quota_rows(township)
    bring(sheet(tmp_path, rows), "quotas", township.parent)
    rows.append(
        [township.name, "脱贫县专项", 2025, "分解转入", "2025-02-01", 30, township.parent.name, "", DOC]
    )
    document, _status = bring(sheet(tmp_path, rows, "again.xlsx"), "quotas", township.parent)
    assert (document["accepted"], document["unchanged"]) == (0, 5)
    assert QuotaEntry.objects.count() == 5


def test_staging_touches_no_fact_and_says_every_fault_in_a_sentence(township, tmp_path):
    land.approval(township)
    rows = [
        QUOTA_HEAD,
        [township.name, "一般", 2025, "下达", "2025-01-15", 1, "", "", DOC],
        [township.name, "一般", 2025, "批文使用", "2025-03-05", 1.2, "", "云政复〔2025〕1号", ""],
        [township.name, "一般", 2025, "批文使用", "2025-03-05", 0.1, "", "云政复〔2025〕99号", ""],
        ["无此乡", "一般", 2025, "下达", "2025-01-15", 1, "", "", DOC],
        [township.name, "一般", 2025, "下达", "2025-01", 1, "", "", ""],
        [township.name, "不知道", 2025, "下达", "2025-01-15", "", "", "", DOC],
    ]
    document, status = bring(sheet(tmp_path, rows), "quotas", township, apply=False)
    assert (document["accepted"], status) == (1, 1)
    assert not QuotaEntry.objects.exists()
    assert not ConstructionQuota.objects.exists()
    assert not Act.objects.filter(verb="quota_moved").exists()
    found = errors()
    assert set(found) == {3, 4, 5, 6, 7}
    assert "Q01" in found[3][0][1]  # 1.2 mu out of an account of 1 mu
    assert found[4][0][0] == "approval"
    assert found[5][0][0] == "place"
    assert found[6][0][0] == "day"
    assert {field for field, _message in found[7]} == {"kind", "m2"}


def test_an_area_without_a_unit_is_asked_about(township, tmp_path):
    rows = quota_rows(township)
    rows[0] = [*rows[0][:5], "面积", *rows[0][6:]]
    document, status = bring(sheet(tmp_path, rows), "quotas", township.parent)
    assert (document["state"], status) == ("refused", 1)
    assert "面积" in document["errors"][0]["message"]


def test_a_balance_may_not_fall_on_any_day_that_the_register_has_already(township, tmp_path):
    """A row of the past is held against what was used since."""
    account = land.account(township)
    land.entry(account, "allocated", 1000, "2025-01-10")
    land.entry(account, "charged", 900, "2025-06-01", approval=land.approval(township))
    rows = [QUOTA_HEAD, [township.name, "一般", 2025, "退回上级", "2025-02-01", 0.3, "", "", DOC]]
    document, _status = bring(sheet(tmp_path, rows), "quotas", township)
    assert document["accepted"] == 0
    assert "2025-06-01" in errors()[2][0][1]


def test_a_file_goes_back_as_a_whole_unless_something_rests_on_it(township, tmp_path):
    land.approval(township)
    bring(sheet(tmp_path, quota_rows(township)), "quotas", township.parent)
    batch = ImportBatch.objects.latest("pk")
    account = ConstructionQuota.objects.get(division=township)
    later = land.entry(account, "lapsed", 15000, "2025-12-20")
    with pytest.raises(RegistryError, match="Q01"):
        reverse_batch(batch=batch, by=None)
    assert QuotaEntry.objects.in_force().count() == 6
    act = Act.objects.latest("pk")
    later.annulled = act
    later.save(update_fields=["annulled"])
    reverse_batch(batch=batch, by=None)
    assert not QuotaEntry.objects.in_force().exists()
    assert QuotaEntry.objects.count() == 6  # nothing is deleted


def test_an_approval_that_an_account_bears_is_not_taken_back_with_its_file(township, tmp_path):
    head = [col.head for col in BY_KEY["conversions"].all_cols]
    row = dict.fromkeys(head, "") | {
        "行政区": township.name, "批准文号": "云政复〔2025〕7号", "批复类型": "农用地转用",
        "批准机关级别": "省级人民政府", "批准日期": "2025-03-01", "项目名称": "冷库", "项目类别": "乡村振兴",
        "耕地（平方米）": 1000,
    }  # fmt: skip
    bring(sheet(tmp_path, [head, list(row.values())]), "conversions", township)
    approval, batch = ConversionApproval.objects.get(), ImportBatch.objects.latest("pk")
    account = land.account(township)
    land.entry(account, "allocated", 1000, "2025-01-10")
    land.entry(account, "charged", 1000, "2025-03-05", approval=approval)
    with pytest.raises(RegistryError, match="Later facts rest"):
        reverse_batch(batch=batch, by=None)


def test_acceptance_in_a_file_needs_who_may_accept(township, tmp_path):
    rows = [
        ["行政区", "项目名称", "文号", "验收日期", "验收面积（公顷）", "平均等别", "最大坡度", "验收文号"],
        [township.name, "大坪补充耕地", DOC, "2025-05-01", 1.5, 9, 12, "红验〔2025〕2号"],
        [township.name, "小坪补充耕地", DOC, "", "", "", "", ""],
    ]
    officer = make.user("land_officer", township)
    from registry.services.files import store_path

    file = store_path(sheet(tmp_path, rows))
    batch = create_batch(kind="ledger:supplements", file=file, options={}, by=officer, division=township)
    stage_batch(batch)
    assert set(errors(batch)) == {2}
    assert batch.accepted == 1


def everything(town):
    """One row and more of every ledger, by hand."""
    project = land.linkage(town, due_on="2099-05-01")
    land.surplus(project, "accepted", 4000, "2024-05-01")
    land.surplus(project, "sold", 300, "2024-06-01")
    kept = land.account(town.parent, "linkage_surplus", 2024)
    entry = land.entry(kept, "allocated", 200, "2024-07-01")
    land.surplus(project, "kept", 200, "2024-07-01", entry=entry)
    approval = land.approval(town, paddy_m2=Decimal("200.00"), pbf_m2=Decimal("0.00"))
    account = land.account(town)
    land.entry(account, "allocated", 5000, "2025-01-10", note="年初下达")
    own = make.source(town, approval.approval_no)  # what is charged rests on the approval
    land.entry(account, "charged", 1000, "2025-03-02", approval=approval, source=own)
    land.entry(account, "restored", 100, "2025-04-02", approval=approval)
    occupied = land.occupation(town, approval=approval, paddy_m2=Decimal("200.00"))
    made = land.supplement(town, paddy_m2=Decimal("300.00"))
    land.use(made, occupied, "1000", paddy_m2=Decimal("200.00"))


ORDER = ("linkages", "conversions", "quotas", "supplements", "occupations", "supplement_uses", "surplus")


def said(key):
    """What a ledger holds, as it is written."""
    return sorted(map(str, files.lines(BY_KEY[key], held(BY_KEY[key], None))))


def emptied():
    """Everything taken back, the latest first, so that the files meet an empty register."""
    act = make.act(make.asset("某亭").unit, "land_taken_back")
    for model in (SurplusQuota, SupplementUse, CompensationBalance, SupplementProject, QuotaEntry,
                  ConversionApproval, LinkageProject):  # fmt: skip
        model.objects.update(annulled=act)


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_what_was_exported_comes_in_again_as_the_same(township, tmp_path, form):
    everything(township)
    write = files.workbook if form == "xlsx" else files.text
    before = {}
    for key in ORDER:
        before[key] = said(key)
        assert before[key], key
        (tmp_path / f"{key}.{form}").write_bytes(write(BY_KEY[key], held(BY_KEY[key], None)))
    emptied()
    for key in ORDER:
        document, status = bring(tmp_path / f"{key}.{form}", key, township.parent)
        assert status == 0, (key, errors())
        assert document["accepted"] == len(before[key])
    for key in ORDER:
        assert said(key) == before[key], key


def test_every_ledger_has_its_file_and_its_empty_form_on_the_page(as_, cast):
    everything(cast.xinhua)
    client = as_("land_officer")
    page = client.get(reverse("quota_ledgers"))
    assert {row["ledger"].key for row in page.context["rows"]} == {ledger.key for ledger in LEDGERS}
    for ledger in LEDGERS:
        url = reverse("quota_ledger_file", args=[ledger.key, "xlsx"])
        full = openpyxl.load_workbook(io.BytesIO(client.get(url).content)).active
        blank = openpyxl.load_workbook(io.BytesIO(client.get(url + "?blank=1").content)).active
        assert [cell.value for cell in full[1]] == [cell.value for cell in blank[1]]
        assert full.max_row > 1
        assert blank.max_row == 1
        with_csv = client.get(reverse("quota_ledger_file", args=[ledger.key, "csv"])).content.decode(
            "utf-8-sig"
        )
        assert len(list(csv.reader(io.StringIO(with_csv)))) == full.max_row
        assert client.get(reverse("import_new", args=[ledger.kind])).status_code == 200
    assert client.get("/quotas/ledgers/nothing.xlsx").status_code == 404
    assert as_("finance_officer").get(reverse("quota_ledgers")).context["may_keep"] is False


def test_an_export_holds_only_what_lies_in_the_divisions_of_the_reader(as_, cast):
    everything(cast.xinhua)
    land.occupation(cast.wantang, name="湾塘的占用")
    url = reverse("quota_ledger_file", args=["occupations", "csv"])
    assert "湾塘的占用" not in as_("land_officer").get(url).content.decode("utf-8-sig")


def test_a_file_is_read_by_the_rules_once(township, tmp_path):
    """Nothing is found that is not there, and an open debt is found as from the page."""
    head = [
        "行政区",
        "占用项目",
        "占用类型",
        "占用单位",
        "占用日期",
        "占用耕地面积（平方米）",
        "平均等别",
        "文号",
    ]
    rows = [head, [township.name, "冷库", "建设占用", "屏边县交投公司", "2025-03-01", 1000, 9, DOC]]
    document, status = bring(sheet(tmp_path, rows), "occupations", township)
    assert (document["accepted"], status) == (1, 0)
    assert Finding.objects.open().filter(rule="B01").exists()


def test_every_ledger_is_known_to_all_three_parts():
    assert {ledger.key for ledger in LEDGERS} == set(HELD) == set(ORDER)
