"""The history of a unit as one timeline 历史: named acts, and every change of a row that no act explains."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.contrib.gis.db.models import GeometryField
from django.db.models import JSONField, Q, Value
from django.utils.translation import gettext as _

from registry import display
from registry.models import Act, Division, Entry, Party, Shape, Source, Unit, User

from .wording import MONEY_CODES, Change, Names, changes_of, column_words, entry_codes, keys_of, title_of


@dataclass(frozen=True)
class Tracked:
    """A model whose history belongs to units: the lookup from its rows to the unit."""

    model: Any
    lookup: str


_TRACKED: list[Tracked] = [Tracked(Unit, "pgh_obj"), Tracked(Entry, "unit"), Tracked(Shape, "unit")]
_SILENT = (
    "id",
    "unit",
    "batch",
    "annulled",
    "corrected_by",
    "entry",
    "former_codes",
    "share_num",
    "share_den",
)


def track(model: Any, lookup: str = "unit") -> None:
    """Upper apps add the models that hold facts of a unit."""
    _TRACKED.append(Tracked(model, lookup))


@dataclass
class Moment:
    """One thing that happened. ``outside``: it came past the product, by this database role."""

    at: dt.datetime
    title: str
    by: str
    note: str = ""
    effective: dt.date | None = None
    source: Any = None
    batch: int | None = None
    outside: str = ""
    url: str = ""
    changes: list[Change] = field(default_factory=list)

    @property
    def added(self) -> str:
        """What is said where nothing was said before, in one line."""
        return "；".join(f"{what}: {after}" for what, before, after in self.changes if not before and after)


def moments_of(found: Iterable[Act], names: Names) -> list[Moment]:
    """Named acts in words."""
    return [
        Moment(
            at=act.at,
            title=title_of(act),
            by=act.user_name,
            note=act.reason,
            effective=act.effective_on,
            source=act.source,
            batch=act.batch_id,
            changes=changes_of(act, names),
        )
        for act in found
    ]


def named(found: list[Act], full: bool) -> Names:
    """Names of what acts point to. Two queries at most."""
    parties, places = keys_of(found)
    return Names(full).read(parties, places, set())


def seen(found: Iterable[Act], money: bool) -> list[Act]:
    """Acts that a role may read: those on income and its distribution only with the right to see income."""
    return [act for act in found if money or not entry_codes(act) or entry_codes(act) - MONEY_CODES]


def timeline(unit: Unit, *, full: bool, money: bool) -> list[Moment]:
    """Everything that happened to a unit, newest first. A constant number of queries.

    ``full``: names of private persons in full; ``money``: acts and rows on income too. A change of a row is
    explained by the acts of its transaction; what none explains is told by itself.
    """
    rows = {of: _events(of, unit, money) for of in _told_of(unit)}
    numbers = {event.pgh_tx for events in rows.values() for event in events}
    found = Act.objects.filter(Q(unit=unit) | Q(unit=None, tx__in=numbers)).select_related("source", "batch")
    told = seen(found, money)
    explained = {(act.tx, act.at.date()) for act in found}
    names = _names(told, rows, full)
    moments = moments_of(told, names)
    moments += _unexplained(rows, explained, names)
    return sorted(moments, key=lambda moment: moment.at, reverse=True)


def _told_of(unit: Unit) -> list[Tracked]:
    """Kinds of rows that say anything of a unit. One query: most kinds say nothing of most units."""
    asked = [
        of.model.events.rel.related_model.objects.filter(**{of.lookup: unit.pk})
        .order_by()
        .annotate(of_tracked=Value(number))
        .values_list("of_tracked", flat=True)[:1]
        for number, of in enumerate(_TRACKED)
    ]
    return [_TRACKED[number] for number in sorted(asked[0].union(*asked[1:], all=True))]


def _events(of: Tracked, unit: Unit, money: bool) -> list[Any]:
    event = of.model.events.rel.related_model
    rows = event.objects.filter(**{of.lookup: unit.pk}).select_related("pgh_context").order_by("pgh_id")
    if of.model is Entry and not money:
        rows = rows.exclude(code__in=MONEY_CODES)
    return list(rows.defer(*[f.name for f in event._meta.fields if isinstance(f, GeometryField)]))


def _names(told: list[Act], rows: dict[Tracked, list[Any]], full: bool) -> Names:
    parties, places = keys_of(told)
    sources: set[int] = set()
    of = {Party: parties, Division: places, Source: sources}
    for tracked, events in rows.items():
        for column in tracked.model._meta.concrete_fields:
            if column.is_relation and column.related_model in of:
                keys = {getattr(event, column.attname) for event in events}
                of[column.related_model] |= {key for key in keys if key is not None}
    return Names(full).read(parties, places, sources)


def _unexplained(
    rows: dict[Tracked, list[Any]], explained: set[tuple[int, dt.date]], names: Names
) -> list[Moment]:
    """Changes of rows in transactions without an act, with what each row said before."""
    found: list[tuple[Tracked, Any, Any]] = []
    for of, events in rows.items():
        before: dict[int, Any] = {}
        for event in events:
            if not any(
                (event.pgh_tx, event.pgh_created_at.date() + step) in explained for step in _SAME_NIGHT
            ):
                found.append((of, before.get(event.pgh_obj_id), event))
            before[event.pgh_obj_id] = event
    users = _users(event for _of, _before, event in found)
    return [_moment(of, before, event, names, users) for of, before, event in found]


_SAME_NIGHT = (dt.timedelta(0), dt.timedelta(days=1))  # numbers of transactions begin anew after a restore


def _users(events: Iterable[Any]) -> dict[int, str]:
    keys: set[int] = set()
    for event in events:
        who = _context(event).get("user")
        if isinstance(who, int):
            keys.add(who)
    return {user.pk: user.get_full_name() for user in User.objects.filter(pk__in=keys)} if keys else {}


def _context(event: Any) -> dict[str, Any]:
    context = event.pgh_context
    return context.metadata if context is not None and isinstance(context.metadata, dict) else {}


def _moment(of: Tracked, before: Any, event: Any, names: Names, users: dict[int, str]) -> Moment:
    context = _context(event)
    who = users.get(context.get("user", 0), "")
    labels = {"insert": _("%(what)s added"), "update": _("%(what)s changed"), "delete": _("%(what)s removed")}
    title = labels[event.pgh_label] % {"what": of.model._meta.verbose_name}
    outside = "" if who else str(event.pgh_role)
    return Moment(
        at=event.pgh_created_at,
        title=title,
        by=who,
        note=str(context.get("reason", "")),
        outside=outside,
        url=str(context.get("url", "")),
        batch=context.get("batch"),
        changes=_differences(of, before, event, names),
    )


def _differences(of: Tracked, before: Any, event: Any, names: Names) -> list[Change]:
    told = []
    for column in of.model._meta.concrete_fields:
        skipped = column.name in _SILENT or isinstance(column, (GeometryField, JSONField))
        if skipped or not hasattr(type(event), column.attname):
            continue
        old = column_words(column, before, names) if before is not None else ""
        new = column_words(column, event, names) if event.pgh_label != "delete" else ""
        if old != new:
            told.append(Change(str(column.verbose_name), old, new))
    return told + _shares(before, event) + _marks(before, event)


def _shares(before: Any, event: Any) -> list[Change]:
    old, new = (display.share(row) if hasattr(row, "share_num") else "" for row in (before, event))
    return [Change(_("share"), old, new)] if old != new else []


def _marks(before: Any, event: Any) -> list[Change]:
    """A row that was struck or replaced, or came back."""
    told = []
    for name, word in (("annulled_id", _("taken back")), ("corrected_by_id", _("corrected"))):
        old, new = (getattr(row, name, None) if row is not None else None for row in (before, event))
        if old != new:
            told.append(Change(word, _("yes") if old else "", _("yes") if new else _("no")))
    return told
