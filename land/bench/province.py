"""A million parcels beside a county's in the same run: the cold audit, the instant check. 中文：省级规模测量

What is asked of a million is how much slower than two hundred thousand; the peers' full overlays would take
hours and are measured on the county.
"""

from __future__ import annotations

import gc
from dataclasses import dataclass

from land.bench import ground, instant
from land.bench.apart import audited
from land.bench.register import clear, load, places, without_rules
from land.queries.instant import glance
from registry import clock
from registry.bench.report import Options, Report, machine, milliseconds, percentiles

TURNS = 3
SCALES = ("county", "province")


@dataclass(frozen=True)
class Measured:
    """What a scale gave."""

    parcels: int
    importing: float  # seconds
    cold: float
    memory: float  # GB, of a process that audits and does nothing else
    first: list[float]  # of the instant checks: asked first, and asked again
    checks: list[float]


def measure(options: Options) -> Report:
    """The county first, then the province, in one database."""
    report = Report(
        name="land-province",
        command="land --scale province",
        data="",
        seed=options.seed,
        machine=machine(options.durable),
        measured_on=clock.now().strftime("%Y-%m-%d %H:%M"),
    )
    county, codes = places()
    found = {}
    for scale in SCALES:
        land = ground.make(scale, options.seed)
        with without_rules():
            loaded = load(land, options.folder, county, codes, years=(2025,))
        shapes, parcels = instant.drawn(land, instant.COUNT), len(land.later)
        del land
        gc.collect()
        found[scale] = _measured(parcels, loaded.seconds["parcels 2025"], shapes)
        clear(loaded)
    small, large = (found[scale] for scale in SCALES)
    report.data = (
        f"{large.parcels:,} parcels (province) beside {small.parcels:,} (county), made, loaded and measured"
        f" one after the other; basic farmland and 10,000 footprints with each. Medians of {TURNS} audits."
    )
    _told(report, small, large)
    return report


def _measured(parcels: int, importing: float, shapes: list[bytes]) -> Measured:
    day = clock.today()
    cold, memory = audited(TURNS)
    glance(shapes[0], day)
    checks = instant.asked(shapes, lambda shape: glance(shape, day))
    return Measured(parcels, importing, cold, memory, *checks)


def _told(report: Report, small: Measured, large: Measured) -> None:
    report.add(
        f"red-line audit of 10,000 footprints, cold, {large.parcels:,} parcels",
        f"{large.cold:.2f} s, peak memory of its process {large.memory:.1f} GB",
        f"{small.parcels:,} parcels: {small.cold:.2f} s, {small.memory:.1f} GB",
        None,
        f"{large.cold / small.cold:.2f} times the county's; the bar is 3.5",
    )
    high, low = percentiles(large.checks)[1], percentiles(small.checks)[1]
    report.add(
        f"instant check in the database, {len(large.checks)} polygons asked again, {large.parcels:,} parcels",
        milliseconds(large.checks),
        f"{small.parcels:,} parcels: {milliseconds(small.checks)}",
        None,
        f"{high / low:.2f} times the county's by the 95th percentile; the bar is 1.5; asked first"
        f" {milliseconds(large.first)} beside {milliseconds(small.first)}",
    )
    report.add(
        f"{large.parcels:,} parcels from a GeoPackage through the product",
        f"{large.importing:.1f} s, {large.parcels / large.importing:,.0f} parcels a second",
        f"{small.parcels:,} parcels: {small.importing:.1f} s,"
        f" {small.parcels / small.importing:,.0f} a second",
    )
