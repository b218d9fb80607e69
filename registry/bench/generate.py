"""A county for measuring, made by a dozen statements, with five years of history. 中文：性能测量用县

The same seed gives the same rows. Triggers are off while it is made (a superuser's right), so that the
history can carry the instants of five years instead of that of the making; they are on again for what is
measured.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

import pghistory.models
from django.conf import settings
from django.db import connection, models, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from registry.codes import CodeSystem, Level
from registry.models import (
    Division,
    DivisionBoundary,
    DivisionCode,
    Entry,
    Party,
    PersonalData,
    Shape,
    Source,
    Unit,
)

SCALES = {"smoke": 300, "township": 10_000, "county": 100_000, "province": 1_000_000}
TOWNSHIPS, VILLAGES, PARTIES = 8, 10, 24
AUTHOR = str(uuid.uuid5(uuid.NAMESPACE_URL, "bench"))  # the context of whoever wrote the history
CELL = 0.06  # degrees, the side of a village
BEGIN, GO_LIVE = dt.date(2013, 1, 1), dt.date(2024, 1, 1)
HISTORY = ("2021-01-01", 1800)  # first day of the history, and its days


@dataclass(frozen=True)
class County:
    """What was made: the county, and two townships of known size."""

    county: Division
    large: Division  # 1,500 units (half of them all, where there are fewer)
    small: Division  # a tenth of that
    units: int
    entries: int
    events: int
    villages: list[tuple[str, str]]  # statistical code and name, of the large township


def make_county(scale: str, seed: int) -> County:
    """Fill an empty register. Raises ``ValueError`` where it is not empty."""
    if Unit.objects.exists():
        raise ValueError("the register is not empty")
    count = SCALES[scale]
    large = min(1500, count // 2)
    county, townships, villages = make_divisions()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        _outlines(cursor, villages)
        _parties(cursor, villages)
        _units(cursor, count, seed, large, villages)
        _entries(cursor, count, seed)
        _history(cursor)
    with connection.cursor() as cursor:
        _sequences(cursor)
        cursor.execute("ANALYZE")
        cursor.execute(
            "SELECT (SELECT count(*) FROM registry_entryevent) + (SELECT count(*) FROM registry_unitevent)"
        )
        events = cursor.fetchone()[0]
    codes = DivisionCode.objects.filter(division__parent=townships[0]).order_by("code")
    named = [(code.code, code.division.name) for code in codes.select_related("division")]
    return County(county, townships[0], townships[1], count, Entry.objects.count(), events, named)


def make_divisions() -> tuple[Division, list[Division], list[Division]]:
    """A county, eight townships, ten villages each, with codes of the statistical system."""
    valid, code = DateRange(BEGIN, None), settings.COUNTY["code"]
    county = Division.objects.create(
        name="测量县", level=Level.COUNTY, path="/", valid=valid, go_live=GO_LIVE
    )
    Division.objects.filter(pk=county.pk).update(path=f"/{county.pk}/")
    county.path = f"/{county.pk}/"
    townships = [(f"第{number}乡", f"{code}{900 + number}", county) for number in range(1, TOWNSHIPS + 1)]
    above = _level(townships, Level.TOWNSHIP, valid)
    below = [
        (f"{place.name[:-1]}{number:02d}村", f"{code}{901 + index}{200 + number}", place)
        for index, place in enumerate(above)
        for number in range(1, VILLAGES + 1)
    ]
    return county, above, _level(below, Level.VILLAGE, valid)


def _level(rows: list[tuple[str, str, Division]], level: str, valid: DateRange) -> list[Division]:
    made = Division.objects.bulk_create(
        [
            Division(name=name, level=level, parent=parent, path="/", valid=valid)
            for name, _code, parent in rows
        ]
    )
    for place in made:
        place.path = f"{place.parent.path}{place.pk}/"  # type: ignore[union-attr]
    Division.objects.bulk_update(made, ["path"])
    DivisionCode.objects.bulk_create(
        [
            DivisionCode(division=place, system=CodeSystem.NBS, code=code, valid=valid)
            for place, (_name, code, _parent) in zip(made, rows, strict=True)
        ]
    )
    return made


def insert(cursor: Any, model: type[models.Model], values: dict[str, str], source: str) -> None:
    """INSERT ... SELECT: ``values`` are SQL by column, the other columns get what Django would give them."""
    columns, chosen, parameters = [], [], []
    for field in model._meta.concrete_fields:
        if field.generated or (field.column not in values and (field.null or field.has_db_default())):
            continue
        if field.column in values:
            chosen.append(values[field.column].replace("%", "%%"))
        elif field.primary_key:
            continue
        else:
            chosen.append("%s")
            parameters.append(field.get_db_prep_save(field.get_default(), connection))
        columns.append(field.column)
    source, column_names = source.replace("%", "%%"), '", "'.join(columns)
    cursor.execute(
        f'INSERT INTO {model._meta.db_table} ("{column_names}") SELECT {", ".join(chosen)} FROM {source}',
        parameters,
    )


def _chance(salt: int, of: str, below: int) -> str:
    """SQL: a number from 0 to below - 1 that depends on the seed and the row."""
    return f"((hashint8({of}::bigint * 7919 + {salt}) & 2147483647) % {below})"


def _west(village: str) -> str:
    """SQL: the western edge of a village, the number of which begins with 1: cells in rows of ten."""
    return f"{settings.COUNTY['bbox'][0]} + 0.05 + {CELL} * ((({village}) - 1) % {VILLAGES})"


def _south(village: str) -> str:
    return f"{settings.COUNTY['bbox'][1]} + 0.05 + {CELL} * ((({village}) - 1) / {VILLAGES})"


def _outlines(cursor: Any, villages: list[Division]) -> None:
    """A square for every village."""
    keys = ",".join(str(place.pk) for place in villages)
    west, south = _west("v.number"), _south("v.number")
    square = f"ST_Multi(ST_MakeEnvelope({west}, {south}, {west} + {CELL}, {south} + {CELL}, 4490))"
    insert(
        cursor,
        DivisionBoundary,
        {"division_id": "v.division", "geom": square, "valid": f"daterange('{BEGIN}', NULL)"},
        f"unnest(ARRAY[{keys}]::bigint[]) WITH ORDINALITY AS v(division, number)",
    )


def _parties(cursor: Any, villages: list[Division]) -> None:
    """Two bodies, two companies, twenty people with telephones a village; a paper a township."""
    keys = ",".join(str(place.pk) for place in villages)
    grid = (
        f"unnest(ARRAY[{keys}]::bigint[]) WITH ORDINALITY AS v(division, number)"
        f" JOIN registry_division d ON d.id = v.division, generate_series(0, {PARTIES - 1}) AS k"
    )
    kind = (
        "CASE k WHEN 0 THEN 'village_committee' WHEN 1 THEN 'village_collective'"
        " WHEN 2 THEN 'company' WHEN 3 THEN 'company' ELSE 'person' END"
    )
    name = (
        "CASE k WHEN 0 THEN d.name || '委会' WHEN 1 THEN d.name || '股份经济合作社'"
        " WHEN 2 THEN d.name || '茶业有限公司' WHEN 3 THEN d.name || '水务有限公司'"
        " ELSE substr('王李张刘陈杨黄赵周吴', 1 + (k % 10), 1)"
        " || substr('文武明亮春秋芳兰国强', 1 + (v.number % 10)::int, 1)"
        " || k END"
    )
    key = f"(v.number - 1) * {PARTIES} + k + 1"
    insert(cursor, Party, {"id": key, "kind": kind, "name": name, "division_id": "v.division"}, grid)
    insert(
        cursor,
        PersonalData,
        {"party_id": "p.id", "phone": "'138' || lpad(p.id::text, 8, '0')"},
        "registry_party p WHERE p.kind = 'person'",
    )
    insert(
        cursor,
        Source,
        {
            "id": "d.id", "kind": "'decision'", "title": "'确权决定'",
            "number": "'测政发〔2017〕' || d.id || '号'",
            "division_id": "d.id", "issued_on": "DATE '2017-12-20'",
        },
        "registry_division d WHERE d.level = 'township'",
    )  # fmt: skip


def _units(cursor: Any, count: int, seed: int, large: int, villages: list[Division]) -> None:
    """Units in the villages: the first township has ``large`` of them, the second a tenth of that."""
    keys = ",".join(str(place.pk) for place in villages)
    town = (
        f"CASE WHEN i <= {large} THEN 0 WHEN i <= {large + large // 10} THEN 1"
        f" ELSE 2 + i % {TOWNSHIPS - 2} END"
    )
    village = f"(({town}) * {VILLAGES} + {_chance(seed, 'i', VILLAGES)} + 1)"
    insert(
        cursor,
        Unit,
        {
            "id": "i", "kind": "'asset'",
            "code": f"'{settings.COUNTY['code']}-BENCH-' || lpad(i::text, 7, '0')",
            "name": "'测量道路' || i || '号'", "division_id": f"(ARRAY[{keys}]::bigint[])[{village}]",
            "state": "'in_use'", "state_since": "DATE '2019-12-01'", "shape_need": "'required'",
        },
        f"generate_series(1, {count}) AS i",
    )  # fmt: skip
    place = f"array_position(ARRAY[{keys}]::bigint[], u.division_id)"
    stray = f"CASE WHEN {_chance(seed + 9, 'u.id', 100)} < 1 THEN 3 ELSE 0 END"  # three villages further
    point = (
        f"ST_SetSRID(ST_MakePoint({_west(f'{place} + {stray}')}"
        f" + {CELL} * {_chance(seed + 1, 'u.id', 10**6)} / 1e6,"
        f" {_south(place)} + {CELL} * {_chance(seed + 2, 'u.id', 10**6)} / 1e6), 4490)"
    )
    insert(
        cursor,
        Shape,
        {"unit_id": "u.id", "geom": point, "valid": "'[2020-01-01,)'", "method": "'survey'"},
        f"registry_unit u WHERE {_chance(seed + 3, 'u.id', 100)} < 95",
    )


def _entries(cursor: Any, count: int, seed: int) -> None:
    """Four a unit: ownership, income (2 in 100 do not add up), the keeper of before and the keeper of now."""
    change = f"DATE '2022-01-01' + {_chance(seed + 4, 'u.id', 1000)}"
    first = f"((v.number - 1) * {PARTIES} + 1)"
    wrong = f"{_chance(seed + 5, 'u.id', 100)} < 2"
    paper = f"CASE WHEN {_chance(seed + 6, 'u.id', 100)} < 90 THEN d.parent_id END"
    values = {
        "id": "(u.id - 1) * 4 + k",
        "unit_id": "u.id",
        "kind": "CASE WHEN k <= 2 THEN 'right' ELSE 'duty' END",
        "code": "(ARRAY['ownership','income','upkeep','upkeep'])[k]",
        "party_id": f"{first} + CASE k WHEN 3 THEN 0 WHEN 4 THEN 2 * {_chance(seed + 7, 'u.id', 2)}"
        " ELSE 1 END",
        "agent_id": f"CASE WHEN k > 2 THEN {first} + 4 + {_chance(seed + 8, 'u.id * 4 + k', 20)} END",
        "share_num": f"CASE WHEN k = 2 AND {wrong} THEN 3 ELSE 1 END",
        "share_den": f"CASE WHEN k = 2 AND {wrong} THEN 5 ELSE 1 END",
        "valid": f"CASE k WHEN 3 THEN daterange('2019-01-01', {change}) WHEN 4 THEN daterange({change}, NULL)"
        " ELSE daterange('2018-01-01', NULL) END",
        "source_id": paper,
    }
    rows = (
        "registry_unit u JOIN registry_division d ON d.id = u.division_id"
        " JOIN (SELECT division_id, (min(id) - 1) / 24 + 1 AS number FROM registry_party GROUP BY 1) v"
        " ON v.division_id = u.division_id, generate_series(1, 4) AS k"
    )
    insert(cursor, Entry, values, rows)


def _history(cursor: Any) -> None:
    """Event rows of five years: one for every unit, shape and entry, one more where it changed."""
    begin, days = HISTORY
    pghistory.models.Context.objects.create(pk=AUTHOR, metadata={"user": 0, "reason": "bench"})
    then = f"TIMESTAMPTZ '{begin} 09:00+08' + {_chance(11, '{key}', days)} * INTERVAL '1 day'"
    known = then.format(key="r.id")
    _events(cursor, Party, {"pgh_created_at": f"TIMESTAMPTZ '{begin} 08:00+08'"})
    _events(
        cursor,
        Unit,
        {"pgh_created_at": known, "name": "CASE WHEN r.id % 5 = 0 THEN r.name || '（旧）' ELSE r.name END"},
    )
    _events(cursor, Unit, {"pgh_created_at": f"{known} + INTERVAL '90 days'"}, "update", "r.id % 5 = 0")
    _events(cursor, Shape, {"pgh_created_at": then.format(key="r.unit_id")})
    entered = then.format(key="r.unit_id")
    started = f"greatest({entered}, lower(r.valid) + INTERVAL '3 days')"
    open_ended = "daterange(lower(r.valid), NULL)"
    _events(cursor, Entry, {"pgh_created_at": started, "valid": open_ended})
    ended = f"greatest({entered} + INTERVAL '1 day', upper(r.valid) + INTERVAL '3 days')"
    _events(cursor, Entry, {"pgh_created_at": ended}, "update", "NOT upper_inf(r.valid)")


def _events(
    cursor: Any, model: Any, values: dict[str, str], label: str = "insert", where: str = "true"
) -> None:
    event = model.events.rel.related_model
    own = {field.column for field in model._meta.concrete_fields}
    given = {
        field.column: f"r.{field.column}" for field in event._meta.concrete_fields if field.column in own
    }
    author = f"CASE WHEN r.id % 200 > 0 THEN '{AUTHOR}'::uuid END"  # one in 200 came by SQL
    given |= {"pgh_label": f"'{label}'", "pgh_obj_id": "r.id", "pgh_context_id": author} | values
    insert(cursor, event, given, f"{model._meta.db_table} r WHERE {where} ORDER BY r.id")


def _sequences(cursor: Any) -> None:
    """Keys go on after those that were given."""
    for model in (Party, Source, Unit, Entry):
        table = model._meta.db_table
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'),"
            f" (SELECT coalesce(max(id), 1) FROM {table}))"
        )
