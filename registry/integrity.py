"""Is the register still what it was? Checks that the command ``verify`` runs; apps register theirs.

A check reads everything it is about in a few statements and gives what is wrong, each as a JSON object; an
empty list says that nothing is. It judges the keeping of the book, not the facts in it: facts have rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

SHOWN = 200  # of what is wrong, per check; the number is given in full

Reading = Callable[[bool], Iterable[dict[str, Any]]]
_CHECKS: dict[str, Reading] = {}


def register(name: str, check: Reading) -> None:
    """Add a check; the same name twice is a mistake. ``check(quick)`` may leave out what takes long."""
    if name in _CHECKS:
        raise ValueError(f"check registered twice: {name}")
    _CHECKS[name] = check


def verify(
    *, quick: bool = False, told: Callable[[str, int], None] = lambda _name, _wrong: None
) -> dict[str, Any]:
    """Run every check: {"ok", "checks": {name: {"ok", "count", "wrong"}}}. ``told`` hears of each."""
    checks: dict[str, Any] = {}
    for name, check in _CHECKS.items():
        wrong = list(check(quick))
        checks[name] = {"ok": not wrong, "count": len(wrong), "wrong": wrong[:SHOWN]}
        told(name, len(wrong))
    return {"ok": all(found["ok"] for found in checks.values()), "quick": quick, "checks": checks}
