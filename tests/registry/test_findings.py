"""Work on findings: every act in every state, evidence, waivers, deadlines, and who may."""

import datetime as dt

import pytest
from django.db import Error, transaction

from registry import clock
from registry.codes import FindingState, Role
from registry.errors import NotAllowed, RegistryError
from registry.finding_acts import MOVES, FindingAct
from registry.models import Act, Finding, Rectification, Source
from registry.queries.findings import officers_of, sentence
from registry.rules.engine import evaluate
from registry.services import findings as services
from registry.services.finding_lists import enter_finding
from tests import factories as make
from tests.conftest import open_finding

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 3, 10)
SAID = "现场查看，已补签管护协议，村民小组长签字"


@pytest.fixture(autouse=True)
def march(monkeypatch):
    monkeypatch.setattr(clock, "today", lambda: TODAY)


@pytest.fixture
def finding(cast, road):
    return open_finding(road.unit, "UPK-02", details={"name": "小寨产业道路", "person": "李秀英"})


@pytest.fixture
def officer(cast):
    return cast.users["asset_manager"]


def put(finding, state):
    """The finding in a state, as the register would hold it."""
    ended = {
        FindingState.CLOSED: {"closed_on": TODAY, "closing": {"by": "officer"}},
        FindingState.DISMISSED: {"closed_on": TODAY, "closing": {"by": "officer"}},
        FindingState.WAIVED: {"waived_until": dt.date(2026, 6, 1), "paper": make.source(finding.division)},
    }
    Finding.objects.filter(pk=finding.pk).update(state=state, **ended.get(state, {}))
    finding.refresh_from_db()


def do(act, finding, by, source=None):
    values = {
        FindingAct.TAKE_UP: {"measure": "月底前补签管护协议", "due_on": dt.date(2026, 3, 31)},
        FindingAct.NOTE: {"kind": "progress", "text": "已到现场"},
        FindingAct.ASSIGN: {"office": Role.LAND_OFFICER},
        FindingAct.CLOSE: {"text": SAID},
        FindingAct.WAIVE: {"source": source, "until": dt.date(2026, 12, 31), "reason": "项目改建期间"},
        FindingAct.PUT_BACK: {"reason": "尚未核实清楚"},
        FindingAct.DISMISS: {"reason": "现场已有管护人"},
        FindingAct.REOPEN: {"reason": "复查发现仍未落实"},
    }
    return getattr(services, str(act))(finding=finding, by=by, **values[act])


@pytest.mark.parametrize("state", FindingState.values)
@pytest.mark.parametrize("act", FindingAct.values)
def test_an_act_leads_where_the_table_says_and_nowhere_else(finding, officer, state, act):
    source = make.source(finding.division)
    put(finding, state)
    move = MOVES[act]
    if state not in move.states:
        with pytest.raises(RegistryError) as refusal:
            do(act, finding, officer, source)
        assert refusal.value.code == "bad_state"
        finding.refresh_from_db()
        assert (finding.state, Rectification.objects.count()) == (state, 0)
        return
    do(act, finding, officer, source)
    finding.refresh_from_db()
    assert finding.state == (move.to or state)
    written = Act.objects.get(verb=move.word)
    assert (written.before["state"], written.after["state"]) == (state, finding.state)
    assert (written.user, written.subject) == (officer, f"finding:{finding.pk}")


@pytest.mark.parametrize("act", FindingAct.values)
def test_nobody_without_the_verb_here_does_anything(cast, finding, act):
    put(finding, MOVES[act].states[0])
    for who in ("auditor", "elsewhere", "nobody"):
        with pytest.raises(NotAllowed):
            do(act, finding, cast.users[who], make.source(finding.division))
    finding.refresh_from_db()
    assert finding.state == MOVES[act].states[0]


def test_a_clerk_writes_notes_and_does_not_close(cast, finding):
    do(FindingAct.NOTE, finding, cast.users["clerk"])
    with pytest.raises(NotAllowed):
        do(FindingAct.CLOSE, finding, cast.users["clerk"])
    assert Rectification.objects.get().by == cast.users["clerk"]


def test_taking_up_notes_the_measure_and_charges_a_person_with_a_deadline(finding, officer):
    do(FindingAct.TAKE_UP, finding, officer)
    finding.refresh_from_db()
    assert (finding.person, finding.due_on) == (officer, dt.date(2026, 3, 31))
    assert Rectification.objects.get().kind == "measure"


def test_a_person_must_hold_a_role_that_reaches_the_place_and_a_deadline_lies_ahead(cast, finding, officer):
    names = set(officers_of(finding.division, TODAY).values_list("username", flat=True))
    assert names == {
        "admin", "county", "asset_manager", "land_officer", "finance_officer", "clerk",
    }  # fmt: skip
    for who, due, code in (
        ("elsewhere", None, "no_officer"),
        ("auditor", None, "no_officer"),
        ("clerk", dt.date(2026, 3, 9), "past_date"),
    ):
        with pytest.raises(RegistryError) as refusal:
            services.assign(
                finding=finding, by=officer, office=Role.CLERK, person=cast.users[who], due_on=due
            )
        assert refusal.value.code == code
    services.assign(finding=finding, by=officer, office=Role.CLERK, person=cast.users["clerk"], due_on=TODAY)
    finding.refresh_from_db()
    assert (finding.office, finding.person, finding.due_on) == (Role.CLERK, cast.users["clerk"], TODAY)


@pytest.mark.parametrize(
    ("text", "paper", "closed"),
    [("", False, False), ("已整改", False, False), ("已整改到位", False, False), (SAID, False, True),
     ("见附件", True, False), ("见验收单", True, True), ("", True, True)],
)  # fmt: skip
def test_closing_needs_evidence_a_document_or_words_that_say_it(finding, officer, text, paper, closed):
    source = make.source(finding.division) if paper else None
    if not closed:
        with pytest.raises(RegistryError):
            services.close(finding=finding, by=officer, text=text, source=source)
        assert Rectification.objects.count() == 0
        return
    services.close(finding=finding, by=officer, text=text, source=source)
    finding.refresh_from_db()
    assert (finding.state, finding.closed_on, finding.closing["by"]) == ("closed", TODAY, "officer")


def test_evidence_in_the_notes_is_enough_but_not_the_evidence_of_an_earlier_closing(finding, officer):
    services.note(finding=finding, by=officer, kind="evidence", text=SAID)
    services.close(finding=finding, by=officer)
    services.reopen(finding=finding, by=officer, reason="复查发现仍未落实")
    with pytest.raises(RegistryError) as refusal:
        services.close(finding=finding, by=officer)
    assert refusal.value.code == "no_evidence"
    services.close(finding=finding, by=officer, text="再次现场核实，管护人已到岗履职")
    finding.refresh_from_db()
    assert finding.state == "closed"


def test_a_waiver_needs_a_document_and_a_day_ahead(finding, officer):
    for until, source, code in (
        (TODAY, make.source(finding.division), "past_date"),
        (dt.date(2026, 4, 1), None, "no_source"),
    ):
        with pytest.raises(RegistryError) as refusal:
            services.waive(finding=finding, by=officer, source=source, until=until, reason="改建期间")
        assert refusal.value.code == code
    source = make.source(finding.division)
    services.waive(finding=finding, by=officer, source=source, until=dt.date(2026, 3, 11), reason="改建期间")
    finding.refresh_from_db()
    assert (finding.state, finding.paper, finding.closed_on) == ("waived", source, None)


def test_the_reading_reopens_what_was_waived_on_its_day_and_what_was_closed_against_the_facts(cast):
    asset = make.asset("无主路", cast.village)
    evaluate(as_of=TODAY, rule_ids=["RIG-01"])
    found = Finding.objects.get(rule="RIG-01", unit=asset.unit)
    services.waive(
        finding=found,
        by=None,
        source=make.source(cast.xinhua),
        until=dt.date(2026, 4, 1),
        reason="正在办理确权",
    )
    evaluate(as_of=dt.date(2026, 3, 31), rule_ids=["RIG-01"])
    found.refresh_from_db()
    assert found.state == "waived"
    evaluate(as_of=dt.date(2026, 4, 1), rule_ids=["RIG-01"])
    found.refresh_from_db()
    assert (found.state, found.waived_until) == ("reopened", None)
    services.close(finding=found, by=None, text=SAID)
    evaluate(as_of=dt.date(2026, 4, 2), rule_ids=["RIG-01"])
    found.refresh_from_db()
    assert (found.state, Finding.objects.filter(rule="RIG-01").count()) == ("reopened", 1)


def test_a_waiver_of_a_lists_finding_ends_on_its_day(cast, officer):
    found = enter(cast, officer)
    source = make.source(cast.xinhua)
    services.waive(finding=found, by=officer, source=source, until=dt.date(2026, 4, 1), reason="改建期间")
    assert services.end_waivers(as_of=dt.date(2026, 3, 31)) == 0
    assert services.end_waivers(as_of=dt.date(2026, 4, 1)) == 1
    found.refresh_from_db()
    assert found.state == "reopened"


def test_what_a_reading_closed_is_not_opened_by_hand_nor_what_is_open_already(finding, officer):
    put(finding, FindingState.CLOSED)
    open_finding(finding.unit, "UPK-02")
    with pytest.raises(RegistryError) as refusal:
        services.reopen(finding=finding, by=officer, reason="复查发现仍未落实")
    assert refusal.value.code == "open_twice"
    Finding.objects.filter(pk=finding.pk).update(closing={"by": "evaluation"})
    with pytest.raises(RegistryError) as refusal:
        services.reopen(finding=finding, by=officer, reason="复查发现仍未落实")
    assert refusal.value.code == "closed_by_reading"


def test_notes_are_neither_changed_nor_deleted_and_have_a_length(finding, officer):
    services.note(finding=finding, by=officer, kind="progress", text="已到现场")
    for write in (lambda rows: rows.update(text="x"), lambda rows: rows.delete()):
        with pytest.raises(Error), transaction.atomic():
            write(Rectification.objects.all())
    for text in ("好", "长" * 501):
        with pytest.raises(RegistryError) as refusal:
            services.note(finding=finding, by=officer, kind="progress", text=text)
        assert refusal.value.code == "note_length"


# --- by hand
def enter(cast, by, **more):
    values = {
        "origin": "audit",
        "list_name": "屏审报〔2026〕3号",
        "number": "1",
        "text": "新华村产业道路无管护责任人",
        "division": cast.village,
        "office": Role.ASSET_MANAGER,
        "due_on": dt.date(2026, 5, 1),
    } | more
    return enter_finding(by=by, **values)


def test_a_problem_of_an_inspection_is_entered_once(cast, officer):
    found = enter(cast, officer, person=cast.users["clerk"])
    assert (found.origin, found.subject_key, found.state) == ("audit", "屏审报〔2026〕3号:1", "open")
    assert sentence(found) == "新华村产业道路无管护责任人"
    assert Act.objects.get(verb="finding_entered").user == officer
    for values, code in (
        ({}, "entered_twice"),
        ({"number": "2", "origin": "rule"}, "no_origin"),
        ({"number": "2", "text": "无"}, "no_text"),
        ({"number": " "}, "no_list"),
        ({"number": "2", "due_on": dt.date(2026, 3, 9)}, "past_date"),
        ({"number": "2", "person": cast.users["elsewhere"]}, "no_officer"),
    ):
        with pytest.raises(RegistryError) as refusal:
            enter(cast, officer, **values)
        assert refusal.value.code == code
    with pytest.raises(NotAllowed):
        enter(cast, officer, number="2", division=cast.far)
    with pytest.raises(NotAllowed):
        enter(cast, cast.users["clerk"], number="2")


# --- who reads what
def test_persons_in_the_sentence_are_masked_for_who_may_not_read_them(as_, cast, road):
    left = {"name": "路", "body": "新华村委会", "left": "2026-01-01", "variant": "keeper_left"}
    found = open_finding(road.unit, "UPK-02", details={**left, "person": "李秀英"})
    assert "李秀英" in sentence(found, cast.users["asset_manager"])
    for reader in (cast.users["auditor"], cast.users["land_officer"], cast.users["elsewhere"], None):
        assert "李秀英" not in sentence(found, reader)
        assert "李*英" in sentence(found, reader)
    for owner, shown in (("新华村合作社", "新华村合作社"), ("李秀英", "李*英"), ("古丽·买买提", "古****提")):
        assert shown in sentence(
            open_finding(road.unit, "RIG-03", subject_key=owner, details={"name": "路", "owner": owner})
        )
    page = as_("land_officer").get(f"/findings/{found.pk}/").content.decode()
    assert "李*英" in page
    assert "李秀英" not in page
    assert "李秀英" not in as_("auditor").get("/findings/?rule=UPK-02").content.decode()


# --- pages
def test_the_page_offers_what_fits_and_writes_what_was_sent(as_, cast, finding):
    url = f"/findings/{finding.pk}/"
    client = as_("asset_manager")
    page = client.get(url)
    shown = [tab["label"] for tab in page.context["acts"]]
    assert shown == [FindingAct(key).label for key in MOVES if "open" in MOVES[key].states and key]
    assert as_("auditor").get(url).context["acts"] == []
    assert [str(tab["label"]) for tab in as_("clerk").get(url).context["acts"]] == [FindingAct.NOTE.label]
    answer = client.post(url, {"do": "take_up", "measure": "补签协议，明确责任人", "due_on": "2026-03-31"})
    assert answer.status_code == 302
    client.post(url, {"do": "note", "kind": "progress", "text": "已与村委会商定人选"})
    client.post(url, {"do": "close", "text": "协议已签", "paper_number": "新政发〔2026〕8号"})
    finding.refresh_from_db()
    assert (finding.state, finding.paper.number) == ("closed", "新政发〔2026〕8号")
    titles = [event["title"] for event in client.get(url).context["events"]]
    assert len(titles) == 5
    assert [str(tab["label"]) for tab in client.get(url).context["acts"]] == [FindingAct.REOPEN.label]


def test_refusals_of_the_page_stand_above_the_form_and_write_nothing(as_, cast, finding):
    url = f"/findings/{finding.pk}/"
    client = as_("asset_manager")
    for data in (
        {"do": "close", "text": ""},
        {"do": "waive", "until": "2026-01-01", "reason": "改建期间", "paper_number": "新政发〔2026〕8号"},
        {"do": "waive", "until": "2026-12-01", "reason": "改建期间"},
        {"do": "reopen", "reason": "复查发现仍未落实"},
        {"do": "nonsense", "text": "x"},
    ):
        answer = client.post(url, data)
        assert (answer.status_code, bool(answer.context["form"].errors)) == (200, True), data
    assert as_("auditor").post(url, {"do": "dismiss", "reason": "不成立，已核实"}).status_code == 403
    assert as_("elsewhere").get(url).status_code == 404
    assert as_("elsewhere").post(url, {"do": "note"}).status_code == 404
    finding.refresh_from_db()
    assert (finding.state, Rectification.objects.count()) == ("open", 0)
    assert not Source.objects.filter(number="新政发〔2026〕8号").exists()


def test_the_list_finds_the_overdue_mine_and_those_of_lists(as_, cast, road, officer):
    late = open_finding(road.unit, "UPK-01", due_on=dt.date(2026, 3, 9))
    own = open_finding(road.unit, "UPK-02", due_on=dt.date(2026, 3, 12), person=officer)
    plain = open_finding(road.unit, "UPK-06")
    listed = enter(cast, officer)
    client = as_("asset_manager")

    def rows(query):
        return {row.record.pk for row in client.get(f"/findings/{query}").context["table"].rows}

    assert rows("?due=overdue") == {late.pk}
    assert rows("?due=soon") == {own.pk}
    assert rows("?due=none") == {plain.pk}
    assert rows("?person=mine") == {own.pk}
    assert rows("?origin=audit") == {listed.pk}
    assert rows("?office=asset_manager") == {late.pk, own.pk, plain.pk, listed.pk}


def test_the_workbench_begins_with_the_overdue_and_then_with_what_is_mine(as_, cast, road, officer):
    open_finding(road.unit, "UPK-01")
    open_finding(road.unit, "UPK-02", state="rectifying", due_on=dt.date(2026, 3, 9))
    open_finding(road.unit, "UPK-03", state="rectifying", person=officer, due_on=dt.date(2026, 3, 20))
    open_finding(road.unit, "UPK-04", state="rectifying", due_on=dt.date(2026, 3, 20))
    open_finding(road.unit, "UPK-06", state="waived", waived_until=dt.date(2026, 9, 1),
                 paper=make.source(cast.village))  # fmt: skip
    context = as_("asset_manager").get("/").context
    overdue = [figure for figure in context["figures"] if figure["url"].endswith("due=overdue")]
    assert [figure["value"] for figure in overdue] == [1]
    assert context["tasks"][0].badge.tone == "todo"
    assert len(context["tasks"]) == 3


def test_a_problem_is_entered_on_its_page(as_, cast, road):
    data = {
        "origin": "inspection", "list_name": "县委巡察二组反馈", "number": "7", "text": "道路塌方未修复",
        "division": cast.village.pk, "unit_code": road.unit.code, "office": "asset_manager",
        "due_on": "2026-04-01",
    }  # fmt: skip
    answer = as_("asset_manager").post("/findings/new/", data)
    found = Finding.objects.get(subject_type="list")
    assert (answer.status_code, answer["Location"]) == (302, f"/findings/{found.pk}/")
    assert (found.unit, found.division) == (road.unit, cast.village)
    again = as_("asset_manager").post("/findings/new/", data)
    assert again.status_code == 200
    assert again.context["form"].errors
    wrong = as_("asset_manager").post("/findings/new/", {**data, "number": "8", "unit_code": "KEIN"})
    assert "unit_code" in wrong.context["form"].errors
