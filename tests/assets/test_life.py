"""The life of an asset: table, guards, what an act does, how it is annulled, the state of any day."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.codes_life import TABLE, LifeAct
from assets.integrity import states
from assets.models import Asset, LifeStep
from assets.queries_life import possible
from assets.services.life import Said, annul_step, record_step
from registry.codes import ENDED, UnitState
from registry.errors import BadInput, NotAllowed
from registry.models import Act, Entry
from registry.queries.recorded import state_on
from registry.services.units import change_state
from tests import factories as make

from .lives import approve_all, notice, owned, step

pytestmark = pytest.mark.django_db
day = make.day


@pytest.fixture(autouse=True)
def english():
    """The sentences are asked for in one language, whatever the catalogue says."""
    with translation.override("en"):
        yield


def state(asset):
    asset.unit.refresh_from_db()
    return asset.unit.state


def refused(code, asset, act, on, **said):
    with pytest.raises(BadInput) as error, transaction.atomic():
        step(asset, act, on, **said)
    assert error.value.code == code, str(error.value)
    return str(error.value)


def test_a_whole_life_from_the_building_site_to_the_disposal():
    asset = owned(state="building", state_since=day("2025-01-01"))
    step(asset, "accept", "2025-02-01")
    notice(asset, "rights", "2025-02-20")
    step(asset, "confirm_rights", "2025-03-01")
    step(asset, "hand_over", "2025-03-10")
    make.entry(asset, "operation", begin="2025-03-11", source=make.source())
    step(asset, "put_in_use", "2025-03-12")
    step(asset, "report_idle", "2025-06-01")
    step(asset, "plan_recovery", "2025-06-10")
    step(asset, "recover", "2025-08-01")
    step(asset, "report_damage", "2025-09-01")
    step(asset, "request_disposal", "2025-10-01")
    approve_all(asset, "2025-10-10")
    notice(asset, "disposal", "2025-10-25")
    step(asset, "dispose", "2025-11-01", receiver=make.party(of=asset.unit.division))
    asset = Asset.objects.get(pk=asset.pk)
    assert (asset.accepted_on, asset.handed_over_on) == (day("2025-02-01"), day("2025-03-10"))
    assert (asset.unit.state, asset.unit.state_since) == ("disposed", day("2025-11-01"))
    assert asset.unit.left_on == day("2025-11-01")
    assert not Entry.objects.on(day("2025-11-01")).filter(unit=asset.unit).exists()
    said = ["2025-01-15", "2025-02-01", "2025-03-11", "2025-07-01", "2025-08-15", "2025-10-05", "2026-01-01"]
    assert [state_on(day(text), asset.unit) for text in said] == [
        "building", "accepted", "handed_over", "recovering", "in_use", "disposal_pending", "disposed",
    ]  # fmt: skip
    assert not list(states())


def test_guards_say_everything_that_lacks():
    asset = owned(state="accepted")
    words = refused("not_yet", asset, "confirm_rights", "2025-03-01", source=None)
    assert "paper" in words
    assert "10 days" in words
    notice(asset, "rights", "2025-02-20", days=9)
    refused("not_yet", asset, "confirm_rights", "2025-03-01")
    notice(asset, "rights", "2025-03-01")
    refused("not_yet", asset, "confirm_rights", "2025-03-01")  # it still hangs on that day
    notice(asset, "rights", "2025-02-28")
    step(asset, "confirm_rights", "2025-03-01")
    assert state(asset) == "vested"


def test_owners_must_be_whole_before_rights_are_confirmed():
    asset = make.asset("厂房", make.village(), subtype="processing", state="accepted")
    notice(asset, "rights", "2025-02-20")
    assert "0, not to 1" in refused("not_yet", asset, "confirm_rights", "2025-03-01")
    make.entry(asset, "ownership", share="1/2")
    assert "1/2, not to 1" in refused("not_yet", asset, "confirm_rights", "2025-03-01")
    make.entry(asset, "ownership", share="1/2")
    step(asset, "confirm_rights", "2025-03-01")


def test_what_happened_before_the_place_went_live_is_recorded_as_it_was():
    asset = owned(state="accepted", state_since=day("2020-01-01"))
    step(asset, "confirm_rights", "2023-12-31")
    assert state(asset) == "vested"
    other = owned(of=asset.unit.division, state="accepted", state_since=day("2020-01-01"))
    refused("not_yet", other, "confirm_rights", "2024-01-01")


def test_a_handover_has_two_hands_and_their_list():
    asset = owned(state="vested")
    one = make.party(of=asset.unit.division)
    assert "two hands" in refused("not_yet", asset, "hand_over", "2025-03-01", giver=one, receiver=one)
    assert "list" in refused("not_yet", asset, "hand_over", "2025-03-01", source=make.source())
    step(asset, "hand_over", "2025-03-01")
    with pytest.raises(IntegrityError, match="two_hands"), transaction.atomic():
        LifeStep.objects.filter(unit=asset.unit).update(giver=None)


def test_irrigation_is_accepted_with_farmers_representatives():
    asset = make.asset("沟渠", make.village(), subtype="irrigation", state="building")
    refused("not_yet", asset, "accept", "2025-03-01", attended_by="")
    step(asset, "accept", "2025-03-01")


@pytest.mark.parametrize(
    ("subtype", "facts", "wanted"),
    [
        ("road", [], "who keeps it up"),
        ("road", [("upkeep", {})], "person"),
        ("processing", [], "operates"),
        ("processing", [("operation", {})], "operates"),
        ("housing", [], "owners"),
    ],
)
def test_service_begins_with_who_answers_for_it(subtype, facts, wanted):
    asset = make.asset("资产", make.village(), subtype=subtype, state="handed_over")
    for code, more in facts:
        make.entry(asset, code, **more)
    assert wanted in refused("not_yet", asset, "put_in_use", "2025-03-01")


def test_a_road_with_keeper_person_and_money_is_put_into_service():
    asset = make.asset("路", make.village(), state="handed_over")
    make.upkeep(asset, named=make.person(of=asset.unit.division))
    step(asset, "put_in_use", "2025-03-01")
    assert state(asset) == "in_use"


def test_household_assets_are_autonomous():
    place = make.village()
    cattle = make.asset("牛", place, subtype="livestock", nature="biological")
    for act in ("report_idle", "plan_recovery", "request_disposal", "approve_disposal"):
        refused("other_class", cattle, act, "2025-03-01")
    step(cattle, "consume", "2025-03-01")
    assert state(cattle) == "consumed"
    house = make.asset("安置房", place, subtype="housing")
    assert "Only livestock" in refused("not_yet", house, "consume", "2025-03-01")
    step(house, "write_off", "2025-03-01")  # no approval of anybody
    assert state(house) == "disposed"
    assert {
        row.act for row in possible(make.asset("灶", place, subtype="small_machine"), "in_use")
    }.isdisjoint({LifeAct.REPORT_IDLE, LifeAct.REQUEST_DISPOSAL})


def test_nothing_else_is_used_up_and_nothing_is_disposed_of_without_a_request():
    asset = owned()
    refused("other_class", asset, "consume", "2025-03-01")
    refused("other_state", asset, "dispose", "2025-03-01")


def test_approvals_go_by_the_kind_of_the_owner_and_by_the_request():
    asset = owned()
    notice(asset, "disposal", "2025-03-20")
    step(asset, "request_disposal", "2025-03-01")
    step(asset, "approve_disposal", "2025-03-05", office="township")
    step(asset, "approve_disposal", "2025-03-05", office="sector")
    assert "villagers" in refused("not_yet", asset, "dispose", "2025-04-01")
    step(asset, "refuse_disposal", "2025-04-01")
    assert state(asset) == "in_use"
    step(asset, "request_disposal", "2025-05-01")
    words = refused("not_yet", asset, "dispose", "2025-05-02")
    assert "township" in words  # the earlier approvals were for the earlier request
    approve_all(asset, "2025-05-02")
    step(asset, "dispose", "2025-05-02")


def test_a_resolution_is_a_meeting_that_names_the_asset():
    asset = owned()
    step(asset, "request_disposal", "2025-03-01")
    other = make.decision(asset.unit.division, held_on=day("2025-03-02"))
    office = make.decision(
        asset.unit.division, held_on=day("2025-03-02"), body="township", units=[asset.unit]
    )
    late = make.decision(asset.unit.division, held_on=day("2025-03-09"), units=[asset.unit])
    for decision in (None, other, office, late):
        refused("not_yet", asset, "approve_disposal", "2025-03-05", office="villagers", decision=decision)


def test_a_loss_and_what_was_found_again():
    asset = owned(state="idle")
    step(asset, "report_lost", "2025-03-01")
    assert state(asset) == "lost"
    step(asset, "find_again", "2025-03-02")
    assert state(asset) == "idle"
    lost = owned(state="lost")
    refused("nothing_to_answer", lost, "find_again", "2025-03-02")


def test_acts_come_in_their_order_and_not_from_the_future():
    asset = owned()
    step(asset, "report_idle", "2025-06-01")
    refused("later_step", asset, "report_damage", "2025-05-31")
    refused("future", asset, "report_damage", "2999-01-01")
    unspoken = make.asset("厂房", subtype="processing", state_since=day("2025-01-01"))
    refused("unknown_state", unspoken, "report_idle", "2024-12-31")


def test_annulled_acts_leave_the_state_of_every_day_as_if_they_were_not():
    asset = owned()
    first = step(asset, "report_idle", "2025-06-01")
    second = step(asset, "plan_recovery", "2025-06-10")
    with pytest.raises(BadInput, match="later"), transaction.atomic():
        annul_step(step=first, by=None, reason="登记错误")
    annul_step(step=second, by=None, reason="登记错误")
    assert state(asset) == "idle"
    annul_step(step=first, by=None, reason="登记错误")
    assert (state(asset), asset.unit.state_since) == ("in_use", day("2025-01-01"))
    assert state_on(day("2025-07-01"), asset.unit) == "in_use"
    with pytest.raises(BadInput, match="already"), transaction.atomic():
        annul_step(step=first, by=None, reason="登记错误")
    assert Act.objects.filter(unit=asset.unit, verb="act_annulled").count() == 2
    assert not list(states())


def test_an_annulled_disposal_gives_the_entries_their_end_back():
    asset = owned()
    before = list(Entry.objects.filter(unit=asset.unit).values_list("valid", flat=True))
    step(asset, "request_disposal", "2025-03-01")
    approve_all(asset, "2025-03-05")
    notice(asset, "disposal", "2025-03-20")
    gone = step(asset, "dispose", "2025-04-01")
    booked = step(asset, "book_proceeds", "2025-04-05", receiver=Entry.objects.get(unit=asset.unit).party)
    with pytest.raises(BadInput, match="later"), transaction.atomic():
        annul_step(step=gone, by=None, reason="没有成交")
    annul_step(step=booked, by=None, reason="没有成交")
    annul_step(step=gone, by=None, reason="没有成交")
    assert state(asset) == "disposal_pending"
    assert asset.unit.left_on is None
    assert list(Entry.objects.filter(unit=asset.unit).values_list("valid", flat=True)) == before


def test_a_date_of_the_ledger_is_put_back():
    asset = owned(state="vested", handed_over_on=None)
    made = step(asset, "hand_over", "2025-03-01")
    annul_step(step=made, by=None, reason="没有移交")
    asset.refresh_from_db()
    assert asset.handed_over_on is None


def test_a_plain_change_of_state_records_observations_only():
    asset = owned()
    change_state(unit=asset.unit, state="idle", on=day("2025-03-01"), by=None, reason="无人使用")
    for wrong in ("disposed", "recovering", "lost", "vested"):
        with pytest.raises(BadInput) as error, transaction.atomic():
            change_state(unit=asset.unit, state=wrong, on=day("2025-03-02"), by=None, reason="核对")
        assert error.value.code == "act_needed"


def test_who_may(cast):
    asset = owned(of=cast.village)
    with pytest.raises(NotAllowed), transaction.atomic():
        step(asset, "report_idle", "2026-02-01", by=cast.users["finance_officer"])
    step(asset, "request_disposal", "2026-02-01", by=cast.users["asset_manager"])
    made = step(asset, "approve_disposal", "2026-02-02", by=cast.users["county"], office="finance")
    with pytest.raises(NotAllowed), transaction.atomic():
        annul_step(step=made, by=cast.users["elsewhere"], reason="不是我的")


def test_the_database_has_the_last_word_on_the_table():
    asset = owned()
    made = step(asset, "report_idle", "2025-03-01")
    for wrong in ({"state": "lost"}, {"state_before": "disposed"}, {"act": "consume"}):
        with pytest.raises(IntegrityError, match="lifestep_of_the_table"), transaction.atomic():
            LifeStep.objects.filter(pk=made.pk).update(**wrong)
    for name, values in (
        ("plan_whole", {"act": "plan_recovery", "state_before": "idle", "state": "recovering"}),
        ("approval_on_paper", {"act": "approve_disposal", "state_before": "disposal_pending",
                               "state": "disposal_pending"}),
        ("proceeds_said", {"act": "dispose", "state_before": "disposal_pending", "state": "disposed"}),
    ):  # fmt: skip
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            LifeStep.objects.filter(pk=made.pk).update(**values)


def test_every_state_can_be_reached_and_left():
    reached = {row.after for row in TABLE.values()} | {UnitState.PLANNED}
    assert reached - {None} == set(UnitState)
    for state_ in set(UnitState) - {UnitState.DISPOSED, UnitState.CONSUMED}:
        assert any(row.act for row in TABLE.values() if state_ in row.before and row.after != state_), state_


ACTS = st.lists(
    st.tuples(st.sampled_from(sorted(TABLE)), st.integers(0, 9), st.booleans()), min_size=1, max_size=12
)


class Model:
    """What the table says, kept beside the register: the acts in force and the state after each."""

    def __init__(self, asset, first, begin):
        self.asset, self.lines = asset, [(begin, None, first)]

    @property
    def now(self):
        return self.lines[-1]

    def on(self, when):
        return next((state for day_, _step, state in reversed(self.lines) if day_ <= when), None)

    def expected(self, row):
        if self.now[2] not in row.states(self.asset.asset_class):
            return None
        if row.back is None:
            return row.target(self.now[2])
        answered = [n for n, (_d, made, _s) in enumerate(self.lines) if made and made.act == row.back]
        return self.lines[answered[-1] - 1][2] if answered else None


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    ACTS,
    st.sampled_from(["processing", "road", "livestock"]),
    st.sampled_from(["building", "in_use", "lost"]),
)
def test_random_lives_follow_the_table_and_every_day_is_right(acts, subtype, first):
    with transaction.atomic():
        _live(acts, subtype, first)
        transaction.set_rollback(True)


def _live(acts, subtype, first):
    begin = day("2022-01-01")  # before the place goes live: nothing but the table refuses
    nature = "biological" if subtype == "livestock" else "fixed"
    asset = owned(of=make.village(go_live=day("2027-01-01")), state=first, state_since=begin,
                  subtype=subtype, nature=nature)  # fmt: skip
    make.upkeep(asset, named=make.person(of=asset.unit.division), begin="2021-06-01")
    make.entry(asset, "operation", begin="2021-06-01", source=make.source())
    model = Model(asset, first, begin)
    for act, wait, undo in acts:
        _one(model, TABLE[act], model.now[0] + dt.timedelta(days=wait), undo)
        assert state(asset) == model.now[2]
        asset.refresh_from_db()
        for offset in range(0, 120, 7):
            when = begin + dt.timedelta(days=offset)
            assert state_on(when, asset.unit) == model.on(when)
        assert (asset.unit.left_on is not None) == (asset.unit.state in ENDED - {"lost"})
    assert not list(states())


def _one(model, row, when, undo):
    expected = model.expected(row)
    said = _evidence(model, row, when)
    if expected is None:
        with pytest.raises(BadInput), transaction.atomic():
            step(model.asset, str(row.act), when, **said)
        return
    made = step(model.asset, str(row.act), when, **said)
    assert (made.state_before, made.state) == (model.now[2], expected)
    if undo:
        annul_step(step=made, by=None, reason="登记错误")
    else:
        model.lines.append((when, made, expected))


def _evidence(model, row, when):
    if row.act == LifeAct.BOOK_PROCEEDS:
        return {"receiver": make.party(of=model.asset.unit.division)}
    return {}


def test_what_the_book_says_of_an_act_is_what_was_said():
    asset = owned()
    person = make.person(of=asset.unit.division)
    said = Said(on=day("2025-06-10"), measure="招商", deadline=day("2025-12-31"), person=person, reason="")
    step(asset, "report_idle", "2025-06-01")
    made = record_step(unit=asset.unit, act="plan_recovery", said=said, by=None)
    assert made.written.after == {
        "state": "recovering", "measure": "招商", "deadline": "2025-12-31", "person": person.pk,
    }  # fmt: skip
    assert made.written.before == {"state": "idle", "state_since": "2025-06-01"}
    assert (made.measure, made.amount) == ("招商", None)
