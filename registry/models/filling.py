"""Many rows at once: what ``bulk_create`` does, without an expression tree for every cell. 中文：批量写入

The statement goes through Django's cursor, so that history has its context and errors their class.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from django.db import connection, models, transaction
from django.db.models.expressions import Expression
from psycopg2.extensions import AsIs

AT_ONCE = 1000
PLAIN = frozenset({int, str, bool, type(None), Decimal, dt.date, dt.datetime})
DEFAULT = AsIs("DEFAULT")
Some = TypeVar("Some", bound=models.Model)


def insert_rows(objects: Sequence[Some], at_once: int = AT_ONCE) -> list[Some]:
    """Insert unsaved objects of one model, ``at_once`` a statement, and give them their keys.

    Raises what the database raises; then nothing is written.
    """
    made = list(objects)
    if not made:
        return made
    if any(one.pk is not None for one in made):  # keys given beforehand are written as they are
        return type(made[0])._default_manager.bulk_create(made, batch_size=at_once)
    meta = made[0]._meta
    fields = [f for f in meta.concrete_fields if not f.generated and not isinstance(f, models.AutoField)]
    readers = [_reader(field) for field in fields]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    head = f"INSERT INTO {quote(meta.db_table)} ({columns}) VALUES "
    tail = f" RETURNING {quote(str(meta.pk.column))}, %s"  # a parameter, so that %% is read as % in any case
    row = "(" + ", ".join(["%s"] * len(fields)) + ")"
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        for first in range(0, len(made), at_once):
            part = made[first : first + at_once]
            cells = b",".join(cursor.mogrify(row, [read(one) for read in readers]) for one in part)
            cursor.execute(head + cells.decode().replace("%", "%%") + tail, [len(part)])
            for one, (key, _many) in zip(part, cursor.fetchall(), strict=True):
                one.pk = key
                one._state.adding, one._state.db = False, connection.alias
    return made


def _reader(field: Any) -> Callable[[Any], Any]:
    """How the value of a field is read from an object, as the driver takes it."""
    name, own = field.attname, type(field).pre_save is not models.Field.pre_save
    prepare = field.get_db_prep_save

    def read(one: Any) -> Any:
        value = field.pre_save(one, True) if own else getattr(one, name)
        if type(value) in PLAIN and not isinstance(field, models.JSONField):
            return value
        if isinstance(value, Expression):
            return DEFAULT
        return prepare(value, connection)

    return read
