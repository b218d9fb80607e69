"""Numbers that are right, groups that sum to 1, secrets read one by one, records that become one."""

import datetime as dt
from fractions import Fraction

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.errors import BadInput, NotAllowed, RegistryError
from registry.models import Act, Entry, Party, PartyMember, PersonalData
from registry.services.members import set_members, wrong_sums
from registry.services.parties import PartyAsk, PartyBook, change_party, register_party
from registry.services.party_merge import merge_parties
from registry.services.personal import erase_personal, read_secret, set_personal
from tests import factories as make

pytestmark = pytest.mark.django_db
CODE, OTHER = "91350100M000100Y43", "911101085923662400"
NUMBER, NEXT = "11010519491231002X", "440524188001010014"
ON = dt.date(2024, 5, 1)


@pytest.fixture
def place():
    return make.village()


def refusal(call):
    with pytest.raises(RegistryError) as refused:
        call()
    return refused.value.code, str(refused.value)


# --- numbers
def test_a_wrong_check_sign_is_refused_with_the_value_and_the_sign_that_would_be_right(place):
    code, said = refusal(
        lambda: register_party(kind="company", name="甲", division=place, by=None, uscc=CODE[:17] + "4")
    )
    assert code == "uscc_check"
    assert CODE[:17] + "4" in said
    assert "3" in said
    code, said = refusal(
        lambda: register_party(
            kind="person", name="杨文", division=place, by=None, id_number=NUMBER[:17] + "1"
        )
    )
    assert (code, NUMBER not in said, NUMBER[:17] not in said) == ("id_check", True, True)
    for text, word in (("9135", "uscc_form"), (CODE[:17] + "I", "uscc_form")):
        assert (
            refusal(
                lambda text=text: PartyBook([PartyAsk("company", "乙", place.pk, uscc=text)]).register(
                    by=None, batch=None
                )
            )[0]
            == word
        )
    assert (
        refusal(lambda: register_party(kind="person", name="李", division=place, by=None, id_number="1"))[0]
        == "id_form"
    )
    assert not Party.objects.exists()


def test_the_database_has_the_last_word_on_check_signs(place):
    for wrong in (CODE[:17] + "4", CODE.lower()):
        with pytest.raises(IntegrityError), transaction.atomic():
            make.party("甲", "company", place, uscc=wrong)
    person = make.person("杨文", place)
    for wrong in (NUMBER[:17] + "1", NUMBER[:17]):
        with pytest.raises(IntegrityError), transaction.atomic():
            PersonalData.objects.create(party=person, id_number=wrong)
    PersonalData.objects.create(party=person, id_number=NUMBER)


def test_a_number_that_another_party_has_is_refused_by_its_name_persons_masked(place):
    make.party("甲公司", "company", place, uscc=CODE)
    make.person("杨小文", place, id_number=NUMBER)
    body, person = make.party("乙公司", "company", place), make.person("李明", place)
    code, said = refusal(
        lambda: change_party(party=body, by=None, reason="", name="乙公司", kind="company", uscc=CODE)
    )
    assert (code, "甲公司" in said) == ("uscc_taken", True)
    code, said = refusal(lambda: set_personal(party=person, by=None, id_number=NUMBER))
    assert (code, "杨*文" in said, "杨小文" in said, NUMBER in said) == ("id_taken", True, False, False)
    ask = PartyAsk("person", "王五", place.pk, id_number=NUMBER)
    assert refusal(lambda: PartyBook([ask]).register(by=None, batch=None))[0] == "id_taken"
    assert not Party.objects.filter(name="王五").exists()


def test_a_changed_name_stays_among_the_former_ones_and_a_person_is_no_body(place):
    body = make.party("甲公司", "company", place)
    change_party(party=body, by=None, reason="更名", name="甲集团公司", kind="company", uscc=CODE)
    body.refresh_from_db()
    assert (body.name, body.former_names, body.uscc) == ("甲集团公司", ["甲公司"], CODE)
    act = Act.objects.get(verb="party_changed")
    assert (act.before["name"], act.after["name"]) == ("甲公司", "甲集团公司")
    assert (
        refusal(lambda: change_party(party=body, by=None, reason="", name="甲", kind="person"))[0]
        == "kind_changed"
    )
    with pytest.raises(NotAllowed):
        change_party(party=body, by=make.user("auditor", place), reason="", name="乙", kind="company")


# --- members
def test_members_hold_from_a_day_on_until_the_next_change(place):
    group = make.party("12户名单", "group", place)
    one, two, three = (make.person(name, place) for name in ("甲", "乙", "丙"))
    half, third = Fraction(1, 2), Fraction(1, 3)
    set_members(group=group, on=ON, members=[(one, half), (two, half)], by=None)
    later = ON + dt.timedelta(days=60)
    set_members(group=group, on=later, members=[(one, third), (two, third), (three, third)], by=None)
    between = ON + dt.timedelta(days=30)
    set_members(group=group, on=between, members=[(three, Fraction(1))], by=None)

    def on(day):
        rows = PartyMember.objects.filter(group=group, valid__contains=day).select_related("member")
        return {row.member.name: Fraction(row.share_num, row.share_den) for row in rows}

    assert on(ON) == {"甲": half, "乙": half}
    assert on(between) == {"丙": 1}
    assert on(later) == {"甲": third, "乙": third, "丙": third}
    set_members(group=group, on=later, members=[], by=None)
    assert on(later) == {}
    assert Act.objects.filter(verb="members_set").count() == 4


@pytest.mark.parametrize(
    ("members", "code"),
    [
        (lambda a, b, g: [(a, Fraction(1, 2))], "member_shares"),
        (lambda a, b, g: [(a, Fraction(1, 2)), (a, Fraction(1, 2))], "member_twice"),
        (lambda a, b, g: [(a, Fraction(3, 2))], "share_range"),
        (lambda a, b, g: [(a, Fraction(0)), (b, Fraction(1))], "share_range"),
        (lambda a, b, g: [(g, Fraction(1))], "member_of_itself"),
    ],
)
def test_members_that_cannot_be_are_refused_and_nothing_is_written(place, members, code):
    group, one, two = make.party("组", "group", place), make.person("甲", place), make.person("乙", place)
    set_members(group=group, on=ON, members=[(two, Fraction(1))], by=None)
    found, said = refusal(
        lambda: set_members(group=group, on=ON + dt.timedelta(1), members=members(one, two, group), by=None)
    )
    assert found == code
    if code == "member_shares":
        assert "2024-05-02" in said
        assert "1/2" in said
    assert PartyMember.objects.count() == 1
    assert refusal(lambda: set_members(group=one, on=ON, members=[], by=None))[0] == "no_group"
    outer = make.party("外组", "group", place)
    set_members(group=outer, on=ON, members=[(group, Fraction(1))], by=None)
    assert (
        refusal(lambda: set_members(group=group, on=ON, members=[(outer, Fraction(1))], by=None))[0]
        == "member_of_itself"
    )


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.integers(0, 60), st.lists(st.integers(0, 4), min_size=4, max_size=4), st.booleans()),
        min_size=1,
        max_size=5,
    )
)
def test_whatever_is_written_in_whatever_order_shares_sum_to_1_on_every_day_with_members(place, changes):
    with transaction.atomic():
        group = make.party(kind="group", of=place)
        people = [make.person(f"人{number}", place) for number in range(4)]
        for days, weights, spoilt in changes:
            total = sum(weights) + spoilt
            members = [(who, Fraction(w, total)) for who, w in zip(people, weights, strict=True) if w]
            try:
                with transaction.atomic():
                    set_members(group=group, on=ON + dt.timedelta(days), members=members, by=None)
            except BadInput:
                assert spoilt
                assert members
            else:
                assert not (spoilt and members)
            assert wrong_sums(PartyMember.objects.filter(group=group)) == []
        transaction.set_rollback(True)


# --- secrets
def test_every_look_at_a_secret_stands_in_the_book_and_needs_right_and_reason(place):
    person = make.person("杨文", place, phone="13887350000", id_number=NUMBER)
    officer, clerk = make.user("asset_manager", place.parent), make.user("clerk", place)
    assert read_secret(party=person, field="id_number", by=officer, reason="核对补贴名单") == NUMBER
    act = Act.objects.get(verb="personal_read")
    assert (act.subject, act.after, act.reason) == (
        f"party:{person.pk}",
        {"field": "id_number"},
        "核对补贴名单",
    )
    assert NUMBER not in str(act.after)
    assert refusal(lambda: read_secret(party=person, field="phone", by=officer))[0] == "no_reason"
    assert (
        refusal(lambda: read_secret(party=person, field="name", by=officer, reason="核对名单"))[0]
        == "no_field"
    )
    with pytest.raises(NotAllowed):
        read_secret(party=person, field="phone", by=clerk, reason="核对补贴名单")
    unit = make.unit(of=place)
    assert refusal(lambda: read_secret(party=person, field="phone", unit=unit, by=officer))[0] == "not_named"
    assert Act.objects.count() == 1


def test_erased_data_are_gone_and_the_book_says_only_which(place):
    person = make.person("杨文", place, phone="13887350000", id_number=NUMBER)
    admin = make.user("admin", place.parent)
    with pytest.raises(NotAllowed):
        erase_personal(party=person, by=make.user("asset_manager", place), reason="本人申请")
    assert refusal(lambda: erase_personal(party=person, by=admin, reason=""))[0] == "no_reason"
    assert erase_personal(party=person, by=admin, reason="本人申请") == ["phone", "id_number"]
    assert not PersonalData.objects.exists()
    act = Act.objects.get(verb="personal_erased")
    assert act.after == {"fields": ["phone", "id_number"]}
    assert refusal(lambda: erase_personal(party=person, by=admin, reason="本人申请"))[0] == "nothing_held"


# --- merging
def test_everything_of_a_second_record_moves_and_lookups_find_the_kept_one(place):
    keep = make.person("杨文", place, phone="13800000001")
    drop = make.person("杨 文", place, id_number=NUMBER)
    user = make.user("clerk", place, party=drop)
    road, other = make.unit(of=place), make.unit(of=place)
    duty = make.entry(road, "upkeep", make.party(of=place), agent=drop)
    owned = make.entry(other, "ownership", drop)
    loan = make.entry(other, "mortgage", make.party(of=place), debtor=drop)
    group = make.party("组", "group", place)
    set_members(group=group, on=ON, members=[(drop, Fraction(1))], by=None)
    kept = merge_parties(keep=keep, drop=drop, by=make.user("asset_manager", place), reason="同一人重复登记")
    for row in (duty, owned, loan, drop, user):
        row.refresh_from_db()
    assert (duty.agent, owned.party, loan.debtor, user.party) == (keep, keep, keep, keep)
    assert (drop.merged_into, kept.former_names) == (keep, ["杨 文"])
    held = PersonalData.objects.get(party=kept)
    assert (held.phone, held.id_number) == ("13800000001", NUMBER)
    assert group.members.get().member == keep
    ask = PartyAsk("person", "杨 文", place.pk)
    assert PartyBook([ask]).find(ask) == keep
    assert Act.objects.get(verb="party_merged").before["merged"] == drop.pk
    assert refusal(lambda: merge_parties(keep=keep, drop=drop, by=None, reason="再次合并"))[0] == "merged"
    assert [row.party_id for row in owned.events.order_by("pgh_id")] == [drop.pk, keep.pk]


def test_the_same_code_on_one_unit_is_added_where_the_periods_agree(place):
    keep, drop = make.party("甲社", of=place), make.party("甲合作社", of=place, uscc=CODE)
    plant = make.unit(of=place)
    mine, theirs = (
        make.entry(plant, "income", keep, share="1/3"),
        make.entry(plant, "income", drop, share="1/6"),
    )
    make.entry(plant, "income", share="1/2")
    kept = merge_parties(keep=keep, drop=drop, by=None, reason="重复登记")
    mine.refresh_from_db(), theirs.refresh_from_db()
    assert (mine.share, kept.uscc) == (Fraction(1, 2), CODE)
    assert theirs.annulled.verb == "party_merged"
    assert sum(entry.share for entry in Entry.objects.on(ON).filter(unit=plant)) == 1


def test_what_cannot_be_combined_is_listed_and_nothing_moves(place):
    keep, drop = make.party("甲社", of=place, uscc=OTHER), make.party("乙社", of=place, uscc=CODE)
    plant, road = make.unit("加工厂", of=place), make.unit("路", of=place)
    make.entry(plant, "income", keep, share="1/3")
    make.entry(plant, "income", drop, share="2/3", begin="2021-01-01")
    held = make.entry(road, "ownership", drop)
    code, said = refusal(lambda: merge_parties(keep=keep, drop=drop, by=None, reason="重复登记"))
    assert (code, "加工厂" in said, CODE in said, OTHER in said) == ("conflict", True, True, True)
    person = make.person("杨文", place)
    assert refusal(lambda: merge_parties(keep=keep, drop=person, by=None, reason="重复登记"))[0] == "conflict"
    assert refusal(lambda: merge_parties(keep=keep, drop=keep, by=None, reason="重复登记"))[0] == "same_party"
    held.refresh_from_db()
    assert held.party == drop
    assert not Act.objects.exists()
    far = make.village(make.township(name="湾塘乡", code="532523206"))
    make.entry(make.unit(of=far), "ownership", make.party("丙社", of=place))
    with pytest.raises(NotAllowed):
        merge_parties(
            keep=make.party("丙", of=place),
            drop=Party.objects.get(name="丙社"),
            by=make.user("asset_manager", place.parent),
            reason="重复登记",
        )
