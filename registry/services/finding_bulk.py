"""Many findings at once: who must act on them until when. 中文：批量交办问题"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from registry import access, clock
from registry.codes import FindingState, Role
from registry.errors import BadInput, RowsRefused
from registry.finding_acts import MOVES, FindingAct
from registry.models import Division, Finding, User
from registry.queries.divisions import ancestors_of_path
from registry.queries.findings import NO_OFFICERS, sentence
from registry.rules import engine

from .acts import ActLine, record_acts
from .findings import check_deadline, facts_of
from .rectification import subject_of

MOVE = MOVES[FindingAct.ASSIGN]


@transaction.atomic
def assign_many(
    *,
    findings: Iterable[Finding],
    by: User | None,
    office: str,
    person: User | None = None,
    due_on: dt.date | None = None,
    reason: str = "",
) -> int:
    """Assign all of the findings or none, an act each; gives their number. 中文：批量交办

    About ten statements, however many findings. Raises ``BadInput`` for the office or the deadline,
    ``NotAllowed`` where a finding lies outside the user's divisions, and ``RowsRefused`` with every finding
    whose state does not fit or whose place the person's roles do not reach.
    """
    if office not in Role.values or office in NO_OFFICERS:
        raise BadInput(_("Choose the office that must act."), "no_office")
    if due_on is not None:
        check_deadline(due_on)
    keys = [finding.pk for finding in findings]
    rows = Finding.objects.filter(pk__in=keys).select_for_update(of=("self",))
    locked = list(rows.select_related("division", "person", "unit").defer("place").order_by("pk"))
    for division in {finding.division_id: finding.division for finding in locked}.values():
        access.require(by, MOVE.verb, division)
    _refuse(locked, person)
    before = {finding.pk: facts_of(finding) for finding in locked}
    for finding in locked:
        finding.office, finding.person = office, person
        finding.due_on = due_on or finding.due_on
    Finding.objects.bulk_update(locked, ["office", "person", "due_on"], batch_size=500)
    record_acts([_line(finding, before[finding.pk], reason) for finding in locked], by=by)
    engine.evaluate_subjects(as_of=clock.today(), findings=[finding.pk for finding in locked])
    return len(locked)


def _refuse(findings: list[Finding], person: User | None) -> None:
    reached = _reached({finding.division_id: finding.division for finding in findings}, person)
    refused = []
    for finding in findings:
        if finding.state not in MOVE.states:
            why = _("it is %(state)s") % {"state": FindingState(finding.state).label}
        elif person is not None and finding.division_id not in reached:
            why = _("%(name)s holds no role that reaches %(place)s") % {
                "name": person.get_full_name(),
                "place": finding.division.name,
            }
        else:
            continue
        refused.append((sentence(finding), why))
    if refused:
        raise RowsRefused(
            _("%(count)d findings cannot be assigned so. Nothing was written.") % {"count": len(refused)},
            refused,
        )


def _reached(places: dict[int, Division], person: User | None) -> set[int]:
    """The places that a person's roles of today reach. One query."""
    if person is None:
        return set()
    grants = person.grants.on(clock.today()).exclude(role__in=NO_OFFICERS)
    roots = set(grants.values_list("division_id", flat=True)) if person.is_active else set()
    return {key for key, place in places.items() if roots & set(ancestors_of_path(place.path))}


def _line(finding: Finding, before: dict[str, object], reason: str) -> ActLine:
    after = facts_of(finding)
    told = sorted({key for key in after if after[key] != before[key]} | {"state"})
    return ActLine(
        verb=MOVE.word,
        division=finding.division_id,
        unit=finding.unit_id,
        subject=subject_of(finding),
        reason=reason.strip(),
        before={key: before[key] for key in told},
        after={key: after[key] for key in told},
    )
