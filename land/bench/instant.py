"""The instant check of a drawn polygon, in the database and over HTTP. 中文：即时查询测量"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import shapely
from django.db import connection
from django.test import Client, override_settings
from django.urls import reverse
from shapely import affinity

from land.bench.ground import EAST, NORTH, Land
from land.bench.register import Loaded
from land.models import VintageKind
from land.queries.instant import glance
from registry import clock, geo
from registry.bench.report import Report, milliseconds, percentiles
from registry.codes import Role
from registry.models import Grant, User

COUNT, NAIVE_COUNT = 300, 100
NAIVE = """
SELECT p.class_code, sum(ST_Area(ST_Intersection(p.geom, s.g)::geography))
  FROM {parcels} p, (SELECT ST_GeomFromWKB(%s, 4490) AS g) s WHERE ST_Intersects(p.geom, s.g) GROUP BY 1
UNION ALL
SELECT NULL, sum(ST_Area(ST_Intersection(z.geom, s.g)::geography))
  FROM {zones} z, (SELECT ST_GeomFromWKB(%s, 4490) AS g) s WHERE ST_Intersects(z.geom, s.g)
"""


def drawn(land: Land, count: int) -> list[bytes]:
    """Polygons of 0.01 to 5 ha in degrees, as WKB."""
    rng = np.random.default_rng(count)
    west, south, east, north = shapely.total_bounds(land.parcels)
    made = []
    for _number in range(count):
        side = np.sqrt(10 ** rng.uniform(2, np.log10(50_000)))
        x, y = rng.uniform([max(west, EAST), max(south, NORTH)], [east - side, north - side])
        made.append(affinity.rotate(shapely.box(x, y, x + side, y + side * 0.8), rng.uniform(0, 90)))
    return list(shapely.to_wkb(geo.to_record(np.array(made, dtype=object), 4544)))


def measure(report: Report, land: Land, loaded: Loaded) -> None:
    """One statement over the pieces beside the usual join; then the whole answer beside an empty page."""
    shapes, day = drawn(land, COUNT), clock.today()
    naive = NAIVE.format(
        parcels=loaded.part(VintageKind.PARCELS, 2025),
        zones=loaded.part(VintageKind.BASIC_FARMLAND, 2024, "land_zone"),
    )
    glance(shapes[0], day)
    first, mine = asked(shapes, lambda shape: glance(shape, day))
    _first, theirs = asked(shapes[:NAIVE_COUNT], lambda shape: _ask(naive, shape))
    report.add(
        f"instant check in the database, {COUNT} polygons of 0.01 to 5 ha, asked again as while drawing",
        milliseconds(mine),
        f"the usual join over whole geometries, areas by geography: {milliseconds(theirs)} ({NAIVE_COUNT})",
        percentiles(theirs)[1] / percentiles(mine)[1],
        f"asked first, on ground that nobody looked at: {milliseconds(first)}; the ratio is of the 95th"
        " percentiles",
    )
    _over_http(report, loaded, shapes)


def asked(shapes: list[bytes], ask: Callable[[bytes], Any]) -> tuple[list[float], list[float]]:
    """Seconds for each polygon, asked first and asked again once all have been.

    A shape is asked with every point that is drawn: all but the first of its questions are about ground whose
    rows lie in memory.
    """
    first, again = ([_timed(lambda shape=shape: ask(shape)) for shape in shapes] for _turn in range(2))
    return first, again


def _timed(work: Any) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _ask(statement: str, shape: bytes) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [shape, shape])
        cursor.fetchall()


def _over_http(report: Report, loaded: Loaded, shapes: list[bytes]) -> None:
    """Through the whole product but the socket: session, rights, address, JSON."""
    officer = User.objects.create_user("bench-land")
    Grant.objects.create(
        user=officer, role=Role.LAND_OFFICER, division=loaded.county, valid=("2020-01-01", None)
    )
    client = Client()
    client.force_login(officer)
    address = reverse("glance")
    bodies = [shapely.to_geojson(shapely.from_wkb(shape)) for shape in shapes[:100]]
    mine, theirs = [], []
    with override_settings(ROOT_URLCONF="land.bench.urls", ALLOWED_HOSTS=["*"]):
        empty = reverse("bench_empty")
        client.get(empty)
        _post(client, address, bodies[0])
        for body in bodies:
            mine.append(_timed(lambda body=body: _post(client, address, body)))
            theirs.append(_timed(lambda: client.get(empty)))
    report.add(
        "the same over HTTP, in the process",
        milliseconds(mine),
        f"a page that does nothing, to the same user: {milliseconds(theirs)}",
        percentiles(theirs)[0] / percentiles(mine)[0],
        f"{percentiles(mine)[0] / percentiles(theirs)[0]:.1f} times it",
    )


def _post(client: Client, address: str, body: str) -> None:
    answer = client.post(address, body, content_type="application/json")
    if answer.status_code != 200:
        raise RuntimeError(f"{address}: {answer.status_code} {json.dumps(answer.content.decode())[:200]}")
