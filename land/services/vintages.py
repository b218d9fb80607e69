"""Vintages come in and go: partition, rows, derived planes, coverage, quarantine; and out again as a whole.

中文：图层版本入库与撤销
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import shapely
from django.contrib.gis.geos import GEOSGeometry, Point, Polygon
from django.db import connection, transaction
from django.utils.translation import gettext as _

from land.models import Case, Parcel, Quarantine, Vintage, VintageKind
from land.mosaic import Mosaic
from land.queries.pieces import copied
from land.queries.vintages import ASSUMED, BOUNDARY, FEATURES
from land.services.pieces import make_pieces
from registry import clock, geo
from registry.codes import LEVEL_ORDER, Level
from registry.errors import RegistryError
from registry.models import Division, DivisionBoundary, ImportBatch
from registry.rules import Scope
from registry.rules.engine import evaluate_again
from registry.rules.parameters import values_on

_rules_on_layers: dict[str, set[str]] = {}

ROW = """
INSERT INTO {part} (id, vintage_id, number, bsm, village_code, village_id, class_code, gross_m2, counted_m2,
                    deduction_ratio, official_m2, quality_grade, attrs, geom, work, merc,
                    shape_key{columns})
SELECT nextval('{parent}_id_seq'), %s, number, coalesce(bsm, ''),
       coalesce(village_code, ''), village_id, coalesce(class_code, ''), gross_m2::numeric,
       counted_m2::numeric, coalesce(deduction_ratio::numeric, 0), official_m2::numeric,
       quality_grade::smallint, attrs, geom, work, merc, shape_key{values}
  FROM land_stagedfeature WHERE batch_id = %s ORDER BY z_order
"""
EXTRA = {
    "land_parcel": (", tbbh, class_name", ", coalesce(tbbh, ''), coalesce(class_name, '')"),
    "land_zone": (", protected_from, protected_to", ", protected_from::date, protected_to::date"),
}
# Memory for sorting and for indexes; lz4, where the server has it, notices soonest that nothing shrinks.
MEMORY = """
SET LOCAL work_mem = '256MB'; SET LOCAL maintenance_work_mem = '512MB';
SELECT set_config(name, 'lz4', true) FROM pg_settings
 WHERE name = 'default_toast_compression' AND 'lz4' = ANY(enumvals)
"""
SUMS = "SELECT count(*), coalesce(sum(official_m2), 0), sum(counted_m2) FROM {part}"
WORK = "SELECT work FROM {part}"
GROUND = "SELECT ST_AsBinary(ground) FROM land_stagedground WHERE batch_id = %s"
# Outlines of the townships (of a division) in which features lie: by their village, else by their place.
TOWNSHIPS = """
SELECT ST_AsEWKB(ST_Multi(ST_Union(b.geom)))
  FROM registry_divisionboundary b
  JOIN registry_division t ON t.id = b.division_id AND t.level = 'township'
 WHERE b.valid @> %s::date AND t.path LIKE %s
   AND (EXISTS (SELECT FROM {part} f JOIN registry_division v ON v.id = f.village_id
                 WHERE v.path LIKE t.path || '%%')
        OR EXISTS (SELECT FROM {part} f WHERE f.village_id IS NULL AND f.geom && b.geom
                      AND ST_Intersects(b.geom, ST_PointOnSurface(f.geom))))
"""
EXTENT = "SELECT ST_XMin(e), ST_YMin(e), ST_XMax(e), ST_YMax(e) FROM (SELECT ST_Extent(work) e FROM {part}) x"


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """What a staged batch says of the vintage it becomes."""

    kind: str
    year: int
    division: Division
    source_srid: int
    official: bool = True
    quarantined: tuple[Quarantine, ...] = ()  # unsaved


def rules_read_layer(kind: str, *rule_ids: str) -> None:
    """Rules of the apps above that are to be read again when a layer of a kind comes or goes."""
    _rules_on_layers.setdefault(kind, set()).update(rule_ids)


def standing(kind: str, year: int, division: Division) -> Vintage | None:
    """A vintage in force of this layer and year that speaks of (part of) the division's ground."""
    rows = Vintage.objects.in_force().filter(kind=kind, year=year).select_related("division", "batch")
    return next(
        (
            vintage
            for vintage in rows
            if vintage.division.path.startswith(division.path)
            or division.path.startswith(vintage.division.path)
        ),
        None,
    )


def refuse_standing(kind: str, year: int, division: Division) -> None:
    """Raise ``RegistryError`` where this layer of this year is loaded already: ground would count twice."""
    there = standing(kind, year, division)
    if there is not None:
        raise RegistryError(
            _(
                "%(kind)s %(year)d is already loaded for %(division)s (batch %(batch)d). "
                "Reverse that batch first."
            )
            % {
                "kind": VintageKind(kind).label,
                "year": year,
                "division": there.division.name,
                "batch": there.batch_id,
            },
            "already_loaded",
        )


def had_farmland(division: Division) -> bool:
    """Whether an earlier survey in force has farmland in the division (L13). One query."""
    earlier = Vintage.objects.in_force().filter(kind=VintageKind.PARCELS).within(division)
    return Parcel.objects.filter(vintage__in=earlier, class_code__in=("0101", "0102", "0103")).exists()


@transaction.atomic
def load_vintage(*, batch: ImportBatch, delivery: Delivery) -> Vintage:
    """Make a vintage of the features staged for a batch; at most a dozen statements, whatever their number.

    The rows are written beside the parent table and attached at the end, so that nobody who reads waits.
    Raises ``RegistryError`` when the layer is there already.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"vintage:{delivery.kind}"])
    refuse_standing(delivery.kind, delivery.year, delivery.division)
    vintage = Vintage.objects.create(
        kind=delivery.kind,
        year=delivery.year,
        division=delivery.division,
        official=delivery.official,
        source_srid=delivery.source_srid,
        coverage_basis=ASSUMED,
        feature_count=0,
        area_m2=0,
        batch=batch,
    )
    part = _load_rows(vintage, batch)
    _describe(vintage, part, len(delivery.quarantined))
    for row in delivery.quarantined:
        row.vintage = vintage
    Quarantine.objects.bulk_create(delivery.quarantined, batch_size=1000)
    _read_rules_again(vintage)
    return vintage


def _load_rows(vintage: Vintage, batch: ImportBatch) -> str:
    parent = "land_parcel" if vintage.kind == VintageKind.PARCELS else "land_zone"
    columns, values = EXTRA[parent]
    with connection.cursor() as cursor:
        cursor.execute(MEMORY)
        cursor.execute("SELECT land_create_partition(%s)", [vintage.pk])
        part = cursor.fetchone()[0]
        statement = ROW.format(part=part, parent=parent, columns=columns, values=values)
        cursor.execute(statement, [vintage.pk, batch.pk])
        make_pieces(vintage, part)
        cursor.execute("SELECT land_attach_partition(%s)", [vintage.pk])
    return part


def _describe(vintage: Vintage, part: str, quarantined: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(SUMS.format(part=part))
        vintage.feature_count, vintage.area_m2, vintage.counted_m2 = cursor.fetchone()
    vintage.quarantined_count = quarantined
    vintage.coverage, vintage.coverage_basis = _coverage(vintage, part)
    vintage.save()


def _coverage(vintage: Vintage, part: str) -> tuple[Any, str]:
    """Where the layer speaks: the outlines of its places, else the parcels themselves, else an assumed box.

    A delivery of a county or more speaks for the townships that occur in it, where their outlines are loaded:
    a county's layer with two townships says nothing of the others.
    """
    day = dt.date(vintage.year, 12, 31)
    if LEVEL_ORDER.index(vintage.division.level) < LEVEL_ORDER.index(Level.TOWNSHIP):
        with connection.cursor() as cursor:
            cursor.execute(TOWNSHIPS.format(part=part), [day, f"{vintage.division.path}%"])
            united = cursor.fetchone()[0]
        if united is not None:
            return GEOSGeometry(united), BOUNDARY
    outlines = DivisionBoundary.objects.filter(division=vintage.division)
    outline = outlines.filter(valid__contains=day).first() or outlines.order_by("-valid").first()
    if outline is not None:
        return outline.geom, BOUNDARY
    if vintage.kind == VintageKind.PARCELS:
        return _united(vintage, part), FEATURES
    return _assumed(part), ASSUMED


def _united(vintage: Vintage, part: str) -> GEOSGeometry:
    """The features together, in the working plane, where neighbours are identical; as they were staged, if
    what was looked for then was holes between them."""
    with connection.cursor() as cursor:
        cursor.execute(GROUND, [vintage.batch_id])
        known = cursor.fetchone()
    together = (
        shapely.from_wkb(bytes(known[0]))
        if known
        else Mosaic.from_copy(copied(WORK.format(part=part), [], 1), 0).united()
    )
    return _as_record(geo.to_record(together, geo.county().work_srid))


def _as_record(geom: Any) -> GEOSGeometry:
    return GEOSGeometry(memoryview(shapely.to_wkb(geo.promote(geom))), srid=geo.RECORD_SRID)


def _assumed(part: str) -> GEOSGeometry:
    """The layer's box widened by ``coverage_margin_m``."""
    margin = float(values_on(["coverage_margin_m"], clock.today())["coverage_margin_m"])
    with connection.cursor() as cursor:
        cursor.execute(EXTENT.format(part=part))
        west, south, east, north = cursor.fetchone()
    box = geo.densify(shapely.box(west - margin, south - margin, east + margin, north + margin))
    return _as_record(geo.to_record(box, geo.county().work_srid))


def quarantine_row(number: int, error: dict[str, Any], where: dict[str, Any], bsm: str = "") -> Quarantine:
    """An unsaved row for a feature that was not taken."""
    envelope, place = where.get("envelope"), where.get("place")
    return Quarantine(
        number=number,
        bsm=bsm[:20],
        code=error["code"][:12],
        reason=error["message"][:255],
        place=Point(place[0], place[1], srid=geo.RECORD_SRID) if place else None,
        envelope=_box(envelope) if envelope else None,
    )


def _box(envelope: Iterable[float]) -> Polygon | None:
    """The envelope as a polygon; one without width is given a metre, so that it lies somewhere."""
    west, south, east, north = envelope
    if east - west < 1e-5:
        west, east = west - 5e-6, east + 5e-6
    if north - south < 1e-5:
        south, north = south - 5e-6, north + 5e-6
    box = Polygon.from_bbox((west, south, east, north))
    box.srid = geo.RECORD_SRID
    return box


@transaction.atomic
def drop_vintage(vintage: Vintage) -> None:
    """Take a vintage out of force and drop its rows; the row of the vintage itself stays, dated.

    Raises ``RegistryError`` where cases rest on its clues.
    """
    resting = Case.objects.in_force().filter(vintage=vintage).count()
    if resting:
        raise RegistryError(
            _("Cases rest on the clues of this layer: %(n)d. The layer cannot be taken back.")
            % {"n": resting},
            "later_facts",
        )
    vintage.dropped_at = clock.now()
    vintage.save(update_fields=["dropped_at"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT land_drop_partition(%s)", [vintage.pk])
    _read_rules_again(vintage)


def _read_rules_again(vintage: Vintage) -> None:
    """Evaluate what rests on the layer, in the division whose ground has changed."""
    rule_ids = sorted(_rules_on_layers.get(vintage.kind, ()))
    if rule_ids:
        evaluate_again(as_of=clock.today(), scope=Scope(paths=(vintage.division.path,)), rule_ids=rule_ids)
