"""Write many inspections of a ledger at once. 中文：巡查台账入账"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from assets.models import Inspection
from registry import access, clock
from registry.errors import RegistryError
from registry.models import Act, ImportBatch, Unit, User
from registry.models.filling import insert_rows
from registry.rules.engine import evaluate_units
from registry.services.acts import ActLine, record_acts

from .looking import Photos, photos_as_source

FIELDS = ("condition", "defect", "handled_on", "remark")


@dataclass(kw_only=True)
class InspectionFacts:
    """An inspection as a row states it; ``inspection`` is the recorded one that the row corrects."""

    unit: Unit
    inspected_on: dt.date
    inspector: str
    condition: str
    defect: str = ""
    handled_on: dt.date | None = None
    remark: str = ""
    inspection: Inspection | None = None
    before: dict[str, Any] = field(default_factory=dict)


@transaction.atomic
def record_inspections(
    facts: Sequence[InspectionFacts], *, by: User | None, reason: str = "", batch: ImportBatch | None = None
) -> None:
    """Record new inspections and correct recorded ones; one act a unit. Five statements."""
    for division in {fact.unit.division_id: fact.unit.division for fact in facts}.values():
        access.require(by, "record_inspection", division)
    new = [fact for fact in facts if fact.inspection is None]
    insert_rows(
        [
            Inspection(
                unit=fact.unit,
                inspected_on=fact.inspected_on,
                inspector=fact.inspector,
                batch=batch,
                **{name: getattr(fact, name) for name in FIELDS},
            )
            for fact in new
        ]
    )
    changed = [fact for fact in facts if fact.inspection is not None]
    for fact in changed:
        for name in FIELDS:
            setattr(fact.inspection, name, getattr(fact, name))
    Inspection.objects.bulk_update([f.inspection for f in changed if f.inspection], FIELDS, batch_size=500)
    _record(facts, by, reason, batch)


@transaction.atomic
def keep_photos(inspection: Inspection, photos: Photos, *, by: User | None) -> None:
    """Photos that come after the inspection, in a package: kept with it, and in the book."""
    source = photos_as_source(inspection.unit, inspection.inspected_on, photos, by)
    inspection.evidence = source
    inspection.save(update_fields=["evidence"])


@transaction.atomic
def record_for_all(
    units: Sequence[Unit],
    *,
    by: User | None,
    inspected_on: dt.date,
    inspector: str,
    condition: str,
    remark: str = "",
) -> int:
    """One inspection of each unit on a walk where nothing was broken; gives how many. 中文：批量登记巡查

    A unit that the same person has inspected on that day already is left as it is. Raises ``RegistryError``
    for a day in the future.
    """
    if inspected_on > clock.today():
        raise RegistryError(_("An inspection cannot lie in the future; check the date."), "future_date")
    seen = Inspection.objects.in_force().filter(
        unit__in=units, inspected_on=inspected_on, inspector=inspector
    )
    there = set(seen.values_list("unit_id", flat=True))
    facts = [
        InspectionFacts(
            unit=unit, inspected_on=inspected_on, inspector=inspector, condition=condition, remark=remark
        )
        for unit in units
        if unit.pk not in there
    ]
    record_inspections(facts, by=by)
    evaluate_units([fact.unit.pk for fact in facts], as_of=clock.today())
    return len(facts)


def _record(
    facts: Sequence[InspectionFacts], by: User | None, reason: str, batch: ImportBatch | None
) -> None:
    by_unit: dict[int, list[InspectionFacts]] = defaultdict(list)
    for fact in facts:
        by_unit[fact.unit.pk].append(fact)
    lines = []
    for group in by_unit.values():
        unit, last = group[0].unit, max(fact.inspected_on for fact in group)
        before = {str(fact.inspection.pk): fact.before for fact in group if fact.inspection}
        lines.append(
            ActLine(
                verb="inspection_recorded",
                division=unit.division_id,
                unit=unit.pk,
                subject=f"unit:{unit.code}",
                reason=reason,
                effective_on=last,
                before=before or None,
                after={"inspections": len(group), "last": last.isoformat()},
            )
        )
    record_acts(lines, by=by, batch=batch)


@transaction.atomic
def take_back_inspections(*, batch: ImportBatch, act: Act) -> None:
    """Mark the inspections of a batch as taken back; corrected ones get their earlier words again."""
    Inspection.objects.filter(batch=batch, annulled=None).update(annulled=act)
    before: dict[int, dict[str, Any]] = {}
    for recorded in Act.objects.filter(batch=batch, verb="inspection_recorded").exclude(before=None):
        before |= {int(key): values for key, values in (recorded.before or {}).items()}
    rows = list(Inspection.objects.filter(pk__in=before))
    for row in rows:
        for name, value in before[row.pk].items():
            day = name == "handled_on" and value
            setattr(row, name, dt.date.fromisoformat(value) if day else value)
    Inspection.objects.bulk_update(rows, FIELDS, batch_size=500)
