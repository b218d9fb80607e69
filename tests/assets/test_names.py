"""What a name tells: the kind of a party and its home, the sub-type of an asset."""

import pytest

from assets.importers.guesses import subtype_from_name
from assets.importers.who import home_of, kind_of
from registry.queries.places import Places


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("屏边县新华乡岩峰村股份经济合作社", "village_collective"),
        ("岩峰村集体", "village_collective"),
        ("集体", "village_collective"),
        ("岩峰村", "village_collective"),
        ("岩峰村委会", "village_committee"),
        ("玉屏社区", "village_committee"),
        ("岩峰种植专业合作社", "cooperative"),
        ("岩峰村用水户协会", "cooperative"),
        ("云岭茶业有限公司", "company"),
        ("新华乡人民政府", "government"),
        ("县交通运输局", "government"),
        ("新华乡中心卫生院", "government"),
        ("国有", "government"),
        ("12户农户", "group"),
        ("王小二等12户", "group"),
        ("建档立卡户", "group"),
        ("岩峰村、河南村", "group"),
        ("杨文", "person"),
        ("阿依古丽·买买提", "person"),
        ("老杨家庭农场", "operator"),
    ],
)
def test_the_kind_of_a_party_is_told_by_its_name(name, kind):
    assert kind_of(name) == kind


@pytest.mark.parametrize(
    ("name", "kind"),
    [("王小二", "household"), ("李站", "household"), ("集体", "village_collective"), ("到户", "group")],
)
def test_where_households_own_a_persons_name_is_a_household(name, kind):
    assert kind_of(name, household=True) == kind


@pytest.mark.parametrize(
    ("kind", "name", "home"),
    [
        ("person", "杨文", "yanfeng"),
        ("village_collective", "岩峰村股份经济合作社", "yanfeng"),
        ("village_collective", "河南村股份经济合作社", "henan"),
        ("village_committee", "某村委会", "yanfeng"),
        ("government", "新华乡人民政府", "town"),
        ("government", "湾塘乡人民政府", "other"),
        ("government", "水务局", "county"),
        ("government", "屏边县人民政府", "county"),
        ("company", "云岭茶业有限公司", "town"),
    ],
)
def test_the_home_of_a_party_is_told_by_its_kind_and_name(places, kind, name, home):
    assert home_of(kind, name, places["hamlet"], Places()) == places[home]


@pytest.mark.parametrize(
    ("name", "asset_class", "subtype"),
    [
        ("岩峰村产业道路硬化", "public_welfare", "road"),
        ("太阳能路灯30盏", "public_welfare", "power"),
        ("人饮工程管网", "public_welfare", "water_supply"),
        ("三面光沟渠", "public_welfare", "irrigation"),
        ("公厕1座", "public_welfare", "sanitation"),
        ("村级活动室", "public_welfare", "service"),
        ("篮球场", "public_welfare", "sport"),
        ("茶叶初制所", "operating", "processing"),
        ("光伏电站", "operating", "solar"),
        ("就业帮扶车间", "operating", "workshop"),
        ("蔬菜大棚", "operating", "farm_base"),
        ("安置房", "household", "housing"),
        ("能繁母猪", "household", "livestock"),
        ("某某项目", "public_welfare", None),
        ("茶叶初制所", "household", None),
    ],
)
def test_the_sub_type_is_told_by_the_name_within_the_class(name, asset_class, subtype):
    assert subtype_from_name(name, asset_class) == subtype
