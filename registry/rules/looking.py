"""Of single things, which rules can say anything at all. 中文：规则适用

Most rules on units go through the rows of one table (``Rule.looks_at``): works of water, contracts, cases.
After an act on a road nobody need ask the rules on water works; which tables the units have rows in is one
query, and it spares one for every rule that is silent.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from django.apps import apps
from django.db import connection

from registry.models import Unit

from .base import Rule, Scope


def with_something_to_say(rules: Sequence[Rule], scope: Scope) -> list[Rule]:
    """The rules that have rows to go through; over more than single units all of them. One query at most."""
    if not scope.partial:
        return list(rules)
    tables = sorted({rule.looks_at for rule in rules if rule.subject == "unit" and rule.looks_at})
    there = _there(tables, list(scope.keys("unit"))) if tables else set()
    return [rule for rule in rules if rule.subject != "unit" or rule.looks_at in there | {""}]


def _there(tables: Sequence[str], units: list[int]) -> set[str]:
    """Tables in which any of the units has a row."""
    asked = [
        f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table} WHERE {column_of(table)} = ANY(%(units)s))"
        for table in tables
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked), {"units": units})
        return {table for (table,) in cursor.fetchall()}


@cache
def column_of(table: str) -> str:
    """The column of a table that names the unit."""
    model = next(model for model in apps.get_models() if model._meta.db_table == table)
    return str(next(field.column for field in model._meta.concrete_fields if field.related_model is Unit))
