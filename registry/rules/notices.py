"""Rules on public notices: NOT-01 to NOT-05. 中文：公告公示规则"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.utils.translation import gettext_lazy as _

from registry.codes import (
    EntryCode,
    Level,
    NoticeKind,
    PartyKind,
    Reading,
    Role,
    Severity,
    UnitKind,
    UnitState,
)
from registry.models import Division, Entry, Notice, Objection, Unit
from registry.queries.divisions import go_live_by_division

from .base import Context, Outcome, Row, Rule
from .parameters import Default, timeline
from .secrets import find_secrets

NOTICE_DAYS = "notice_days_min"
RESULT_DAYS = "result_notice_days"
PERIOD = "publication_period"
PERIOD_DAYS = "publication_due_days"
FEW = 20  # places whose paths are asked for one by one
MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}


def notices(context: Context, **conditions: Any) -> QuerySet:
    """Notices of the scope that hang or hung on the day."""
    rows = Notice.objects.in_force().filter(opened_on__lte=context.as_of, **conditions)
    limited = context.scope.limit(rows, division="division__path", unit="pk", kind="notice")
    return limited.select_related("division").order_by("pk")


def row(notice: Notice, since: dt.date, reading: str = Reading.FOUND, **details: Any) -> Row:
    """A row on a notice; its title is always among the details."""
    return Row(
        subject_type="notice",
        subject_key=str(notice.pk),
        division_id=notice.division_id,
        since=since,
        reading=reading,
        details={"name": notice.title, **details},
    )


def read_not_01(context: Context) -> Outcome:
    """NOT-01: too short, in effect before it ended, or an objection without an answer. Three queries."""
    open_ones = Objection.objects.filter(answered_on=None, raised_on__lte=context.as_of)
    found = notices(context).prefetch_related(Prefetch("objections", open_ones, to_attr="unanswered"))
    value_of = timeline([NOTICE_DAYS])
    rows, checked = [], 0
    for notice in found:
        checked += 1
        days = value_of(NOTICE_DAYS, notice.division.path, notice.opened_on) or {}
        rows += _short_of(notice, int(days.get(notice.kind, days.get("default", 0))), context.as_of)
    return Outcome(checked=checked, rows=rows)


def _short_of(notice: Any, wanted: int, today: dt.date) -> list[Row]:
    """What a notice falls short of, the gravest only."""
    effect, last = notice.takes_effect_on, notice.closed_on
    after = last + dt.timedelta(days=1)
    if notice.days < wanted:
        return [row(notice, notice.opened_on, days=notice.days, wanted=wanted)]
    if effect is not None and effect <= last:
        details = {"effect": effect.isoformat(), "last": last.isoformat()}
        return [row(notice, max(effect, notice.opened_on), variant="early", **details)]
    if notice.unanswered and today > last:
        return [row(notice, after, variant="unanswered", count=len(notice.unanswered))]
    return []


def read_not_02(context: Context) -> Outcome:
    """NOT-02: a distribution plan was published and its result was not. Two queries.

    Plan and result are tied by the number of the matter; a plan without one: NO_DATA.
    """
    result = Notice.objects.in_force().filter(
        kind=NoticeKind.DISTRIBUTION_RESULT,
        division=OuterRef("division"),
        matter=OuterRef("matter"),
        opened_on__gte=OuterRef("opened_on"),
        opened_on__lte=context.as_of,
    )
    plans = Notice.objects.in_force().filter(kind=NoticeKind.DISTRIBUTION_PLAN, opened_on__lte=context.as_of)
    limited = context.scope.limit(plans, division="division__path", unit="division", kind="division")
    value_of = timeline([RESULT_DAYS])
    rows, checked = [], 0
    for notice in limited.annotate(told=Exists(result)).select_related("division").order_by("pk"):
        checked += 1
        days = value_of(RESULT_DAYS, notice.division.path, notice.closed_on)
        due = notice.closed_on + dt.timedelta(days=int(days or 0))
        if context.as_of > due and not (notice.matter and notice.told):
            reading = Reading.FOUND if notice.matter else Reading.NO_DATA
            rows.append(_no_result(notice, due, reading))
    return Outcome(checked=checked, rows=rows)


def _no_result(notice: Notice, due: dt.date, reading: str) -> Row:
    return Row(
        subject_type="division",
        subject_key=f"{notice.division_id}/{notice.pk}",
        division_id=notice.division_id,
        since=due + dt.timedelta(days=1),
        reading=reading,
        details={"name": notice.title, "matter": notice.matter, "due": due.isoformat(), "notice": notice.pk},
    )


def last_period(day: dt.date, months: int) -> tuple[dt.date, dt.date]:
    """The last period of that many months that was over on the day: half-open, in step with the year."""
    number = day.year * 12 + day.month - 1
    end = number - number % months
    begin = end - months
    return dt.date(begin // 12, begin % 12 + 1, 1), dt.date(end // 12, end % 12 + 1, 1)


def read_not_03(context: Context) -> Outcome:
    """NOT-03: a village with collective things published no accounts of the last period. Three queries.

    The period counts once the days for publishing it are over too.
    """
    published: dict[int, list[Any]] = {}
    covering = Notice.objects.in_force().filter(
        kind=NoticeKind.FINANCE, covers__isnull=False, opened_on__lte=context.as_of
    )
    villages = _villages_with_collective_things(context)
    for division, covers in covering.filter(division__in=villages).values_list("division", "covers"):
        published.setdefault(division, []).append(covers)
    rows = []
    for village in villages:
        days = int(context.value(PERIOD_DAYS, village.path))
        months = MONTHS[context.value(PERIOD, village.path)]
        begin, end = last_period(context.as_of - dt.timedelta(days=days), months)
        if not any(covers.lower <= begin and (not covers.upper or covers.upper >= end)
                   for covers in published.get(village.pk, ()) if covers.lower):  # fmt: skip
            rows.append(_not_published(village, begin, end, end + dt.timedelta(days=days)))
    return Outcome(checked=len(villages), rows=rows)


def _villages_with_collective_things(context: Context) -> list[Division]:
    """Villages of the scope in which a village collective owns something on the day. Two queries."""
    rows = Division.objects.on(context.as_of).filter(level=Level.VILLAGE)
    villages = list(context.scope.limit(rows, division="path", unit="pk", kind="division").order_by("path"))
    owned = Entry.objects.on(context.as_of).filter(
        code=EntryCode.OWNERSHIP, party__kind=PartyKind.VILLAGE_COLLECTIVE, unit__annulled=None
    )
    if len(villages) <= FEW:
        owned = owned.within_paths([village.path for village in villages])
    paths = owned.order_by().values_list("unit__division__path", flat=True).distinct()
    above = {part for path in paths for part in path.split("/")}
    return [village for village in villages if str(village.pk) in above]


def _not_published(village: Division, begin: dt.date, end: dt.date, since: dt.date) -> Row:
    last = end - dt.timedelta(days=1)
    return Row(
        subject_type="division",
        subject_key=str(village.pk),
        division_id=village.pk,
        since=since,
        details={"name": village.name, "first": begin.isoformat(), "last": last.isoformat()},
    )


def read_not_04(context: Context) -> Outcome:
    """NOT-04: the text of a notice shows a full private number. One query; the details hold it masked."""
    rows, checked = [], 0
    for notice in notices(context).only("title", "text", "opened_on", "division"):
        checked += 1
        secrets = find_secrets(notice.title) or find_secrets(notice.text)
        if secrets:
            shown = "、".join(secret.shown for secret in secrets[:5])
            kinds = sorted({secret.kind for secret in secrets})
            clean = not find_secrets(notice.title)
            details: dict[str, Any] = {
                "shown": shown,
                "kinds": kinds,
                "at": secrets[0].at,
                "count": len(secrets),
            }
            found = row(notice, notice.opened_on, **details)
            found.details["name"] = notice.title if clean else f"#{notice.pk}"
            rows.append(found)
    return Outcome(checked=checked, rows=rows)


def read_not_05(context: Context) -> Outcome:
    """NOT-05: a thing was disposed of, and no notice of it had hung to its end before. Three queries.

    Only what was disposed of since the place went live; the day unknown: NO_DATA.
    """
    units = Unit.objects.in_force().filter(kind=UnitKind.ASSET, state=UnitState.DISPOSED)
    limited = list(context.scope.limit(units, division="division__path", unit="pk").order_by("code"))
    told = Notice.objects.in_force().filter(kind=NoticeKind.DISPOSAL, units__in=limited)
    ended: dict[int, dt.date] = {}
    for unit, last in told.order_by("-closed_on").values_list("units", "closed_on"):
        ended[unit] = last
    go_live = go_live_by_division({unit.division_id for unit in limited})
    rows, checked = [], 0
    for unit in limited:
        gone = unit.left_on or unit.state_since
        start = go_live.get(unit.division_id)
        if gone is not None and (gone > context.as_of or (start is not None and gone < start)):
            continue
        checked += 1
        first = ended.get(unit.pk)
        if gone is None and first is None:
            rows.append(_not_told(unit, None))
        elif gone is not None and (first is None or first >= gone):
            rows.append(_not_told(unit, gone))
    return Outcome(checked=checked, rows=rows)


def _not_told(unit: Unit, gone: dt.date | None) -> Row:
    return Row(
        subject_type="unit",
        subject_key=unit.code,
        unit_id=unit.pk,
        division_id=unit.division_id,
        since=gone,
        reading=Reading.FOUND if gone else Reading.NO_DATA,
        details={"name": unit.name, "gone": gone.isoformat() if gone else ""},
    )


PARAMETERS = (
    Default(
        key=NOTICE_DAYS,
        label=_("least days of a notice by kind"),
        unit=_("days"),
        value={"default": 10, "finance": 0, "annual": 10},
        source="产品默认值（一般不少于10日），按公示类型由县级确定",
    ),
    Default(
        key=RESULT_DAYS,
        label=_("days from the end of a distribution plan's notice to the notice of its result"),
        unit=_("days"),
        value=30,
        source="产品默认值（分配一次、公示一次），由县级确定",
    ),
    Default(
        key=PERIOD,
        label=_("how often a village publishes its accounts"),
        value="quarter",
        choices=tuple(MONTHS),
        source="村民委员会组织法（一般事项至少每季度公布一次）",
    ),
    Default(
        key=PERIOD_DAYS,
        label=_("days after a period within which its accounts are published"),
        unit=_("days"),
        value=20,
        source="产品默认值，由县级确定",
    ),
)

RULES = (
    Rule(
        id="NOT-01",
        subject="notice",
        title=_("notice too short or cut off"),
        message=_("The notice “%(name)s” hangs for %(days)s days; %(wanted)s are needed."),
        variants={
            "early": _(
                "The notice “%(name)s” hangs until %(last)s, and what it announces took effect on %(effect)s."
            ),
            "unanswered": _("The notice “%(name)s” is over, and objections (%(count)s) have no answer."),
        },
        remedy=_("Publish it again for the full time; answer every objection."),
        source="县级公告公示办法；国办函〔2021〕51号",
        read=read_not_01,
        parameters=(NOTICE_DAYS,),
    ),
    Rule(
        id="NOT-02",
        subject="division",
        title=_("distribution without a notice of the result"),
        message=_("The plan “%(name)s” was published, its result was not; it was due on %(due)s."),
        no_data=_("The distribution plan “%(name)s” has no matter number; its result cannot be found."),
        remedy=_("Publish the result under the same matter number."),
        office=Role.FINANCE_OFFICER,
        source="国办函〔2021〕51号；收益分配公开要求",
        reads=frozenset({"registry_notice"}),
        read=read_not_02,
        parameters=(RESULT_DAYS,),
    ),
    Rule(
        id="NOT-03",
        subject="division",
        title=_("accounts not published"),
        message=_("%(name)s has not published its accounts of %(first)s to %(last)s."),
        remedy=_("Publish the accounts and register the publication with its period."),
        office=Role.FINANCE_OFFICER,
        source="村民委员会组织法（村务公开；2026-01-01起施行的修订文本条号待核）",
        reads=frozenset({"registry_notice", "registry_entry/ownership", "registry_party"}),
        read=read_not_03,
        parameters=(PERIOD, PERIOD_DAYS),
    ),
    Rule(
        id="NOT-04",
        subject="notice",
        title=_("private numbers in a public notice"),
        message=_(
            "The notice “%(name)s” shows private numbers (%(shown)s; the first at sign %(at)s). Mask them "
            "before it is published."
        ),
        remedy=_("Mask the numbers in the text and publish it again."),
        source="个人信息保护法",
        read=read_not_04,
        severity=Severity.E,
    ),
    Rule(
        id="NOT-05",
        title=_("disposal without a notice"),
        message=_("%(name)s was disposed of on %(gone)s, and no notice of it had ended before."),
        no_data=_("%(name)s was disposed of on an unknown day, and there is no notice of it."),
        remedy=_("Register the notice of the disposal with the unit it concerns."),
        source="国办函〔2021〕51号；县级资产处置办法",
        reads=frozenset({"registry_notice"}),
        read=read_not_05,
    ),
)
