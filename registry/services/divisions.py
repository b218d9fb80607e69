"""Write the tree of divisions: places, codes of a system, names, the go-live date. 中文：区划维护"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import ProtectedError, Q
from django.utils.translation import gettext as _

from registry import access, clock
from registry.errors import BadInput, RegistryError
from registry.models import Act, Division, DivisionCode, ImportBatch, User

from .acts import ActLine, record_act, record_acts

FIELDS = ("name", "parent", "households", "people")


@dataclass(kw_only=True)
class PlaceLine:
    """A place of an official list: new (``division`` None), or one that is there and gets ``changes``.

    ``parent`` is the line above in the same list, or a division that is there; ``code`` is set where the
    system's code of the place is new or another one.
    """

    level: str
    name: str
    parent: PlaceLine | Division | None = None
    division: Division | None = None
    code: str | None = None
    households: int | None = None
    people: int | None = None
    changes: dict[str, Any] = field(default_factory=dict)

    def parent_row(self) -> Division | None:
        return self.parent.division if isinstance(self.parent, PlaceLine) else self.parent


@transaction.atomic
def write_places(
    lines: Sequence[PlaceLine],
    *,
    system: str,
    valid_from: dt.date,
    changed_from: dt.date,
    by: User | None,
    batch: ImportBatch,
) -> None:
    """Write an official list (upper levels first): new places, names, parents, codes, in a dozen statements.

    What is new holds from ``valid_from`` on; a code that replaces another one, of the place or by passing to
    another place, begins on ``changed_from``, when the other one ends.
    """
    access.require(by, "import_divisions")
    _create([line for line in lines if line.division is None], valid_from, batch)
    _change([line for line in lines if line.changes], by, batch, changed_from)
    _codes([line for line in lines if line.code], system, valid_from, changed_from)


def _create(lines: list[PlaceLine], valid_from: dt.date, batch: ImportBatch) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('registry_division', 'id')) FROM generate_series(1, %s)",
            [len(lines)],
        )
        keys = [row[0] for row in cursor.fetchall()]
    for line, key in zip(lines, keys, strict=True):
        parent = line.parent_row()
        line.division = Division(
            pk=key,
            name=line.name,
            level=line.level,
            parent=parent,
            path=f"{parent.path if parent else '/'}{key}/",
            valid=DateRange(valid_from, None),
            households=line.households,
            people=line.people,
            batch=batch,
        )
    Division.objects.bulk_create([line.division for line in lines if line.division], batch_size=1000)


def _change(lines: list[PlaceLine], by: User | None, batch: ImportBatch, day: dt.date) -> None:
    acts = []
    for line in lines:
        place = line.division
        assert place is not None  # noqa: S101  (a line with changes has matched a place)
        if "parent" in line.changes:
            line.changes["parent"] = line.parent_row()
        before = {name: _plain(getattr(place, name)) for name in line.changes}
        old_path = place.path
        for name, value in line.changes.items():
            setattr(place, name, value)
        if "parent" in line.changes:
            place.path = f"{place.parent.path if place.parent else '/'}{place.pk}/"
            move_below(old_path, place.path)
        acts.append(
            ActLine(
                verb="division_changed",
                division=place,
                subject=f"division:{place.pk}",
                effective_on=day,
                before=before,
                after={name: _plain(value) for name, value in line.changes.items()},
            )
        )
    Division.objects.bulk_update([line.division for line in lines if line.division], [*FIELDS, "path"])
    record_acts(acts, by=by, batch=batch)


def _plain(value: Any) -> Any:
    return value.pk if isinstance(value, Division) else value


def move_below(old_path: str, new_path: str) -> None:
    """Give everything below a moved place its new path; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE registry_division SET path = %s || substr(path, %s) WHERE path LIKE %s",
            [new_path, len(old_path) + 1, f"{old_path}%"],
        )


def _codes(lines: list[PlaceLine], system: str, valid_from: dt.date, changed_from: dt.date) -> None:
    """End the codes that the places had, and those that other places had to give up; begin the new ones."""
    places = [line.division for line in lines]
    ending = DivisionCode.objects.filter(
        Q(division__in=places) | Q(code__in=[line.code for line in lines]),
        system=system,
        valid__contains=changed_from,
    )
    old = list(ending)
    replaced = {code.division_id for code in old} | {code.code for code in old}
    ended = [code for code in old if code.valid.lower < changed_from]
    DivisionCode.objects.filter(pk__in=[code.pk for code in old if code not in ended]).delete()
    for code in ended:
        code.valid = DateRange(code.valid.lower, changed_from)
    DivisionCode.objects.bulk_update(ended, ["valid"])
    DivisionCode.objects.bulk_create(
        [_code(line, system, replaced, valid_from, changed_from) for line in lines]
    )


def _code(
    line: PlaceLine, system: str, replaced: set[int | str], valid_from: dt.date, changed_from: dt.date
) -> DivisionCode:
    assert line.division is not None  # noqa: S101
    takes_over = line.division.pk in replaced or line.code in replaced
    begin = changed_from if takes_over else valid_from
    return DivisionCode(
        division=line.division, system=system, code=line.code or "", valid=DateRange(begin, None)
    )


@transaction.atomic
def remove_places(*, batch: ImportBatch) -> int:
    """Remove the places that a batch made, the lowest first; give their number.

    Only where nothing rests on them; the division under which the book keeps its records of the import stays
    as a bare row. Raises ``RegistryError`` with the place that is in use.
    """
    places = list(Division.objects.filter(batch=batch).order_by("-path"))
    foreign = Division.objects.filter(parent__in=places).exclude(batch=batch).select_related("parent").first()
    if foreign is not None:
        raise RegistryError(
            _("%(place)s has received %(child)s below it. Reverse that import first.")
            % {"place": foreign.parent, "child": foreign},
            "later_facts",
        )
    DivisionCode.objects.filter(division__in=places).delete()
    keep = set(
        Act.objects.filter(batch=batch, subject=f"batch:{batch.pk}").values_list("division_id", flat=True)
    )
    for place in places:
        if place.pk in keep:
            continue
        try:
            with transaction.atomic():
                Division.objects.filter(pk=place.pk).delete()
        except ProtectedError as error:
            raise RegistryError(
                _("Something in the register rests on %(place)s, so this list cannot be reversed.")
                % {"place": place},
                "later_facts",
            ) from error
    return len(places)


@transaction.atomic
def set_go_live(*, division: Division, on: dt.date, by: User | None, reason: str = "") -> Division:
    """Set the day from which the register of a division is answered for. 中文：启用日期

    Findings that were true before that day form the baseline (存量问题).
    """
    access.require(by, "administer", division)
    place = Division.objects.select_for_update().get(pk=division.pk)
    before = {"go_live": place.go_live.isoformat() if place.go_live else None}
    place.go_live = on
    place.save(update_fields=["go_live"])
    record_act(
        by=by,
        verb="go_live_set",
        division=place,
        subject=f"division:{place.pk}",
        reason=reason,
        effective_on=on,
        before=before,
        after={"go_live": on.isoformat()},
    )
    return place


@transaction.atomic
def set_people(
    *, division: Division, households: int | None, people: int | None, by: User | None, reason: str = ""
) -> Division:
    """Households and people of a place as they are counted now; None where nobody knows. 中文：户数、人口"""
    access.require(by, "count_people", division)
    place = Division.objects.select_for_update().get(pk=division.pk)
    values = {"households": households, "people": people}
    if people is not None and households is not None and people < households:
        raise BadInput(
            _("%(place)s would have %(households)d households and only %(people)d people. Compare the two.")
            % {"place": place.name, "households": households, "people": people},
            "fewer_people",
        )
    before = {name: getattr(place, name) for name, value in values.items() if getattr(place, name) != value}
    if not before:
        return place
    for name, value in values.items():
        setattr(place, name, value)
    place.save(update_fields=list(values))
    record_act(
        by=by,
        verb="division_changed",
        division=place,
        subject=f"division:{place.pk}",
        reason=reason,
        effective_on=clock.today(),
        before=before,
        after={name: values[name] for name in before},
    )
    return place


def restore_places(*, batch: ImportBatch) -> None:
    """Give the places that a batch changed their earlier facts back, from the book's *before*."""
    acts = Act.objects.filter(batch=batch, verb="division_changed").select_related("division")
    for act in acts.order_by("-id"):
        place = act.division
        old_path = place.path
        for name, value in (act.before or {}).items():
            setattr(place, f"{name}_id" if name == "parent" else name, value)
        if "parent" in (act.before or {}):
            above = Division.objects.filter(pk=place.parent_id or 0).first()
            place.path = f"{above.path if above else '/'}{place.pk}/"
            move_below(old_path, place.path)
        place.save()


def forget_codes(*, system: str, days: Sequence[dt.date], codes: Sequence[str]) -> None:
    """Take back codes that a batch began on a day, and let those that ended that day go on."""
    begun = DivisionCode.objects.filter(system=system, code__in=codes, valid__startswith__in=days)
    places = set(begun.values_list("division_id", flat=True))
    begun.delete()
    ended = list(
        DivisionCode.objects.filter(
            Q(division_id__in=places) | Q(code__in=codes), system=system, valid__endswith__in=days
        )
    )
    for row in ended:
        row.valid = DateRange(row.valid.lower, None)
    DivisionCode.objects.bulk_update(ended, ["valid"])
