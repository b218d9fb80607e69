"""What changed 变更标记: triggers note the things whose facts a statement touched, for the rules to read.

A change by SQL, QGIS or a bulk update is noted like one by the product. A mark names the table that was
written, and of an entry its code, so that the rules that read neither are left alone. Rows are consumed by
``registry.rules.changed.evaluate_changed``.
"""

from __future__ import annotations

from collections.abc import Sequence

import pgtrigger
from django.db import models

_EVENTS = {
    "insert": (pgtrigger.Insert, pgtrigger.Referencing(new="new_rows"), "SELECT * FROM new_rows"),
    "update": (
        pgtrigger.Update,
        pgtrigger.Referencing(old="old_rows", new="new_rows"),
        "SELECT * FROM old_rows UNION ALL SELECT * FROM new_rows",
    ),
    "delete": (pgtrigger.Delete, pgtrigger.Referencing(old="old_rows"), "SELECT * FROM old_rows"),
}


class Touched(models.Model):
    """A thing whose facts have changed since the rules read it. 中文：待重新判读"""

    kind = models.CharField(max_length=12)  # a kind of subject, or place, parameter
    key = models.BigIntegerField()
    word = models.CharField(
        max_length=60, blank=True, default="", db_default=""
    )  # table, or key of a parameter

    class Meta:
        indexes = [models.Index(fields=["kind", "key"], name="touched_kind")]

    def __str__(self) -> str:
        return f"{self.kind}:{self.key}"


def _triggers(insert: str, changed: str, prefix: str = "touch") -> list[pgtrigger.Trigger]:
    made = []
    for name, (operation, referencing, rows) in _EVENTS.items():
        touched = changed if name == "update" else rows
        made.append(
            pgtrigger.Trigger(
                name=f"{prefix}_{name}",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=operation,
                referencing=referencing,
                func=f"WITH touched AS ({touched}) {insert}; RETURN NULL;",
            )
        )
    return made


def _changed(only: Sequence[str]) -> str:
    """Rows of an update, old and new: all of them, or those in which one of these columns has changed."""
    if not only:
        return _EVENTS["update"][2]
    differs = " OR ".join(f"o.{name} IS DISTINCT FROM n.{name}" for name in only)
    pairs = f"FROM new_rows n JOIN old_rows o ON o.id = n.id WHERE {differs}"
    return f"SELECT o.* {pairs} UNION ALL SELECT n.* {pairs}"


def marks(
    kind: str, column: str, *, only: Sequence[str] = (), word: str = "TG_TABLE_NAME", prefix: str = "touch"
) -> list[pgtrigger.Trigger]:
    """Triggers that note ``column`` of every row written, as a thing of a kind.

    ``only``: columns of which one must have changed. ``word``: what the mark says beside, as SQL. ``prefix``:
    of the triggers' names, where a table has several.
    """
    return _triggers(
        "INSERT INTO registry_touched (kind, key, word) "
        f"SELECT DISTINCT '{kind}', {column}, {word} FROM touched WHERE {column} IS NOT NULL",
        _changed(only),
        prefix,
    )


def marks_units(query: str) -> list[pgtrigger.Trigger]:
    """Triggers that note the units a query gives, which joins the rows written as ``touched``."""
    return _triggers(
        "INSERT INTO registry_touched (kind, key, word) "
        f"SELECT DISTINCT 'unit', f.unit_id, TG_TABLE_NAME FROM ({query}) f",
        _changed(()),
    )


def kept() -> pgtrigger.Trigger:
    """Nothing is deleted: what ends leaves by a dated act (行政事业性国有资产管理条例第三十五条)."""
    return pgtrigger.Protect(name="kept", operation=pgtrigger.Delete)
