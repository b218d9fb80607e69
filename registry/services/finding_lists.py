"""Findings from outside: entered by hand, or line by line from an inspection's list. 中文：检查反馈问题

Nothing of a list is deleted: what a file brought is marked as not upheld when its import is taken back, what
it changed gets its former values, and the notes that it brought no longer count.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from registry import access, clock
from registry.codes import FindingOrigin, FindingState, Role, Severity
from registry.errors import BadInput, RegistryError
from registry.models import (
    Act,
    Division,
    Finding,
    ImportBatch,
    Rectification,
    RectificationKind,
    Unit,
    User,
)  # fmt: skip
from registry.queries.findings import officers_of
from registry.rules import engine

from .acts import ActLine, record_acts
from .findings import check_deadline
from .rectification import MAX_NOTE, MIN_NOTE, subject_of

SUBJECT = "list"
MAX_KEY, MAX_LIST = 80, 48
NAMED = 5  # as many are named in a refusal
# What a list may change of a finding, and what is given back when its import is taken back.
RESTORED = ("text", "origin", "division_id", "unit_id", "office", "person_id", "state", "item", "closing")


@dataclass(kw_only=True)
class ListLine:
    """One line of a list on its way into the register. ``finding`` None: a new one.

    ``notes``: texts by kind; ``closed_on``: rectified, with evidence in the line or in the register.
    """

    key: str
    text: str
    origin: str
    division: int
    item: dict[str, Any]
    unit: int | None = None
    office: str = Role.ASSET_MANAGER
    person: int | None = None
    since: dt.date | None = None
    due_on: dt.date | None = None
    notes: dict[str, str] = field(default_factory=dict)
    closed_on: dt.date | None = None
    finding: int | None = None
    state: str = ""  # as it was when the file was read


def list_key(name: str, number: str) -> str:
    """The key of a line: the list, shortened where it is long, and the number in it."""
    if len(name) > MAX_LIST:
        name = f"{name[: MAX_LIST - 9]}~{hashlib.sha256(name.encode()).hexdigest()[:8]}"
    return f"{name}:{number}"[:MAX_KEY]


@transaction.atomic
def enter_finding(
    *,
    by: User | None,
    origin: str,
    list_name: str,
    number: str,
    text: str,
    division: Division,
    office: str,
    due_on: dt.date,
    unit: Unit | None = None,
    person: User | None = None,
) -> Finding:
    """A finding of an inspection, entered by hand. 中文：录入问题 Raises ``BadInput``, ``NotAllowed``."""
    place = unit.division if unit is not None else division
    access.require(by, "enter_finding", place)
    _check_entry(origin, list_name, number, text, office)
    check_deadline(due_on)
    if person is not None and not officers_of(place, clock.today()).filter(pk=person.pk).exists():
        raise BadInput(
            _("%(name)s holds no role that reaches %(place)s. Choose somebody from the list.")
            % {"name": person.get_full_name(), "place": place.name},
            "no_officer",
        )
    name, number = list_name.strip(), number.strip()
    key = list_key(name, number)
    Division.objects.select_for_update().get(pk=place.pk)
    known = listed().filter(subject_key=key).values_list("pk", flat=True).first()
    if known is not None:
        raise BadInput(
            _("Number %(no)s of “%(list)s” is in the register already, as finding %(id)d.")
            % {"no": number, "list": name, "id": known},
            "entered_twice",
        )
    line = ListLine(
        key=key,
        text=text.strip(),
        origin=origin,
        division=place.pk,
        unit=unit.pk if unit else None,
        office=office,
        person=person.pk if person else None,
        due_on=due_on,
        item={"list": name, "no": number},
    )
    return write_lines([line], by=by)[0]


def listed() -> Any:
    """Findings of lists; those whose import was taken back stand for nothing."""
    rows = Finding.objects.filter(subject_type=SUBJECT)
    return rows.exclude(state=FindingState.DISMISSED, closing__by="reversal")


def _check_entry(origin: str, list_name: str, number: str, text: str, office: str) -> None:
    if origin not in FindingOrigin.values or origin == FindingOrigin.RULE:
        raise BadInput(_("Choose where the finding comes from."), "no_origin")
    if not list_name.strip() or not number.strip():
        raise BadInput(_("Give the list (or the number of its paper) and the number in it."), "no_list")
    if len(text.strip()) < MIN_NOTE:
        raise BadInput(_("Say in a sentence what was found."), "no_text")
    if office not in Role.values or office in (Role.PUBLIC, Role.AUDITOR):
        raise BadInput(_("Choose the office that must act."), "no_office")


@transaction.atomic
def write_lines(
    lines: Sequence[ListLine], *, by: User | None, batch: ImportBatch | None = None
) -> list[Finding]:
    """Write the lines of a list: new findings, and what the list says anew of known ones.

    Gives the findings in the order of the lines; ``before`` of a changed one hangs on it. Raises
    ``RegistryError`` when a finding has moved on since the file was read.
    """
    known = _lock([line.finding for line in lines if line.finding])
    acts: list[ActLine] = []
    made: list[Finding] = []
    for line in lines:
        finding = known.get(line.finding or 0) or _new(line, batch)
        if line.finding:
            _refuse_moved(finding, line)
            finding.before = snapshot(finding)  # type: ignore[attr-defined]
            _change(finding, line)
        made.append(finding)
    Finding.objects.bulk_create([f for f in made if f.pk is None], batch_size=500)
    fields = [*RESTORED, "due_on", "closed_on"]
    Finding.objects.bulk_update(known.values(), [name.removesuffix("_id") for name in fields], batch_size=500)
    pairs = list(zip(made, lines, strict=True))
    Rectification.objects.bulk_create(
        [note for pair in pairs for note in _notes(*pair, by, batch)], batch_size=500
    )
    for finding, line in pairs:
        acts += _acts(finding, line)
    record_acts(acts, by=by, batch=batch)
    engine.evaluate_subjects(as_of=clock.today(), findings=[finding.pk for finding in made])
    return made


def note_names_taken(*, query: str, by: User, division: Division) -> None:
    """The book says that a ledger with names of persons was taken away. 中文：导出含个人姓名的台账"""
    access.require(by, "see_personal", division)
    after = {"list": "findings_ledger", "filter": query, "format": "xlsx"}
    line = ActLine(verb="list_exported", division=division, subject="list:findings_ledger", after=after)
    record_acts([line], by=by)


def _lock(keys: list[int]) -> dict[int, Finding]:
    rows = Finding.objects.filter(pk__in=keys).select_for_update(of=("self",)).order_by("pk")
    return {finding.pk: finding for finding in rows.defer("place")}


def _refuse_moved(finding: Finding, line: ListLine) -> None:
    if finding.state != line.state:
        raise RegistryError(
            _("Finding %(id)d is %(state)s now, it was not when the file was read. Import it again.")
            % {"id": finding.pk, "state": FindingState(finding.state).label},
            "stale",
        )


def _new(line: ListLine, batch: ImportBatch | None) -> Finding:
    today = clock.today()
    since = min(line.since or today, today)
    state = FindingState.RECTIFYING if line.notes else FindingState.OPEN
    return Finding(
        origin=line.origin,
        subject_type=SUBJECT,
        subject_key=line.key,
        division_id=line.division,
        unit_id=line.unit,
        severity=Severity.F,
        state=FindingState.CLOSED if line.closed_on else state,
        since=since,
        opened_on=since,
        read_on=today,
        closed_on=line.closed_on,
        closing=_closing(line),
        text=line.text,
        office=line.office,
        person_id=line.person,
        due_on=line.due_on,
        item=line.item,
        batch=batch,
    )


def _closing(line: ListLine) -> dict[str, Any] | None:
    if line.closed_on is None:
        return None
    said = line.notes.get(RectificationKind.EVIDENCE) or _("by the evidence in the register")
    return {"by": "officer", "reason": said[:255]}


def _change(finding: Finding, line: ListLine) -> None:
    """What the list says anew. The line of a list is the list's; a rule's finding keeps its own facts."""
    if finding.origin != FindingOrigin.RULE:
        finding.text, finding.origin, finding.item = line.text, line.origin, line.item or finding.item
        finding.division_id, finding.unit_id = line.division, line.unit or finding.unit_id
    finding.person_id = line.person or finding.person_id
    finding.due_on = line.due_on or finding.due_on
    if line.closed_on is not None:
        finding.state, finding.closed_on = FindingState.CLOSED, line.closed_on
        finding.closing = _closing(line)
    elif line.notes and finding.state in (FindingState.OPEN, FindingState.REOPENED):
        finding.state = FindingState.RECTIFYING


def _notes(
    finding: Finding, line: ListLine, by: User | None, batch: ImportBatch | None
) -> list[Rectification]:
    """The line's texts as notes; a long text in pieces that are put together again when it is shown."""
    now, today = clock.now(), clock.today()
    return [
        Rectification(
            finding=finding,
            kind=kind,
            on=today,
            text=text[start : start + MAX_NOTE],
            by=by,
            at=now,
            batch=batch,
        )
        for kind, text in line.notes.items()
        for start in range(0, len(text), MAX_NOTE)
    ]


def _acts(finding: Finding, line: ListLine) -> list[ActLine]:
    before = getattr(finding, "before", None)
    common: dict[str, Any] = {
        "division": finding.division_id,
        "unit": finding.unit_id,
        "subject": subject_of(finding),
    }
    after = {"state": str(finding.state), "due_on": finding.due_on.isoformat() if finding.due_on else None}
    verb = "finding_changed" if before else "finding_entered"
    told = {key: before[key] for key in ("state", "due_on")} if before else None
    acts = [ActLine(verb=verb, reason=line.text[:255], before=told, after=after, **common)]
    if line.closed_on:
        acts.append(ActLine(verb="finding_closed", reason=(_closing(line) or {})["reason"], **common))
    return acts


def snapshot(finding: Finding) -> dict[str, Any]:
    """What a list may change, as JSON."""
    days = {name: getattr(finding, name) for name in ("due_on", "closed_on")}
    return {name: getattr(finding, name) for name in RESTORED} | {
        name: day.isoformat() if day else None for name, day in days.items()
    }


def take_back_lines(
    changed: dict[int, dict[str, Any]], *, by: User | None, batch: ImportBatch, act: Act
) -> None:
    """Take back what a batch brought and changed; ``changed``: the former values by finding.

    Raises ``RegistryError`` naming the findings on which somebody has worked since.
    """
    new = set(Finding.objects.filter(batch=batch).values_list("pk", flat=True))
    rows = _lock([*new, *changed])
    _refuse_worked(rows, batch)
    today = clock.today()
    for pk, finding in rows.items():
        if pk in new:
            finding.state, finding.closing = FindingState.DISMISSED, {"by": "reversal", "act": act.pk}
            finding.closed_on = max(today, finding.opened_on)
            continue
        for name, value in changed[pk].items():
            day = name in ("due_on", "closed_on") and value is not None
            setattr(finding, name, dt.date.fromisoformat(value) if day else value)
    fields = [*RESTORED, "due_on", "closed_on"]
    Finding.objects.bulk_update(rows.values(), [name.removesuffix("_id") for name in fields], batch_size=500)
    record_acts(
        [
            ActLine(
                verb="finding_dismissed" if pk in new else "finding_changed",
                division=finding.division_id,
                unit=finding.unit_id,
                subject=subject_of(finding),
                reason=_("import %(id)d taken back") % {"id": batch.pk},
                after={"state": str(finding.state)},
            )
            for pk, finding in rows.items()
        ],
        by=by,
        batch=batch,
    )
    engine.evaluate_subjects(as_of=today, findings=list(rows))


def _refuse_worked(rows: dict[int, Finding], batch: ImportBatch) -> None:
    subjects = {subject_of(finding): finding for finding in rows.values()}
    own = Act.objects.filter(batch=batch, subject__in=subjects).order_by("id").values_list("id", flat=True)
    later = Act.objects.filter(subject__in=subjects, id__gt=own.first() or 0).exclude(batch=batch)
    worked = sorted(set(later.values_list("subject", flat=True)), key=lambda key: subjects[key].pk)
    if worked:
        named = "、".join(f"{subjects[key].pk} {subjects[key].text[:20]}" for key in worked[:NAMED])
        raise RegistryError(
            _("%(count)d findings of this list have been worked on since: %(named)s. They stand for good.")
            % {"count": len(worked), "named": named},
            "worked_on",
        )
