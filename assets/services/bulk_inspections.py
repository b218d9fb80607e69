"""One round of inspection for many assets, all or nothing. 中文：批量巡查登记"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from assets.models import Inspection
from registry import access, clock
from registry.errors import BadInput, RowsRefused
from registry.models import Unit, User
from registry.models.filling import insert_rows
from registry.rules.engine import evaluate_units
from registry.services.acts import ActLine, record_acts
from registry.services.entries import lock_units


@transaction.atomic
def record_inspections(
    *,
    units: Sequence[Unit],
    inspected_on: dt.date,
    inspector: str,
    condition: str,
    by: User | None,
    defect: str = "",
    handled_on: dt.date | None = None,
    remark: str = "",
) -> list[Inspection]:
    """The same observation of every unit, as of one round; the number of statements is fixed.

    Raises ``RowsRefused`` with every unit that this person inspected on that day already; ``NotAllowed``.
    """
    if inspected_on > clock.today():
        raise BadInput(_("An inspection cannot lie in the future; check the date."), "future_date")
    locked = lock_units(unit.pk for unit in units)
    for place in {unit.division_id: unit.division for unit in locked.values()}.values():
        access.require(by, "record_inspection", place)
    _refuse_done(locked, inspected_on, inspector)
    rows = insert_rows(
        [
            Inspection(
                unit=unit, inspected_on=inspected_on, inspector=inspector, condition=condition,
                defect=defect, handled_on=handled_on, remark=remark,
            )
            for unit in locked.values()
        ]
    )  # fmt: skip
    told = {"condition": condition, "defect": defect}
    record_acts([_line(row, locked[row.unit_id], told) for row in rows], by=by)
    evaluate_units(list(locked), as_of=clock.today())
    return rows


def _line(row: Inspection, unit: Unit, told: dict[str, str]) -> ActLine:
    return ActLine(
        verb="inspection_recorded",
        division=unit.division_id,
        unit=unit,
        subject=f"inspection:{row.pk}",
        effective_on=row.inspected_on,
        after=told,
    )


def _refuse_done(locked: dict[int, Unit], inspected_on: dt.date, inspector: str) -> None:
    done = Inspection.objects.in_force().filter(
        unit__in=locked, inspected_on=inspected_on, inspector=inspector
    )
    known = set(done.values_list("unit", flat=True))
    refused = [
        (unit.name, _("was inspected on that day by the same person already"))
        for key, unit in locked.items()
        if key in known
    ]
    if refused:
        raise RowsRefused(
            _("%(count)d of %(total)d refuse it, so nothing was written.")
            % {"count": len(refused), "total": len(locked)},
            refused,
        )
