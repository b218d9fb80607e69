"""Rules on decisions: DEC-01 to DEC-05. 中文：议决规则（农村集体经济组织法）

A decision is held against what was in force on the day of the meeting, not on the day of the reading.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from registry.codes import COLLECTIVE_BODIES, MEETING_BODIES, DecisionBody, Matter, Reading, Severity
from registry.models import Decision

from . import majority as counting
from .base import Context, Outcome, Row, Rule
from .parameters import Default, timeline

MAJORITY = "decision_majority"
NOTICE_DAYS = "meeting_notice_days"
ACCOUNTS_DAYS = "accounts_ready_days"
ASSEMBLY_ONLY = "assembly_only_matters"
PARTY_FIRST = "party_first_bodies"
LAW = dt.date(2025, 5, 1)  # 农村集体经济组织法施行：the first day on which these parameters have a value


def meetings(context: Context, bodies: Iterable[str], **conditions: Any) -> list[Decision]:
    """Decisions of bodies in the scope up to the day, with their divisions; one query."""
    rows = Decision.objects.in_force().filter(body__in=list(bodies), held_on__lte=context.as_of, **conditions)
    limited = context.scope.limit(rows, division="division__path", unit="pk", kind="decision")
    return list(limited.select_related("division").order_by("pk"))


def row(decision: Decision, reading: str = Reading.FOUND, **details: Any) -> Row:
    """A row on a decision: what was decided and when is always among the details."""
    return Row(
        subject_type="decision",
        subject_key=str(decision.pk),
        division_id=decision.division_id,
        since=decision.held_on,
        reading=reading,
        details={"name": decision.title, "held": decision.held_on.isoformat(), **details},
    )


def read_dec_01(context: Context) -> Outcome:
    """DEC-01: quorum or majority was not reached; a count is missing: NO_DATA. Two queries."""
    value_of = timeline([MAJORITY])
    rows, checked = [], 0
    for decision in meetings(context, MEETING_BODIES):
        table = value_of(MAJORITY, decision.division.path, decision.held_on) or {}
        if decision.body not in table:
            continue
        checked += 1
        counts = (decision.members_total, decision.present, decision.in_favour)
        verdict = counting.judge(counting.Majority.of(table[decision.body]), *counts)
        if verdict.passes is None:
            rows.append(row(decision, Reading.NO_DATA))
        elif not verdict.passes:
            rows.append(_not_carried(decision, verdict))
    return Outcome(checked=checked, rows=rows)


def _not_carried(decision: Decision, verdict: counting.Verdict) -> Row:
    return row(
        decision,
        variant=verdict.reason,
        total=decision.members_total,
        present=decision.present,
        favour=decision.in_favour,
        quorum=verdict.present_needed,
        majority=verdict.favour_needed,
    )


def read_dec_02(context: Context) -> Outcome:
    """DEC-02: the meeting was announced later than the required days before it. Two queries."""
    value_of = timeline([NOTICE_DAYS])
    rows, checked = [], 0
    for decision in meetings(context, MEETING_BODIES):
        days = (value_of(NOTICE_DAYS, decision.division.path, decision.held_on) or {}).get(decision.body)
        if not days:
            continue
        checked += 1
        rows += _too_late(decision, decision.notice_on, int(days))
    return Outcome(checked=checked, rows=rows)


def _too_late(decision: Decision, on: dt.date | None, days: int) -> list[Row]:
    if on is None:
        return [row(decision, Reading.NO_DATA, days=days)]
    before = (decision.held_on - on) // dt.timedelta(days=1)
    return [row(decision, on=on.isoformat(), before=before, days=days)] if before < days else []


def read_dec_03(context: Context) -> Outcome:
    """DEC-03: plan and accounts were not there the required days before the assembly. Two queries."""
    value_of = timeline([ACCOUNTS_DAYS])
    rows, checked = [], 0
    for decision in meetings(context, COLLECTIVE_BODIES, matters__contains=[Matter.PLANS]):
        days = value_of(ACCOUNTS_DAYS, decision.division.path, decision.held_on)
        if not days:
            continue
        checked += 1
        rows += _too_late(decision, decision.accounts_on, int(days))
    return Outcome(checked=checked, rows=rows)


def read_dec_04(context: Context) -> Outcome:
    """DEC-04: representatives decided what only the assembly of all members may decide. Two queries."""
    value_of = timeline([ASSEMBLY_ONLY])
    rows, checked = [], 0
    for decision in meetings(context, [DecisionBody.MEMBER_REPRESENTATIVES]):
        reserved = value_of(ASSEMBLY_ONLY, decision.division.path, decision.held_on) or []
        checked += bool(reserved)
        taken = sorted(set(decision.matters) & set(reserved))
        if taken:
            rows.append(row(decision, items="、".join(map(str, taken)), matters=taken))
    return Outcome(checked=checked, rows=rows)


def read_dec_05(context: Context) -> Outcome:
    """DEC-05: no discussion by the Party organisation stands before the assembly. Two queries."""
    value_of = timeline([PARTY_FIRST])
    rows, checked = [], 0
    for decision in meetings(context, MEETING_BODIES):
        bodies = value_of(PARTY_FIRST, decision.division.path, decision.held_on) or []
        if decision.body not in bodies:
            continue
        checked += 1
        on = decision.party_on
        if on is None:
            rows.append(row(decision))
        elif on > decision.held_on:
            rows.append(row(decision, variant="after", on=on.isoformat()))
    return Outcome(checked=checked, rows=rows)


def majority_on(day: dt.date, body: str, path: str) -> counting.Majority | None:
    """What a body needed on a day in a division; nothing for bodies that do not vote. One query."""
    table = timeline([MAJORITY])(MAJORITY, path, day) or {}
    return counting.Majority.of(table[body]) if body in table else None


def check_majority(value: Any) -> str:
    """What is wrong with a value of ``decision_majority`` beyond its pattern; empty when nothing is."""
    bases = {line.get("base") for line in value.values()}
    return "base" if bases - {counting.ALL, counting.PRESENT} else ""


_PRESENT = {"quorum": "0/1", "majority": "1/2", "over": True, "base": counting.PRESENT}
_TWO_THIRDS = {"quorum": "2/3", "majority": "2/3", "over": False, "base": counting.ALL}
_REPRESENTATIVES = {"quorum": "0/1", "majority": "2/3", "over": False, "base": counting.ALL}

PARAMETERS = (
    Default(
        key=MAJORITY,
        label=_("quorum and majority by body"),
        value=dict.fromkeys((str(body) for body in MEETING_BODIES), _PRESENT),
        source="村民委员会组织法：出席人员过半数通过（农村集体经济组织法施行前）",
        valid_to=LAW,
        check=check_majority,
    ),
    Default(
        key=MAJORITY,
        label=_("quorum and majority by body"),
        value={
            **dict.fromkeys((str(body) for body in MEETING_BODIES), _PRESENT),
            str(DecisionBody.MEMBERS): _TWO_THIRDS,
            str(DecisionBody.MEMBER_REPRESENTATIVES): _REPRESENTATIVES,
        },
        source="农村集体经济组织法第二十七条、第二十八条；村民委员会组织法",
        valid_from=LAW,
        check=check_majority,
    ),
    Default(
        key=NOTICE_DAYS,
        label=_("days from the announcement to the meeting"),
        unit=_("days"),
        value={str(DecisionBody.MEMBERS): 10, str(DecisionBody.MEMBER_REPRESENTATIVES): 0},
        source="农村集体经济组织法第二十七条",
        valid_from=LAW,
    ),
    Default(
        key=ACCOUNTS_DAYS,
        label=_("days from plan and accounts being ready to the meeting"),
        unit=_("days"),
        value=10,
        source="农村集体经济组织法第四十六条",
        valid_from=LAW,
    ),
    Default(
        key=ASSEMBLY_ONLY,
        label=_("matters that only the assembly of all members may decide"),
        value=[1, 3, 8, 10, 12],
        source="农村集体经济组织法第二十八条",
        valid_from=LAW,
    ),
    Default(
        key=PARTY_FIRST,
        label=_("bodies whose matters the Party organisation discusses first"),
        value=[str(body) for body in COLLECTIVE_BODIES],
        source="农村集体经济组织法第二十六条",
        valid_from=LAW,
    ),
)

RULES = (
    Rule(
        id="DEC-01",
        subject="decision",
        title=_("decision not carried"),
        message=_("“%(name)s” of %(held)s was not carried: %(favour)s in favour, %(majority)s are needed."),
        variants={
            "quorum": _(
                "“%(name)s” of %(held)s was decided without a quorum: %(present)s of %(total)s present, "
                "%(quorum)s are needed."
            ),
        },
        no_data=_("“%(name)s” of %(held)s: the counts of the meeting are not complete."),
        remedy=_("Correct the counts by the minutes, or hold the meeting again."),
        source="农村集体经济组织法第二十七条、第二十八条；村民委员会组织法",
        read=read_dec_01,
        parameters=(MAJORITY,),
    ),
    Rule(
        id="DEC-02",
        subject="decision",
        title=_("meeting announced too late"),
        message=_(
            "“%(name)s”: the meeting of %(held)s was announced on %(on)s, %(before)s days before; "
            "%(days)s are needed."
        ),
        no_data=_("“%(name)s” of %(held)s: the day of the announcement is unknown."),
        remedy=_("Enter the day of the announcement, or hold the meeting again in time."),
        source="农村集体经济组织法第二十七条",
        read=read_dec_02,
        parameters=(NOTICE_DAYS,),
        valid_from=LAW,
    ),
    Rule(
        id="DEC-03",
        subject="decision",
        title=_("plan and accounts not ready in time"),
        message=_(
            "“%(name)s”: plan and accounts were there on %(on)s, %(before)s days before the meeting of "
            "%(held)s; %(days)s are needed."
        ),
        no_data=_("“%(name)s” of %(held)s: the day on which plan and accounts were ready is unknown."),
        remedy=_("Enter the day on which the members could read plan and accounts."),
        source="农村集体经济组织法第四十六条",
        read=read_dec_03,
        parameters=(ACCOUNTS_DAYS,),
        valid_from=LAW,
    ),
    Rule(
        id="DEC-04",
        subject="decision",
        title=_("representatives decided what all members must"),
        message=_(
            "“%(name)s” of %(held)s: the representatives decided matters (%(items)s of article 26) that only "
            "the assembly of all members may decide."
        ),
        remedy=_("Call the assembly of all members on these matters."),
        source="农村集体经济组织法第二十八条",
        read=read_dec_04,
        parameters=(ASSEMBLY_ONLY,),
        valid_from=LAW,
    ),
    Rule(
        id="DEC-05",
        subject="decision",
        title=_("no discussion by the Party organisation before"),
        message=_("“%(name)s” of %(held)s: no discussion by the Party organisation is recorded before it."),
        variants={
            "after": _("“%(name)s” of %(held)s: the Party organisation discussed it later, on %(on)s.")
        },
        remedy=_("Enter the day on which the Party organisation discussed it."),
        source="农村集体经济组织法第二十六条",
        read=read_dec_05,
        severity=Severity.W,
        parameters=(PARTY_FIRST,),
        valid_from=LAW,
    ),
)
