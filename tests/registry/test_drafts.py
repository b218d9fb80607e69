"""Drafts of clerks: without effect until an officer accepts them as his own act; returned with a reason."""

import datetime as dt

import pytest

from registry import clock
from registry.codes import DraftState, Role
from registry.errors import BadInput, NotAllowed, RegistryError, RuleBroken
from registry.models import Act, Draft, Entry, Party, Source
from registry.services import drafts
from tests import factories as make

STATE = {"state": "idle", "on": "2026-01-02", "source": "new", "source_kind": "other",
         "source_title": "村会议记录", "reason": "无人使用"}  # fmt: skip
PAPER = {
    "source": "new",
    "source_kind": "decision",
    "source_number": "新政发〔2026〕3号",
    "reason": "村集体分配",
}


def drafted(cast, unit, verb="unit_state", payload=None):
    return drafts.draft(verb=verb, unit=unit, payload=payload or STATE, by=cast.users[Role.CLERK])


@pytest.mark.django_db
def test_a_draft_changes_nothing_until_an_officer_accepts_it_as_his_own(cast, road):
    before = list(Entry.objects.order_by("pk").values())
    draft = drafted(cast, road.unit)
    road.unit.refresh_from_db()
    assert (road.unit.state, list(Entry.objects.order_by("pk").values())) == ("in_use", before)
    assert not Source.objects.filter(title="村会议记录").exists()
    officer = cast.users[Role.ASSET_MANAGER]
    drafts.accept(draft=draft, by=officer)
    road.unit.refresh_from_db()
    draft.refresh_from_db()
    assert (road.unit.state, draft.state, draft.decided_by) == ("idle", DraftState.ACCEPTED, officer)
    acts = {act.verb: act for act in Act.objects.filter(unit=road.unit, user=officer)}
    assert acts["unit_state"].source.title == "村会议记录"
    assert acts["draft_accepted"].after == {"draft": draft.pk, "act": "unit_state"}
    assert acts["draft_accepted"].tx == acts["unit_state"].tx
    with pytest.raises(RegistryError) as refusal:
        drafts.accept(draft=draft, by=officer)
    assert refusal.value.code == "not_waiting"


@pytest.mark.django_db
def test_who_may_draft_decide_and_withdraw(cast, road):
    draft = drafted(cast, road.unit)
    clerk, finance = cast.users[Role.CLERK], cast.users[Role.FINANCE_OFFICER]
    for attempt in (
        lambda: drafts.accept(draft=draft, by=clerk),
        lambda: drafts.return_draft(draft=draft, by=clerk, reason="请补充"),
        lambda: drafts.accept(draft=draft, by=finance),
        lambda: drafts.accept(draft=draft, by=cast.users["elsewhere"]),
        lambda: drafts.withdraw(draft=draft, by=finance),
        lambda: drafts.draft(verb="unit_state", unit=road.unit, payload=STATE, by=finance),
    ):
        with pytest.raises(NotAllowed):
            attempt()
    with pytest.raises(BadInput):
        drafts.draft(verb="no_such_act", unit=road.unit, payload={}, by=clerk)
    with pytest.raises(BadInput):
        drafts.return_draft(draft=draft, by=finance, reason=" ")
    returned = drafts.return_draft(draft=draft, by=finance, reason="请附会议记录")
    assert (returned.state, returned.reason) == (DraftState.RETURNED, "请附会议记录")
    assert drafts.withdraw(draft=drafted(cast, road.unit), by=clerk).state == DraftState.WITHDRAWN
    road.unit.refresh_from_db()
    assert road.unit.state == "in_use"


@pytest.mark.django_db
def test_what_the_register_refuses_leaves_the_draft_waiting_and_nothing_written(cast, plant):
    owner = plant.unit.entries.filter(code="income").first()
    bad = {**PAPER, "entry": str(owner.pk), "on": "2026-02-01"}
    draft = drafted(cast, plant.unit, "entry_ended", bad)
    with pytest.raises(RuleBroken, match="2026-02-01"):
        drafts.accept(draft=draft, by=cast.users[Role.ASSET_MANAGER])
    draft.refresh_from_db()
    assert draft.state == DraftState.WAITING
    assert not Source.objects.filter(number="新政发〔2026〕3号").exists()
    assert not Act.objects.filter(verb="draft_accepted").exists()
    with pytest.raises(BadInput) as refusal:
        drafts.accept(
            draft=drafted(cast, plant.unit, "unit_state", {"state": "idle"}), by=cast.users[Role.ADMIN]
        )
    assert refusal.value.code == "draft_does_not_fit"


@pytest.mark.django_db
def test_a_finance_officer_accepts_what_is_about_income(cast, plant):
    owner = plant.unit.entries.filter(code="income", share_num=3).get()
    new = make.party("丙村合作社", of=cast.village)
    payload = {**PAPER, "entry": str(owner.pk), "on": "2026-02-01", "party_1": new.name, "share_1": "1/5"}
    drafts.accept(
        draft=drafted(cast, plant.unit, "entry_transferred", payload), by=cast.users[Role.FINANCE_OFFICER]
    )
    held = Entry.objects.as_of(dt.date(2026, 2, 1)).filter(unit=plant.unit, code="income")
    assert sorted((e.party.name[0], str(e.share)) for e in held) == [
        ("丙", "1/5"),
        ("乙", "2/5"),
        ("甲", "2/5"),
    ]


# --- pages


def test_the_clerk_sends_the_officers_form_and_the_officer_finds_it(as_, cast, road):
    url, clerk, officer = f"/units/{road.unit.pk}/state/", as_("clerk"), as_("asset_manager")
    assert "Save as a draft" in clerk.get(url, HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "Save as a draft" not in officer.get(url, HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert clerk.post(url, {**STATE, "on": "2999-01-01"}).status_code == 200
    assert not Draft.objects.exists()
    assert clerk.post(url, STATE).status_code == 302
    draft = Draft.objects.get()
    assert (draft.payload["state"], draft.note, draft.division) == ("idle", "无人使用", road.unit.division)
    page = f"/drafts/{draft.pk}/"
    assert f'href="{page}"' in officer.get("/").content.decode()
    assert f'href="{page}"' in officer.get("/drafts/").content.decode()
    said = officer.get(page).content.decode()
    assert "无人使用" in said
    assert f"{page}accept/" in said
    assert f"{page}accept/" not in clerk.get(page).content.decode()
    assert as_("elsewhere").get(page).status_code == 404
    assert clerk.post(f"{page}accept/").status_code == 403
    assert officer.post(f"{page}return/", {"reason": "请附会议记录"}).status_code == 302
    assert "请附会议记录" in clerk.get("/").content.decode()
    assert "请附会议记录" in clerk.get(page).content.decode()


def test_a_keeper_is_drafted_without_the_phone_and_named_when_accepted(as_, cast, road):
    form = {
        "body_name": "小寨村民小组", "body_kind": "village_committee", "person_name": "陶志明",
        "phone": "13887350001", "valid_from": "2026-03-01", "source_kind": "agreement",
        "source_title": "管护协议",
    }  # fmt: skip
    assert as_("clerk").post(f"/units/{road.unit.pk}/keeper/", form).status_code == 302
    draft = Draft.objects.get()
    assert (draft.verb, "phone" in draft.payload) == ("keeper_named", False)
    assert not Party.objects.filter(name="陶志明").exists()
    assert "陶志明" not in as_("auditor").get(f"/drafts/{draft.pk}/").content.decode()
    assert "陶志明" in as_("clerk").get(f"/drafts/{draft.pk}/").content.decode()
    as_("asset_manager").post(f"/drafts/{draft.pk}/accept/")
    duty = Entry.objects.as_of(dt.date(2026, 3, 1)).get(unit=road.unit, code="upkeep")
    assert (duty.party.name, duty.agent.name) == ("小寨村民小组", "陶志明")


def test_a_clerk_of_another_village_has_no_such_draft(as_, cast):
    other = make.unit("邻村水窖", make.village(cast.xinhua, "羊街村委会"))
    neighbour = make.user(Role.CLERK, other.division)
    draft = drafts.draft(verb="unit_state", unit=other, payload=STATE, by=neighbour)
    assert as_("clerk").get(f"/drafts/{draft.pk}/").status_code == 404
    assert as_("clerk").post(f"/drafts/{draft.pk}/withdraw/").status_code == 404
    assert as_("asset_manager").get(f"/drafts/{draft.pk}/").status_code == 200
    assert clock.today() >= dt.date(2026, 1, 1)
