"""Pages of the life of assets: what comes next, the forms, the villages, summaries, public notices."""

import datetime as dt
import io

import openpyxl
import pytest
from django.urls import reverse
from django.utils import translation

from assets.models import Inspection, LifeStep, PublishedSummary
from registry import clock
from registry.models import Draft, Notice
from registry.notice_texts import made
from registry.services import drafts
from registry.services.notices import Posting, register_notice
from tests import factories as make

from .lives import step

PAPER = {"source": "new", "source_kind": "decision", "source_number": "新政发〔2026〕9号"}
IDLE = {"on": "2026-02-01", "reason": "承租人退租", "source": ""}
pytestmark = pytest.mark.django_db


def page(client, unit):
    return client.get(f"/u/{unit.code}").content.decode()


def act_url(unit, act):
    return reverse("life_act", args=[unit.pk, act])


def test_the_page_offers_what_the_state_and_the_role_allow(as_, plant):
    offered = page(as_("asset_manager"), plant.unit)
    assert act_url(plant.unit, "report_idle") in offered
    assert act_url(plant.unit, "recover") not in offered
    assert act_url(plant.unit, "consume") not in offered
    assert reverse("unit_state", args=[plant.unit.pk]) not in offered
    assert act_url(plant.unit, "report_idle") not in page(as_("finance_officer"), plant.unit)
    assert act_url(plant.unit, "report_idle") in page(as_("clerk"), plant.unit)  # to draft it
    step(plant, "report_idle", "2026-02-01")
    offered = page(as_("asset_manager"), plant.unit)
    assert act_url(plant.unit, "recover") in offered
    assert "承租" not in offered


def test_the_page_says_what_lacks_before_the_form_is_opened(as_, plant):
    step(plant, "request_disposal", "2026-02-01")
    shown = as_("asset_manager").get(f"/u/{plant.unit.code}").context["answers"]
    acts = next(answer.values["acts"] for answer in shown if answer.panel.key == "next")
    lacks = {str(act["url"]).rsplit("/", 2)[1]: act["lacks"] for act in acts}
    assert len(lacks["dispose"]) == 2  # the approvals, the notice
    assert lacks["approve_disposal"] == []


def test_an_act_is_recorded_with_its_form_and_annulled(as_, plant):
    client = as_("asset_manager")
    wrong = client.post(act_url(plant.unit, "report_idle"), {**IDLE, "reason": ""})
    assert wrong.status_code == 200
    assert client.post(act_url(plant.unit, "report_idle"), IDLE).status_code == 302
    plan = {"on": "2026-02-02", "source": "", "measure": "招商", "deadline": "2026-12-31", "person": "杨文"}
    assert client.post(act_url(plant.unit, "plan_recovery"), plan).status_code == 302
    made_ = LifeStep.objects.get(act="plan_recovery")
    assert (made_.person.name, made_.state) == ("杨文", "recovering")
    assert "招商" in page(client, plant.unit)
    annul = reverse("life_annul", args=[made_.pk])
    assert annul in page(client, plant.unit)
    assert client.post(annul, {"reason": "方案未经讨论"}).status_code == 302
    plant.unit.refresh_from_db()
    assert plant.unit.state == "idle"


def test_a_handover_names_two_bodies_and_its_list(as_, cast, plant):
    make.party("新华乡人民政府", "government", cast.xinhua)
    said = {"on": "2026-02-01", "giver": "新华乡人民政府", "receiver": "甲村合作社", **PAPER,
            "source_kind": "handover"}  # fmt: skip
    client = as_("asset_manager")
    unknown = client.post(act_url(plant.unit, "hand_over"), {**said, "giver": "某公司"})
    assert "某公司" in unknown.content.decode()
    assert client.post(act_url(plant.unit, "hand_over"), said).status_code == 302
    plant.refresh_from_db()
    assert plant.handed_over_on == dt.date(2026, 2, 1)


def test_a_clerk_drafts_an_act_that_has_no_effect_until_it_is_accepted(as_, cast, plant):
    assert as_("clerk").post(act_url(plant.unit, "report_idle"), IDLE).status_code == 302
    draft = Draft.objects.get()
    assert not LifeStep.objects.exists()
    assert as_("asset_manager").get(reverse("draft", args=[draft.pk])).status_code == 200
    drafts.accept(draft=draft, by=cast.users["asset_manager"])
    assert LifeStep.objects.get().reason == "承租人退租"


def test_an_unknown_act_is_not_there(as_, plant):
    assert as_("asset_manager").get(act_url(plant.unit, "nothing")).status_code == 404


def test_the_villages_say_what_waits_and_lead_to_the_act(as_, cast):
    bare = make.asset("无人管护", cast.village)
    client = as_("asset_manager")
    shown = client.get(reverse("asset_work")).content.decode()
    link = f"?village={cast.village.pk}"
    assert link in shown
    inside = client.get(reverse("asset_work") + link).content.decode()
    assert reverse("name_keeper", args=[bare.unit.pk]) in inside
    assert client.get(reverse("asset_work") + f"?village={cast.far.pk}").status_code == 404


def test_one_round_of_inspection_for_a_village(as_, cast):
    for name in ("路一", "路二"):
        make.asset(name, cast.village)
    make.asset("别村", make.village(cast.xinhua))
    url = reverse("assets_inspections") + f"?below={cast.village.pk}"
    said = {"condition": "good", "inspected_on": "2026-02-01", "inspector": "杨文", "count": "2"}
    client = as_("asset_manager")
    assert client.post(url, {**said, "count": "3"}).status_code == 200
    assert client.post(url, said).status_code == 302
    assert set(Inspection.objects.values_list("unit__name", flat=True)) == {"路一", "路二"}
    assert client.post(url, said).status_code == 200  # the same again: both refuse it
    assert Inspection.objects.count() == 2


def test_the_summary_is_shown_exported_and_published_once(as_, cast, road):
    client = as_("asset_manager")
    shown = client.get(reverse("asset_summary") + "?period=year&year=2025&month=1").content.decode()
    assert "120,000.00" in shown
    answer = client.get(reverse("asset_summary_export"))
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    cells = [cell.value for row in sheet.iter_rows() for cell in row]
    assert "公益性资产" in cells or "public-welfare asset" in cells
    url, said = reverse("asset_summary_publish"), {"period": "year", "year": "2025", "month": "1"}
    assert client.post(url, said).status_code == 302
    assert client.post(url, said).status_code == 302
    assert PublishedSummary.objects.get().as_of == dt.date(2025, 12, 31)


@pytest.mark.parametrize("kind", ["inventory", "rights", "upkeep", "disposal", "annual"])
def test_texts_of_notices_come_from_the_facts_and_name_no_person(as_, cast, road, kind):
    house = make.asset("杨家老屋", cast.village, subtype="service", state="accepted")
    make.entry(house, "ownership", make.person("杨秀英", cast.village))
    with translation.override("zh-hans"):
        told, of_the_town = made(kind, cast.village), made(kind, cast.xinhua)
    assert cast.village.name in told.title
    assert "杨秀英" not in told.text
    assert "李秀英" not in told.text
    shown = as_("asset_manager").get(reverse("notice_new") + f"?made={kind}")
    assert of_the_town.title in shown.content.decode()
    posting = Posting(kind=kind, title=told.title, text=told.text, opened_on=dt.date(2026, 2, 1),
                      closed_on=dt.date(2026, 2, 10))  # fmt: skip
    register_notice(division=cast.village, posting=posting, by=None)


def test_the_public_reads_what_hangs_today_and_nothing_else(as_, cast):
    today = clock.today()
    one, later = dt.timedelta(days=1), dt.timedelta(days=10)
    hanging = make.notice(cast.village, title="今日公示", opened_on=today, closed_on=today, text="内容")
    make.objection(hanging, text="面积有误", answered_on=today, answer="已复核")
    past = make.notice(cast.village, title="昨日到期", opened_on=today - later, closed_on=today - one)
    coming = make.notice(cast.village, title="明日开始", opened_on=today + one, closed_on=today + later)
    gone = make.notice(cast.village, title="已撤销", opened_on=today, closed_on=today)
    Notice.objects.filter(pk=gone.pk).update(annulled=make.act(make.unit(of=cast.village)))
    stranger = as_("anonymous")
    shown = stranger.get(reverse("public")).content.decode()
    assert "今日公示" in shown
    for hidden in (past, coming, gone):
        assert hidden.title not in shown
        assert stranger.get(reverse("public_notice", args=[hidden.pk])).status_code == 404
    detail = stranger.get(reverse("public_notice", args=[hanging.pk])).content.decode()
    assert "面积有误" in detail
    assert "已复核" in detail


def test_the_public_site_masks_private_numbers_that_an_import_brought(as_, cast):
    today = clock.today()
    notice = make.notice(cast.village, title="名单", text="电话13887654321", opened_on=today, closed_on=today)
    make.objection(notice, text="请打13887654321")
    detail = as_("anonymous").get(reverse("public_notice", args=[notice.pk])).content.decode()
    assert "13887654321" not in detail
