"""Readings of the tree of divisions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.utils.translation import gettext as _

from registry import clock
from registry.codes import CodeSystem
from registry.errors import BadInput
from registry.models import Division, DivisionCode, DivisionSuccession


def ancestors_of_path(path: str) -> list[int]:
    """Primary keys along a path, the top first."""
    return [int(part) for part in path.split("/") if part]


def go_live_by_division(keys: Iterable[int]) -> dict[int, dt.date]:
    """Go-live date per division, inherited from the nearest ancestor that has one. Two queries."""
    paths = dict(Division.objects.filter(pk__in=set(keys)).values_list("pk", "path"))
    lineage = {pk: ancestors_of_path(path) for pk, path in paths.items()}
    above = {key for keys_ in lineage.values() for key in keys_}
    set_ = Division.objects.filter(pk__in=above, go_live__isnull=False).values_list("pk", "go_live")
    dates = {pk: day for pk, day in set_ if day is not None}
    found = {}
    for pk, line in lineage.items():
        for key in reversed(line):
            if key in dates:
                found[pk] = dates[key]
                break
    return found


def go_live_of(division: Division) -> dt.date | None:
    """Go-live date of one place at hand, inherited from the nearest ancestor that has one. One query."""
    line = Division.objects.filter(pk__in=ancestors_of_path(division.path), go_live__isnull=False)
    return line.order_by("-path").values_list("go_live", flat=True).first()


@dataclass(frozen=True)
class Resolved:
    """Which place a code meant on a day, and who follows it today (nobody, where it still stands)."""

    division: Division
    successors: tuple[Division, ...]


def successors_of(keys: Iterable[int], day: dt.date | None = None) -> dict[int, list[Division]]:
    """The places of a day (today) that follow each ended place, through every change between. Two queries."""
    wanted = sorted(set(keys))
    if not wanted:
        return {}
    table = DivisionSuccession._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"""WITH RECURSIVE line(first, id) AS (
                    SELECT predecessor_id, successor_id FROM {table} WHERE predecessor_id = ANY(%s)
                    UNION SELECT line.first, s.successor_id
                            FROM line JOIN {table} s ON s.predecessor_id = line.id
                ) SELECT line.first, d.id FROM line JOIN registry_division d ON d.id = line.id
                  WHERE d.valid @> %s::date ORDER BY d.path""",  # noqa: S608  (own names)
            [wanted, day or clock.today()],
        )
        pairs = cursor.fetchall()
    places = Division.objects.in_bulk({pk for _first, pk in pairs})
    found: dict[int, list[Division]] = {}
    for first, pk in pairs:
        found.setdefault(first, []).append(places[pk])
    return found


def resolve(code: str, system: str = CodeSystem.NBS, day: dt.date | None = None) -> Resolved:
    """The place that a code meant on a day (today; failing that, the last that had it), with its successors.

    A code retired in one year still resolves. Raises ``BadInput`` with a sentence for a code that nobody had.
    """
    day = day or clock.today()
    rows = DivisionCode.objects.filter(system=system, code=code).select_related("division")
    held = rows.filter(valid__contains=day).first() or rows.order_by("-valid").first()
    if held is None:
        raise BadInput(
            _(
                "There is no division with the %(system)s %(code)s. Import the divisions first, "
                "or check the code."
            )
            % {"system": CodeSystem(system).label, "code": code},
            "no_division",
        )
    place = held.division
    stands = clock.today() in place.valid
    return Resolved(place, () if stands else tuple(successors_of([place.pk]).get(place.pk, ())))


def division_by_code(code: str, system: str = CodeSystem.NBS, day: dt.date | None = None) -> Division:
    """The division of a code on a day; without a day, the one to work with today.

    A retired code gives its one successor of today. Raises ``BadInput`` with a sentence when the code is
    unknown, or when several places (all named) follow the one that had it.
    """
    found = resolve(code, system, day)
    if day is not None or not found.successors:
        return found.division
    if len(found.successors) == 1:
        return found.successors[0]
    raise BadInput(
        _(
            "The %(system)s %(code)s was that of %(place)s until %(day)s; it was followed by %(others)s. "
            "Give the code of one of these."
        )
        % {
            "system": CodeSystem(system).label,
            "code": code,
            "place": found.division.name,
            "day": found.division.valid.upper,
            "others": _with_codes(found.successors, system),
        },
        "ambiguous_division",
    )


def _with_codes(places: Iterable[Division], system: str) -> str:
    places = list(places)
    codes = codes_by_division((place.pk for place in places), system)
    return "、".join(f"{place.name} {codes.get(place.pk, '')}".strip() for place in places)


def codes_by_division(keys: Iterable[int], system: str = CodeSystem.NBS) -> dict[int, str]:
    """Newest code of each division in a system; one query."""
    rows = DivisionCode.objects.filter(division_id__in=set(keys), system=system).order_by("valid")
    return dict(rows.values_list("division_id", "code"))


def line_of(division: Division) -> list[Division]:
    """The places above a division, the top first. One query."""
    keys = ancestors_of_path(division.path)[:-1]
    places = Division.objects.in_bulk(keys)
    return [places[key] for key in keys if key in places]


def below(division: Division, day: dt.date) -> list[Division]:
    """The places right below a division on a day, in their order. One query."""
    return list(Division.objects.on(day).filter(parent=division).order_by("level", "path"))
