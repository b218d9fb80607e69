"""The shapes of a delivery: admitted or quarantined (L02, L04, L05), placed, and measured (A08).

中文：图形入库检查
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext as _

from land.admission import AdmittedLayer, admit, admit_layer
from land.area import agrees_with_geodesic, authalic_areas, official_areas
from land.importers.remarks import Remarks
from land.kernel.keys import outline_keys
from land.kernel.outlines import Outlines
from land.kernel.wkb import put_points
from registry import geo
from registry.readers.vector import Batch


@dataclass(frozen=True)
class Placed:
    """Features in the order of the batch; None (and 0 m²) where one was not taken.

    ``record`` is EPSG:4490, multi-part; ``work`` the county's working plane; ``official`` unrounded m².
    ``stored``, as bytes: the two and the map's plane as EWKB, and the key of the outline.
    """

    record: np.ndarray
    work: np.ndarray
    official: np.ndarray
    stored: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]

    @property
    def taken(self) -> np.ndarray:
        return np.array([geom is not None for geom in self.work], dtype=bool)


def place(batch: Batch, srid: int, profile: geo.CountyProfile, remarks: Remarks) -> Placed:
    """Admit and place the shapes of a batch delivered in ``srid``; what is wrong goes to the remarks."""
    layer = admit_layer(batch.geometries, srid=srid, profile=profile)
    numbers = batch.numbers.tolist()
    admitted = np.array(layer.geoms, dtype=object)
    _remark_admission(layer, batch, srid, remarks)
    record = geo.to_record(admitted, srid)
    _drop_strays(admitted, record, numbers, profile, remarks)
    work = geo.promote(geo.to_work_dense(admitted, srid, profile))
    _mend_rounding(record, work, numbers, profile, remarks, moved=srid != profile.work_srid)
    official = _measured(record, work, numbers, profile, remarks)
    gone = shapely.is_missing(work)
    record[gone] = None
    if layer.heights_dropped:
        remarks.counts["L04/z"] += layer.heights_dropped
    return Placed(record, work, official, _stored(record, work))


def _stored(record: np.ndarray, work: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """What is kept of every shape. The map's plane has the points of the record, moved."""
    texts = shapely.to_wkb(shapely.set_srid(record, geo.RECORD_SRID), include_srid=True, byte_order=1)
    ends = np.cumsum([len(text or b"") for text in texts.tolist()], dtype=np.int64)
    begins = np.concatenate([np.zeros(1, dtype=np.int64), ends])[:-1]
    data = np.frombuffer(b"".join(filter(None, texts.tolist())), dtype=np.uint8)
    keys = outline_keys(Outlines.from_bytes(data, begins, ends), len(record)).tobytes()
    moved, lonlat = data.copy(), shapely.get_coordinates(record).T
    put_points(
        moved, begins, ends, geo.WEB_MERCATOR, *geo.coordinates(*lonlat, geo.RECORD_SRID, geo.WEB_MERCATOR)
    )
    on_map, at = moved.tobytes(), [0, *ends.tolist()]
    return (
        texts,
        shapely.to_wkb(work, byte_order=1),
        _as_array([on_map[begin:end] for begin, end in zip(at, at[1:], strict=False)]),
        _as_array([keys[begin : begin + 16] for begin in range(0, len(keys), 16)]),
    )


def _as_array(texts: list[bytes]) -> np.ndarray:
    out = np.empty(len(texts), dtype=object)
    out[:] = texts
    return out


def _remark_admission(layer: AdmittedLayer, batch: Batch, srid: int, remarks: Remarks) -> None:
    for position, outcome in layer.exceptions.items():
        number = int(batch.numbers[position])
        if outcome.admitted and outcome.code:
            remarks.warn(number, outcome.code, outcome.message, "geometry")
            continue
        if outcome.admitted:
            continue
        told = batch.problems.get(number) if batch.geometries[position] is None else None
        where = where_is(batch.geometries[position], srid, outcome.place)
        if outcome.area_before is not None:
            where |= {"area_before": str(outcome.area_before), "area_after": str(outcome.area_after)}
        remarks.quarantine(number, outcome.code, told or outcome.message, where)
    for number, told in batch.problems.items():
        if number not in remarks.quarantined:
            remarks.warn(number, "encoding", told)


def _drop_strays(
    admitted: np.ndarray,
    record: np.ndarray,
    numbers: list[int],
    profile: geo.CountyProfile,
    remarks: Remarks,
) -> None:
    """L02: features whose box leaves the county's, in a layer that as a whole lies in it."""
    with np.errstate(invalid="ignore"):
        within = geo.inside_county(shapely.bounds(record), profile)
    outside = ~within & ~shapely.is_missing(record) & ~shapely.is_empty(record)
    for position in np.flatnonzero(outside).tolist():
        remarks.quarantine(
            numbers[position],
            "L02",
            _("The feature lies outside the county's box."),
            where_is(record[position], geo.RECORD_SRID),
        )
    admitted[outside] = record[outside] = None


def where_is(geom: Any, srid: int, place_in_file: tuple[float, float] | None = None) -> dict[str, Any]:
    """Place and envelope in degrees (EPSG:4490) of a geometry, as far as it has finite coordinates."""
    if geom is None or shapely.is_empty(geom):
        return {}
    xy = shapely.get_coordinates(geom)
    xy = xy[np.isfinite(xy).all(axis=1)]
    if not len(xy):
        return {}
    points = xy if place_in_file is None else np.vstack([xy, place_in_file])
    degrees = shapely.get_coordinates(geo.transform(shapely.points(points), srid, geo.RECORD_SRID))
    inside = degrees[: len(xy)]
    middle = degrees[-1] if place_in_file is not None else inside.mean(axis=0)
    if not np.isfinite(degrees).all() or np.abs(degrees).max() > 360:
        return {}
    return {
        "place": middle.tolist(),
        "envelope": [*inside.min(axis=0).tolist(), *inside.max(axis=0).tolist()],
    }


def _mend_rounding(
    record: np.ndarray,
    work: np.ndarray,
    numbers: list[int],
    profile: geo.CountyProfile,
    remarks: Remarks,
    *,
    moved: bool,
) -> None:
    """What the change of plane made invalid by rounding is mended by the same rule (L05), or quarantined.

    ``moved``: the file came in another plane than the working one.
    """
    there = ~shapely.is_missing(work)
    for position in np.flatnonzero(there & ~shapely.is_valid(work)).tolist() if moved else ():
        outcome = admit(work[position], srid=profile.work_srid, profile=profile)
        if not outcome.admitted:
            where = where_is(work[position], profile.work_srid, outcome.place)
            remarks.quarantine(numbers[position], outcome.code, outcome.message, where)
            work[position] = None
            continue
        work[position] = geo.promote(outcome.geom)
    for position in np.flatnonzero(there & ~shapely.is_valid(record)).tolist():
        mended = shapely.make_valid(record[position], method="structure", keep_collapsed=False)
        record[position] = geo.promote(mended)


def _measured(
    record: np.ndarray, work: np.ndarray, numbers: list[int], profile: geo.CountyProfile, remarks: Remarks
) -> np.ndarray:
    """Official areas; A08: one that parts from the geodesic area is not to be trusted and quarantined.

    All are held against the authalic formula with half the tolerance first, and those that it doubts (edges
    of kilometres, and what is wrong) against the geodesic itself.
    """
    official = official_areas(work, profile.work_srid)
    there = np.flatnonzero(~shapely.is_missing(work))
    doubted = there[~agrees_with_geodesic(official[there], authalic_areas(record[there]), share=0.5)]
    if not len(doubted):
        return official
    degrees = geo.transform(geo.densify(work[doubted]), profile.work_srid, geo.RECORD_SRID)
    geodesic = geo.geodesic_areas(degrees)
    wrong = doubted[~agrees_with_geodesic(official[doubted], geodesic)]
    for position in wrong.tolist():
        said = _("The official area %(official)s m² and the geodesic area %(geodesic)s m² disagree.") % {
            "official": f"{official[position]:.2f}",
            "geodesic": f"{geodesic[np.searchsorted(doubted, position)]:.2f}",
        }
        remarks.quarantine(numbers[position], "A08", said, where_is(work[position], profile.work_srid))
        work[position] = None
        official[position] = 0.0
    return official


def half_a_cent(value: float) -> Decimal:
    """A stated area's own rounding: what a difference must exceed to be one."""
    return max(Decimal("0.05"), Decimal(repr(value)) * Decimal("0.00001"))
