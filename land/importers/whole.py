"""What only a survey as a whole can have: overlaps and gaps (L09), villages off their control area (A09).

中文：整体检查. Official deliveries load as delivered and are remarked, with place and count; a layer that the
office made itself is refused. Read once the features are staged and their villages known.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from django.db import connection
from django.utils.translation import gettext as _

from land.area import official_areas, round_area
from land.importers.shapes import where_is
from land.importers.staged_ground import keep_ground
from land.mosaic import Mosaic, Uncovered
from land.parameters_layers import GAP_WIDTH_M, OVERLAP_M2
from land.queries.pieces import copied
from registry import geo

if TYPE_CHECKING:
    from land.importers.layer import Reading

SHOWN = 12  # places named in a note
KEPT = 200  # overlaps and gaps kept one by one; all are counted
NOT_DELIVERED = 0.5  # of a village's ground: what lacks so much is a village that was not delivered

STAGED = "SELECT number, bsm, work FROM land_stagedfeature WHERE batch_id = %s ORDER BY number"
OUTLINES = """
SELECT d.id, d.name, ST_AsBinary(b.geom)
  FROM (SELECT DISTINCT village_id FROM land_stagedfeature WHERE batch_id = %s) v
  JOIN registry_division d ON d.id = v.village_id
  JOIN registry_divisionboundary b ON b.division_id = d.id AND b.valid @> %s::date
 ORDER BY d.path
"""
CONTROL = """
SELECT d.name, b.control_area_m2, count(*),
       sum(coalesce(f.gross_m2::numeric, round(f.official_m2::numeric, 2)))
  FROM land_stagedfeature f
  JOIN registry_division d ON d.id = f.village_id
  JOIN registry_divisionboundary b ON b.division_id = d.id AND b.valid @> %s::date
 WHERE f.batch_id = %s AND b.control_area_m2 IS NOT NULL
 GROUP BY d.path, d.name, b.control_area_m2 ORDER BY d.path
"""


@dataclass
class Whole:
    """What was found: faults of the file (on a layer of one's own), notes, and totals."""

    faults: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    totals: dict[str, Any] = field(default_factory=dict)

    def say(self, reading: Reading, code: str, sentences: list[str], summary: str) -> None:
        """Remark or refuse: a fault for each sentence, or one note for all of them."""
        if not sentences:
            return
        if reading.check.official:
            reading.check.remarks.counts[code] += len(sentences)
            self.notes.append(summary)
        else:
            self.faults += [(code, sentence) for sentence in sentences[:KEPT]]


def check_whole(reading: Reading, day: dt.date) -> Whole:
    """L09 and A09 of the staged features; three queries, however many there are."""
    found = Whole()
    with connection.cursor() as cursor:
        cursor.execute(OUTLINES, [reading.batch.pk, day])
        outlines = cursor.fetchall()
        cursor.execute(CONTROL, [day, reading.batch.pk])
        controls = cursor.fetchall()
    sent = copied(STAGED, [reading.batch.pk], 3)
    if len(sent):
        mosaic = Mosaic.from_copy(sent, 2)
        rows = list(zip(sent.integers(0).tolist(), sent.texts(1), strict=True))
        note_overlaps(reading, rows, mosaic, found)
        _gaps(reading, outlines, mosaic, found)
    _controls(reading, controls, found)
    return found


# --- L09


def note_overlaps(reading: Reading, rows: list[Any], mosaic: Mosaic, found: Whole, code: str = "L09") -> None:
    """Pairs of features that overlap: remarked, or (a survey of one's own) faults. Rows: number, bsm."""
    kept = reading.check.official or code != "L09"
    pairs = mosaic.overlaps(float(reading.check.limits[OVERLAP_M2]))
    areas = _areas([pair.geometry for pair in pairs])
    listed, sentences = [], []
    for pair, area in zip(pairs, areas, strict=True):
        first, second = rows[pair.first], rows[pair.second]
        where = where_is(pair.geometry, geo.county().work_srid)
        said = _("The parcels %(one)s and %(two)s overlap by %(area)s m²%(place)s.") % {
            "one": first[1] or f"#{first[0]}",
            "two": second[1] or f"#{second[0]}",
            "area": area,
            "place": _place(where),
        }
        sentences.append(said)
        listed.append({"features": [first[0], second[0]], "area_m2": str(area), **where})
        if kept:
            reading.check.remarks.warn(second[0], code, said, "geometry")
            reading.labels.setdefault(second[0], {"cells": {}, "where": where, "bsm": second[1] or ""})
    total = sum(areas, Decimal(0))
    found.totals["overlaps"] = {"count": len(pairs), "area_m2": f"{total:.2f}", "listed": listed[:KEPT]}
    if pairs and kept:
        found.notes.append(
            _("%(code)s: %(n)d pairs of parcels overlap, by %(area)s m² together.")
            % {"code": code, "n": len(pairs), "area": f"{total:.2f}"}
        )
    elif pairs:
        found.faults += [(code, sentence) for sentence in sentences[:KEPT]]


def _gaps(reading: Reading, outlines: list[Any], mosaic: Mosaic, found: Whole) -> None:
    """Ground of villages that no parcel has; without outlines, ground that the parcels surround."""
    limits = reading.check.limits
    tolerances = float(limits[OVERLAP_M2]), float(limits[GAP_WIDTH_M])
    names = {key: name for key, name, _geom in outlines}
    if outlines:
        shapes = geo.to_work(np.array([shapely.from_wkb(bytes(row[2])) for row in outlines], dtype=object))
        places = [(row[0], shape) for row, shape in zip(outlines, shapes, strict=True)]
        lacking = mosaic.uncovered(places, *tolerances)
    else:
        holes = mosaic.holes(*tolerances)
        keep_ground(reading.batch.pk, mosaic.united())
        lacking = [Uncovered(0, holes, 0.0)] if holes else []
    _absent(lacking, names, found)
    gaps = [(names.get(place.place, ""), gap) for place in lacking if place.share < NOT_DELIVERED
            for gap in place.gaps]  # fmt: skip
    areas = _areas([gap for _name, gap in gaps])
    listed, sentences = [], []
    for (name, gap), area in zip(gaps, areas, strict=True):
        where = where_is(gap, geo.county().work_srid)
        listed.append({"village": name, "area_m2": str(area), **where})
        sentences.append(
            _("No parcel covers %(area)s m²%(village)s%(place)s.")
            % {"area": area, "village": f" ({name})" if name else "", "place": _place(where)}
        )
    total = sum(areas, Decimal(0))
    found.totals["gaps"] = {"count": len(gaps), "area_m2": f"{total:.2f}", "listed": listed[:KEPT]}
    summary = _("L09: %(n)d gaps between the parcels, %(area)s m² together%(villages)s.") % {
        "n": len(gaps),
        "area": f"{total:.2f}",
        "villages": _named({name for name, _gap in gaps if name}),
    }
    found.say(reading, "L09", sentences, summary)


def _absent(lacking: list[Uncovered], names: dict[int, str], found: Whole) -> None:
    absent = [place for place in lacking if place.share >= NOT_DELIVERED]
    if absent:
        said = _("Most of the ground of %(villages)s is not in this layer.")
        villages = [f"{names[place.place]}（{place.share:.0%}）" for place in absent]
        found.notes.append(said % {"villages": "、".join(villages[:SHOWN])})


def _areas(shapes: list[Any]) -> list[Decimal]:
    return [round_area(area) for area in official_areas(shapes, geo.county().work_srid)] if shapes else []


def _place(where: dict[str, Any]) -> str:
    place = where.get("place")
    return (
        _(", near %(lon)s, %(lat)s") % {"lon": f"{place[0]:.6f}", "lat": f"{place[1]:.6f}"} if place else ""
    )


def _named(names: set[str]) -> str:
    return f"（{'、'.join(sorted(names)[:SHOWN])}）" if names else ""


# --- A09


def _controls(reading: Reading, rows: list[Any], found: Whole) -> None:
    listed, sentences = [], []
    for name, control, count, total in rows:
        difference = total - control
        if not difference:
            continue
        listed.append(
            {"village": name, "parcels": count, "sum_m2": f"{total:.2f}", "control_m2": f"{control:.2f}",
             "difference_m2": f"{difference:+.2f}"}
        )  # fmt: skip
        sentences.append(
            _("The %(count)d parcels of %(village)s sum to %(sum)s m², its control area is %(control)s m²: "
              "level them by %(difference)s m².")
            % {"count": count, "village": name, "sum": f"{total:.2f}", "control": f"{control:.2f}",
               "difference": f"{-difference:+.2f}"}
        )  # fmt: skip
    found.totals["off_control"] = listed
    summary = _("A09: the parcels of %(n)d villages do not sum to the control area (DCMJ)%(villages)s.") % {
        "n": len(listed),
        "villages": _named({f"{one['village']} {one['difference_m2']} m²" for one in listed}),
    }
    found.say(reading, "A09", sentences, summary)
