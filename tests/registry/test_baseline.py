"""The baseline of a division: counted apart, one plan a rule, set by whom it concerns."""

import datetime as dt

import pytest

from registry import clock
from registry.errors import NotAllowed, RegistryError
from registry.models import Act, BaselinePlan
from registry.queries.baseline import baseline_of
from registry.rules.engine import evaluate
from registry.services.baseline import set_plan
from tests import factories as make
from tests.conftest import open_finding

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 3, 10)


@pytest.fixture(autouse=True)
def march(monkeypatch):
    monkeypatch.setattr(clock, "today", lambda: TODAY)


def plan(cast, by, division=None, **more):
    values = {
        "rule": "UPK-02",
        "text": "按村排查，逐条落实管护责任人",
        "due_on": dt.date(2026, 6, 30),
        "person": None,
    } | more
    return set_plan(division=division or cast.xinhua, by=by, **values)


def stock(cast, **states):
    for state, count in states.items():
        ended = {"closed_on": TODAY} if state in ("closed", "dismissed") else {}
        if state == "waived":
            ended = {"waived_until": dt.date(2027, 1, 1), "paper": make.source(cast.xinhua)}
        for _number in range(count):
            unit = make.asset(of=cast.village).unit
            open_finding(unit, "UPK-02", state=state, baseline=True, since=dt.date(2024, 1, 1), **ended)


def test_what_was_true_before_go_live_is_the_baseline_and_what_became_true_after_it_is_new(cast):
    make.asset("老路", cast.village, state_since=dt.date(2025, 12, 31))
    make.asset("新路", cast.village, state_since=dt.date(2026, 1, 1))
    evaluate(as_of=TODAY, rule_ids=["RIG-01"])
    found = baseline_of(cast.county, cast.users["county"])
    assert (found.go_live, [(line.rule, line.open) for line in found.lines]) == (
        dt.date(2026, 1, 1),
        [("RIG-01", 1)],
    )


def test_the_baseline_is_counted_by_rule_and_state_and_says_how_much_is_worked_off(cast):
    stock(cast, open=2, rectifying=1, closed=3, waived=1, dismissed=1)
    open_finding(make.asset(of=cast.village).unit, "UPK-02")
    open_finding(make.asset(of=cast.far).unit, "UPK-01", baseline=True)
    found = baseline_of(cast.xinhua, cast.users["asset_manager"])
    (line,) = found.lines
    assert (line.total, line.open, line.rectified, line.waived, line.dismissed) == (8, 3, 3, 1, 1)
    assert (found.total, found.worked_off) == (8, 4)
    assert len(baseline_of(cast.county, cast.users["county"]).lines) == 2


def test_a_rule_has_one_plan_a_division_and_the_nearest_one_holds(cast):
    stock(cast, open=1)
    upper = plan(cast, cast.users["county"], cast.county)
    line = baseline_of(cast.xinhua, cast.users["asset_manager"]).lines[0]
    assert (line.plan, line.own) == (upper, False)
    plan(cast, cast.users["asset_manager"])
    plan(cast, cast.users["asset_manager"], text="先公路后水利，六月底前完成", person=cast.users["county"])
    own = BaselinePlan.objects.get(division=cast.xinhua)
    line = baseline_of(cast.xinhua, cast.users["asset_manager"]).lines[0]
    assert (line.plan, line.own, own.person) == (own, True, cast.users["county"])
    acts = Act.objects.filter(verb="baseline_planned", division=cast.xinhua).order_by("id")
    assert [bool(act.before) for act in acts] == [False, True]


@pytest.mark.parametrize(
    ("who", "rule", "may"),
    [
        ("admin", "LND-01", True), ("county", "UPK-02", True), ("asset_manager", "UPK-02", True),
        ("land_officer", "LND-01", True), ("asset_manager", "LND-01", False),
        ("land_officer", "UPK-02", False), ("clerk", "UPK-02", False), ("auditor", "UPK-02", False),
        ("elsewhere", "UPK-02", False),
    ],
)  # fmt: skip
def test_the_office_of_the_rule_or_the_county_sets_the_plan(cast, who, rule, may):
    if may:
        assert plan(cast, cast.users[who], rule=rule).pk
        return
    with pytest.raises(NotAllowed):
        plan(cast, cast.users[who], rule=rule)
    assert not BaselinePlan.objects.exists()


def test_a_plan_says_something_ends_ahead_and_needs_a_go_live_date(cast):
    for values, code in (
        ({"rule": "NIL-99"}, "no_rule"),
        ({"text": "尽快"}, "no_plan"),
        ({"due_on": dt.date(2026, 3, 9)}, "past_date"),
        ({"person": cast.users["elsewhere"]}, "no_officer"),
    ):
        with pytest.raises(RegistryError) as refusal:
            plan(cast, cast.users["county"], **values)
        assert refusal.value.code == code
    assert plan(cast, cast.users["county"], due_on=TODAY).pk
    cast.county.go_live = None
    cast.county.save()
    with pytest.raises(RegistryError) as refusal:
        plan(cast, cast.users["county"])
    assert refusal.value.code == "no_go_live"


def test_the_page_shows_the_plans_and_the_form_sets_one(as_, cast):
    stock(cast, open=1, closed=1)
    client = as_("asset_manager")
    page = client.get("/findings/baseline/").content.decode()
    assert "/findings/baseline/UPK-02/" in page
    assert "/findings/baseline/UPK-02/" not in as_("auditor").get("/findings/baseline/").content.decode()
    data = {"text": "按村排查，逐条落实管护责任人", "due_on": "2026-06-30"}
    assert client.post("/findings/baseline/UPK-02/", data)["Location"] == "/findings/baseline/"
    assert "按村排查" in client.get("/findings/baseline/").content.decode()
    assert client.post("/findings/baseline/UPK-02/", {**data, "due_on": "2026-01-01"}).status_code == 200
    assert as_("land_officer").post("/findings/baseline/UPK-02/", data).status_code == 403
    assert as_("auditor").post("/findings/baseline/UPK-02/", data).status_code == 403
    assert BaselinePlan.objects.count() == 1
