"""Queries of the workbench, compiled once, of what a user sees in the division looked at. 中文：工作台查询"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Count, QuerySet, Value

from .prepared import Prepared


def at_desk(make: Callable[..., QuerySet], values: int = 1) -> Prepared:
    """A prepared query for ``Desk.ask``: ``make`` gets a function that narrows rows, and so many values.

    The function takes rows of a scoped model and gives those that the user may see where he looks. What
    ``make`` builds depends on these alone.
    """

    def built(place: str, *given: Any) -> QuerySet:
        paths = list(given[values:])
        return make(lambda rows: rows.within_paths(paths).within_paths([place]), *given[:values])

    return Prepared(built)


def counted(rows: QuerySet) -> QuerySet:
    """The number of rows, as a row. For ``Desk.number``."""
    return rows.order_by().values(together=Value(1)).annotate(n=Count("*")).values_list("n")
