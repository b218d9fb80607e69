"""Acts in the life of an asset: asked of the table and the guards, and annulled. 中文：生命周期办理"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from assets.codes_life import OBSERVED, TABLE, Transition
from assets.models import Asset, LifeStep
from assets.queries_life import answered_state, labels, steps_of
from registry import access, clock
from registry.codes import UnitState
from registry.errors import BadInput, RegistryError
from registry.models import Act, Decision, Party, Source, Unit, User
from registry.queries.recorded import state_acts, state_on
from registry.reasons import too_short
from registry.rules import engine
from registry.services.acts import record_act
from registry.services.units import project_state

from . import life_effects
from .life_guards import Case, missing
from .life_known import Known

VERB = "life_"


@dataclass(frozen=True, kw_only=True)
class Said:
    """What is said of an act: its day, and the fields that its transition asks for."""

    on: dt.date
    reason: str = ""
    source: Source | None = None
    measure: str = ""
    deadline: dt.date | None = None
    person: Party | None = None
    giver: Party | None = None
    receiver: Party | None = None
    amount: Decimal | None = None
    attended_by: str = ""
    use: str = ""
    manner: str = ""
    office: str = ""
    decision: Decision | None = None


@transaction.atomic
def record_step(*, unit: Unit, act: str, said: Said, by: User | None) -> LifeStep:
    """Record one act in the life of an asset. 中文：办理生命周期事项

    Raises ``NotAllowed``; ``BadInput`` where the table does not let it follow on the state of that day, where
    something later stands in the book, or where a guard is not met (every one of them in the sentence).
    """
    row = TABLE[act]
    locked = lock(unit)
    access.require(by, row.needs, locked.division)
    asset = Asset.objects.select_for_update(of=("self",)).get(unit=locked)
    steps = steps_of(locked)
    _refuse_day(locked, steps, said.on)
    before = state_on(said.on, locked)
    _refuse_state(locked, asset, row, before)
    assert before is not None  # noqa: S101 (_refuse_state)
    after = _after(row, before, steps)
    known = Known(locked, said.on)
    problems = missing(Case(unit=locked, asset=asset, row=row, steps=steps, said=said, known=known))
    if problems:
        raise BadInput(" ".join(problems), "not_yet")
    since = locked.state_since
    effects = life_effects.apply(asset, locked, row, said, by)
    written = _write(locked, row, said, before, after, effects, since, by)
    step = _save(locked, row, said, before, after, written)
    if after != before:
        project_state(locked)
    engine.evaluate_units([locked.pk], as_of=clock.today())
    engine.refuse_broken(on=said.on, units=[locked.pk])
    return step


def lock(unit: Unit) -> Unit:
    return Unit.objects.select_for_update(of=("self",)).select_related("division").get(pk=unit.pk)


def _refuse_day(unit: Unit, steps: list[LifeStep], on: dt.date) -> None:
    if on > clock.today():
        raise BadInput(_("An act is recorded when it has happened; the day lies in the future."), "future")
    later = state_acts(unit).filter(begins__gt=on).order_by("begins").first()
    day = later.begins if later is not None else None
    if steps and steps[0].on > on:
        day = steps[0].on
    if day is not None:
        raise BadInput(
            _(
                "Something of %(later)s stands in the book already. Acts are recorded in their order: "
                "choose a day from %(later)s on, or annul what is later first."
            )
            % {"later": day},
            "later_step",
        )


def _refuse_state(unit: Unit, asset: Asset, row: Transition, before: str | None) -> None:
    if before is None:
        raise BadInput(
            _("The register says nothing of %(unit)s on that day; choose a later one.") % {"unit": unit.name},
            "unknown_state",
        )
    fits = row.states(asset.asset_class)
    if not fits:
        raise BadInput(
            _("“%(act)s” does not fit: %(unit)s is of the class %(class)s.")
            % {"act": row.act.label, "unit": unit.name, "class": asset.get_asset_class_display()},
            "other_class",
        )
    if before not in fits:
        raise BadInput(
            _("“%(act)s” does not follow on the state of that day, %(state)s. It follows on: %(fits)s.")
            % {"act": row.act.label, "state": UnitState(before).label, "fits": labels(fits)},
            "other_state",
        )


def _after(row: Transition, before: str, steps: list[LifeStep]) -> str:
    if row.back is None:
        return str(row.target(before))
    state = answered_state(steps, row.back)
    if state is None:
        raise BadInput(
            _("The act that this one answers is not in the book (“%(act)s”). Record that first.")
            % {"act": row.back.label},
            "nothing_to_answer",
        )
    return state


def _write(
    unit: Unit,
    row: Transition,
    said: Said,
    before: str,
    after: str,
    effects: life_effects.Effects,
    since: dt.date | None,
    by: User | None,
) -> Act:
    changed = after != before
    state = {"state": before, "state_since": since.isoformat() if since else None} if changed else {}
    return record_act(
        by=by,
        verb=f"{VERB}{row.act}",
        division=unit.division_id,
        unit=unit,
        source=said.source,
        subject=f"unit:{unit.code}",
        reason=said.reason,
        effective_on=said.on,
        before={**state, **effects.before},
        after={**({"state": after} if changed else {}), **effects.after, **_told(row, said)},
    )


def _told(row: Transition, said: Said) -> dict[str, Any]:
    """What the book says beyond the state: plain words and keys."""
    told: dict[str, Any] = {}
    for name in row.asks:
        value = getattr(said, name, None)
        if value in (None, ""):
            continue
        if isinstance(value, Party | Decision):
            value = value.pk
        told[name] = value if isinstance(value, int | str) else str(value)
    return told


def _save(unit: Unit, row: Transition, said: Said, before: str, after: str, written: Act) -> LifeStep:
    values = {name: getattr(said, name) for name in row.asks if hasattr(said, name)}
    try:
        with transaction.atomic():
            return LifeStep.objects.create(
                unit=unit, act=row.act, on=said.on, reason=said.reason, source=said.source,
                state_before=before, state=after, written=written, **values,
            )  # fmt: skip
    except IntegrityError as error:
        raise RegistryError(_sentence(error), "refused") from error


def _sentence(error: IntegrityError) -> str:
    for constraint in LifeStep._meta.constraints:
        if constraint.name in str(error) and getattr(constraint, "violation_error_message", None):
            return str(constraint.violation_error_message)
    return _("The register refused the act: %(why)s") % {"why": str(error).splitlines()[0]}


@transaction.atomic
def annul_step(*, step: LifeStep, by: User | None, reason: str) -> Act:
    """Annul an act that should not have been recorded; what it did is put back. 中文：撤销生命周期事项

    Only the last act of an asset can be annulled: what is later rests on it. Raises ``BadInput``.
    """
    unit = lock(step.unit)
    locked = LifeStep.objects.select_for_update(of=("self",)).select_related("written").get(pk=step.pk)
    access.require(by, TABLE[locked.act].needs, unit.division)
    if too_short(reason):
        raise BadInput(_("Say in a sentence why the act is annulled; it stands in the book."), "no_reason")
    refuse_not_last(unit, locked)
    asset = Asset.objects.select_for_update(of=("self",)).get(unit=unit)
    written = locked.written
    act = record_act(
        by=by,
        verb="act_annulled",
        division=unit.division_id,
        unit=unit,
        subject=f"act:{written.pk}",
        reason=reason.strip(),
        effective_on=locked.on,
        before=written.after,
        after=written.before,
    )
    locked.annulled = act
    locked.save(update_fields=["annulled"])
    life_effects.undo(asset, unit, written, by=by, reason=reason)
    if locked.state != locked.state_before and not project_state(unit):
        _restore(unit, written)
    engine.evaluate_units([unit.pk], as_of=clock.today())
    return act


def _restore(unit: Unit, written: Act) -> None:
    """A unit of which no act speaks any more has the state that the annulled act found."""
    since = (written.before or {}).get("state_since")
    unit.state = (written.before or {})["state"]
    unit.state_since = dt.date.fromisoformat(since) if since else None
    unit.save(update_fields=["state", "state_since"])


def refuse_not_last(unit: Unit, step: LifeStep) -> None:
    """Raise ``BadInput`` unless the step is in force and nothing later rests on it."""
    if step.annulled_id is not None:
        raise BadInput(_("This act is annulled already."), "annulled")
    steps = steps_of(unit)
    later = state_acts(unit).exclude(pk=step.written_id).filter(pk__gt=step.written_id).first()
    if steps[0].pk != step.pk or later is not None:
        raise BadInput(_("Something later rests on this act. Annul what is later first."), "later_step")


def guard_state(unit: Unit, before: str | None, after: str) -> None:
    """A plain change of state of an asset records what somebody observed; the rest are acts of their own."""
    asset = Asset.objects.filter(unit=unit).first()
    if asset is None or before is None:
        return
    rows = [TABLE[act] for act in OBSERVED]
    if any(row.after == after and before in row.states(asset.asset_class) for row in rows):
        return
    named = [row.act.label for row in TABLE.values() if row.after == after]
    raise BadInput(
        _(
            "An asset comes into the state %(state)s by an act with its evidence: %(acts)s. "
            "Use “What comes next”."
        )
        % {"state": UnitState(after).label, "acts": "、".join(str(name) for name in named)},
        "act_needed",
    )
