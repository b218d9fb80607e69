"""A person leaves: one act hands duties, findings and grants to the successor, or nothing at all."""

import datetime as dt

import pytest

from registry.errors import BadInput, NotAllowed
from registry.models import Act, Entry, Grant
from registry.queries.parties import handover_list
from registry.services.handover import hand_over, preview_handover
from tests import factories as make
from tests.conftest import open_finding

pytestmark = pytest.mark.django_db
ON = dt.date(2026, 3, 1)
EVE = ON - dt.timedelta(days=1)


@pytest.fixture
def village():
    return make.village()


@pytest.fixture
def leaver(village):
    """杨文 keeps a road up, owns a well and will run a shop; his account has a role and a finding."""
    person = make.person("杨文", village)
    user = make.user("clerk", village, "yang", party=person)
    make.upkeep(make.unit("路", village), make.party("村委会", "village_committee", village), person)
    make.entry(make.unit("水窖", village), "ownership", person, end="2030-01-01")
    make.entry(make.unit("商店", village), "operation", person, begin="2026-06-01")
    open_finding(make.unit("坏桥", village), person=user)
    return person


def test_everything_goes_over_with_the_same_terms_on_the_day(village, leaver):
    heir = make.person("李明", village)
    account = make.user(name="li", party=heir)
    admin = make.user("admin", village.parent)
    act = hand_over(person=leaver, successor=heir, on=ON, by=admin, reason="离任交接")
    leaver.refresh_from_db()
    assert leaver.active_until == ON
    held = {entry.unit.name: entry for entry in Entry.objects.in_force().filter(valid__overlap=(ON, None))}
    assert (held["路"].agent, held["路"].party.name) == (heir, "村委会")
    assert (held["水窖"].party, held["水窖"].valid.upper) == (heir, dt.date(2030, 1, 1))
    assert (held["商店"].party, held["商店"].valid.lower) == (heir, dt.date(2026, 6, 1))
    assert Entry.objects.on(EVE).filter(agent=leaver).count() == 1
    assert held["路"].upkeep_terms.budget_source == "村集体收入"
    assert account.findings.count() == 1
    assert list(account.grants.on(ON).values_list("role", "division")) == [("clerk", village.pk)]
    assert not Grant.objects.on(ON).filter(user__username="yang").exists()
    assert Grant.objects.on(EVE).filter(user__username="yang").exists()
    assert (act.verb, len(act.after["entries"])) == ("handed_over", 3)
    listed = handover_list(act, admin)
    assert [line["unit"].name for line in listed["entries"]] == ["路", "水窖", "商店"]
    assert (listed["leaver"], listed["heir"]) == ("杨文", "李明")
    assert (len(listed["findings"]), len(listed["grants"])) == (1, 1)
    assert handover_list(act, make.user("auditor", village))["leaver"] == "杨*"


def test_a_preview_writes_nothing_and_counts_what_would_go(village, leaver):
    found = preview_handover(person=leaver, successor=make.person("李明", village), on=ON)
    assert (len(found.entries), len(found.findings), len(found.grants)) == (3, 1, 1)
    assert not Act.objects.exists()
    assert Entry.objects.count() == 3


def test_a_successor_who_cannot_take_over_is_refused_and_nothing_moves(village, leaver):
    double = make.person("张三", village)
    make.entry(Entry.objects.get(code="ownership").unit, "ownership", double, share="1/2", begin="2025-01-01")
    gone = make.person("李四", village, active_until=dt.date(2026, 1, 1))
    for heir, code in (
        (leaver, "same_party"),
        (make.party("甲社", of=village), "other_kind"),
        (gone, "successor_left"),
        (double, "overlap"),
    ):
        with pytest.raises(BadInput) as refused:
            hand_over(person=leaver, successor=heir, on=ON, by=None, reason="离任交接")
        assert refused.value.code == code
    with pytest.raises(BadInput) as refused:
        hand_over(person=leaver, successor=make.person("王", village), on=ON, by=None, reason="")
    assert refused.value.code == "no_reason"
    assert not Act.objects.exists()


def test_grants_are_handed_over_by_an_administrator_only_and_units_by_those_of_the_place(village, leaver):
    heir = make.person("李明", village)
    with pytest.raises(NotAllowed):
        hand_over(
            person=leaver,
            successor=heir,
            on=ON,
            by=make.user("asset_manager", village.parent),
            reason="离任交接",
        )
    Grant.objects.filter(user__username="yang").delete()
    far = make.village(make.township(name="湾塘乡", code="532523206"))
    with pytest.raises(NotAllowed):
        hand_over(person=leaver, successor=heir, on=ON, by=make.user("asset_manager", far), reason="离任交接")
    hand_over(
        person=leaver, successor=heir, on=ON, by=make.user("asset_manager", village.parent), reason="离任交接"
    )
    assert Act.objects.filter(verb="party_left").count() == 1
