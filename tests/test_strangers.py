"""What strangers and neighbours are told of things that are not theirs."""

from __future__ import annotations

from tests import factories as make
from tests.access import stocktake


def test_strangers_are_sent_to_the_sign_in_page_with_the_way_back(as_, cast):
    for code in (stocktake.a_household_thing(cast).unit.code, "NO-SUCH-CODE"):
        answer = as_("anonymous").get(f"/u/{code}")
        assert answer.status_code == 302
        assert answer["Location"] == f"/login/?next=/u/{code}"


def test_a_clerk_of_one_village_does_not_see_the_next_one(as_, cast):
    other = make.asset("邻村水窖", make.village(cast.xinhua, "羊街村委会"), subtype="irrigation")
    assert as_("clerk").get(f"/u/{other.unit.code}").status_code == 404
    assert as_("asset_manager").get(f"/u/{other.unit.code}").status_code == 200
