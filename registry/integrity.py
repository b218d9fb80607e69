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
_NOTES: set[str] = set()


def register(name: str, check: Reading, *, harmless: bool = False) -> None:
    """Add a check; the same name twice is a mistake. ``check(quick)`` may leave out what takes long.

    What a ``harmless`` check finds is noted and makes nothing wrong: the book is whole all the same.
    """
    if name in _CHECKS:
        raise ValueError(f"check registered twice: {name}")
    _CHECKS[name] = check
    if harmless:
        _NOTES.add(name)


def verify(
    *, quick: bool = False, told: Callable[[str, int], None] = lambda _name, _wrong: None
) -> dict[str, Any]:
    """Run every check: {"ok", "checks": {name: {"ok", "count", "wrong"}}}; ``told`` hears of each.

    What a harmless check found stands under "noted".
    """
    checks: dict[str, Any] = {}
    for name, check in _CHECKS.items():
        found = list(check(quick))
        wrong = [] if name in _NOTES else found
        checks[name] = {"ok": not wrong, "count": len(found), "wrong": wrong[:SHOWN]}
        if name in _NOTES:
            checks[name]["noted"] = found[:SHOWN]
        told(name, len(wrong))
    return {"ok": all(found["ok"] for found in checks.values()), "quick": quick, "checks": checks}
