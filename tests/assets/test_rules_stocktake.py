"""STK-01, STK-02, STK-06: counted in time, differences settled, register and account book agree."""

import datetime as dt
from decimal import Decimal

import pytest

from assets.models import BookValue
from assets.rules.stocktake import months_later
from assets.services.book_values import Booked, enter_book_values, take_back_book_value
from registry import clock
from registry.codes import Reading
from registry.errors import BadInput, RegistryError
from registry.models import Finding
from registry.queries.findings import sentence
from registry.rules.engine import evaluate
from tests import factories as make
from tests.assets import stock

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 6, 1)


def read(rule, day=DAY):
    tally = evaluate(as_of=day, rule_ids=[rule])[rule]
    return tally, {f.details["name"]: f for f in Finding.objects.open().filter(rule=rule)}


# --- STK-01


def test_STK01_never_counted_or_long_ago_is_found(cast):
    old = make.asset("老路", cast.village)
    make.asset("无日期", make.village(make.township(make.county(), "和平乡", "532523202")), completed_on=None)
    never = make.asset("未清查", cast.village)
    stock.count(stock.line_of(old, stock.campaign(cast.village)))
    later = clock.today() + dt.timedelta(days=400)
    tally, found = read("STK-01", later)
    assert set(found) >= {"老路", "未清查"}
    assert found["老路"].details["last"] == clock.today().isoformat()
    assert "variant" not in found["老路"].details
    assert found["未清查"].details["variant"] == "never"
    assert never.unit_id == found["未清查"].unit_id
    assert all(sentence(finding) for finding in found.values())
    assert tally["checked"] == 3


def test_STK01_no_date_at_all_is_no_data():
    place = make.village(make.township(make.county()))
    make.asset("无日期", place, completed_on=None)
    tally, found = read("STK-01")
    assert (tally["no_data"], found["无日期"].reading) == (1, Reading.NO_DATA)


def test_STK01_counted_this_year_is_in_order_but_not_reached_is_not_counted(cast):
    seen, unseen = make.asset("见到", cast.village), make.asset("没去", cast.village)
    campaign = stock.campaign(cast.village)
    stock.count(stock.line_of(seen, campaign), "absent")
    stock.count(stock.line_of(unseen, campaign), "unreached")
    later = months_later(dt.date(2026, 1, 1), 12) + dt.timedelta(days=1)
    today = clock.today()
    day = max(later, today)
    _tally, found = read("STK-01", day)
    assert "见到" not in found
    assert "没去" in found


def test_STK01_boundary_twelve_months_from_go_live(cast):
    make.asset("路", cast.village)  # the county went live on 2026-01-01
    assert read("STK-01", dt.date(2027, 1, 1))[0]["open"] == 0
    _tally, found = read("STK-01", dt.date(2027, 1, 2))
    assert found["路"].since == dt.date(2027, 1, 2)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [("2024-02-29", 12, "2025-02-28"), ("2025-08-31", 6, "2026-02-28"), ("2025-12-31", 1, "2026-01-31")],
)
def test_months_later(day, months, expected):
    assert months_later(make.day(day), months) == make.day(expected)


# --- STK-02


def test_STK02_missing_and_another_quantity_are_found(cast):
    gone = make.asset("水泵", cast.village)
    few = make.asset("水槽", cast.village, quantity=Decimal(10), measure="座")
    campaign = stock.campaign(cast.village)
    stock.count(stock.line_of(gone, campaign), "absent")
    stock.count(stock.line_of(few, campaign), quantity=7)
    tally, found = read("STK-02", clock.today())
    assert (tally["checked"], sorted(found)) == (2, ["水槽", "水泵"])
    assert found["水泵"].since == clock.today()
    said = sentence(found["水槽"])
    assert "10" in said
    assert "7" in said


def test_STK02_settled_or_only_in_another_condition_is_in_order(cast):
    gone, worn = make.asset("水泵", cast.village), make.asset("村路", cast.village)
    campaign = stock.campaign(cast.village)
    absent = stock.count(stock.line_of(gone, campaign), "absent")
    stock.count(stock.line_of(worn, campaign), condition="damaged")
    assert read("STK-02", clock.today())[0]["open"] == 1
    stock.settled(absent, "missing", "explain", note="借给邻村，已收回凭条")
    assert Finding.objects.open().filter(rule="STK-02").count() == 0  # the act itself reads the rule
    assert read("STK-02", clock.today())[0]["open"] == 0


def test_STK02_boundary_the_day_of_the_settlement_and_a_second_count(cast):
    asset = make.asset("水槽", cast.village, quantity=Decimal("2.000"))
    campaign = stock.campaign(cast.village, ledger_day=clock.today() - dt.timedelta(days=3))
    line = stock.line_of(asset, campaign)
    before = clock.today() - dt.timedelta(days=2)
    made = stock.count(line, quantity=3, counted_on=before)
    assert read("STK-02", before - dt.timedelta(days=1))[0]["open"] == 0
    assert read("STK-02", before)[0]["open"] == 1
    stock.settled(made, "quantity", "adjust")
    assert read("STK-02", before)[0]["open"] == 1  # on that day it was not settled
    assert read("STK-02", clock.today())[0]["open"] == 0
    stock.count(line, quantity=2)
    assert read("STK-02", clock.today())[0]["open"] == 0


# --- STK-06


@pytest.fixture
def coop(cast):
    return make.party("新华村股份经济合作社", of=cast.village)


def owned(coop, cast, name, value="100000.00", share="1/1"):
    asset = make.asset(name, cast.village, original_value=Decimal(value) if value else None)
    make.entry(asset, "ownership", coop, share=share)
    return asset


def book(asset, owner, value, on=DAY):
    return enter_book_values([Booked(unit=asset.unit, owner=owner, on=on, value=Decimal(value))], by=None)[0]


def test_STK06_another_value_and_not_booked_are_found(cast, coop):
    wrong, absent = owned(coop, cast, "冷库"), owned(coop, cast, "烤房")
    owned(coop, cast, "无原值", value=None)
    book(wrong, coop, "90000.00")
    tally, found = read("STK-06")
    assert (tally["checked"], tally["no_data"]) == (3, 1)
    assert (found["冷库"].since, found["冷库"].details["book"]) == (DAY, "90000.00")
    assert found["烤房"].details["variant"] == "not_booked"
    assert found["无原值"].reading == Reading.NO_DATA
    assert all(sentence(finding) for finding in found.values())
    assert absent.unit_id == found["烤房"].unit_id


def test_STK06_equal_values_are_in_order_and_without_any_book_nothing_is_known(cast, coop):
    asset = owned(coop, cast, "冷库")
    other = make.party("县供水公司", "company", of=cast.county)
    make.entry(make.asset("水厂", cast.village, subtype="water_supply"), "ownership", other)
    assert read("STK-06")[0] == {"checked": 1, "open": 1, "new": 1, "closed": 0, "no_data": 1}
    book(asset, coop, "100000.00")
    assert read("STK-06")[0]["open"] == 0
    again = book(asset, coop, "95000.00")  # the same book and day: the earlier value is taken back
    assert BookValue.objects.in_force().get() == again
    assert read("STK-06")[0]["open"] == 1
    take_back_book_value(book=again, reason="抄错账页", by=None)
    assert read("STK-06")[0]["no_data"] == 1


def test_STK06_boundary_a_cent_and_a_third_of_a_share(cast, coop):
    asset = owned(coop, cast, "冷库", share="1/3")
    other = make.party("河南村股份经济合作社", of=cast.village)
    make.entry(asset, "ownership", other, share="2/3")
    book(asset, coop, "33333.33")
    book(asset, other, "66666.67")
    assert read("STK-06")[0]["open"] == 0
    book(asset, other, "66666.66")
    assert list(read("STK-06")[1]) == ["冷库"]


def test_STK06_a_value_of_tomorrow_is_refused(cast, coop):
    asset = owned(coop, cast, "冷库")
    with pytest.raises(BadInput):
        book(asset, coop, "1.00", on=clock.today() + dt.timedelta(days=1))
    made = book(asset, coop, "1.00")
    take_back_book_value(book=made, reason="抄错账页", by=None)
    with pytest.raises(RegistryError):
        take_back_book_value(book=made, reason="抄错账页", by=None)


@pytest.mark.parametrize("rule", ["STK-01", "STK-02", "STK-06"])
def test_rules_on_stocktakes_need_few_queries(rule, cast, coop, django_assert_max_num_queries):
    assets = [owned(coop, cast, f"件{n}") for n in range(8)]
    campaign = stock.campaign(cast.village)
    for asset in assets:
        stock.count(stock.line_of(asset, campaign), "absent")
        book(asset, coop, "1.00")
    with django_assert_max_num_queries(18):
        read(rule, clock.today())
