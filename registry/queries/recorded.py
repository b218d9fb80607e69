"""Two clocks 两个时间: what was so on a day, and what the book said of it at an instant. Set-based."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import (
    Case,
    CharField,
    DateField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, Concat

from registry.models import Act, Entry, Party, Shape, Unit
from registry.models.history import as_recorded
from registry.models.unit import GeodesicArea, GeodesicLength

# Acts that say a state; upper apps add theirs (``register_state_verbs``).
STATE_VERBS = ["unit_registered", "unit_state", "unit_changed"]
ANNULS = "act_annulled"  # its subject is the act that it annuls, "act:5"
_EVER = dt.date(1, 1, 1)


def register_state_verbs(*verbs: str) -> None:
    """Apps name their acts that say a state (``after`` holds it)."""
    STATE_VERBS.extend(verbs)


def standing_acts(acts: QuerySet, recorded: dt.datetime | None = None) -> QuerySet:
    """Acts that no later act annulled: as the book stands, or as it stood at an instant."""
    annulled = Act.objects.filter(
        verb=ANNULS,
        unit=OuterRef("unit"),
        subject=Concat(Value("act:"), Cast(OuterRef("pk"), CharField())),
    )
    if recorded is not None:
        annulled = annulled.filter(at__lte=recorded)
    return acts.filter(~Exists(annulled))


def entries_then(day: dt.date, recorded: dt.datetime | None = None) -> Any:
    """Entries that held on a day: as the book stands, or as it stood at an instant."""
    rows = Entry.objects.all() if recorded is None else Entry.objects.as_recorded(recorded)
    return rows.as_of(day)


def units_then(day: dt.date, recorded: dt.datetime | None = None) -> Any:
    """Units in the register on a day: as the book stands, or as it stood at an instant."""
    rows = Unit.objects.all() if recorded is None else Unit.objects.as_recorded(recorded)
    return rows.as_of(day)


def shapes_then(day: dt.date, recorded: dt.datetime | None = None) -> Any:
    """Shapes of a day with ``size_m2`` and ``size_m``, without coordinates."""
    rows = Shape.objects.all() if recorded is None else Shape.objects.as_recorded(recorded)
    sizes = {"size_m2": GeodesicArea("geom"), "size_m": GeodesicLength("geom")}
    return rows.as_of(day).annotate(**sizes).defer("geom")


def _state_acts(day: dt.date, recorded: dt.datetime | None) -> QuerySet:
    """Acts that say a state in force on a day, of the unit outside; those of reversed files and those that
    were annulled say nothing."""
    return _begun(
        Act.objects.filter(unit=OuterRef("pk"), verb__in=STATE_VERBS, after__has_key="state"), day, recorded
    )


def state_acts(unit: Unit) -> QuerySet:
    """Acts that say the states of a unit, the last in force first, each with the day it ``begins``."""
    own = Act.objects.filter(unit=unit, verb__in=STATE_VERBS, after__has_key="state")
    return _begun(own, dt.date.max, None)


def _begun(acts: QuerySet, day: dt.date, recorded: dt.datetime | None) -> QuerySet:
    registered = When(verb="unit_registered", then=Value(_EVER))
    begins = Coalesce(
        "effective_on",
        Case(registered, default=Cast("at", DateField()), output_field=DateField()),
        output_field=DateField(),
    )
    acts = acts.annotate(begins=begins).filter(begins__lte=day)
    reversed_by_now = Q(batch__reversed_at__isnull=False)
    if recorded is not None:
        acts = acts.filter(at__lte=recorded)
        reversed_by_now = Q(batch__reversed_at__lte=recorded)
    return standing_acts(acts.exclude(reversed_by_now), recorded).order_by("-begins", "-id")


def states_on(day: dt.date, units: QuerySet, recorded: dt.datetime | None = None) -> QuerySet:
    """Units with ``state_then``: the state of the day, a projection of their acts. One query. 中文：当日状态

    None where nothing is said of that day. A unit that no act speaks of has the state of its row from
    ``state_since`` on. ``units``: a queryset of ``Unit``.
    """
    acts = _state_acts(day, recorded).annotate(said=KeyTextTransform("state", "after"))
    own = Case(
        When(Q(state_since=None) | Q(state_since__lte=day), then=F("state")),
        default=None,
        output_field=CharField(),
    )
    return units.annotate(
        state_then=Coalesce(Subquery(acts.values("said")[:1]), own, output_field=CharField())
    )


def state_on(day: dt.date, unit: Unit, recorded: dt.datetime | None = None) -> str | None:
    """The state of one unit on a day."""
    found = states_on(day, Unit.objects.filter(pk=unit.pk), recorded)
    return found.values_list("state_then", flat=True).first()


def names_then(model: Any, keys: Iterable[int | None], recorded: dt.datetime | None) -> dict[int, Any]:
    """Rows of a tracked model by key, as the book stands or stood. One query."""
    wanted = {key for key in keys if key is not None}
    if recorded is None:
        return model.objects.in_bulk(wanted)
    return {row.pgh_obj_id: row for row in as_recorded(model, recorded).filter(pgh_obj_id__in=wanted)}


def parties_then(keys: Iterable[int | None], recorded: dt.datetime | None = None) -> dict[int, Any]:
    """Parties by key, named as the book names or named them. One query."""
    return names_then(Party, keys, recorded)
