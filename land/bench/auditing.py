"""The audit warm and cold, its accuracy, and the cover without overlap, beside their peers. 中文：核查测量"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import shapely
from django.db import connection

from land.bench.apart import audited
from land.bench.files import write_bytes
from land.bench.ground import Land
from land.bench.peering import Peers, in_parallel
from land.bench.register import Loaded
from land.classes import FARMLAND
from land.kernel import Pieces
from land.kernel.audit import Cut, sums
from land.kernel.grid import Grid
from land.models import VintageKind
from land.queries.pieces import copied, equal_area_sql
from land.services import audit, pieces
from registry import clock, geo
from registry.bench.report import Report

PREPARE = """
DROP TABLE IF EXISTS bench_fp, bench_piece;
CREATE UNLOGGED TABLE bench_fp AS SELECT unit_id AS id, ST_Subdivide(g, 64) AS g FROM (
  SELECT s.unit_id, {shape} AS g FROM registry_shape s) f;
CREATE UNLOGGED TABLE bench_piece AS
  SELECT 'z' || row_id AS grp, ea AS g FROM {zones}
  UNION ALL SELECT class_code || '/' || coalesce(village_id, 0), ea FROM {parcels}
   WHERE class_code IN {farmland};
CREATE INDEX ON bench_fp USING gist (g); CREATE INDEX ON bench_piece USING gist (g);
ALTER TABLE bench_fp SET (parallel_workers = 2);
ANALYZE bench_fp; ANALYZE bench_piece;
"""
LARGE_M2 = 200
COVER = "DROP TABLE IF EXISTS bench_cover; CREATE UNLOGGED TABLE bench_cover (LIKE land_piece)"
SQL = """
DROP TABLE IF EXISTS bench_out;
CREATE UNLOGGED TABLE bench_out AS SELECT f.id, p.grp, sum(ST_Area(ST_Intersection(f.g, p.g))) AS a
  FROM bench_fp f JOIN bench_piece p ON ST_Intersects(f.g, p.g) GROUP BY 1, 2
"""


def measure(report: Report, land: Land, loaded: Loaded, engines: Peers, rounds_wanted: int) -> None:
    """Warm and cold, and what each engine finds."""
    from .measure import median, rounds

    day = clock.today()
    _seconds, memory = audited(1)
    units, shapes = audit.shapes_of(day, None)
    with ThreadPoolExecutor(1) as pool:
        grouped = list(audit.read_ground(day, shapes, pool)[0])
    cut = Cut.of(shapes)
    ready = [(Grid.of(g.read.pieces.boxes), g) for g in grouped]
    left, right, pairs = _true_pairs(land, loaded)
    _hand_over(loaded)

    def warm() -> None:
        for grid, layer in ready:
            sums(cut, grid, layer.read.pieces, layer.groups)

    def bare() -> None:
        shapely.area(shapely.intersection(left, right))

    def postgis() -> None:
        with in_parallel() as cursor:
            cursor.execute(SQL)

    warm()
    works: dict[str, Any] = {"kernel": warm, "GEOS": bare, "cold": lambda: audit.run(day), "PostGIS": postgis}
    works |= {name: (lambda name=name: engines.run("audit", name)) for name in engines.names}
    for name in engines.names:  # loading and a first run are not measured
        engines.run("audit", name)
    works = {name: work for name, work in works.items() if name not in engines.failed}
    audit.run(day)
    times = {name: median(found) for name, found in rounds(works, rounds_wanted).items()}
    _told(report, times, len(units), pairs, memory)
    for name, why in engines.failed.items():
        report.add(f"{name} could not take part", why)
    _accuracy(report, ready, shapes, units, engines)


def _told(report: Report, times: dict[str, float], count: int, pairs: int, memory: float) -> None:
    """The lines of the warm and the cold audit."""
    peers = {name: t for name, t in times.items() if name not in ("kernel", "GEOS", "cold")}
    best = min(peers, key=lambda name: peers[name])
    words = ", ".join(f"{name} {t:.2f} s" for name, t in sorted(peers.items(), key=lambda pair: pair[1]))
    report.add(
        f"red-line audit, {count:,} footprints, warm, by zone, class and village",
        f"{times['kernel'] * 1000:,.0f} ms",
        f"on the same prepared pieces: {words}",
        peers[best] / times["kernel"],
        f"{times['kernel'] / times['GEOS']:.3f} of the bare GEOS intersections of the {pairs:,} true pairs,"
        f" one thread, {times['GEOS']:.2f} s; kernel on two threads; the ratio is to the best peer, {best}",
    )
    report.add(
        "the same cold: from tables in PostGIS to rows in PostGIS",
        f"{times['cold']:.2f} s",
        f"PostGIS, two parallel workers, tables already prepared: {times['PostGIS']:.2f} s",
        times["PostGIS"] / times["cold"],
        f"{times['cold'] / times['PostGIS']:.2f} of it; peak memory {memory:.1f} GB, of a process that"
        " does nothing else",
    )


def _hand_over(loaded: Loaded) -> None:
    """Prepared tables for PostGIS, and their bytes for the peers."""
    zones = loaded.part(VintageKind.BASIC_FARMLAND, 2024, "land_piece")
    parcels = loaded.part(VintageKind.PARCELS, 2025, "land_piece")
    farmland = "(" + ", ".join(f"'{code}'" for code in sorted(FARMLAND)) + ")"
    with connection.cursor() as cursor:
        cursor.execute(
            PREPARE.format(shape=equal_area_sql("s.geom"), zones=zones, parcels=parcels, farmland=farmland)
        )
    folder = loaded.files["basic_farmland 2024"].parent
    for name, statement in (
        ("fp", "SELECT id, ST_AsBinary(g) FROM bench_fp"),
        ("piece", "SELECT dense_rank() OVER (ORDER BY grp), ST_AsBinary(g) FROM bench_piece"),
    ):
        sent = copied(statement, [], 2)
        texts = sent.blobs(1)
        write_bytes(folder, name, texts, **{"id" if name == "fp" else "grp": sent.integers(0)})


def _true_pairs(land: Land, loaded: Loaded) -> tuple[np.ndarray, np.ndarray, int]:
    """Footprints and what they truly meet: whole parcels of farmland, and pieces of the cover."""
    prints = geo.equal_area(land.footprints, 4544)
    farmland = geo.equal_area(land.later[np.isin(land.later_classes, sorted(FARMLAND))], 4544)
    sent = copied(
        f"SELECT ST_AsBinary(ea) FROM {loaded.part(VintageKind.BASIC_FARMLAND, 2024, 'land_piece')}", [], 1
    )
    cover = shapely.from_wkb(sent.blobs(0))
    lefts, rights = [], []
    for layer in (farmland, cover):
        one, other = shapely.STRtree(layer).query(prints, predicate="intersects")
        lefts.append(prints[one])
        rights.append(layer[other])
    return np.concatenate(lefts), np.concatenate(rights), sum(map(len, lefts))


def _accuracy(report: Report, ready: list[Any], shapes: Pieces, units: np.ndarray, engines: Peers) -> None:
    """Every sum of the kernel beside that of PostGIS; the plane beside the geodesic area."""
    mine: dict[tuple[int, str], float] = {}
    for grid, layer in ready:
        found = sums(Cut.of(shapes), grid, layer.read.pieces, layer.groups)
        for shape, group, area in zip(found.shapes, found.groups, found.areas, strict=True):
            at = layer.first[group]
            zone = layer.layer == "basic_farmland"
            village = max(int(layer.read.villages[at]), 0)
            name = f"z{layer.read.rows[at]}" if zone else f"{layer.read.classes[at]}/{village}"
            mine[int(units[shape]), name] = area
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, grp, a FROM bench_out")
        other = {(key, group): area for key, group, area in cursor.fetchall()}
    apart = max(abs(mine.get(key, 0.0) - other.get(key, 0.0)) for key in mine.keys() | other.keys())
    totals = [sum(mine.values()), *(engines.totals[job] for job in engines.totals if job[0] == "audit")]
    report.add(
        f"accuracy: the {len(mine):,} sums of the audit beside those of PostGIS (GEOS)",
        f"at most {apart:.1e} m² apart",
        f"totals of all engines within {max(totals) - min(totals):.1e} m²",
    )
    report.add(
        "accuracy: the equal-area plane beside the geodesic area",
        _geodesic(shapes),
    )


def _geodesic(shapes: Pieces) -> str:
    """How far the kernel's areas of outlines are from their geodesic areas, both with edges that are straight
    in the working plane. The geodesic sum has noise of its own, some 1e-5 m² an edge: of small outlines the
    difference itself is told."""
    sent = copied(
        f"SELECT ST_AsBinary(o.geom) FROM ({audit.SHAPES}) o ORDER BY o.unit_id", [clock.today(), "%"], 1
    )
    work = geo.county().work_srid
    dense = geo.densify(geo.to_work(shapely.from_wkb(sent.blobs(0))))
    true = geo.geodesic_areas(geo.transform(dense, work, geo.RECORD_SRID))
    apart, large = np.abs(shapes.areas() - true), true > LARGE_M2
    return (
        f"at most {(apart[large] / true[large]).max():.1e}, relative, of the {large.sum():,} outlines over"
        f" {LARGE_M2} m²; {apart[~large].max(initial=0.0):.1e} m² of the others"
    )


def cover(report: Report, land: Land, loaded: Loaded, rounds_wanted: int) -> None:
    """Basic farmland to a subdivided cover without overlap, beside the union of everything."""
    from .measure import median, rounds

    part = loaded.part(VintageKind.BASIC_FARMLAND, 2024, "land_zone")
    sent = copied(f"SELECT ST_AsBinary({equal_area_sql('geom')}) FROM {part}", [], 1)
    whole = shapely.from_wkb(sent.blobs(0))

    def mine() -> None:
        with connection.cursor() as cursor:
            cursor.execute(COVER)
        pieces.cover(pieces.ZONES.format(part=part, period=pieces.PERIOD), "bench_cover", 0)

    mine()
    times = {name: median(found) for name, found in rounds(
        {"cover": mine, "union_all": lambda: shapely.union_all(whole)}, rounds_wanted).items()}  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(ST_Area(ea)) FROM bench_cover")
        apart = abs(cursor.fetchone()[0] - shapely.union_all(whole).area)
    report.add(
        f"{len(whole)} zones to a subdivided cover without overlap, written",
        f"{times['cover']:.2f} s",
        f"shapely.union_all, before any subdividing: {times['union_all']:.2f} s",
        times["union_all"] / times["cover"],
        f"areas {apart:.1e} m² apart",
    )
