"""The one door: who sees and does what where; without a grant nothing at all."""

import datetime as dt

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser

from registry import access, clock
from registry.access import VERBS
from registry.codes import Role
from registry.errors import NotAllowed
from registry.models import Division, Grant, Unit
from registry.models.scope import ScopedQuerySet
from tests import factories as make

pytestmark = pytest.mark.django_db

SCOPED = [model for model in apps.get_models() if isinstance(model._default_manager.all(), ScopedQuerySet)]


@pytest.fixture
def two_towns():
    """Two townships, each with one of nearly everything."""
    towns = [make.township(), make.township(name="湾塘乡", code="532523206")]
    for number, town in enumerate(towns):
        place = make.village(town, f"第{number}村委会")
        asset = make.asset(of=place, subtype="road", project=make.project(of=place))
        make.upkeep(asset, make.party(of=place), make.person(of=place))
        make.funding(asset)
        make.shape(asset)
        make.inspection(asset, "2024-01-01")
        make.source(place)
        make.act(asset.unit)
    return towns


def test_every_table_with_a_division_stands_behind_the_door():
    names = {model.__name__ for model in SCOPED}
    assert {"Division", "Unit", "Entry", "Party", "Shape", "Source", "Act", "Finding", "ImportBatch"} <= names
    assert {"Asset", "Inspection", "Project", "FundingLine"} <= names


@pytest.mark.parametrize("model", SCOPED, ids=lambda model: model.__name__)
def test_without_a_current_grant_nothing_is_visible(model, two_towns):
    past = make.user()
    Grant.objects.create(
        user=past, role=Role.ADMIN, division=two_towns[0], valid=make.period("2020-01-01", clock.today())
    )
    off = make.user(Role.ADMIN, two_towns[0], is_active=False)
    for user in (AnonymousUser(), make.user(), past, off, None):
        assert not model.objects.visible_to(user).exists()


@pytest.mark.parametrize("model", SCOPED, ids=lambda model: model.__name__)
def test_a_grant_shows_its_own_division_and_everything_below_and_nothing_else(model, two_towns):
    seen = model.objects.visible_to(make.user(Role.AUDITOR, two_towns[0]))
    lookup = model.objects.all().scope_lookup()
    for path in seen.values_list(lookup, flat=True):
        assert path.startswith(two_towns[0].path)
    everything = model.objects.visible_to(make.user(Role.COUNTY, make.county()))
    assert everything.count() == model.objects.exclude(**{lookup: None}).count()
    if model.objects.within(two_towns[1]).exists():
        assert seen.count() < everything.count()


def test_scope_is_by_path_and_never_by_the_beginning_of_a_number():
    county = make.county()
    one = make.division("甲乡", "township", county)
    ten = make.division("乙乡", "township", county)
    Division.objects.filter(pk=ten.pk).update(path=one.path[:-1] + "0/")
    assert list(Division.objects.within(one)) == [one]


def test_two_grants_add_up_and_a_grant_below_another_one_adds_nothing(two_towns):
    user = make.user(Role.AUDITOR, two_towns[0])
    village = two_towns[1].children.get()
    for place in (village, two_towns[0].children.get()):
        Grant.objects.create(user=user, role=Role.CLERK, division=place, valid=make.period("2020-01-01"))
    assert access.scope_paths(user) == sorted([two_towns[0].path, village.path])
    assert Unit.objects.visible_to(user).filter(kind="asset").count() == 2


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_a_role_may_what_its_verbs_say_in_its_division_only(verb, two_towns):
    home, elsewhere = two_towns
    for role in Role.values:
        user = make.user(role, home)
        assert access.may(user, verb, home) == (role in VERBS[verb])
        assert not access.may(user, verb, elsewhere)
        assert not access.may(user, verb, make.county())


def test_what_is_not_allowed_is_refused_with_a_sentence_and_the_command_line_may_all(two_towns):
    access.require(None, "administer", two_towns[0])
    with pytest.raises(NotAllowed) as refusal:
        access.require(make.user(Role.AUDITOR, two_towns[0]), "open_entry", two_towns[0])
    assert two_towns[0].name in str(refusal.value)
    with pytest.raises(NotAllowed):
        access.require(make.user(), "view")


def test_a_grant_holds_from_its_first_day_to_the_day_before_its_last(monkeypatch, two_towns):
    user = make.user()
    Grant.objects.create(
        user=user, role=Role.AUDITOR, division=two_towns[0], valid=make.period("2026-03-01", "2026-04-01")
    )
    seen = {}
    for text in ("2026-02-28", "2026-03-01", "2026-03-31", "2026-04-01"):
        monkeypatch.setattr(clock, "today", lambda text=text: dt.date.fromisoformat(text))
        seen[text] = access.may(user, "view", two_towns[0])
    assert list(seen.values()) == [False, True, True, False]
