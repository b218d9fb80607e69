"""The road network of the demo: a county road, township roads to the villages, village roads to every hamlet.

The ways are a tree rooted at the seat of the township. Each piece of it belongs to one road: the county road is the
trunk, the road of a village's seat runs to the trunk, that of a hamlet to the nearest road that is there.
"""

from dataclasses import dataclass, field, replace
from decimal import Decimal

import numpy as np
import shapely

from registry.demo.assets import Asset, Maker, make_asset
from registry.demo.kinds import OF_ROADS
from registry.demo.places import WANTANG, XINHUA
from registry.demo.settlements import Hamlet, Settlements, Way

APART = 340.0  # metres: a hamlet farther than this from a road is not served by it
GAP = 90.0  # metres that a flood took from a road
HARDEN, UPGRADE = 50, 30  # households
SURFACES = {"X": "沥青混凝土", "Y": "水泥混凝土", "C": "水泥混凝土"}
CLASSES = {"X": "三级", "Y": "四级（Ⅰ类）", "C": "四级（Ⅰ类）"}
WIDTHS = {"X": (8.5, 7.0), "Y": (5.5, 4.5), "C": (5.5, 4.5)}  # roadbed and surface
ZONES = {"X": 10.0, "Y": 5.0, "C": 3.0}
COST = {"X": 168, "Y": 74, "C": 46}  # 万元 a kilometre
BUDGET = {"X": Decimal("0.72"), "Y": Decimal("0.52"), "C": Decimal("0.31")}  # 万元 a year and kilometre
LEAVES = ("gravel", "cut", "narrow", "narrow")  # what is wrong with the road of some hamlets


@dataclass
class Road:
    """One section: its level, the hamlet it belongs to, its line from the inner end, and what the ledger says."""

    level: str
    hamlet: Hamlet
    line: np.ndarray
    start: str
    end: str
    route: str = ""
    number: int = 1
    stake: float = 0.0
    fault: str = ""
    asset: Asset | None = None

    @property
    def shape(self) -> shapely.Geometry:
        return shapely.simplify(shapely.linestrings(np.round(self.line, 4)), 0.4)

    @property
    def surface(self) -> str:
        return "砂石" if self.fault == "gravel" else SURFACES[self.level]

    @property
    def technical_class(self) -> str:
        return "四级（Ⅱ类）" if self.fault in ("gravel", "narrow") else CLASSES[self.level]

    @property
    def widths(self) -> tuple[float, float]:
        """Roadbed and surface in metres."""
        return (4.5, 3.5) if self.fault in ("gravel", "narrow") else WIDTHS[self.level]

    @property
    def zone(self) -> float:
        """How far the control zone reaches from the middle of the road."""
        return self.widths[0] / 2 + ZONES[self.level]


@dataclass
class _Tree:
    """The ways by the node at their outer end; a node is a rounded place."""

    people: Settlements
    inward: dict[tuple[int, int], Way] = field(default_factory=dict)
    claimed: set[tuple[int, int]] = field(default_factory=set)
    passed: set[tuple[int, int]] = field(default_factory=set)  # nodes that some other road runs through

    def __post_init__(self) -> None:
        self.inward = {_node(way.line[0]): way for way in self.people.ways}
        ends = {_node(way.line[-1]): way.line[-1] for way in self.people.ways}
        self.claimed = {node for node in ends if node not in self.inward}
        places = {node: way.line[0] for node, way in self.inward.items()} | ends
        self.nodes, self.places = list(places), np.array(list(places.values()))

    def node_of(self, hamlet: Hamlet) -> tuple[int, int]:
        return self.nodes[int(np.argmin(np.hypot(*(self.places - hamlet.xy).T)))]

    def chain(self, node: tuple[int, int]) -> list[Way]:
        """The ways from a node inwards, up to a node that has its road already."""
        ways = []
        while node not in self.claimed and node in self.inward:
            ways.append(self.inward[node])
            node = _node(ways[-1].line[-1])
        return ways

    def claim(self, ways: list[Way]) -> None:
        self.claimed.update(_node(way.line[0]) for way in ways)
        self.passed.update(_node(way.line[-1]) for way in ways)

    def depth(self, hamlet: Hamlet) -> int:
        node, steps = self.node_of(hamlet), 0
        while node in self.inward:
            node, steps = _node(self.inward[node].line[-1]), steps + 1
        return steps


def _node(place: np.ndarray) -> tuple[int, int]:
    return round(float(place[0]) * 10), round(float(place[1]) * 10)


def _town(hamlet: Hamlet) -> str:
    return "新华" if hamlet.village.startswith(XINHUA) else "湾塘"


def _joined(ways: list[Way]) -> np.ndarray:
    """One line from the inner end of the last way to the outer end of the first."""
    parts = [way.line[::-1] for way in reversed(ways)]
    return np.vstack([parts[0], *(part[1:] for part in parts[1:])])


def plan_network(people: Settlements) -> list[Road]:
    """Every road of both townships."""
    tree = _Tree(people)
    roads = _trunk(tree)
    seats = [people.hamlets[number] for number in people.seats.values()]
    others = [hamlet for hamlet in people.hamlets if hamlet.number not in people.seats.values()]
    for level, group in (("Y", seats), ("C", others)):
        serial = 0
        for hamlet in sorted(group, key=lambda h: (tree.depth(h), h.number)):
            ways = tree.chain(tree.node_of(hamlet))
            if not ways:
                continue
            tree.claim(ways)
            serial += 1
            start = f"{_town(hamlet)}乡" if level == "Y" else "岔路口"
            route = f"{level}{serial:03d}532523"
            roads.append(Road(level, hamlet, _joined(ways), start, hamlet.name, route))
    _spoil(roads, tree)
    return roads


def _trunk(tree: _Tree) -> list[Road]:
    """The county road in two arms from the seat, each cut where it leaves the township."""
    people, county = tree.people, [way for way in tree.people.ways if way.rank == "county"]
    inner = {_node(way.line[-1]) for way in county}
    tips = [_node(way.line[0]) for way in county if _node(way.line[0]) not in inner]
    roads: list[Road] = []
    stake = 0.0
    for tip in sorted(tips):
        ways = tree.chain(tip)
        tree.claim(ways)
        for town, part in _by_township(people, ways):
            seat = next(h for h in people.hamlets if h.village.startswith(town))
            road = Road("X", seat, _joined(part), "新华乡集镇", "乡界", "X021532523", len(roads) + 1, stake)
            stake = round(stake + float(shapely.length(road.shape)) / 1000, 3)
            roads.append(road)
    return roads


def _by_township(people: Settlements, ways: list[Way]) -> list[tuple[str, list[Way]]]:
    """The ways of a chain in runs of one township, from the inner end; what lies outside goes with the run before."""
    runs: list[tuple[str, list[Way]]] = []
    for way in reversed(ways):
        owner = int(people.territory.at(way.line[len(way.line) // 2]))  # type: ignore[union-attr]
        town = people.hamlets[owner].village[:9] if owner >= 0 else (runs[-1][0] if runs else XINHUA)
        if not runs or runs[-1][0] != town:
            runs.append((town, []))
        runs[-1][1].insert(0, way)
    return runs


def _spoil(roads: list[Road], tree: _Tree) -> None:
    """Some hamlets at the end of their road are not reached as they should be: gravel, a gap, too narrow."""
    wanted = list(LEAVES)
    for road in sorted(roads, key=lambda r: -r.hamlet.households):
        hamlet = road.hamlet
        leaf = road.level == "C" and tree.node_of(hamlet) not in tree.passed
        if not wanted or not leaf or not hamlet.village.startswith(XINHUA):
            continue
        if hamlet.households < (UPGRADE if wanted[0] == "narrow" else HARDEN):
            continue
        others = np.array([other.shape for other in roads if other is not road])
        if shapely.distance(others, shapely.points(hamlet.xy)).min() < APART:
            continue
        length = float(shapely.length(road.shape))
        if wanted[0] == "cut":
            if length < APART + GAP:
                continue
            rest = shapely.line_interpolate_point(road.shape, np.arange(GAP, length, 12.0))
            line = np.vstack([shapely.get_coordinates(rest), road.line[-1:]])
            if shapely.distance(others, shapely.linestrings(line)).min() < GAP / 3:
                continue
            road.line = line
        road.fault = wanted.pop(0)


def make_roads(maker: Maker) -> list[Road]:
    """The network with an asset for each road."""
    roads = plan_network(maker.ground.people)
    for road in roads:
        km = Decimal(round(float(shapely.length(road.shape)) / 1000, 3))
        cost = float(km) * COST[road.level] * (0.5 if road.fault == "gravel" else 1.0)
        kind = replace(OF_ROADS[road.level], cost=(cost, cost * 1.08))
        spec = f"{road.surface}，路基宽{road.widths[0]}米，路面宽{road.widths[1]}米"
        words = {"t": _town(road.hamlet), "k": road.number, "spec": spec}
        asset = make_asset(maker, kind, road.hamlet, road.shape, **words)
        asset.budget = max(Decimal("0.05"), (km * BUDGET[road.level]).quantize(Decimal("0.01")))
        asset.budget_source = "县级财政"
        if road.fault == "cut":
            asset.remark = f"近{int(GAP)}米路段水毁，尚未修复"
        road.asset = asset
    return roads


def seats_of(people: Settlements) -> dict[str, Hamlet]:
    """The hamlet where each township has its seat: the first of its first village."""
    return {town: next(h for h in people.hamlets if h.village.startswith(town)) for town in (XINHUA, WANTANG)}
