"""What the rules on contracts and distributions look at. 中文：收益规则读取范围"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Prefetch

from assets.models import Contract, ContractUnit, Distribution
from registry.codes import Reading
from registry.rules import Context, Row


def contracts(context: Context, **conditions: Any) -> list[Contract]:
    """Signed contracts of the scope with their units; ``parts_read`` holds them in order. Two queries."""
    rows = Contract.objects.signed().filter(signed_on__lte=context.as_of, **conditions)
    limited = context.scope.limit(rows, division="division__path", unit="parts__unit").distinct()
    parts = ContractUnit.objects.select_related("unit__asset").order_by("pk")
    return list(
        limited.select_related("division", "owner", "operator", "decision")
        .prefetch_related(Prefetch("parts", parts, to_attr="parts_read"))
        .order_by("division__path", "number")
    )


def contract_row(
    contract: Any, since: dt.date | None, reading: str = Reading.FOUND, **details: Any
) -> Row | None:
    """A row on a contract, at its first unit; names of private persons stay out of it."""
    if not contract.parts_read:
        return None
    unit = contract.parts_read[0].unit
    return Row(
        subject_type="unit",
        subject_key=f"{unit.code}/{contract.number}",
        unit_id=unit.pk,
        division_id=unit.division_id,
        since=since,
        reading=reading,
        details={"name": unit.name, "contract": contract.number, "key": contract.pk, **details},
    )


def found(rows: list[Row | None]) -> list[Row]:
    return [row for row in rows if row is not None]


def distributions(context: Context, **conditions: Any) -> list[Distribution]:
    """Approved distributions of the scope, as of the day. One query."""
    rows = Distribution.objects.in_force().filter(approved_on__lte=context.as_of, **conditions)
    limited = context.scope.limit(
        rows, division="pool__division__path", unit="pool__division", kind="division"
    )
    return list(
        limited.select_related("pool__division", "pool__owner", "decision").order_by("pool__year", "pk")
    )


def distribution_row(
    made: Distribution, since: dt.date | None = None, reading: str = Reading.FOUND, **details: Any
) -> Row:
    """A row on a distribution, in the place of its pool."""
    place = made.pool.division
    return Row(
        subject_type="division",
        subject_key=f"{place.pk}/{made.number}",
        division_id=place.pk,
        since=since or made.approved_on,
        reading=reading,
        details={"name": place.name, "distribution": made.title, "number": made.number, **details},
    )
