"""A gap-free mosaic of wiggly plots, out of a seed. 中文：生成镶嵌图斑

A lattice of displaced nodes; between two nodes a border of many vertices that bends towards one of its two
cells only and runs forward all the way, so that borders cannot cross; neighbours share every vertex.
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
import shapely

JITTER, BEND = 0.22, 0.8
DECIMALS = 4  # of a metre: as survey data is kept


@dataclass(frozen=True)
class Borders:
    """Polylines between nodes: points of border n stand at ``starts[n]:starts[n + 1]``, nodes included."""

    xy: np.ndarray
    starts: np.ndarray


def _nodes(side: int, size: float, rng: np.random.Generator) -> np.ndarray:
    grid = np.stack(np.meshgrid(np.arange(side + 1.0), np.arange(side + 1.0), indexing="ij"), axis=-1)
    push = rng.uniform(-JITTER, JITTER, grid.shape)
    push[[0, -1], :, 0] = 0
    push[:, [0, -1], 1] = 0
    return (grid + push) * size


def _borders(a: np.ndarray, b: np.ndarray, towards: np.ndarray, rng: np.random.Generator) -> Borders:
    """Borders from nodes ``a`` to ``b``, bending towards a centre each."""
    inner = np.clip(rng.lognormal(2.5, 0.55, len(a)).astype(np.int64), 2, 400)
    starts = np.zeros(len(a) + 1, dtype=np.int64)
    np.cumsum(inner + 2, out=starts[1:])
    which = np.repeat(np.arange(len(a)), inner + 2)
    t = (np.arange(starts[-1]) - starts[which]) / (inner[which] + 1.0)
    wave = 0.5 + 0.3 * np.sin(t * rng.uniform(4, 15, len(a))[which] + rng.uniform(0, 6, len(a))[which])
    height = BEND * 2 * np.minimum(t, 1 - t) * (wave + rng.uniform(-0.2, 0.2, len(t)))
    base = a[which] + t[:, None] * (b - a)[which]
    return Borders(np.round(base + height[:, None] * (towards - (a + b) / 2)[which], DECIMALS), starts)


@numba.njit(cache=True)
def _rings(xy, starts, chain, forward, offsets, out):  # type: ignore[no-untyped-def]
    """Walk the four borders of every cell; the last point of a border is the first of the next."""
    for cell in range(len(chain)):
        at = offsets[cell]
        for side in range(4):
            begin, end = starts[chain[cell, side]], starts[chain[cell, side] + 1]
            for k in range(end - begin - 1):
                source = begin + k if forward[side] else end - 1 - k
                out[at, 0], out[at, 1] = xy[source, 0], xy[source, 1]
                at += 1
        out[at] = out[offsets[cell]]


def cells(side: int, size: float, rng: np.random.Generator) -> np.ndarray:
    """``side`` x ``side`` polygons about ``size`` metres wide; cell (column, row) at column * side + row."""
    nodes = _nodes(side, size, rng)
    centre = (nodes[:-1, :-1] + nodes[1:, :-1] + nodes[:-1, 1:] + nodes[1:, 1:]) / 4
    level = _pick(centre, axis=1, rng=rng)
    upright = _pick(centre, axis=0, rng=rng)
    a = np.concatenate([nodes[:-1].reshape(-1, 2), nodes[:, :-1].reshape(-1, 2)])
    b = np.concatenate([nodes[1:].reshape(-1, 2), nodes[:, 1:].reshape(-1, 2)])
    lines = _borders(a, b, np.concatenate([level, upright]), rng)
    column, row = np.divmod(np.arange(side * side), side)
    flat, turned = column * (side + 1) + row, side * (side + 1)
    chain = np.stack(
        [flat, turned + (column + 1) * side + row, flat + 1, turned + column * side + row], axis=1
    )
    many = (lines.starts[1:] - lines.starts[:-1] - 1)[chain].sum(axis=1) + 1
    offsets = np.zeros(len(chain) + 1, dtype=np.int64)
    np.cumsum(many, out=offsets[1:])
    out = np.empty((offsets[-1], 2))
    _rings(lines.xy, lines.starts, chain, np.array([True, True, False, False]), offsets, out)
    rings = shapely.linearrings(out, indices=np.repeat(np.arange(len(chain)), many))
    return shapely.polygons(rings)


def _pick(centre: np.ndarray, axis: int, rng: np.random.Generator) -> np.ndarray:
    """For every border across an axis, the centre of one of its two cells; at the rim of the one there is."""
    first = np.concatenate([np.take(centre, [0], axis=axis), centre], axis=axis)
    second = np.concatenate([centre, np.take(centre, [-1], axis=axis)], axis=axis)
    chosen = rng.random(first.shape[:2]) < 0.5
    return np.where(chosen[..., None], first, second).reshape(-1, 2)


@numba.njit(cache=True)
def _root(parent, n):  # type: ignore[no-untyped-def]
    while parent[n] != n:
        parent[n] = parent[parent[n]]
        n = parent[n]
    return n


@numba.njit(cache=True)
def clusters(side, kind, bond, most):  # type: ignore[no-untyped-def]
    """A number for each cell: neighbours of one kind are bound where ``bond`` (2, cells) says so.

    No cluster grows beyond ``most`` cells.
    """
    parent, size = np.arange(side * side), np.ones(side * side, dtype=np.int64)
    for direction in range(2):
        for cell in range(side * side):
            other = cell + (side if direction == 0 else 1)
            last = cell // side == side - 1 if direction == 0 else cell % side == side - 1
            if last or not bond[direction, cell] or kind[cell] != kind[other]:
                continue
            a, b = _root(parent, cell), _root(parent, other)
            if a != b and size[a] + size[b] <= most:
                parent[b] = a
                size[a] += size[b]
    for cell in range(side * side):
        parent[cell] = _root(parent, cell)
    return parent


def dissolved(plots: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Plots of one label as one geometry; and the first plot of each label, in the order of the answer."""
    order = np.argsort(labels, kind="stable")
    begins = np.flatnonzero(np.r_[True, labels[order][1:] != labels[order][:-1]])
    many = np.diff(np.r_[begins, len(order)])
    out = plots[order[begins]].copy()
    for n in np.flatnonzero(many > 1).tolist():
        out[n] = shapely.coverage_union_all(plots[order[begins[n] : begins[n] + many[n]]])
    return out, order[begins]
