"""What `./run bench` measures with: benchmarks by name, each beside a peer of the same run. 中文：性能测量"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

# name -> measure(options) -> Report; apps add their own with ``register`` when they load.
_BENCHES: dict[str, Callable[[Any], Any]] = {}


def register(name: str, measure: Callable[[Any], Any]) -> None:
    """Add a benchmark; the same name twice is a mistake."""
    if name in _BENCHES:
        raise ValueError(f"benchmark registered twice: {name}")
    _BENCHES[name] = measure


def benches() -> dict[str, Callable[[Any], Any]]:
    """Benchmarks by name, those of the kernel included."""
    from . import kernel

    return {"kernel": kernel.measure, **_BENCHES}
