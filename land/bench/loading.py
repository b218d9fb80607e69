"""Parcels from a GeoPackage into the register, beside ogr2ogr; areas beside a loop. 中文：入库测量"""

from __future__ import annotations

import io
import math
import os
import shutil
import struct
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from django.conf import settings
from django.db import connection

from land.area import official_areas
from land.bench.ground import Land
from land.bench.register import Loaded
from registry import geo
from registry.bench.report import Report, seconds

LOOP = 400  # parcels that the loop looks at


def measure(report: Report, land: Land, loaded: Loaded) -> None:
    """Bare, whole, and the areas alone."""
    path = loaded.files["parcels 2024"]
    peer = _ogr2ogr(path)
    bare = min(seconds(lambda: bare_load(path)) for _turn in range(2))
    whole = loaded.seconds["parcels 2024"]
    said = f"ogr2ogr, PG_USE_COPY: {peer:.1f} s" if peer else "ogr2ogr is not installed here"
    report.add(
        f"{len(land.parcels):,} parcels from a GeoPackage, bare load",
        f"{bare:.1f} s",
        said,
        peer / bare if peer else None,
        f"{bare / peer:.2f} times it" if peer else "",
    )
    report.add(
        "the same through the product: checks, official areas, staging, all derived tables",
        f"{whole:.1f} s, {len(land.parcels) / whole:,.0f} parcels a second",
        said,
        peer / whole if peer else None,
        f"{whole / peer:.1f} times it; the rules that read layers come after it" if peer else "",
    )
    _areas(report, land)


def _ogr2ogr(path: Path) -> float | None:
    if not shutil.which("ogr2ogr"):
        return None
    place: dict[str, Any] = settings.DATABASES["default"]
    named = f"PG:host={place['HOST']} user={place['USER']} dbname={place['NAME']}"
    words = ["ogr2ogr", "-f", "PostgreSQL", named, str(path), "-nln", "bench_ogr", "-overwrite"]
    kept = os.environ | {"PG_USE_COPY": "YES"}
    return min(
        seconds(lambda: subprocess.run(words, env=kept, check=True, capture_output=True))
        for _turn in range(2)
    )


def bare_load(path: Path) -> int:
    """Read the file and COPY its rows, with an index on the geometry, and nothing else."""
    meta, _fids, geoms, columns = pyogrio.raw.read(path)
    srid = struct.pack("<I", 4544)
    head = struct.pack(">h", 1 + len(columns))
    cells = [[None if v is None else str(v).encode() for v in column.tolist()] for column in columns]
    names = ", ".join(f'"{name}" text' for name in meta["fields"])
    out = [b"PGCOPY\n\xff\r\n\0" + struct.pack(">ii", 0, 0)]
    for text, *row in zip(geoms.tolist(), *cells, strict=True):
        kind = struct.unpack_from("<I", text, 1)[0] | 0x20000000
        out.append(
            head + struct.pack(">i", len(text) + 4) + b"\x01" + struct.pack("<I", kind) + srid + text[5:]
        )
        out.extend(struct.pack(">i", -1) if v is None else struct.pack(">i", len(v)) + v for v in row)
    out.append(struct.pack(">h", -1))
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS bench_bare; CREATE TABLE bench_bare (geom geometry, {names})")
        cursor.copy_expert("COPY bench_bare FROM STDIN (FORMAT binary)", io.BytesIO(b"".join(out)))
        cursor.execute("CREATE INDEX ON bench_bare USING gist (geom)")
    return len(geoms)


def _areas(report: Report, land: Land) -> None:
    """The official area of all parcels at once, beside the usual loop over rings and points."""
    mine = seconds(lambda: official_areas(land.parcels, 4544))
    sample = land.parcels[:: max(1, len(land.parcels) // LOOP)]
    looped: list[float] = []
    taken = (
        seconds(lambda: looped.extend(ring_loop(shape) for shape in sample)) * len(land.parcels) / len(sample)
    )
    apart = np.abs(np.array(looped) - official_areas(sample, 4544)).max()
    report.add(
        f"official ellipsoidal area of {len(land.parcels):,} parcels, {land.vertices.sum():,} vertices",
        f"{mine:.1f} s",
        f"a loop over rings and points in Python: {taken:.0f} s",
        taken / mine,
        f"the loop looked at {len(sample)} parcels and is extrapolated; {apart:.1e} m² apart",
    )


def ring_loop(shape: Any) -> float:
    """The official formula as it is usually written: point after point (国土调查办发〔2008〕32号)."""
    total = 0.0
    for polygon in shapely.get_parts(shape):
        for number, ring in enumerate([polygon.exterior, *polygon.interiors]):
            total += (1 if number == 0 else -1) * abs(_ring(list(ring.coords)))
    return total


def _ring(points: list[tuple[float, ...]]) -> float:
    axis, flattening = geo.ellipsoid(4544)
    minor = axis * (1 - 1 / flattening)
    e2 = (axis * axis - minor * minor) / (axis * axis)
    factors = (
        1 + 3 / 6 * e2 + 30 / 80 * e2**2 + 35 / 112 * e2**3 + 630 / 2304 * e2**4,
        1 / 6 * e2 + 15 / 80 * e2**2 + 21 / 112 * e2**3 + 420 / 2304 * e2**4,
        3 / 80 * e2**2 + 7 / 112 * e2**3 + 180 / 2304 * e2**4,
        1 / 112 * e2**3 + 45 / 2304 * e2**4,
        5 / 2304 * e2**4,
    )
    second, total, last = math.pi / 180 / 3600, 0.0, None
    for x, y in _dense([(round(p[0], 4), round(p[1], 4)) for p in points]):
        lon, lat = geo.geographic(x, y, 4544)
        here = (round(float(lon) * 3600, 6) * second, round(float(lat) * 3600, 6) * second)
        if last is not None:
            half, middle = (here[1] - last[1]) / 2, (here[1] + last[1]) / 2
            series = sum(
                (-1) ** n * f * math.sin((2 * n + 1) * half) * math.cos((2 * n + 1) * middle)
                for n, f in enumerate(factors)
            )
            total += 2 * minor * minor * ((here[0] + last[0]) / 2 - math.radians(104)) * series
        last = here
    return total


def _dense(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    out = [points[0]]
    for (xa, ya), (xb, yb) in zip(points, points[1:], strict=False):
        parts = int(math.hypot(xb - xa, yb - ya) / 70) + 1
        out += [(xa + (xb - xa) * k / parts, ya + (yb - ya) * k / parts) for k in range(1, parts + 1)]
    return out
