"""Next inspection and five haves of one asset, from facts that its page has read. 中文：单项到期与五有

``due.due_units`` and ``haves.scored`` answer for any set of units in one long statement; of a single thing it
would cost more to plan than all the rest of its page. The rules are the same, and a test holds them together.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Subquery

from assets.codes import AssetClass
from assets.due import INSPECTION_DAYS
from assets.models import Asset, InspectionPlan, UpkeepStandard, UpkeepTerms
from registry.codes import STANDING, EntryCode
from registry.models import Division, Entry
from registry.queries.divisions import ancestors_of_path
from registry.queries.prepared import Prepared
from registry.rules.parameters import rows_on


@dataclass(frozen=True)
class Place:
    """What a division says of the sub-type of an asset below it."""

    go_live: dt.date | None
    every_days: int | None  # its plan of inspections
    standard: bool
    rules: bool  # a standard that rests on rules of upkeep


@dataclass(frozen=True)
class Above:
    """The asset's own plan, and the divisions above it, the nearest first."""

    own_days: int | None
    places: tuple[Place, ...]

    @property
    def go_live(self) -> dt.date | None:
        return next((place.go_live for place in self.places if place.go_live), None)

    @property
    def every_days(self) -> int | None:
        return next((place.every_days for place in self.places if place.every_days is not None), None)


@dataclass(frozen=True, kw_only=True)
class Due:
    """As ``due_units`` and ``scored`` give it; the five haves are asked of public-welfare assets alone."""

    every: int | None
    due_on: dt.date | None
    due_in: int | None
    has_rules: bool
    has_standard: bool
    has_team: bool
    has_money: bool
    has_supervision: bool


def _above(day: dt.date, subtype: str, unit: int, *divisions: int) -> Any:
    plans = InspectionPlan.objects.on(day)
    standards = UpkeepStandard.objects.on(day).filter(division=OuterRef("pk"), subtype=subtype)
    of_place = plans.filter(unit=None, subtype=subtype, division=OuterRef("pk"))
    places = Division.objects.filter(pk__in=divisions).order_by("-path")
    return places.annotate(
        own=Subquery(plans.filter(unit=unit).values("every_days")[:1]),
        every_days=Subquery(of_place.values("every_days")[:1]),
        standard=Exists(standards),
        rules=Exists(standards.filter(regime__isnull=False)),
    ).values_list("own", "go_live", "every_days", "standard", "rules")


_ABOVE = Prepared(_above)


def above(asset: Asset, day: dt.date) -> Above:
    """One query."""
    found = _ABOVE(day, str(asset.subtype), asset.unit_id, *ancestors_of_path(asset.unit.division.path))
    return Above(found[0][0] if found else None, tuple(Place(*row[1:]) for row in found))


def due_of_one(
    asset: Asset, day: dt.date, *, entries: Iterable[Entry], last: dt.date | None, about: Above
) -> Due | None:
    """When it is looked at next; None where nobody has to. ``entries``: of the day, terms beside them."""
    unit, held = asset.unit, list(entries)
    duties = [entry for entry in held if entry.code == EntryCode.UPKEEP]
    duties.sort(key=lambda entry: (-entry.share, entry.pk))
    welfare = asset.asset_class == AssetClass.PUBLIC_WELFARE
    planned = _first(about.own_days, _terms_days(duties), about.every_days)
    gone = unit.left_on is not None and unit.left_on <= day
    if unit.state not in STANDING or gone or not (welfare or planned is not None):
        return None
    every = _least(planned, _limit(asset, day)) if welfare else planned
    start = _latest(_begin(asset, duties, last), about.go_live)
    due_on = None if start is None or every is None else start + dt.timedelta(days=every)
    due_in = None if due_on is None else (due_on - day).days
    seen = last is not None and due_in is not None and due_in >= 0
    return Due(every=every, due_on=due_on, due_in=due_in, **_haves(held, duties, about, day, seen))


def _haves(
    held: Sequence[Entry], duties: Sequence[Entry], about: Above, day: dt.date, seen: bool
) -> dict[str, bool]:
    agreed = [(duty, terms) for duty in duties if (terms := terms_of(duty)) is not None]
    agents: list[Any] = [duty.agent for duty in duties if duty.agent_id]
    own = any(terms.standard and duty.source_id for duty, terms in agreed)
    watched = any(entry.code == EntryCode.SUPERVISION for entry in held) or any(
        terms.supervisor for _duty, terms in agreed
    )
    return {
        "has_rules": any(place.rules for place in about.places),
        "has_standard": own or any(place.standard for place in about.places),
        "has_team": any(agent.active_until is None or agent.active_until > day for agent in agents),
        "has_money": any(t.annual_budget is not None and t.budget_source for _duty, t in agreed),
        "has_supervision": watched and seen,
    }


def terms_of(duty: Entry) -> UpkeepTerms | None:
    """The terms beside a duty, where there are any."""
    return getattr(duty, "upkeep_terms", None)


def _terms_days(duties: Sequence[Entry]) -> int | None:
    terms = terms_of(duties[0]) if duties else None
    return terms.inspection_days if terms is not None else None


def _begin(asset: Asset, duties: Sequence[Entry], last: dt.date | None) -> dt.date | None:
    kept_from = min((duty.valid.lower for duty in duties if duty.valid.lower), default=None)
    return _first(last, kept_from, asset.handed_over_on, asset.completed_on, asset.accepted_on)


def _limit(asset: Asset, day: dt.date) -> int | None:
    for _key, path, value in rows_on([INSPECTION_DAYS], day):
        if asset.unit.division.path.startswith(path):
            return int(value.get(asset.subtype, value["default"]))
    return None


def _first(*values: Any) -> Any:
    return next((value for value in values if value is not None), None)


def _least(*values: int | None) -> int | None:
    return min((value for value in values if value is not None), default=None)


def _latest(*days: dt.date | None) -> dt.date | None:
    return max((day for day in days if day is not None), default=None)
