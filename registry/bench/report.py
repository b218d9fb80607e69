"""Figures of a run: medians and percentiles, beside a peer; as JSON and as a block of docs/benchmarks.md."""

from __future__ import annotations

import os
import platform
import re
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection


@dataclass(frozen=True)
class Options:
    """What was asked for."""

    scale: str
    seed: int
    folder: Path  # for files of the run
    durable: bool = True  # whether the database waits for the disk
    peers: Path | None = None  # the Python of the peers' environment


@dataclass(frozen=True)
class Figure:
    """One line: what was measured, how it came out, and how the peer did, in the same run."""

    what: str
    value: str
    peer: str = ""
    ratio: float | None = None
    note: str = ""


@dataclass
class Report:
    """A benchmark's result."""

    name: str
    data: str
    seed: int
    machine: str
    measured_on: str
    figures: list[Figure] = field(default_factory=list)
    command: str = ""  # what to call to have it again, where that is more than the name

    def add(self, what: str, value: str, peer: str = "", ratio: float | None = None, note: str = "") -> None:
        self.figures.append(Figure(what, value, peer, ratio and round(ratio, 1), note))

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def block(self) -> str:
        """The marked block of docs/benchmarks.md."""
        lines = [
            f"<!-- bench:{self.name} -->",
            f"Measured {self.measured_on} by `./run bench {self.command or self.name}`. {self.machine}.",
            f"{self.data} Seed {self.seed}.",
            "",
            "| what | measured | peer of the same run | times faster |",
            "|---|---|---|---|",
        ]
        for line in self.figures:
            note = f" ({line.note})" if line.note else ""
            ratio = f"{line.ratio:,.1f}" if line.ratio is not None else ""
            lines.append(f"| {line.what}{note} | {line.value} | {line.peer} | {ratio} |")
        return "\n".join([*lines, f"<!-- /bench:{self.name} -->"])


def write_block(path: Path, report: Report) -> None:
    """Put the report's block in the place of the one of the last run, or at the end."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    name = re.escape(report.name)
    known = re.compile(rf"<!-- bench:{name} -->.*?<!-- /bench:{name} -->", re.DOTALL)
    block = report.block()
    if known.search(text):
        text = known.sub(lambda _match: block, text)
    else:
        text = f"{text.rstrip()}\n\n## The bench: {report.name}\n\n{block}\n"
    path.write_text(text, encoding="utf-8")


def machine(durable: bool) -> str:
    """This machine and its database, in a sentence."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version'), postgis_lib_version()")
        server, postgis = cursor.fetchone()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    disk = "fsync on" if durable else "fsync off"
    load = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} processors, {memory:.0f} GB, Linux {platform.release()}, Python"
        f" {platform.python_version()}, PostgreSQL {server.split()[0]} ({disk}, as the product sets it up),"
        f" PostGIS {postgis}, load {load:.1f} at the begin"
    )


def seconds(work: Callable[[], Any]) -> float:
    """Wall-clock seconds of one call."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def percentiles(times: Sequence[float]) -> tuple[float, float]:
    """Median and 95th percentile."""
    ordered = sorted(times)
    return statistics.median(ordered), ordered[min(len(ordered) - 1, round(0.95 * (len(ordered) - 1)))]


def milliseconds(times: Sequence[float]) -> str:
    """p50 and p95 in words."""
    middle, high = percentiles(times)
    return f"p50 {middle * 1000:,.1f} ms, p95 {high * 1000:,.1f} ms"
