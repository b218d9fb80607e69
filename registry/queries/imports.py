"""Readings of import batches for their pages. 中文：导入批次查询"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from registry import access, importers
from registry.models import Division, ImportBatch, ImportRow, RowAction

SHOWN = ("problems", "create", "change", "keep", "quarantine", "remarks")
LABELS = {
    "problems": _("to be put right"),
    "create": _("new"),
    "change": _("changed"),
    "keep": _("unchanged"),
    "quarantine": _("set aside"),
    "remarks": _("remarks"),
    "missing": _("missing from the file"),
}
_CONDITIONS = {
    "problems": ~Q(errors=[]),
    "create": Q(action=RowAction.CREATE),
    "change": Q(action=RowAction.CHANGE),
    "keep": Q(action=RowAction.KEEP),
    "quarantine": Q(action=RowAction.QUARANTINE),
    "remarks": ~Q(warnings=[]),
}
# Facts of a ledger row whose column has another name.
COLUMN_OF = {
    "ownership": "owner",
    "income": "income_holder",
    "upkeep": "upkeep_body",
    "operation": "operator",
}
WORDS = {"funding": _("funding source"), "place": _("place"), "division": _("place"), "project": _("project")}


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


def describe_changes(rows: Iterable[ImportRow], table: Any) -> list[ImportRow]:
    """The rows with ``lines``: (what, before, after) in words, for those that change something. One query."""
    rows = list(rows)
    places = {key for row in rows for key in _changes(row).get("division") or [] if isinstance(key, int)}
    names = dict(Division.objects.filter(pk__in=places).values_list("pk", "name"))
    words = _words_of(table)
    for row in rows:
        row.lines = [  # type: ignore[attr-defined]
            (_label(key, table), *(_spoken(key, value, words, names) for value in change))
            for key, change in _changes(row).items()
            if isinstance(change, list) and len(change) == 2
        ]
    return rows


def _changes(row: ImportRow) -> dict[str, Any]:
    changes = row.values.get("changes") if isinstance(row.values, dict) else None
    return changes if isinstance(changes, dict) else {}


def _fields(table: Any) -> dict[str, Any]:
    return {field.name: field for field in table.fields} if table is not None else {}


def _words_of(table: Any) -> dict[tuple[str, str], str]:
    """The office's word for a stored code, by field: the first that the file may use."""
    words: dict[tuple[str, str], str] = {}
    for field in _fields(table).values():
        for word, code in (field.choices or {}).items():
            words.setdefault((field.name, code), word)
    return words


def _label(key: str, table: Any) -> Any:
    """What the column of a changed field is called."""
    field = _fields(table).get(COLUMN_OF.get(key, key))
    return field.heads[0] if field is not None else WORDS.get(key, key)


def _spoken(key: str, value: Any, words: dict[tuple[str, str], str], names: dict[int, str]) -> Any:
    if key == "division":
        return names.get(value, value)
    if isinstance(value, list):
        return "；".join(" ".join(map(str, item)) if isinstance(item, list) else str(item) for item in value)
    return words.get((key, value), value) if isinstance(value, str) else value
