"""Ground that another row holds already: a square metre counts once. 中文：地块范围不得重复"""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from registry.errors import BadInput

HELD = """
WITH asked AS (SELECT ST_GeomFromEWKB(%s) AS ground)
SELECT id FROM {table}, asked WHERE annulled_id IS NULL AND geom && ground
   AND ST_Area(ST_Intersection(geom, ground)::geography) > 1 {condition} ORDER BY id LIMIT 1
"""


def refuse_held(rows: Any, geom: Any, condition: str = "") -> None:
    """Raise ``BadInput`` where another row of the table holds some of the ground already. One query."""
    if geom is None:
        return
    statement = HELD.format(table=rows.model._meta.db_table, condition=condition)
    with connection.cursor() as cursor:
        cursor.execute(statement, [bytes(geom.ewkb)])
        row = cursor.fetchone()
    if row:
        raise BadInput(
            _(
                "“%(name)s” holds part of this ground already; ground counts once. Correct the outline, or "
                "take the other one back."
            )
            % {"name": rows.get(pk=row[0])},
            "geom",
        )
