"""Register units, put them on the map, change their state, take them back with their batch."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.gis.geos import GEOSGeometry
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from registry import access, clock
from registry.codes import ShapeMethod, ShapeNeed, UnitState
from registry.errors import BadInput, RegistryError
from registry.models import Act, Entry, ImportBatch, Shape, Source, Unit, User
from registry.models.filling import insert_rows
from registry.queries.recorded import state_acts, state_on
from registry.rules import engine

from .acts import ActLine, record_act, record_acts


@transaction.atomic
def register_units(
    units: Sequence[Unit], *, by: User | None, reason: str = "", batch: ImportBatch | None = None
) -> list[Unit]:
    """Register new units (unsaved rows), all or none. Raises ``NotAllowed`` outside the user's divisions."""
    for division in {unit.division_id: unit.division for unit in units}.values():
        access.require(by, "register_unit", division)
    made = insert_rows(units)
    record_acts(
        [
            ActLine(
                verb="unit_registered",
                division=unit.division_id,
                unit=unit.pk,
                subject=f"unit:{unit.code}",
                reason=reason,
                effective_on=unit.state_since,
                after={
                    "code": unit.code,
                    "name": unit.name,
                    "kind": unit.kind,
                    "state": unit.state,
                    "shape_need": unit.shape_need,
                },
            )
            for unit in made
        ],
        by=by,
        batch=batch,
    )
    return made


@dataclass(frozen=True, kw_only=True)
class Placement:
    """Where a unit lies from a day on: geometry of record (EPSG:4490, valid) and how it was taken."""

    unit: Unit
    geom: GEOSGeometry
    valid_from: dt.date
    method: str
    source: Source | None = None
    source_srid: int = 4490
    accuracy_m: Any = None


@transaction.atomic
def place_unit(
    placement: Placement, *, by: User | None, reason: str = "", batch: ImportBatch | None = None
) -> Shape:
    """Give a unit its geometry of record from a day on; the earlier shape ends that day.

    Raises ``NotAllowed``, or ``RegistryError`` when the shape does not begin after the one that it replaces
    or the unit is of a kind that has no place (shares, claims).
    """
    unit = Unit.objects.select_for_update(of=("self",)).select_related("division").get(pk=placement.unit.pk)
    access.require(by, "place_unit", unit.division)
    refuse_no_place(unit)
    before = _end_current_shape(unit, placement.valid_from)
    later = (
        unit.shapes.in_force().filter(valid__startswith__gt=placement.valid_from).order_by("valid").first()
    )
    shape = Shape.objects.create(
        unit=unit,
        geom=placement.geom,
        valid=DateRange(placement.valid_from, later.valid.lower if later else None),
        source_srid=placement.source_srid,
        method=placement.method,
        accuracy_m=placement.accuracy_m,
        source=placement.source,
        batch=batch,
    )
    record_act(
        by=by,
        batch=batch,
        verb="unit_placed",
        division=unit.division_id,
        unit=unit,
        source=placement.source,
        subject=f"shape:{shape.pk}",
        reason=reason,
        effective_on=placement.valid_from,
        before=before,
        after=describe_shape(shape),
    )
    return shape


def refuse_no_place(unit: Unit) -> None:
    """Equity and claims have no place: the database refuses their shapes, this says why."""
    if unit.shape_need == ShapeNeed.NONE:
        raise RegistryError(
            _("%(unit)s is equity or a claim: it has no place on the map and gets no shape.")
            % {"unit": unit},
            "no_place",
        )


StateGuard = Callable[[Unit, str | None, str], None]
_STATE_GUARDS: dict[str, StateGuard] = {}


def register_state_guard(kind: str, guard: StateGuard) -> None:
    """Units of a kind have a table of their own: ``guard(unit, before, after)`` refuses what is not in it."""
    _STATE_GUARDS[kind] = guard


def guarded(unit: Unit) -> bool:
    """Whether the states of a unit follow a table of their own."""
    return unit.kind in _STATE_GUARDS


def project_state(unit: Unit) -> bool:
    """Bring the column of a locked unit to what its acts say for today; False where they say nothing."""
    today = clock.today()
    last = state_acts(unit).filter(begins__lte=today).first()
    if last is None:
        return False
    unit.state = last.after["state"]
    if last.verb != "unit_registered" or last.effective_on is not None:
        unit.state_since = last.begins
    unit.save(update_fields=["state", "state_since"])
    return True


def _refuse_state(unit: Unit, state: str, on: dt.date, reason: str) -> str | None:
    """The state of the day, where another one may be recorded for it."""
    if on > clock.today():
        raise BadInput(
            _("A state is recorded when it has come about; the day lies in the future."), "future_date"
        )
    if not reason.strip():
        raise BadInput(_("Say why the state changes; it stands in the book."), "no_reason")
    before = state_on(on, unit)
    if before == state:
        raise BadInput(
            _("%(unit)s is in that state on %(day)s already: %(state)s.")
            % {"unit": unit.name, "day": on, "state": UnitState(state).label},
            "same_state",
        )
    if guarded(unit):
        _STATE_GUARDS[unit.kind](unit, before, state)
    return before


@transaction.atomic
def change_state(
    *,
    unit: Unit,
    state: str,
    on: dt.date,
    by: User | None,
    reason: str,
    source: Source | None = None,
) -> Unit:
    """Record that a unit is in another state from a day on (``unit_state``). 中文：状态变更

    The state of any day is read from the acts; the column holds what they say for today. An act that takes
    effect before a later one does not change what the later one says. Raises ``BadInput`` for a day in the
    future, no reason, or the state that holds on that day anyway.
    """
    locked = Unit.objects.select_for_update(of=("self",)).select_related("division").get(pk=unit.pk)
    access.require(by, "register_unit", locked.division)
    before = _refuse_state(locked, state, on, reason)
    record_act(
        by=by,
        verb="unit_state",
        division=locked.division_id,
        unit=locked,
        source=source,
        subject=f"unit:{locked.code}",
        reason=reason,
        effective_on=on,
        before={"state": before},
        after={"state": UnitState(state).value},
    )
    locked.state = state_on(clock.today(), locked) or locked.state
    if locked.state == state:
        locked.state_since = on
    locked.save(update_fields=["state", "state_since"])
    engine.evaluate_units([locked.pk], as_of=clock.today())
    engine.refuse_broken(on=on, units=[locked.pk])
    return locked


def describe_shape(shape: Shape) -> dict[str, Any]:
    """A shape as an act records it."""
    return {
        "shape": shape.pk,
        "from": shape.valid.lower.isoformat(),
        "method": ShapeMethod(shape.method).value,
    }


def _end_current_shape(unit: Unit, day: dt.date) -> dict[str, Any] | None:
    current = unit.shapes.in_force().filter(valid__contains=day).first()
    if current is None:
        return None
    before = describe_shape(current)
    if current.valid.lower == day:
        raise RegistryError(
            _("%(unit)s already has a shape that begins on %(day)s.") % {"unit": unit, "day": day},
            "shape_exists",
        )
    current.valid = DateRange(current.valid.lower, day)
    current.save(update_fields=["valid"])
    return before


@transaction.atomic
def annul_facts(*, batch: ImportBatch, act: Act, more: Iterable[Any] = ()) -> int:
    """Mark the units, entries and shapes of a batch (and the querysets in ``more``) as taken back by an act.

    Gives the number of units. Raises ``RegistryError`` when later facts rest on the units of this batch.
    """
    units = list(
        Unit.objects.select_for_update(of=("self",)).filter(batch=batch, annulled=None).order_by("pk")
    )
    _refuse_later_facts(units, batch)
    for rows in (
        Entry.objects.filter(batch=batch, annulled=None),
        Shape.objects.filter(batch=batch, annulled=None),
        *more,
        Unit.objects.filter(batch=batch, annulled=None),
    ):
        rows.update(annulled=act)
    return len(units)


def _refuse_later_facts(units: list[Unit], batch: ImportBatch) -> None:
    keys = [unit.pk for unit in units]
    for rows, what in (
        (Entry.objects.in_force().filter(unit__in=keys), _("entries")),
        (Shape.objects.in_force().filter(unit__in=keys), _("shapes")),
    ):
        later = rows.exclude(batch=batch).select_related("unit").first()
        if later is not None:
            raise RegistryError(
                _("%(unit)s has received later %(what)s. Reverse those first, then this batch.")
                % {"unit": later.unit, "what": what},
                "later_facts",
            )
