"""`./run bench land`: audit, accuracy, instant check, cover, flow, load. 中文：土地叠加测量"""

from __future__ import annotations

import gc
import statistics
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from registry import clock
from registry.bench.report import Options, Report, machine, seconds

from . import auditing, ground, instant, loading, peering, province, years
from .register import load, places, without_rules

ROUNDS = 5


def measure(options: Options) -> Report:
    """Make the land, load it, and measure beside the peers; all of it on the same data."""
    if options.scale == "province":
        return province.measure(options)
    made: list[ground.Land] = []
    making = seconds(lambda: made.append(ground.make(options.scale, options.seed)))
    land = made[0]
    middle, tail, most = (int(v) for v in np.quantile(land.vertices, [0.5, 0.99, 1.0]))
    report = Report(
        name="land",
        data=(
            f"{len(land.parcels):,} parcels ({options.scale}; vertices: median {middle}, 99 of 100 below"
            f" {tail}, most {most:,}), {len(land.later):,} a year later, {len(land.zones)} zones"
            f" of basic farmland with overlaps, {len(land.footprints):,} footprints, made in"
            f" {making:.0f} s. Medians of {ROUNDS}"
            " interleaved rounds where rounds are named; a ratio is how many times faster than the peer."
        ),
        seed=options.seed,
        machine=machine(options.durable),
        measured_on=clock.now().strftime("%Y-%m-%d %H:%M"),
    )
    with without_rules():
        loaded = load(land, options.folder, *places())
    gc.collect()
    with peering.peers(options.folder, options.peers) as engines:
        auditing.measure(report, land, loaded, engines, ROUNDS)
        instant.measure(report, land, loaded)
        auditing.cover(report, land, loaded, ROUNDS)
        years.measure(report, loaded, engines, ROUNDS)
        loading.measure(report, land, loaded)
    return report


def median(times: list[float]) -> float:
    return statistics.median(times)


@contextmanager
def quiet() -> Iterator[None]:
    """Without the collector of garbage."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def rounds(works: dict[str, Callable[[], Any]], count: int) -> dict[str, list[float]]:
    """Seconds of each work, turn by turn, so that all meet the same machine; a work may give its own."""
    times: dict[str, list[float]] = {name: [] for name in works}
    for _turn in range(count):
        for name, work in works.items():
            with quiet():
                answer: list[Any] = []
                taken = seconds(lambda work=work, answer=answer: answer.append(work()))
            own = answer[0]
            times[name].append(own if isinstance(own, float) else taken)
    return times
