"""Permanent basic farmland (永久基本农田): about seven tenths of the farmland, in blocks with holes."""

from dataclasses import dataclass

import numpy as np
import shapely

from registry import geo
from registry.demo.cells import _indexed, _neighbours, connected
from registry.demo.people import person_name
from registry.demo.places import WORK
from registry.demo.raster import Grid, noise
from registry.demo.survey import CLASS_NAMES, Parcels, cents

SHARE = 0.735  # before the strips along roads and around buildings are taken out: about 0.70 remains
LEAST_BLOCK = 500.0


@dataclass(frozen=True)
class BasicFarmland:
    """Blocks in the working plane with the columns of the layer yjjbntbhtb."""

    shapes: np.ndarray
    columns: dict[str, np.ndarray]


def make_basic_farmland(parcels: Parcels, clear: np.ndarray, frame: Grid, rng) -> BasicFarmland:
    """Choose plots, gather neighbours of one class and village, keep off what stands on the ground."""
    chosen = _chosen(parcels, frame, rng)
    shapes = parcels.shapes[chosen]
    village = np.array([code[:12] for code in parcels.columns["ZLDWDM"][chosen]])
    label = np.unique(np.char.add(village, parcels.classes[chosen].astype(str)), return_inverse=True)[1]
    _, rings = _indexed(shapes)
    pairs, _ = _neighbours(rings)
    block = connected(len(shapes), pairs[label[pairs[:, 0]] == label[pairs[:, 1]]])
    order = np.argsort(block, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(block[order])) + 1)
    merged = np.array([shapely.coverage_union_all(shapes[group]) for group in groups])
    merged, source = _cleared(merged, clear)
    lead = chosen[np.array([group[0] for group in groups])][source]
    ratio = _ratio(parcels, chosen, groups)[source]
    return BasicFarmland(merged, _columns(parcels, merged, lead, ratio, rng))


def _chosen(parcels: Parcels, frame: Grid, rng: np.random.Generator) -> np.ndarray:
    """Rows of the best farmland: gentle and contiguous first, until the share is reached."""
    rows = np.flatnonzero(parcels.farmland)
    field = frame.like(noise(frame.values.shape, rng, 30, 3))
    centres = shapely.get_coordinates(shapely.centroid(parcels.shapes[rows]))
    worth = field.at(centres) - parcels.columns["SLOPE"][rows] * 2.2 + rng.normal(0, 0.35, len(rows))
    order = rows[np.argsort(-worth, kind="stable")]
    running = np.cumsum(parcels.columns["TBMJ"][order])
    return np.sort(order[running <= SHARE * running[-1]])


def _cleared(blocks: np.ndarray, clear: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The blocks without the cleared ground, in single polygons, and which block each comes from."""
    block, piece = shapely.STRtree(clear).query(blocks, predicate="intersects")
    result = blocks.copy()
    for number in np.unique(block):
        cut = shapely.union_all(clear[piece[block == number]], grid_size=1e-4)
        result[number] = shapely.difference(result[number], cut, grid_size=1e-4)
    parts, source = shapely.get_parts(result, return_index=True)
    keep = shapely.area(parts) >= LEAST_BLOCK
    return parts[keep], source[keep]


def _ratio(parcels: Parcels, chosen: np.ndarray, groups: list[np.ndarray]) -> np.ndarray:
    """Mean deduction of the plots of a block, weighted by area, four decimals."""
    gross, ridge = parcels.columns["TBMJ"][chosen], parcels.columns["KCMJ"][chosen]
    return np.array([round(float(ridge[g].sum() / gross[g].sum()), 4) for g in groups])


def _columns(parcels: Parcels, shapes: np.ndarray, lead, ratio, rng) -> dict[str, np.ndarray]:
    """Columns of the layer; the personal ones are filled with what is plainly invented."""
    count = len(shapes)
    gross = [cents(a) for a in shapely.area(geo.equal_area(shapes, WORK))]
    ridge = [cents(float(a) * float(r)) for a, r in zip(gross, ratio, strict=True)]
    text = {name: parcels.columns[name][lead] for name in ("DLBM", "QSDWDM", "QSDWMC", "ZLDWDM", "ZLDWMC")}
    return {
        "BSM": np.array([f"532523{900000000000 + n:012d}" for n in range(1, count + 1)], dtype=object),
        "YJJBNTTBBH": np.array([f"532523{n:08d}" for n in range(1, count + 1)], dtype=object),
        "DLBM": text["DLBM"],
        "DLMC": np.array([CLASS_NAMES[c] for c in text["DLBM"]], dtype=object),
        "QSXZ": np.full(count, "30", dtype=object),
        "QSDWDM": text["QSDWDM"],
        "QSDWMC": text["QSDWMC"],
        "ZLDWDM": text["ZLDWDM"],
        "ZLDWMC": text["ZLDWMC"],
        "YJJBNTTBMJ": np.array([float(a) for a in gross]),
        "KCDLBM": np.where(ratio > 0, "1203", "").astype(object),
        "KCXS": ratio,
        "KCMJ": np.array([float(a) for a in ridge]),
        "YJJBNTMJ": np.array([float(a - b) for a, b in zip(gross, ridge, strict=True)]),
        "GDDB": parcels.columns["GDDB"][lead].astype(np.int32),
        "BHKSSJ": np.full(count, "2010-01-01", dtype=object),
        "BHJSSJ": np.full(count, "2035-12-31", dtype=object),
        "SJNF": np.full(count, 2024, dtype=np.int32),
        "ZRRMC": np.array([person_name(rng) for _ in range(count)], dtype=object),
        "ZRRZJHM": np.array([f"532523190001{n:06d}" for n in range(count)], dtype=object),
        "LXDH": np.array([f"1990000{n % 10000:04d}" for n in range(count)], dtype=object),
        "JZDZ": np.array([f"虚构路{n + 1}号" for n in range(count)], dtype=object),
    }
