"""Two survey years compared, 98 % unchanged, beside the peers' full overlay. 中文：年度比对测量"""

from __future__ import annotations

from typing import Any

import numpy as np

from land.bench.files import write_bytes
from land.bench.peering import Peers, in_parallel
from land.bench.register import Loaded
from land.classes import FARMLAND
from land.kernel import Pieces
from land.models import VintageKind
from land.queries.pieces import copied
from land.queries.screen import outflow_matrix, overlaid
from registry.bench.report import Report

FLOW = """
SELECT o.class_code, n.class_code, sum(ST_Area(ST_Intersection(o.ea, n.ea)))
  FROM {old} o JOIN {new} n ON ST_Intersects(o.ea, n.ea)
 WHERE o.class_code IN {farmland} AND n.class_code NOT IN {farmland} GROUP BY 1, 2
"""


def measure(report: Report, loaded: Loaded, engines: Peers, rounds_wanted: int) -> None:
    """From the database and from memory; the peers have everything in memory."""
    from .measure import median, rounds

    old, new = (loaded.vintage(VintageKind.PARCELS, year).pk for year in (2024, 2025))
    codes = "(" + ", ".join(f"'{code}'" for code in sorted(FARMLAND)) + ")"
    statement = FLOW.format(old=f"land_piece_{old}", new=f"land_piece_{new}", farmland=codes)
    _hand_over(loaded, old, new, codes)
    memory = Memory(old, new)
    found: dict[str, float] = {}

    def postgis() -> None:
        with in_parallel() as cursor:
            cursor.execute(statement)
            found["PostGIS"] = sum(row[2] for row in cursor.fetchall())

    def product() -> None:
        found["from the database"] = sum(outflow_matrix([old], [new], FARMLAND).values())

    def warm() -> None:
        found["from memory"] = sum(memory.outflow().values())

    product()
    warm()
    works: dict[str, Any] = {"from the database": product, "from memory": warm, "PostGIS": postgis}
    for name in engines.names:
        engines.run("flow", name)
    works |= {name: (lambda name=name: engines.run("flow", name)) for name in engines.names}
    times = {name: median(taken) for name, taken in rounds(works, min(rounds_wanted, 3)).items()}
    peers = {name: t for name, t in times.items() if not name.startswith("from")}
    best = min(peers, key=lambda name: peers[name])
    words = ", ".join(f"{name} {t:.2f} s" for name, t in sorted(peers.items(), key=lambda pair: pair[1]))
    found |= {engine: total for (job, engine), total in engines.totals.items() if job == "flow"}
    for name in ("from memory", "from the database"):
        report.add(
            f"outflow between two years, {memory.unchanged:.1%} of parcels unchanged, {name}",
            f"{times[name]:.3f} s",
            f"full overlay, prepared and in memory: {words}",
            peers[best] / times[name],
            f"the ratio is to the best peer, {best}; the answers lie within"
            f" {max(found.values()) - min(found.values()):.2f} m² of {found[name]:,.0f} m²",
        )


def _hand_over(loaded: Loaded, old: int, new: int, codes: str) -> None:
    folder = loaded.files["parcels 2024"].parent
    for name, vintage, which in (("farm", old, "IN"), ("other", new, "NOT IN")):
        statement = f"SELECT class_code::int, ST_AsBinary(ea) FROM land_piece_{vintage}"
        statement += f" WHERE class_code {which} {codes}"
        sent = copied(statement, [], 2)
        texts = sent.blobs(1)
        write_bytes(folder, name, texts, cls=sent.integers(0))


class Memory:
    """Keys, classes and areas of both years, and the pieces, at hand."""

    def __init__(self, old: int, new: int) -> None:
        self.years = [_Year(old), _Year(new)]
        self.unchanged = float(partners(*(year.keys for year in self.years))[1].mean())

    def outflow(self) -> dict[tuple[str, str], float]:
        """What flowed out, by classes."""
        old, new = self.years
        match, same = partners(old.keys, new.keys)
        found = np.zeros(len(new.keys), dtype=bool)
        found[match[same]] = True
        matrix: dict[tuple[str, str], float] = {}
        turned = same & old.farmland & ~new.farmland[match]
        for n in np.flatnonzero(turned).tolist():
            key = (old.classes[n], new.classes[match[n]])
            matrix[key] = matrix.get(key, 0.0) + old.areas[n]
        gone = old.of(np.flatnonzero(~same & old.farmland))
        come = new.of(np.flatnonzero(~found & ~new.farmland))
        for key, area in overlaid(gone, come).items():
            matrix[key] = matrix.get(key, 0.0) + area
        return matrix


def partners(old: np.ndarray, new: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each key of ``old`` (n, 2) a row of ``new`` (m, 2, m > 0), and whether it has the same key.

    Rows are looked up by the first half of the key, which two outlines share by chance once in 2**64.
    """
    order = np.argsort(new[:, 0])
    at = np.minimum(np.searchsorted(new[order, 0], old[:, 0]), len(order) - 1)
    match = order[at]
    return match, (new[match] == old).all(axis=1)


class _Year:
    """One year's parcels, and their pieces in the order of their keys."""

    def __init__(self, vintage: int) -> None:
        sent = copied(
            f"SELECT id, shape_key, class_code, official_m2::float8 FROM land_parcel_{vintage} ORDER BY id",
            [],
            4,
        )
        ids = sent.integers(0)
        at = sent.begins[:, 1][:, None] + np.arange(16)
        self.keys = np.ascontiguousarray(sent.data[at]).view("<u8")
        self.classes = sent.texts(2)
        self.areas = sent.data[sent.begins[:, 3][:, None] + np.arange(8)].view(">f8").ravel()
        self.farmland = np.isin(np.array(self.classes), sorted(FARMLAND))
        rows = copied(f"SELECT row_id, ea FROM land_piece_{vintage} ORDER BY row_id", [], 2)
        self.pieces = Pieces.from_bytes(rows.data, rows.begins[:, 1], rows.ends[:, 1])
        self.owner = np.searchsorted(ids, rows.integers(0))
        self.first = np.searchsorted(self.owner, np.arange(len(ids) + 1))

    def of(self, rows: np.ndarray) -> tuple[list[str], Pieces]:
        """Pieces of rows, with their classes."""
        parts = [np.arange(self.first[row], self.first[row + 1]) for row in rows.tolist()]
        chosen = np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)
        return [self.classes[n] for n in self.owner[chosen].tolist()], self.pieces.subset(chosen)
