"""The pages of the kernel: workbench, division switch, unit page, findings."""

import datetime as dt

import pytest
from django.urls import reverse
from django.views import defaults
from hypothesis import given
from hypothesis import strategies as st

from registry import clock, workbench
from registry.models import Act, Finding
from tests import factories as make
from tests.conftest import open_finding

pytestmark = pytest.mark.django_db


def text(answer):
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


# --- workbench
def test_the_workbench_shows_at_most_ten_tasks(as_, cast):
    for number in range(15):
        open_finding(make.asset(f"路{number}", cast.village).unit)
    page = as_("asset_manager").get("/")
    assert len(page.context["tasks"]) == 10


@given(st.lists(st.integers(0, 15), max_size=6), st.lists(st.integers(0, 15), max_size=6))
def test_a_list_gives_no_more_tasks_beside_others_than_alone(mine, others):
    """Queues make no more tasks than may be shown, whatever other queues bring."""
    counts = workbench.in_turn(mine)
    assert sum(counts) == min(sum(mine), workbench.SHOWN)
    assert all(count <= length for count, length in zip(counts, mine, strict=True))
    for beside in (workbench.in_turn(mine + others), workbench.in_turn(others + mine)[len(others) :]):
        assert all(count <= alone for count, alone in zip(beside, counts, strict=False))
    assert workbench.in_turn(counts + others) == workbench.in_turn(mine + others)


def test_no_rule_crowds_out_another_on_the_workbench(as_, cast):
    for number in range(15):
        open_finding(make.asset(f"路{number}", cast.village).unit, "UPK-01")
    for number in range(3):
        open_finding(
            make.asset(f"桥{number}", cast.village).unit,
            "REG-06",
            details={"name": f"桥{number}", "completed": "x", "due": "y"},
        )
    titles = [task.title for task in as_("asset_manager").get("/").context["tasks"]]
    assert {"桥0", "桥1", "桥2"} <= set(titles)


def test_new_findings_come_before_the_baseline_and_are_counted_apart(as_, cast):
    open_finding(make.asset("老路", cast.village).unit, baseline=True, since=dt.date(2024, 1, 1))
    open_finding(make.asset("新路", cast.village).unit)
    context = as_("asset_manager").get("/").context
    assert [task.title for task in context["tasks"]][:2] == ["新路", "老路"]
    figure = next(item for item in context["figures"] if item["url"].startswith("/findings/"))
    assert figure["value"] == 1
    assert "1" in str(figure["note"])


def test_what_could_not_be_told_is_no_task(as_, cast):
    open_finding(make.asset("路", cast.village).unit, reading="no_data")
    assert as_("asset_manager").get("/").context["tasks"] == []


def test_each_office_sees_its_own_findings_only(as_, cast, road):
    open_finding(road.unit, "UPK-01")
    assert as_("land_officer").get("/").context["tasks"] == []
    assert len(as_("asset_manager").get("/").context["tasks"]) >= 1


def test_the_task_leads_to_the_act_that_puts_it_right(as_, road):
    open_finding(road.unit, "UPK-01")
    tasks = as_("asset_manager").get("/").context["tasks"]
    assert reverse("name_keeper", args=[road.unit.pk]) in [task.url for task in tasks]


def test_the_county_sees_totals_by_place_and_rule(as_, cast):
    open_finding(make.asset("路", cast.village).unit, "UPK-01")
    open_finding(make.asset("远路", cast.far).unit, "UPK-02")
    board = next(board for board in as_("county").get("/").context["boards"] if board["key"] == "totals")
    assert board["values"]["rows"] == [["新华乡", 1, "", 1], ["湾塘乡", "", 1, 1]]
    assert board["values"]["total"][1:] == [1, 1, 2]


def test_an_empty_register_offers_the_first_steps(as_):
    steps = as_("asset_manager").get("/").context["steps"]
    assert [step["url"] for step in steps] == ["/imports/new/ledger:assets/"]


# --- division switch
def test_the_switch_narrows_lists_to_the_chosen_place(as_, cast):
    make.asset("甲路", cast.village)
    make.asset("乙路", make.village(cast.xinhua, "羊街村委会"))
    client = as_("asset_manager")
    assert "乙路" in text(client.get("/assets/"))
    client.post("/divisions/switch/", {"division": cast.village.pk, "next": "/assets/"})
    page = text(client.get("/assets/"))
    assert "甲路" in page
    assert "乙路" not in page


def test_the_switch_does_not_lead_to_other_sites(as_, cast):
    answer = as_("asset_manager").post(
        "/divisions/switch/", {"division": cast.village.pk, "next": "//evil.example/"}
    )
    assert answer["Location"] == "/"


def test_the_switch_lists_only_places_that_one_may_see(as_, cast):
    page = text(as_("clerk").get("/divisions/"))
    assert cast.village.name in page
    assert "湾塘" not in page


# --- the page of a thing
def answered(page, key):
    """One of the answers in the first screen."""
    return next(shown for shown in page.context["answers"] if shown.panel.key == key)


def test_the_page_of_a_thing_answers_the_four_questions(as_, road):
    page = as_("asset_manager").get(f"/u/{road.unit.code}")
    keys = [shown.panel.key for shown in page.context["answers"]]
    assert keys == ["what", "upkeep", "income", "ground", "wrong", "next"]
    body = text(page)
    for word in ("新华村民委员会", "李秀英", "新政发〔2025〕12号", "3,000.00", "2026-01-05"):
        assert word in body


def test_the_shares_of_the_income_are_shown(as_, plant):
    body = text(as_("finance_officer").get(f"/u/{plant.unit.code}"))
    assert "甲村合作社" in body
    assert "3/5" in body


def test_a_role_without_income_is_told_so_and_shown_no_holder(as_, plant):
    page = as_("clerk").get(f"/u/{plant.unit.code}")
    assert answered(page, "income").closed
    assert "甲村合作社" not in text(page)


def test_names_of_keepers_are_masked_for_those_who_may_not_read_them(as_, road):
    assert "李*英" in text(as_("auditor").get(f"/u/{road.unit.code}"))
    assert "李秀英" not in text(as_("auditor").get(f"/u/{road.unit.code}"))


def test_a_phone_number_stands_on_no_page(as_, road):
    assert "13887350000" not in text(as_("asset_manager").get(f"/u/{road.unit.code}"))


def test_a_look_at_a_phone_number_stands_in_the_book(as_, cast, road):
    person = road.unit.entries.get(code="upkeep").agent
    answer = as_("asset_manager").post(
        f"/units/{road.unit.pk}/phone/{person.pk}/", headers={"HX-Request": "true"}
    )
    assert "13887350000" in text(answer)
    act = Act.objects.get(verb="personal_read")
    assert (act.user, act.unit, act.subject) == (cast.users["asset_manager"], road.unit, f"party:{person.pk}")
    assert "13887350000" not in str(act.after)


def test_the_phone_of_someone_not_named_on_the_thing_is_not_given(as_, cast, road):
    stranger = make.person("路人甲", cast.village, phone="13900000000")
    answer = as_("asset_manager").post(f"/units/{road.unit.pk}/phone/{stranger.pk}/")
    assert answer.status_code == 400
    assert "13900000000" not in answer.content.decode()


def test_a_thing_without_shape_says_that_the_ground_is_not_checked(as_, road):
    ground = answered(as_("land_officer").get(f"/u/{road.unit.code}"), "ground")
    assert ground.values == {"placed": False}


def test_a_thing_without_any_layer_has_no_data_and_no_pass(as_, road):
    make.shape(road, make.square())
    ground = answered(as_("land_officer").get(f"/u/{road.unit.code}"), "ground")
    assert ground.values["verdict"].verdict == "NO_DATA"


def test_a_former_code_still_finds_the_thing(as_, road):
    road.unit.former_codes = ["旧-01/2"]
    road.unit.save()
    assert "小寨产业道路" in text(as_("clerk").get("/u/旧-01/2"))


def test_an_unknown_code_gets_a_sentence(as_):
    answer = as_("clerk").get("/u/XX-1")
    assert answer.status_code == 404
    assert "XX-1" in answer.content.decode()


def test_what_is_wrong_names_remedy_and_office(as_, road):
    open_finding(
        road.unit, "UPK-06", details={"name": "小寨产业道路", "last": "2026-01-05", "due": "2026-02-04"}
    )
    wrong = answered(as_("asset_manager").get(f"/u/{road.unit.code}"), "wrong").values
    assert wrong["count"] == 1
    assert wrong["findings"][0]["url"] == reverse("record_inspection", args=[road.unit.pk])
    assert "小寨产业道路" in wrong["findings"][0]["sentence"]


# --- findings
def test_the_list_shows_open_findings_unless_asked_otherwise(as_, cast):
    open_finding(make.asset("开", cast.village).unit)
    open_finding(make.asset("关", cast.village).unit, state="closed", closed_on=dt.date(2026, 3, 1))
    client = as_("asset_manager")
    assert "关" not in {row.record.unit.name for row in client.get("/findings/").context["table"].rows}
    both = client.get("/findings/?state=every").context["table"].rows
    assert {row.record.unit.name for row in both} == {"开", "关"}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?rule=UPK-01", {"新"}),
        ("?baseline=baseline", {"旧"}),
        ("?reading=no_data", {"缺"}),
        ("?office=land_officer", {"田"}),
        ("?severity=W", set()),
    ],
)
def test_findings_are_filtered(as_, cast, query, found):
    open_finding(make.asset("新", cast.village).unit, "UPK-01")
    open_finding(make.asset("旧", cast.village).unit, "UPK-02", baseline=True)
    open_finding(make.asset("缺", cast.village).unit, "REG-07", reading="no_data")
    open_finding(make.asset("田", cast.village).unit, "LND-01")
    rows = as_("asset_manager").get("/findings/" + query).context["table"].rows
    assert {row.record.unit.name for row in rows} == found


def test_an_officer_takes_a_finding_up_and_the_book_says_why(as_, cast, road):
    finding = open_finding(road.unit)
    answer = as_("asset_manager").post(
        f"/findings/{finding.pk}/", {"do": "take_up", "measure": "已通知村委会，月底前落实"}
    )
    assert answer.status_code == 302
    finding.refresh_from_db()
    assert finding.state == "rectifying"
    act = Act.objects.get(verb="finding_taken_up")
    assert act.reason == "已通知村委会，月底前落实"
    assert act.user == cast.users["asset_manager"]
    assert act.before["state"] == "open"


def test_a_dismissed_finding_is_closed_today_with_its_reason(as_, road):
    finding = open_finding(road.unit)
    as_("asset_manager").post(f"/findings/{finding.pk}/", {"do": "dismiss", "reason": "现场已有管护人"})
    finding.refresh_from_db()
    assert (finding.state, finding.closed_on) == ("dismissed", clock.today())
    assert finding.closing["reason"] == "现场已有管护人"


def test_a_finding_is_not_worked_on_without_a_reason(as_, road):
    finding = open_finding(road.unit)
    answer = as_("asset_manager").post(f"/findings/{finding.pk}/", {"do": "take_up", "measure": " "})
    assert answer.status_code == 200
    assert Finding.objects.get(pk=finding.pk).state == "open"


def test_an_auditor_reads_a_finding_and_cannot_work_on_it(as_, road):
    finding = open_finding(road.unit)
    client = as_("auditor")
    assert not client.get(f"/findings/{finding.pk}/").context["acts"]
    client.post(f"/findings/{finding.pk}/", {"do": "dismiss", "reason": "不成立，已核实"})
    assert Finding.objects.get(pk=finding.pk).state == "open"


# --- refusals
def test_a_refusal_is_a_page_with_a_sentence(as_):
    answer = as_("clerk").get("/users/")
    assert answer.status_code == 403
    assert 'href="/"' in answer.content.decode()


def test_an_unknown_address_gets_a_page(as_):
    assert as_("clerk").get("/nichts/").status_code == 404


@pytest.mark.parametrize(
    ("view", "status"),
    [(defaults.server_error, 500), (defaults.bad_request, 400), (defaults.permission_denied, 403)],
)
def test_error_pages_are_sentences_and_need_no_database(rf, view, status):
    arguments = [] if view is defaults.server_error else [Exception()]
    answer = view(rf.get("/"), *arguments)
    assert answer.status_code == status
    assert "<h1>" in answer.content.decode()
