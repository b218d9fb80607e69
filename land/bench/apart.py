"""An audit in a process of its own, whose memory is its own. 中文：独立进程核查"""

from __future__ import annotations

import multiprocessing
import statistics
from pathlib import Path

from django.db import connection

from registry import clock
from registry.bench.report import seconds


def audited(turns: int) -> tuple[float, float]:
    """Median seconds of an audit, and the peak memory (GB) of a process that does nothing else."""
    place = connection.settings_dict["NAME"]
    with multiprocessing.get_context("spawn").Pool(1, initializer=_begin, initargs=[place]) as pool:
        return pool.apply(_audited, [turns])


def _begin(place: str) -> None:
    import django

    django.setup()
    from django.db import connections

    from registry import row_security

    connections["default"].settings_dict["NAME"] = place
    row_security.whole_register()


def _audited(turns: int) -> tuple[float, float]:
    from land.services import audit

    day = clock.today()
    audit.run(day)  # compiled code is loaded, the database has read its tables
    times = [seconds(lambda: audit.run(day)) for _turn in range(turns)]
    return statistics.median(times), _peak()


def _peak() -> float:
    """Most memory (GB) that this process held; ``ru_maxrss`` would count that of the one that began it."""
    words = Path("/proc/self/status").read_text(encoding="ascii").split()
    return int(words[words.index("VmHWM:") + 1]) / 2**20
