"""What a staged layer amounts to: villages, division, whole-file faults, totals. 中文：导入汇总"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.utils.translation import gettext as _

from land.classes import FARMLAND
from land.importers.increment import check_package
from land.importers.offset import look_for_offset
from land.importers.places import Villages, find_division, place_villages, the_county
from land.importers.whole import Whole, check_whole
from land.models import VintageKind
from land.services.vintages import had_farmland, refuse_standing
from registry.errors import RegistryError
from registry.queries.divisions import codes_by_division
from registry.readers.vector import LayerFile

if TYPE_CHECKING:
    from land.importers.layer import Reading

SUMS = """
SELECT coalesce(class_code, ''), count(*), sum(official_m2::numeric), sum(gross_m2::numeric),
       sum(counted_m2::numeric)
  FROM land_stagedfeature WHERE batch_id = %s GROUP BY 1 ORDER BY 1
"""
EXTENT = """
SELECT ST_XMin(e), ST_YMin(e), ST_XMax(e), ST_YMax(e), v
  FROM (SELECT ST_Extent(geom) e, count(DISTINCT village_id) v FROM land_stagedfeature WHERE batch_id = %s) x
"""


def finish(reading: Reading, file: LayerFile, kind: str) -> None:
    """Set counts, division, totals and whole-file faults on the batch."""
    batch, check = reading.batch, reading.check
    batch.rows, batch.accepted = reading.rows, reading.accepted
    batch.quarantined = len(check.remarks.quarantined)
    day = dt.date(check.year, 12, 31)
    villages = place_villages(batch.pk, day=day, system=batch.options.get("system") or None)
    shifted = look_for_offset(reading, day, villages.basis)
    if not batch.division_id:
        _divide(reading, villages, day)
    whole = Whole()
    if kind == VintageKind.PARCELS:
        whole = check_whole(reading, day)
    elif kind == VintageKind.INCREMENT:
        whole = check_package(reading, file)
    whole.faults += shifted.faults
    whole.notes += shifted.notes
    batch.errors = _faults(reading, kind, whole)
    batch.totals = _totals(reading, file, villages) | whole.totals
    batch.totals["notes"] += whole.notes


def _divide(reading: Reading, villages: Villages, day: dt.date) -> None:
    """The division that nobody stated: by the features, else the county in whose box all of them lie (L02).

    A layer whose codes name no village here may be another county's: then it has to be stated.
    """
    batch = reading.batch
    batch.division = find_division(batch.pk, day=day, features=reading.accepted)
    if batch.division is not None:
        said = _("The layer covers %(division)s, by its features.")
    elif not villages.unmatched and (county := the_county()) is not None:
        batch.division = county
        said = _("Nothing in the layer names a township or village: it is taken for a layer of %(division)s.")
    else:
        return
    villages.notes.append(said % {"division": batch.division.name})


def _faults(reading: Reading, kind: str, whole: Whole) -> list[dict[str, Any]]:
    """Faults of the file as a whole, all of them: L09, L11, L13, L14, A09, no division, loaded already."""
    faults: list[tuple[str, str]] = [*whole.faults]
    seen, division = reading.check.seen, reading.batch.division
    if seen.named and seen.misnamed == seen.named:
        faults.append(("L11", _("No class name is that of its code. Is the encoding right? State it.")))
    short = sorted(code for code in seen.classes if len(code) == 3 and code.isdigit())
    if short:
        sentence = _(
            "The layer has three-digit class codes of the second survey (%(codes)s): convert it first."
        )
        faults.append(("L14", sentence % {"codes": "、".join(short[:8])}))
    if division is None:
        sentence = _("It cannot be seen which division the layer covers. State it with its code.")
        faults.append(("no_division", sentence))
    elif kind == VintageKind.PARCELS and not FARMLAND & seen.classes.keys() and had_farmland(division):
        sentence = _("The layer has no farmland (0101, 0102, 0103), but %(division)s had some before.")
        faults.append(("L13", sentence % {"division": division.name}))
    if division is not None:
        try:
            refuse_standing(kind, reading.check.year, division)
        except RegistryError as error:
            faults.append((error.code, str(error)))
    return [
        {"row": None, "column": None, "value": None, "code": code, "message": message}
        for code, message in faults
    ]


def _totals(reading: Reading, file: LayerFile, villages: Villages) -> dict[str, Any]:
    batch, check = reading.batch, reading.check
    with connection.cursor() as cursor:
        cursor.execute(SUMS, [batch.pk])
        classes = cursor.fetchall()
        cursor.execute(EXTENT, [batch.pk])
        *extent, village_count = cursor.fetchone()
    division = batch.division
    return {
        "features": file.feature_count,
        "imported": reading.accepted,
        "quarantined": batch.quarantined,
        "rejected": len(check.remarks.errors) - batch.quarantined,
        "year": check.year,
        "official": check.official,
        "layer": file.name,
        "srid": reading.srid,
        "srid_source": file.srid_source,
        "encoding": file.encoding,
        "encoding_source": file.encoding_source,
        "division": division.name if division else None,
        "division_code": codes_by_division([division.pk]).get(division.pk) if division else None,
        "villages": village_count,
        "village_basis": villages.basis,
        "unmatched_codes": villages.unmatched,
        "official_m2": _sum(row[2] for row in classes),
        "stated_m2": _sum(row[3] for row in classes),
        "counted_m2": _sum(row[4] for row in classes),
        "by_class": {row[0]: {"features": row[1], "official_m2": f"{row[2]:.2f}"} for row in classes},
        "years": {str(year): count for year, count in sorted(check.seen.years.items(), key=str)},
        "extent": extent,
        "remarks": dict(sorted(check.remarks.counts.items())),
        "personal_dropped": list(check.mapping.personal),
        "notes": [*file.notes, *_notes(reading), *villages.notes],
    }


def _sum(values: Any) -> str | None:
    known = [value for value in values if value is not None]
    return f"{sum(known):.2f}" if known else None


def _notes(reading: Reading) -> list[str]:
    check = reading.check
    notes = []
    if check.mapping.personal:
        sentence = _("Personal columns are not read: %(columns)s.")
        notes.append(sentence % {"columns": "、".join(check.mapping.personal)})
    wrong = sorted(year for year in check.seen.years if year and year != check.year)
    if wrong:
        sentence = _("Rows say the data year %(found)s; the layer is declared as %(declared)d.")
        notes.append(sentence % {"found": "、".join(map(str, wrong)), "declared": check.year})
    return notes
