"""What is known of the life of an asset: its steps, and what may follow today. 中文：生命周期查询"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from assets.codes_life import TABLE, LifeAct, ProceedsUse, Transition
from assets.models import Asset, LifeStep
from registry import display
from registry.codes import MEETING_BODIES, PRIVATE_KINDS, UnitState
from registry.models import Decision, Party, Unit
from registry.queries.prepared import Prepared
from registry.queries.sheet import UnitSheet
from registry.services import drafts

# What a step says, in the order of its form.
SAID = ("measure", "deadline", "person", "giver", "receiver", "amount", "attended_by", "use", "manner",
        "office", "decision")  # fmt: skip
_STEPS = Prepared(
    lambda unit: LifeStep.objects.in_force().filter(unit=unit)
    .select_related("person", "giver", "receiver", "decision", "source", "written")
)  # fmt: skip


def steps_of(unit: Unit) -> list[LifeStep]:
    """Steps in force, the last first."""
    return _STEPS(unit.pk)


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
    """The plan of recovery that runs: the last one, unless its state has changed since."""
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


def words_of(step: LifeStep, names: bool = True) -> list[tuple[str, Any, Any]]:
    """What a step says beyond its state, as (field, label, value); persons masked unless ``names``."""
    said = []
    for name in SAID:
        value = getattr(step, name)
        if value in (None, ""):
            continue
        shown = getattr(step, f"get_{name}_display", None)
        text = shown() if shown else value
        if isinstance(value, Party) and value.kind in PRIVATE_KINDS and not names:
            text = display.masked(value.name)
        label = LifeStep._meta.get_field(name).verbose_name  # type: ignore[union-attr]
        said.append((name, label, _written(step, name, text)))
    return said


def _written(step: LifeStep, name: str, value: Any) -> Any:
    if name == "amount":
        return display.money(value)
    if name == "deadline":
        return display.day(value)
    if name == "use" and step.act == LifeAct.BOOK_PROCEEDS and value in ProceedsUse.values:
        return ProceedsUse(value).label
    return value


def decisions_on(unit: Unit) -> QuerySet[Decision]:
    """Meetings that name the unit, the last first."""
    rows = Decision.objects.in_force().filter(units=unit, body__in=MEETING_BODIES)
    return rows.order_by("-held_on", "-pk")


def next_acts(sheet: UnitSheet, asset: Asset, steps: list[LifeStep]) -> list[Transition]:
    """What the state allows and this user may do or draft, in the order of the table."""
    user, division = sheet.user, sheet.unit.division
    may = {verb: drafts.may_begin(user, verb, division) for verb in {row.needs for row in TABLE.values()}}
    found = [row for row in possible(asset, sheet.unit.state) if may[row.needs]]
    return [row for row in found if _makes_sense(row, steps)]


def _makes_sense(row: Transition, steps: list[LifeStep]) -> bool:
    """Answers need something to answer; what is settled once is not offered again."""
    if row.back is not None:
        return last_of(steps, row.back) is not None
    if row.act == LifeAct.SETTLE_USE:
        last = last_of(steps, LifeAct.REPORT_MISUSE, LifeAct.SETTLE_USE)
        return last is not None and last.act == LifeAct.REPORT_MISUSE
    if row.act in (LifeAct.CONFIRM_RIGHTS, LifeAct.LEAVE_OUT, LifeAct.REPORT_RUIN):
        return last_of(steps, row.act) is None
    return True
