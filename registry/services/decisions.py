"""Register meetings that decided, and correct what was registered of them. 中文：议决记录"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from registry import access, clock
from registry.codes import DecisionBody, Matter
from registry.errors import BadInput
from registry.models import Decision, Division, Party, Source, SourceKind, Unit, User
from registry.reasons import too_short
from registry.rules.engine import evaluate_subjects
from registry.rules.guard import refuse_broken

from .acts import record_act
from .sources import register_source


@dataclass(frozen=True, kw_only=True)
class Meeting:
    """What is registered of a meeting. Counts may be unknown; they are never guessed.

    ``minutes_number`` and ``minutes_on`` name the minutes (会议记录); ``source`` is a registered paper.
    """

    body: str
    title: str
    held_on: dt.date
    matters: tuple[int, ...] = ()
    collective: Party | None = None
    notice_on: dt.date | None = None
    accounts_on: dt.date | None = None
    party_on: dt.date | None = None
    members_total: int | None = None
    present: int | None = None
    in_favour: int | None = None
    outcome: str = ""
    minutes_number: str = ""
    minutes_on: dt.date | None = None
    source: Source | None = None
    units: tuple[Unit, ...] = field(default=())


COLUMNS = ("body", "title", "held_on", "collective", "notice_on", "accounts_on", "party_on", "members_total",
           "present", "in_favour", "outcome")  # fmt: skip


@transaction.atomic
def register_decision(*, division: Division, meeting: Meeting, by: User | None) -> Decision:
    """Register a meeting of a division. 中文：登记议决

    Raises ``NotAllowed``, or ``BadInput`` where the counts or the days contradict each other. A decision that
    was not carried is registered as it was: DEC-01 finds it.
    """
    access.require(by, "record_decision", division)
    check(meeting)
    _units_below(meeting.units, division)
    values = {name: getattr(meeting, name) for name in COLUMNS}
    decision = Decision.objects.create(
        **values,
        division=division,
        matters=sorted(set(meeting.matters)),
        source=_minutes(meeting, division, by),
    )
    decision.units.set(meeting.units)
    refuse_broken(on=meeting.held_on, decisions=[decision.pk])
    _write("decision_registered", decision, by, after=describe(decision))
    return decision


@transaction.atomic
def change_decision(*, decision: Decision, meeting: Meeting, by: User | None, reason: str) -> Decision:
    """Correct what was registered of a meeting, with the reason; before and after stand in the book."""
    locked = Decision.objects.select_for_update(of=("self",)).select_related("division").get(pk=decision.pk)
    access.require(by, "record_decision", locked.division)
    if too_short(reason):
        raise BadInput(_("Say in a sentence why the record of the meeting is changed."), "no_reason")
    check(meeting)
    _units_below(meeting.units, locked.division)
    before = describe(locked)
    touched = {*locked.units.values_list("pk", flat=True), *(unit.pk for unit in meeting.units)}
    for name in COLUMNS:
        setattr(locked, name, getattr(meeting, name))
    locked.matters = sorted(set(meeting.matters))
    locked.source = _minutes(meeting, locked.division, by)
    locked.save()
    locked.units.set(meeting.units)
    refuse_broken(on=meeting.held_on, decisions=[locked.pk])
    _write(
        "decision_changed", locked, by, before=before, after=describe(locked), reason=reason, units=touched
    )
    return locked


def check(meeting: Meeting) -> None:
    """Raise ``BadInput`` with the first thing in a meeting that cannot be; ``code`` names the field."""
    for name, sentence in problems(values_of(meeting)).items():
        raise BadInput(sentence, name)


def values_of(meeting: Meeting) -> dict[str, Any]:
    return {name: getattr(meeting, name) for name in Meeting.__dataclass_fields__}


def problems(values: dict[str, Any]) -> dict[str, str]:
    """What cannot be in a meeting, a sentence by field. The form shows them all at once."""
    found: dict[str, str] = {}
    if not (values.get("title") or "").strip():
        found["title"] = _("Say what the meeting decided on.")
    if values.get("body") not in DecisionBody.values:
        found["body"] = _("Choose who decided.")
    if set(values.get("matters") or ()) - set(Matter.values):
        found["matters"] = _("There are matters 1 to 13 of article 26.")
    found |= _counts(values.get("members_total"), values.get("present"), values.get("in_favour"))
    return found | _days(values)


def _counts(total: int | None, present: int | None, favour: int | None) -> dict[str, str]:
    found = {}
    if total == 0:
        found["members_total"] = _(
            "A meeting has at least one who may vote; leave it empty where it is unknown."
        )
    if total is not None and present is not None and present > total:
        found["present"] = _(
            "%(present)s are present and only %(total)s may vote. Check both numbers; proxies of the same "
            "household count as present."
        ) % {"present": present, "total": total}
    most = min([n for n in (present, total) if n is not None], default=None)
    if favour is not None and most is not None and favour > most:
        found["in_favour"] = _(
            "%(favour)s are in favour and only %(most)s are there. Check both numbers."
        ) % {
            "favour": favour,
            "most": most,
        }
    return found


def _days(values: dict[str, Any]) -> dict[str, str]:
    held, today, found = values.get("held_on"), clock.today(), {}
    if held is None:
        return {"held_on": _("Give the day of the meeting.")}
    if held > today:
        found["held_on"] = _("The meeting of %(day)s has not been held yet.") % {"day": held}
    for name in ("notice_on", "accounts_on"):
        if values.get(name) and values[name] > held:
            found[name] = _("%(day)s is after the meeting of %(held)s.") % {"day": values[name], "held": held}
    for name in ("party_on", "minutes_on"):
        if values.get(name) and values[name] > today:
            found[name] = _("%(day)s lies in the future.") % {"day": values[name]}
    if values.get("minutes_on") and values["minutes_on"] < held:
        found["minutes_on"] = _("Minutes are not written before the meeting of %(held)s.") % {"held": held}
    return found


def _minutes(meeting: Meeting, division: Division, by: User | None) -> Source | None:
    """The paper of a meeting: the registered one, or the minutes that are named."""
    if meeting.source is not None or not (meeting.minutes_number or meeting.minutes_on):
        return meeting.source
    return register_source(
        kind=SourceKind.MINUTES,
        division=division,
        by=by,
        number=meeting.minutes_number,
        title=meeting.title,
        issued_on=meeting.minutes_on or meeting.held_on,
    )


def _units_below(units: Iterable[Unit], division: Division) -> None:
    """A meeting decides on things of its own place."""
    for unit in units:
        if not unit.division.path.startswith(division.path):
            raise BadInput(
                _("%(unit)s does not lie in %(division)s; this meeting cannot decide on it.")
                % {"unit": unit.name, "division": division.name},
                "units",
            )


def describe(decision: Decision) -> dict[str, Any]:
    """What the book says of a decision."""
    days = {name: getattr(decision, name) for name in ("held_on", "notice_on", "accounts_on", "party_on")}
    return {
        "title": decision.title,
        "body": decision.body,
        "matters": list(decision.matters),
        **{name: day.isoformat() if day else None for name, day in days.items()},
        "members_total": decision.members_total,
        "present": decision.present,
        "in_favour": decision.in_favour,
        "outcome": decision.outcome,
        "source": decision.source_id,
        "units": sorted(decision.units.values_list("pk", flat=True)),
    }


def _write(verb: str, decision: Decision, by: User | None, *, reason: str = "", units: Iterable[int] = (),
           **facts: Any) -> None:  # fmt: skip
    record_act(
        by=by,
        verb=verb,
        division=decision.division,
        subject=f"decision:{decision.pk}",
        reason=reason.strip(),
        effective_on=decision.held_on,
        source=decision.source,
        **facts,
    )
    evaluate_subjects(decisions=[decision.pk], units=[*units, *decision.units.values_list("pk", flat=True)])
