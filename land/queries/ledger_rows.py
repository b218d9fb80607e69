"""What the ledgers of quotas and balances hold now, in the columns of their files. 中文：台账现有数据

The same values serve two askers: the export, and the importer that leaves what is there already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from land import ledgers
from land.models import (
    CompensationBalance,
    ConversionApproval,
    LinkageProject,
    QuotaEntry,
    SupplementProject,
    SupplementUse,
    SurplusQuota,
)
from land.models.linkage import SurplusKind
from registry.models import Division

Said = tuple[Division, dict[str, Any]]


def _copied(row: Any, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def conversions(rows: Any) -> Iterator[Said]:
    same = {col.name for col in ledgers.CONVERSIONS.cols} - {"linkage"}
    for row in rows.select_related("division", "linkage").order_by("approved_on", "pk"):
        yield row.division, _copied(row, same) | {"linkage": row.linkage.name if row.linkage else None}


def quotas(rows: Any) -> Iterator[Said]:
    """Without what a linkage project kept: that comes with the ledger of its surplus."""
    found = rows.filter(surplus=None).select_related(
        "account__division", "approval", "source", "twin__account__division", "twin_of__account__division"
    )
    for row in found.order_by("day", "pk"):
        twin = row.twin or getattr(row, "twin_of", None)
        other = twin.account.division if twin else None
        away = other is not None and other.pk != row.account.division_id
        yield (
            row.account.division,
            {
                "kind": row.account.kind,
                "year": row.account.year,
                "movement": row.kind,
                "day": row.day,
                "m2": abs(row.amount_m2),
                "farmland_m2": row.farmland_m2,
                "other": other.name if other and away else None,
                "other_pk": other.pk if other and away else None,
                "approval": row.approval.approval_no if row.approval else None,
                "approval_kind": row.approval.kind if row.approval else None,
                "number": row.source.number,
                "remark": row.note,
            },
        )


def occupations(rows: Any) -> Iterator[Said]:
    found = rows.select_related("division", "approval", "source", "exemption_source").defer("geom")
    for row in found.order_by("occupied_on", "pk"):
        exempt = row.exemption_source
        yield (
            row.division,
            {
                **_copied(row, ("name", "kind", "occupier", "paddy_m2", "grade", "exemption")),
                "day": row.occupied_on,
                "m2": row.area_m2,
                "approval": row.approval.approval_no if row.approval else None,
                "exempt_m2": row.exempt_m2 if exempt else None,
                "exempt_paddy_m2": row.exempt_paddy_m2 if exempt else None,
                "exempt_number": exempt.number if exempt else None,
                "number": row.source.number,
            },
        )


def supplements(rows: Any) -> Iterator[Said]:
    for row in rows.select_related("division", "source", "acceptance").defer("geom").order_by("pk"):
        yield (
            row.division,
            {
                **_copied(row, ("name", "planned_m2", "grade", "slope_deg")),
                "number": row.source.number,
                "day": row.accepted_on,
                "m2": row.accepted_m2,
                "paddy_m2": row.paddy_m2 if row.accepted_on else None,
                "acceptance_number": row.acceptance.number if row.acceptance else None,
            },
        )


def uses(rows: Any) -> Iterator[Said]:
    found = rows.select_related("occupation__division", "supplement", "source")
    for row in found.defer("occupation__geom", "supplement__geom").order_by("day", "pk"):
        yield (
            row.occupation.division,
            {
                "occupation": row.occupation.name,
                "occupied_on": row.occupation.occupied_on,
                "supplement": row.supplement.name,
                **_copied(row, ("day", "m2", "paddy_m2")),
                "number": row.source.number,
            },
        )


def linkages(rows: Any) -> Iterator[Said]:
    names = [col.name for col in ledgers.LINKAGES.cols]
    for row in rows.select_related("division").order_by("approved_on", "pk"):
        yield row.division, _copied(row, names)


def surplus(rows: Any) -> Iterator[Said]:
    found = rows.select_related("project__division", "entry__account__division", "source")
    for row in found.order_by("day", "pk"):
        account = row.entry.account if row.kind == SurplusKind.KEPT and row.entry else None
        yield (
            row.project.division,
            {
                "name": row.project.name,
                "movement": row.kind,
                **_copied(row, ("day", "m2", "buyer", "price_yuan")),
                "account_place": account.division.name if account else None,
                "account_year": account.year if account else None,
                "number": row.source.number,
            },
        )


HELD: dict[str, tuple[Any, Callable[[Any], Iterator[Said]]]] = {
    ledgers.CONVERSIONS.key: (ConversionApproval, conversions),
    ledgers.QUOTAS.key: (QuotaEntry, quotas),
    ledgers.OCCUPATIONS.key: (CompensationBalance, occupations),
    ledgers.SUPPLEMENTS.key: (SupplementProject, supplements),
    ledgers.USES.key: (SupplementUse, uses),
    ledgers.LINKAGES.key: (LinkageProject, linkages),
    ledgers.SURPLUS.key: (SurplusQuota, surplus),
}


def held(ledger: ledgers.Ledger, within: Division | None) -> Iterator[Said]:
    """Place and values of every row in force, below a division or everywhere."""
    model, read = HELD[ledger.key]
    rows = model.objects.in_force()
    return read(rows if within is None else rows.within(within))
