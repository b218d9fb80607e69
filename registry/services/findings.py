"""Work on findings 问题整改: taken up, assigned, closed with evidence, waived, reopened, not upheld.

What leads from which state to which is one table: ``registry.finding_acts.MOVES``. A finding of a rule that
an officer has closed is opened again by the next reading when the facts are still wrong.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from registry import access, clock
from registry.codes import FindingOrigin, FindingState, Role
from registry.errors import BadInput, RegistryError
from registry.finding_acts import MOVES, FindingAct
from registry.models import Finding, RectificationKind, Source, User
from registry.queries.findings import officers_of
from registry.reasons import too_short
from registry.rules import engine

from .acts import ActLine, record_act, record_acts
from .rectification import MIN_EVIDENCE, evidence_of, subject_of, write_note

SAVED = ["state", "office", "person", "due_on", "waived_until", "closed_on", "closing", "paper"]


@transaction.atomic
def take_up(
    *,
    finding: Finding,
    by: User | None,
    measure: str,
    person: User | None = None,
    due_on: dt.date | None = None,
) -> Finding:
    """An officer takes the finding up: with which measure, who does it, until when. 中文：开始整改"""
    locked, before = _locked(finding, FindingAct.TAKE_UP, by)
    write_note(finding=locked, by=by, kind=RectificationKind.MEASURE, text=measure)
    _charge(locked, person=person or locked.person or by, due_on=due_on)
    return _moved(locked, FindingAct.TAKE_UP, by, before, reason=measure)


@transaction.atomic
def assign(
    *,
    finding: Finding,
    by: User | None,
    office: str,
    person: User | None = None,
    due_on: dt.date | None = None,
    reason: str = "",
) -> Finding:
    """Who must act on it until when. ``person`` holds a role that reaches the finding's place. 中文：交办"""
    locked, before = _locked(finding, FindingAct.ASSIGN, by)
    if office not in Role.values or office in (Role.PUBLIC, Role.AUDITOR):
        raise BadInput(_("Choose the office that must act."), "no_office")
    locked.office, locked.person = office, None
    _charge(locked, person=person, due_on=due_on)
    return _moved(locked, FindingAct.ASSIGN, by, before, reason=reason)


@transaction.atomic
def note(*, finding: Finding, by: User | None, kind: str, text: str, source: Source | None = None) -> Finding:
    """A measure, progress or evidence is written down. 中文：记录整改措施、进展、佐证"""
    locked, before = _locked(finding, FindingAct.NOTE, by)
    write_note(finding=locked, by=by, kind=kind, text=text, source=source)
    return _moved(locked, FindingAct.NOTE, by, before, reason=text, source=source)


@transaction.atomic
def close(*, finding: Finding, by: User | None, text: str = "", source: Source | None = None) -> Finding:
    """The finding is rectified, and the evidence says so. 中文：整改销号

    Evidence is a note of that kind with a document, or with at least ``MIN_EVIDENCE`` characters, written
    since the finding was closed last. Raises ``BadInput`` without any.
    """
    locked, before = _locked(finding, FindingAct.CLOSE, by)
    if text.strip() or source is not None:
        write_note(finding=locked, by=by, kind=RectificationKind.EVIDENCE, text=text, source=source)
    evidence = evidence_of(locked)
    if evidence is None:
        raise BadInput(
            _(
                "There is no evidence yet that it is put right. Name the document, or say in at least "
                "%(least)d characters what was done, when, and who saw it."
            )
            % {"least": MIN_EVIDENCE},
            "no_evidence",
        )
    locked.closed_on = max(clock.today(), locked.opened_on)
    locked.closing = {"by": "officer", "reason": evidence.text, "evidence": evidence.pk}
    locked.paper_id = evidence.source_id
    locked.waived_until = None
    return _moved(locked, FindingAct.CLOSE, by, before, reason=evidence.text, source=evidence.source)


@transaction.atomic
def waive(
    *, finding: Finding, by: User | None, source: Source | None, until: dt.date, reason: str
) -> Finding:
    """The finding stays true and is let stand until a day, on the strength of a document. 中文：限期豁免"""
    locked, before = _locked(finding, FindingAct.WAIVE, by)
    if source is None:
        raise BadInput(_("A finding is waived by a document: give its number or title."), "no_source")
    if until <= clock.today():
        raise BadInput(
            _("The waiver would end on %(day)s; give a day after today, %(today)s.")
            % {"day": until.isoformat(), "today": clock.today().isoformat()},
            "past_date",
        )
    locked.waived_until, locked.paper = until, source
    return _moved(locked, FindingAct.WAIVE, by, before, reason=_sentence(reason), source=source)


@transaction.atomic
def reopen(*, finding: Finding, by: User | None, reason: str, due_on: dt.date | None = None) -> Finding:
    """What was closed, waived or not upheld needs work after all. 中文：重新打开

    Raises ``RegistryError`` for what a reading closed: there the facts are right, and a new finding opens by
    itself when they are not; and where the same finding is open already.
    """
    locked, before = _locked(finding, FindingAct.REOPEN, by)
    _refuse_reopening(locked)
    locked.closed_on = locked.waived_until = locked.paper = None
    _charge(locked, person=None, due_on=due_on)
    return _moved(locked, FindingAct.REOPEN, by, before, reason=_sentence(reason))


@transaction.atomic
def put_back(*, finding: Finding, by: User | None, reason: str) -> Finding:
    """The finding is no longer being rectified: it waits to be verified again. 中文：退回待核实"""
    locked, before = _locked(finding, FindingAct.PUT_BACK, by)
    return _moved(locked, FindingAct.PUT_BACK, by, before, reason=_sentence(reason))


@transaction.atomic
def dismiss(*, finding: Finding, by: User | None, reason: str) -> Finding:
    """An officer has looked and the finding is not upheld. 中文：问题不成立"""
    locked, before = _locked(finding, FindingAct.DISMISS, by)
    reason = _sentence(reason)
    locked.closed_on = max(clock.today(), locked.opened_on)
    locked.closing = {"by": "officer", "reason": reason}
    return _moved(locked, FindingAct.DISMISS, by, before, reason=reason)


@transaction.atomic
def end_waivers(*, as_of: dt.date) -> int:
    """Findings of lists whose waiver has ended are open again; those of rules the evaluation reopens."""
    ended = Finding.objects.filter(state=FindingState.WAIVED, waived_until__lte=as_of)
    rows = list(ended.exclude(origin=FindingOrigin.RULE).select_for_update(of=("self",)).order_by("pk"))
    for finding in rows:
        finding.state, finding.waived_until = FindingState.REOPENED, None
    Finding.objects.bulk_update(rows, ["state", "waived_until"], batch_size=500)
    record_acts(
        [
            ActLine(
                verb="finding_reopened",
                division=finding.division_id,
                unit=finding.unit_id,
                subject=subject_of(finding),
                reason=_("The waiver has ended."),
                before={"state": FindingState.WAIVED.value},
                after={"state": FindingState.REOPENED.value},
            )
            for finding in rows
        ],
        by=None,
    )
    return len(rows)


def _locked(finding: Finding, act: FindingAct, by: User | None) -> tuple[Finding, dict[str, Any]]:
    """The finding, locked, with what it said before; refused where the act does not fit its state."""
    rows = Finding.objects.select_for_update(of=("self",)).select_related("division", "person")
    locked, move = rows.defer("place").get(pk=finding.pk), MOVES[act]
    access.require(by, move.verb, locked.division)
    if locked.state not in move.states:
        fitting = [FindingAct(key).label for key, other in MOVES.items() if locked.state in other.states]
        raise RegistryError(
            _("The finding is %(state)s; “%(act)s” does not fit. Possible now: %(fitting)s.")
            % {
                "state": FindingState(locked.state).label,
                "act": act.label,
                "fitting": "、".join(map(str, fitting)),
            },
            "bad_state",
        )
    return locked, facts_of(locked)


def _moved(
    locked: Finding,
    act: FindingAct,
    by: User | None,
    before: dict[str, Any],
    *,
    reason: str = "",
    source: Source | None = None,
) -> Finding:
    """Save the finding, write the act, read again the rules that look at findings."""
    move = MOVES[act]
    if move.to is not None:
        locked.state = move.to
    locked.save(update_fields=SAVED)
    after = facts_of(locked)
    told = {key for key in after if after[key] != before[key]} | {"state"}
    record_act(
        by=by,
        verb=move.word,
        division=locked.division_id,
        unit=locked.unit_id,
        subject=subject_of(locked),
        reason=reason.strip(),
        source=source,
        before={key: before[key] for key in sorted(told)},
        after={key: after[key] for key in sorted(told)},
    )
    engine.evaluate_subjects(as_of=clock.today(), findings=(locked.pk,))
    return locked


def facts_of(finding: Finding) -> dict[str, Any]:
    """What the book says of a finding, before or after an act."""
    due, until = finding.due_on, finding.waived_until
    return {
        "state": str(finding.state),
        "office": str(finding.office),
        "person": finding.person.get_full_name() if finding.person else None,
        "due_on": due.isoformat() if due else None,
        "waived_until": until.isoformat() if until else None,
    }


def _charge(finding: Finding, *, person: User | None, due_on: dt.date | None) -> None:
    """Give the finding to a person with a deadline. Raises ``BadInput``."""
    if person is not None and person != finding.person:
        if not officers_of(finding.division, clock.today()).filter(pk=person.pk).exists():
            raise BadInput(
                _("%(name)s holds no role that reaches %(place)s. Choose somebody from the list.")
                % {"name": person.get_full_name(), "place": finding.division.name},
                "no_officer",
            )
        finding.person = person
    if due_on is not None and due_on != finding.due_on:
        check_deadline(due_on)
        finding.due_on = due_on


def check_deadline(due_on: dt.date) -> None:
    """A deadline that is set now does not lie in the past. Raises ``BadInput``."""
    if due_on < clock.today():
        raise BadInput(
            _("The deadline %(day)s has passed already; give a day from today, %(today)s, on.")
            % {"day": due_on.isoformat(), "today": clock.today().isoformat()},
            "past_date",
        )


def _sentence(reason: str) -> str:
    reason = reason.strip()
    if too_short(reason):
        raise BadInput(_("Give the reason in a sentence: what was seen, what will be done."), "no_reason")
    return reason


def _refuse_reopening(finding: Finding) -> None:
    closing = finding.closing if isinstance(finding.closing, dict) else {}
    if closing.get("by") == "reversal":
        raise RegistryError(
            _("The list it came in was taken back; import the list again instead."), "reversed_list"
        )
    if finding.state == FindingState.CLOSED and closing.get("by") == "evaluation":
        raise RegistryError(
            _(
                "The register closed it, because the facts are right. When they are wrong again, a new "
                "finding opens by itself; look at the facts of the thing instead."
            ),
            "closed_by_reading",
        )
    same = Finding.objects.live().filter(
        rule=finding.rule, subject_type=finding.subject_type, subject_key=finding.subject_key
    )
    twin = same.exclude(pk=finding.pk).values_list("pk", flat=True).first()
    if twin is not None:
        raise RegistryError(
            _("The same finding is open already, as number %(id)d. Work on that one.") % {"id": twin},
            "open_twice",
        )
