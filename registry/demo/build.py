"""Makes the demo township: one call writes all its files."""

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely

from registry import geo
from registry.demo import (
    assemblies,
    boundaries,
    faults,
    gisfiles,
    income,
    inspections,
    landwork,
    ledgers,
    lives,
    networks,
    planted,
    roadbook,
    samples,
    stocktake,
    upkeep,
)
from registry.demo.assets import Asset, Maker, coordinates, make_assets
from registry.demo.athome import keep_at_home
from registry.demo.cells import make_plots
from registry.demo.corridors import corridors, cut_corridors
from registry.demo.cover import make_cover
from registry.demo.farmland import BasicFarmland, make_basic_farmland
from registry.demo.hillshade import write_hillshade
from registry.demo.people import People, make_people
from registry.demo.places import (
    WANTANG,
    WORK,
    XINHUA,
    county_outline,
    read_list,
    township_discs,
    township_masks,
    villages_of,
    write_divisions,
)
from registry.demo.placing import Ground
from registry.demo.raster import Grid, noise
from registry.demo.roads import make_roads
from registry.demo.settlements import Settlements, make_settlements
from registry.demo.survey import Parcels, first_survey, next_survey
from registry.demo.terrain import COARSE, Terrain, make_terrain

STEP = 25.0
INNER_COLUMNS = {"SLOPE", "LUCK", "HAMLET"}  # the generator's own; no survey has them


@dataclass(frozen=True)
class DemoFiles:
    """Where each file of the demo is."""

    folder: Path
    inspections: Path

    def __getattr__(self, name: str) -> Path:
        """The file of that name: `files.dltb_2024`, `files.ledger_xinhua_2025` and so on."""
        for ending in (".csv", ".gpkg", ".zip", ".xlsx", ".json", ".png", ".geojson"):
            path = self.folder / f"{name}{ending}"
            if path.is_file():
                return path
        raise AttributeError(name)


@dataclass
class Land:
    """Everything on the ground, before anybody builds on it."""

    frame: Grid
    outline: shapely.Geometry
    terrain: Terrain
    people: Settlements
    first: Parcels
    second: Parcels
    changes: dict[str, int]
    ground: Ground


def generate(folder: Path, *, seed: int = 20260101, scale: float = 1.0, today: dt.date) -> DemoFiles:
    """Write the files of the demo township into the folder.

    The same seed, scale and day give the same township. `scale` shrinks its area and with it the number of
    parcels and assets. Dates of inspections and of what was just finished are counted back from `today`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    land = make_land(rng, scale)
    people = make_people(land.people, rng)
    maker = Maker(land.ground, people, rng)
    roads = make_roads(maker)
    others = make_assets(maker)
    keep_at_home(others, boundaries.division_shapes(land.first, land.people))
    assets = [road.asset for road in roads] + others
    truth, picker = planted.plant_papers(assets, people, today, rng)
    planted.plant_places(assets, land.ground, picker, truth)
    roadbook.plant_beside(roads, picker, truth)
    farm = make_basic_farmland(land.first, clearance(assets), land.frame, rng)
    planted.plant_on_farmland(farm, picker, land.ground, truth)
    planted.register_real_estate(assets, picker, truth, today)
    told = upkeep.plant_upkeep(assets, picker, truth)
    faults.plant_ledger(assets, picker, truth, people)
    stocktake.plant_stocktake(folder, assets, people, truth, picker, today)
    lives.write_lives(folder, lives.plant_ledger(assets, truth, seed, today), people, truth, today)
    write_land(folder, land, farm)
    upkeep.write_upkeep(folder, assets, people, told)
    faults.write_faults(folder, picker, truth, people, today, networks.write_book)
    networks.write_networks(folder, assets, roads, land.people, people, truth, today)
    book = write_papers(folder, assets, people, truth, today, rng, seed)
    samples.write_samples(folder, farm, land.people, people)
    write_truth(folder, land, farm, assets, truth)
    return DemoFiles(folder, book)


def make_land(rng: np.random.Generator, scale: float) -> Land:
    """Terrain, people, parcels."""
    frame = make_frame(scale)
    outline = county_outline()
    terrain = make_terrain(frame, rng)
    wobble = noise(frame.values.shape, rng, min(frame.values.shape) / 2.5, 3)
    mask = frame.like(township_masks(frame.centres(), outline, wobble, scale))
    people = make_settlements(terrain, mask, rng, scale)
    cover = make_cover(terrain, mask, people, rng)
    plots = cut_corridors(make_plots(terrain, cover, people, rng), corridors(terrain, people))
    names = {
        v.code: f"{t}{v.name}" for c, t in ((XINHUA, "新华乡"), (WANTANG, "湾塘乡")) for v in villages_of(c)
    }
    first = first_survey(plots, terrain, cover, people, names, rng)
    second, changes = next_survey(first, rng)
    return Land(
        frame, outline, terrain, people, first, second, changes, Ground(terrain, cover, people, first, rng)
    )


def make_frame(scale: float) -> Grid:
    """Cells over both townships with a margin, a whole number of coarse cells."""
    discs = township_discs(scale)
    west, south = (min(c[n] - 1.32 * r for c, r in discs) for n in (0, 1))
    east, north = (max(c[n] + 1.32 * r for c, r in discs) for n in (0, 1))
    cols, rows = (int(size / STEP / COARSE) * COARSE for size in (east - west, north - south))
    return Grid(float(round(west)), float(round(south)), STEP, np.zeros((rows, cols)))


def clearance(assets: list[Asset]) -> np.ndarray:
    """Ground that basic farmland keeps off: what stands there, with a margin by kind of shape."""
    points, lines, outlines = 45.0, 18.0, 10.0
    margin = {0: points, 4: points, 1: lines, 5: lines}
    placed = [a for a in assets if a.shape is not None]
    widths = [
        points if a.placed == "coordinates" else margin.get(int(shapely.get_type_id(a.shape)), outlines)
        for a in placed
    ]
    return shapely.buffer(np.array([a.shape for a in placed]), np.array(widths), quad_segs=3)


def write_land(folder: Path, land: Land, farm: BasicFarmland) -> None:
    """Divisions, outlines, relief, two survey years, basic farmland."""
    write_divisions(folder / "divisions_nbs.csv", read_list("nbs"))
    write_divisions(folder / "divisions_mca.csv", read_list("mca"))
    boundaries.write_natural_villages(folder / "natural_villages.csv", land.people)
    shapes = boundaries.division_shapes(land.first, land.people)
    boundaries.write_boundaries(folder / "boundaries.gpkg", shapes, land.outline, land.people)
    write_hillshade(folder, land.terrain)
    for survey in (land.first, land.second):
        columns = {name: v for name, v in survey.columns.items() if name not in INNER_COLUMNS}
        shapes_35 = gisfiles.prefixed(survey.shapes)
        gisfiles.write_gbk_shapefile(folder / f"dltb_{survey.year}.zip", "DLTB", shapes_35, columns, 4523)
    gisfiles.write_gpkg(folder / "yjjbnt_2024.gpkg", "YJJBNTBHTB", farm.shapes, farm.columns, "Polygon", WORK)


def write_papers(
    folder: Path, assets: list[Asset], people: People, truth, today: dt.date, rng, seed: int
) -> Path:
    """Ledgers, parties, inspections, outlines of the assets. Returns the inspection book."""
    write_footprints(folder / "footprints.gpkg", [a for a in assets if a.placed == "footprint"])
    by_coordinates = [a for a in assets if a.placed == "coordinates"]
    points = dict(zip([a.code for a in by_coordinates], lonlat(by_coordinates), strict=True))
    here = [a for a in assets if a.village.startswith(XINHUA)]
    there = [a for a in assets if a.village.startswith(WANTANG)]
    truth.other["sheet_totals_yuan"] = ledgers.write_township_ledger(
        folder / "ledger_xinhua_2025.xlsx", here, people, today, points
    )
    ledgers.write_neighbour_ledger(folder / "ledger_wantang_2025.xlsx", there, people, points)
    ledgers.write_parties(folder / "parties.xlsx", people)
    assemblies.write_assemblies(folder, people, today, truth.findings)
    landwork.write_landwork(folder, people, today, truth.findings)
    income.write_income(folder, assets, people, truth, today, seed)
    rows = inspections.inspection_rows(assets, people, today, truth.overdue, rng)
    inspections.plant_defects(rows, truth.defects)
    truth.other["inspections"] = len(rows)
    book = folder / f"inspections_{rows[0][3].year}_{rows[-1][3].year}.xlsx"
    inspections.write_inspections(book, rows)
    return book


def write_footprints(path: Path, assets: list[Asset]) -> None:
    """Three layers, one for each kind of shape, keyed by the code of the asset."""
    path.unlink(missing_ok=True)
    kinds = {
        "points": ("MultiPoint", (0, 4)),
        "lines": ("MultiLineString", (1, 5)),
        "polygons": ("MultiPolygon", (3, 6)),
    }
    maker = {
        "points": shapely.multipoints,
        "lines": shapely.multilinestrings,
        "polygons": shapely.multipolygons,
    }
    for layer, (kind, types) in kinds.items():
        own = [a for a in assets if int(shapely.get_type_id(a.shape)) in types]
        shapes = np.array([maker[layer](shapely.get_parts(a.shape)) for a in own])
        columns = {
            "asset_code": np.array([a.code for a in own], dtype=object),
            "name": np.array([a.name for a in own], dtype=object),
        }
        gisfiles.write_gpkg(path, layer, shapes, columns, kind, WORK)


def lonlat(assets: list[Asset]) -> list[tuple[float, float]]:
    """Longitude and latitude as a phone shows them: six decimals."""
    places = shapely.points(np.array([coordinates(a) for a in assets]).reshape(-1, 2))
    degrees = shapely.get_coordinates(geo.transform(places, WORK, 4490))
    return [(round(float(x), 6), round(float(y), 6)) for x, y in degrees]


def write_truth(folder: Path, land: Land, farm: BasicFarmland, assets: list[Asset], truth) -> None:
    """What is known of the demo: planted findings, verdicts, counts."""
    classes: dict[str, dict[str, int]] = {}
    for asset in assets:
        table = classes.setdefault(asset.village[:9], {})
        table[asset.asset_class] = table.get(asset.asset_class, 0) + 1
    gross = {c: float(land.first.columns[c][land.first.farmland].sum()) for c in ("TBMJ", "TBDLMJ")}
    facts = {
        "findings": {rule: sorted(codes) for rule, codes in sorted(truth.findings.items())},
        "verdicts": dict(sorted(verdicts(farm, assets).items())),
        "other": truth.other,
        "counts": {
            "assets": len(assets) - len(truth.other["ended"]), "by_township_and_class": classes,
            "placed": {k: sum(a.placed == k for a in assets) for k in ("footprint", "coordinates", "none")},
            "hamlets": len(land.people.hamlets),
            "parcels": {str(s.year): len(s.shapes) for s in (land.first, land.second)},
            "parcels_xinhua": int(sum(c.startswith(XINHUA) for c in land.first.columns["ZLDWDM"])),
            "changes": land.changes, "basic_farmland": len(farm.shapes),
            "with_holes": int((shapely.get_num_interior_rings(farm.shapes) > 0).sum()),
            "farmland_m2": {k: round(v, 2) for k, v in gross.items()},
            "basic_farmland_m2": round(float(farm.columns["YJJBNTTBMJ"].sum()), 2),
        },
    }  # fmt: skip
    text = json.dumps(facts, ensure_ascii=False, indent=1)
    (folder / "truth.json").write_text(text + "\n", encoding="utf-8")


def verdicts(farm: BasicFarmland, assets: list[Asset]) -> dict[str, dict[str, str]]:
    """Verdict of every asset with an outline or a line that meets basic farmland; the rest are NONE."""
    placed = [a for a in assets if a.shape is not None]
    shapes = np.array([a.shape for a in placed])
    result: dict[str, dict[str, str]] = {}
    asset, block = shapely.STRtree(farm.shapes).query(shapes, predicate="intersects")
    for number in np.unique(asset):
        ground = shapely.union_all(farm.shapes[block[asset == number]])
        common = shapely.intersection(shapes[number], ground)
        area, length = float(shapely.area(common)), float(shapely.length(common))
        if shapely.get_dimensions(shapes[number]) < 2:
            verdict = "REVIEW"
        elif area == 0.0:
            verdict = "TOUCH"
        else:
            verdict = "OCCUPIES" if area > 1 and 2 * area / length > 0.2 else "NOISE"
        exact = float(shapely.area(geo.equal_area(shapely.segmentize(common, 70.0), WORK))) if area else 0.0
        result[placed[number].code] = {"verdict": verdict, "area_m2": f"{exact:.2f}"}
    return result
