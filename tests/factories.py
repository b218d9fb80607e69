"""Plain functions that make rows for the tests: what is not given is ordinary and in order."""

from __future__ import annotations

import datetime as dt
import functools
import io
import itertools
import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.contrib.auth.hashers import get_hasher, make_password
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon, Point, Polygon
from django.db.backends.postgresql.psycopg_any import DateRange
from PIL import Image

from assets.codes import SUBTYPES_OF_CLASS
from assets.models import Asset, Inspection, UpkeepTerms
from projects.models import FundingLine, Project
from registry import clock
from registry.codes import KIND_OF_CODE, Level, ShapeMethod, UnitKind, UnitState
from registry.models import (
    Act,
    Decision,
    Division,
    DivisionBoundary,
    DivisionCode,
    Entry,
    Grant,
    Notice,
    Objection,
    Party,
    PersonalData,
    Shape,
    Source,
    Unit,
    User,
)

_numbers = itertools.count(1)
LONG_AGO = dt.date(2013, 1, 1)
VALUE = Decimal("120000.00")


def day(text: str) -> dt.date:
    """day("2024-03-31")"""
    return dt.date.fromisoformat(text)


def period(begin: dt.date | str, end: dt.date | str | None = None) -> DateRange:
    """Half-open [begin, end)."""
    begin = day(begin) if isinstance(begin, str) else begin
    end = day(end) if isinstance(end, str) else end
    return DateRange(begin, end)


def division(
    name: str = "屏边苗族自治县",
    level: str = Level.COUNTY,
    parent: Division | None = None,
    *,
    code: str | None = None,
    system: str = "nbs",
    valid_from: dt.date = LONG_AGO,
    **fields: Any,
) -> Division:
    """A place with its path, and its code where one is given."""
    row = Division.objects.create(
        name=name, level=level, parent=parent, path="/", valid=period(valid_from), **fields
    )
    row.path = f"{parent.path if parent else '/'}{row.pk}/"
    row.save(update_fields=["path"])
    if code:
        DivisionCode.objects.create(division=row, system=system, code=code, valid=period(valid_from))
    return row


def county(**fields: Any) -> Division:
    """The county; the one that is there already, unless fields are given."""
    there = None if fields else _coded("532523")
    return there or division("屏边苗族自治县", Level.COUNTY, code="532523", **fields)


def township(
    parent: Division | None = None, name: str = "新华乡", code: str = "532523205", **fields: Any
) -> Division:
    """A township; the one with this code that is there already."""
    return _coded(code) or division(name, Level.TOWNSHIP, parent or county(), code=code, **fields)


def village(
    parent: Division | None = None, name: str = "新华村委会", code: str | None = None, **fields: Any
) -> Division:
    """A new village; without a parent it lies in the township."""
    parent = parent or township()
    if code is None:
        held = DivisionCode.objects.filter(division=parent, system="nbs").first()
        within = held.code if held else "532523205"
        code = next(
            code for code in (f"{within}{200 + n % 700:03d}" for n in _numbers) if _coded(code) is None
        )
    return division(name, Level.VILLAGE, parent, code=code, **fields)


def _coded(code: str) -> Division | None:
    return Division.objects.coded(code).first()


def boundary(of: Division, outline: GEOSGeometry, valid_from: dt.date = LONG_AGO) -> DivisionBoundary:
    multi = outline if outline.geom_type == "MultiPolygon" else MultiPolygon(outline, srid=4490)
    return DivisionBoundary.objects.create(division=of, geom=multi, valid=period(valid_from))


def square(lon: float = 103.7, lat: float = 23.0, metres: float = 100.0) -> Polygon:
    """A square of about that side, its lower left corner at the point; EPSG:4490."""
    up = metres / 111_000
    right = metres / (111_320 * math.cos(math.radians(lat)))
    ring = ((lon, lat), (lon + right, lat), (lon + right, lat + up), (lon, lat + up), (lon, lat))
    return Polygon(ring, srid=4490)


def point(lon: float = 103.7, lat: float = 23.0) -> Point:
    return Point(lon, lat, srid=4490)


def party(
    name: str | None = None, kind: str = "village_collective", of: Division | None = None, **fields: Any
) -> Party:
    """Someone who can hold a right or bear a duty."""
    return Party.objects.create(
        name=name or f"第{next(_numbers)}股份经济合作社",
        kind=kind,
        division=of or fields.pop("division", None) or Division.objects.order_by("-path")[0],
        **fields,
    )


def person(
    name: str = "杨文", of: Division | None = None, phone: str = "", id_number: str = "", **fields: Any
) -> Party:
    row = party(name, "person", of, **fields)
    if phone or id_number:
        PersonalData.objects.create(party=row, phone=phone, id_number=id_number)
    return row


def source(of: Division | None = None, number: str = "新发〔2021〕14号", **fields: Any) -> Source:
    values = {"kind": "decision", "title": "确权通知", "issued_on": dt.date(2021, 4, 23)} | fields
    return Source.objects.create(number=number, division=of or Division.objects.order_by("path")[0], **values)


def unit(
    name: str | None = None,
    of: Division | None = None,
    *,
    kind: str = UnitKind.ASSET,
    state: str = UnitState.IN_USE,
    code: str | None = None,
    state_since: dt.date | None = dt.date(2020, 1, 1),
    **fields: Any,
) -> Unit:
    """A registered thing (of kind asset, without its asset row: see ``asset``)."""
    number = next(_numbers)
    return Unit.objects.create(
        code=code or f"U{number:06d}",
        name=name or f"登记单元{number}",
        kind=kind,
        division=of or village(),
        state=state,
        state_since=state_since,
        **fields,
    )


def asset(
    name: str | None = None,
    of: Division | None = None,
    *,
    asset_class: str | None = None,
    subtype: str = "road",
    completed_on: dt.date | None = dt.date(2019, 12, 1),
    **fields: Any,
) -> Asset:
    """An asset with its unit; the class follows the sub-type unless it is given."""
    found = [key for key, subtypes in SUBTYPES_OF_CLASS.items() if subtype in subtypes]
    unit_fields = {
        key: fields.pop(key)
        for key in ("state", "code", "state_since", "left_on", "annulled", "batch")
        if key in fields
    }
    return Asset.objects.create(
        unit=fields.pop("unit", None) or unit(name, of, **unit_fields),
        asset_class=asset_class or found[0],
        subtype=subtype,
        nature=fields.pop("nature", "fixed"),
        completed_on=completed_on,
        original_value=fields.pop("original_value", VALUE),
        **fields,
    )


def entry(
    of: Unit | Asset,
    code: str = "ownership",
    holder: Party | None = None,
    *,
    share: Fraction | str = Fraction(1),
    begin: dt.date | str = dt.date(2020, 1, 1),
    end: dt.date | str | None = None,
    **fields: Any,
) -> Entry:
    """A right, duty or restriction, written without any service."""
    held = of.unit if isinstance(of, Asset) else of
    part = Fraction(share)
    return Entry.objects.create(
        unit=held,
        code=code,
        kind=KIND_OF_CODE[code],
        party=holder or party(of=held.division),
        share_num=part.numerator,
        share_den=part.denominator,
        valid=period(begin, end),
        **fields,
    )


def upkeep(of: Unit | Asset, body: Party | None = None, named: Party | None = None, **fields: Any) -> Entry:
    """An upkeep duty with its terms; ``named`` is the responsible person."""
    row = entry(of, "upkeep", body, agent=named, **fields)
    UpkeepTerms.objects.create(entry=row, annual_budget=Decimal("3000.00"), budget_source="村集体收入")
    return row


def inspection(of: Unit | Asset, on: dt.date | str, **fields: Any) -> Inspection:
    held = of.unit if isinstance(of, Asset) else of
    values = {"inspector": "杨文", "condition": "good"} | fields
    return Inspection.objects.create(unit=held, inspected_on=day(on) if isinstance(on, str) else on, **values)


def shape(
    of: Unit | Asset,
    geom: GEOSGeometry | None = None,
    begin: dt.date | str = dt.date(2020, 1, 1),
    **fields: Any,
) -> Shape:
    held = of.unit if isinstance(of, Asset) else of
    values = {"method": ShapeMethod.SURVEY} | fields
    return Shape.objects.create(unit=held, geom=geom or point(), valid=period(begin), **values)


def act(of: Unit, verb: str = "batch_reversed", **fields: Any) -> Act:
    """An act of the book, such as the one that takes facts back."""
    return Act.objects.create(
        verb=verb, at=clock.now(), user_name="make", division=of.division, unit=of, **fields
    )


def picture(kind: str = "JPEG", size: tuple[int, int] = (64, 48), exif: Any = None, **fields: Any) -> bytes:
    """The bytes of a small picture, with what a camera wrote where that is given."""
    out = io.BytesIO()
    more = {"exif": exif} if exif is not None else {}
    Image.new(fields.pop("mode", "RGB"), size, fields.pop("colour", "#3a6b4f")).save(
        out, kind, **more, **fields
    )
    return out.getvalue()


def project(
    name: str = "产业道路项目", of: Division | None = None, year: int = 2019, **fields: Any
) -> Project:
    return Project.objects.create(
        unit=unit(name, of, kind=UnitKind.PROJECT, state=UnitState.ACCEPTED, **fields), year=year
    )


def funding(of: Asset, amount: Decimal | str = VALUE, source: str = "central", **fields: Any) -> FundingLine:
    return FundingLine.objects.create(
        unit=of.unit, project=of.project, source=source, amount=Decimal(amount), **fields
    )


def decision(of: Division | None = None, **fields: Any) -> Decision:
    """A meeting of all members that carried what it decided: 300 members, 200 there, 200 in favour."""
    values = {
        "body": "members",
        "title": "收益分配方案",
        "held_on": dt.date(2026, 5, 20),
        "members_total": 300,
        "present": 200,
        "in_favour": 200,
        "notice_on": dt.date(2026, 5, 1),
        "accounts_on": dt.date(2026, 5, 1),
        "party_on": dt.date(2026, 4, 28),
        "matters": [7],
    } | fields
    units = values.pop("units", ())
    row = Decision.objects.create(division=of or village(), **values)
    row.units.set(units)
    return row


def notice(of: Division | None = None, **fields: Any) -> Notice:
    """A public notice of ten days."""
    values = {
        "kind": "distribution_plan",
        "title": "收益分配方案公示",
        "opened_on": dt.date(2026, 5, 1),
        "closed_on": dt.date(2026, 5, 10),
        "matter": "FP-2026-1",
    } | fields
    units = values.pop("units", ())
    row = Notice.objects.create(division=of or village(), **values)
    row.units.set(units)
    return row


def objection(of: Notice, **fields: Any) -> Objection:
    values = {"raised_on": of.opened_on, "text": "面积有误"} | fields
    return Objection.objects.create(notice=of, **values)


def user(role: str | None = None, of: Division | None = None, name: str | None = None, **fields: Any) -> User:
    """Someone who signs in, with one grant of a role in a division where both are given."""
    row = User.objects.create(username=name or f"user{next(_numbers)}", password=_hashed("demo"), **fields)
    if role and of is not None:
        Grant.objects.create(user=row, role=role, division=of, valid=period(LONG_AGO))
    return row


@functools.cache
def _hash_by(algorithm: str, word: str) -> str:
    return make_password(word, hasher=algorithm)


def _hashed(word: str) -> str:
    """The password's hash, made once for each algorithm: hashing is slow on purpose."""
    return _hash_by(get_hasher().algorithm, word)
