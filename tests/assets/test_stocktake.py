"""Stocktakes: the frozen list, counts, differences, settlements, and what the database refuses."""

import datetime as dt
from decimal import Decimal

import pytest
from django.contrib.gis.geos import Point
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.models import Asset, Stocktake, StocktakeCount, StocktakeLine, StocktakeSettlement
from assets.services.counting import Surplus, record_surplus
from assets.services.stocktake import close_stocktake, end_count, take_back_stocktake
from assets.stocktake_codes import MEANS_OF
from assets.stocktake_queries import progress_of
from registry import clock
from registry.errors import BadInput, NotAllowed, RegistryError
from registry.models import Act, Shape
from registry.rules.engine import deferred
from tests import factories as make
from tests.assets import stock

pytestmark = pytest.mark.django_db


@pytest.fixture
def trough(cast):
    """Ten troughs of 新华村, placed."""
    asset = make.asset("水槽", cast.village, subtype="irrigation", quantity=Decimal(10), measure="座")
    make.shape(asset)
    return asset


def test_the_list_is_the_ledger_of_its_day_and_stays_so(cast, trough):
    make.asset("规划的", cast.village, state="planned")
    make.asset("已处置", cast.village, state="disposed")
    make.asset("别处的", cast.far)
    campaign = stock.campaign(cast.xinhua)
    line = campaign.lines.get()
    assert (line.unit, line.number, line.quantity, line.shape.unit) == (trough.unit, 1, 10, trough.unit)
    Asset.objects.filter(pk=trough.pk).update(quantity=99)
    make.asset("后来的", cast.village)
    line.refresh_from_db()
    assert (line.quantity, campaign.lines.count()) == (10, 1)
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        StocktakeLine.objects.create(
            stocktake=campaign, number=2, unit=make.asset("插入", cast.village).unit, division=cast.village
        )
    with pytest.raises(Exception, match="append_only|Cannot update"), transaction.atomic():
        StocktakeLine.objects.filter(pk=line.pk).update(quantity=1)


def test_one_campaign_for_a_place_and_period(cast, trough):
    first = stock.campaign(cast.xinhua)
    with pytest.raises(RegistryError, match=".") as refused:
        stock.campaign(cast.xinhua)
    assert refused.value.code == "period_taken"
    take_back_stocktake(stocktake=first, reason="开错了年度", by=None)
    assert stock.campaign(cast.xinhua).lines.count() == 1


def test_an_empty_ledger_is_no_stocktake(cast):
    with pytest.raises(BadInput):
        stock.campaign(cast.xinhua)
    assert not Stocktake.objects.exists()


@pytest.mark.parametrize(
    ("found", "fields", "state", "expected"),
    [
        ("present", {"quantity": 10}, "in_use", []),
        ("present", {"quantity": 9}, "in_use", ["quantity"]),
        ("present", {"quantity": 10, "condition": "damaged"}, "in_use", ["condition"]),
        ("present", {"quantity": 10, "condition": "damaged"}, "damaged", []),
        ("present", {"quantity": 10, "condition": "good"}, "damaged", ["condition"]),
        ("present", {"quantity": 10, "condition": "good"}, "idle", []),
        ("present", {"quantity": 10, "condition": "out_of_use"}, "idle", []),
        ("absent", {}, "in_use", ["missing"]),
        ("unreached", {}, "in_use", ["unreached"]),
        ("present", {"quantity": 8, "condition": "out_of_use"}, "in_use", ["quantity", "condition"]),
    ],
)
def test_what_a_count_differs_in(cast, found, fields, state, expected):
    asset = make.asset("水槽", cast.village, quantity=Decimal(10), state=state)
    campaign = stock.campaign(cast.village)
    made = stock.count(stock.line_of(asset, campaign), found, **fields)
    assert made.differences == expected


def test_position_differs_beyond_the_limit_only(cast, trough):
    campaign = stock.campaign(cast.xinhua)
    assert campaign.position_limit_m == 100
    line = stock.line_of(trough, campaign)
    near = stock.count(line, quantity=10, place=Point(103.7, 23.0 + 99 / 110_760, srid=4490))
    assert near.differences == []
    assert near.distance_m == pytest.approx(Decimal(99), abs=1)
    far = stock.count(line, quantity=10, place=Point(103.7, 23.0 + 101.5 / 110_760, srid=4490))
    assert far.differences == ["position"]
    assert StocktakeCount.objects.in_force().get() == far
    near.refresh_from_db()
    assert near.annulled.verb == "stock_counted"


def test_a_count_says_what_is_missing_of_it(cast, trough):
    line = stock.line_of(trough, stock.campaign(cast.xinhua))
    for fields, name in (
        ({"quantity": None}, "quantity"),
        ({"quantity": 10, "condition": ""}, "condition"),
        ({"found": "absent", "note": ""}, "note"),
        ({"quantity": 10, "counted_on": clock.today() + dt.timedelta(days=1)}, "counted_on"),
        ({"quantity": 10, "place": Point(23, 103.7, srid=4490)}, "place"),
    ):
        with pytest.raises(BadInput) as refused:
            stock.count(line, **fields)
        assert refused.value.code == name


def test_every_difference_is_settled_by_an_act_before_it_closes(cast, trough):
    gone = make.asset("旧水泵", cast.village)
    campaign = stock.campaign(cast.xinhua)
    with pytest.raises(RegistryError) as refused:
        end_count(stocktake=campaign, by=None)
    assert refused.value.code == "uncounted"
    elsewhere = Point(103.71, 23.01, srid=4490)
    first = stock.count(stock.line_of(trough, campaign), quantity=7, condition="damaged", place=elsewhere)
    second = stock.count(stock.line_of(gone, campaign), "absent")
    with pytest.raises(RegistryError):
        close_stocktake(stocktake=campaign, by=None)
    end_count(stocktake=campaign, by=None)
    with pytest.raises(RegistryError) as refused:
        close_stocktake(stocktake=campaign, by=None)
    assert refused.value.code == "unsettled"
    with pytest.raises(IntegrityError, match="settled"), transaction.atomic():
        Stocktake.objects.filter(pk=campaign.pk).update(state="closed")
    for difference, means in (("quantity", "adjust"), ("condition", "adjust"), ("position", "place")):
        stock.settled(first, difference, means)
    stock.settled(second, "missing", "lost")
    close_stocktake(stocktake=campaign, by=None)
    trough.refresh_from_db()
    trough.unit.refresh_from_db()
    gone.unit.refresh_from_db()
    assert (trough.quantity, trough.unit.state, gone.unit.state) == (7, "damaged", "lost")
    assert Shape.objects.on(clock.today()).get(unit=trough.unit).geom.equals_exact(elsewhere, 1e-9)
    verbs = set(Act.objects.filter(unit=trough.unit).values_list("verb", flat=True))
    acts = {"stock_counted", "unit_changed", "life_report_damage", "unit_placed", "stock_difference_settled"}
    assert acts <= verbs
    assert [(step.act, step.state) for step in gone.unit.life.in_force()] == [("report_lost", "lost")]
    with pytest.raises(RegistryError):
        stock.count(stock.line_of(trough, campaign), quantity=7)


def test_a_means_that_does_not_fit_is_refused_and_so_is_a_second_settlement(cast, trough):
    made = stock.count(stock.line_of(trough, stock.campaign(cast.xinhua)), quantity=7)
    with pytest.raises(BadInput):
        stock.settled(made, "quantity", "lost")
    with pytest.raises(RegistryError):
        stock.settled(made, "missing", "lost")
    with pytest.raises(BadInput):
        stock.settled(made, "quantity", "explain", note="无")
    stock.settled(made, "quantity", "explain", note="三座借给邻村")
    with pytest.raises(RegistryError):
        stock.settled(made, "quantity", "adjust")
    assert Asset.objects.get(pk=trough.pk).quantity == 10


def test_a_line_is_not_replaced_by_a_position(cast):
    road = make.asset("村路", cast.village)
    make.shape(road, make.square())
    far = Point(103.72, 23.02, srid=4490)
    made = stock.count(stock.line_of(road, stock.campaign(cast.xinhua)), place=far)
    with pytest.raises(RegistryError) as refused:
        stock.settled(made, "position", "place")
    assert refused.value.code == "not_a_point"
    assert not StocktakeSettlement.objects.exists()
    assert stock.settled(made, "position", "explain").means == "explain"


def test_a_surplus_thing_is_registered_with_what_was_counted(cast, trough):
    campaign = stock.campaign(cast.xinhua)
    thing = Surplus(name="太阳能路灯", division=cast.village, measure="盏")
    seen = stock.seen(quantity=6, place=stock.HERE)
    made = record_surplus(stocktake=campaign, thing=thing, seen=seen, by=None)
    assert (made.differences, made.line.number) == (["surplus"], 2)
    with pytest.raises(BadInput):
        stock.settled(made, "surplus", "register", asset_class="operating", subtype="road")
    done = stock.settled(made, "surplus", "register", asset_class="public_welfare", subtype="power")
    asset = Asset.objects.get(unit=done.unit)
    assert (asset.quantity, asset.measure, asset.original_value, asset.unit.name) == (
        6,
        "盏",
        None,
        "太阳能路灯",
    )
    with pytest.raises(BadInput):
        record_surplus(stocktake=campaign, thing=Surplus(name="路灯", division=cast.far), seen=seen, by=None)


def test_who_may(cast, trough):
    clerk, elsewhere, auditor = (cast.users[name] for name in ("clerk", "elsewhere", "auditor"))
    for user in (clerk, elsewhere, auditor):
        with pytest.raises(NotAllowed):
            stock.campaign(cast.xinhua, by=user)
    campaign = stock.campaign(cast.xinhua, by=cast.users["asset_manager"])
    line = stock.line_of(trough, campaign)
    with pytest.raises(NotAllowed):
        stock.count(line, by=elsewhere, quantity=9)
    made = stock.count(line, by=clerk, quantity=9)
    with pytest.raises(NotAllowed):
        stock.settled(made, "quantity", "adjust", by=clerk)
    assert campaign in Stocktake.objects.visible_to(clerk)
    assert campaign not in Stocktake.objects.visible_to(elsewhere)


COUNTS = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.sampled_from(["present", "absent", "unreached"]),
        st.integers(1, 3),
        st.sampled_from(["good", "fair", "damaged", "out_of_use"]),
        st.booleans(),
    ),
    max_size=8,
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(counts=COUNTS, settle=st.lists(st.booleans(), min_size=16, max_size=16))
def test_it_closes_exactly_when_all_is_counted_and_settled(cast, counts, settle):
    """Random counts and settlements against a reckoning of the test's own."""
    with transaction.atomic(), deferred():  # the rules are not asked here
        _one_campaign(cast, counts, iter(settle))
        transaction.set_rollback(True)


def _one_campaign(cast, counts, settle):
    assets = [make.asset(f"件{n}", cast.village, quantity=Decimal(2)) for n in range(4)]
    for asset in assets:
        make.shape(asset)
    campaign = stock.campaign(cast.xinhua)
    last, open_ones = {}, set()
    for place, found, quantity, condition, far in counts:
        there = found == "present"
        fields = {"quantity": quantity, "condition": condition} if there else {}
        if there and far:
            fields["place"] = Point(103.75, 23.05, srid=4490)
        made = stock.count(stock.line_of(assets[place], campaign), found, **fields)
        expected = {"absent": {"missing"}, "unreached": {"unreached"}, "present": set()}[found]
        if there:
            expected |= {"quantity"} if quantity != 2 else set()
            expected |= {"condition"} if condition in ("damaged", "out_of_use") else set()
            expected |= {"position"} if far else set()
        assert set(made.differences) == expected
        last[place] = made
    for place, made in last.items():
        for kind in made.differences:
            if next(settle, True):
                stock.settled(made, kind, "explain")
            else:
                open_ones.add((place, kind))
    reached = progress_of(campaign.lines.all())
    assert (reached.uncounted, reached.unsettled) == (4 - len(last), len(open_ones))
    may_end, may_close = len(last) == 4, len(last) == 4 and not open_ones
    for step, fine in ((end_count, may_end), (close_stocktake, may_close)):
        if fine:
            step(stocktake=campaign, by=None)
        else:
            with pytest.raises(RegistryError):
                step(stocktake=campaign, by=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Stocktake.objects.filter(pk=campaign.pk).update(state="counting" if may_close else "closed")
    assert Stocktake.objects.get(pk=campaign.pk).state == (
        "closed" if may_close else "settling" if may_end else "counting"
    )


def test_every_kind_of_difference_can_be_settled():
    assert all("explain" in means for means in MEANS_OF.values())
