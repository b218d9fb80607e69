"""The annual increment package (增量包): C01, C03, C06 by id, transfers with borders, and the import."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from land.area import official_area
from land.models import Vintage, Zone
from land.services.flow import compare
from registry import rules
from registry.codes import Role
from registry.errors import RegistryError
from registry.models import ImportBatch
from registry.services.imports import reverse_batch
from tests import factories
from tests.land.layers import at, gpkg, increment_package, parcel_columns, take
from tests.land.test_flow import FOUR, proved, survey

pytestmark = pytest.mark.django_db
HOME, OTHER = "5325232052010000000", "5325232052020000000"
ELSEWHERE = "5325240000000000000"
CLOSE = Decimal("0.03")


def package(tmp_path, township, shapes, rows, *, year=2024, **more):
    path = increment_package(tmp_path / f"zlb{year}.gpkg", shapes, rows, year=year, **more)
    document, status = take(path, "increment", year=year, of=township)
    assert (document["state"], status) == ("applied", 0), document
    return document


def balanced(document):
    """C01 with borders: previous − outflow + inflow + moved in − moved out = current, everywhere."""
    for sums in (document, *document["by_village"].values()):
        for grade in ("", "_counted"):
            value = {
                name: Decimal(sums[f"{name}_m2{grade}"])
                for name in ("previous", "outflow", "inflow", "moved_in", "moved_out", "current")
            }
            moved = value["moved_in"] - value["moved_out"]
            assert value["previous"] - value["outflow"] + value["inflow"] + moved == value["current"]
            assert sum(map(Decimal, sums[f"by_kind{grade}"].values())) == value["outflow"]
    return document


HOUSE = at(80, 80, 20, 20)


def test_C01_the_package_alone_gives_the_flow_on_the_ground_of_the_earlier_survey(township, tmp_path):
    survey(tmp_path, township, 2023, FOUR, ["0101", "0103", "0103", "0201"])
    rows = [{"old": "0101", "new": "0702"}, {"old": "0201", "new": "0103"}]
    package(tmp_path, township, [HOUSE, FOUR[3]], rows)
    document = balanced(compare(2023, 2024).as_dict())
    assert document["basis"] == "package"
    assert Decimal(document["by_kind"]["NON_AGRI"]) == Decimal(document["outflow_m2"]) == official_area(HOUSE)
    assert Decimal(document["inflow_m2"]) == official_area(FOUR[3])
    assert document["matrix"]["0101"]["0702"] == f"{official_area(HOUSE)}"
    assert any("2024" in note for note in document["notes"])  # nothing to hold against it
    assert {v["kind"] for v in document["vintages"]} == {"parcels", "increment"}


def test_C01_counted_areas_follow_the_ridge_ratios_of_both_sides(township, tmp_path):
    survey(tmp_path, township, 2023, FOUR[:2], ["0103", "0103"], KCXS=[0.1, 0.1])
    rows = [{"old": "0103", "new": "0103", "old_ratio": 0.1, "new_ratio": 0.2}]
    package(tmp_path, township, [FOUR[0]], rows)
    document = balanced(compare(2023, 2024).as_dict())
    assert document["outflow_m2"] == "0.00"
    ridges = (official_area(FOUR[0]) * Decimal("0.1")).quantize(Decimal("0.01"))
    assert abs(Decimal(document["outflow_m2_counted"]) - ridges) <= CLOSE


def test_C01_a_package_that_takes_more_than_there_was_is_refused(township, tmp_path):
    survey(tmp_path, township, 2023, FOUR[:1], ["0301"])
    package(tmp_path, township, [HOUSE], [{"old": "0103", "new": "0702"}])
    with pytest.raises(RegistryError, match="C01") as refused:
        compare(2023, 2024)
    assert refused.value.code == "C01"


def test_C02_outflow_is_the_sum_of_its_kinds_by_the_class_of_today(township, tmp_path):
    survey(tmp_path, township, 2023, FOUR, ["0103"] * 4)
    news = ["0702", "0301", "1206", ""]  # the last one's class is not known
    package(tmp_path, township, FOUR, [{"old": "0103", "new": new} for new in news])
    document = balanced(compare(2023, 2024).as_dict())
    areas = dict(
        zip(("NON_AGRI", "NON_GRAIN", "UNUSED", "UNCLASSIFIED"), map(official_area, FOUR), strict=True)
    )
    assert {kind: Decimal(area) for kind, area in document["by_kind"].items()} == areas
    assert Decimal(document["outflow_m2"]) == sum(areas.values())


def test_C06_a_package_that_agrees_with_the_overlay_says_so(township, tmp_path):
    survey(tmp_path, township, 2023, FOUR, ["0103"] * 4)
    survey(tmp_path, township, 2024, FOUR, ["0702", "0103", "0103", "0103"])
    package(tmp_path, township, FOUR[:1], [{"old": "0103", "new": "0702"}])
    flow = compare(2023, 2024)
    document = balanced(flow.as_dict())
    assert (flow.basis, flow.differing) == ("package", [])
    assert document["crosscheck"] == [
        {
            "village": "532523205201",
            "package_outflow_m2": f"{official_area(FOUR[0])}",
            "package_inflow_m2": "0.00",
            "overlay_outflow_m2": f"{official_area(FOUR[0])}",
            "overlay_inflow_m2": "0.00",
            "differs": False,
        }
    ]
    assert not any("C06" in note for note in flow.notes)


@pytest.mark.parametrize(
    ("changed", "overlaid", "differs"),
    [
        (100.0, 99.5, False),  # 0.5 % and 50 m²
        (100.0, 98.5, True),  # 1.5 %
        (20.0, 18.0, True),
    ],
)
def test_C06_package_and_overlay_that_part_by_a_hundredth_or_a_mu_are_remarked(
    township, tmp_path, changed, overlaid, differs
):
    field = at(0, 0, 300, 100)
    built, seen = at(0, 0, changed, 100), at(0, 0, overlaid, 100)
    survey(tmp_path, township, 2023, [field], ["0103"])
    survey(tmp_path, township, 2024, [field.difference(seen), seen], ["0103", "0702"])
    package(tmp_path, township, [built], [{"old": "0103", "new": "0702"}])
    flow = compare(2023, 2024)
    balanced(flow.as_dict())
    assert bool(flow.differing) is differs
    assert any("C06" in note for note in flow.notes) is differs


def test_C06_more_than_a_mu_parts_though_it_is_less_than_a_hundredth(township, tmp_path):
    field = at(0, 0, 1000, 1000)
    survey(tmp_path, township, 2023, [field], ["0103"])
    seen, built = at(0, 0, 1000, 899), at(0, 0, 1000, 900)  # 1000 m² of 90 ha
    survey(tmp_path, township, 2024, [field.difference(seen), seen], ["0103", "0702"])
    package(tmp_path, township, [built], [{"old": "0103", "new": "0702"}])
    assert [row.village for row in compare(2023, 2024).differing] == ["532523205201"]


def test_C03_rows_that_overlap_count_their_ground_once_and_are_remarked(township, tmp_path):
    survey(tmp_path, township, 2023, [at(0, 0, 300, 100)], ["0103"])
    shapes = [at(0, 0, 100, 100), at(90, 0, 100, 100)]
    rows = [{"old": "0103", "new": "0702"}, {"old": "0103", "new": "0702"}]
    document = package(tmp_path, township, shapes, rows)
    assert [w["code"] for w in document["warnings"]] == ["C03"]
    flow = compare(2023, 2024)
    balanced(flow.as_dict())
    assert abs(flow.gross.outflow - official_area(at(0, 0, 190, 100))) <= CLOSE
    assert [doubt.year for doubt in flow.doubts] == ["package"]
    assert any("C03" in note for note in flow.notes)


def test_transfers_with_a_border_are_no_flow_and_are_summed_apart(township, tmp_path):
    survey(tmp_path, township, 2023, FOUR[:2], ["0103", "0103"])
    came, came_built = at(0, 200, 100, 100), at(100, 200, 100, 100)
    rows = [
        {"old": "0103", "new": "0103", "old_village": ELSEWHERE, "transfer": "3"},  # came, unchanged
        {"old": "0103", "new": "0702", "old_village": ELSEWHERE, "transfer": "1"},  # came, and was built on
        {"old": "0103", "new": "0103", "new_village": ELSEWHERE, "transfer": "4"},  # went
    ]
    package(tmp_path, township, [came, came_built, FOUR[1]], rows)
    document = balanced(compare(2023, 2024).as_dict())
    assert Decimal(document["moved_in_m2"]) == official_area(came) + official_area(came_built)
    assert Decimal(document["moved_out_m2"]) == official_area(FOUR[1])
    assert Decimal(document["outflow_m2"]) == official_area(came_built)
    assert Decimal(document["previous_m2"]) == sum(map(official_area, FOUR[:2]))
    assert document["inflow_m2"] == "0.00"


def test_a_border_between_two_villages_moves_farmland_and_is_no_outflow(township, tmp_path):
    villages = [HOME, OTHER]
    survey(tmp_path, township, 2023, FOUR[:2], ["0103", "0103"], ZLDWDM=villages)
    rows = [{"old": "0103", "new": "0103", "old_village": HOME, "new_village": OTHER, "transfer": "5"}]
    package(tmp_path, township, [at(50, 0, 50, 100)], rows)
    document = balanced(compare(2023, 2024).as_dict())
    assert document["outflow_m2"] == document["inflow_m2"] == "0.00"
    assert document["moved_between_m2"] == {
        "532523205201": {"532523205202": f"{official_area(at(50, 0, 50, 100))}"}
    }
    from registry.models import Division

    village = Division.objects.coded("532523205202").get()
    one = balanced(compare(2023, 2024, village).as_dict())
    assert Decimal(one["moved_in_m2"]) == official_area(at(50, 0, 50, 100))
    assert Decimal(one["previous_m2"]) == official_area(FOUR[1])


def test_years_that_are_not_neighbours_are_laid_over_each_other(township, tmp_path):
    survey(tmp_path, township, 2022, FOUR, ["0103"] * 4)
    survey(tmp_path, township, 2024, FOUR, ["0103"] * 3 + ["0702"])
    package(tmp_path, township, FOUR[3:], [{"old": "0103", "new": "0702"}])
    document = proved(compare(2022, 2024).as_dict())
    assert (document["basis"], document["crosscheck"]) == ("overlay", [])


def test_the_package_is_a_vintage_of_its_own_and_goes_as_a_whole(township, tmp_path):
    survey(tmp_path, township, 2023, FOUR, ["0103"] * 4)
    rows = [{"old": "0103", "new": "0702", "area": float(official_area(HOUSE))}]
    document = package(tmp_path, township, [HOUSE], rows)
    assert document["totals"]["layer"] == "DLTBGXGC"
    assert document["totals"]["new_state"] == {"parcels": 1, "missing": []}
    assert document["totals"]["stated_m2"] == f"{official_area(HOUSE)}"
    assert Vintage.objects.in_force().filter(kind="increment", year=2024).count() == 1
    assert Zone.objects.get().attrs["BGQDLBM"] == "0103"
    reverse_batch(ImportBatch.objects.get(pk=document["batch"]), by=None)
    assert not Zone.objects.exists()


def test_a_package_is_previewed_and_its_faults_are_remarked(township, tmp_path):
    rows = [
        {"old": "0103", "new": "0703"},
        {"old": "0103", "new": "0702", "transfer": "9", "new_id": "LOST"},
    ]
    path = increment_package(tmp_path / "a.gpkg", FOUR[:2], rows, year=2023, new_state=False)
    gpkg(path, FOUR[:1], {"BSM": ["NEW1"], "DLBM": ["0702"]}, layer="DLTBGX", append=True)
    document, status = take(path, "increment", apply=False, of=township)
    assert (document["state"], document["accepted"], status) == ("staged", 2, 0)
    assert not Vintage.objects.exists()
    assert {w["code"] for w in document["warnings"]} == {"L15", "L12", "XZQTZLX"}
    assert document["totals"]["new_state"]["missing"] == ["LOST"]


def test_the_new_state_alone_is_no_package(township, tmp_path):
    path = gpkg(tmp_path / "a.gpkg", FOUR[:1], parcel_columns(["0103"]), layer="DLTBGX")
    document, _status = take(path, "increment", of=township)
    assert document["state"] == "refused"
    assert "BGQDLBM" in document["errors"][0]["message"]


def test_the_page_says_what_the_figures_rest_on_and_shows_both(township, tmp_path, client):
    client.force_login(factories.user(Role.LAND_OFFICER, township))
    survey(tmp_path, township, 2023, FOUR, ["0103"] * 4)
    survey(tmp_path, township, 2024, FOUR, ["0702", "0103", "0103", "0103"])
    package(tmp_path, township, [HOUSE], [{"old": "0103", "new": "0702"}])
    page = client.get("/farmland/?old=2023&new=2024")
    assert page.status_code == 200
    assert page.context["flow"].basis == "package"
    assert len(page.context["crosscheck"]) == 1
    assert page.context["crosscheck"][0][1].differs
    assert client.get("/farmland/?export=xlsx").status_code == 200


def c06(scope=None):
    rule = rules.get("C06")
    day = dt.date(2026, 3, 1)
    return rule.read(
        rules.Context(day, scope or rules.Scope(), rules.parameters.resolver(rule.parameters, day))
    )


@pytest.mark.parametrize(("overlaid", "found"), [(100.0, []), (99.1, []), (98.9, ["新华村委会"])])
def test_C06_is_a_finding_on_the_village(township, tmp_path, overlaid, found):
    built, seen = at(0, 0, 100, 100), at(0, 0, overlaid, 100)
    field = at(0, 0, 300, 100)
    survey(tmp_path, township, 2023, [field], ["0103"])
    survey(tmp_path, township, 2024, [field.difference(seen), seen], ["0103", "0702"])
    package(tmp_path, township, [built], [{"old": "0103", "new": "0702"}])
    outcome = c06()
    assert outcome.checked == 1
    assert [row.details["year"] for row in outcome.rows] == [2024] * len(found)
    for row in outcome.rows:
        assert row.details["package_out"] == str(official_area(built))
        assert row.since == dt.date(2024, 12, 31)
    assert c06(rules.Scope(paths=("/0/",))).rows == []


def test_C06_without_both_surveys_reads_nothing(township, tmp_path):
    survey(tmp_path, township, 2023, [at(0, 0, 300, 100)], ["0103"])
    package(tmp_path, township, [at(0, 0, 90, 90)], [{"old": "0103", "new": "0702"}])
    assert c06().checked == 0
