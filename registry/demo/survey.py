"""The land survey of two years: parcels (地类图斑) with the attributes of the survey standard (TD/T 1055)."""

from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import shapely

from registry import geo
from registry.demo.cells import Plots
from registry.demo.corridors import COUNTY_ROAD, RIVER, RURAL_ROAD
from registry.demo.cover import DRY, FARM, GARDEN, HOMES, PADDY, WILD, Cover
from registry.demo.places import WORK
from registry.demo.settlements import Settlements
from registry.demo.terrain import Terrain

CLASS_NAMES = {
    "0101": "水田", "0103": "旱地", "0201": "果园", "0202": "茶园", "0204": "其他园地", "0301": "乔木林地",
    "0302": "竹林地", "0305": "灌木林地", "0307": "其他林地", "0404": "其他草地", "0601": "工业用地",
    "0702": "农村宅基地", "08H1": "机关团体新闻出版用地", "08H2": "科教文卫用地", "0809": "公用设施用地",
    "05H1": "商业服务业设施用地", "1003": "公路用地", "1006": "农村道路", "1101": "河流水面", "1104": "坑塘水面",
    "1106": "内陆滩涂", "1202": "设施农用地", "1207": "裸岩石砾地",
}  # fmt: skip
GRADE_EDGES = np.tan(np.radians([2.0, 6.0, 15.0, 25.0]))  # GDPDJB 1..5
RIDGE = {"TT": (0.0, 0.0618, 0.0957, 0.1289, 0.1653), "PD": (0.0, 0.0421, 0.0684, 0.0912, 0.1178)}
STATE_OWNED = {"1003", "1101", "08H1", "1106"}


@dataclass(frozen=True)
class Parcels:
    """One survey year: shapes in the working plane and the columns of the layer, row by row."""

    year: int
    shapes: np.ndarray
    columns: dict[str, np.ndarray]

    @property
    def classes(self) -> np.ndarray:
        return self.columns["DLBM"]

    @property
    def farmland(self) -> np.ndarray:
        """True for 0101, 0102 and 0103."""
        return np.char.startswith(self.classes.astype(str), "01")


def first_survey(plots: Plots, terrain: Terrain, cover: Cover, people: Settlements, names, rng) -> Parcels:
    """The base year: a class for every plot, areas on the ellipsoid, the deduction of field ridges."""
    inner = shapely.get_coordinates(shapely.point_on_surface(plots.shapes))
    codes = _classes(plots, terrain, cover, inner, rng)
    village = np.array([h.village for h in people.hamlets])[plots.hamlet]
    order = np.lexsort((-inner[:, 1].round(), village))
    slope = terrain.slope.at(inner)[order]
    columns = _columns(codes[order], village[order], slope, names, rng)
    columns["HAMLET"] = plots.hamlet[order]
    return with_areas(Parcels(2024, plots.shapes[order], columns))


def _classes(plots: Plots, terrain: Terrain, cover: Cover, inner, rng) -> np.ndarray:
    """Survey class of every plot from its zone, the ground and chance."""
    zone, chance = plots.zone, rng.uniform(0, 1, len(plots.zone))
    codes = np.full(len(zone), "0301", dtype="<U4")
    wild = cover.wild.at(inner)
    for edge, code in ((-1.55, "0404"), (-1.2, "0302"), (0.95, "0307"), (1.15, "0305"), (2.15, "1207")):
        codes[(zone == WILD) & ((wild < edge) if edge < 0 else (wild > edge))] = code
    codes[(zone == WILD) & (wild < -1.55)] = "0404"
    garden = np.where(terrain.height.at(inner) > 1250, "0202", np.where(chance < 0.75, "0201", "0204"))
    codes[zone == GARDEN] = garden[zone == GARDEN]
    codes[zone == DRY], codes[zone == PADDY] = "0103", "0101"
    codes[np.isin(zone, FARM) & (chance < 0.004)] = "1202"
    codes[(zone == PADDY) & (chance > 0.994)] = "1104"
    codes[zone == HOMES] = "0702"
    for low, high, code in (
        (0, 0.02, "08H2"),
        (0.02, 0.03, "08H1"),
        (0.03, 0.05, "0809"),
        (0.05, 0.065, "05H1"),
    ):
        codes[(zone == HOMES) & (chance >= low) & (chance < high)] = code
    codes[(zone == HOMES) & (chance > 0.995)] = "0601"
    codes[zone == COUNTY_ROAD], codes[zone == RURAL_ROAD], codes[zone == RIVER] = "1003", "1006", "1101"
    return codes


def _columns(codes, village, slope, names: dict[str, str], rng) -> dict[str, np.ndarray]:
    """Attributes that do not depend on the area."""
    count = len(codes)
    first = np.flatnonzero(np.diff(np.unique(village, return_inverse=True)[1], prepend=-1))
    running = np.arange(count) - np.repeat(first, np.diff(np.append(first, count))) + 1
    located = np.char.add(village, "0000000")
    name = np.array([names[v] for v in village], dtype=object)
    return {
        "BSM": np.array([f"532523{n:012d}" for n in range(1, count + 1)], dtype=object),
        "YSDM": np.full(count, "2001010100", dtype=object),
        "TBBH": np.array([f"{n:05d}" for n in running], dtype=object),
        "DLBM": codes.astype(object),
        "DLMC": np.array([CLASS_NAMES[c] for c in codes], dtype=object),
        "QSXZ": np.where(np.isin(codes, list(STATE_OWNED)), "10", "30").astype(object),
        "QSDWDM": located.astype(object),
        "QSDWMC": name,
        "ZLDWDM": located.astype(object),
        "ZLDWMC": name.copy(),
        "SLOPE": slope,
        "GDDB": rng.integers(8, 13, count),
        "LUCK": rng.uniform(0, 1, count),
    }


def with_areas(parcels: Parcels) -> Parcels:
    """The parcels with every column that follows from class, slope and area."""
    columns = dict(parcels.columns)
    farm = np.char.startswith(columns["DLBM"].astype(str), "01")
    grade = np.where(farm, np.searchsorted(GRADE_EDGES, columns["SLOPE"]) + 1, 0)
    terraced = farm & ((columns["DLBM"] == "0101") | (columns["LUCK"] < 0.6))
    kind = np.where(terraced, "TT", "PD")
    ratio = np.array([RIDGE[k][g - 1] if g else 0.0 for k, g in zip(kind, grade, strict=True)])
    gross = [cents(a) for a in shapely.area(geo.equal_area(parcels.shapes, WORK))]
    ridge = [cents(a * Decimal(str(r))) for a, r in zip(gross, ratio, strict=True)]
    columns["TBMJ"] = np.array([float(a) for a in gross])
    columns["KCDLBM"] = np.where(ratio > 0, "1203", "").astype(object)
    columns["KCXS"], columns["KCMJ"] = ratio, np.array([float(a) for a in ridge])
    columns["TBDLMJ"] = np.array([float(a - b) for a, b in zip(gross, ridge, strict=True)])
    columns["GDLX"] = np.where(grade > 1, kind, "").astype(object)
    columns["GDPDJB"] = np.where(farm, grade.astype(str), "").astype(object)
    grain = np.where(columns["DLBM"] == "0101", "LS", np.where(columns["LUCK"] < 0.7, "LS", "FLS"))
    columns["ZZSXDM"] = np.where(farm, grain, "").astype(object)
    columns["GDDB"] = np.where(farm, np.maximum(columns["GDDB"], 1), 0)
    columns["SJNF"] = np.full(len(gross), parcels.year, dtype=np.int32)
    return replace(parcels, columns=columns)


def cents(value: float | Decimal) -> Decimal:
    """Two decimals, half up, as the survey rounds."""
    exact = value if isinstance(value, Decimal) else Decimal(repr(float(value)))
    return exact.quantize(Decimal("0.01"), ROUND_HALF_UP)


def next_survey(before: Parcels, rng: np.random.Generator) -> tuple[Parcels, dict[str, int]]:
    """A year later: 1 to 2 % of the parcels have another class, some are split, some hold a new building."""
    count = len(before.shapes)
    columns = {name: values.copy() for name, values in before.columns.items()}
    shapes = before.shapes.copy()
    farm = np.flatnonzero(before.farmland & (before.columns["TBMJ"] > 900))
    picked = rng.permutation(farm)[: max(24, int(count * 0.014))]
    cut = [int(len(picked) * part) for part in (0.34, 0.52, 0.66, 0.86)]
    orchards, facilities, halves, built = np.split(picked, cut)[:4]
    _set_class(columns, orchards, "0201")
    _set_class(columns, facilities, "1202")
    added: list[tuple[int, shapely.Geometry, str]] = []
    for row in halves.tolist():
        parts = halved(shapes[row])
        if parts:
            shapes[row] = parts[0]
            added.append((row, parts[1], ("0201", "0204", "0301")[row % 3]))
    for row in built.tolist():
        parts = carved(shapes[row], rng)
        if parts:
            shapes[row] = parts[0]
            added.append((row, parts[1], "0702" if row % 4 else "1202"))
    after = _extended(before, shapes, columns, added)
    counts = {"orchard": len(orchards), "facility": len(facilities), "split": len(added)}
    return with_areas(replace(after, year=before.year + 1)), counts


def _set_class(columns: dict[str, np.ndarray], rows: np.ndarray, code: str) -> None:
    columns["DLBM"][rows] = code
    columns["DLMC"][rows] = CLASS_NAMES[code]


def _extended(before: Parcels, shapes, columns, added) -> Parcels:
    """The rows that splits have added, with new numbers at the end."""
    rows = np.array([row for row, _, _ in added], dtype=int)
    extra = {name: values[rows].copy() for name, values in columns.items()}
    start = len(before.shapes)
    extra["BSM"] = np.array([f"532523{start + n + 1:012d}" for n in range(len(rows))], dtype=object)
    extra["TBBH"] = np.array([f"9{n + 1:04d}" for n in range(len(rows))], dtype=object)
    extra["DLBM"] = np.array([code for _, _, code in added], dtype=object)
    extra["DLMC"] = np.array([CLASS_NAMES[code] for _, _, code in added], dtype=object)
    merged = {name: np.concatenate([columns[name], extra[name]]) for name in columns}
    return Parcels(before.year, np.concatenate([shapes, [shape for _, shape, _ in added]]), merged)


def halved(shape: shapely.Polygon) -> list[shapely.Geometry] | None:
    """Two parts, cut between two vertices of the outline so that the neighbours need no new vertex."""
    if len(shape.interiors):
        return None
    ring = np.asarray(shape.exterior.coords)[:-1]
    count = len(ring)
    for start in range(0, count // 2, 2):
        a, b = start, start + count // 2
        chord = shapely.LineString([ring[a], ring[b]])
        if not shapely.covers(shape, chord):
            continue
        first = shapely.Polygon(ring[a : b + 1])
        second = shapely.Polygon(np.vstack([ring[b:], ring[: a + 1]]))
        if min(first.area, second.area) > 200 and first.is_valid and second.is_valid:
            return [first, second]
    return None


def carved(shape: shapely.Polygon, rng: np.random.Generator) -> list[shapely.Geometry] | None:
    """A house inside the plot: its own parcel, and a hole in the plot."""
    centre = np.asarray(shapely.point_on_surface(shape).coords)[0]
    turn, wide, deep = rng.uniform(0, np.pi), rng.uniform(12, 19), rng.uniform(9, 13)
    house = rectangle(centre, wide, deep, turn)
    if not shapely.contains_properly(shape, shapely.buffer(house, 0.5)):
        return None
    return [shapely.Polygon(shape.exterior, [*shape.interiors, house.exterior]), house]


def rectangle(centre, wide: float, deep: float, turn: float) -> shapely.Polygon:
    """A turned rectangle with its middle at the centre, vertices to a tenth of a millimetre."""
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * [wide / 2, deep / 2]
    spin = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    return shapely.Polygon(np.round(corners @ spin + centre, 4))
