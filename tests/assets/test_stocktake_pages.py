"""Pages of stocktakes: from opening to closing, labels, the public card, sheets that come back."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from assets.models import BookValue, Stocktake, StocktakeCount, StocktakeSettlement
from registry import clock
from registry.models import ImportRow, SourceFile
from tests import factories as make
from tests.assets import stock
from tests.assets.conftest import run, write_book

pytestmark = pytest.mark.django_db


@pytest.fixture
def trough(cast):
    asset = make.asset("水槽", cast.village, subtype="irrigation", quantity=Decimal(10), measure="座")
    make.shape(asset)
    return asset


@pytest.fixture
def campaign(cast, trough, road):
    return stock.campaign(cast.xinhua, by=cast.users["asset_manager"])


def test_a_campaign_is_opened_counted_settled_and_closed_on_its_pages(as_, cast, trough):
    client = as_("asset_manager")
    form = client.get(reverse("stocktake_new")).context["form"]
    answer = client.post(reverse("stocktake_new"), dict(form.initial))
    made = Stocktake.objects.get()
    assert answer["Location"] == reverse("stocktake", args=[made.pk])
    line = stock.line_of(trough, made)
    picture = SimpleUploadedFile("照片.jpg", make.picture(), content_type="image/jpeg")
    seen = {"found": "present", "condition": "good", "quantity": "8", "counter": "杨文",
            "photos": picture, "counted_on": clock.today().isoformat(),
            "longitude": "103.7001", "latitude": "23.0001"}  # fmt: skip
    answer = as_("clerk").post(reverse("stock_line", args=[line.pk]), seen)
    assert answer.status_code == 302, answer.context["form"].errors
    count = StocktakeCount.objects.get()
    assert (count.differences, count.quantity) == (["quantity"], 8)
    assert SourceFile.objects.get(source=count.source).added_by == cast.users["clerk"]
    client.post(reverse("stocktake_end", args=[made.pk]))
    refused = client.post(reverse("stocktake_close", args=[made.pk]), follow=True)
    assert Stocktake.objects.get().state == "settling"
    assert b"alarm" in refused.content
    url = reverse("stock_settle", args=[count.pk, "quantity"])
    assert client.post(url, {"means": "adjust", "note": "两座已拆除"}).status_code == 302
    client.post(reverse("stocktake_close", args=[made.pk]))
    assert Stocktake.objects.get().state == "closed"
    report = client.get(reverse("stock_report", args=[made.pk]))
    assert "两座已拆除" in report.content.decode()


def test_a_count_that_lacks_something_says_so_at_the_field(as_, trough, campaign):
    url = reverse("stock_line", args=[stock.line_of(trough, campaign).pk])
    seen = {"found": "present", "condition": "good", "counter": "杨文",
            "counted_on": clock.today().isoformat()}  # fmt: skip
    answer = as_("clerk").post(url, seen)
    assert list(answer.context["form"].errors) == ["quantity"]


def test_the_label_leads_to_the_count_and_after_it_to_the_next_line(as_, trough, road, campaign):
    page = as_("clerk").get(f"/u/{trough.unit.code}").content.decode()
    line = stock.line_of(trough, campaign)
    assert reverse("stock_line", args=[line.pk]) in page
    stock.count(line, quantity=10)
    assert "杨*" in as_("auditor").get(f"/u/{trough.unit.code}").content.decode()
    assert (
        reverse("stock_line", args=[line.pk])
        not in as_("auditor").get(reverse("stocktake_new")).content.decode()
    )


def test_who_has_counted_comes_to_the_next_line_of_the_village_then_to_the_others(as_, cast, trough, road):
    far = make.asset("湾塘路", cast.far, subtype="road")
    made = stock.campaign(cast.county, by=cast.users["admin"])
    seen = {"found": "present", "condition": "good", "quantity": "10", "counter": "杨文",
            "counted_on": clock.today().isoformat()}  # fmt: skip
    client, went = as_("admin"), []
    for asset in (trough, road, far):
        answer = client.post(reverse("stock_line", args=[stock.line_of(asset, made).pk]), seen)
        assert answer.status_code == 302, answer.context["form"].errors
        went.append(answer["Location"])
    lines = [reverse("stock_line", args=[stock.line_of(asset, made).pk]) for asset in (road, far)]
    assert went == [*lines, reverse("stocktake", args=[made.pk])]


def test_labels_hold_a_code_for_each_thing_and_follow_the_filter_of_the_ledger(as_, trough, road, campaign):
    page = as_("asset_manager").get(reverse("stock_labels", args=[campaign.pk]))
    assert [len(sheet) for sheet in page.context["sheets"]] == [2]
    assert page.content.count(b"label-black") == 2
    some = as_("asset_manager").get(reverse("asset_labels") + "?q=水槽&paper=10")
    assert [label["name"] for sheet in some.context["sheets"] for label in sheet] == ["水槽"]
    assert "labels-10" in some.content.decode()


def test_the_public_card_names_the_body_and_no_person(as_, road):
    page = as_("anonymous").get(f"/u/{road.unit.code}")
    words = page.content.decode()
    assert page.status_code == 200
    assert "新华村民委员会" in words
    for private in ("李秀英", "李*英", "13887350000", "120000", "120,000"):
        assert private not in words
    assert f"/login/?next=/u/{road.unit.code}" in words


def test_only_assets_that_stand_have_a_public_card(as_, cast):
    gone = make.asset("旧路", cast.village, left_on=dt.date(2025, 1, 1))
    secret = make.asset("联系13887350000的水池", cast.village, subtype="irrigation")
    project = make.project(of=cast.village)
    for unit in (gone.unit, secret.unit, project.unit):
        assert as_("anonymous").get(f"/u/{unit.code}").status_code == 302


def sheet_of(client, campaign):
    got = client.get(reverse("stocktake", args=[campaign.pk]) + "?export=xlsx")
    return openpyxl.load_workbook(io.BytesIO(b"".join(got.streaming_content)))


def test_the_sheet_goes_out_is_filled_and_comes_back(as_, cast, trough, road, campaign, tmp_path):
    book = sheet_of(as_("asset_manager"), campaign)
    sheet = book.worksheets[0]
    heads = {cell.value: cell.column for cell in sheet[2]}
    for row in range(3, 5):
        own = sheet.cell(row, heads["资产名称"]).value
        values = {"清查结果": "在", "实物状况": "完好", "清点人": "杨文", "清点日期": clock.today()}
        values |= {"实点数量": 9} if own == "水槽" else {}
        for head, value in values.items():
            sheet.cell(row, heads[head]).value = value
    more = {
        "资产名称": "路灯",
        "村": cast.village.name,
        "清查结果": "盘盈",
        "实点数量": 4,
        "实物状况": "完好",
        "清点人": "杨文",
    }
    for head, value in more.items():
        sheet.cell(5, heads[head]).value = value
    path = tmp_path / "back.xlsx"
    book.save(path)
    answer, status = run("import_ledger", str(path), "--kind", "stocktake", "--apply")
    assert (answer["state"], answer["accepted"], status) == ("applied", 3, 0), ImportRow.objects.values(
        "errors"
    )
    counts = {count.line.name: count for count in StocktakeCount.objects.select_related("line")}
    assert counts["水槽"].differences == ["quantity"]
    assert counts[road.unit.name].differences == []
    assert counts["路灯"].differences == ["surplus"]
    again, _status = run("import_ledger", str(path), "--kind", "stocktake")
    assert again["unchanged"] == 2
    run("reverse_batch", str(answer["batch"]))
    assert not StocktakeCount.objects.in_force().exists()


def test_rows_of_a_sheet_that_cannot_be_are_refused_with_all_their_errors(trough, campaign, tmp_path):
    heads = ["资产编码", "资产名称", "清查结果", "实点数量", "实物状况", "清点人"]
    rows = [
        [trough.unit.code, "水槽", "在", None, "完好", "杨文"],
        ["没有的", "水车", "在", 1, "完好", "杨文"],
        [trough.unit.code, "水槽", None, 3, "完好", "杨文"],
    ]
    path = write_book(tmp_path / "counts.xlsx", rows, heads=heads, title="清查表")
    answer, status = run("import_ledger", str(path), "--kind", "stocktake")
    assert (answer["rows"], answer["accepted"], status) == (3, 0, 1), answer
    codes = {error["code"] for error in answer["errors"]}
    assert {"count_quantity", "asset_unknown", "no_result"} <= codes


def test_book_values_come_in_by_a_list_and_by_hand(as_, cast, tmp_path):
    coop = make.party("新华村股份经济合作社", of=cast.village)
    asset = make.asset("冷库", cast.village, subtype="processing")
    make.entry(asset, "ownership", coop)
    rows = [[asset.unit.code, "冷库", "新华村股份经济合作社", 90000, "2026-03-31"]]
    heads = ["资产编码", "资产名称", "记账主体", "账面价值", "账面日期"]
    path = write_book(tmp_path / "book.xlsx", rows, heads=heads, title="固定资产账（单位：元）")
    answer, _status = run("import_ledger", str(path), "--kind", "book_values", "--apply")
    assert answer["state"] == "applied", answer
    assert BookValue.objects.get().value == Decimal("90000.00")
    run("reverse_batch", str(answer["batch"]))
    assert not BookValue.objects.in_force().exists()
    url = reverse("book_value", args=[asset.unit_id])
    given = {"owner": coop.pk, "on": "2026-04-30", "value": "120000", "account": "151-01"}
    assert as_("finance_officer").post(url, given).status_code == 302
    assert BookValue.objects.in_force().get().value == Decimal("120000.00")
    assert "151-01" in as_("finance_officer").get(f"/u/{asset.unit.code}").content.decode()


def test_a_surplus_thing_is_written_down_and_registered_on_the_pages(as_, cast, campaign):
    given = {"name": "路灯", "division": cast.village.pk, "condition": "good", "quantity": "4",
             "measure": "盏", "counter": "杨文", "counted_on": clock.today().isoformat()}  # fmt: skip
    answer = as_("clerk").post(reverse("stock_surplus", args=[campaign.pk]), given)
    assert answer.status_code == 302, answer.context["form"].errors
    count = StocktakeCount.objects.get()
    url = reverse("stock_settle", args=[count.pk, "surplus"])
    wrong = as_("asset_manager").post(url, {"means": "register", "note": "村集体自筹建成"})
    assert "subtype" in wrong.context["form"].errors
    good = {
        "means": "register",
        "note": "村集体自筹建成",
        "asset_class": "public_welfare",
        "subtype": "power",
    }
    assert as_("asset_manager").post(url, good).status_code == 302
    assert StocktakeSettlement.objects.get().unit.name == "路灯"


def test_pages_of_a_campaign_ask_the_same_however_long_the_list(as_, cast, django_assert_max_num_queries):
    for number in range(30):
        make.asset(f"件{number}", cast.village)
    campaign = stock.campaign(cast.xinhua)
    client = as_("asset_manager")
    for name, most in (("stocktake", 40), ("stock_sheet", 24), ("stock_labels", 22), ("stock_report", 26)):
        with django_assert_max_num_queries(most):
            assert client.get(reverse(name, args=[campaign.pk])).status_code == 200
