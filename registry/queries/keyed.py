"""Rows in an order that is dear to work out: it is worked out once, for keys; of a page alone come the rows.

中文：先取主键的列表
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any

from django.db.models import QuerySet


class Keyed:
    """A queryset as tables and paginators ask it: counted, ordered, sliced; two statements for a page.

    ``beside``: what of every row is wanted with its key; totals of the whole list are then no statement more.
    ``read`` gives whole rows by their keys, and ``listed`` the keys of ``rows`` as they stand, where a page
    has a quicker way (``queries.prepared``) than to narrow ``rows`` down.
    """

    def __init__(
        self,
        rows: QuerySet,
        *beside: str,
        read: Callable[[Sequence[Any]], Iterable[Any]] | None = None,
        listed: Callable[[], list[tuple[Any, ...]]] | None = None,
    ) -> None:
        self.rows, self.beside = rows, beside
        self.model, self.query = rows.model, rows.query
        self.read, self.listed = read, listed

    @cached_property
    def keys(self) -> list[tuple[Any, ...]]:
        """Key and ``beside`` of every row, in order."""
        if self.listed is not None:
            return self.listed()
        return list(self.rows.values_list("pk", *self.beside))

    def __len__(self) -> int:
        return len(self.keys)

    def count(self) -> int:
        return len(self.keys)

    def order_by(self, *names: str) -> Keyed:
        return Keyed(self.rows.order_by(*names), *self.beside, read=self.read)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.rows)

    def __getitem__(self, part: slice) -> Part:
        return Part(self.read or self._narrowed, [row[0] for row in self.keys[part]])

    def _narrowed(self, keys: Sequence[Any]) -> Iterable[Any]:
        return self.rows.order_by().filter(pk__in=keys)


class Part(Sequence[Any]):
    """Some of the rows, read when the first of them is wanted."""

    def __init__(self, read: Callable[[Sequence[Any]], Iterable[Any]], keys: list[Any]) -> None:
        self._by_keys, self._keys = read, keys

    @cached_property
    def _read(self) -> list[Any]:
        asked = self._by_keys(self._keys) if self._keys else ()
        found = {row.pk: row for row in asked}
        return [found[key] for key in self._keys if key in found]

    def __len__(self) -> int:
        return len(self._keys)

    def __getitem__(self, part: Any) -> Any:
        return self._read[part]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._read)
