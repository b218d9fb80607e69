"""Where people live: natural villages on gentle ground, gathered into the real villages; and the ways between."""

import heapq
from dataclasses import dataclass, field

import numpy as np

from registry.demo.places import WANTANG, XINHUA, villages_of
from registry.demo.raster import Grid, chaikin
from registry.demo.terrain import Terrain

PATH_STEP = 3  # terrain cells along one cell of the way-finding
HAMLET_NAMES = [
    "大寨", "小寨", "上寨", "下寨", "老寨", "新寨", "岩脚", "水井湾", "大坪", "小坪子", "梁子", "丫口",
    "箐口", "石头寨", "白泥田", "芭蕉冲", "竹林", "杉树坪", "茶花箐", "龙潭", "大水沟", "马鞍山", "核桃树",
    "香竹林", "坡头", "坝子", "土锅寨", "瓦房", "草坝", "黑泥塘", "麻栗树", "棕树坪", "花椒坡", "冷水沟",
    "三家", "七棵树", "长冲", "滑石板", "尖山", "牛场", "麻地", "烂泥箐", "团山", "烟棚", "白石岩", "橄榄坡",
    "野猫冲", "老鹰岩", "大树脚", "田房", "落水洞", "河边", "菜园", "木瓜冲", "荞地", "背阴山",
]  # fmt: skip


@dataclass
class Hamlet:
    """A natural village (自然村): its place, its village and its people."""

    number: int
    village: str
    name: str
    xy: np.ndarray
    households: int
    people: int
    code: str = ""


@dataclass
class Way:
    """One piece of road between two junctions; rank `county`, `village` or `track`."""

    line: np.ndarray
    rank: str


@dataclass
class Settlements:
    """Hamlets in the order of their codes, the seats of the villages, the ways, and whose land a cell is."""

    hamlets: list[Hamlet]
    seats: dict[str, int]
    ways: list[Way] = field(default_factory=list)
    territory: Grid | None = None


def make_settlements(terrain: Terrain, mask: Grid, rng: np.random.Generator, scale: float) -> Settlements:
    """Choose the places, give them to villages, and let the ways find themselves."""
    hamlets: list[Hamlet] = []
    for number, township in ((1, XINHUA), (2, WANTANG)):
        villages = villages_of(township)
        each = 7.0 if number == 1 else 4.0
        wanted = int(round(len(villages) * max(2.0, each * min(1.0, scale**0.5 * 1.0))))
        sites = _sites(terrain, mask.values == number, wanted, rng)
        hamlets += _share_out(sites, [v.code for v in villages], rng, len(hamlets))
    settlements = Settlements(hamlets, _seats(hamlets))
    costs = _ground(terrain)
    settlements.ways = find_ways(terrain, mask, settlements, costs)
    settlements.territory = _territory(terrain, mask, settlements)
    return settlements


def _sites(terrain: Terrain, allowed: np.ndarray, wanted: int, rng: np.random.Generator) -> np.ndarray:
    """Gentle places above the floods, as evenly apart as the ground allows."""
    slope, above = terrain.slope.values[::2, ::2], terrain.above_stream.values[::2, ::2]
    inner = _shrink(allowed[::2, ::2], 5)
    worth = -slope * 3.0 - np.abs(above - 60) / 260 + rng.normal(0, 0.25, slope.shape)
    worth = np.where(inner & (above > 8), worth, -99)
    order = np.argsort(-worth, axis=None, kind="stable")
    order = order[: max(wanted * 60, int(inner.sum() * 0.55))]
    points = terrain.slope.centres()[::2, ::2].reshape(-1, 2)[order]
    apart = 0.85 * (inner.sum() * (2 * terrain.slope.step) ** 2 / wanted) ** 0.5
    while True:
        chosen = _apart(points, apart, wanted)
        if len(chosen) >= wanted:
            return chosen
        apart *= 0.9


def _shrink(mask: np.ndarray, times: int) -> np.ndarray:
    for _ in range(times):
        padded = np.pad(mask, 1)
        mask = mask & padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]
    return mask


def _apart(points: np.ndarray, apart: float, wanted: int) -> np.ndarray:
    chosen = np.empty((0, 2))
    for point in points:
        if len(chosen) == 0 or np.min(np.hypot(*(chosen - point).T)) >= apart:
            chosen = np.vstack([chosen, point])
            if len(chosen) == wanted:
                break
    return chosen


def _share_out(sites: np.ndarray, villages: list[str], rng: np.random.Generator, start: int) -> list[Hamlet]:
    """Gather the sites around as many centres as there are villages; the middlemost takes the first code."""
    middle = sites.mean(axis=0)
    seats = [int(np.argmin(np.hypot(*(sites - middle).T)))]
    while len(seats) < len(villages):
        far = np.min([np.hypot(*(sites - sites[s]).T) for s in seats], axis=0)
        seats.append(int(np.argmax(far)))
    for _ in range(4):
        owner = np.argmin([np.hypot(*(sites - sites[s]).T) for s in seats], axis=0)
        centres = [sites[owner == k].mean(axis=0) for k in range(len(seats))]
        seats = [int(np.argmin(np.hypot(*(sites - c).T) + 1e9 * (owner != k))) for k, c in enumerate(centres)]
    owner = np.argmin([np.hypot(*(sites - sites[s]).T) for s in seats], axis=0)
    hamlets = []
    for k, village in enumerate(villages):
        own = np.flatnonzero(owner == k)
        own = own[np.argsort(own != seats[k], kind="stable")]
        names = rng.permutation(HAMLET_NAMES)[: len(own)]
        for position, site in enumerate(own.tolist()):
            homes = (
                int(rng.integers(24, 75)) + (40 if position == 0 else 0) + (90 if k == position == 0 else 0)
            )
            hamlets.append(
                Hamlet(
                    start + len(hamlets), village, str(names[position]), sites[site], homes,
                    int(homes * rng.uniform(3.7, 4.6)), f"{village}{position + 1:03d}",
                )
            )  # fmt: skip
    return hamlets


def _seats(hamlets: list[Hamlet]) -> dict[str, int]:
    seats: dict[str, int] = {}
    for hamlet in hamlets:
        seats.setdefault(hamlet.village, hamlet.number)
    return seats


def _ground(terrain: Terrain) -> Grid:
    """Heights at the resolution of the way-finding."""
    step = terrain.smooth.step * PATH_STEP
    return Grid(terrain.smooth.x0, terrain.smooth.y0, step, terrain.smooth.values[::PATH_STEP, ::PATH_STEP])


def spread(
    heights: Grid,
    open_cells: np.ndarray,
    sources: list[int],
    steepness: float,
    ease: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Cheapest ways from the sources over the open cells: parent of each cell, and the source it belongs to.

    `ease` multiplies the price of going onto a cell.
    """
    rows, cols = heights.values.shape
    z, free = heights.values.ravel().tolist(), open_cells.ravel().tolist()
    factor = (np.ones(len(z)) if ease is None else ease.ravel()).tolist()
    cost, parent, owner = [1e18] * len(z), [-1] * len(z), [-1] * len(z)
    heap = []
    for number, cell in enumerate(sources):
        cost[cell], owner[cell] = 0.0, number
        heap.append((0.0, cell))
    heapq.heapify(heap)
    moves = [(dr * cols + dc, heights.step * (1.4142 if dr and dc else 1.0))
             for dr in (-1, 0, 1) for dc in (-1, 0, 1) if dr or dc]  # fmt: skip
    while heap:
        here, cell = heapq.heappop(heap)
        if here > cost[cell]:
            continue
        level = z[cell]
        for move, length in moves:
            other = cell + move
            if not free[other]:
                continue
            grade = (z[other] - level) / length * steepness
            price = here + length * (1.0 + grade * grade) * factor[other]
            if price < cost[other]:
                cost[other], parent[other], owner[other] = price, cell, owner[cell]
                heapq.heappush(heap, (price, other))
    return np.array(parent), np.array(owner)


def find_ways(terrain: Terrain, mask: Grid, settlements: Settlements, heights: Grid) -> list[Way]:
    """One tree of cheapest ways from the first seat, cut at its junctions; the trunk is the county road."""
    open_cells = _framed(mask.values[::PATH_STEP, ::PATH_STEP] > 0)
    points = np.array([hamlet.xy for hamlet in settlements.hamlets])
    row, col = heights.index(points)
    cells = (row * heights.values.shape[1] + col).tolist()
    seats = [cells[n] for n in settlements.seats.values()]
    ease = np.where(
        terrain.above_stream.values[::PATH_STEP, ::PATH_STEP] < 7, 2.6, 1.0
    )  # keep out of the water
    parent, _ = spread(heights, open_cells, cells[:1], 12.0, ease)
    worn = [step for cell in seats for step in _chain(parent, cell)]
    ease.ravel()[worn] = 0.33  # people take the way that is there
    parent, _ = spread(heights, open_cells, cells[:1], 12.0, ease)
    trunk = _walk(parent, _ends(settlements, cells, open_cells, parent))
    used: dict[int, str] = {}
    for cell in seats + cells:
        for step in _chain(parent, cell):
            used.setdefault(step, "village")
    used.update(dict.fromkeys(trunk, "county"))
    return _cut(parent, used, heights, set(cells))


def _framed(mask: np.ndarray) -> np.ndarray:
    mask = mask.copy()
    mask[0], mask[-1], mask[:, 0], mask[:, -1] = False, False, False, False
    return mask


def _ends(
    settlements: Settlements, cells: list[int], open_cells: np.ndarray, parent: np.ndarray
) -> list[int]:
    """Where the county road goes: the seat of the neighbour and the farthest way out to the west."""
    seats = list(settlements.seats.values())
    rows, cols = np.nonzero(open_cells & (parent.reshape(open_cells.shape) >= 0))
    west = int(np.argmin(cols * 1000 + np.abs(rows - np.median(rows))))
    return [cells[seats[9]], int(rows[west] * open_cells.shape[1] + cols[west])]


def _chain(parent: np.ndarray, cell: int) -> list[int]:
    chain = [cell]
    while parent[chain[-1]] >= 0:
        chain.append(int(parent[chain[-1]]))
    return chain


def _walk(parent: np.ndarray, ends: list[int]) -> list[int]:
    return [cell for end in ends for cell in _chain(parent, end)]


def _cut(parent: np.ndarray, used: dict[int, str], heights: Grid, stops: set[int]) -> list[Way]:
    """The used part of the tree as smooth lines between junctions, hamlets and changes of rank."""
    branches: dict[int, int] = {}
    for cell in used:
        branches[int(parent[cell])] = branches.get(int(parent[cell]), 0) + 1
    centres = heights.centres().reshape(-1, 2)
    mixed = {int(parent[c]) for c in used if used.get(int(parent[c]), used[c]) != used[c]}
    ends = {c for c in used if branches.get(c, 0) != 1} | stops | mixed
    ways = []
    for cell in sorted(ends & set(used)):
        chain = [cell]
        while parent[chain[-1]] >= 0:
            chain.append(int(parent[chain[-1]]))
            if chain[-1] in ends:
                break
        if len(chain) > 1:
            ways.append(Way(chaikin(_thin(centres[chain]), 3), used[cell]))
    return ways


def _thin(line: np.ndarray) -> np.ndarray:
    """Every second point, ends kept: what remains bends as roads do."""
    return line if len(line) < 5 else np.vstack([line[:-1:2], line[-1:]])


def _territory(terrain: Terrain, mask: Grid, settlements: Settlements) -> Grid:
    """Whose land each terrain cell is: the number of the hamlet, -1 outside."""
    step = 4
    grid = Grid(mask.x0, mask.y0, mask.step * step, terrain.smooth.values[::step, ::step])
    township = mask.values[::step, ::step]
    result = np.full(grid.values.shape, -1)
    for number, prefix in ((1, XINHUA), (2, WANTANG)):
        own = [h for h in settlements.hamlets if h.village.startswith(prefix)]
        row, col = grid.index(np.array([h.xy for h in own]))
        cells = (row * grid.values.shape[1] + col).tolist()
        _, owner = spread(grid, _framed(_grow(township == number)), cells, 4.0)
        numbers = np.array([h.number for h in own] + [-1])
        result = np.where(owner.reshape(result.shape) >= 0, numbers[owner.reshape(result.shape)], result)
    return grid.like(result)


def _grow(mask: np.ndarray) -> np.ndarray:
    padded = np.pad(mask, 1)
    return mask | padded[:-2, 1:-1] | padded[2:, 1:-1] | padded[1:-1, :-2] | padded[1:-1, 2:]
