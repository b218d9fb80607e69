"""Where an asset stands: outlines near the houses, lines along ways and contours, in the working plane."""

from dataclasses import dataclass, field

import numpy as np
import shapely

from registry.demo.cover import HOMES, WILD, Cover
from registry.demo.kinds import Kind
from registry.demo.settlements import Hamlet, Settlements
from registry.demo.survey import Parcels, rectangle
from registry.demo.terrain import Terrain

DRY_FEET = 5.0  # metres above the stream: nobody builds lower
ROOM = {"county": 15.0, "village": 8.5, "track": 6.0}  # metres from the middle of a road: its control zone
DENSITY = 6.0  # metres: no two outlines stand closer than this


@dataclass
class Ground:
    """What placing needs to know of the land, and what has been placed so far."""

    terrain: Terrain
    cover: Cover
    people: Settlements
    parcels: Parcels
    rng: np.random.Generator
    taken: dict[int, list[shapely.Geometry]] = field(default_factory=dict)
    intakes: dict[int, np.ndarray] = field(default_factory=dict)
    used_parcels: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.centres = shapely.get_coordinates(shapely.point_on_surface(self.parcels.shapes))
        self.by_hamlet: dict[int, np.ndarray] = {}
        hamlet = self.parcels.columns["HAMLET"]
        for number in np.unique(hamlet):
            self.by_hamlet[int(number)] = np.flatnonzero(hamlet == number)
        self.roads = shapely.STRtree(np.array([shapely.linestrings(way.line) for way in self.people.ways]))
        self.room = np.array([ROOM[way.rank] for way in self.people.ways])

    def clear_of_roads(self, shape: shapely.Geometry) -> bool:
        """Whether the shape keeps out of the control zone of every road."""
        near = self.roads.query(shape, predicate="dwithin", distance=max(ROOM.values()))
        away = shapely.distance(self.roads.geometries[near], shape)
        return bool((away > self.room[near]).all())

    def village_at(self, points: np.ndarray) -> list[str]:
        """Code of the village whose land each point lies on, empty outside."""
        numbers = self.people.territory.at(points)  # type: ignore[union-attr]
        return [self.people.hamlets[n].village if n >= 0 else "" for n in numbers.ravel()]


def place(ground: Ground, kind: Kind, hamlet: Hamlet) -> shapely.Geometry | None:
    """A shape for an asset of the kind in the hamlet, or None for kinds without a place."""
    makers = {
        "homes": _at_homes, "farm": _on_field, "wild": _on_wild, "lane": _lane,
        "canal": _canal, "pipe": _pipe, "intake": _intake, "points": _points, "parcel": _parcel,
    }  # fmt: skip
    maker = makers.get(kind.where)
    return maker(ground, kind, hamlet) if maker else None


def _homes(ground: Ground, hamlet: Hamlet) -> np.ndarray:
    """Points in the built-up parcels of the hamlet, nearest first."""
    rows = ground.by_hamlet.get(hamlet.number, np.array([], dtype=int))
    points = ground.centres[rows]
    points = points[ground.cover.zone.at(points) == HOMES] if len(points) else points
    if len(points) < 4:
        points = np.vstack([points, hamlet.xy + ground.rng.uniform(-70, 70, (8, 2))])
    return points[np.argsort(np.hypot(*(points - hamlet.xy).T), kind="stable")]


def _turn(ground: Ground, point: np.ndarray, hamlet: Hamlet) -> float:
    """Buildings stand along the contour."""
    east = ground.terrain.smooth.between(point + [12, 0]) - ground.terrain.smooth.between(point - [12, 0])
    north = ground.terrain.smooth.between(point + [0, 12]) - ground.terrain.smooth.between(point - [0, 12])
    return float(np.arctan2(east, -north)) + float(ground.rng.normal(0, 0.06))


def _first_free(ground: Ground, hamlet: Hamlet, points: np.ndarray, size) -> shapely.Geometry:
    """The first rectangle that stands in the village and keeps its distance from all others."""
    taken = ground.taken.setdefault(hamlet.number, [])
    shape = None
    for point in points[:60]:
        candidate = rectangle(point, size[0], size[1], _turn(ground, point, hamlet))
        corners = np.asarray(candidate.exterior.coords)[:4]
        if ground.terrain.above_stream.at(corners).min() < DRY_FEET:
            continue
        if any(village != hamlet.village for village in ground.village_at(corners)):
            continue
        if not ground.clear_of_roads(candidate):
            continue
        shape = candidate
        if not taken or shapely.distance(np.array(taken), candidate).min() > DENSITY:
            break
    if shape is None:
        shape = rectangle(hamlet.xy, size[0], size[1], 0.0)
    taken.append(shape)
    return shape


def _at_homes(ground: Ground, kind: Kind, hamlet: Hamlet) -> shapely.Geometry:
    points = _homes(ground, hamlet)
    rank = ground.rng.permutation(min(len(points), 40))
    jitter = ground.rng.uniform(-9, 9, (len(rank), 2))
    extra = hamlet.xy + ground.rng.normal(0, 130, (30, 2))
    return _first_free(ground, hamlet, np.vstack([points[rank] + jitter, extra]), kind.size)


def _on_field(ground: Ground, kind: Kind, hamlet: Hamlet) -> shapely.Geometry:
    rows = ground.by_hamlet.get(hamlet.number, np.array([], dtype=int))
    points = ground.centres[rows[ground.parcels.farmland[rows]]]
    points = points[np.hypot(*(points - hamlet.xy).T) < 1100]
    points = ground.rng.permutation(points) if len(points) else hamlet.xy + ground.rng.normal(0, 200, (30, 2))
    return _first_free(ground, hamlet, points, kind.size)


def _on_wild(ground: Ground, kind: Kind, hamlet: Hamlet) -> shapely.Geometry:
    points = hamlet.xy + ground.rng.uniform(-800, 800, (200, 2))
    points = points[ground.cover.zone.at(points) == WILD]
    return _first_free(
        ground, hamlet, points[np.argsort(ground.terrain.slope.at(points), kind="stable")], kind.size
    )


def _line(lines: list[np.ndarray]) -> shapely.Geometry:
    parts = [shapely.simplify(shapely.linestrings(np.round(line, 4)), 0.4) for line in lines]
    return parts[0] if len(parts) == 1 else shapely.multilinestrings(parts)


def _lane(ground: Ground, kind: Kind, hamlet: Hamlet) -> shapely.Geometry:
    """A lane from yard to yard: the nearest homes in the order of their bearing."""
    points = _homes(ground, hamlet)[:14][:: 2 if ground.rng.uniform() < 0.5 else 1][:8]
    axis = np.linalg.svd(points - points.mean(axis=0))[2][0]
    points = points[np.argsort((points - hamlet.xy) @ axis, kind="stable")]
    return _line([np.vstack([points, points[-1:] + [3.0, 2.0]])])


def _canal(ground: Ground, kind: Kind, hamlet: Hamlet) -> shapely.Geometry:
    """A canal along the contour above the fields, with a slight fall."""
    rows = ground.by_hamlet.get(hamlet.number, np.array([], dtype=int))
    fields = ground.centres[rows[ground.parcels.farmland[rows]]]
    start = fields[int(ground.rng.integers(len(fields)))] if len(fields) else hamlet.xy + [150.0, 80.0]
    length = float(ground.rng.uniform(350, 900)) * (1.6 if kind.size[0] > 2 else 1.0)
    line, side = [start], 1.0 if ground.rng.uniform() < 0.5 else -1.0
    for _ in range(int(length / 18)):
        line.append(_along_contour(ground, line[-1], side, 18.0))
        if ground.village_at(line[-1])[0] != hamlet.village:
            break
    return _line([np.array(line)]) if len(line) > 2 else _lane(ground, kind, hamlet)


def _along_contour(ground: Ground, point: np.ndarray, side: float, step: float) -> np.ndarray:
    smooth = ground.terrain.smooth
    fall = np.array(
        [
            smooth.between(point - [20, 0]) - smooth.between(point + [20, 0]),
            smooth.between(point - [0, 20]) - smooth.between(point + [0, 20]),
        ]
    )
    fall = fall / (np.hypot(*fall) + 1e-9)
    return point + step * (side * np.array([-fall[1], fall[0]]) + 0.06 * fall)


def _pipe(ground: Ground, kind: Kind, hamlet: Hamlet) -> shapely.Geometry:
    """A pipe from a spring uphill to the hamlet."""
    angles = ground.rng.uniform(0, 2 * np.pi, 40)
    far = ground.rng.uniform(350, 900, 40)
    ends = hamlet.xy + np.column_stack([np.cos(angles), np.sin(angles)]) * far[:, None]
    inside = np.array([village == hamlet.village for village in ground.village_at(ends)])
    height = np.where(inside, ground.terrain.smooth.between(ends), -1)
    source = ends[int(np.argmax(height))]
    ground.intakes[hamlet.number] = source
    middle = np.linspace(source, hamlet.xy, 9)
    middle[1:-1] += ground.rng.normal(0, 14, (7, 2))
    return _line([middle])


def _intake(ground: Ground, kind: Kind, hamlet: Hamlet) -> shapely.Geometry:
    source = ground.intakes.get(hamlet.number, hamlet.xy + [220.0, 160.0])
    return _first_free(ground, hamlet, source + ground.rng.normal(0, 9, (40, 2)), kind.size)


def _points(ground: Ground, kind: Kind, hamlet: Hamlet) -> shapely.Geometry:
    points = _homes(ground, hamlet)
    chosen = points[np.sort(ground.rng.permutation(min(len(points), 24))[:7])]
    own = np.array([village == hamlet.village for village in ground.village_at(chosen)])
    return shapely.multipoints(np.round(chosen[own] if own.any() else hamlet.xy[None, :], 4))


def _parcel(ground: Ground, kind: Kind, hamlet: Hamlet) -> shapely.Geometry:
    """A whole orchard parcel of the village, the nearest that nothing else uses."""
    garden = np.flatnonzero(np.isin(ground.parcels.classes.astype(str), ["0201", "0204", "0202"]))
    villages = np.array([code[:12] for code in ground.parcels.columns["ZLDWDM"][garden]])
    garden = garden[(villages == hamlet.village) & ~np.isin(garden, list(ground.used_parcels))]
    if not len(garden):
        return (
            _on_wild(ground, kind, hamlet) if kind.size[0] else rectangle(hamlet.xy + [120, 90], 60, 40, 0.4)
        )
    nearest = garden[int(np.argmin(np.hypot(*(ground.centres[garden] - hamlet.xy).T)))]
    ground.used_parcels.add(int(nearest))
    return ground.parcels.shapes[nearest]


def inside_point(shape: shapely.Geometry) -> np.ndarray:
    """A point of the shape."""
    return np.asarray(shapely.get_coordinates(shapely.point_on_surface(shape)))[0]
