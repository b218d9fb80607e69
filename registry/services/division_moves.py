"""What lives in a place moves to its successor 区划变更划转: lower places, units, parties, grants."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import cast

from django.contrib.gis.geos import GEOSGeometry, MultiPolygon
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange

from registry import clock
from registry.codes import CodeSystem, DraftState, Level
from registry.models import (
    Division,
    DivisionBoundary,
    DivisionCode,
    Draft,
    Finding,
    Grant,
    Parameter,
    Party,
    Source,
    Unit,
    User,
)
from registry.rules.engine import evaluate_units

from .acts import ActLine, record_acts
from .division_codes import VILLAGE_DIGITS, free_suffix


@dataclass
class Moved:
    """What a change moved. ``units``: from which division to which, by number; ``below``: only their path."""

    units: dict[int, tuple[int, int]] = field(default_factory=dict)
    below: set[int] = field(default_factory=set)
    children: int = 0
    parties: int = 0
    findings: int = 0

    def __add__(self, other: Moved) -> Moved:
        return Moved(
            self.units | other.units,
            self.below | other.below,
            self.children + other.children,
            self.parties + other.parties,
            self.findings + other.findings,
        )

    @property
    def counts(self) -> dict[str, int]:
        """As the book keeps it."""
        return {
            "units": len(self.units),
            "units_below": len(self.below),
            "children": self.children,
            "parties": self.parties,
            "findings": self.findings,
        }


def move_life(
    old: Sequence[Division],
    successor: Division,
    *,
    on: dt.date,
    children: Collection[int] | None = None,
    rest: bool = True,
) -> Moved:
    """Move what lives in the old places (``children`` None: all lower places; ``rest``: what is in none)."""
    lower = Division.objects.on(on).filter(parent__in=old)
    if children is not None:
        lower = lower.filter(pk__in=children)
    keys = list(lower.values_list("pk", flat=True))
    _hang_below(keys, successor)
    _recode(keys, successor, on)
    moved = Moved(children=len(keys))
    units = Unit.objects.on(on)
    for key in Division.objects.filter(pk__in=keys):
        moved.below |= set(units.within(key).values_list("pk", flat=True))
    if rest:
        rows = units.filter(division__in=old).select_for_update().order_by("pk")
        moved.units = {pk: (place, successor.pk) for pk, place in rows.values_list("pk", "division_id")}
        Unit.objects.filter(pk__in=moved.units).update(division=successor)
        moved.parties = Party.objects.filter(division__in=old).update(division=successor)
        moved.findings = Finding.objects.live().filter(division__in=old).update(division=successor)
        Draft.objects.filter(division__in=old, state=DraftState.WAITING).update(division=successor)
        User.objects.filter(home__in=old).update(home=successor)
    return moved


def _hang_below(keys: list[int], successor: Division) -> None:
    """Lower places with everything below them get the successor's path; two statements."""
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE registry_division d SET path = %s || c.id || '/' || substr(d.path, length(c.path) + 1)
                 FROM registry_division c WHERE c.id = ANY(%s) AND d.path LIKE c.path || '%%'""",
            [successor.path, keys],
        )
    Division.objects.filter(pk__in=keys).update(parent=successor)


def _recode(keys: list[int], successor: Division, on: dt.date) -> None:
    """Natural villages get the 12 digits of their new village with their own suffix, or the next free one."""
    held = DivisionCode.objects.filter(system=CodeSystem.NBS, valid__contains=on)
    above = held.filter(division=successor).values_list("code", flat=True).first()
    if not above or successor.level != Level.VILLAGE:
        return
    rows = held.filter(division__in=keys, division__level=Level.NATURAL_VILLAGE)
    wrong = list(rows.exclude(code__startswith=above).order_by("code"))
    used = set(DivisionCode.objects.filter(code__startswith=above).values_list("code", flat=True))
    fresh = []
    for row in wrong:
        code = above + row.code[VILLAGE_DIGITS:]
        if code in used:
            code = above + free_suffix(above, frozenset(item[VILLAGE_DIGITS:] for item in used))
        used.add(code)
        fresh.append(
            DivisionCode(
                division_id=row.division_id,
                system=row.system,
                code=code,
                valid=DateRange(on, row.valid.upper),
            )
        )
        row.valid = DateRange(row.valid.lower, on)
    DivisionCode.objects.filter(pk__in=[row.pk for row in wrong if row.valid.isempty]).delete()
    DivisionCode.objects.bulk_update([row for row in wrong if not row.valid.isempty], ["valid"])
    DivisionCode.objects.bulk_create(fresh)


def move_grants(old: Sequence[Division], new: Sequence[Division], on: dt.date, *, carry: bool) -> int:
    """End the grants in the old places on the day; ``carry``: the same open in each new one."""
    rows = Grant.objects.select_for_update().filter(division__in=old, valid__overlap=DateRange(on, None))
    held = list(rows.order_by("pk"))
    if carry:
        there = set(Grant.objects.filter(division__in=new).values_list("user", "role", "division"))
        fresh = {
            (grant.user_id, grant.role, place.pk): Grant(
                user_id=grant.user_id,
                role=grant.role,
                division=place,
                valid=DateRange(max(on, grant.valid.lower or on), grant.valid.upper),
            )
            for grant in held
            for place in new
        }
        Grant.objects.bulk_create(grant for key, grant in fresh.items() if key not in there)
    begun = [grant for grant in held if grant.valid.lower is None or grant.valid.lower < on]
    Grant.objects.filter(pk__in=[grant.pk for grant in held if grant not in begun]).delete()
    for grant in begun:
        grant.valid = DateRange(grant.valid.lower, on)
    Grant.objects.bulk_update(begun, ["valid"])
    return len(held)


def carry_parameters(old: Division, new: Division, on: dt.date) -> None:
    """A renamed place keeps the values that it had set for itself."""
    rows = list(Parameter.objects.filter(division=old).filter(valid__overlap=DateRange(on, None)))
    fresh = [
        Parameter(
            key=row.key,
            division=new,
            value=row.value,
            source=row.source,
            valid=DateRange(max(on, row.valid.lower or on), row.valid.upper),
        )
        for row in rows
    ]
    ended = [row for row in rows if row.valid.lower is None or row.valid.lower < on]
    for row in ended:
        row.valid = DateRange(row.valid.lower, on)
    Parameter.objects.bulk_update(ended, ["valid"])
    Parameter.objects.filter(pk__in=[row.pk for row in rows if row not in ended]).delete()
    Parameter.objects.bulk_create(fresh)


def join_outlines(parts: Sequence[Division], whole: Division, on: dt.date) -> None:
    """The outline of the whole is the union of its parts, where each has one; the parts' outlines end."""
    keys = [place.pk for place in parts]
    rows = DivisionBoundary.objects.filter(division__in=keys, valid__contains=on)
    complete = rows.count() == len(keys)
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT ST_AsEWKB(ST_Multi(ST_CollectionExtract(ST_UnaryUnion(ST_Collect(geom)), 3))),
                      CASE WHEN count(*) = count(control_area_m2) THEN sum(control_area_m2) END
                 FROM registry_divisionboundary WHERE division_id = ANY(%s) AND valid @> %s::date""",
            [keys, on],
        )
        union, area = cursor.fetchone()
        cursor.execute(
            "UPDATE registry_divisionboundary SET valid = daterange(lower(valid), %s) "
            "WHERE division_id = ANY(%s) AND valid @> %s::date AND lower(valid) < %s",
            [on, keys if complete else [key for key in keys if key != whole.pk], on, on],
        )
    if complete and union is not None:
        DivisionBoundary.objects.create(
            division=whole,
            geom=cast(MultiPolygon, GEOSGeometry(memoryview(union))),
            control_area_m2=area,
            valid=DateRange(on, None),
        )


def evaluate_moved(moved: Moved, *, on: dt.date, by: User | None, reason: str, source: Source | None) -> None:
    """One line in the book of every unit that moved; then the rules read them again."""
    names = dict(
        Division.objects.filter(pk__in={key for pair in moved.units.values() for key in pair}).values_list(
            "pk", "name"
        )
    )
    lines = [
        ActLine(
            verb="unit_moved",
            division=new,
            unit=unit,
            subject=f"unit:{unit}",
            reason=reason,
            effective_on=on,
            source=source,
            before={"division": old, "name": names[old]},
            after={"division": new, "name": names[new]},
        )
        for unit, (old, new) in moved.units.items()
    ]
    record_acts(lines, by=by)
    evaluate_units(moved.units.keys() | moved.below, as_of=clock.today())
