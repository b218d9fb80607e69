"""What covers the ground: a raster of zones, from slope, water, distance to people and chance."""

from dataclasses import dataclass

import numpy as np

from registry.demo.raster import Grid, distance_to, noise
from registry.demo.settlements import Settlements
from registry.demo.terrain import Terrain

OUTSIDE, WILD, GARDEN, DRY, PADDY, HOMES = 0, 1, 2, 3, 4, 5
FARM = (DRY, PADDY)
SHARES = {1: (0.215, 0.075), 2: (0.10, 0.06)}  # farmland and gardens of the two townships


@dataclass(frozen=True)
class Cover:
    """Zone of each terrain cell, and the fields that later choices read."""

    zone: Grid
    mask: Grid
    wild: Grid
    to_way: Grid


def make_cover(terrain: Terrain, mask: Grid, people: Settlements, rng: np.random.Generator) -> Cover:
    """Choose farmland near people on bearable slopes, paddy where water comes, gardens above, forest elsewhere."""
    shape, step = mask.values.shape, mask.step
    homes = _burn(mask, np.array([h.xy for h in people.hamlets]))
    to_home = distance_to(homes, step)
    to_way = distance_to(_burn(mask, np.vstack([_dense(w.line, step / 2) for w in people.ways])), step)
    slope, above = terrain.slope.values, terrain.above_stream.values
    rough = noise(shape, rng, 36, 4)
    worth = -slope * 3.4 - to_home / 900 - to_way / 2600 - np.abs(above - 40) / 320 + 0.34 * rough
    fruit = 0.62 * noise(shape, rng, 26, 3) - to_home / 2200 - slope * 1.2 - np.abs(above - 130) / 900
    zone = np.where(mask.values > 0, WILD, OUTSIDE)
    for number, (farm, garden) in SHARES.items():
        own = mask.values == number
        if not own.any():
            continue
        farmland = own & (worth > np.quantile(worth[own], 1 - farm))
        rest = np.where(own & ~farmland, fruit, -99)
        orchards = rest > np.quantile(rest[own], 1 - garden)
        zone[orchards] = GARDEN
        zone[farmland] = DRY
        wet = farmland & (above < 70 + 20 * rough) & (slope < 0.32)
        zone[wet] = PADDY
    zone[_homes(mask, people, to_way, slope, rng)] = HOMES
    wild = noise(shape, rng, 44, 4) + slope * 0.8
    return Cover(mask.like(zone), mask, mask.like(wild), mask.like(to_way))


def _burn(grid: Grid, points: np.ndarray) -> np.ndarray:
    burnt = np.zeros(grid.values.shape, dtype=bool)
    burnt[grid.index(points)] = True
    return burnt


def _dense(line: np.ndarray, step: float) -> np.ndarray:
    """Points along the line no further apart than the step."""
    lengths = np.hypot(*np.diff(line, axis=0).T)
    at = np.concatenate([[0], np.cumsum(lengths)])
    along = np.arange(0, at[-1], step)
    return np.column_stack([np.interp(along, at, line[:, 0]), np.interp(along, at, line[:, 1])])


def _homes(mask: Grid, people: Settlements, to_way: np.ndarray, slope: np.ndarray, rng) -> np.ndarray:
    """Ground built on: around each hamlet the cheapest cells, strung along the ways."""
    chosen = np.zeros(mask.values.shape, dtype=bool)
    chance = rng.normal(0, 38, mask.values.shape)
    reach = 24
    centres = mask.centres()
    for hamlet in people.hamlets:
        row, col = (int(v) for v in mask.index(hamlet.xy))
        part = (slice(max(row - reach, 0), row + reach), slice(max(col - reach, 0), col + reach))
        far = np.hypot(*np.moveaxis(centres[part] - hamlet.xy, -1, 0))
        price = far * 0.75 + 2.2 * to_way[part] + 170 * slope[part] + chance[part]
        price = np.where(mask.values[part] == mask.values[row, col], price, 9e9)
        wanted = max(6, int(hamlet.households * 430 / mask.step**2))
        chosen[part] |= price <= np.partition(price.ravel(), wanted)[wanted]
    return chosen
