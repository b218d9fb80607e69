"""What is known of the life of an asset: its steps, and what may follow today. 中文：生命周期查询"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from assets.codes_life import TABLE, LifeAct, Transition
from assets.models import Asset, LifeStep
from registry.codes import UnitState
from registry.models import Unit


def steps_of(unit: Unit) -> list[LifeStep]:
    """Steps in force, the last first."""
    rows = LifeStep.objects.in_force().filter(unit=unit)
    return list(rows.select_related("person", "giver", "receiver", "decision", "source", "written"))


def last_of(steps: Iterable[LifeStep], *acts: LifeAct) -> LifeStep | None:
    """The last of some kinds of steps; ``steps`` come the last first."""
    return next((step for step in steps if step.act in acts), None)


def current_request(steps: Iterable[LifeStep]) -> LifeStep | None:
    """The request for disposal that has not been answered yet."""
    last = last_of(steps, LifeAct.REQUEST_DISPOSAL, LifeAct.REFUSE_DISPOSAL)
    return last if last is not None and last.act == LifeAct.REQUEST_DISPOSAL else None


def possible(asset: Asset, state: str) -> list[Transition]:
    """What the table lets follow, in its order, for an asset of a class in a state."""
    return [row for row in TABLE.values() if state in row.states(asset.asset_class)]


def answered_state(steps: Iterable[LifeStep], back: LifeAct) -> str | None:
    """The state that held before the act that is answered now."""
    step = last_of(steps, back)
    return step.state_before if step is not None else None


def plan_of(steps: Iterable[LifeStep]) -> LifeStep | None:
    """The plan of recovery that runs: none was set since it was found idle, inefficient or damaged, else it."""
    for step in steps:
        if step.act == LifeAct.PLAN_RECOVERY:
            return step
        if step.state_before != step.state:
            return None
    return None


def labels(states: Iterable[str]) -> str:
    """States in words, in the order of life."""
    known: set[str] = set(states)
    return "、".join(str(state.label) for state in UnitState if state in known)


def words_of(step: LifeStep, names: bool = True) -> list[Any]:
    """What a step says beyond its state, as (label, value)."""
    said = []
    for name in ("measure", "deadline", "person", "giver", "receiver", "amount", "attended_by", "use",
                 "manner", "office", "decision"):  # fmt: skip
        value = getattr(step, name)
        if value in (None, ""):
            continue
        field = LifeStep._meta.get_field(name)
        shown = getattr(step, f"get_{name}_display", None)
        said.append((name, field.verbose_name, shown() if shown else value))
    return said
