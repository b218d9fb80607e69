"""Public notices: no private numbers, days that fit, objections with answers, the sheet that hangs."""

import datetime as dt

import pytest

from registry.checkdigits import id_check
from registry.errors import BadInput, NotAllowed, RuleBroken
from registry.models import Act, Finding, Notice, Objection
from registry.services.notices import Posting, answer_objection, raise_objection, register_notice
from registry.views.notices import public_text
from tests import factories as make

pytestmark = pytest.mark.django_db
ID = "53252319900307123" + id_check("53252319900307123")
FIRST, LAST = dt.date(2026, 5, 1), dt.date(2026, 5, 10)


def posting(**fields):
    values = {
        "kind": "rights",
        "title": "确权公示",
        "opened_on": FIRST,
        "closed_on": LAST,
        "text": "岩峰产业道路",
    }
    return Posting(**values | fields)


def form(cast, **fields):
    values = {
        "division": cast.village.pk, "kind": "rights", "title": "确权公示", "opened_on": "2026-05-01",
        "closed_on": "2026-05-10", "text": "岩峰产业道路", "next": "",
    }  # fmt: skip
    return values | fields


def test_a_notice_is_registered_with_its_things_paper_and_act(cast, road):
    decision = make.decision(cast.village)
    made = register_notice(
        division=cast.village,
        posting=posting(units=(road.unit,), decision=decision, paper_number="新政发〔2026〕9号"),
        by=cast.users["asset_manager"],
    )
    assert (made.days, list(made.units.all()), made.source.number) == (10, [road.unit], "新政发〔2026〕9号")
    act = Act.objects.get(verb="notice_registered")
    assert (act.subject, act.after["decision"]) == (f"notice:{made.pk}", decision.pk)
    assert not Finding.objects.filter(subject_type="notice").exists()


@pytest.mark.parametrize("field", ["text", "title", "place", "channel"])
def test_NOT04_refuses_the_write_with_its_own_message_masked_and_says_where(cast, field):
    with pytest.raises(RuleBroken) as refused:
        register_notice(division=cast.village, posting=posting(**{field: f"杨文 {ID}"}), by=None)
    said = str(refused.value)
    assert (refused.value.code, said.startswith("NOT-04"), ID in said, "4" in said) == (
        "NOT-04",
        True,
        False,
        True,
    )
    assert Notice.objects.count() == Act.objects.count() == 0


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"kind": "rumour"}, "kind"),
        ({"title": ""}, "title"),
        ({"closed_on": dt.date(2026, 4, 30)}, "closed_on"),
        ({"closed_on": dt.date(2062, 5, 10)}, "closed_on"),
        ({"covers_from": FIRST}, "covers_to"),
        ({"covers_to": FIRST}, "covers_from"),
        ({"covers_from": LAST, "covers_to": FIRST}, "covers_to"),
        ({"kind": "finance"}, "covers_from"),
        ({"text": "长" * 20_001}, "text"),
    ],
)
def test_days_that_do_not_fit_are_refused_with_the_field(cast, fields, code):
    with pytest.raises(BadInput) as refused:
        register_notice(division=cast.village, posting=posting(**fields), by=None)
    assert refused.value.code == code
    assert str(refused.value)


def test_only_officers_of_the_place_publish(cast, road):
    for who in ("clerk", "auditor", "county", "land_officer", "elsewhere"):
        with pytest.raises(NotAllowed):
            register_notice(division=cast.village, posting=posting(), by=cast.users[who])
    with pytest.raises(BadInput, match=road.unit.name):
        register_notice(division=cast.far, posting=posting(units=(road.unit,)), by=None)
    with pytest.raises(BadInput):
        register_notice(division=cast.far, posting=posting(decision=make.decision(cast.village)), by=None)


def test_rules_follow_a_notice_at_once_also_those_of_its_place_and_its_things(cast):
    unit = make.unit("旧校舍", cast.village, state="disposed", state_since=dt.date(2026, 5, 20))
    plan = {
        "kind": "distribution_plan",
        "matter": "F1",
        "opened_on": dt.date(2026, 3, 1),
        "closed_on": dt.date(2026, 3, 5),
    }
    register_notice(division=cast.village, posting=posting(**plan), by=None)
    open_ = lambda: set(Finding.objects.open().values_list("rule", flat=True))  # noqa: E731
    assert {"NOT-01", "NOT-02"} <= open_()
    result = posting(kind="distribution_result", matter="F1")
    register_notice(division=cast.village, posting=result, by=None)
    assert "NOT-02" not in open_()
    register_notice(division=cast.village, posting=posting(kind="disposal", units=(unit,)), by=None)
    assert "NOT-05" not in open_()


def test_objections_are_written_down_and_answered_once(cast):
    notice = make.notice(cast.village)
    officer = cast.users["finance_officer"]
    made = raise_objection(notice=notice, raised_on=dt.date(2026, 5, 3), text="面积有误", by=officer)
    assert Finding.objects.open().filter(rule="NOT-01", details__variant="unanswered").exists()
    answered = {"objection": made, "answered_on": dt.date(2026, 5, 8), "answer": "已复核", "by": officer}
    answer_objection(**answered)
    assert not Finding.objects.open().filter(rule="NOT-01").exists()
    with pytest.raises(BadInput):
        answer_objection(**answered)
    assert list(Act.objects.order_by("id").values_list("verb", flat=True)) == [
        "objection_raised",
        "objection_answered",
    ]


@pytest.mark.parametrize(
    ("day", "text", "error"),
    [
        (dt.date(2026, 4, 30), "面积有误", BadInput),
        (dt.date(2999, 1, 1), "面积有误", BadInput),
        (FIRST, " ", BadInput),
        (FIRST, f"找我 1388735{1234}", RuleBroken),
    ],
)
def test_objections_out_of_time_or_with_private_numbers_are_refused(cast, day, text, error):
    notice = make.notice(cast.village)
    with pytest.raises(error):
        raise_objection(notice=notice, raised_on=day, text=text, by=None)
    objection = make.objection(notice, raised_on=dt.date(2026, 5, 3))
    with pytest.raises(error):
        answer_objection(objection=objection, answered_on=day, answer=text, by=None)
    assert Objection.objects.filter(answer="").count() == 1


def test_the_form_shows_the_rule_at_the_field_and_keeps_nothing(as_, cast):
    answer = as_("asset_manager").post("/notices/new/", form(cast, text=f"杨文 {ID}", closed_on="2026-04-01"))
    errors = answer.context["form"].errors
    assert "NOT-04" in errors["text"][0]
    assert ID not in errors["text"][0]
    assert "closed_on" in errors
    assert Notice.objects.count() == 0


def test_pages_from_the_form_to_the_sheet(as_, cast, road):
    client = as_("asset_manager")
    answer = client.post("/notices/new/", form(cast, units=road.unit.code), follow=True)
    notice = Notice.objects.get()
    assert answer.redirect_chain[-1][0] == f"/notices/{notice.pk}/"
    assert road.unit.name in answer.content.decode()
    objection = {"raised_on": "2026-05-03", "text": "面积有误"}
    assert client.post(f"/notices/{notice.pk}/objections/new/", objection).status_code == 302
    made = notice.objections.get()
    assert "面积有误" in client.get(f"/notices/{notice.pk}/").content.decode()
    reply = {"answered_on": "2026-05-04", "answer": "已复核"}
    assert client.post(f"/objections/{made.pk}/answer/", reply).status_code == 302
    sheet = as_("clerk").get(f"/notices/{notice.pk}/print/").content.decode()
    assert "岩峰产业道路" in sheet
    assert "面积有误" not in sheet
    assert client.get("/notices/?kind=rights&standing=over").context["count"] == 1
    assert client.get("/notices/?standing=hanging").context["count"] == 0
    assert client.get("/notices/?export=csv").status_code == 200


def test_the_sheet_masks_what_an_import_brought(as_, cast):
    spread = " ".join(ID)
    notice = make.notice(cast.village, text=f"杨文（{spread}）分红 1200.00 元，电话138-8735-1234。")
    assert public_text(notice).startswith("杨文（532")
    page = as_("clerk").get(f"/notices/{notice.pk}/print/").content.decode()
    assert spread not in page
    assert "138-8735-1234" not in page
    assert "分红 1200.00 元" in page
