"""When the next inspection is due: plans, terms, the limit, the clocks."""

import datetime as dt

import pytest

from assets import due, due_one, haves
from assets.models import Asset, Inspection, UpkeepTerms
from assets.services.plans import Item, end_plan, set_plan, set_standard
from registry.errors import BadInput, NotAllowed
from registry.models import Entry, Finding, Unit
from registry.rules.engine import evaluate
from tests import factories as make

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 6, 1)


def of(unit, day=TODAY):
    """As the lists read it; the page of the one thing must say the same."""
    found = due.due_units(Unit.objects.filter(pk=unit.pk), day).get()
    one = alone(unit, day)
    assert (one.every, one.due_on, one.due_in) == (found.every, found.due_on, found.due_in)
    return found


def alone(unit, day=TODAY):
    """As the page of the one thing works it out."""
    asset = Asset.objects.select_related("unit__division").get(unit=unit)
    rows = Entry.objects.on(day).filter(unit=unit).select_related("agent", "upkeep_terms")
    last = Inspection.objects.until(day).filter(unit=unit).first()
    seen_on = last.inspected_on if last else None
    return due_one.due_of_one(asset, day, entries=rows, last=seen_on, about=due_one.above(asset, day))


def kept(subtype="road", **fields):
    asset = make.asset(subtype=subtype, **fields)
    make.upkeep(asset, named=make.person(of=asset.unit.division), begin="2020-01-01")
    return asset


def test_without_a_plan_the_limit_of_the_rule_says_when_it_is_due():
    asset = kept()
    make.inspection(asset, "2026-05-20")
    found = of(asset.unit)
    assert (found.every, found.due_on, found.due_in) == (30, dt.date(2026, 6, 19), 18)


def test_the_units_plan_goes_before_the_terms_and_these_before_the_nearest_division():
    asset = kept()
    make.inspection(asset, "2026-05-20")
    county, town = make.county(), make.township()
    set_plan(division=county, subtype="road", every_days=25, valid_from=TODAY, by=None)
    assert of(asset.unit).every == 25
    set_plan(division=town, subtype="road", every_days=20, valid_from=TODAY, by=None)
    assert of(asset.unit).every == 20
    UpkeepTerms.objects.update(inspection_days=15)
    assert of(asset.unit).every == 15
    set_plan(division=town, unit=asset.unit, every_days=7, valid_from=TODAY, by=None)
    assert (of(asset.unit).every, of(asset.unit).due_on) == (7, dt.date(2026, 5, 27))
    assert due.due_state(of(asset.unit).due_in) == "overdue"


def test_of_several_duties_the_greatest_share_says_how_often_and_who():
    """By what the share is, not by its numerator."""
    asset = make.asset(subtype="road")
    for name, share, days in (("甲村", "2/5", 20), ("乙村", "1/2", 10), ("丙村", "1/10", 5)):
        duty = make.upkeep(asset, make.party(name, of=asset.unit.division), share=share, begin="2020-01-01")
        UpkeepTerms.objects.filter(entry=duty).update(inspection_days=days)
    assert (of(asset.unit).every, of(asset.unit).body) == (10, "乙村")


def test_due_and_the_rule_agree_on_every_day(django_assert_num_queries):
    """Without plans the day after the due day is the day on which UPK-06 opens."""
    clocks = [kept(), kept("health"), kept("irrigation", handed_over_on=dt.date(2026, 3, 1))]
    make.inspection(clocks[0], "2026-05-02")
    make.county().save()
    for day in (dt.date(2026, 5, 31), TODAY, dt.date(2026, 6, 2)):
        evaluate(as_of=day, rule_ids=["UPK-06"])
        found = {f.unit_id for f in Finding.objects.open().filter(rule="UPK-06")}
        late = {unit.pk for unit in due.due_units(Unit.objects.all(), day).filter(due_in__lt=0)}
        assert late == found
    with django_assert_num_queries(4):  # limit, plans of places, go-live days, the list
        list(due.due_units(Unit.objects.all(), TODAY))


def test_the_clock_starts_on_the_go_live_day_at_the_earliest():
    make.county(go_live=dt.date(2026, 5, 25))
    asset = kept()
    make.inspection(asset, "2025-01-01")
    assert of(asset.unit).due_on == dt.date(2026, 6, 24)


def test_nothing_to_count_from_has_no_due_day():
    asset = make.asset(completed_on=None)
    found = of(asset.unit)
    assert (found.due_on, found.due_in, found.kept) == (None, None, False)


def test_an_operating_asset_is_looked_at_only_by_plan():
    asset = make.asset(subtype="processing")
    assert not due.due_units(Unit.objects.all(), TODAY).exists()
    assert all(alone(unit) is None for unit in Unit.objects.all())
    set_plan(division=asset.unit.division, unit=asset.unit, every_days=200, valid_from=TODAY, by=None)
    assert of(asset.unit).every == 200


def test_a_plan_longer_than_the_limit_is_refused_and_one_as_long_is_taken():
    county = make.county()
    with pytest.raises(BadInput) as refused:
        set_plan(division=county, subtype="road", every_days=31, valid_from=TODAY, by=None)
    assert refused.value.code == "longer_than_limit"
    set_plan(division=county, subtype="road", every_days=30, valid_from=TODAY, by=None)


def test_a_new_plan_ends_the_old_one_and_an_ended_plan_no_longer_counts():
    asset = kept()
    make.inspection(asset, "2026-05-20")
    town = make.township()
    first = set_plan(division=town, subtype="road", every_days=20, valid_from=dt.date(2026, 5, 1), by=None)
    plan = set_plan(division=town, subtype="road", every_days=10, valid_from=dt.date(2026, 5, 10), by=None)
    first.refresh_from_db()
    assert first.valid.upper == dt.date(2026, 5, 10)
    with pytest.raises(BadInput):
        set_plan(division=town, subtype="road", every_days=5, valid_from=dt.date(2026, 5, 10), by=None)
    end_plan(plan=plan, on=TODAY, by=None)
    assert of(asset.unit).every == 30
    with pytest.raises(NotAllowed):
        set_plan(division=town, subtype="road", every_days=5, valid_from=TODAY, by=make.user("clerk", town))


def test_a_calendar_repeats_at_the_interval_and_puts_what_is_overdue_on_today():
    asset = kept()
    make.inspection(asset, "2026-04-01")
    days = due.by_day(due.due_units(Unit.objects.all(), TODAY), TODAY, dt.date(2026, 8, 31), TODAY)
    assert sorted(days) == [TODAY, dt.date(2026, 7, 1), dt.date(2026, 7, 31), dt.date(2026, 8, 30)]


# --- the five haves


def test_the_score_counts_what_is_there_and_the_ranking_has_ties():
    town = make.township()
    first, second = make.village(town, "甲村"), make.village(town, "乙村")
    full = make.asset("路", first)
    entry = make.upkeep(full, named=make.person(of=first))
    UpkeepTerms.objects.filter(entry=entry).update(supervisor="村务监督委员会")
    make.inspection(full, "2026-05-20")
    bare = make.asset("桥", second)
    source = make.source(town)
    set_standard(
        division=make.county(), subtype="road", title="标准", items=[Item("路面", "无坑槽")],
        source=source, regime=source, valid_from=dt.date(2020, 1, 1), by=None,
    )  # fmt: skip
    scores = {unit.name: haves.score_of(unit) for unit in haves.scored(Unit.objects.all(), TODAY)}
    assert scores == {"路": 5, "桥": 2}
    for unit in haves.scored(Unit.objects.all(), TODAY):
        page = alone(unit)
        assert {name: getattr(page, name) for name in haves.HAVES} == {
            name: getattr(unit, name) for name in haves.HAVES
        }
    ranking = haves.ranking(Unit.objects.all(), TODAY)
    assert [(one.division.name, one.place, str(one.mean)) for one in ranking] == [
        ("甲村", 1, "5.00"),
        ("乙村", 2, "2.00"),
    ]
    bare.unit.state = "disposed"
    bare.unit.save()
    assert len(haves.ranking(Unit.objects.all(), TODAY)) == 1
