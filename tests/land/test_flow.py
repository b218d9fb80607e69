"""Farmland outflow (4.2) by id: C01-C04; on layers imported as a user imports them."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
import shapely
from django.core.management import call_command
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Polygon

from land.area import official_area
from land.flow import Plot, weave
from land.models import Parcel
from land.services.flow import compare
from registry.errors import BadInput
from tests.land.layers import at, gpkg, parcel_columns, take, zone_columns

pytestmark = pytest.mark.django_db
OTHER = "5325232052020000000"


def survey(tmp_path, township, year, shapes, codes, **more):
    columns = parcel_columns(codes, SJNF=[year] * len(codes), **more)
    document, status = take(
        gpkg(tmp_path / f"{year}.gpkg", shapes, columns), "parcels", year=year, of=township
    )
    assert status == 0, document
    return document


def proved(document):
    """C01 for the whole and each village, gross and counted."""
    for sums in (document, *document["by_village"].values()):
        for grade in ("", "_counted"):
            value = {k: Decimal(sums[f"{k}_m2{grade}"]) for k in ("previous", "outflow", "inflow", "current")}
            assert value["previous"] - value["outflow"] + value["inflow"] == value["current"]
            assert sum(map(Decimal, sums[f"by_kind{grade}"].values())) == value["outflow"]  # C02
    return document


FOUR = [at(0, 0, 100, 100), at(100, 0, 100, 100), at(0, 100, 100, 100), at(100, 100, 100, 100)]


def test_C01_whole_parcels_flow_by_destination_and_village(township, tmp_path):
    villages = ["5325232052010000000"] * 2 + [OTHER] * 2
    survey(tmp_path, township, 2023, FOUR, ["0101", "0103", "0103", "0201"], ZLDWDM=villages)
    survey(tmp_path, township, 2024, FOUR, ["0702", "0103", "0201", "0103"], ZLDWDM=villages)
    document = proved(compare(2023, 2024).as_dict())
    areas = [f"{official_area(shape):.2f}" for shape in FOUR]
    assert document["by_kind"] == {
        "NON_AGRI": areas[0], "NON_GRAIN": areas[2], "UNUSED": "0.00", "UNCLASSIFIED": "0.00"
    }  # fmt: skip
    assert document["inflow_m2"] == areas[3]
    assert document["matrix"] == {
        "0101": {"0702": areas[0]}, "0103": {"0103": areas[1], "0201": areas[2]}, "0201": {"0103": areas[3]}
    }  # fmt: skip
    assert document["by_village"]["532523205202"]["by_kind"]["NON_GRAIN"] == areas[2]
    assert document["in_basic_farmland_m2"] is None  # no layer: not known, never zero
    assert document["justified_m2"] is None


def test_C01_a_house_on_the_corner_of_a_field(township, tmp_path):
    house, field = at(80, 80, 20, 20), at(0, 0, 100, 100)
    survey(tmp_path, township, 2023, [field], ["0103"])
    survey(tmp_path, township, 2024, [field.difference(house), house], ["0103", "0702"])
    document = proved(compare(2023, 2024).as_dict())
    assert abs(Decimal(document["outflow_m2"]) - official_area(house)) <= Decimal("0.02")
    assert Decimal(document["previous_m2"]) == official_area(field)
    assert document["by_kind"]["NON_AGRI"] == document["outflow_m2"]


def test_C04_gross_and_counted_and_ridges_that_move_though_the_land_did_not(township, tmp_path):
    shapes = [at(0, 0, 100, 100), at(100, 0, 100, 100)]
    ridges = [Decimal("0.1"), Decimal("0.1")]
    survey(tmp_path, township, 2023, shapes, ["0103", "0103"], KCXS=list(map(float, ridges)))
    survey(tmp_path, township, 2024, shapes, ["0103", "0702"], KCXS=[0.2, 0.0])
    document = proved(compare(2023, 2024).as_dict())
    gross = [official_area(shape) for shape in shapes]
    assert Decimal(document["outflow_m2"]) == gross[1]
    built, ridge = round(gross[1] * Decimal("0.9"), 2), round(gross[0] * Decimal("0.1"), 2)
    assert abs(Decimal(document["by_kind_counted"]["NON_AGRI"]) - built) <= Decimal("0.01")
    assert abs(Decimal(document["ridges_m2_counted"]["out"]) - ridge) <= Decimal("0.02")
    assert "1203" in document["matrix_counted"]["0103"]
    assert "1203" not in document["matrix"]["0103"]


def turned(shape):
    """The same ground exported anew: rings begin elsewhere and run the other way."""
    ring = np.roll(np.array(shape.exterior.coords)[:-1], 2, axis=0)[::-1]
    holes = [np.array(hole.coords)[::-1] for hole in shape.interiors]
    return Polygon(np.vstack([ring, ring[:1]]), holes)


def test_a_year_delivered_anew_with_turned_rings_has_not_changed(township, tmp_path):
    shapes = [at(0, 0, 100, 100).difference(at(40, 40, 10, 10)), at(100, 0, 100, 100)]
    survey(tmp_path, township, 2023, shapes, ["0103", "0101"])
    survey(tmp_path, township, 2024, [turned(shape) for shape in shapes], ["0103", "0101"])
    assert len(set(Parcel.objects.values_list("shape_key", flat=True))) == 2
    document = proved(compare(2023, 2024).as_dict())
    assert document["outflow_m2"] == document["inflow_m2"] == "0.00"
    assert document["previous_m2"] == document["current_m2"] != "0.00"


def test_what_lies_in_basic_farmland_and_what_is_approved(township, tmp_path):
    survey(tmp_path, township, 2023, FOUR, ["0103"] * 4)
    survey(tmp_path, township, 2024, FOUR, ["0702", "0702", "0103", "0103"])
    take(gpkg(tmp_path / "z.gpkg", [at(50, 0, 100, 50)], zone_columns(1)), "basic_farmland", of=township)
    approved = {"TBBH": ["1"], "PZWH": ["屏自然资〔2024〕3号"], "PZMJ": [10000.0], "PZRQ": ["2024-03-01"]}
    take(gpkg(tmp_path / "a.gpkg", [FOUR[1]], approved), "approvals", of=township)
    flow = compare(2023, 2024)
    assert abs(flow.in_basic() - official_area(at(50, 0, 100, 50))) <= Decimal("0.02")
    assert flow.justified() == official_area(FOUR[1])
    assert [outflow.justified_m2 for outflow in flow.outflows] == [Decimal(0), official_area(FOUR[1])]


def test_ground_that_one_year_lacks_is_told_and_never_a_pass(township, tmp_path):
    survey(tmp_path, township, 2023, FOUR[:2], ["0103", "0103"])
    survey(tmp_path, township, 2024, FOUR[:1], ["0103"])
    document = proved(compare(2023, 2024).as_dict())
    assert (
        document["uncovered_m2"]["old"] == document["by_kind"]["UNCLASSIFIED"] == f"{official_area(FOUR[1])}"
    )
    assert document["matrix"]["0103"]["-"] == document["uncovered_m2"]["old"]
    assert document["notes"]


def test_C03_parcels_that_overlap_count_their_ground_once(township, tmp_path):
    survey(tmp_path, township, 2023, FOUR[:3], ["0103", "0103", "0103"])
    later = [at(0, 0, 120, 100), at(100, 0, 100, 99.9), FOUR[2]]
    survey(tmp_path, township, 2024, later, ["0702", "0702", "0103"])
    document = proved(compare(2023, 2024).as_dict())
    assert [overlap["year"] for overlap in document["overlaps"]] == ["new"]
    assert Decimal(document["current_m2"]) == official_area(FOUR[2])


def test_years_that_are_not_there_are_refused_with_a_sentence(township, tmp_path):
    survey(tmp_path, township, 2024, FOUR[:1], ["0103"])
    for years, word in (((2023, 2024), "2023"), ((2024, 2024), "2024"), ((2024, 2023), "2023")):
        with pytest.raises(BadInput, match=word):
            compare(*years)


def test_the_command_answers_for_programs(township, tmp_path, capsys):
    survey(tmp_path, township, 2023, FOUR, ["0103"] * 4)
    survey(tmp_path, township, 2024, FOUR, ["0103", "0103", "0103", "1206"])
    call_command("outflow", "2023", "2024", "--division", "532523205201")
    import json

    document = proved(json.loads(capsys.readouterr().out))
    assert document["years"] == [2023, 2024]
    assert document["by_kind"]["UNUSED"] == document["outflow_m2"] == f"{official_area(FOUR[3])}"
    assert {vintage["year"] for vintage in document["vintages"]} == {2023, 2024}


def plots(cells, farmland):
    made = []
    for n, cell in enumerate(cells):
        code, area = "0103" if n in farmland else "0702", official_area(cell)
        made.append(Plot(str(n), code, "v", area, area, n in farmland, MultiPolygon([cell])))
    return made


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 97), min_size=0, max_size=4, unique=True),
       st.lists(st.integers(1, 97), min_size=0, max_size=4, unique=True),
       st.sets(st.integers(0, 4)), st.sets(st.integers(0, 4)))  # fmt: skip
def test_strands_are_the_old_parcels_to_the_cent_and_agree_with_geos(old_cuts, new_cuts, old_farm, new_farm):
    def cells(cuts, upright):
        edges = [0, *sorted(cuts), 98]
        pairs = list(zip(edges, edges[1:], strict=False))
        return [at(a, 0, b - a, 98) if upright else at(0, a, 98, b - a) for a, b in pairs]

    olds, news = plots(cells(old_cuts, True), old_farm), plots(cells(new_cuts, False), new_farm)
    woven = weave(olds, news, 4544)
    assert not woven.doubts
    for old in olds:
        assert sum(s.gross for s in woven.strands if s.old is old) == old.gross
        assert sum(s.counted_old for s in woven.strands if s.old is old) == old.counted
    for new in news:
        assert sum(s.counted_new for s in woven.strands if s.new is new) == new.counted
    gone = shapely.union_all([p.geometry for p in olds if p.farmland]).difference(
        shapely.union_all([p.geometry for p in news if p.farmland])
    )
    flowed = sum(s.gross for s in woven.strands if s.was and not s.is_)
    expected = official_area(gone) if not gone.is_empty else Decimal(0)
    assert abs(flowed - expected) <= Decimal("0.02") * (len(woven.strands) + 1)


def test_the_page_and_its_workbook_say_the_same(township, tmp_path, client):
    import io

    import openpyxl

    from registry.codes import Role
    from tests import factories

    client.force_login(factories.user(Role.LAND_OFFICER, township))
    assert "两个年度" in client.get("/farmland/").content.decode()
    survey(tmp_path, township, 2023, FOUR, ["0103"] * 4)
    survey(tmp_path, township, 2024, FOUR, ["0103", "0702", "0201", "0103"])
    page = client.get("/farmland/").content.decode()
    assert "旱地" in page
    assert page.count('class="flow-piece') == 2
    assert "2023" in client.get("/farmland/?old=2022&new=2024").content.decode()
    book = openpyxl.load_workbook(io.BytesIO(client.get("/farmland/?export=xlsx").content))
    summary = {row[0]: row[1] for row in book.worksheets[0].iter_rows(values_only=True)}
    assert abs(summary["流出"] - float(official_area(FOUR[1]) + official_area(FOUR[2]))) < 0.001
    assert len(book.worksheets) == 5
    assert book.worksheets[4].max_row == 3
