"""Plans for the baseline: how a division works off what a rule found from before it went live.

中文：存量问题整改计划（每条规则一个计划）
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from registry import access, clock
from registry.codes import Role
from registry.errors import BadInput, NotAllowed
from registry.models import BaselinePlan, Division, User
from registry.queries.divisions import go_live_by_division
from registry.queries.findings import officers_of
from registry.rules import Rule, get

from .acts import record_act
from .findings import check_deadline

MIN_PLAN = 6
ANY_RULE = frozenset({Role.ADMIN, Role.COUNTY})


@transaction.atomic
def set_plan(
    *,
    division: Division,
    rule: str,
    text: str,
    due_on: dt.date,
    person: User | None,
    by: User | None,
) -> BaselinePlan:
    """Set the one plan of a rule in a division, or change it.

    The county and the administrator set the plan of any rule; an officer that of the rules of his office.
    Raises ``NotAllowed``, ``BadInput``.
    """
    known = get(rule)
    if known is None:
        raise BadInput(_("There is no rule %(id)s.") % {"id": rule}, "no_rule")
    _require(by, division, known)
    Division.objects.select_for_update().get(pk=division.pk)
    _check(division, text, due_on, person)
    plan = BaselinePlan.objects.filter(division=division, rule=rule).select_related("person").first()
    before = _facts(plan) if plan else None
    plan = plan or BaselinePlan(division=division, rule=rule)
    plan.text, plan.due_on, plan.person = text.strip(), due_on, person
    plan.save()
    record_act(
        by=by,
        verb="baseline_planned",
        division=division,
        subject=f"baseline:{rule}",
        reason=plan.text,
        before=before,
        after=_facts(plan),
    )
    return plan


def may_plan(user: Any, division: Division, rule: Rule) -> bool:
    """Whether a user may set the plan of a rule in a division."""
    if not access.may(user, "set_baseline_plan", division):
        return False
    grants = access.current_grants(user)
    roles = {grant.role for grant in grants if division.path.startswith(grant.division.path)}
    return bool(roles & ANY_RULE) or rule.office in roles


def _require(by: User | None, division: Division, rule: Rule) -> None:
    access.require(by, "set_baseline_plan", division)
    if by is not None and not may_plan(by, division, rule):
        raise NotAllowed(
            _("%(rule)s is the business of the %(office)s; the plan is set by that office or by the county.")
            % {"rule": rule.id, "office": Role(rule.office).label}
        )


def _check(division: Division, text: str, due_on: dt.date, person: User | None) -> None:
    if go_live_by_division([division.pk]).get(division.pk) is None:
        raise BadInput(
            _("%(place)s has no go-live date yet, so that it has no baseline. Set the date first.")
            % {"place": division.name},
            "no_go_live",
        )
    if len(text.strip()) < MIN_PLAN:
        raise BadInput(_("Say in a sentence how these findings are worked off."), "no_plan")
    check_deadline(due_on)
    if person is not None and not officers_of(division, clock.today()).filter(pk=person.pk).exists():
        raise BadInput(
            _("%(name)s holds no role that reaches %(place)s. Choose somebody from the list.")
            % {"name": person.get_full_name(), "place": division.name},
            "no_officer",
        )


def _facts(plan: BaselinePlan) -> dict[str, Any]:
    return {
        "text": plan.text,
        "due_on": plan.due_on.isoformat(),
        "person": plan.person.get_full_name() if plan.person else None,
    }
