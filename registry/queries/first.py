"""The first of the related rows as a join: one row, found once, whatever is read of it. 中文：取首行连接

A subquery in Django gives one column, and stands in the statement as often as something is worked out from
it; a join gives all columns, but of all related rows. ``LEFT JOIN LATERAL (… LIMIT 1)`` gives all columns
of the first one.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.db.models import F, FilteredRelation, Q, QuerySet
from django.db.models.sql.datastructures import Join


def with_first(rows: QuerySet, name: str, relation: str, condition: Q, *order: str) -> QuerySet:
    """``rows`` with the first row of ``relation`` that meets ``condition`` under ``name``, if there is one.

    ``relation`` leads to many rows, ``condition`` begins its lookups with it (as in ``FilteredRelation``),
    ``order`` names columns of the related model or the quotient of two, a minus before what falls. The number
    of rows stays as it is. ``name__column`` is read by annotations, also through further relations, and these
    are filtered by: ``filter(name__column=…)`` would join all related rows once more, as Django does with
    relations that lead to many.
    """
    rows = rows.alias(**{name: FilteredRelation(relation, condition=condition)})
    rows = rows.alias(**{f"{name}_key": F(f"{name}__pk")})
    known = rows.query.alias_map
    joined: Any = known[name]
    known[name] = _class_for(order)(
        joined.table_name,
        joined.parent_alias,
        joined.table_alias,
        joined.join_type,
        joined.join_field,
        joined.nullable,
        filtered_relation=joined.filtered_relation,
    )
    return rows


@lru_cache(maxsize=64)
def _class_for(order: tuple[str, ...]) -> type[_First]:
    """Django makes copies of a join by its class: the order has to belong to that."""
    return type("First", (_First,), {"order": order})


class _First(Join):
    """A join with related rows of which the first counts."""

    order: tuple[str, ...] = ()

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        sql, params = super().as_sql(compiler, connection)
        table, name = compiler.quote_name_unless_alias(self.table_name), self.table_alias
        head = f"{self.join_type} {table} {name} ON "
        if not sql.startswith(head):
            raise ValueError(f"a join that is not understood: {sql}")
        ranked = ", ".join(self._ranked(connection, column) for column in self.order)
        rows = f"SELECT {name}.* FROM {table} {name} WHERE {sql.removeprefix(head)} ORDER BY {ranked} LIMIT 1"
        return f"{self.join_type} LATERAL ({rows}) {name} ON true", params

    def _ranked(self, connection: Any, column: str) -> str:
        falling = " DESC" if column.startswith("-") else ""
        quote = connection.ops.quote_name
        parts = [f"{self.table_alias}.{quote(part)}" for part in column.lstrip("-").split("/")]
        return "::float8 / ".join(parts) + falling

    @property
    def identity(self) -> tuple[Any, ...]:
        """That of the plain join it took the place of: what is read later goes through it."""
        return (Join, *super().identity[1:])
