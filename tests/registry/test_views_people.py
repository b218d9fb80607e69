"""Pages of places and parties: what they show to whom, previews that write nothing, acts that write."""

import datetime as dt

import pytest
from django.urls import reverse

from registry.models import Act, Division, Entry, Party, PersonalData
from registry.services.handover import hand_over
from registry.services.party_merge import merge_parties
from tests import factories as make

pytestmark = pytest.mark.django_db
NUMBER = "11010519491231002X"


def page(client, address, /, *args, query="", **data):
    url = reverse(address, args=args) + query
    answer = client.post(url, data) if data else client.get(url)
    return answer.status_code, answer.content.decode()


@pytest.fixture
def person(cast):
    row = make.person("杨小文", cast.village, phone="13887350000", id_number=NUMBER)
    make.entry(make.unit("水窖", cast.village), "ownership", row)
    return row


def test_names_and_secrets_of_persons_are_masked_in_the_list_and_on_the_page(as_, cast, person):
    make.party("甲公司", "company", cast.village)
    for who, name in (("auditor", "杨*文"), ("asset_manager", "杨小文")):
        status, html = page(as_(who), "parties")
        assert (status, name in html, "甲公司" in html) == (200, True, True)
        status, html = page(as_(who), "party", person.pk)
        assert (status, name in html, "138****0000" in html, "13887350000" in html, NUMBER in html) == (
            200,
            True,
            True,
            False,
            False,
        )
    assert "杨小文" not in page(as_("auditor"), "party", person.pk)[1]
    assert "杨*文" not in page(as_("auditor"), "parties", query="?q=杨小文")[1]
    assert "杨小文" in page(as_("asset_manager"), "parties", query="?q=小文&kind=person")[1]
    for who in ("auditor", "asset_manager"):
        export = b"".join(as_(who).get(reverse("parties") + "?export=csv").streaming_content).decode()
        assert "甲公司" in export
        assert "杨小文" not in export


def test_a_secret_is_shown_once_and_the_look_stands_in_the_book(as_, cast, person):
    status, html = page(as_("asset_manager"), "party_secret", person.pk, field="phone", reason="通知领取补贴")
    assert (status, "13887350000" in html) == (200, True)
    act = Act.objects.get(verb="personal_read")
    assert (act.user, act.reason) == (cast.users["asset_manager"], "通知领取补贴")
    status, html = page(as_("asset_manager"), "party", person.pk)
    assert ("通知领取补贴" in html, "13887350000" in html) == (True, False)
    assert page(as_("asset_manager"), "party_secret", person.pk, field="phone", reason="")[0] == 302
    assert Act.objects.count() == 1
    assert page(as_("admin"), "party_erase", person.pk, reason="本人申请删除")[0] == 302
    assert not PersonalData.objects.exists()


def test_a_party_is_registered_changed_and_refused_in_the_form(as_, cast):
    client = as_("asset_manager")
    wrong = {"kind": "company", "name": "甲公司", "uscc": "91350100M000100Y44", "division": cast.village.pk}
    status, html = page(client, "party_new", **wrong)
    assert (status, "91350100M000100Y44" in html, Party.objects.filter(name="甲公司").exists()) == (
        200,
        True,
        False,
    )
    assert page(client, "party_new", **wrong | {"uscc": "91350100M000100Y43"})[0] == 302
    made = Party.objects.get(name="甲公司")
    assert page(client, "party_edit", made.pk, kind="company", name="甲集团", uscc=made.uscc)[0] == 302
    assert page(client, "party_left", made.pk, on="2026-01-01", reason="注销登记")[0] == 302
    made.refresh_from_db()
    assert (made.name, made.former_names, made.active_until) == ("甲集团", ["甲公司"], dt.date(2026, 1, 1))
    assert page(client, "party_new", **wrong | {"uscc": "", "name": "x", "division": cast.far.pk})[0] == 200


def test_members_are_written_by_the_form_and_a_wrong_sum_names_the_day(as_, cast):
    client, group = as_("asset_manager"), make.party("12户名单", "group", cast.village)
    one, two = make.person("甲", cast.village), make.person("乙", cast.village)
    lines = {"on": "2026-01-01", "member_0": one.pk, "share_0": "1/3", "member_1": two.pk, "share_1": "1/3"}
    status, html = page(client, "party_members", group.pk, **lines)
    assert (status, "2026-01-01" in html, "2/3" in html, group.members.count()) == (200, True, True, 0)
    assert "0.x" in page(client, "party_members", group.pk, **lines | {"share_1": "0.x"})[1]
    assert page(client, "party_members", group.pk, **lines | {"share_1": "2/3"})[0] == 302
    assert group.members.count() == 2
    assert "1/3" in page(client, "party", group.pk)[1]
    assert "12户名单" in page(client, "party", one.pk)[1]


def test_a_merger_of_records_is_previewed_then_written_and_the_old_address_leads_on(as_, cast, person):
    client, twin = as_("asset_manager"), make.person("杨小文", cast.village)
    status, html = page(client, "party", person.pk)
    assert reverse("party_merge", args=[person.pk]) + f"?drop={twin.pk}" in html
    asked = {"drop": twin.pk, "reason": "同一人重复登记"}
    status, html = page(client, "party_merge", person.pk, **asked)
    assert (status, 'name="confirmed"' in html, Act.objects.count()) == (200, True, 0)
    assert page(client, "party_merge", person.pk, **asked, confirmed="1")[0] == 302
    answer = client.get(reverse("party", args=[twin.pk]))
    assert (answer.status_code, answer["Location"]) == (302, reverse("party", args=[person.pk]))
    assert f'href="{reverse("party", args=[twin.pk])}"' not in page(client, "parties")[1]
    other = make.person("李明", cast.village)
    PersonalData.objects.create(party=other, id_number="440524188001010014")
    assert (
        'name="confirmed"' not in page(client, "party_merge", person.pk, drop=other.pk, reason="重复登记")[1]
    )
    with pytest.raises(Exception, match="杨小文"):
        merge_parties(keep=other, drop=twin, by=None, reason="重复登记")


def test_a_handover_is_previewed_then_written_and_its_list_prints(as_, cast, person):
    client, heir = as_("asset_manager"), make.person("李明", cast.village)
    asked = {"successor": heir.pk, "on": "2026-03-01", "reason": "离任交接"}
    status, html = page(client, "party_handover", person.pk, **asked)
    assert (status, "水窖" in html, 'name="confirmed"' in html, Act.objects.count()) == (200, True, True, 0)
    answer = client.post(reverse("party_handover", args=[person.pk]), {**asked, "confirmed": "1"})
    act = Act.objects.get(verb="handed_over")
    assert answer["Location"] == reverse("handover_list", args=[person.pk, act.pk])
    assert Entry.objects.on(dt.date(2026, 3, 1)).get().party == heir
    status, html = page(client, "handover_list", person.pk, act.pk)
    assert (status, "水窖" in html, "李明" in html) == (200, True, True)
    assert "李明" not in page(as_("auditor"), "handover_list", person.pk, act.pk)[1]
    status, html = page(client, "paper_new", "handover_list", act.pk)
    assert (status, "水窖" in html) == (200, True)
    assert hand_over


def test_the_page_of_a_place_says_codes_people_and_what_can_be_done(as_, cast):
    status, html = page(as_("county"), "division", cast.xinhua.pk)
    assert (status, "532523205" in html, cast.village.name in html) == (200, True, True)
    assert reverse("division_rename", args=[cast.xinhua.pk]) in html
    assert (
        reverse("division_rename", args=[cast.xinhua.pk])
        not in page(as_("auditor"), "division", cast.xinhua.pk)[1]
    )
    assert reverse("division", args=[cast.village.pk]) in page(as_("county"), "divisions")[1]
    asked = {"households": 100, "people": 420}
    assert page(as_("asset_manager"), "division_people", cast.village.pk, **asked)[0] == 302
    assert page(as_("asset_manager"), "division_people", cast.village.pk, households=100, people=4)[0] == 200
    cast.village.refresh_from_db()
    assert (cast.village.households, cast.village.people) == (100, 420)
    assert (
        page(as_("admin"), "division_go_live", cast.village.pk, on="2026-02-01", reason="正式启用")[0] == 302
    )
    assert page(as_("county"), "division_add", cast.village.pk, name="大寨", on="2026-02-01")[0] == 302
    assert Division.objects.get(name="大寨").codes.get().code.endswith("001")
    assert "大寨" in page(as_("county"), "division", cast.village.pk)[1]


def test_a_merger_of_villages_is_previewed_then_written_and_the_old_page_leads_on(as_, cast):
    client = as_("county")
    other = make.village(cast.xinhua, "羊街村委会", "532523205299")
    road = make.unit("产业路", cast.village)
    asked = {"into": other.pk, "accounts": "apart", "on": "2026-03-01", "reason": "合村并组批复"}
    status, html = page(client, "division_merge", cast.village.pk, **asked)
    assert (status, "产业路" in html, 'name="confirmed"' in html) == (200, True, True)
    assert not Act.objects.exists()
    answer = client.post(reverse("division_merge", args=[cast.village.pk]), {**asked, "confirmed": "1"})
    assert answer["Location"] == reverse("division", args=[other.pk])
    road.refresh_from_db()
    assert road.division == other
    assert other.name in page(client, "division", cast.village.pk)[1]
    parts = {"first_name": "东村", "first_code": "532523205301", "second_name": "西村"}
    parts |= {"second_code": "532523205302", "on": "2026-03-02", "reason": "拆分批复", "confirmed": "1"}
    assert page(client, "division_split", other.pk, **parts)[0] == 302
    made = Division.objects.get(name="东村")
    asked = {"name": "东升村", "on": "2026-03-03", "reason": "更名批复", "confirmed": "1"}
    assert page(client, "division_rename", made.pk, **asked)[0] == 302
    assert Division.objects.get(name="东升村").units.get() == road
