"""Assets and inspections for measuring, on the units of the registry's made county. 中文：测量用资产

Five years of monthly visits to every asset, written by one statement with the triggers off, as the county
itself is made. The same seed gives the same rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from assets.models import Asset, Inspection, UpkeepTerms
from registry import clock
from registry.bench.generate import County, insert, make_county
from registry.codes import Role
from registry.models import Grant, User

from . import lives, rents

VISITS = 60  # of an asset: one a month for five years
# Sub-types by the last digit of the key: of ten assets six serve the public, three are operated, one at home.
SUBTYPES = "road road irrigation water_supply sanitation service farm_base processing solar housing"
CLASSES = " ".join(["public_welfare"] * 6 + ["operating"] * 3 + ["household"])


@dataclass(frozen=True)
class Held:
    """What was made, and who looks at it."""

    county: County
    assets: int
    inspections: int
    officer: User


def make(scale: str, seed: int, folder: Path) -> Held:
    """Fill an empty register with a county, its assets and their upkeep."""
    county = make_county(scale, seed)
    today = clock.today().isoformat()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        _assets(cursor)
        _terms(cursor)
        _inspections(cursor, today, seed)
        for make_more in (lives.projects, lives.books, lives.counts, *rents.STEPS):
            make_more(cursor)
    lives.standards(county)
    lives.farmland(county, folder)
    with connection.cursor() as cursor:  # as the server leaves a register that was not just filled
        cursor.execute("ANALYZE" if connection.in_atomic_block else "VACUUM (ANALYZE)")
    officer = User.objects.create(username="bench", full_name="测量员")
    for township in (county.large, county.small):
        Grant.objects.create(
            user=officer, role=Role.ASSET_MANAGER, division=township, valid=DateRange(clock.today(), None)
        )
    Grant.objects.create(
        user=officer, role=Role.AUDITOR, division=county.county, valid=DateRange(clock.today(), None)
    )
    return Held(county, Asset.objects.count(), Inspection.objects.count(), officer)


def _nth(words: str, of: str) -> str:
    """SQL: the word of a list that a key stands for."""
    listed = ", ".join(f"'{word}'" for word in words.split())
    return f"(ARRAY[{listed}])[1 + {of} % 10]"


def _assets(cursor: Any) -> None:
    insert(
        cursor,
        Asset,
        {
            "unit_id": "u.id",
            "asset_class": _nth(CLASSES, "u.id"),
            "subtype": _nth(SUBTYPES, "u.id"),
            "original_value": "1000 * (5 + u.id % 400)",
            "quantity": "1 + u.id % 9",
            "measure": "'处'",
            "completed_on": "DATE '2019-12-01'",
            "real_estate_code": f"CASE WHEN {lives.but(3, 7)} THEN '532523001001GB'"
            " || lpad(u.id::text, 5, '0') || 'F00010001' ELSE '' END",
        },
        "registry_unit u WHERE u.kind = 'asset'",
    )
    cursor.execute(
        "UPDATE registry_entry e SET party_id = e.party_id + 3 + e.unit_id %% 20 FROM assets_asset a"
        " WHERE a.unit_id = e.unit_id AND a.asset_class = 'household' AND e.code IN ('ownership', 'income')",
        [],
    )  # a household's things are its own


def _terms(cursor: Any) -> None:
    insert(
        cursor,
        UpkeepTerms,
        {"entry_id": "e.id", "annual_budget": "1200", "budget_source": "'村集体收入'"},
        "registry_entry e WHERE e.code = 'upkeep'",
    )


def _inspections(cursor: Any, today: str, seed: int) -> None:
    """A visit every thirty days, of six in a hundred the last is longer ago; one in twenty found something
    broken, mended within the week."""
    day = f"DATE '{today}' - ((k - 1) * 30 + (u.id * 7 + {seed % 97}) % 33)::int"
    broken = "(u.id + k) % 20 = 0"
    insert(
        cursor,
        Inspection,
        {
            "unit_id": "u.id",
            "inspected_on": day,
            "inspector": "'杨文'",
            "condition": f"CASE WHEN {broken} THEN 'damaged' ELSE 'good' END",
            "defect": f"CASE WHEN {broken} THEN '边沟堵塞' ELSE '' END",
            "handled_on": f"CASE WHEN {broken} THEN least({day} + 5, DATE '{today}') END",
        },
        f"registry_unit u, generate_series(1, {VISITS}) AS k WHERE u.kind = 'asset' ORDER BY k DESC, u.id",
    )
