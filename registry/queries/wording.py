"""What acts and history rows say, in words: parties by name, codes by label, periods as people write them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry import acts, display
from registry.codes import PRIVATE_KINDS, EntryCode, ShapeMethod, ShapeNeed, UnitKind, UnitState
from registry.models import Act, Division, Party, Source

MONEY_CODES = frozenset({str(EntryCode.INCOME), str(EntryCode.DISTRIBUTION)})
_WORDS = {
    "code": gettext_lazy("unit code"),
    "name": gettext_lazy("name"),
    "state": gettext_lazy("state"),
    "kind": gettext_lazy("kind"),
    "share": gettext_lazy("share"),
    "from": gettext_lazy("from"),
    "to": gettext_lazy("to"),
    "method": gettext_lazy("how it was taken"),
    "shape_need": gettext_lazy("place on the map"),
    "division": gettext_lazy("division"),
    "party": gettext_lazy("party"),
    "condition": gettext_lazy("condition"),
    "defect": gettext_lazy("defect found"),
}  # what before and after of an act are called
_CHOICES: dict[str, Any] = {
    "state": UnitState,
    "method": ShapeMethod,
    "kind": UnitKind,
    "shape_need": ShapeNeed,
}


Describer = Callable[[Act], type[models.Model] | None]  # the table that an act speaks of
_DESCRIBED: dict[str, Describer] = {}


def describe(verb: str, of: Describer) -> None:
    """Acts of this verb speak of a row of a table: its columns say what before and after are called."""
    _DESCRIBED[verb] = of


class Change(NamedTuple):
    """What, before and after; empty text where there is nothing to say."""

    what: str
    before: str
    after: str


@dataclass
class Names:
    """Names of what acts and history rows point to, read once; private persons masked unless ``full``."""

    full: bool
    parties: dict[int, Party] = field(default_factory=dict)
    places: dict[int, str] = field(default_factory=dict)
    sources: dict[int, str] = field(default_factory=dict)

    def party(self, key: Any) -> str:
        found = self.parties.get(key) if isinstance(key, int) else None
        if found is None:
            return ""
        return found.name if self.full or found.kind not in PRIVATE_KINDS else display.masked(found.name)

    def read(self, parties: set[int], places: set[int], sources: set[int]) -> Names:
        """Read what is asked for: a query for each kind that is."""
        if parties:
            self.parties |= Party.objects.in_bulk(parties)
        if places:
            self.places |= dict(Division.objects.filter(pk__in=places).values_list("pk", "name"))
        if sources:
            self.sources |= {row.pk: str(row) for row in Source.objects.filter(pk__in=sources)}
        return self


def said(value: Any) -> list[dict[str, Any]]:
    """Before or after of an act as a list of facts."""
    found = value if isinstance(value, list) else [value]
    return [item for item in found if isinstance(item, dict)]


def is_entry(fact: dict[str, Any]) -> bool:
    """Whether a fact of an act describes an entry."""
    return fact.get("code") in EntryCode.values and "party" in fact


def entry_codes(act: Act) -> set[str]:
    """Codes of the entries an act speaks of."""
    return {fact["code"] for fact in [*said(act.before), *said(act.after)] if is_entry(fact)}


def keys_of(found: Iterable[Act]) -> tuple[set[int], set[int]]:
    """Keys of parties and of places that acts name."""
    parties, places = set(), set()
    for act in found:
        for fact in [*said(act.before), *said(act.after)]:
            if is_entry(fact):
                parties |= {fact.get(name) for name in ("party", "agent", "debtor")}
            if isinstance(fact.get("division"), int):
                places.add(fact["division"])
            parties |= {fact.get(name) for name, column in _columns(act).items() if _points(column, Party)}
    return {key for key in parties if isinstance(key, int)}, places


def title_of(act: Act) -> str:
    """The act's sentence; for entries with what is held, so that five of them can be told apart."""
    codes = sorted(entry_codes(act))
    words = acts.sentence(act.verb)
    drafted = act.after.get("act") if isinstance(act.after, dict) and act.verb.startswith("draft_") else None
    if drafted:
        return f"{words} · {acts.sentence(drafted)}"
    return f"{words} · {'、'.join(str(EntryCode(code).label) for code in codes)}" if codes else words


def changes_of(act: Act, names: Names) -> list[Change]:
    """Before and after of an act in words."""
    before, after = said(act.before), said(act.after)
    if any(is_entry(fact) for fact in [*before, *after]):
        return _entry_changes(before, after, names)
    old, new = (before or [{}])[0], (after or [{}])[0]
    columns = _columns(act)
    keys = [key for key in {**old, **new} if old.get(key) != new.get(key)]
    told = [_change(key, old.get(key), new.get(key), columns.get(key), names) for key in keys]
    return [change for change in told if change is not None and (change.before or change.after)]


def _columns(act: Act) -> dict[str, models.Field]:
    """The columns of the table that an act speaks of, by name."""
    describer = _DESCRIBED.get(act.verb)
    of = describer(act) if describer else None
    return {} if of is None else {column.name: column for column in of._meta.concrete_fields}


def _change(key: str, old: Any, new: Any, column: models.Field | None, names: Names) -> Change | None:
    """What one fact of an act was and is; nothing of what no reader knows."""
    if column is not None and key not in ("division", "state"):
        return Change(str(column.verbose_name), _stored(column, old, names), _stored(column, new, names))
    if key not in _WORDS:
        return None
    return Change(str(_WORDS[key]), _fact(key, old, names), _fact(key, new, names))


def _points(column: models.Field, of: type[models.Model]) -> bool:
    return bool(column.is_relation and column.related_model is of)


def _stored(column: models.Field, value: Any, names: Names) -> str:
    """A value as the book keeps it, in words: labels for codes, yes and no, names for parties."""
    if value is None or value == "" or isinstance(value, (list, dict)):
        return ""
    if column.choices:
        return str(dict(column.flatchoices).get(value, value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(column, models.DecimalField):
        return display.quantity(value)
    if column.is_relation and isinstance(value, int):
        return names.party(value) if _points(column, Party) else ""
    return str(value)


def _entry_changes(before: list[dict[str, Any]], after: list[dict[str, Any]], names: Names) -> list[Change]:
    codes = list(dict.fromkeys(fact["code"] for fact in [*before, *after] if is_entry(fact)))
    return [
        Change(
            str(EntryCode(code).label),
            "；".join(entry_words(fact, names) for fact in before if fact.get("code") == code),
            "；".join(entry_words(fact, names) for fact in after if fact.get("code") == code),
        )
        for code in codes
    ]


def entry_words(fact: dict[str, Any], names: Names) -> str:
    """An entry as the book describes it: 甲合作社 3/5 (60%), 2024-01-01 起."""
    parts = [f"{names.party(fact.get('party')) or display.DASH} {display.share(fact.get('share'))}"]
    if names.party(fact.get("agent")):
        parts.append(_("named person %(name)s") % {"name": names.party(fact["agent"])})
    if names.party(fact.get("debtor")):
        parts.append(_("debtor %(name)s") % {"name": names.party(fact["debtor"])})
    parts.append(display.period((_day(fact.get("from")), _day(fact.get("to")))))
    return "，".join(parts)


def _day(text: Any) -> dt.date | None:
    return dt.date.fromisoformat(text) if isinstance(text, str) and text else None


def _fact(key: str, value: Any, names: Names) -> str:
    choices = _CHOICES.get(key)
    if choices and value in choices.values:
        return str(choices(value).label)
    if key == "division":
        return names.places.get(value, "")
    return "" if value is None else str(value)


# --- rows of the history


describe("party_registered", lambda _act: Party)
describe("party_changed", lambda _act: Party)


def column_words(column: models.Field, event: Any, names: Names) -> str:
    """What a column of a history row says."""
    value = getattr(event, column.attname)
    if value is None or value == "":
        return ""
    if column.choices:
        return str(dict(column.flatchoices).get(value, value))
    if column.is_relation:
        return _pointed(column, value, names)
    if hasattr(value, "lower") and hasattr(value, "upper") and not isinstance(value, str):
        return display.period(value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def _pointed(column: models.Field, value: int, names: Names) -> str:
    of = column.related_model
    if of is Party:
        return names.party(value)
    if of is Division:
        return names.places.get(value, str(value))
    if of is Source:
        return names.sources.get(value, str(value))
    return f"#{value}"
