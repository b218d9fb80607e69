"""UPK-07 and UPK-11: defects that wait, persons with too much."""

import datetime as dt

import pytest

from assets.models import Repair
from registry.models import Finding, Parameter
from registry.queries.findings import sentence
from registry.rules import Scope
from registry.rules.engine import evaluate
from tests import factories as make

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 6, 1)


def read(rule, day=TODAY, scope=None):
    tally = evaluate(as_of=day, scope=scope, rule_ids=[rule])[rule]
    return tally, {f.details["name"]: f for f in Finding.objects.open().filter(rule=rule)}


def broken(name="大寨路", on="2026-04-01", **fields):
    asset = make.asset(name)
    return make.inspection(asset, on, **{"condition": "damaged", "defect": "路面塌陷"} | fields)


def repair(found, **fields):
    values = {"defect": found.defect, "found_on": found.inspected_on, "ordered_on": found.inspected_on,
              "worker": "养护站", "due_on": dt.date(2026, 7, 1)} | fields  # fmt: skip
    return Repair.objects.create(unit=found.unit, inspection=found, **values)


# --- UPK-07


def test_UPK07_a_defect_that_nobody_has_taken_up_in_time_is_found():
    broken()
    tally, found = read("UPK-07")
    assert (tally["checked"], tally["open"]) == (1, 1)
    assert found["大寨路"].since == dt.date(2026, 4, 17)  # 15 days for what is damaged
    assert "路面塌陷" in sentence(found["大寨路"])


def test_UPK07_is_obeyed_by_an_order_a_delay_with_its_reason_a_repair_at_once_and_a_clean_inspection():
    repair(broken("已派修"))
    repair(
        broken("已延期"), ordered_on=None, worker="", due_on=None, deferred_until=TODAY, defer_reason="汛期"
    )
    broken("当场修好", handled_on=dt.date(2026, 4, 2))
    seen = broken("后来完好")
    make.inspection(seen.unit, "2026-05-01", condition="good")
    assert read("UPK-07")[1] == {}


def test_UPK07_the_last_day_is_in_time_and_each_condition_has_its_days():
    broken("损坏", on="2026-05-17")
    broken("停用", on="2026-05-25", condition="out_of_use")
    broken("一般", on="2026-05-02", condition="fair")
    assert read("UPK-07", TODAY)[1] == {}
    assert sorted(read("UPK-07", TODAY + dt.timedelta(days=1))[1]) == sorted(["损坏", "停用", "一般"])


def test_UPK07_an_order_or_a_delay_that_ran_out_is_found_and_done_in_time_is_not():
    repair(broken("逾期"), due_on=dt.date(2026, 5, 31))
    repair(broken("今日到期"), due_on=TODAY)
    repair(broken("延期已过"), ordered_on=None, worker="", due_on=None,
           deferred_until=dt.date(2026, 5, 31), defer_reason="待资金")  # fmt: skip
    repair(broken("已完成"), due_on=dt.date(2026, 5, 1), done_on=dt.date(2026, 4, 20), done_by="养护站")
    found = read("UPK-07")[1]
    assert {name: f.details["variant"] for name, f in found.items()} == {
        "逾期": "late",
        "延期已过": "put_off",
    }


def test_UPK07_one_finding_a_unit_and_few_queries(django_assert_max_num_queries):
    first = broken("大寨路", on="2026-03-01")
    make.inspection(first.unit, "2026-03-05", condition="damaged", defect="涵洞堵塞")
    for number in range(5):
        broken(f"路{number}")
    with django_assert_max_num_queries(18):
        tally, found = read("UPK-07")
    assert tally["open"] == 6
    assert found["大寨路"].details["found"] == "2026-03-01"


# --- UPK-11


@pytest.fixture
def limit(db):
    def set_to(most):
        Parameter.objects.filter(key="keeper_load_max").update(value=most)

    return set_to


def loaded(count, town=None, **fields):
    village = make.village(town)
    keeper = make.person("杨文", village, **fields)
    for number in range(count):
        make.upkeep(make.asset(f"路{number}", village), named=keeper)
    return keeper


def test_UPK11_a_person_with_more_assets_than_the_limit_is_found(limit):
    limit(2)
    loaded(3)
    tally, found = read("UPK-11")
    assert (tally["checked"], tally["open"]) == (1, 1)
    assert (found["杨文"].details["count"], found["杨文"].details["most"]) == (3, 2)


def test_UPK11_is_obeyed_by_a_person_who_keeps_as_many_in_two_townships(limit):
    limit(2)
    keeper = loaded(2)
    other = make.village(make.township(name="湾塘乡", code="532523206"))
    for number in range(2):
        make.upkeep(make.asset(f"桥{number}", other), named=keeper)
    tally, found = read("UPK-11")
    assert (tally["checked"], found) == (2, {})


def test_UPK11_as_many_as_the_limit_is_in_order_and_a_person_is_gone_from_the_day_of_leaving(limit):
    limit(3)
    loaded(3, active_until=dt.date(2026, 6, 2))
    assert read("UPK-11", dt.date(2026, 6, 1))[1] == {}
    found = read("UPK-11", dt.date(2026, 6, 2))[1]
    assert (found["杨文"].details["variant"], found["杨文"].since) == ("left", dt.date(2026, 6, 2))


def test_UPK11_is_read_for_single_places_like_for_all_of_them(limit):
    limit(1)
    loaded(2)
    town = make.township()
    assert read("UPK-11", scope=Scope.of({"divisions": [town.pk]}))[0]["open"] == 1
    assert read("UPK-11", scope=Scope.of({"divisions": [make.county().pk]}))[0]["open"] == 0
