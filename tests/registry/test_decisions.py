"""Decisions: registered with their counts, corrected with a reason, judged while they are typed."""

import datetime as dt

import pytest

from registry.errors import BadInput, NotAllowed
from registry.models import Act, Decision, Finding
from registry.services.decisions import Meeting, change_decision, register_decision
from tests import factories as make

pytestmark = pytest.mark.django_db
HELD = dt.date(2026, 5, 20)


def meeting(**fields):
    values = {
        "body": "members", "title": "收益分配方案", "held_on": HELD, "matters": (7,), "members_total": 300,
        "present": 200, "in_favour": 200, "notice_on": dt.date(2026, 5, 1),
        "accounts_on": dt.date(2026, 5, 1), "party_on": dt.date(2026, 4, 20),
        "minutes_number": "岩峰会〔2026〕3号",
    }  # fmt: skip
    return Meeting(**values | fields)


def form(cast, **fields):
    values = {
        "division": cast.village.pk, "body": "members", "title": "收益分配方案", "held_on": "2026-05-20",
        "members_total": "300", "present": "200", "in_favour": "200", "matters": ["7"], "next": "",
    }  # fmt: skip
    return {key: value for key, value in (values | fields).items() if value is not None}


def test_a_meeting_is_registered_with_its_minutes_units_and_act(cast, road):
    officer = cast.users["finance_officer"]
    made = register_decision(division=cast.village, meeting=meeting(units=(road.unit,)), by=officer)
    assert (list(made.units.all()), made.source.kind, made.source.number) == (
        [road.unit], "minutes", "岩峰会〔2026〕3号",
    )  # fmt: skip
    act = Act.objects.get(verb="decision_registered")
    assert (act.user, act.subject, act.effective_on, act.after["in_favour"]) == (
        officer,
        f"decision:{made.pk}",
        HELD,
        200,
    )
    assert not Finding.objects.filter(subject_type="decision").exists()


def test_a_meeting_that_was_not_carried_is_registered_and_found_at_once(cast):
    made = register_decision(division=cast.village, meeting=meeting(in_favour=199), by=None)
    finding = Finding.objects.open().get(rule="DEC-01")
    assert finding.subject_key == str(made.pk)
    change_decision(decision=made, meeting=meeting(), by=None, reason="按会议记录更正")
    finding.refresh_from_db()
    assert finding.state == "closed"
    act = Act.objects.get(verb="decision_changed")
    assert (act.before["in_favour"], act.after["in_favour"], act.reason) == (199, 200, "按会议记录更正")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"present": 301}, "present"),
        ({"in_favour": 201}, "in_favour"),
        ({"present": None, "in_favour": 301}, "in_favour"),
        ({"members_total": 0, "present": None, "in_favour": None}, "members_total"),
        ({"title": "  "}, "title"),
        ({"body": "king"}, "body"),
        ({"matters": (14,)}, "matters"),
        ({"held_on": dt.date(2999, 1, 1)}, "held_on"),
        ({"notice_on": dt.date(2026, 5, 21)}, "notice_on"),
        ({"accounts_on": dt.date(2026, 5, 21)}, "accounts_on"),
        ({"minutes_on": dt.date(2026, 5, 19)}, "minutes_on"),
    ],
)
def test_what_contradicts_itself_is_refused_with_the_field_and_nothing_is_written(cast, fields, code):
    with pytest.raises(BadInput) as refused:
        register_decision(division=cast.village, meeting=meeting(**fields), by=cast.users["asset_manager"])
    assert refused.value.code == code
    assert str(refused.value)
    assert Decision.objects.count() == Act.objects.count() == 0


def test_only_officers_of_the_place_register_and_only_on_things_of_the_place(cast, road):
    for who in ("clerk", "auditor", "county", "elsewhere"):
        with pytest.raises(NotAllowed):
            register_decision(division=cast.village, meeting=meeting(), by=cast.users[who])
    with pytest.raises(BadInput, match=road.unit.name):
        register_decision(division=cast.far, meeting=meeting(units=(road.unit,)), by=None)
    made = register_decision(division=cast.village, meeting=meeting(), by=None)
    with pytest.raises(BadInput):
        change_decision(decision=made, meeting=meeting(), by=None, reason=" ")


def test_the_form_says_everything_at_once_at_the_fields_and_keeps_nothing(as_, cast):
    client = as_("asset_manager")
    answer = client.post("/decisions/new/", form(cast, present="301", notice_on="2026-06-01", units="没有 x"))
    errors = answer.context["form"].errors
    assert {"present", "notice_on", "units"} <= set(errors)
    assert "301" in errors["present"][0]
    assert Decision.objects.count() == 0
    for bad in ({"in_favour": "-1"}, {"present": "9" * 30}, {"held_on": "2026-02-30"}, {"matters": ["99"]},
                {"division": "999999"}, {"body": ""}, {"title": "长" * 201},
                {"members_total": "两百"}):  # fmt: skip
        assert client.post("/decisions/new/", form(cast, **bad)).status_code == 200
    assert Decision.objects.count() == 0


def test_pages_from_the_form_to_the_corrected_record(as_, cast, road):
    client = as_("finance_officer")
    answer = client.post("/decisions/new/", form(cast, in_favour="150", units=road.unit.code), follow=True)
    decision = Decision.objects.get()
    assert answer.redirect_chain[-1][0] == f"/decisions/{decision.pk}/"
    page = answer.content.decode()
    assert "150" in page
    assert road.unit.name in page
    assert "DEC-01" in page
    kept = client.get(f"/decisions/{decision.pk}/change/").context["form"].initial
    assert kept["units"] == road.unit.code
    changed = form(cast, division=None, reason="按会议记录更正", units=road.unit.code)
    assert client.post(f"/decisions/{decision.pk}/change/", changed).status_code == 302
    decision.refresh_from_db()
    assert decision.in_favour == 200
    listed = client.get("/decisions/?matter=7&body=members&q=收益").content.decode()
    assert f"/decisions/{decision.pk}/" in listed
    assert client.get("/decisions/?matter=8").context["count"] == 0
    assert client.get("/decisions/?export=csv").status_code == 200


@pytest.mark.parametrize(
    ("typed", "tone"),
    [
        ({"members_total": "300", "present": "200", "in_favour": "200"}, "tone-good"),
        ({"members_total": "300", "present": "200", "in_favour": "199"}, "tone-alarm"),
        ({"members_total": "300", "present": "200"}, "tone-unknown"),
        ({"members_total": "300", "present": "301"}, "301"),
        ({}, ""),
        ({"members_total": "x", "body": "nobody"}, ""),
    ],
)
def test_the_verdict_is_shown_while_the_counts_are_typed(as_, cast, typed, tone):
    asked = {"body": "members", "held_on": "2026-05-20", "division": cast.village.pk} | typed
    answer = as_("asset_manager").get("/decisions/verdict/", asked)
    assert answer.status_code == 200
    assert tone in answer.content.decode()


def test_the_list_asks_no_more_for_more(as_, cast, django_assert_max_num_queries):
    for _number in range(30):
        make.decision(cast.village)
    client = as_("county")
    client.get("/decisions/")
    with django_assert_max_num_queries(20):
        assert client.get("/decisions/").context["count"] == 30
