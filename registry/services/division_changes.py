"""Places change 区划变更: renamed, merged, split on a day. What ends keeps its row and still resolves.

The predecessor and its codes end on the day; who follows it is written down (``DivisionSuccession``), and
everything that lives there moves: natural villages, units, parties, live findings and, where so decided,
the grants of its officers.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from registry import access, clock
from registry.codes import CodeSystem, Level, Succession
from registry.errors import BadInput
from registry.models import Act, Division, DivisionCode, DivisionSuccession, Source, User

from .acts import record_act
from .division_codes import checked_code, free_suffix, refuse_taken_code
from .division_moves import (
    Moved,
    carry_parameters,
    evaluate_moved,
    join_outlines,
    move_grants,
    move_life,
)


@dataclass(frozen=True, kw_only=True)
class NewPlace:
    """A place that a change makes: its name and codes by system; a part of a split says what lies in it.

    ``children`` are the natural villages (or lower divisions) that go to this part; ``rest`` marks the one
    part that gets what lay directly in the divided place.
    """

    name: str
    codes: dict[str, str] = field(default_factory=dict)
    children: tuple[Division, ...] = ()
    rest: bool = False
    households: int | None = None
    people: int | None = None


@transaction.atomic
def rename_division(
    *,
    division: Division,
    name: str,
    on: dt.date,
    by: User | None,
    source: Source | None = None,
    codes: dict[str, str] | None = None,
    reason: str = "",
) -> Division:
    """Another name from a day on (更名、撤乡设镇): a successor follows, with these codes, or the same ones.

    Raises ``NotAllowed``, ``BadInput`` for a place that is not there on the day, a name of a neighbour, or a
    code that is wrong or taken.
    """
    [old] = _lock([division], on, by)
    held = dict(_codes_on([old], on).values_list("system", "code"))
    new = NewPlace(name=name, codes={**held, **(codes or {})}, households=old.households, people=old.people)
    _refuse_name(new, old.parent, but=[old], on=on)
    _end([old], on)
    successor = _make(new, old.level, old.parent, on)
    successor.go_live = old.go_live
    successor.save(update_fields=["go_live"])
    _succeed([old], [successor], on, Succession.RENAMED, source)
    join_outlines([old], successor, on)
    carry_parameters(old, successor, on)
    moved = move_life([old], successor, on=on)
    move_grants([old], [successor], on, carry=True)
    _record([old], [successor], Succession.RENAMED, on, by, reason, source, moved)
    evaluate_moved(moved, on=on, by=by, reason=reason, source=source)
    return successor


@transaction.atomic
def merge_divisions(
    *,
    old: Sequence[Division],
    into: Division | NewPlace,
    on: dt.date,
    by: User | None,
    source: Source | None = None,
    grants: bool = True,
    reason: str = "",
) -> Division:
    """Several places become one from a day on (合并): a new one, or one that takes the others in.

    ``grants``: the officers of the old places get the same role in the new one; otherwise their grants end.
    Raises ``NotAllowed``, ``BadInput`` for places of several levels, under several divisions, or ended.
    """
    receiver = [into] if isinstance(into, Division) else []
    locked = _lock([*old, *receiver], on, by)
    places = [place for place in locked if place.pk in {row.pk for row in old}]
    _refuse_merge(places, into)
    if isinstance(into, Division):
        successor = next(place for place in locked if place.pk == into.pk)
        summed = [*places, successor]
    else:
        _refuse_name(into, places[0].parent, but=places, on=on)
        summed = places
    counts = _sums(summed)
    _end(places, on)
    if isinstance(into, NewPlace):
        successor = _make(into, places[0].level, places[0].parent, on)
        dates = {place.go_live for place in places}
        successor.go_live = dates.pop() if len(dates) == 1 else None
    for name, value in counts.items():
        setattr(successor, name, value)
    successor.save()
    _succeed(places, [successor], on, Succession.MERGED, source)
    join_outlines(summed, successor, on)
    moved = move_life(places, successor, on=on)
    move_grants(places, [successor], on, carry=grants)
    _record(places, [successor], Succession.MERGED, on, by, reason, source, moved)
    evaluate_moved(moved, on=on, by=by, reason=reason, source=source)
    return successor


@transaction.atomic
def split_division(
    *,
    division: Division,
    parts: Sequence[NewPlace],
    on: dt.date,
    by: User | None,
    source: Source | None = None,
    grants: bool = True,
    reason: str = "",
) -> list[Division]:
    """One place becomes several from a day on (拆分): every lower place goes to one part, the rest to one.

    Raises ``NotAllowed``, ``BadInput`` where a lower place goes nowhere or twice, or no part takes the rest.
    """
    [old] = _lock([division], on, by)
    _refuse_split(old, parts, on)
    for part in parts:
        _refuse_name(part, old.parent, but=[old], on=on)
    _end([old], on)
    made = [_make(part, old.level, old.parent, on) for part in parts]
    for place in made:
        place.go_live = old.go_live
        place.save(update_fields=["go_live"])
    _succeed([old], made, on, Succession.SPLIT, source)
    moved = Moved()
    for part, place in zip(parts, made, strict=True):
        keys = [child.pk for child in part.children]
        moved += move_life([old], place, on=on, children=keys, rest=part.rest)
    move_grants([old], made, on, carry=grants)
    _record([old], made, Succession.SPLIT, on, by, reason, source, moved)
    evaluate_moved(moved, on=on, by=by, reason=reason, source=source)
    return made


@transaction.atomic
def add_natural_village(
    *,
    village: Division,
    name: str,
    by: User | None,
    on: dt.date,
    suffix: str = "",
    households: int | None = None,
    people: int | None = None,
    reason: str = "",
) -> Division:
    """A natural village below a village: coded by the village's 12 digits and a suffix of its own (自然村).

    ``suffix`` of three digits; without one the next free is taken. Raises ``NotAllowed``, ``BadInput``.
    """
    [above] = _lock([village], on, by)
    if above.level != Level.VILLAGE:
        raise BadInput(
            _("%(place)s is a %(level)s; natural villages lie below villages.")
            % {"place": above.name, "level": Level(above.level).label},
            "parent_level",
        )
    code = _codes_on([above], on).filter(system=CodeSystem.NBS).values_list("code", flat=True).first()
    if suffix and not code:
        raise BadInput(
            _("%(place)s has no code of 12 digits yet; leave the suffix empty, or give it its code first.")
            % {"place": above.name},
            "no_code",
        )
    new = NewPlace(
        name=name,
        codes={CodeSystem.NBS: code + (suffix.strip() or free_suffix(code))} if code else {},
        households=households,
        people=people,
    )
    _refuse_name(new, above, but=[], on=on)
    place = _make(new, Level.NATURAL_VILLAGE, above, on)
    record_act(
        by=by,
        verb="division_added",
        division=place,
        subject=f"division:{place.pk}",
        reason=reason,
        effective_on=on,
        after={"name": place.name, "codes": new.codes, "households": households, "people": people},
    )
    return place


# --- guards
def _lock(places: Sequence[Division], on: dt.date, by: User | None) -> list[Division]:
    """The places as they stand, locked; the user may change each, and each is there on the day."""
    if on > clock.today():
        raise BadInput(
            _("%(day)s lies in the future: a change is recorded once it has taken effect.") % {"day": on},
            "future_date",
        )
    keys = [place.pk for place in places]
    if len(set(keys)) != len(keys) or not keys:
        raise BadInput(_("Choose different places: one is named twice, or none is."), "place_twice")
    rows = Division.objects.select_for_update(of=("self",)).select_related("parent")
    locked = list(rows.filter(pk__in=keys).order_by("pk"))
    for place in locked:
        access.require(by, "edit_division", place)
        if on not in place.valid or (place.valid.lower and place.valid.lower >= on):
            raise BadInput(
                _("%(place)s is not there on %(day)s, or only begins then: it holds from %(from)s to %(to)s.")
                % {
                    "place": place.name,
                    "day": on,
                    "from": place.valid.lower or "…",
                    "to": place.valid.upper or "…",
                },
                "not_there",
            )
    return locked


def _refuse_name(new: NewPlace, parent: Division | None, *, but: Sequence[Division], on: dt.date) -> None:
    if not new.name.strip():
        raise BadInput(_("Enter the name of the place."), "no_name")
    twins = Division.objects.on(on).filter(parent=parent, name=new.name.strip())
    if twins.exclude(pk__in=[place.pk for place in but]).exists():
        raise BadInput(
            _("%(parent)s has a place called %(name)s already. Choose that one, or another name.")
            % {"parent": parent.name if parent else "—", "name": new.name},
            "name_taken",
        )


def _refuse_merge(places: Sequence[Division], into: Division | NewPlace) -> None:
    both = [*places, into] if isinstance(into, Division) else list(places)
    if isinstance(into, NewPlace) and len(places) < 2:
        raise BadInput(_("A new place is made of two or more; to give one another name, rename it."), "one")
    if len({place.level for place in both}) > 1 or len({place.parent_id for place in both}) > 1:
        raise BadInput(
            _("%(places)s are not of one level below one place; only such places are merged.")
            % {"places": "、".join(place.name for place in both)},
            "not_alike",
        )


def _refuse_split(old: Division, parts: Sequence[NewPlace], on: dt.date) -> None:
    if len(parts) < 2 or sum(part.rest for part in parts) != 1:
        raise BadInput(
            _("A place is split into two or more; exactly one takes what lies in none of its villages."),
            "parts",
        )
    children = dict(Division.objects.on(on).filter(parent=old).values_list("pk", "name"))
    named = [child.pk for part in parts for child in part.children]
    wrong = [children.get(key, str(key)) for key in {*children, *named} if named.count(key) != 1]
    wrong += [child.name for part in parts for child in part.children if child.pk not in children]
    if wrong:
        raise BadInput(
            _("Every place below %(place)s goes to exactly one part; look at %(wrong)s.")
            % {"place": old.name, "wrong": "、".join(sorted(set(wrong)))},
            "children",
        )


def _sums(places: Sequence[Division]) -> dict[str, int | None]:
    """Households and people together; unknown where one is unknown."""
    found: dict[str, int | None] = {}
    for name in ("households", "people"):
        values = [getattr(place, name) for place in places]
        found[name] = None if None in values else sum(values)
    return found


# --- writing
def _codes_on(places: Sequence[Division], on: dt.date):  # noqa: ANN202  (a queryset)
    return DivisionCode.objects.filter(division__in=places, valid__contains=on)


def _end(places: Sequence[Division], on: dt.date) -> None:
    """The places and their codes end on the day; two statements."""
    keys = [place.pk for place in places]
    for table, column in (("registry_division", "id"), ("registry_divisioncode", "division_id")):
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {table} SET valid = daterange(lower(valid), %s) "  # noqa: S608  (own names)
                f"WHERE {column} = ANY(%s) AND valid @> %s::date AND lower(valid) < %s",
                [on, keys, on, on],
            )
    for place in places:
        place.valid = DateRange(place.valid.lower, on)


def _make(new: NewPlace, level: str, parent: Division | None, on: dt.date) -> Division:
    for system, code in new.codes.items():
        checked_code(code, level, parent, system, on)
        refuse_taken_code(code, system, on)
    place = Division.objects.create(
        name=new.name.strip(),
        level=level,
        parent=parent,
        path="/",
        valid=DateRange(on, None),
        households=new.households,
        people=new.people,
    )
    place.path = f"{parent.path if parent else '/'}{place.pk}/"
    place.save(update_fields=["path"])
    DivisionCode.objects.bulk_create(
        DivisionCode(division=place, system=system, code=code, valid=DateRange(on, None))
        for system, code in new.codes.items()
    )
    return place


def _succeed(
    old: Sequence[Division], new: Sequence[Division], on: dt.date, kind: str, source: Source | None
) -> None:
    DivisionSuccession.objects.bulk_create(
        DivisionSuccession(predecessor=place, successor=successor, on=on, kind=kind, source=source)
        for place in old
        for successor in new
    )


def _record(
    old: Sequence[Division],
    new: Sequence[Division],
    kind: str,
    on: dt.date,
    by: User | None,
    reason: str,
    source: Source | None,
    moved: Moved,
) -> Act:
    """One act for the change, written where it can be read by all whom it touches: at the first successor."""
    return record_act(
        by=by,
        verb="divisions_changed",
        division=new[0],
        subject=f"division:{new[0].pk}",
        reason=reason,
        effective_on=on,
        source=source,
        before={"kind": kind, "divisions": {str(place.pk): place.name for place in old}},
        after={"divisions": {str(place.pk): place.name for place in new}, **moved.counts},
    )
