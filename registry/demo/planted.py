"""What is wrong in the demo, on purpose and in a handful of places, and the list of it (`truth`)."""

import datetime as dt
from dataclasses import dataclass, field

import numpy as np
import shapely

from registry.demo.assets import Asset, paper_number
from registry.demo.farmland import BasicFarmland
from registry.demo.kinds import HOUSEHOLD, OPERATING, PUBLIC
from registry.demo.people import People
from registry.demo.places import XINHUA
from registry.demo.placing import Ground
from registry.demo.survey import rectangle

RECENT = ("一般", "完好")


@dataclass
class Truth:
    """Codes by rule, the known verdicts, and the assets whose last inspection is too old."""

    findings: dict[str, list[str]] = field(default_factory=dict)
    verdicts: dict[str, dict[str, str]] = field(default_factory=dict)
    overdue: dict[str, int] = field(default_factory=dict)
    defects: dict[str, str] = field(default_factory=dict)  # what the last inspection found
    other: dict[str, list[str]] = field(default_factory=dict)

    def note(self, rule: str, asset: Asset) -> None:
        """The asset breaks the rule."""
        self.findings.setdefault(rule, []).append(asset.code)


@dataclass
class Picker:
    """Hands out assets of the township, none twice."""

    assets: list[Asset]
    rng: np.random.Generator
    used: set[str] = field(default_factory=set)

    def take(self, count: int, fits) -> list[Asset]:
        """Some assets that fit and are in good order so far."""
        ready = [
            a for a in self.assets if a.village.startswith(XINHUA) and a.code not in self.used and fits(a)
        ]
        chosen = [ready[n] for n in np.sort(self.rng.permutation(len(ready))[:count])]
        self.used.update(asset.code for asset in chosen)
        return chosen


def plant_papers(assets: list[Asset], people: People, today: dt.date, rng) -> tuple[Truth, Picker]:
    """Faults of duty and right: they need no map."""
    truth, picker = Truth(), Picker(assets, rng)
    truth.other["network"] = [a.code for a in assets if a.kind.where == "network"]
    picker.used.update([*truth.other["network"], *(a.code for a in assets if "安置点" in a.remark)])
    public = lambda a: a.asset_class == PUBLIC and a.placed == "footprint"  # noqa: E731
    for asset in picker.take(5, public):
        asset.upkeep_body = asset.person = asset.phone = asset.budget_source = asset.post = ""
        asset.upkeep_from = asset.budget = None
        truth.note("UPK-01", asset)
    for number, asset in enumerate(picker.take(4, public)):
        left = asset.person
        asset.person = asset.phone = ""
        if number == 0:
            asset.remark = f"原管护人{left}今年已外出务工，未落实新的管护人"
            truth.other["keeper_left"] = [asset.code]
        truth.note("UPK-02", asset)
    for number, asset in enumerate(picker.take(6, public)):
        truth.overdue[asset.code] = 118 + 41 * number
        truth.note("UPK-06", asset)
    _plant_rights(truth, picker, people)
    _plant_unplaced(truth, picker, today, rng)
    return truth, picker


def _plant_rights(truth: Truth, picker: Picker, people: People) -> None:
    for asset in picker.take(4, lambda a: a.asset_class == PUBLIC and a.placed == "footprint"):
        asset.owner = asset.source_number = ""
        asset.source_date = None
        truth.note("RIG-01", asset)
        truth.note("RIG-07", asset)  # its supervision right has lost its paper with the owner
    for asset in picker.take(2, lambda a: a.asset_class == OPERATING and a.completed.year < 2020):
        other = next(v for v in people.villages if v[:9] == asset.village[:9] and v != asset.village)
        asset.owner = f"{people.collective(asset.village)} 60%；{people.collective(other)} 30%"
        truth.note("RIG-02", asset)
    for asset in picker.take(3, lambda a: a.asset_class == HOUSEHOLD):
        asset.owner = people.collective(asset.village)
        truth.note("RIG-03", asset)
    for asset in picker.take(3, lambda a: a.asset_class == OPERATING and "；" not in a.income_holder):
        asset.income_holder = ""
        truth.other.setdefault("income_missing", []).append(asset.code)


def _plant_unplaced(truth: Truth, picker: Picker, today: dt.date, rng) -> None:
    """Fixed assets without a place: six long overdue, eight just finished, thirty with coordinates only."""
    fixed = lambda a: a.placed == "footprint" and a.kind.where in {"homes", "farm"}  # noqa: E731
    for asset in picker.take(6, lambda a: fixed(a) and a.completed.year < 2024):
        asset.shape, asset.placed = None, "none"
        truth.note("REG-06", asset)
    for asset in picker.take(8, lambda a: fixed(a) and a.asset_class == PUBLIC):
        asset.shape, asset.placed = None, "none"
        asset.completed = today - dt.timedelta(days=int(rng.integers(6, 26)))
        asset.accepted = asset.handed_over = asset.completed + dt.timedelta(days=3)
        asset.upkeep_from = asset.source_date = asset.handed_over
        asset.source_number = paper_number(asset, int(rng.integers(60, 99)))
        asset.remark = "新建，待上图"
        truth.other.setdefault("waiting_for_place", []).append(asset.code)
    for asset in picker.take(30, fixed):
        asset.placed = "coordinates"


REAL_ESTATE = {"生产加工设施", "扶贫车间", "经营性旅游设施", "经营性电商设施", "教育", "卫生", "安置住房"}


def register_real_estate(assets: list[Asset], picker: Picker, truth: Truth, today: dt.date) -> None:
    """Buildings have their real-estate unit code (28 signs); three old ones were never registered."""
    buildings = [asset for asset in assets if asset.kind.subtype in REAL_ESTATE]
    old = (a for a in buildings if a.village.startswith(XINHUA) and a.completed.year < today.year - 2)
    without = [asset for asset in old if asset.code not in picker.used][:3]
    for number, asset in enumerate(buildings, 1):
        if asset in without:
            truth.note("RIG-10", asset)
        else:
            asset.real_estate_code = f"{asset.village}GB{number:05d}F{1:04d}{number % 10000:04d}"


def plant_places(assets: list[Asset], ground: Ground, picker: Picker, truth: Truth) -> None:
    """REG-07: three outlines that lie wholly in the land of another village."""
    hamlets = [h for h in ground.people.hamlets if h.village.startswith(XINHUA)]
    for asset in picker.take(3, lambda a: a.placed == "footprint" and a.kind.where == "homes"):
        other = max(
            hamlets, key=lambda h, a=asset: (h.village != a.village) * np.hypot(*(h.xy - a.hamlet.xy))
        )
        asset.shape = rectangle(other.xy + [14.0, -11.0], asset.kind.size[0], asset.kind.size[1], 0.5)
        truth.note("REG-07", asset)


def plant_on_farmland(farm: BasicFarmland, picker: Picker, ground: Ground, truth: Truth) -> None:
    """LND-01: some stand on basic farmland, some touch it, some overlap by a hair, some lines cross it."""
    blocks = _Blocks(farm)
    names = ("蔬菜大棚", "就业帮扶车间", "生猪养殖小区", "农产品冷库")
    for number, name in enumerate(names):
        for asset in picker.take(1, lambda a, n=name: n in a.name and a.placed == "footprint"):
            asset.shape = blocks.standing(asset, partly=number in (0, 3))
            truth.note("LND-01", asset)
    housing = next(a for a in picker.assets if "安置住房4幢" in a.name)
    housing.shape = blocks.standing(housing, partly=True)
    truth.note("LND-01", housing)
    for number, asset in enumerate(picker.take(6, _public_building)):
        asset.shape = blocks.beside(asset, 0.0 if number < 3 else 0.04 + 0.02 * (number - 3))
    for asset in picker.take(3, lambda a: a.kind.where in {"canal", "pipe"} and a.placed == "footprint"):
        asset.shape = blocks.crossing(asset)
        truth.note("LND-01", asset)


def _public_building(asset: Asset) -> bool:
    """A public work with an outline that does not serve farming: its overlap is noise, not a review."""
    kind = asset.kind
    return (
        asset.placed == "footprint"
        and kind.where in {"homes", "farm"}
        and kind.subtype != "农田水利"
        and asset.asset_class == PUBLIC
    )


class _Blocks:
    """The basic farmland, for finding a place on it or beside it."""

    def __init__(self, farm: BasicFarmland) -> None:
        self.shapes = farm.shapes
        self.village = np.array([code[:12] for code in farm.columns["ZLDWDM"]])
        self.tree = shapely.STRtree(farm.shapes)
        self.used: set[int] = set()

    def near(self, asset: Asset) -> list[int]:
        """Blocks of the asset's village of a fair size, nearest first, none twice."""
        own = np.flatnonzero((self.village == asset.village) & (shapely.area(self.shapes) > 4000))
        own = own[~np.isin(own, list(self.used))]
        far = shapely.distance(self.shapes[own], shapely.points(asset.hamlet.xy))
        return own[np.argsort(far, kind="stable")].tolist()

    def standing(self, asset: Asset, *, partly: bool) -> shapely.Geometry:
        """An outline wholly or partly on a block."""
        size = asset.kind.size if asset.kind.size[0] > 12 else (30.0, 13.0)
        for block in self.near(asset):
            shape = self.shapes[block]
            inner = shapely.buffer(shape, -0.6 * size[1])
            if shapely.is_empty(inner):
                continue
            ring = np.asarray(shape.exterior.coords)
            middle = shapely.get_coordinates(shapely.point_on_surface(inner))[0]
            at = ring[int(np.argmin(np.hypot(*(ring - asset.hamlet.xy).T)))] if partly else middle
            self.used.add(block)
            return rectangle(at, size[0], size[1], 0.35)
        raise ValueError(asset.village)

    def beside(self, asset: Asset, overlap: float) -> shapely.Geometry:
        """An outline along some edges of a block: sharing them exactly, or lying over them by centimetres."""
        for block in self.near(asset):
            ring = np.asarray(shapely.orient_polygons(self.shapes[block]).exterior.coords)
            for start in range(0, len(ring) - 6, 3):
                shape = _strip(ring[start : start + 5], overlap)
                if shape is not None and self._fits(shape, block, overlap):
                    self.used.add(block)
                    return shape
        raise ValueError(asset.village)

    def _fits(self, shape: shapely.Geometry, block: int, overlap: float) -> bool:
        touching = self.tree.query(shape, predicate="intersects")
        if list(touching) != [block]:
            return False
        area = shapely.area(shapely.intersection(shape, self.shapes[block]))
        return area == 0.0 if overlap == 0.0 else 0.2 < area < 1.6 * overlap * shapely.length(shape)

    def crossing(self, asset: Asset) -> shapely.Geometry:
        """A line that runs over a block."""
        block = self.near(asset)[0]
        self.used.add(block)
        shape = self.shapes[block]
        middle = shapely.get_coordinates(shapely.point_on_surface(shape))[0]
        line = np.linspace(asset.hamlet.xy, middle, 8)
        line[1:-1] += np.sin(np.arange(6))[:, None] * [6.0, -5.0]
        return shapely.linestrings(np.round(line, 4))


def _strip(chain: np.ndarray, overlap: float) -> shapely.Geometry | None:
    """The ground outside a chain of edges (outside is on the right), 14 m deep."""
    along = chain[-1] - chain[0]
    length = float(np.hypot(*along))
    if not 12 < length < 60:
        return None
    outward = np.array([along[1], -along[0]]) / length
    inner = chain if overlap == 0.0 else np.round(chain - outward * overlap, 4)
    outer = np.round(chain[[0, -1]] + outward * 14.0, 4)
    shape = shapely.Polygon(np.vstack([inner, outer[::-1]]))
    return shape if shape.is_valid else None
