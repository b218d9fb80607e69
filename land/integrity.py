"""Are the layers still what was loaded? 中文：图层完整性"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection

from land.models import Vintage, VintageKind
from registry import integrity

PARTITIONS = """
SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
 WHERE i.inhparent IN ('land_parcel'::regclass, 'land_zone'::regclass)
"""
COUNTS = "SELECT vintage_id, count(*), coalesce(sum(official_m2), 0) FROM {parent} GROUP BY 1"


def layers(_quick: bool = False) -> Iterator[dict[str, Any]]:
    """Vintages without their partition, with other rows than were loaded, or dropped and still there.

    Three statements, whatever the number of vintages.
    """
    with connection.cursor() as cursor:
        cursor.execute(PARTITIONS)
        there = {name for (name,) in cursor.fetchall()}
        sums: dict[int, tuple[int, Any]] = {}
        for parent in ("land_parcel", "land_zone"):
            cursor.execute(COUNTS.format(parent=parent))
            sums |= {key: (count, area) for key, count, area in cursor.fetchall()}
    for vintage in Vintage.objects.defer("coverage").order_by("pk"):
        what = _fault(vintage, there, sums.get(vintage.pk, (0, 0)))
        if what:
            yield {"vintage": vintage.pk, "kind": vintage.kind, "year": vintage.year, **what}


def _fault(vintage: Vintage, there: set[str], found: tuple[int, Any]) -> dict[str, Any] | None:
    parent = "land_parcel" if vintage.kind == VintageKind.PARCELS else "land_zone"
    stands = f"{parent}_{vintage.pk}" in there
    if vintage.dropped_at is not None:
        return {"what": "dropped_and_still_there"} if stands else None
    if not stands:
        return {"what": "no_partition"}
    count, area = found
    if count != vintage.feature_count:
        return {"what": "rows", "loaded": vintage.feature_count, "found": count}
    if area != vintage.area_m2:
        return {"what": "area", "loaded": str(vintage.area_m2), "found": str(area)}
    return None


integrity.register("layers", layers)
