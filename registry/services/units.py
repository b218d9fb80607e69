"""Register units, put them on the map, change their state, take them back with their batch."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
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


@transaction.atomic
def place_unit(
    *,
    unit: Unit,
    geom: GEOSGeometry,
    valid_from: dt.date,
    method: str,
    by: User | None,
    reason: str = "",
    source: Source | None = None,
    source_srid: int = 4490,
    accuracy_m: Any = None,
    batch: ImportBatch | None = None,
) -> Shape:
    """Give a unit its geometry of record (EPSG:4490, valid) from a day on; the earlier shape ends that day.

    Raises ``NotAllowed``, or ``RegistryError`` when the shape does not begin after the one that it replaces.
    """
    locked = Unit.objects.select_for_update(of=("self",)).select_related("division").get(pk=unit.pk)
    access.require(by, "place_unit", locked.division)
    current = locked.shapes.in_force().filter(valid__contains=valid_from).first()
    before = None
    if current is not None:
        before = {"shape": current.pk, "from": current.valid.lower.isoformat(), "method": current.method}
        if current.valid.lower == valid_from:
            raise RegistryError(
                _("%(unit)s already has a shape that begins on %(day)s.")
                % {"unit": locked, "day": valid_from},
                "shape_exists",
            )
        current.valid = DateRange(current.valid.lower, valid_from)
        current.save(update_fields=["valid"])
    later = locked.shapes.in_force().filter(valid__startswith__gt=valid_from).order_by("valid").first()
    shape = Shape.objects.create(
        unit=locked,
        geom=geom,
        valid=DateRange(valid_from, later.valid.lower if later else None),
        source_srid=source_srid,
        method=method,
        accuracy_m=accuracy_m,
        source=source,
        batch=batch,
    )
    record_act(
        by=by,
        batch=batch,
        verb="unit_placed",
        division=locked.division_id,
        unit=locked,
        source=source,
        subject=f"shape:{shape.pk}",
        reason=reason,
        effective_on=valid_from,
        before=before,
        after={"shape": shape.pk, "from": valid_from.isoformat(), "method": ShapeMethod(method).value},
    )
    return shape


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
