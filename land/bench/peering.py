"""The peers' process: jobs out, seconds back. 中文：对照引擎进程"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection

ENGINES = ("sedonadb", "duckdb", "geopandas")


PARALLEL = "SET min_parallel_table_scan_size = 0; SET parallel_setup_cost = 10; SET jit = off"
SERIAL = "RESET min_parallel_table_scan_size; RESET parallel_setup_cost; RESET jit"


@contextmanager
def in_parallel() -> Iterator[Any]:
    """A cursor of PostGIS as a peer: with parallel workers for small tables too, as the product has none."""
    with connection.cursor() as cursor:
        cursor.execute(PARALLEL)
        try:
            yield cursor
        finally:
            cursor.execute(SERIAL)


class Peers:
    """Engines in an environment of their own; none where there is none."""

    def __init__(self, process: subprocess.Popen[str] | None) -> None:
        self.process = process
        self.failed: dict[str, str] = {}
        self.totals: dict[tuple[str, str], float] = {}

    @property
    def names(self) -> list[str]:
        return [name for name in ENGINES if name not in self.failed] if self.process else []

    def run(self, job: str, engine: str) -> float | None:
        """Seconds of a job; None where the engine failed, which is said in the report."""
        if self.process is None or self.process.stdin is None or self.process.stdout is None:
            return None
        self.process.stdin.write(f"{job} {engine}\n")
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(self.process.stdout.readline() or '{"error": "it died"}')
        if "error" in answer:
            self.failed[engine] = answer["error"]
            return None
        self.totals[job, engine] = answer["total"]
        return float(answer["seconds"])


@contextmanager
def peers(folder: Path, python: Path | None) -> Iterator[Peers]:
    """The process while it is needed."""
    if python is None:
        yield Peers(None)
        return
    script = Path(__file__).with_name("peers.py")
    with subprocess.Popen(
        [str(python), "-I", str(script), str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield Peers(process)
        finally:
            process.kill()
