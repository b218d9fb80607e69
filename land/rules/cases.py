"""Rules on enforcement cases: E01 to E04, P11. 中文：执法案件规则

What was confirmed, closed or left lying is read from the steps of the cases; the day of the event chooses the
value of a parameter. Names of parties enter the details of P11 only, where readers without the right see them
masked.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from land.case_codes import Outcome, Stage
from land.models import Case, CaseRectification, ClosureRecord, Verification
from land.parameters_cases import BAN_SINCE, CALENDAR, PHOTOS_MIN, STAGE_DAYS, TRANSFER_MU
from land.queries.cases import NEW, UNKNOWN, WORD, deadlines, photos_that_count, tags_of, unprocessed
from registry import geo
from registry.codes import Reading, Role, Severity
from registry.rules.base import Context, Row, Rule
from registry.rules.base import Outcome as Found
from registry.rules.parameters import timeline


def cases(context: Context, **conditions: Any) -> QuerySet[Case]:
    """Cases of the scope, with their units and places."""
    rows = Case.objects.in_force().filter(**conditions)
    return context.scope.limit(rows).select_related("unit__division").order_by("unit__code")


def row(case: Case, since: dt.date | None, reading: str = Reading.FOUND, **details: Any) -> Row:
    """A row on a case; its name is always among the details."""
    unit = case.unit
    return Row(
        subject_type="unit",
        subject_key=unit.code,
        unit_id=unit.pk,
        division_id=unit.division_id,
        since=since,
        reading=reading,
        details={"name": unit.name, **details},
    )


def read_e01(context: Context) -> Found:
    """E01: confirmed without enough field evidence, or the word said before. Four queries."""
    looked = cases(context)
    rows = []
    confirmed = list(looked.filter(confirmed_on__isnull=False))
    photos = photos_that_count(case.pk for case in confirmed)
    value_of = timeline([PHOTOS_MIN])
    for case in confirmed:
        day = case.confirmed_on or case.stage_since
        wanted = int(value_of(PHOTOS_MIN, case.unit.division.path, day) or 1)
        if photos.get(case.pk, 0) < max(wanted, 1):
            rows.append(row(case, case.confirmed_on, photos=photos.get(case.pk, 0), wanted=max(wanted, 1)))
    said = Verification.objects.in_force().filter(case=OuterRef("pk"), report__contains=WORD)
    early = Q(unit__name__contains=WORD) | Q(note__contains=WORD) | Exists(said)
    rows += [row(case, case.stage_since, variant="word") for case in looked.filter(early, confirmed_on=None)]
    return Found(checked=context.counted(looked), rows=rows)


def read_e02(context: Context) -> Found:
    """E02: closed though the methods do not make the area, or by the verifier himself. Two queries."""
    looked = cases(context, stage=Stage.CLOSED)
    methods = CaseRectification.objects.in_force().filter(case=OuterRef("pk")).order_by()
    total = methods.values("case").annotate(area=Sum("area_m2")).values("area")
    alone = ClosureRecord.objects.filter(step__case=OuterRef("pk"), verifier=F("closer"))
    rows = []
    for case in looked.annotate(dealt_m2=total, alone=Exists(alone)):
        dealt = case.dealt_m2 or Decimal(0)  # type: ignore[attr-defined]
        if dealt != case.area_m2:
            rows.append(row(case, case.stage_since, dealt=str(dealt), area=str(case.area_m2)))
        elif case.alone:  # type: ignore[attr-defined]
            rows.append(row(case, case.stage_since, variant="alone"))
    return Found(checked=context.counted(looked), rows=rows)


def read_e03(context: Context) -> Found:
    """E03: the stage is past its deadline in working days, pauses left out. Three queries.

    Where the calendar of the year is not entered: NO_DATA.
    """
    looked = list(cases(context, stage_since__lte=context.as_of).exclude(stage=Stage.CLOSED))
    due = deadlines(looked)
    rows = []
    for case in looked:
        limit = due.get(case.pk)
        if limit is None or limit.paused:
            continue
        if limit.due is None:
            rows.append(row(case, case.stage_since, Reading.NO_DATA, stage=case.stage, year=_year(case)))
        elif limit.late_on(context.as_of):
            since = limit.due + dt.timedelta(days=1)
            rows.append(row(case, since, stage=case.stage, due=limit.due.isoformat()))
    return Found(checked=len(looked), rows=rows)


def _year(case: Case) -> int:
    """The first year whose working days may be missing."""
    return case.stage_since.year


def read_e04(context: Context) -> Found:
    """E04: the tag by the day on which the building began; unknown is no data. Two queries."""
    looked = list(cases(context, outcome=Outcome.SUSPECTED).exclude(stage=Stage.CLOSED))
    tags = tags_of(looked)
    rows = []
    for case in looked:
        if tags[case.pk] == NEW and case.began_on:
            rows.append(row(case, case.began_on, began=case.began_on.isoformat()))
        elif tags[case.pk] == UNKNOWN:
            rows.append(row(case, case.stage_since, Reading.NO_DATA))
    return Found(checked=len(looked), rows=rows)


def read_p11(context: Context) -> Found:
    """P11: farmland of a party's confirmed cases that are not closed, summed. Two queries.

    A case counts with what it took of basic farmland and of other farmland, at most with what was confirmed
    of it. Cases of the party elsewhere count too. Without a check in the office: NO_DATA.
    """
    looked = list(unprocessed(cases(context)).select_related("unit__division", "party"))
    totals = _totals({case.party_id for case in looked})
    rows = []
    for case in looked:
        basic, other, unknown = totals[case.party_id]
        limits = context.value(TRANSFER_MU, case.unit.division.path)
        reached = _mu(basic) >= Decimal(limits["basic_farmland"]) or _mu(other) >= Decimal(limits["farmland"])
        if not reached and not unknown:
            continue
        reading = Reading.FOUND if reached else Reading.NO_DATA
        details: dict[str, Any] = {
            "basic_mu": str(geo.mu(basic)),
            "other_mu": str(geo.mu(other)),
            "unknown": unknown,
        }
        party = case.party
        details |= {"party": party.name, "party_kind": party.kind} if party else {}
        rows.append(row(case, case.confirmed_on, reading, **details))
    return Found(checked=len(looked), rows=rows)


def _mu(m2: Decimal) -> Decimal:
    """Mu, unrounded: a threshold is not reached by rounding."""
    return m2 * geo.MU_PER_M2


def _totals(parties: Iterable[int | None]) -> dict[int | None, tuple[Decimal, Decimal, int]]:
    """Basic farmland, other farmland (m²) and cases without figures, by party. One query."""
    rows = unprocessed(Case.objects.filter(party__in=[key for key in parties if key])).order_by()
    sums: dict[int | None, list[Any]] = defaultdict(lambda: [Decimal(0), Decimal(0), 0])
    for case in rows:
        bad = case.bad_m2 or Decimal(0)  # type: ignore[attr-defined]
        if case.basic_farmland_m2 is None or case.farmland_m2 is None:
            sums[case.party_id][2] += 1
            continue
        basic = min(case.basic_farmland_m2, bad)
        other = min(max(case.farmland_m2 - case.basic_farmland_m2, Decimal(0)), bad - basic)
        sums[case.party_id][0] += basic
        sums[case.party_id][1] += other
    return {key: (basic, other, unknown) for key, (basic, other, unknown) in sums.items()}


TABLES = frozenset({"land_case", "land_verification", "land_evidence"})
RULES = (
    Rule(
        id="E01",
        looks_at="land_case",
        title=_("confirmed only on field evidence"),
        message=_(
            "%(name)s is confirmed with %(photos)s pictures that have position, azimuth and time; "
            "%(wanted)s are needed."
        ),
        variants={"word": _("%(name)s is spoken of as confirmed before it is. Change the wording.")},
        remedy=_("Verify it in the field with enough pictures, then confirm it."),
        office=Role.LAND_OFFICER,
        source="县级土地执法规范；自然资源行政处罚办法（部令第12号）",
        severity=Severity.E,
        read=read_e01,
        parameters=(PHOTOS_MIN,),
        reads=TABLES,
    ),
    Rule(
        id="E02",
        looks_at="land_case",
        title=_("closed though the areas do not add up, or by the verifier"),
        message=_("%(name)s is closed with %(dealt)s m² dealt with; the clue has %(area)s m²."),
        variants={"alone": _("%(name)s was closed by the person who verified it.")},
        remedy=_("Reopen the case and deal with all of its area; another person closes it."),
        office=Role.LAND_OFFICER,
        source="卫片执法图斑填报要求（分方式面积之和等于图斑面积，核查、销号不同人）",
        severity=Severity.E,
        read=read_e02,
        reads=frozenset({"land_case", "land_caserectification"}),
    ),
    Rule(
        id="E03",
        looks_at="land_case",
        title=_("case past its deadline"),
        message=_("%(name)s should have gone on by %(due)s."),
        no_data=_("Until when %(name)s must go on is not known: enter the public holidays of %(year)s ff."),
        remedy=_("Take the next step, or enter the pause (appraisal, hearing) with its paper."),
        office=Role.LAND_OFFICER,
        source="自然资源行政处罚办法（部令第12号）；县级办理时限（参数）",
        read=read_e03,
        parameters=(STAGE_DAYS, CALENDAR),
        reads=frozenset({"land_case", "land_casepause"}),
    ),
    Rule(
        id="E04",
        looks_at="land_case",
        title=_("building begun after the ban"),
        message=_("%(name)s: building began on %(began)s, after the ban on new houses on farmland."),
        no_data=_("%(name)s: when building began is not known; enter the day."),
        remedy=_("New houses on farmland are not tolerated: deal with it first."),
        office=Role.LAND_OFFICER,
        source="自然资发〔2020〕127号（“八不准”）",
        severity=Severity.I,
        read=read_e04,
        parameters=(BAN_SINCE,),
        reads=frozenset({"land_case"}),
    ),
    Rule(
        id="P11",
        looks_at="land_case",
        title=_("farmland of one party that reaches the transfer threshold"),
        message=_(
            "%(name)s: unprocessed cases of %(party)s took %(basic_mu)s mu of permanent basic farmland and "
            "%(other_mu)s mu of other farmland. Examine whether it must be transferred."
        ),
        no_data=_("%(name)s: of %(unknown)s cases of %(party)s the farmland is not known; check them."),
        remedy=_("Examine the transfer to the judicial organs; record the result in the case."),
        office=Role.LAND_OFFICER,
        source="刑法第三百四十二条；法释〔2000〕14号第三条",
        read=read_p11,
        parameters=(TRANSFER_MU,),
        reads=frozenset({"land_case", "land_verification", "land_casepart", "registry_party"}),
    ),
)
