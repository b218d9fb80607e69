"""The ground of a staged layer together, kept until it is applied. 中文：暂存图层范围"""

from __future__ import annotations

from typing import Any

import shapely
from django.db import connection


def keep_ground(batch_id: int, ground: Any) -> None:
    """Keep the ground of a batch's features together (working plane) for when it is applied."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM land_stagedground WHERE batch_id = %s", [batch_id])
        cursor.execute(
            "INSERT INTO land_stagedground VALUES (%s, ST_GeomFromWKB(%s))",
            [batch_id, shapely.to_wkb(ground)],
        )
