"""Rules of the delivered layer by id: L08 to L10, L15, A02, A03, A09 (land.md 8), and levelling (调平)."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Polygon

from land.area import official_area
from land.importers.combinations import wrong_combination
from land.levelling import Area, level, level_areas, level_classes
from land.models import Parcel, Vintage
from land.mosaic import Mosaic
from registry import geo
from registry.errors import BadInput
from tests.land.layers import array, at, gpkg, moved, parcel_columns, take

OTHER = "5325232052020000000"
cents = st.integers(1, 10**9).map(lambda n: Decimal(n) / 100)


def layer(tmp_path, shapes, codes, name="a.gpkg", **more):
    return gpkg(tmp_path / name, shapes, parcel_columns(codes, **more))


def warned(document, code):
    return [warning["row"] for warning in document["warnings"] if warning["code"] == code]


def codes_of(document):
    return {error["code"] for error in document["errors"]}


# --- L08


def test_L08_rings_are_counted_by_their_role_before_any_geodesic_area():
    shell, hole = at(0, 0, 200, 300), at(50, 50, 50, 50)
    same_way = Polygon(shell.exterior.coords, [list(hole.exterior.coords)])
    turned = Polygon(list(shell.exterior.coords)[::-1], [list(hole.exterior.coords)])
    areas = geo.geodesic_areas(geo.transform(array([same_way, turned]), 4544, 4490))
    assert areas[0] == pytest.approx(areas[1], abs=1e-6)
    assert areas[0] == pytest.approx(float(official_area(same_way)), abs=0.02)


# --- L09


@pytest.mark.django_db
def test_L09_an_overlap_is_remarked_on_an_official_layer_with_place_and_area(township, tmp_path):
    shapes = [at(0, 0, 100, 100), at(100, 0, 100, 100), at(195, 0, 105, 100)]
    document, status = take(layer(tmp_path, shapes, ["0101", "0103", "0301"]), "parcels")
    assert (document["state"], document["accepted"], status) == ("applied", 3, 0)
    assert warned(document, "L09") == [3]
    overlaps = document["totals"]["overlaps"]
    assert overlaps["count"] == 1
    assert abs(Decimal(overlaps["area_m2"]) - official_area(at(195, 0, 5, 100))) <= Decimal("0.01")
    assert overlaps["listed"][0]["features"] == [2, 3]
    assert 103.6 < overlaps["listed"][0]["place"][0] < 103.8


@pytest.mark.django_db
def test_L09_a_layer_of_the_offices_own_that_overlaps_itself_is_refused(township, tmp_path):
    shapes = [at(0, 0, 100, 100), at(99, 0, 100, 100)]
    document, status = take(layer(tmp_path, shapes, ["0101", "0103"]), "parcels", official=False)
    assert (document["state"], status, codes_of(document)) == ("refused", 1, {"L09"})
    assert not Vintage.objects.exists()


@pytest.mark.django_db
def test_L09_an_overlap_within_a_square_decimetre_is_rounding(township, tmp_path):
    shapes = [at(0, 0, 100, 100), at(99.99995, 0, 100, 100)]  # half of it
    document, _status = take(layer(tmp_path, shapes, ["0101", "0103"]), "parcels", official=False)
    assert document["state"] == "applied"


@pytest.mark.django_db
def test_L09_ground_that_no_parcel_of_a_village_covers_is_a_gap(township, tmp_path):
    outlines = {"XZQDM": ["532523205201", "532523205202"], "XZQMC": ["戈纪街村", "岩峰村"]}
    path = gpkg(tmp_path / "xzq.gpkg", [at(0, 0, 300, 100), at(0, 100, 300, 100)], outlines)
    assert take(path, "divisions")[1] == 0
    shapes = [at(0, 0, 100, 100), at(110, 0, 190, 100)]
    path = layer(tmp_path, shapes, ["0101", "0103"])
    document, status = take(path, "parcels")
    assert (document["state"], status) == ("applied", 0)
    gaps = document["totals"]["gaps"]
    assert (gaps["count"], gaps["listed"][0]["village"]) == (1, "戈纪街村委会")
    assert abs(Decimal(gaps["area_m2"]) - official_area(at(100, 0, 10, 100))) <= Decimal("0.02")
    assert document["totals"]["remarks"]["L09"] == 1
    assert any("L09" in note for note in document["totals"]["notes"])


@pytest.mark.django_db
def test_L09_without_outlines_a_gap_is_what_the_parcels_surround(township, tmp_path):
    ring = at(0, 0, 100, 100).difference(at(40, 40, 20, 20))
    own, status = take(layer(tmp_path, [ring], ["0101"]), "parcels", official=False)
    assert (own["state"], status, codes_of(own)) == ("refused", 1, {"L09"})
    document, _status = take(
        layer(tmp_path, [ring, at(40, 40, 20, 20)], ["0101", "0702"], "b.gpkg"), "parcels"
    )
    assert document["totals"]["gaps"]["count"] == 0


def test_L09_only_parcels_that_do_not_fit_their_neighbours_are_intersected():
    cells = [at(50 * east, 50 * north, 50, 50) for east in range(40) for north in range(40)]
    clean = Mosaic.of(array(cells))
    assert clean.misfits.sum() == 4 * 39  # along the border
    assert not clean.doubled.any()
    assert clean.overlaps(0.01) == []
    assert clean.holes(0.01, 0.05) == ()
    cells[500] = shapely.buffer(cells[500], 1, join_style="mitre")
    found = Mosaic.of(array(cells))
    assert 4 < found.misfits.sum() - clean.misfits.sum() < 20
    assert {500} == set.intersection(*({pair.first, pair.second} for pair in found.overlaps(0.01)))


# --- L10


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("code", "side", "remarked"),
    [
        ("0103", 3.0, True),  # 9 m²: a sliver (4601)
        ("0103", 19.9, True),
        ("0103", 20.1, False),  # 400 m²
        ("0702", 14.1, True),
        ("0702", 14.2, False),  # 200 m²
        ("1202", 14.1, True),
        ("1206", 38.0, True),  # 1500 m²
        ("1101", 24.4, True),  # 600 m²
        ("1101", 24.6, False),
    ],
)
def test_L10_parcels_below_the_size_of_their_kind_are_remarked_and_taken(
    township, tmp_path, code, side, remarked
):
    shapes, names = [at(0, 0, 100, 100), at(200, 0, side, side)], ["水田", ""]
    path = layer(tmp_path, shapes, ["0101", code], names=names)
    document, status = take(path, "parcels", official=False)
    assert (document["accepted"], status) == (2, 0)
    assert warned(document, "L10") == ([2] if remarked else [])


# --- L15


@pytest.mark.django_db
def test_L15_a_code_of_another_scheme_is_remarked_and_refused_on_a_layer_of_ones_own(township, tmp_path):
    shapes = [at(0, 0, 100, 100), at(100, 0, 100, 100)]
    path = layer(tmp_path, shapes, ["0101", "0703"], names=["水田", "农村宅基地"])  # 0703 is of 用地用海
    own, status = take(path, "parcels", apply=False, official=False)
    assert (own["accepted"], status) == (1, 1)
    assert "L15" in codes_of(own)
    document, status = take(path, "parcels")
    assert (document["accepted"], warned(document, "L15"), status) == (2, [2], 0)
    assert Vintage.objects.get().scheme == "survey3"


# --- A02


@pytest.mark.django_db
def test_A02_farmland_has_a_slope_grade_and_other_land_has_none(township, tmp_path):
    shapes = [at(100 * n, 0, 100, 100) for n in range(4)]
    grades = ["3", "", "", "2"]
    path = layer(tmp_path, shapes, ["0101", "0103", "0301", "0702"], GDPDJB=grades)
    own, status = take(path, "parcels", apply=False, official=False)
    assert (own["accepted"], status, codes_of(own)) == (2, 1, {"A02"})
    document, status = take(path, "parcels")
    assert (document["accepted"], warned(document, "A02"), status) == (4, [2, 4], 0)


# --- A03


@pytest.mark.parametrize(
    ("code", "planting", "refined", "right"),
    [
        ("0101", "LS", "", True),
        ("0103", "XG", "", True),
        ("0103", "WG", "HDGD", False),  # 细化耕地 is planted
        ("0103", "LYFL", "SMGD", True),
        ("0103", "", "", False),
        ("0103", "JKHF", "", False),
        ("0201", "", "LQYD", True),
        ("0201K", "JKHF", "LQYD", False),
        ("0204", "GCHF", "", True),
        ("0202", "LS", "", False),
        ("0301", "JKHF", "", True),
        ("0307K", "WG", "", False),
        ("1104A", "GCHF", "", True),
        ("0403", "JKHF", "", False),
        ("0601", "", "GTGY", True),
        ("0601", "", "FQ", False),
        ("0602", "", "FQ", True),
        ("1003", "LS", "", False),
        ("0702", "whatever", "", True),  # nothing is laid down
        ("0103", None, None, True),  # the layer has no such columns
        ("0103", "LS", None, True),
    ],
)
def test_A03_planting_and_refinement_codes_are_of_the_class(code, planting, refined, right):
    assert bool(wrong_combination(code, planting, refined)) is not right


@pytest.mark.django_db
def test_A03_is_remarked_and_never_refused(township, tmp_path):
    shapes = [at(0, 0, 100, 100), at(100, 0, 100, 100)]
    path = layer(tmp_path, shapes, ["0101", "0301"], ZZSXDM=["LS", "LS"], TBXHDM=["", ""])
    document, status = take(path, "parcels", official=False)
    assert (document["accepted"], warned(document, "A03"), status) == (2, [2], 0)
    assert Parcel.objects.get(number=1).attrs["ZZSXDM"] == "LS"


# --- A09


@pytest.mark.django_db
def test_A09_a_village_off_its_control_area_is_remarked_and_refused_on_a_layer_of_ones_own(
    township, tmp_path
):
    shapes = [at(0, 0, 100, 100), at(100, 0, 100, 100)]
    stated = [float(official_area(shape)) for shape in shapes]
    control = sum(map(official_area, shapes)) + Decimal("0.03")
    outline = {"XZQDM": ["532523205201"], "XZQMC": ["戈纪街村"], "DCMJ": [float(control)]}
    assert take(gpkg(tmp_path / "xzq.gpkg", [at(0, 0, 200, 100)], outline), "divisions")[1] == 0
    path = layer(tmp_path, shapes, ["0101", "0103"], TBMJ=stated)
    own, status = take(path, "parcels", official=False)
    assert (own["state"], status, codes_of(own)) == ("refused", 1, {"A09"})
    document, status = take(path, "parcels")
    assert (document["state"], status) == ("applied", 0)
    assert document["totals"]["off_control"][0]["difference_m2"] == "-0.03"
    assert document["totals"]["remarks"]["A09"] == 1
    levelled = level(control, [Decimal(str(area)) for area in stated])
    right = layer(tmp_path, shapes, ["0101", "0103"], "b.gpkg", TBMJ=[float(area) for area in levelled])
    good, status = take(right, "parcels", apply=False, official=False, year=2024)
    assert good["totals"]["off_control"] == []


def test_A09_the_largest_take_the_hundredths_that_are_left_over():
    areas = [Decimal(text) for text in ("100.00", "300.00", "200.00")]
    assert level(Decimal("600.04"), areas) == [Decimal("100.01"), Decimal("300.02"), Decimal("200.01")]
    assert level(Decimal("599.98"), areas) == [Decimal("100.00"), Decimal("299.99"), Decimal("199.99")]
    assert level(Decimal("600.00"), areas) == areas


@given(st.lists(cents, min_size=1, max_size=60), st.integers(-500, 500))
def test_A09_levelling_sums_exactly_and_moves_nothing_by_more_than_its_part(areas, hundredths):
    control = sum(areas) + Decimal(hundredths) / 100
    each, more = divmod(abs(hundredths), len(areas))
    try:
        levelled = level(control, areas)
    except BadInput:
        assert hundredths < 0
        assert min(areas) <= Decimal(each + 1) / 100
        return
    assert sum(levelled) == control
    moves = sorted((abs(new - old) * 100 for new, old in zip(levelled, areas, strict=True)), reverse=True)
    assert moves == [each + 1] * more + [each] * (len(areas) - more)
    moved_more = [old for new, old in zip(levelled, areas, strict=True) if abs(new - old) * 100 == each + 1]
    assert not more or min(moved_more) >= sorted(areas, reverse=True)[more - 1]


places = st.recursive(
    cents.map(lambda area: Area("parcel", area + 100)),
    lambda inner: st.lists(inner, min_size=1, max_size=5).map(
        lambda parts: Area("place", sum(part.area for part in parts), tuple(parts))
    ),
    max_leaves=40,
)


def proved(place: Area) -> bool:
    return not place.parts or (
        sum(part.area for part in place.parts) == place.area and all(map(proved, place.parts))
    )


@given(places, st.integers(-200, 2000))
def test_A09_county_townships_villages_and_parcels_all_sum_exactly(place, hundredths):
    control = place.area + Decimal(hundredths) / 100
    levelled = level_areas(place, control)
    assert levelled.area == control
    assert proved(levelled)


def test_A09_classes_are_levelled_in_reverse_order_of_their_codes_and_small_ones_stand_aside():
    classes = {
        "0101": Decimal("20000.00"),
        "0103": Decimal("30000.00"),
        "0702": Decimal("500.00"),
        "09": Decimal(0),
    }
    levelled = level_classes(Decimal("50500.03"), classes)
    assert levelled == classes | {"0101": Decimal("20000.01"), "0103": Decimal("30000.02")}
    small = {"0101": Decimal("20.00"), "0702": Decimal("5.00")}
    assert level_classes(Decimal("25.01"), small) == {"0101": Decimal("20.00"), "0702": Decimal("5.01")}


def test_A09_what_levelling_cannot_settle_is_refused_with_a_sentence():
    with pytest.raises(BadInput, match="A09"):
        level(Decimal("1.00"), [Decimal("0.02"), Decimal("5.00")])
    with pytest.raises(BadInput, match="A09"):
        level(Decimal("1.00"), [])
    with pytest.raises(BadInput, match="A09"):
        level(Decimal("1.005"), [Decimal("1.00")])


def test_the_same_ground_delivered_in_another_zone_still_fits_its_neighbours():
    cells = array([at(80 * n, 0, 80, 300) for n in range(6)])
    other = np.array([moved(cell, 4544, 4543) for cell in cells], dtype=object)
    back = geo.to_work_dense(other, 4543)
    assert Mosaic.of(back).overlaps(0.01) == []


# --- A12

# Planar areas serve for thresholds of shape in the working plane, and for "has it any area at all".
PLANAR = {
    "land/admission.py", "land/flow.py", "land/measure.py", "land/mosaic.py", "land/overlay.py",
    "land/pictures.py", "land/splitting.py", "land/views/case_acts.py", "land/services/vintages.py",
    "land/levelling.py",  # areas as stated, no geometry
}  # fmt: skip
PLANAR_AREA = re.compile(
    r"shapely\.area\(|\b(?:geom|geometry|shape|outline|whole|part|together|protected|polygon)\.area\b"
)


def sources():
    root = Path(__file__).resolve().parents[2]
    for app in ("registry", "land", "projects", "assets", "maps"):
        for path in sorted((root / app).rglob("*.py")):
            name = path.relative_to(root).as_posix()
            if (
                not name.startswith(("registry/demo/", "registry/bench/", "land/bench/"))
                and "/migrations/" not in name
            ):
                yield name, path.read_text(encoding="utf-8")


def test_A12_no_area_comes_from_degrees_or_web_mercator():
    planar, of_degrees = set(), []
    for name, text in sources():
        if PLANAR_AREA.search(text):
            planar.add(name)
        of_degrees += [
            (name, found)
            for found in re.findall(r"ST_Area\(((?:[^()]|\([^()]*\))*)\)", text)
            if "geography" not in found and "work" not in found and name != "land/queries/instant.py"
        ]
        assert not re.search(r"functions import[^\n]*\bArea\b|area[^\n]*3857|3857[^\n]*ST_Area", text), name
    assert planar <= PLANAR
    assert of_degrees == []
