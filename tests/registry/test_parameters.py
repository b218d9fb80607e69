"""Parameters: the nearest division upwards wins, a new value ends the earlier one, patterns are kept."""

import datetime as dt
import json

import pytest

from registry.errors import BadInput, NotAllowed
from registry.models import Act, Parameter
from registry.rules import all_rules
from registry.rules.parameters import checked, known, resolver, timeline
from registry.services.parameters import set_parameter
from tests import factories as make

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 6, 1)
KEY = "result_notice_days"


def put(cast, value=45, who="county", place=None, begin=DAY, key=KEY, source="屏政办发〔2026〕3号"):
    by = cast.users[who] if who else None
    return set_parameter(
        key=key, value=value, division=place or cast.county, begin=begin, source=source, by=by
    )


def test_a_new_value_ends_the_earlier_one_of_the_same_place_on_that_day(cast):
    first = put(cast, 45, begin=dt.date(2026, 1, 1))
    second = put(cast, 60)
    first.refresh_from_db()
    assert (first.valid.upper, second.valid.lower, second.valid.upper) == (DAY, DAY, None)
    act = Act.objects.filter(verb="parameter_set").latest("id")
    assert (act.before["value"], act.after["value"], act.effective_on) == (45, 60, DAY)
    between = put(cast, 50, begin=dt.date(2026, 3, 1))
    assert between.valid.upper == DAY
    value_of = timeline([KEY])
    days = [dt.date(2025, 1, 1), dt.date(2026, 2, 1), dt.date(2026, 4, 1), DAY]
    assert [value_of(KEY, cast.village.path, day) for day in days] == [30, 45, 50, 60]


def test_the_nearest_division_upwards_wins(cast):
    put(cast, 45)
    put(cast, 20, place=cast.xinhua)
    value_of = resolver([KEY], DAY)
    paths = (cast.village.path, cast.xinhua.path, cast.far.path, cast.county.path, "")
    assert [value_of(KEY, path) for path in paths] == [20, 20, 45, 45, 30]


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        (KEY, "vierzig", "vierzig"),
        (KEY, -1, "-1"),
        (KEY, 1.5, "1.5"),
        (KEY, True, "True"),
        (KEY, None, "None"),
        (KEY, 10**13, "10000000000000"),
        ("notice_days_min", {"default": "ten"}, "default"),
        ("notice_days_min", {}, "default"),
        ("notice_days_min", [10], "10"),
        ("assembly_only_matters", [1, "x"], "[2]"),
        ("assembly_only_matters", 3, "3"),
        ("publication_period", "weekly", "weekly"),
        ("meeting_notice_days", {"members": 10, "king": 1, "member_representatives": 0}, "king"),
        ("meeting_notice_days", {"members": 10}, "member_representatives"),
        ("red_line_noise_m2", "-1", "-1"),
        ("no_such_key", 1, "no_such_key"),
    ],
)
def test_a_value_of_another_pattern_is_refused_with_a_sentence(key, value, said):
    with pytest.raises(BadInput, match=r".") as refused:
        checked(key, value)
    assert said in str(refused.value)


def test_fractions_and_bases_of_a_majority_are_checked():
    good = known()["decision_majority"].value
    assert checked("decision_majority", good) == good
    for field, value in (
        ("majority", "3/2"),
        ("quorum", "1/0"),
        ("majority", "half"),
        ("base", "some"),
        ("over", 1),
    ):
        broken = {body: dict(line) for body, line in good.items()}
        broken["members"][field] = value
        with pytest.raises(BadInput):
            checked("decision_majority", broken)


def test_every_shipped_value_keeps_its_own_pattern_has_a_label_and_is_named_by_its_rules():
    for key, default in known().items():
        assert checked(key, default.value) == default.value, key
        assert default.label, key
    for rule in all_rules():
        assert set(rule.parameters) <= set(known()), rule.id


def test_who_may_set_and_what_else_is_refused(cast):
    for who in ("asset_manager", "finance_officer", "clerk", "auditor"):
        with pytest.raises(NotAllowed):
            put(cast, who=who)
    put(cast)
    with pytest.raises(BadInput, match="2026-06-01"):
        put(cast, 50)
    with pytest.raises(BadInput):
        put(cast, 50, begin=dt.date(2026, 7, 1), source=" ")
    assert Parameter.objects.filter(key=KEY, division=cast.county).count() == 1


def test_pages_show_whose_value_holds_and_set_a_new_one(as_, cast):
    client = as_("county")
    assert "result_notice_days" in client.get("/parameters/").content.decode()
    for bad in ("", "x", "[", "-3", "1e400", "NaN", "[" * 3000, '{"a":1}'):
        values = {
            "division": cast.xinhua.pk,
            "value": bad,
            "begin": "2026-06-01",
            "source": "新政发〔2026〕1号",
        }
        assert client.post(f"/parameters/{KEY}/set/", values).status_code == 200, bad
    values = {"division": cast.xinhua.pk, "value": "20", "begin": "2026-06-01", "source": "新政发〔2026〕1号"}
    assert client.post(f"/parameters/{KEY}/set/", values).status_code == 302
    page = as_("clerk").get(f"/parameters/{KEY}/").content.decode()
    assert "新政发〔2026〕1号" in page
    assert "NOT-02" in page
    dictionary = json.dumps({"default": 7})
    values |= {"value": dictionary}
    assert client.post("/parameters/notice_days_min/set/", values).status_code == 302
    assert Parameter.objects.get(key="notice_days_min", division=cast.xinhua).value == {"default": 7}
    assert client.get("/parameters/nothing/").status_code == 404


def test_pages_of_the_rules_say_law_office_and_what_is_open(as_, cast, road):
    make.decision(cast.village, in_favour=1)
    page = as_("asset_manager").get("/rules/").content.decode()
    for rule in all_rules():
        assert f"/rules/{rule.id}/" in page
        assert rule.source in page
    assert "农村集体经济组织法" in as_("auditor").get("/rules/DEC-01/").content.decode()
    assert as_("auditor").get("/rules/NIL-99/").status_code == 404
