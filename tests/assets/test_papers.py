"""The papers of the assets say what is registered: 确权表, 移交清单, 管护协议, 责任清单."""

import json

import pytest
from django.urls import reverse

from registry.errors import BadInput
from registry.services.papers import print_paper
from tests import factories as make


@pytest.fixture
def officer(cast):
    return cast.users["asset_manager"]


def words(paper) -> str:
    return json.dumps(paper.data, ensure_ascii=False)


def test_the_confirmation_lists_every_right_with_share_and_source(cast, plant, officer):
    owner = make.party("新华村股份经济合作社", of=cast.village)
    make.entry(plant, "ownership", owner, source=make.source(cast.village, "屏政复〔2022〕8号"))
    make.entry(
        plant, "use", make.party("杨文才户", "household", cast.village), begin="2021-01-01", end="2022-01-01"
    )
    paper = print_paper(kind="rights_confirmation", unit=plant.unit, by=officer)
    (section,) = paper.data["sections"]
    held = {(row[0], row[1], row[2]) for row in section["rows"]}
    assert len(held) == 3  # the use right is over
    assert {row[1] for row in held} == {"新华村股份经济合作社", "甲村合作社", "乙村合作社"}
    assert any("3/5" in row[2] for row in held)
    assert "屏政复〔2022〕8号" in words(paper)
    assert paper.data["seals"][0]["name"] == "新华村股份经济合作社"


def test_a_household_on_a_paper_is_a_private_name(cast, plant, officer):
    make.entry(plant, "ownership", make.party("杨文才户", "household", cast.village))
    paper = print_paper(kind="rights_confirmation", unit=plant.unit, by=officer)
    assert {"person": "杨文才户"} in [row[1] for row in paper.data["sections"][0]["rows"]]


def test_the_handover_list_of_a_village_has_all_that_stands_and_its_sum(cast, road, plant, officer):
    make.asset("已处置的车", cast.village, state="disposed")
    make.asset("邻乡水窖", cast.far, subtype="irrigation")
    make.asset("无原值的路", cast.village, original_value=None)
    paper = print_paper(kind="village_handover", division=cast.village, by=officer)
    (section,) = paper.data["sections"]
    assert {row[1] for row in section["rows"]} == {"小寨产业道路", "草果加工厂", "无原值的路"}
    assert section["total"][6] == "240,000.00"
    assert section["note"]
    single = print_paper(kind="handover", unit=road.unit, by=officer)
    assert len(single.data["sections"][0]["rows"]) == 1
    assert single.data["seals"][1]["name"] == "新华村股份经济合作社"


def test_the_agreement_needs_a_keeper_and_says_the_terms(road, plant, officer):
    paper = print_paper(kind="upkeep_agreement", unit=road.unit, by=officer)
    said = words(paper)
    assert "新华村民委员会" in said
    assert {"person": "李秀英"} in [value for _label, value in paper.data["facts"]]
    assert "3,000.00" in said
    assert len(paper.data["text"]) == 5
    with pytest.raises(BadInput) as refused:
        print_paper(kind="upkeep_agreement", unit=plant.unit, by=officer)
    assert refused.value.code == "does_not_fit"


def test_the_responsibility_list_names_who_keeps_what_and_what_nobody_keeps(cast, road, plant, officer):
    make.asset("无人管的路", cast.village)
    make.asset("农户的厕所", cast.village, subtype="household_toilet")
    paper = print_paper(kind="responsibility_list", division=cast.village, by=officer)
    rows = {row[1]: row[3:5] for row in paper.data["sections"][0]["rows"]}
    assert rows.keys() == {"小寨产业道路", "草果加工厂", "无人管的路"}
    assert rows["小寨产业道路"] == ["新华村民委员会", {"person": "李秀英"}]
    assert rows["无人管的路"][1] == ""
    assert paper.data["facts"][2][1] == "2"
    with pytest.raises(BadInput):
        print_paper(kind="responsibility_list", division=cast.county, by=None)


def test_pages_offer_what_fits(as_, cast, road):
    page = as_("asset_manager").get(reverse("paper_make", args=["unit", road.unit.pk])).content.decode()
    for kind in ("rights_confirmation", "handover", "upkeep_agreement"):
        assert reverse("paper_new", args=[kind, road.unit.pk]) in page
    assert reverse("paper_new", args=["land_opinion", road.unit.pk]) not in page  # it has no shape
    page = as_("land_officer").get(reverse("paper_make", args=["division", cast.village.pk])).content.decode()
    assert "responsibility_list" not in page
    page = (
        as_("asset_manager").get(reverse("paper_make", args=["division", cast.village.pk])).content.decode()
    )
    assert reverse("paper_new", args=["responsibility_list", cast.village.pk]) in page
    assert (
        as_("asset_manager").get(reverse("paper_new", args=["upkeep_agreement", road.unit.pk])).status_code
        == 200
    )
    assert as_("land_officer").get(reverse("paper_new", args=["handover", road.unit.pk])).status_code == 403
