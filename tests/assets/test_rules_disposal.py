"""DSP-01 to DSP-05, STK-03, 04, 05, 07, NOT-05: how assets end, stand idle, change their use."""

import datetime as dt
from decimal import Decimal

import pytest

from assets.rules.disposal import SHIPPED, lacking, problem
from assets.services.life import annul_step
from registry.codes import Reading
from registry.models import Entry, Finding
from registry.queries.findings import sentence
from registry.rules.engine import evaluate
from tests import factories as make

from .lives import approve_all, notice, owned, step

DAY = dt.date(2026, 6, 1)
day = make.day
pytestmark = pytest.mark.django_db


def read(rule, when=DAY):
    tally = evaluate(as_of=when, rule_ids=[rule])[rule]
    found = {f.details["name"]: f for f in Finding.objects.open().filter(rule=rule)}
    assert all(sentence(finding) for finding in found.values())
    return tally, found


def disposed(name="冷库", **said):
    """Disposed of as it must be, on 2025-11-01."""
    asset = owned(name)
    step(asset, "request_disposal", "2025-10-01")
    approve_all(asset, "2025-10-10")
    notice(asset, "disposal", "2025-10-25")
    step(asset, "dispose", "2025-11-01", **said)
    return asset


def owner(asset):
    return Entry.objects.get(unit=asset.unit, code="ownership").party


def test_DSP01_disposed_of_without_approvals_is_found():
    asset = make.asset("旧校舍", subtype="education", state="disposed", state_since=day("2026-03-01"))
    make.entry(asset, end="2026-03-01")
    _tally, found = read("DSP-01")
    assert found["旧校舍"].since == day("2026-03-01")
    assert found["旧校舍"].details["offices"].count("、") == 2


def test_DSP01_does_not_find_what_was_approved_nor_households():
    disposed()
    make.asset("灶", subtype="small_machine", state="disposed")
    assert read("DSP-01")[0] == {"checked": 1, "open": 0, "new": 0, "closed": 0, "no_data": 0}


def test_DSP01_boundary_each_group_by_the_kind_of_the_owner():
    assert lacking(SHIPPED, ["village_collective"], ["villagers", "township", "sector"]) == []
    assert lacking(SHIPPED, ["village_collective"], ["villagers", "township"]) == [["sector", "finance"]]
    assert lacking(SHIPPED, ["government"], ["township", "finance"]) == []
    assert lacking(SHIPPED, ["government", "village_collective"], ["township", "finance"]) == [["villagers"]]
    assert lacking(SHIPPED, [], []) == [["township"]]
    assert problem({"default": [["nobody"]]}) == "nobody"
    assert problem({"nobody": []}) == "nobody"
    assert problem(SHIPPED) == ""


def test_DSP02_proceeds_that_nobody_booked_are_found():
    disposed()
    _tally, found = read("DSP-02")
    assert (found["冷库"].details["booked"], found["冷库"].since) == ("0", day("2025-12-02"))


def test_DSP02_does_not_find_proceeds_at_the_owner_nor_disposals_that_brought_nothing():
    asset = disposed()
    step(asset, "book_proceeds", "2025-11-20", receiver=owner(asset))
    disposed("无收入", amount=Decimal("0.00"))
    assert read("DSP-02")[0]["open"] == 0


def test_DSP02_another_account_and_another_use_are_found():
    first, second = disposed("他人"), disposed("他用")
    step(first, "book_proceeds", "2025-11-20", receiver=make.person(of=first.unit.division))
    step(second, "book_proceeds", "2025-11-20", receiver=owner(second), use="other")
    _tally, found = read("DSP-02")
    assert {name: f.details["variant"] for name, f in found.items()} == {
        "他人": "other_account", "他用": "other_use",
    }  # fmt: skip


def test_DSP02_boundary_the_thirtieth_day_and_the_last_cent():
    asset = disposed()
    assert read("DSP-02", day("2025-12-01"))[0]["open"] == 0
    assert read("DSP-02", day("2025-12-02"))[0]["open"] == 1
    step(asset, "book_proceeds", "2025-11-20", receiver=owner(asset), amount=Decimal("4999.99"))
    assert read("DSP-02")[0]["open"] == 1


def test_DSP03_entries_that_still_hold_are_found():
    asset = make.asset("旧校舍", subtype="education", state="disposed", state_since=day("2026-03-01"))
    make.upkeep(asset)
    assert list(read("DSP-03")[1]) == ["旧校舍"]


def test_DSP03_does_not_find_what_an_act_closed():
    disposed()
    assert read("DSP-03")[0] == {"checked": 1, "open": 0, "new": 0, "closed": 0, "no_data": 0}


def test_DSP03_boundary_seen_on_the_day_itself_and_the_day_after():
    asset = disposed()
    make.inspection(asset, "2025-11-01")
    assert read("DSP-03")[0]["open"] == 0
    make.inspection(asset, "2025-11-03", condition="out_of_use")
    assert read("DSP-03")[0]["open"] == 0
    make.inspection(asset, "2025-11-02")
    assert read("DSP-03")[1]["冷库"].details["variant"] == "at_work"


def test_DSP04_livestock_closed_as_disposed_of_is_found():
    make.asset("牛", subtype="livestock", nature="biological", state="disposed")
    assert read("DSP-04")[1]["牛"].severity == "I"


def test_DSP04_does_not_find_what_was_used_up():
    step(make.asset("牛", subtype="livestock", nature="biological"), "consume", "2026-02-01")
    assert read("DSP-04")[0]["open"] == 0


def test_DSP04_boundary_a_machine_is_no_animal():
    make.asset("小型机具", subtype="small_machine", state="disposed")
    assert read("DSP-04")[0]["open"] == 0


def test_DSP05_ruined_irrigation_that_nobody_reported_is_found():
    ditch = make.asset("沟渠", subtype="irrigation", state="damaged", state_since=day("2026-01-01"))
    make.asset("不详", subtype="irrigation", state="damaged", state_since=None)
    _tally, found = read("DSP-05")
    assert found["沟渠"].since == day("2026-04-02")
    assert found["不详"].reading == Reading.NO_DATA
    step(ditch, "report_ruin", "2026-05-01")
    assert "沟渠" not in read("DSP-05")[1]


def test_DSP05_does_not_find_what_is_up_for_disposal_or_no_irrigation():
    make.asset("沟渠", subtype="irrigation", state="disposal_pending", state_since=day("2026-01-01"))
    make.asset("路", state="damaged", state_since=day("2026-01-01"))
    assert read("DSP-05")[0]["open"] == 0


def test_DSP05_boundary_the_ninetieth_day():
    make.asset("沟渠", subtype="irrigation", state="damaged", state_since=DAY - dt.timedelta(days=90))
    assert read("DSP-05")[0]["open"] == 0
    assert read("DSP-05", DAY + dt.timedelta(days=1))[0]["open"] == 1


def test_STK03_no_sign_of_use_is_found():
    make.asset("空厂房", subtype="processing", state_since=day("2025-01-01"))
    assert read("STK-03")[1]["空厂房"].severity == "W"


def test_STK03_does_not_find_what_is_operated_seen_back_in_use_or_idle_anyway():
    make.entry(make.asset("出租", subtype="processing"), "operation")
    make.inspection(make.asset("路"), "2026-05-01")
    back = owned("恢复", state="idle", state_since=day("2025-01-01"))
    step(back, "recover", "2026-05-01")
    make.asset("闲置", subtype="processing", state="idle")
    make.asset("户厕", subtype="household_toilet")
    assert read("STK-03")[0]["open"] == 0


def test_STK03_boundary_the_hundred_and_eightieth_day_and_the_go_live_day():
    make.inspection(make.asset("路"), DAY - dt.timedelta(days=180))
    assert read("STK-03")[0]["open"] == 0
    assert read("STK-03", DAY + dt.timedelta(days=1))[0]["open"] == 1
    make.asset("新上线", make.village(go_live=DAY - dt.timedelta(days=180)))
    assert "新上线" not in read("STK-03")[1]


def test_STK04_idle_without_a_plan_is_found():
    make.asset("闲置", subtype="processing", state="idle")
    make.asset("低效", subtype="processing", state="inefficient")
    make.asset("盘活", subtype="processing", state="recovering")
    assert sorted(read("STK-04")[1]) == ["低效", "盘活", "闲置"]


def test_STK04_does_not_find_what_is_planned_or_a_households():
    asset = owned()
    step(asset, "report_idle", "2026-03-01")
    assert read("STK-04")[0]["open"] == 1
    step(asset, "plan_recovery", "2026-03-02")
    make.asset("户厕", subtype="household_toilet", state="idle")
    assert read("STK-04")[0]["open"] == 0


def test_STK04_boundary_a_plan_is_for_the_state_it_was_made_in():
    asset = owned()
    step(asset, "report_idle", "2026-03-01")
    step(asset, "plan_recovery", "2026-03-02")
    step(asset, "report_idle", "2026-03-03")
    assert read("STK-04")[1]["冷库"].since == day("2026-03-03")
    made = step(asset, "plan_recovery", "2026-03-04")
    annul_step(step=made, by=None, reason="方案作废")
    assert read("STK-04")[0]["open"] == 1


def test_STK05_a_deadline_that_is_over_is_found():
    asset = owned(state="idle")
    step(asset, "plan_recovery", "2026-01-01", deadline=day("2026-03-31"))
    assert read("STK-05")[1]["冷库"].since == day("2026-04-01")


def test_STK05_does_not_find_what_is_back_in_use_or_has_another_plan():
    asset = owned(state="idle")
    step(asset, "plan_recovery", "2026-01-01", deadline=day("2026-03-31"))
    step(asset, "plan_recovery", "2026-04-05", deadline=day("2026-12-31"), reason="更换招商对象")
    other = owned("已恢复", state="idle")
    step(other, "plan_recovery", "2026-01-01", deadline=day("2026-03-31"))
    step(other, "recover", "2026-04-10")
    assert read("STK-05")[0]["open"] == 0


def test_STK05_boundary_the_last_day():
    asset = owned(state="idle")
    step(asset, "plan_recovery", "2026-01-01", deadline=DAY)
    assert read("STK-05")[0]["open"] == 0
    assert read("STK-05", DAY + dt.timedelta(days=1))[0]["open"] == 1


def test_STK07_another_use_is_found():
    step(owned(), "report_misuse", "2026-02-01")
    assert read("STK-07")[1]["冷库"].details["use"] == "堆放建材"


def test_STK07_does_not_find_what_was_settled():
    asset = owned()
    step(asset, "report_misuse", "2026-02-01")
    step(asset, "settle_use", "2026-03-01")
    assert read("STK-07")[0]["open"] == 0


def test_STK07_boundary_found_again_on_the_day_it_was_settled():
    asset = owned()
    step(asset, "report_misuse", "2026-02-01")
    step(asset, "settle_use", "2026-02-01")
    assert read("STK-07")[0]["open"] == 0
    step(asset, "report_misuse", "2026-02-01")
    assert read("STK-07")[0]["open"] == 1


def test_NOT05_a_disposal_by_act_rests_on_its_notice():
    disposed()
    assert read("NOT-05")[0]["open"] == 0
