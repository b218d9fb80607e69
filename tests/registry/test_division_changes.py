"""Places are renamed, merged, split on a day: old codes still resolve, what lives there moves."""

import datetime as dt
from fractions import Fraction

import pytest

from registry.errors import BadInput, NotAllowed
from registry.models import Act, Division, DivisionSuccession, Entry, Grant, Party, Unit
from registry.queries.divisions import division_by_code, resolve, successors_of
from registry.queries.places import Places
from registry.services.division_changes import (
    NewPlace,
    add_natural_village,
    merge_divisions,
    rename_division,
    split_division,
)
from registry.services.village_merge import merge_villages, plan_merger
from tests import factories as make

pytestmark = pytest.mark.django_db
ON = dt.date(2025, 6, 1)
EVE = ON - dt.timedelta(days=1)


@pytest.fixture
def villages():
    """甲村 with a natural village, and 乙村, in one township; each has a collective."""
    township = make.township()
    one = make.village(township, "甲村委会", "532523205201", households=100, people=400)
    two = make.village(township, "乙村委会", "532523205202", households=50, people=200)
    hamlet = make.division("大寨", "natural_village", one, code="532523205201001")
    make.party("甲村合作社", of=one)
    make.party("乙村合作社", of=two)
    return township, one, two, hamlet


def test_a_renamed_place_has_a_successor_and_everything_that_lived_there_moves(villages):
    township, one, _two, hamlet = villages
    road, clerk = make.unit(of=one), make.user("clerk", one)
    make.boundary(one, make.square())
    paper = make.source(township)
    new = rename_division(division=one, name="新民村委会", on=ON, by=None, source=paper, reason="更名批复")
    one.refresh_from_db(), road.refresh_from_db(), hamlet.refresh_from_db()
    assert (one.valid.upper, new.valid.lower, new.people) == (ON, ON, 400)
    link = DivisionSuccession.objects.get()
    assert (link.predecessor, link.successor, link.kind, link.source) == (one, new, "renamed", paper)
    assert (road.division, hamlet.parent) == (new, new)
    assert hamlet.path == f"{new.path}{hamlet.pk}/"
    assert Party.objects.get(name="甲村合作社").division == new
    assert list(clerk.grants.on(ON).values_list("division", flat=True)) == [new.pk]
    assert list(clerk.grants.on(EVE).values_list("division", flat=True)) == [one.pk]
    assert new.boundaries.get().valid.lower == ON == one.boundaries.get().valid.upper
    assert resolve("532523205201", day=EVE).division == one
    assert resolve("532523205201", day=EVE).successors == (new,)
    assert division_by_code("532523205201") == new
    act = Act.objects.get(verb="divisions_changed")
    assert (act.after["units"], act.source, act.effective_on) == (1, paper, ON)
    moved = Act.objects.get(verb="unit_moved")
    assert (moved.unit, moved.before["division"], moved.after["division"]) == (road, one.pk, new.pk)
    assert [row.division_id for row in road.events.order_by("pgh_id")] == [one.pk, new.pk]


def test_a_retired_code_leads_to_its_one_successor_and_names_several(villages):
    _township, one, two, hamlet = villages
    merged = merge_divisions(old=[two], into=one, on=ON, by=None)
    assert division_by_code("532523205202") == one == merged
    assert division_by_code("532523205202", day=EVE) == two
    later = ON + dt.timedelta(days=30)
    one.refresh_from_db()
    parts = split_division(
        division=one,
        parts=[
            NewPlace(name="东村委会", codes={"nbs": "532523205203"}, children=(hamlet,)),
            NewPlace(name="西村委会", codes={"nbs": "532523205204"}, rest=True),
        ],
        on=later,
        by=None,
    )
    assert successors_of([two.pk])[two.pk] == parts
    with pytest.raises(BadInput, match=r"东村委会 532523205203、西村委会 532523205204"):
        division_by_code("532523205202")
    with pytest.raises(BadInput, match="532523299999"):
        division_by_code("532523299999")
    places = Places()
    assert places.coded("532523205201") is None
    assert places.holder("532523205201").name == "甲村委会"


def test_names_and_codes_of_ended_places_mean_their_successor(villages):
    _township, one, two, _hamlet = villages
    merge_divisions(old=[two], into=one, on=ON, by=None)
    places = Places()
    assert [place.name for place in places.named("乙村", "village")] == ["甲村委会"]
    assert places.coded("532523205202") == one


def test_a_merger_into_a_new_village_sums_people_and_recodes_natural_villages(villages):
    _township, one, two, hamlet = villages
    twin = make.division("小寨", "natural_village", two, code="532523205202001")
    make.boundary(one, make.square())
    make.boundary(two, make.square(lon=103.71))
    new = merge_divisions(
        old=[one, two], into=NewPlace(name="合心村委会", codes={"nbs": "532523205210"}), on=ON, by=None
    )
    assert (new.households, new.people) == (150, 600)
    codes = {
        row.division_id: row.code
        for row in Division.codes.rel.related_model.objects.filter(
            valid__contains=ON, division__level="natural_village"
        )
    }
    assert codes == {hamlet.pk: "532523205210001", twin.pk: "532523205210002"}
    assert resolve("532523205202001").division == twin
    assert new.boundaries.get().geom.num_geom == 2


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda t, a, b, h: merge_divisions(old=[a], into=a, on=ON, by=None), "place_twice"),
        (lambda t, a, b, h: merge_divisions(old=[a, h], into=b, on=ON, by=None), "not_alike"),
        (
            lambda t, a, b, h: merge_divisions(old=[a], into=NewPlace(name="丙"), on=ON, by=None),
            "one",
        ),
        (lambda t, a, b, h: rename_division(division=a, name=" ", on=ON, by=None), "no_name"),
        (lambda t, a, b, h: rename_division(division=a, name="乙村委会", on=ON, by=None), "name_taken"),
        (
            lambda t, a, b, h: rename_division(
                division=a, name="丙", on=ON, by=None, codes={"nbs": "532523205202"}
            ),
            "code_taken",
        ),
        (
            lambda t, a, b, h: rename_division(division=a, name="丙", on=ON, by=None, codes={"nbs": "5325"}),
            "code_length",
        ),
        (
            lambda t, a, b, h: rename_division(
                division=a, name="丙", on=ON, by=None, codes={"nbs": "532523206201"}
            ),
            "code_not_below_parent",
        ),
        (
            lambda t, a, b, h: rename_division(division=a, name="丙", on=dt.date(2010, 1, 1), by=None),
            "not_there",
        ),
        (
            lambda t, a, b, h: rename_division(division=a, name="丙", on=dt.date(2999, 1, 1), by=None),
            "future_date",
        ),
        (
            lambda t, a, b, h: split_division(
                division=a, parts=[NewPlace(name="东"), NewPlace(name="西", rest=True)], on=ON, by=None
            ),
            "children",
        ),
        (
            lambda t, a, b, h: split_division(division=a, parts=[NewPlace(name="东")], on=ON, by=None),
            "parts",
        ),
    ],
)
def test_changes_that_cannot_be_are_refused_with_a_sentence_and_write_nothing(villages, change, word):
    before = list(Division.objects.values_list("pk", "valid", "path"))
    with pytest.raises(BadInput) as refused:
        change(*villages)
    assert refused.value.code == word
    assert list(Division.objects.values_list("pk", "valid", "path")) == before
    assert not Act.objects.exists()


def test_a_natural_village_gets_the_next_suffix_below_the_twelve_digits(villages):
    _township, one, _two, hamlet = villages
    place = add_natural_village(village=one, name="小寨", on=ON, by=None, households=30, people=120)
    assert (place.codes.get().code, place.level, place.parent) == ("532523205201002", "natural_village", one)
    for suffix, word in (("12", "53252320520112"), ("001", "大寨"), ("0x1", "5325232052010x1")):
        with pytest.raises(BadInput, match=word):
            add_natural_village(village=one, name="新寨", suffix=suffix, on=ON, by=None)
    with pytest.raises(BadInput, match="小寨"):
        add_natural_village(village=one, name="小寨", on=ON, by=None)
    with pytest.raises(BadInput) as refused:
        add_natural_village(village=hamlet, name="x", on=ON, by=None)
    assert refused.value.code == "parent_level"


def test_accounts_apart_the_old_collective_stays_a_party_with_its_entries(villages):
    township, one, two, hamlet = villages
    plant = make.unit(of=hamlet)
    mine = Party.objects.get(name="甲村合作社")
    make.entry(plant, "income", mine)
    plan = plan_merger(old=[one], on=ON)
    assert (plan.unit_count, plan.entries, plan.collectives, plan.parties) == (1, 1, [mine], 1)
    officer = make.user("county", township.parent)
    place = merge_villages(old=[one], into=two, on=ON, accounts="apart", by=officer, reason="合村不合账")
    mine.refresh_from_db(), plant.refresh_from_db()
    assert (place, mine.division, mine.merged_into) == (two, two, None)
    assert Entry.objects.on(ON).get(unit=plant).party == mine
    assert plant.division == hamlet
    assert list(Unit.objects.within(two)) == [plant]


def test_accounts_joined_every_entry_goes_to_the_collective_of_the_new_village_shares_whole(villages):
    township, one, two, _hamlet = villages
    mine, theirs = Party.objects.get(name="甲村合作社"), Party.objects.get(name="乙村合作社")
    shared, road = make.unit(of=one), make.unit(of=one)
    make.entry(shared, "income", mine, share="1/3")
    make.entry(shared, "income", theirs, share="2/3")
    make.entry(road, "ownership", mine, begin="2021-05-01")
    merge_villages(old=[one], into=two, on=ON, accounts="joined", by=None, source=make.source(township))
    held = {(e.unit_id, e.code): e for e in Entry.objects.on(ON)}
    assert {entry.party for entry in held.values()} == {theirs}
    assert held[shared.pk, "income"].share == Fraction(1)
    assert held[road.pk, "ownership"].valid.lower == ON
    assert Entry.objects.on(EVE).filter(party=mine).count() == 2
    assert Act.objects.filter(verb="entry_opened", unit=road).count() == 1


def test_accounts_that_cannot_be_joined_leave_everything_as_it_was(villages):
    _township, one, two, _hamlet = villages
    mine, theirs = Party.objects.get(name="甲村合作社"), Party.objects.get(name="乙村合作社")
    shared = make.unit("共建冷库", of=one)
    make.entry(shared, "income", mine, share="1/3", end="2030-01-01")
    make.entry(shared, "income", theirs, share="2/3")
    for accounts, word in (("joined", "共建冷库"), ("both", "'both'")):
        with pytest.raises(BadInput, match=word):
            merge_villages(old=[one], into=two, on=ON, accounts=accounts, by=None)
    new = NewPlace(name="合心村委会", codes={"nbs": "532523205210"})
    with pytest.raises(BadInput, match="合心村委会"):
        merge_villages(old=[one, two], into=new, on=ON, accounts="joined", by=None)
    shared.refresh_from_db()
    assert shared.division == one
    assert not Act.objects.exists()
    assert not DivisionSuccession.objects.exists()


def test_only_the_county_and_administrators_change_the_places_of_their_county(villages):
    township, one, two, _hamlet = villages
    elsewhere = make.division("别县", "county", code="532524")
    for who in (make.user("asset_manager", township), make.user("county", elsewhere)):
        with pytest.raises(NotAllowed):
            merge_villages(old=[one], into=two, on=ON, accounts="apart", by=who)
    make.user("clerk", one, "clerk")
    merge_divisions(old=[one], into=two, on=ON, by=make.user("county", township.parent), grants=False)
    assert not Grant.objects.on(ON).filter(user__username="clerk").exists()
