"""Own facts of units: recorded, changed, taken back; ledgers in and out; the pages that show them."""

import datetime as dt
from decimal import Decimal

import pytest

from assets.exporters.networks import ROAD_COLUMNS, SITE_COLUMNS, WATER_COLUMNS, preparer, site_preparer
from assets.kinds import WATER
from assets.kinds_more import BY_KEY, KINDS
from assets.models import Centre, Planting, RelocationSite, RoadRoute, RoadSection, SiteFigures, WaterWorks
from assets.services.own import OwnLine, record, strike
from assets.services.sites import plan_planting
from registry import clock
from registry.errors import BadInput, NotAllowed, RuleBroken
from registry.exporters.sheet import write_xlsx
from registry.exports import Export
from registry.models import Act, Division, Entry, ImportBatch, Unit
from tests import factories as make

from .conftest import run
from .networks import basic_farmland, hamlet, outline, section, site, water

pytestmark = pytest.mark.django_db
ROAD = {
    "路线编码": "C001532523", "路线名称": "岩峰路", "行政等级": "村道", "路段编号": "0010", "村": "岩峰村",
    "起点桩号": "0.000", "止点桩号": "1.250", "里程（公里）": "1.25", "技术等级": "四级（Ⅱ类）",
    "面层类型": "水泥混凝土",
    "路面宽度（米）": 3.5, "是否晴雨通车": "是", "建成年度": 2018, "道路用途": "产业路", "村路长": "杨文",
    "乡路长": "李春华", "管养单位名称": "岩峰村委会", "管护责任人": "王大山", "年养护经费（元）": 3750,
}  # fmt: skip
WORKS = {
    "工程名称": "河南村人饮工程", "村": "河南村", "工程类型": "千人供水", "设计供水人口": 1200,
    "实际服务人口": 900,
    "运行成本水价（元/立方米）": "1.80", "居民执行水价（元/立方米）": "2.00", "计费方式": "按方计量",
    "水费收缴率（%）": 95,
    "用水方便程度": "达标", "供水保证率": "基本达标", "是否消毒": "是", "水质检测报告日期": "2026-03-01",
    "管水员健康证有效期": "2026-12-31", "管护主体": "河南村委会",
}  # fmt: skip
SITE = {
    "安置点名称": "新华安置点", "村": "岩峰村", "行政区划代码": "532523205202", "安置方式": "集镇集中安置",
    "住房套数": 120,
    "已办不动产权证套数": 120, "住房建成日期": "2018-06-30", "统计日期": "2026-05-31",
    "搬迁户数": 120, "搬迁人数": 500,
    "建档立卡户数": 100, "建档立卡人数": 420, "同步搬迁户数": 20, "同步搬迁人数": 80, "就业人数": 260,
}  # fmt: skip


def bring_in(bring, row, kind, **more):
    return bring([row], kind=kind, heads=list(row), name=f"{kind}.xlsx", title="新华乡台账", **more)


def test_a_ledger_of_roads_makes_sections_routes_chiefs_and_keepers(bring):
    answer, status = bring_in(bring, ROAD, "roads")
    assert (answer["errors"], status, answer["accepted"]) == ([], 0, 1)
    made = RoadSection.objects.select_related("route", "unit").get()
    assert (made.route.code, made.route.level, made.mileage_km) == ("C001532523", "C", Decimal("1.250"))
    assert (made.technical_class, made.surface, made.all_weather, made.purpose) == (
        "fourth_2",
        "cement",
        True,
        "industry",
    )
    chiefs = Entry.objects.filter(code="road_chief").select_related("party__division", "agent")
    assert {entry.party.division.level: entry.agent.name for entry in chiefs} == {
        "village": "杨文",
        "township": "李春华",
    }
    assert made.unit.entries.get(code="upkeep").upkeep_terms.annual_budget == Decimal("3750.00")
    again, _status = bring_in(bring, ROAD, "roads")
    assert (again["accepted"], again["unchanged"]) == (0, 1)


def test_a_changed_section_is_shown_and_its_reversal_gives_the_old_facts_back(bring):
    bring_in(bring, ROAD, "roads")
    answer, _status = bring_in(
        bring, {**ROAD, "面层类型": "沥青", "县路长": "张县长", "路线名称": "岩峰产业路"}, "roads"
    )
    assert answer["changed"] == 1
    made = RoadSection.objects.get()
    assert (made.surface, RoadRoute.objects.get().name) == ("asphalt", "岩峰产业路")
    assert Entry.objects.on(clock.today()).filter(code="road_chief").count() == 3
    run("reverse_batch", str(answer["batch"]))
    made.refresh_from_db()
    assert made.surface == "cement"


def test_reversing_the_first_ledger_takes_sections_back(bring):
    answer, _status = bring_in(bring, ROAD, "roads")
    run("reverse_batch", str(answer["batch"]))
    assert not RoadSection.objects.in_force().exists()
    assert Unit.objects.in_force().filter(kind="asset").count() == 0


def test_ROD07_a_wrong_code_is_recorded_before_go_live_and_refused_after(bring, places):
    wrong = {**ROAD, "路线编码": "C1", "建成年度": 2021}
    answer, status = bring_in(bring, wrong, "roads", apply=False)
    assert status == 0
    assert {w["code"] for w in answer["warnings"]} >= {"ROD-07"}
    Division.objects.filter(pk=places["county"].pk).update(go_live=dt.date(2020, 1, 1))
    answer, status = bring_in(bring, wrong, "roads", apply=False)
    assert (status, [error["code"] for error in answer["errors"]]) == (1, ["ROD-07"])


KINDS_OUT = {
    "roads": (ROAD, ROAD_COLUMNS, RoadSection, preparer),
    "water_works": (WORKS, WATER_COLUMNS, WaterWorks, preparer),
    "relocation_sites": (SITE, SITE_COLUMNS, RelocationSite, site_preparer),
}


@pytest.mark.parametrize("kind", KINDS_OUT)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_what_a_ledger_gives_it_takes_back_unchanged(bring, tmp_path, kind, language):
    from django.utils import translation

    row, columns, model, prepare = KINDS_OUT[kind]
    assert bring_in(bring, row, kind)[1] == 0
    rows = model.objects.in_force().select_related("unit__division").order_by("pk")
    with translation.override(language):
        path = tmp_path / f"{kind}.xlsx"
        write_xlsx(
            Export(title="台账", columns=columns, rows=rows, names=True, prepare=prepare(clock.today())), path
        )
        answer, status = bring(path, kind=kind, apply=False, division=None)
    assert (answer["errors"], status) == ([], 0)
    assert (answer["accepted"], answer["unchanged"]) == (0, 1), answer


def test_a_ledger_of_sites_makes_the_site_and_the_figures_of_its_month(bring):
    bring_in(bring, SITE, "relocation_sites")
    made = RelocationSite.objects.select_related("unit").get()
    assert (made.unit.kind, made.kind, made.flats) == ("relocation_site", "township", 120)
    assert SiteFigures.objects.get().on == dt.date(2026, 5, 31)
    bring_in(bring, {**SITE, "统计日期": "2026-06-30", "就业人数": 255}, "relocation_sites")
    assert (Unit.objects.filter(kind="relocation_site").count(), SiteFigures.objects.count()) == (1, 2)


def test_centres_are_imported_by_village_and_natural_village(bring, places):
    heads = ["村", "自然村", "经度", "纬度"]
    answer, status = bring([["岩峰村", "大寨", 103.7, 23.01]], kind="centres", heads=heads, name="驻地.xlsx")
    assert (answer["errors"], status) == ([], 0)
    assert Centre.objects.get().division == places["hamlet"]
    again, _status = bring([["岩峰村", "大寨", 103.7, 23.01]], kind="centres", heads=heads, name="驻地.xlsx")
    assert again["unchanged"] == 1


# --- services


def test_facts_are_recorded_changed_and_taken_back_by_acts():
    unit = make.asset("人饮工程", subtype="water_supply").unit
    (first,) = record(WATER, [OwnLine(unit=unit, values={"price": Decimal("2.00")})], by=None)
    record(WATER, [OwnLine(unit=unit, values={"price": Decimal("2.50")})], by=None, reason="调价")
    act = Act.objects.filter(verb="own_facts_recorded").latest("id")
    assert (act.before, act.after, act.reason) == ({"price": "2.00"}, {"price": "2.50"}, "调价")
    strike(WATER, first, by=None, reason="登错")
    assert not WaterWorks.objects.in_force().exists()
    with pytest.raises(BadInput):
        strike(WATER, first, by=None, reason="再撤")


def test_the_same_facts_again_leave_no_trace():
    unit = make.asset("人饮工程", subtype="water_supply").unit
    for _time in range(2):
        record(WATER, [OwnLine(unit=unit, values={"price": Decimal("2.00")})], by=None)
    assert Act.objects.filter(verb="own_facts_recorded").count() == 1


@pytest.mark.parametrize(
    ("values", "field"), [({"price": Decimal("-1")}, "price"), ({"leakage": Decimal("1000")}, "leakage")]
)
def test_what_cannot_stand_is_refused_at_its_field(values, field):
    unit = make.asset("人饮工程", subtype="water_supply").unit
    with pytest.raises(BadInput) as refused:
        record(WATER, [OwnLine(unit=unit, values=values)], by=None)
    assert refused.value.code == field


def test_an_officer_of_another_township_is_refused():
    unit = make.asset("人饮工程", subtype="water_supply").unit
    stranger = make.user("asset_manager", make.township(name="湾塘乡", code="532523206"))
    with pytest.raises(NotAllowed):
        record(WATER, [OwnLine(unit=unit, values={"price": Decimal("2")})], by=stranger)


def test_REL01_refuses_counts_that_do_not_add_up_after_go_live():
    made = site(of=make.village(make.township(make.county(go_live=dt.date(2020, 1, 1)))))
    with pytest.raises(RuleBroken, match="REL-01"):
        record(
            BY_KEY["site_figures"],
            [OwnLine(unit=made.unit, values={"on": clock.today(), "households": 5})],
            by=None,
        )


def test_planting_is_checked_against_the_red_line_before_it_begins(tmp_path, settings):
    basic_farmland(tmp_path, settings, (0, 0, 500, 500))
    base = make.asset("茶叶基地", subtype="farm_base")
    outline(base.unit, 100, 100, 50, 50)
    coming = {"on": clock.today() + dt.timedelta(days=10), "crop": "香蕉", "grain": False}
    with pytest.raises(BadInput) as refused:
        plan_planting(unit=base.unit, values=coming, by=None)
    assert refused.value.code == "crop"
    plan_planting(unit=base.unit, values={**coming, "crop": "水稻", "grain": True}, by=None)
    assert Planting.objects.get().verdict == "OCCUPIES"


def test_every_kind_names_fields_that_its_table_has():
    for kind in KINDS:
        assert {part.name for part in kind.parts} <= {column.name for column in kind.model._meta.get_fields()}


# --- pages


def test_the_lists_show_what_is_registered(as_, cast):
    section(of=cast.village)
    water(of=cast.village)
    site(of=cast.village)
    hamlet("大寨", 60, cast.village)
    client = as_("asset_manager")
    for url, name in (("/roads/", "岩峰路一段"), ("/water-works/", "大寨人饮工程"),
                      ("/relocation-sites/", "毛家湾安置点"), ("/roads/villages/", "大寨")):  # fmt: skip
        assert name in client.get(url).content.decode()
    assert "岩峰路一段" not in as_("elsewhere").get("/roads/").content.decode()


def test_an_officer_enters_a_road_section_on_its_page(as_, road):
    client, url = as_("asset_manager"), f"/units/{road.unit.pk}/own/roads/"
    answer = client.post(url, {"route_code": "c001532523", "route_name": "小寨路", "level": "C",
                               "mileage_km": "2.5",
                               "surface": "cement", "all_weather": "true", "remark": ""})  # fmt: skip
    assert answer.status_code == 302
    assert RoadSection.objects.get().route.code == "C001532523"
    page = client.get(f"/u/{road.unit.code}").content.decode()
    assert "C001532523" in page


def test_ROD07_refuses_a_wrong_code_on_the_form(as_, road):
    answer = as_("asset_manager").post(
        f"/units/{road.unit.pk}/own/roads/", {"route_code": "C1", "level": "C", "built_year": "2026"}
    )
    assert answer.status_code == 200
    assert not RoadSection.objects.exists()


def test_kinds_that_do_not_fit_a_unit_have_no_page(as_, road):
    assert as_("asset_manager").get(f"/units/{road.unit.pk}/own/water_works/").status_code == 404
    assert as_("asset_manager").get(f"/units/{road.unit.pk}/own/nothing/").status_code == 404


PEOPLE = {"households": "10", "people": "40", "registered_households": "8", "registered_people": "32",
          "accompanying_households": "2", "accompanying_people": "8"}  # fmt: skip


def test_a_site_is_registered_with_its_people_and_gets_further_months(as_, cast):
    client = as_("asset_manager")
    new = {"name": "新华安置点", "division": cast.village.pk, "kind": "township",
           "on": "2026-04-30", "flats": "10",
           "certificates": "10"}  # fmt: skip
    assert (
        client.post("/relocation-sites/new/", {**new, **PEOPLE, "people": "41"}).status_code == 200
    )  # REL-01
    assert not Unit.objects.filter(kind="relocation_site").exists()
    assert client.post("/relocation-sites/new/", {**new, **PEOPLE}).status_code == 302
    unit = Unit.objects.get(kind="relocation_site")
    url = f"/units/{unit.pk}/own/site_figures/"
    assert client.post(url, {"on": "2026-05-31", **PEOPLE}).status_code == 302
    row = SiteFigures.objects.get(on="2026-05-31")
    assert "2026-05-31" in client.get(f"/u/{unit.code}").content.decode()
    client.post(f"/units/{unit.pk}/own/site_figures/{row.pk}/strike/", {"reason": "登错月份"})
    assert list(SiteFigures.objects.in_force().values_list("on", flat=True)) == [dt.date(2026, 4, 30)]


def test_a_centre_is_recorded_by_form_and_a_point_elsewhere_is_refused(as_, cast):
    client, url = as_("asset_manager"), f"/divisions/{cast.village.pk}/centre/"
    assert client.post(url, {"longitude": "10", "latitude": "10"}).status_code == 200
    assert client.post(url, {"longitude": "103.7", "latitude": "23.0"}).status_code == 302
    assert Centre.objects.get().division == cast.village


def test_a_permit_in_a_zone_is_recorded_with_its_paper(as_, plant):
    url = f"/units/{plant.unit.pk}/zone-permit/"
    answer = as_("asset_manager").post(url, {"why": "pipe", "paper_number": "屏交许〔2024〕3号"})
    assert answer.status_code == 302
    assert Act.objects.filter(verb="zone_permitted", unit=plant.unit).exists()
    assert ImportBatch.objects.count() == 0
