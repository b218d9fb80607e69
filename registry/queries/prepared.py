"""Querysets that pages ask over and over: built and compiled once a process, asked again with other values.

中文：预编译查询

Building a queryset and compiling it to SQL takes Django longer than PostgreSQL needs to answer it. A
``Prepared`` does both once, with stand-ins for the values, and later only puts values in their places. What
comes back are the same objects as from the queryset itself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from itertools import count
from threading import local
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.query import ModelIterable, ValuesListIterable

_FIRST_NUMBER, _FIRST_DAY = 1_900_000_011, dt.date(1801, 3, 7)


class Prepared:
    """A queryset as a function of its values: whole numbers, days and words, as many as a call gives.

    ``make`` builds it from them and from nothing else: whole rows, or plain ``values_list``. A value that
    does not reach the statement as it is, or within a pattern (``startswith``), raises ``TypeError`` when
    the statement is made. Each thread makes its own: a compiler belongs to its connection.
    """

    def __init__(self, make: Callable[..., QuerySet]) -> None:
        self._make, self._made = make, local()

    def __call__(self, *values: Any) -> list[Any]:
        """The rows for these values. One query."""
        kinds = tuple(map(type, values))
        known: dict[Any, Any] = self._made.__dict__
        statement = known.get(kinds)
        if statement is None:
            statement = known[kinds] = _Statement(self._make, kinds)
        asked = _Asked(statement, values)
        if statement.whole:
            return list(ModelIterable(asked))  # type: ignore[arg-type]
        return list(statement.compiler.results_iter(asked.execute_sql(), tuple_expected=True))

    def first(self, *values: Any) -> Any:
        """The first of the rows, or None; ``make`` limits them itself."""
        return next(iter(self(*values)), None)


class _Statement:
    """SQL, where each value goes in its parameters, and how rows become objects."""

    def __init__(self, make: Callable[..., QuerySet], kinds: tuple[type, ...]) -> None:
        held = _stand_ins(kinds)
        rows = make(*held)
        if rows._iterable_class not in (ModelIterable, ValuesListIterable):  # type: ignore[attr-defined]
            raise TypeError("a prepared query gives whole rows or a plain values_list")
        self.whole = rows._iterable_class is ModelIterable  # type: ignore[attr-defined]
        self.compiler = rows.query.get_compiler(using=rows.db)
        self.sql, found = self.compiler.as_sql()
        self.places = [_place(value, held) for value in found]
        lost = set(range(len(held))) - {place[0] for place in self.places if place is not None}
        if lost:
            raise TypeError(f"values {sorted(lost)} do not reach the statement as they are: {self.sql}")
        self.constants = list(found)

    def filled(self, values: Sequence[Any]) -> list[Any]:
        """The parameters of a call."""
        made = []
        for place, constant in zip(self.places, self.constants, strict=True):
            if place is None:
                made.append(constant)
                continue
            number, before, after = place
            value = values[number]
            if before or after:
                value = f"{before}{connection.ops.prep_for_like_query(value)}{after}"
            made.append(value)
        return made


def _place(found: Any, held: Sequence[Any]) -> tuple[int, str, str] | None:
    """Which value a parameter is, and what a pattern has about it; None: it belongs to the queryset."""
    for number, value in enumerate(held):
        if isinstance(value, str):
            if isinstance(found, str) and value in found:
                before, after = found.split(value, 1)
                return number, before, after
        elif type(found) is type(value) and found == value:
            return number, "", ""
    return None


def _stand_ins(kinds: tuple[type, ...]) -> list[Any]:
    """Values that stand in no queryset."""
    numbers = count(_FIRST_NUMBER, 13)
    made: list[Any] = []
    for kind in kinds:
        number = next(numbers)
        if kind is int:
            made.append(number)
        elif kind is dt.date:
            made.append(_FIRST_DAY + dt.timedelta(days=number - _FIRST_NUMBER))
        elif issubclass(kind, str):
            made.append(f"\u0001{number}\u0001")
        else:
            raise TypeError(f"a prepared query takes whole numbers, days and words, not {kind.__name__}")
    return made


class _Asked:
    """What ``ModelIterable`` reads of a queryset: it is the queryset, its query and its compiler at once."""

    _known_related_objects: dict[Any, Any] = {}

    def __init__(self, statement: _Statement, values: Sequence[Any]) -> None:
        self._statement, self._values = statement, values
        self.query, self.db = self, connection.alias

    def get_compiler(self, using: str) -> _Asked:
        return self

    @property
    def select(self) -> Any:
        return self._statement.compiler.select

    @property
    def klass_info(self) -> Any:
        return self._statement.compiler.klass_info

    @property
    def annotation_col_map(self) -> Any:
        return self._statement.compiler.annotation_col_map

    def execute_sql(self, chunked_fetch: bool = False, chunk_size: int = 100) -> list[list[Any]]:
        with connection.cursor() as cursor:
            cursor.execute(self._statement.sql, self._statement.filled(self._values))
            return [cursor.fetchall()]

    def results_iter(self, results: Any) -> Any:
        return self._statement.compiler.results_iter(results)
