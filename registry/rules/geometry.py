"""Rules on shapes: REG-07. 中文：图形规则"""

from __future__ import annotations

from django.db import connection
from django.utils.translation import gettext_lazy as _

from registry.codes import Reading, UnitKind
from registry.models import Shape

from .base import Context, Outcome, Row, Rule

# The nearest administrative division at or above the unit's own that has an outline decides (a natural
# village has no outline in law); without any the answer is NO_DATA. Lines are exempt (a road leaves the
# village it serves), and so are shapes that only reach across.
SQL = """
SELECT s.id, nearest.boundary, nearest.name
  FROM registry_shape s
  JOIN registry_unit u ON u.id = s.unit_id
  JOIN registry_division d ON d.id = u.division_id
  LEFT JOIN LATERAL (
    SELECT b.id AS boundary, a.name
      FROM registry_divisionboundary b JOIN registry_division a ON a.id = b.division_id
     WHERE d.path LIKE a.path || '%%' AND a.level <> 'natural_village' AND b.valid @> %s::date
     ORDER BY length(a.path) DESC LIMIT 1) nearest ON true
 WHERE s.id = ANY(%s)
"""
OUTSIDE = """
SELECT j.shape FROM unnest(%s::bigint[], %s::bigint[]) AS j(shape, boundary)
  JOIN registry_shape s ON s.id = j.shape
  JOIN registry_divisionboundary b ON b.id = j.boundary
 WHERE NOT (s.geom && b.geom AND ST_Intersects(s.geom, b.geom))
"""


def read_reg_07(context: Context) -> Outcome:
    """REG-07: a shape lies wholly outside the outline of its division. Four queries."""
    shapes = Shape.objects.on(context.as_of).filter(
        unit__kind=UnitKind.ASSET, unit__annulled=None, unit__left_on=None
    )
    found = {
        shape.pk: shape
        for shape in context.scope.limit(shapes).select_related("unit", "unit__division").defer("geom")
    }
    with connection.cursor() as cursor:
        cursor.execute(SQL, [context.as_of, list(found)])
        nearest = {shape: (boundary, name) for shape, boundary, name in cursor.fetchall() if boundary}
        known = {shape: boundary for shape, (boundary, _name) in nearest.items()}
        cursor.execute(OUTSIDE, [list(known), list(known.values())])
        outside = {row[0] for row in cursor.fetchall()}
        cursor.execute(
            "SELECT id FROM registry_shape WHERE id = ANY(%s) AND ST_Dimension(geom) = 1", [list(found)]
        )
        lines = {row[0] for row in cursor.fetchall()}
    rows = [_row(found[pk], Reading.FOUND, nearest[pk][1]) for pk in sorted(outside - lines)]
    rows += [
        _row(found[pk], Reading.NO_DATA, found[pk].unit.division.name)
        for pk in sorted(found.keys() - known.keys() - lines)
    ]
    return Outcome(checked=len(found), rows=rows)


def _row(shape: Shape, reading: str, division: str) -> Row:
    unit = shape.unit
    return Row(
        subject_type="unit",
        subject_key=unit.code,
        unit_id=unit.pk,
        division_id=unit.division_id,
        since=shape.valid.lower,
        reading=reading,
        details={"name": unit.name, "division": division},
    )


RULES = (
    Rule(
        id="REG-07",
        looks_at="registry_shape",
        title=_("shape outside its division"),
        message=_("The shape of %(name)s lies wholly outside %(division)s."),
        no_data=_("The shape of %(name)s cannot be checked: no outline of %(division)s or above is loaded."),
        remedy=_("Correct the shape, or the division of the unit; load the outline where it is missing."),
        source="县级数据质量要求",
        reads=frozenset({"registry_shape"}),
        read=read_reg_07,
    ),
)
