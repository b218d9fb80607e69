"""What a kept register has beside its assets: projects, standards, counts, books, farmland. 中文：测量用台账

By statements with the triggers off, as the assets themselves. Of each kind of paper a few in a hundred are
missing, so that the findings are those of a register that is in use, not those of an empty one.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import shapely
from django.conf import settings
from django.db.backends.postgresql.psycopg_any import DateRange

from assets.codes import Subtype
from assets.models import BookValue, Stocktake, StocktakeCount, StocktakeLine, UpkeepStandard
from land.bench import files
from land.bench.register import import_layer, without_rules
from projects.models import FundingLine, Project
from registry import clock, geo
from registry.bench.generate import BEGIN, CELL, County, insert
from registry.models import DivisionBoundary, Source, SourceKind, Unit

ZONE = 0.1  # side of a piece of basic farmland, of the side of the village


def but(percent: int, salt: int, of: str = "u.id") -> str:
    """SQL: true of all but so many in a hundred."""
    return f"((hashint8({of}::bigint * 6007 + {salt}) & 2147483647) % 100 >= {percent})"


def standards(county: County) -> None:
    """One standard of the county for every sub-type."""
    paper = Source.objects.create(
        kind=SourceKind.DECISION,
        title="管护标准",
        number="测政办发〔2020〕1号",
        issued_on=BEGIN,
        division=county.county,
    )
    UpkeepStandard.objects.bulk_create(
        UpkeepStandard(
            division=county.county, subtype=subtype, title=f"{label}管护标准", source=paper, regime=paper,
            valid=DateRange(BEGIN, None),
        )
        for subtype, label in Subtype.choices
    )  # fmt: skip


def projects(cursor: Any) -> None:
    """A project a village, and for each asset the money that formed it."""
    insert(
        cursor,
        Unit,
        {
            "kind": "'project'",
            "code": f"'{settings.COUNTY['code']}-BENCH-P' || d.id",
            "name": "d.name || '产业发展项目'",
            "division_id": "d.id",
            "state": "'in_use'",
            "state_since": "DATE '2019-12-01'",
        },
        "registry_division d WHERE d.level = 'village' ORDER BY d.id",
    )
    insert(cursor, Project, {"unit_id": "p.id", "year": "2019"}, "registry_unit p WHERE p.kind = 'project'")
    cursor.execute(
        "UPDATE assets_asset a SET project_id = p.id"
        " FROM registry_unit u, registry_unit w, projects_project p"
        " WHERE u.id = a.unit_id AND w.kind = 'project' AND w.division_id = u.division_id"
        f" AND p.unit_id = w.id AND {but(3, 1)}"
    )
    insert(
        cursor,
        FundingLine,
        {
            "unit_id": "a.unit_id",
            "project_id": "a.project_id",
            "source": "'central'",
            "amount": "a.original_value",
        },
        "assets_asset a WHERE a.project_id IS NOT NULL",
    )


def books(cursor: Any) -> None:
    """What the books of the collectives say: one in a hundred another value."""
    insert(
        cursor,
        BookValue,
        {
            "unit_id": "e.unit_id",
            "owner_id": "e.party_id",
            "on": "DATE '2025-12-31'",
            "value": f"a.original_value + CASE WHEN {but(1, 2, 'e.unit_id')} THEN 0 ELSE 100 END",
        },
        "registry_entry e JOIN assets_asset a ON a.unit_id = e.unit_id WHERE e.code = 'ownership'",
    )


def counts(cursor: Any) -> None:
    """A closed stocktake a township, this year."""
    insert(
        cursor,
        Stocktake,
        {
            "division_id": "d.id", "title": "'年度清查'", "period": "'[2026-01-01,2027-01-01)'",
            "ledger_day": "DATE '2026-01-01'", "position_limit_m": "50", "state": "'closed'",
            "opened_on": "DATE '2026-01-05'", "counted_on": "DATE '2026-03-01'",
            "closed_on": "DATE '2026-03-20'",
        },
        "registry_division d WHERE d.level = 'township'",
    )  # fmt: skip
    insert(
        cursor,
        StocktakeLine,
        {
            "stocktake_id": "s.id", "number": "u.id", "unit_id": "u.id", "division_id": "u.division_id",
            "code": "u.code", "name": "u.name", "subtype": "a.subtype", "quantity": "a.quantity",
            "measure": "a.measure", "value": "a.original_value", "state": "u.state",
        },
        "registry_unit u JOIN assets_asset a ON a.unit_id = u.id"
        " JOIN registry_division d ON d.id = u.division_id"
        " JOIN assets_stocktake s ON s.division_id = d.parent_id",
    )  # fmt: skip
    insert(
        cursor,
        StocktakeCount,
        {
            "line_id": "l.id", "found": "'present'", "counted_on": "DATE '2026-02-10'",
            "counter": "'杨文'", "quantity": "l.quantity", "condition": "'good'", "differences": "'{}'",
        },
        f"assets_stocktakeline l WHERE {but(3, 3, 'l.unit_id')}",
    )  # fmt: skip


def farmland(county: County, folder: Path) -> None:
    """Basic farmland in two corners of every village, through the product's own import."""
    boxes = np.array(
        [b.geom.extent for b in DivisionBoundary.objects.filter(division__level="village").order_by("pk")]
    )
    west, south, east, north = boxes.T
    side = ZONE * CELL
    corners = [
        shapely.box(west, south, west + side, south + side),
        shapely.box(east - side, north - side, east, north),
    ]
    zones = geo.transform(np.concatenate(corners), geo.RECORD_SRID, files.SRID)
    codes = [code for code, _name in county.villages]
    path = files.write_zones(folder / "zones.gpkg", zones, codes, clock.today().year - 1)
    with without_rules():
        import_layer(f"basic_farmland {clock.today().year - 1}", path, county.county)
