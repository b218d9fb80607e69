"""Which villages, and which division, a delivery speaks of. 中文：坐落单位与行政区划对应

The codes of a survey (ZLDWDM) may be of another system than the divisions' own, and two official lists give
one code to two towns. They are joined where exactly one system knows them, or the user has named it; where
an outline of the village is loaded the ground must agree. Otherwise the place on the map decides.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from registry import clock, geo
from registry.codes import CodeSystem, Level
from registry.models import Division, DivisionCode

VILLAGE_DIGITS = 12
SYSTEMS = (CodeSystem.SURVEY, CodeSystem.NBS, CodeSystem.MCA)

CODES = """
SELECT DISTINCT left(village_code, 12) FROM land_stagedfeature
 WHERE batch_id = %s AND village_code <> ''
"""
BY_CODE = """
UPDATE land_stagedfeature f SET village_id = m.division
  FROM unnest(%s::text[], %s::bigint[]) AS m(code, division)
 WHERE f.batch_id = %s AND left(f.village_code, 12) = m.code
"""
# Codes most of whose features lie outside the outline of the village that the code names.
MISPLACED = """
SELECT left(f.village_code, 12)
  FROM land_stagedfeature f
  JOIN registry_divisionboundary b ON b.division_id = f.village_id AND b.valid @> %s::date
 WHERE f.batch_id = %s
 GROUP BY 1
HAVING count(*) FILTER (WHERE f.geom && b.geom AND ST_Intersects(b.geom, ST_PointOnSurface(f.geom))) * 2
       < count(*)
"""
BY_PLACE = """
UPDATE land_stagedfeature f SET village_id = b.division_id
  FROM registry_divisionboundary b
  JOIN registry_division d ON d.id = b.division_id AND d.level = 'village'
 WHERE f.batch_id = %s AND f.village_id IS NULL AND b.valid @> %s::date
   AND f.geom && b.geom AND ST_Intersects(b.geom, ST_PointOnSurface(f.geom))
"""
FORGET = (
    "UPDATE land_stagedfeature SET village_id = NULL WHERE batch_id = %s AND left(village_code, 12) = ANY(%s)"
)
PLACED = """
SELECT d.path, count(*) FROM land_stagedfeature f JOIN registry_division d ON d.id = f.village_id
 WHERE f.batch_id = %s GROUP BY d.path
"""
# The smallest division whose outline holds nearly all features.
HOLDING = """
SELECT b.division_id FROM registry_divisionboundary b JOIN registry_division d ON d.id = b.division_id,
       LATERAL (SELECT count(*) AS n FROM land_stagedfeature f
                 WHERE f.batch_id = %s AND f.geom && b.geom
                   AND ST_Intersects(b.geom, ST_PointOnSurface(f.geom))) inside
 WHERE b.valid @> %s::date AND inside.n >= 0.99 * %s
 ORDER BY length(d.path) DESC, ST_Area(b.geom::geography) LIMIT 1
"""


@dataclass
class Villages:
    """How the codes of a layer were joined to villages."""

    basis: str = "none"  # a code system, "place", or "none"
    unmatched: list[str] = field(default_factory=list)  # codes that name no village here
    notes: list[str] = field(default_factory=list)


def _known(codes: Iterable[str], day: dt.date) -> dict[str, dict[str, int]]:
    """By system: the villages that carry these codes on the day, or do today. One query."""
    then = Q(valid__contains=day) | Q(valid__contains=clock.today())
    rows = DivisionCode.objects.filter(then, code__in=list(codes))
    known: dict[str, dict[str, int]] = {}
    for system, code, division in rows.values_list("system", "code", "division_id"):
        known.setdefault(system, {})[code] = division
    return known


def _one_system(known: dict[str, dict[str, int]], chosen: str | None) -> tuple[str, dict[str, int]] | None:
    """The one system that knows the codes; several that say the same are one."""
    if chosen:
        return (chosen, known[chosen]) if chosen in known else None
    if not known:
        return None
    best = max(SYSTEMS, key=lambda system: len(known.get(system, {})))
    ours = known[best]
    for system, theirs in known.items():
        if system != best and any(ours.get(code) != division for code, division in theirs.items()):
            return None
    return best, ours


def place_villages(batch_id: int, *, day: dt.date, system: str | None = None) -> Villages:
    """Give the staged features their villages; at most five statements, however many features there are."""
    found = Villages()
    with connection.cursor() as cursor:
        cursor.execute(CODES, [batch_id])
        codes = sorted(row[0] for row in cursor.fetchall())
        joined = _one_system(_known(codes, day), system) if codes else None
        matched: dict[str, int] = {}
        if joined:
            found.basis, matched = joined
            cursor.execute(BY_CODE, [list(matched), list(matched.values()), batch_id])
            _distrust(cursor, batch_id, day, matched, found)
        cursor.execute(BY_PLACE, [batch_id, day])
        if cursor.rowcount and found.basis == "none":
            found.basis = "place"
    found.unmatched = [code for code in codes if code not in matched]
    if found.unmatched:
        found.notes.append(
            _("The located-unit codes %(codes)s name no village of one code system; where outlines are "
              "loaded the place decided.") % {"codes": "、".join(found.unmatched[:12])}
        )  # fmt: skip
    return found


def _distrust(cursor, batch_id: int, day: dt.date, matched: dict[str, int], found: Villages) -> None:
    """Take a join back where the ground lies in another village: the code is of another system."""
    cursor.execute(MISPLACED, [day, batch_id])
    wrong = sorted(row[0] for row in cursor.fetchall())
    if not wrong:
        return
    cursor.execute(FORGET, [batch_id, wrong])
    for code in wrong:
        del matched[code]
    found.notes.append(
        _("The codes %(codes)s name villages whose outlines lie elsewhere; they were not joined.")
        % {"codes": "、".join(wrong[:12])}
    )


def find_division(batch_id: int, *, day: dt.date, features: int) -> Division | None:
    """The lowest division that has all villages of the layer, else the smallest whose outline holds it."""
    with connection.cursor() as cursor:
        cursor.execute(PLACED, [batch_id])
        paths = [row[0] for row in cursor.fetchall()]
        if paths:
            return Division.objects.filter(path=common_path(paths)).first()
        cursor.execute(HOLDING, [batch_id, day, features])
        row = cursor.fetchone()
    return Division.objects.get(pk=row[0]) if row else None


def the_county() -> Division | None:
    """The county of this installation, where its divisions are loaded."""
    return Division.objects.filter(level=Level.COUNTY, codes__code=geo.county().code).first()


def common_path(paths: list[str]) -> str:
    """The path of the lowest division above (or at) all paths: ``/1/5/9/`` and ``/1/5/7/`` give ``/1/5/``."""
    parts = [path.strip("/").split("/") for path in paths]
    shared = []
    for step in zip(*parts, strict=False):
        if len(set(step)) > 1:
            break
        shared.append(step[0])
    return "/" + "".join(f"{part}/" for part in shared)
