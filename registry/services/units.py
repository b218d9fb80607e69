"""Register units, put them on the map, change their state, take them back with their batch."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.gis.geos import GEOSGeometry
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from registry import access
from registry.codes import ShapeMethod
from registry.errors import RegistryError
from registry.models import Act, Entry, ImportBatch, Shape, Source, Unit, User

from .acts import ActLine, record_act, record_acts


@transaction.atomic
def register_units(
    units: Sequence[Unit], *, by: User | None, reason: str = "", batch: ImportBatch | None = None
) -> list[Unit]:
    """Register new units (unsaved rows), all or none. Raises ``NotAllowed`` outside the user's divisions."""
    for division in {unit.division_id: unit.division for unit in units}.values():
        access.require(by, "register_unit", division)
    made = Unit.objects.bulk_create(units, batch_size=1000)
    record_acts(
        [
            ActLine(
                verb="unit_registered",
                division=unit.division_id,
                unit=unit.pk,
                subject=f"unit:{unit.code}",
                reason=reason,
                effective_on=unit.state_since,
                after={"code": unit.code, "name": unit.name, "kind": unit.kind, "state": unit.state},
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

    Raises ``NotAllowed``, or ``RegistryError`` when the shape does not begin after the one that it replaces.
    """
    unit = Unit.objects.select_for_update(of=("self",)).select_related("division").get(pk=placement.unit.pk)
    access.require(by, "place_unit", unit.division)
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
