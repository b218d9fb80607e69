"""Put many units on the map at once, and take them off again with their batch. 中文：批量上图"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from registry import access
from registry.models import Act, ImportBatch, Shape, Unit, User

from .acts import ActLine, record_acts
from .units import Placement, describe_shape


@transaction.atomic
def place_units(
    placements: Sequence[Placement],
    *,
    by: User | None,
    reason: str = "",
    batch: ImportBatch | None = None,
) -> list[Shape]:
    """Give many units (one placement each) their geometries of record, all or none, in ten statements.

    The shape that holds on the day ends then; one that begins on that very day is corrected: it is annulled
    by the act, and the new one takes its period. Raises ``NotAllowed``.
    """
    units = _locked_units(placement.unit.pk for placement in placements)
    for division in {unit.division_id: unit.division for unit in units.values()}.values():
        access.require(by, "place_unit", division)
    current, later = _neighbours(placements)
    starts = {placement.unit.pk: placement.valid_from for placement in placements}
    wrong = [old for old in current.values() if old.valid.lower == starts[old.unit_id]]
    ended = [old for old in current.values() if old.valid.lower != starts[old.unit_id]]
    before = {old.unit_id: describe_shape(old) for old in ended}
    for old in ended:
        old.valid = DateRange(old.valid.lower, starts[old.unit_id])
    Shape.objects.bulk_update(ended, ["valid"], batch_size=500)
    _correct(wrong, units, by=by, reason=reason, batch=batch)
    shapes = Shape.objects.bulk_create(
        [
            Shape(
                unit_id=placement.unit.pk,
                geom=placement.geom,
                valid=DateRange(placement.valid_from, later.get(placement.unit.pk)),
                source_srid=placement.source_srid,
                method=placement.method,
                accuracy_m=placement.accuracy_m,
                source=placement.source,
                batch=batch,
            )
            for placement in placements
        ],
        batch_size=500,
    )
    corrected = {old.unit_id for old in wrong}
    placed = [shape for shape in shapes if shape.unit_id not in corrected]
    record_acts([_act(shape, units, reason, before) for shape in placed], by=by, batch=batch)
    return shapes


def _act(shape: Shape, units: dict[int, Unit], reason: str, before: dict[int, dict]) -> ActLine:
    return ActLine(
        verb="unit_placed",
        division=units[shape.unit_id].division_id,
        unit=shape.unit_id,
        source=shape.source_id,
        subject=f"shape:{shape.pk}",
        reason=reason,
        effective_on=shape.valid.lower,
        before=before.get(shape.unit_id),
        after=describe_shape(shape),
    )


def _correct(
    wrong: list[Shape], units: dict[int, Unit], *, by: User | None, reason: str, batch: ImportBatch | None
) -> None:
    """Annul shapes that better ones replace for their whole period."""
    acts = record_acts(
        [
            ActLine(
                verb="unit_placed",
                division=units[old.unit_id].division_id,
                unit=old.unit_id,
                subject=f"shape:{old.pk}",
                reason=reason,
                effective_on=old.valid.lower,
                before=describe_shape(old),
            )
            for old in wrong
        ],
        by=by,
        batch=batch,
    )
    for old, act in zip(wrong, acts, strict=True):
        old.annulled = act
    Shape.objects.bulk_update(wrong, ["annulled"], batch_size=500)


def _locked_units(keys: Iterable[int]) -> dict[int, Unit]:
    rows = Unit.objects.select_for_update(of=("self",)).select_related("division")
    return {unit.pk: unit for unit in rows.filter(pk__in=list(keys)).order_by("pk")}


def _neighbours(placements: Sequence[Placement]) -> tuple[dict[int, Shape], dict[int, dt.date]]:
    """By unit: the shape that a new one replaces, and the day on which a later one begins."""
    start = {placement.unit.pk: placement.valid_from for placement in placements}
    current: dict[int, Shape] = {}
    later: dict[int, dt.date] = {}
    for shape in Shape.objects.in_force().filter(unit__in=start).defer("geom").order_by("valid"):
        day = start[shape.unit_id]
        if day in shape.valid:
            current[shape.unit_id] = shape
        elif shape.valid.lower > day:
            later.setdefault(shape.unit_id, shape.valid.lower)
    return current, later


@transaction.atomic
def unplace_units(*, batch: ImportBatch, act: Act) -> list[int]:
    """Take the shapes of a batch back by an act; the shapes that they replaced or corrected hold again.

    Gives the units concerned. Six statements.
    """
    taken = list(Shape.objects.select_for_update().filter(batch=batch, annulled=None).defer("geom"))
    Shape.objects.filter(pk__in=[shape.pk for shape in taken]).update(annulled=act)
    units = [shape.unit_id for shape in taken]
    corrected = Shape.objects.filter(annulled__batch=batch, annulled__verb="unit_placed", unit__in=units)
    corrected.update(annulled=None)
    ends = {(shape.unit_id, shape.valid.lower): shape.valid.upper for shape in taken}
    replaced = []
    for shape in Shape.objects.in_force().filter(unit__in=units).defer("geom"):
        if (shape.unit_id, shape.valid.upper) in ends:
            shape.valid = DateRange(shape.valid.lower, ends[shape.unit_id, shape.valid.upper])
            replaced.append(shape)
    Shape.objects.bulk_update(replaced, ["valid"], batch_size=500)
    return sorted(set(units))
