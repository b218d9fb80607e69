"""The pages that register, transfer, end, correct and strike entries: errors stand at the field."""

import datetime as dt

import pytest
from django.urls import reverse

from registry.models import Entry, Source
from tests import factories as make

PAPER = {
    "source": "new",
    "source_kind": "decision",
    "source_number": "新政发〔2026〕3号",
    "reason": "村集体决议",
}


@pytest.fixture
def officer(as_):
    return as_("asset_manager")


def errors(answer):
    assert answer.status_code == 200
    return {name: " ".join(texts) for name, texts in answer.context["form"].errors.items()}


def test_joint_holders_are_registered_together_on_a_new_paper(officer, cast):
    unit = make.unit("加工厂", cast.village)
    known = make.party("甲村合作社", of=cast.village)
    url = f"/units/{unit.pk}/entries/new/"
    form = {
        **PAPER, "code": "income", "valid_from": "2026-02-01", "party_1": known.name, "share_1": "3/5",
        "party_2": "乙村合作社", "share_2": "1/5",
    }  # fmt: skip
    found = errors(officer.post(url, form))
    assert set(found) == {"party_2"}
    assert "乙村合作社" in found["party_2"]
    form |= {"party_kind": "village_collective"}
    found = errors(officer.post(url, form))
    assert set(found) == {"share_1"}
    assert "4/5" in found["share_1"]
    assert officer.post(url, form | {"share_2": "40%"}).status_code == 302
    held = Entry.objects.as_of(dt.date(2026, 2, 1)).filter(unit=unit)
    assert {(e.party.name, str(e.share), e.source.number) for e in held} == {
        ("甲村合作社", "3/5", "新政发〔2026〕3号"),
        ("乙村合作社", "2/5", "新政发〔2026〕3号"),
    }


def test_a_statement_on_historic_facts_is_dated_and_needs_no_number(officer, cast):
    unit = make.unit("老水窖", cast.village)
    make.party("甲村合作社", of=cast.village)
    form = {
        "code": "ownership", "valid_from": "2019-02-01", "party_1": "甲村合作社", "source": "new",
        "source_kind": "legacy",
    }  # fmt: skip
    url = f"/units/{unit.pk}/entries/new/"
    assert set(errors(officer.post(url, form))) == {"source_date"}
    assert officer.post(url, form | {"source_date": "2026-01-05"}).status_code == 302
    assert unit.entries.get().source.kind == "legacy"


def test_a_name_that_two_parties_bear_is_told_apart_by_its_number(officer, cast):
    unit = make.unit("公房", cast.village)
    twins = [make.party("新寨小组", of=place) for place in (cast.village, cast.xinhua)]
    form = {**PAPER, "code": "ownership", "valid_from": "2026-02-01", "party_1": "新寨小组"}
    url = f"/units/{unit.pk}/entries/new/"
    assert f"#{twins[1].pk}" in errors(officer.post(url, form))["party_1"]
    assert officer.post(url, form | {"party_1": f"新寨小组 #{twins[1].pk}"}).status_code == 302
    assert unit.entries.get().party == twins[1]


def test_an_entry_is_transferred_ended_and_corrected_from_its_page(officer, cast, road):
    entry = road.unit.entries.get(code="ownership")
    make.party("乙村合作社", of=cast.village)
    page = officer.get(f"/entries/{entry.pk}/").content.decode()
    for word in ("transfer", "end", "correct", "strike"):
        assert f"/entries/{entry.pk}/{word}/" in page
        assert officer.get(f"/entries/{entry.pk}/{word}/").status_code == 200
    url = f"/entries/{entry.pk}/transfer/"
    form = {**PAPER, "on": "2019-01-01", "party_1": "乙村合作社", "share_1": "4/3"}
    assert set(errors(officer.post(url, form))) == {"on", "share_1"}
    assert officer.post(url, form | {"on": "2026-02-01", "share_1": "1/3"}).status_code == 302
    new, kept = (
        Entry.objects.as_of(dt.date(2026, 2, 1))
        .filter(unit=road.unit, code="ownership")
        .order_by("share_den", "share_num")
    )
    assert (str(new.share), str(kept.share)) == ("1/3", "2/3")
    paper = Source.objects.get(number="新政发〔2026〕3号")
    ending = {"on": "2026-03-01", "source": str(paper.pk), "reason": "资产处置"}
    said = officer.post(f"/entries/{kept.pk}/end/", ending)
    assert "2026-03-01" in errors(said)["__all__"]
    assert "RIG-02" in errors(said)["__all__"]
    assert officer.post(f"/entries/{kept.pk}/end/", ending | {"together": "on"}).status_code == 302
    assert not Entry.objects.as_of(dt.date(2026, 3, 1)).filter(unit=road.unit, code="ownership").exists()


def test_a_correction_starts_from_what_stands_and_says_when_nothing_differs(officer, cast, road):
    entry = road.unit.entries.get(code="ownership")
    url = f"/entries/{entry.pk}/correct/"
    now = officer.get(url).context["form"].initial
    form = {name: str(value or "") for name, value in now.items() if name != "on"} | {
        "source": "",
        "reason": "日期抄错",
    }
    assert "__all__" in errors(officer.post(url, form))
    assert officer.post(url, form | {"valid_from": "2019-12-20"}).status_code == 302
    entry.refresh_from_db()
    right = entry.corrected_by
    assert (right.valid.lower, right.party) == (dt.date(2019, 12, 20), entry.party)
    assert f"/entries/{right.pk}/" in officer.get(f"/entries/{entry.pk}/").content.decode()
    assert f"/entries/{entry.pk}/transfer/" not in officer.get(f"/entries/{entry.pk}/").content.decode()


def test_income_is_registered_by_the_finance_officer_and_hidden_from_who_may_not_see_it(as_, plant):
    entry = plant.unit.entries.filter(code="income").first()
    finance = as_("finance_officer")
    codes = {
        code
        for code, _label in finance.get(f"/units/{plant.unit.pk}/entries/new/")
        .context["form"]
        .fields["code"]
        .choices
    }
    assert codes == {"income", "distribution"}
    assert finance.get(f"/entries/{entry.pk}/transfer/").status_code == 200
    assert as_("land_officer").get(f"/entries/{entry.pk}/").status_code == 403
    assert as_("elsewhere").get(f"/entries/{entry.pk}/").status_code == 404
    said = as_("land_officer").get(f"/units/{plant.unit.pk}/history/").content.decode()
    assert "乙村合作社" not in said
    assert "乙村合作社" in finance.get(f"/units/{plant.unit.pk}/history/").content.decode()


def test_the_unit_page_opens_the_acts_for_who_may(as_, road):
    begun = reverse("life_act", args=[road.unit.pk, "report_idle"])  # an asset changes its state by such acts
    links = (f"/units/{road.unit.pk}/entries/new/", begun)
    for who, seen in (("asset_manager", True), ("clerk", True), ("auditor", False), ("county", False)):
        page = as_(who).get(f"/u/{road.unit.code}").content.decode()
        assert all((link in page) is seen for link in links), who
