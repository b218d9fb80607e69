"""The increment package of a year, and the farmland of the survey before it. 中文：增量包查询"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import shapely
from django.db import connection
from shapely.geometry.base import BaseGeometry

from land.models import Vintage, VintageKind
from registry.queries.divisions import codes_by_division

# Codes of villages as the surveys state them, and the villages they were joined to.
CODES = """
SELECT DISTINCT left(village_code, 12), village_id FROM {table}
 WHERE vintage_id = ANY(%(vintages)s) AND village_code <> '' AND village_id IS NOT NULL
"""
BASE = """
SELECT r.village_id, left(r.village_code, 12), r.class_code, sum(r.official_m2),
       sum(coalesce(r.counted_m2, round(r.official_m2 * (1 - r.deduction_ratio), 2)))
  FROM land_parcel r LEFT JOIN registry_division v ON v.id = r.village_id
 WHERE r.vintage_id = ANY(%(vintages)s) AND r.class_code = ANY(%(farmland)s)
   AND (v.path LIKE ANY(%(paths)s) OR v.id IS NULL)
 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
ROWS = """
SELECT z.number, z.bsm, z.class_code, z.village_id, left(z.village_code, 12), z.deduction_ratio,
       z.official_m2, z.attrs->>'BGQTBBSM', z.attrs->>'BGQDLBM', z.attrs->>'BGQZLDWDM', z.attrs->>'BGQKCXS',
       z.attrs->>'XZQTZLX', ST_AsBinary(z.work)
  FROM land_zone z
 WHERE z.vintage_id = ANY(%(vintages)s)
 ORDER BY z.vintage_id, z.number
"""
IN_SCOPE = "SELECT id FROM registry_division WHERE path LIKE ANY(%(paths)s)"


@dataclass(frozen=True)
class Base:
    """Farmland of a village and class in the earlier survey."""

    village: str
    class_code: str
    gross: Decimal
    counted: Decimal


@dataclass(frozen=True)
class Change:
    """One row of the package: a piece of ground before and after. Villages by their codes."""

    number: int
    old_id: str
    old_class: str
    old_village: str
    old_ratio: Decimal
    new_id: str
    new_class: str
    new_village: str
    new_ratio: Decimal
    gross: Decimal
    transfer: str
    geometry: BaseGeometry
    from_elsewhere: bool  # the ground before is of a village that was not asked about
    to_elsewhere: bool


def packages(year: int) -> list[Vintage]:
    """The increment packages of a year in force. One query."""
    rows = Vintage.objects.in_force().filter(kind=VintageKind.INCREMENT, year=year)
    return list(rows.select_related("division", "batch__file").defer("coverage").order_by("id"))


def base_and_changes(
    olds: Sequence[Vintage], packs: Sequence[Vintage], paths: Sequence[str], farmland: Iterable[str]
) -> tuple[list[Base], list[Change]]:
    """The earlier survey's farmland below ``paths`` and the package's rows there. Six queries."""
    given = {"paths": [f"{path}%" for path in paths], "farmland": sorted(farmland)}
    old = {**given, "vintages": [vintage.pk for vintage in olds]}
    new = {**given, "vintages": [vintage.pk for vintage in packs]}
    stated = dict(_rows(CODES.format(table="land_zone"), new)) | dict(
        _rows(CODES.format(table="land_parcel"), old)
    )
    inside = {row[0] for row in _rows(IN_SCOPE, given)}
    base, rows = _rows(BASE, old), _rows(ROWS, new)
    keys = {key for key in (*stated.values(), *(row[0] for row in base)) if key}
    codes = codes_by_division(keys)

    def village(key: int | None, code: str) -> str:
        found = key or stated.get(code)
        return (codes.get(found) if found else None) or code

    def here(key: int | None, code: str) -> bool:
        found = key or stated.get(code)
        return found is None or found in inside

    bases = [Base(village(row[0], row[1]), *row[2:]) for row in base]
    changes = []
    for row in rows:
        before, after = here(None, _twelve(row[9]) or row[4]), here(row[3], row[4] or _twelve(row[9]))
        if before or after:
            changes.append(_change(row, village, not before, not after))
    return bases, changes


def _change(row: Sequence[Any], village: Any, from_elsewhere: bool, to_elsewhere: bool) -> Change:
    (
        number,
        bsm,
        code,
        key,
        stated,
        ratio,
        gross,
        old_id,
        old_class,
        old_stated,
        old_ratio,
        transfer,
        work,
    ) = row
    return Change(
        number=number,
        old_id=old_id or "",
        old_class=_class(old_class),
        old_village=village(None, _twelve(old_stated)) or village(key, stated),
        old_ratio=Decimal(old_ratio or 0),
        new_id=bsm,
        new_class=code,
        new_village=village(key, stated),
        new_ratio=ratio,
        gross=gross,
        transfer=(transfer or "").strip(),
        geometry=shapely.from_wkb(bytes(work)),
        from_elsewhere=from_elsewhere,
        to_elsewhere=to_elsewhere,
    )


def _twelve(code: str | None) -> str:
    return (code or "")[:12]


def _class(code: str | None) -> str:
    """A class code; one kept as a number has lost its leading zero."""
    text = (code or "").strip().upper()
    return text.zfill(4) if text.isdigit() and len(text) == 3 else text


def _rows(statement: str, given: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return cursor.fetchall()
