"""Readings of import batches for their pages. 中文：导入批次查询"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from registry import access, importers
from registry.models import ImportBatch, ImportRow, RowAction

SHOWN = ("problems", "create", "change", "keep", "quarantine", "remarks")
LABELS = {
    "problems": _("to be put right"),
    "create": _("new"),
    "change": _("changed"),
    "keep": _("unchanged"),
    "quarantine": _("set aside"),
    "remarks": _("remarks"),
}
_CONDITIONS = {
    "problems": ~Q(errors=[]),
    "create": Q(action=RowAction.CREATE),
    "change": Q(action=RowAction.CHANGE),
    "keep": Q(action=RowAction.KEEP),
    "quarantine": Q(action=RowAction.QUARANTINE),
    "remarks": ~Q(warnings=[]),
}


@dataclass(frozen=True)
class Part:
    """Rows of a batch of one sort, with their number."""

    key: str
    label: Any
    count: int


def visible_batches(user: Any) -> QuerySet:
    """Batches of the user's divisions and of the importers that the user's roles open."""
    kinds = [importer.kind for importer in importers.all_importers() if access.may(user, importer.verb)]
    own = Q(created_by=user) | Q(division__isnull=True, kind__in=kinds)
    paths = Q()
    for path in access.scope_paths(user):
        paths |= Q(division__path__startswith=path)
    return (
        ImportBatch.objects.filter(kind__in=kinds).filter(own | paths)
        if paths
        else ImportBatch.objects.none()
    )


def parts_of(batch: ImportBatch) -> list[Part]:
    """How many staged rows there are of each sort. One query."""
    counts = batch.staged.aggregate(**{key: Count("pk", filter=_CONDITIONS[key]) for key in SHOWN})
    return [Part(key, LABELS[key], counts[key]) for key in SHOWN]


def rows_of(batch: ImportBatch, part: str) -> QuerySet[ImportRow]:
    """Staged rows of one sort, in the order of the file."""
    return batch.staged.filter(_CONDITIONS[part]).select_related("unit").order_by("id")
