"""Work on findings 问题整改: an officer takes one up, or finds that it is not upheld, with a reason.

A finding is never closed by hand: the next reading of the rule closes it when the facts are right again.
"""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from registry import access, clock
from registry.codes import FindingState
from registry.errors import BadInput, RegistryError
from registry.models import Finding, User

from .acts import record_act

NEXT = {
    FindingState.OPEN: (FindingState.RECTIFYING, FindingState.DISMISSED),
    FindingState.RECTIFYING: (FindingState.OPEN, FindingState.DISMISSED),
}
MIN_REASON = 4


def start_rectifying(*, finding: Finding, by: User | None, reason: str) -> Finding:
    """An officer has taken the finding up. 中文：开始整改"""
    return _move(finding, FindingState.RECTIFYING, by, reason)


def dismiss(*, finding: Finding, by: User | None, reason: str) -> Finding:
    """An officer has looked and the finding is not upheld. 中文：问题不成立"""
    return _move(finding, FindingState.DISMISSED, by, reason)


@transaction.atomic
def _move(finding: Finding, state: FindingState, by: User | None, reason: str) -> Finding:
    locked = Finding.objects.select_for_update(of=("self",)).select_related("division").get(pk=finding.pk)
    access.require(by, "work_finding", locked.division)
    before = FindingState(locked.state)
    if state not in NEXT.get(before, ()):
        raise RegistryError(
            _("The finding is %(state)s; it cannot be set to %(next)s.")
            % {"state": before.label, "next": state.label},
            "bad_state",
        )
    reason = reason.strip()
    if len(reason) < MIN_REASON:
        raise BadInput(_("Give the reason in a sentence: what was seen, what will be done."), "no_reason")
    locked.state = state
    if state == FindingState.DISMISSED:
        locked.closed_on = max(clock.today(), locked.opened_on)
        locked.closing = {"by": "officer", "reason": reason}
    locked.save(update_fields=["state", "closed_on", "closing"])
    record_act(
        by=by,
        verb="finding_worked",
        division=locked.division_id,
        unit=locked.unit_id,
        subject=f"finding:{locked.pk}",
        reason=reason,
        before={"state": before.value, "rule": locked.rule},
        after={"state": state.value, "rule": locked.rule},
    )
    return locked


def take_back(*, finding: Finding, by: User | None, reason: str) -> Finding:
    """The finding is no longer being rectified: it waits to be verified again. 中文：退回待核实"""
    return _move(finding, FindingState.OPEN, by, reason)


SERVICES = {
    FindingState.RECTIFYING: start_rectifying,
    FindingState.DISMISSED: dismiss,
    FindingState.OPEN: take_back,
}
