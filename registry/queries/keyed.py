"""Rows in an order that is dear to work out: it is worked out once, for keys; of a page alone come the rows.

中文：先取主键的列表
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

from django.db.models import QuerySet


class Keyed:
    """A queryset as tables and paginators ask it: counted, ordered, sliced; two statements for a page.

    ``beside``: what of every row is wanted with its key; totals of the whole list are then no statement more.
    """

    def __init__(self, rows: QuerySet, *beside: str) -> None:
        self.rows, self.beside = rows, beside
        self.model, self.query = rows.model, rows.query

    @cached_property
    def keys(self) -> list[tuple[Any, ...]]:
        """Key and ``beside`` of every row, in order."""
        return list(self.rows.values_list("pk", *self.beside))

    def __len__(self) -> int:
        return len(self.keys)

    def count(self) -> int:
        return len(self.keys)

    def order_by(self, *names: str) -> Keyed:
        return Keyed(self.rows.order_by(*names), *self.beside)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.rows)

    def __getitem__(self, part: slice) -> Part:
        return Part(self.rows, [row[0] for row in self.keys[part]])


class Part(Sequence[Any]):
    """Some of the rows, read when the first of them is wanted."""

    def __init__(self, rows: QuerySet, keys: list[Any]) -> None:
        self._rows, self._keys = rows, keys

    @cached_property
    def _read(self) -> list[Any]:
        asked = self._rows.order_by().filter(pk__in=self._keys) if self._keys else ()
        found = {row.pk: row for row in asked}
        return [found[key] for key in self._keys if key in found]

    def __len__(self) -> int:
        return len(self._keys)

    def __getitem__(self, part: Any) -> Any:
        return self._read[part]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._read)
