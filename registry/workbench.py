"""The workbench 工作台: what each role should do next, and the numbers it lives with. Apps hang theirs here.

Three kinds of pieces, chosen by the roles a user holds in the division looked at:
queues give tasks (at most ten are shown, taken in turn from the queues so that none hides another),
figures give numbers, boards give cards below.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from registry import access
from registry.models import Division
from registry.queries.prepared import Prepared

SHOWN = 10


@dataclass
class Desk:
    """Who sits where on which day."""

    user: Any
    division: Division
    day: dt.date
    memory: dict[str, Any] = field(default_factory=dict, repr=False)  # what several queues read once

    @cached_property
    def roles(self) -> frozenset[str]:
        """Roles the user holds over the division looked at (or, failing that, inside it)."""
        grants = access.current_grants(self.user)
        over = {grant.role for grant in grants if self.division.path.startswith(grant.division.path)}
        inside = {grant.role for grant in grants if grant.division.path.startswith(self.division.path)}
        return frozenset(over or inside)

    def scoped(self, rows: Any) -> Any:
        """Rows that the user may see, in the division looked at."""
        return rows.visible_to(self.user).within(self.division)

    def ask(self, prepared: Prepared, *values: Any) -> list[Any]:
        """The rows of a query of ``at_desk`` for these values. One query."""
        paths = access.scope_paths(self.user)
        return prepared(self.division.path, *values, *paths) if paths else []

    def number(self, prepared: Prepared, *values: Any) -> int:
        """What a query of ``at_desk`` and ``counted`` counts."""
        rows = self.ask(prepared, *values)
        return rows[0][0] if rows else 0


@dataclass(frozen=True, kw_only=True)
class Task:
    """One thing to do: what (title), why (note), where (url), and the word on the button (act)."""

    title: Any
    note: Any
    url: str
    act: Any
    sign: str = "dot"
    badge: Any = ""


@dataclass(frozen=True, kw_only=True)
class Queue:
    """Where tasks come from. ``collect`` gives lists of tasks, each list in its own order; few queries."""

    key: str
    order: int
    roles: frozenset[str]
    collect: Callable[[Desk], list[list[Task]]]


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A number of the workbench. ``read`` gives the arguments of the tag ``figure``, or None."""

    key: str
    order: int
    roles: frozenset[str]
    read: Callable[[Desk], dict[str, Any] | None]


@dataclass(frozen=True, kw_only=True)
class Board:
    """A card below the tasks; ``context`` gives None where there is nothing to show."""

    key: str
    order: int
    roles: frozenset[str]
    template: str
    context: Callable[[Desk], dict[str, Any] | None]


@dataclass
class _Store:
    queues: dict[str, Queue] = field(default_factory=dict)
    figures: dict[str, Figure] = field(default_factory=dict)
    boards: dict[str, Board] = field(default_factory=dict)


_STORE = _Store()


def register(*pieces: Queue | Figure | Board) -> None:
    """Hang pieces on the workbench; the same key twice is a mistake."""
    for piece in pieces:
        known: dict[str, Any] = (
            _STORE.queues
            if isinstance(piece, Queue)
            else _STORE.figures
            if isinstance(piece, Figure)
            else _STORE.boards
        )
        if piece.key in known:
            raise ValueError(f"registered twice on the workbench: {piece.key}")
        known[piece.key] = piece


def _mine(desk: Desk, pieces: dict[str, Any]) -> list[Any]:
    mine = [piece for piece in pieces.values() if piece.roles & desk.roles]
    return sorted(mine, key=lambda piece: (piece.order, piece.key))


def in_turn(lengths: Sequence[int], shown: int = SHOWN) -> list[int]:
    """How many of each list are shown, taken in turn from those that have some left.

    Beside further lists none of these gives more: a list needs no more tasks than it gives here.
    """
    taken = [0] * len(lengths)
    while sum(taken) < shown and any(count < length for count, length in zip(taken, lengths, strict=True)):
        for number, length in enumerate(lengths):
            if taken[number] < length and sum(taken) < shown:
                taken[number] += 1
    return taken


def tasks(desk: Desk) -> list[Task]:
    """The next tasks: taken in turn from every list that has some, then shown list by list."""
    lists = [found for queue in _mine(desk, _STORE.queues) for found in queue.collect(desk) if found]
    counts = in_turn([len(found) for found in lists])
    return [task for count, found in zip(counts, lists, strict=True) for task in found[:count]]


def roles_with_tasks() -> frozenset[str]:
    """Roles to which some queue gives tasks."""
    return frozenset(role for queue in _STORE.queues.values() for role in queue.roles)


def figures(desk: Desk) -> list[dict[str, Any]]:
    """Numbers of the user's roles."""
    return [values for figure in _mine(desk, _STORE.figures) if (values := figure.read(desk)) is not None]


def boards(desk: Desk) -> list[dict[str, Any]]:
    """Cards of the user's roles: template and values."""
    found = []
    for board in _mine(desk, _STORE.boards):
        values = board.context(desk)
        if values is not None:
            found.append({"key": board.key, "template": board.template, "values": values})
    return found


# --- what to do about a finding: apps name the act of their rules
@dataclass(frozen=True, kw_only=True)
class Remedy:
    """How the finding of a rule is put right: the word on the button, and the address for a finding."""

    act: Any
    url: Callable[[Any], str | None]
    sign: str = "finding"
    verb: str = "view"
    order: int = 50


_REMEDIES: dict[str, Remedy] = {}


def register_remedy(rule_id: str, remedy: Remedy) -> None:
    """Name the act that puts the findings of a rule right."""
    if rule_id in _REMEDIES:
        raise ValueError(f"remedy registered twice: {rule_id}")
    _REMEDIES[rule_id] = remedy


def order_of(rule_id: str) -> tuple[int, str]:
    """Where the findings of a rule stand among the tasks."""
    remedy = _REMEDIES.get(rule_id)
    return (remedy.order if remedy else 50, rule_id)


def remedy_of(finding: Any, user: Any) -> Remedy | None:
    """The act for a finding that this user may take and that has an address."""
    remedy = _REMEDIES.get(finding.rule)
    if remedy is None or not access.may(user, remedy.verb, finding.division) or not remedy.url(finding):
        return None
    return remedy
