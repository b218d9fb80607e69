"""The first of related rows as a join: the same answer as a subquery gives, in every use of a queryset."""

import datetime as dt

import pytest
from django.db.models import Count, F, OuterRef, Q, Subquery

from registry.models import Entry, Unit
from registry.queries.first import with_first
from tests import factories as make

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 6, 1)


def kept(rows=None):
    held = {"code": "upkeep", "valid__contains": TODAY, "annulled": None}
    condition = Q(**{f"entries__{name}": value for name, value in held.items()})
    rows = Unit.objects.all() if rows is None else rows
    rows = with_first(rows, "duty", "entries", condition, "-share_num/share_den", "id")
    return rows.annotate(body=F("duty__party__name"))


def subqueried():
    held = Entry.objects.on(TODAY).filter(unit=OuterRef("pk"), code="upkeep").greatest_first()
    return Unit.objects.annotate(body=Subquery(held.values("party__name")[:1]))


@pytest.fixture
def three(db):
    """One that two keep up (2/5 was entered first, 1/2 is more), one that one does, one that nobody does."""
    village = make.village()
    shared, single, none = (make.asset(f"{n}号路", village) for n in range(3))
    for name, share in (("甲村", "2/5"), ("乙村", "1/2"), ("丙村", "1/10")):
        make.entry(shared, "upkeep", make.party(name, of=village), share=share)
    make.entry(single, "upkeep", make.party("丁村", of=village))
    make.entry(none, "ownership", make.party("戊村", of=village))
    make.entry(none, "upkeep", make.party("己村", of=village), end="2025-01-01")
    return shared.unit, single.unit, none.unit


def test_the_greatest_share_comes_first_and_every_unit_once(three):
    found = dict(kept().values_list("pk", "body"))
    assert found == {three[0].pk: "乙村", three[1].pk: "丁村", three[2].pk: None}
    assert found == dict(subqueried().values_list("pk", "body"))


def test_what_is_read_of_it_is_read_in_one_statement(three, django_assert_num_queries):
    with django_assert_num_queries(1) as asked:
        rows = list(kept().annotate(person=F("duty__agent__name"), of=F("duty__party__kind")))
    assert len(rows) == 3
    assert asked[0]["sql"].count("LATERAL") == 1


@pytest.mark.parametrize(
    "narrow",
    [
        lambda rows: rows.filter(body="乙村"),
        lambda rows: rows.exclude(body="乙村"),
        lambda rows: rows.filter(body=None),
        lambda rows: rows.exclude(body=None),
        lambda rows: rows.filter(Q(body="丁村") | Q(name="2号路")),
        lambda rows: Unit.objects.filter(pk__in=rows.filter(body="丁村").values("pk")),
        lambda rows: rows.order_by("name")[1:],
    ],
)
def test_it_can_be_narrowed_counted_and_nested_as_a_subquery_can(three, narrow):
    rows, known = narrow(kept()), narrow(subqueried())
    assert {unit.pk for unit in rows} == {unit.pk for unit in known}
    assert rows.count() == known.count() > 0


def test_it_can_be_ordered_grouped_and_joined_on(three):
    ordered = kept().order_by(F("body").asc(nulls_last=True)).select_related("division")
    assert [unit.body for unit in ordered] == ["丁村", "乙村", None]
    groups = kept().values("body").annotate(n=Count("pk")).order_by("body")
    assert {row["body"]: row["n"] for row in groups} == {"丁村": 1, "乙村": 1, None: 1}
    other = kept(kept().filter(name="0号路"))  # asked for twice
    assert [unit.body for unit in other] == ["乙村"]
