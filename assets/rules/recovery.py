"""Rules on use and recovery: STK-03, STK-04, STK-05, STK-07. 中文：闲置盘活与用途规则"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from assets.codes import AssetClass, Condition
from assets.codes_life import LifeAct
from assets.models import Inspection, LifeStep
from registry.codes import EntryCode, Severity, UnitState
from registry.queries.divisions import go_live_by_division
from registry.rules import Context, Outcome, Rule
from registry.rules.parameters import Default

from .standing import built_on, held, latest, row, standing

IDLE_DAYS = "idle_after_days"
TABLES = frozenset({"assets_asset", "assets_lifestep"})
NOT_HOUSEHOLD = (AssetClass.OPERATING, AssetClass.PUBLIC_WELFARE)
IN_USE_ACTS = (LifeAct.PUT_IN_USE, LifeAct.RECOVER)
USE_ACTS = (LifeAct.REPORT_MISUSE, LifeAct.SETTLE_USE)


def read_stk_03(context: Context) -> Outcome:
    """STK-03: in use on paper, and no sign of use for longer than allowed. Four queries.

    Signs of use: an inspection that found it not out of use, an act that put it into use, an operator by
    contract. The clock never starts before the go-live day.
    """
    inspected = Inspection.objects.until(context.as_of).exclude(condition=Condition.OUT_OF_USE)
    used = LifeStep.objects.until(context.as_of).filter(act__in=IN_USE_ACTS)
    assets = list(
        standing(context, asset_class__in=NOT_HOUSEHOLD)
        .filter(unit__state=UnitState.IN_USE)
        .annotate(
            operated=Exists(held(context, EntryCode.OPERATION).filter(unit=OuterRef("unit"))),
            seen=Subquery(
                inspected.filter(unit=OuterRef("unit")).order_by("-inspected_on").values("inspected_on")[:1]
            ),
            begun=Subquery(used.filter(unit=OuterRef("unit")).order_by("-on").values("on")[:1]),
        )
        .filter(operated=False)
    )
    go_live = go_live_by_division({asset.unit.division_id for asset in assets})
    rows = []
    for asset in assets:
        own = latest([asset.seen, asset.begun]) or latest([asset.unit.state_since, built_on(asset)])
        start = latest([own, go_live.get(asset.unit.division_id)])
        days = int(context.value(IDLE_DAYS, asset.unit.division.path))
        if start is not None and context.as_of > start + dt.timedelta(days=days):
            since = start + dt.timedelta(days=days + 1)
            rows.append(row(asset, since, last=start.isoformat(), days=days))
    return Outcome(checked=len(assets), rows=rows)


def _plans(context: Context) -> Any:
    """Plans of recovery of the unit outside."""
    return LifeStep.objects.until(context.as_of).filter(unit=OuterRef("unit"), act=LifeAct.PLAN_RECOVERY)


def read_stk_04(context: Context) -> Outcome:
    """STK-04: idle or inefficient, without measure, deadline and responsible person. Two queries.

    What is under recovery without a plan in the book (as a ledger brought it) lacks the same.
    """
    plans = _plans(context)
    states = (UnitState.IDLE, UnitState.INEFFICIENT, UnitState.RECOVERING)
    assets = standing(context, asset_class__in=NOT_HOUSEHOLD).filter(unit__state__in=states)
    planned = assets.annotate(planned=Exists(plans.filter(on__gte=OuterRef("unit__state_since"))))
    rows = []
    for asset in planned.filter(Q(planned=False) | ~Q(unit__state=UnitState.RECOVERING)):
        variant = {"variant": asset.unit.state} if asset.unit.state != UnitState.IDLE else {}
        since = asset.unit.state_since
        rows.append(row(asset, since, begun=since.isoformat() if since else "", **variant))
    return Outcome(checked=context.counted(assets), rows=rows)


def read_stk_05(context: Context) -> Outcome:
    """STK-05: the deadline of the plan is over, and it is still under recovery. Two queries."""
    last = _plans(context).filter(on__gte=OuterRef("unit__state_since")).order_by("-on", "-id")
    assets = standing(context, asset_class__in=NOT_HOUSEHOLD).filter(unit__state=UnitState.RECOVERING)
    assets = assets.annotate(
        deadline=Subquery(last.values("deadline")[:1]),
        plan=Subquery(last.values("measure")[:1]),
    )
    rows = [
        row(
            asset,
            asset.deadline + dt.timedelta(days=1),
            deadline=asset.deadline.isoformat(),
            measure=asset.plan,
        )
        for asset in assets.filter(deadline__lt=context.as_of)
    ]
    return Outcome(checked=context.counted(assets), rows=rows)


def read_stk_07(context: Context) -> Outcome:
    """STK-07: it was found in another use than approved, and nobody approved or restored it since.

    Two queries.
    """
    last = (
        LifeStep.objects.until(context.as_of)
        .filter(unit=OuterRef("unit"), act__in=USE_ACTS)
        .order_by("-on", "-id")
    )
    assets = standing(context, asset_class__in=NOT_HOUSEHOLD)
    found = assets.annotate(
        said=Subquery(last.values("act")[:1]),
        use=Subquery(last.values("use")[:1]),
        found_on=Subquery(last.values("on")[:1]),
    ).filter(said=LifeAct.REPORT_MISUSE)
    rows = [row(asset, asset.found_on, use=asset.use, found=asset.found_on.isoformat()) for asset in found]
    return Outcome(checked=context.counted(assets), rows=rows)


PARAMETERS = (
    Default(
        key=IDLE_DAYS,
        label=_("days without a sign of use after which an asset counts as idle"),
        unit=_("days"),
        value=180,
        source="产品默认值，由县级确定",
    ),
)

RULES = (
    Rule(
        id="STK-03",
        looks_at="assets_asset",
        title=_("no sign of use"),
        message=_(
            "%(name)s stands as in use; the last sign of use is of %(last)s, more than %(days)s days ago."
        ),
        remedy=_("Look at it: record the inspection, or that it is idle, with since and reason."),
        source="国办函〔2021〕51号；县级闲置认定标准",
        severity=Severity.W,
        reads=TABLES | {"assets_inspection", "registry_entry/operation"},
        read=read_stk_03,
        parameters=(IDLE_DAYS,),
    ),
    Rule(
        id="STK-04",
        looks_at="assets_asset",
        title=_("idle without a plan of recovery"),
        message=_("%(name)s is idle since %(begun)s and has no measure, deadline and responsible person."),
        variants={
            "inefficient": _(
                "%(name)s is inefficient since %(begun)s and has no measure, deadline and responsible person."
            ),
            "recovering": _(
                "%(name)s is under recovery, and no plan with measure, deadline and person is there."
            ),
        },
        remedy=_("Set the plan of recovery: measure, deadline, responsible person."),
        source="国办函〔2021〕51号（盘活闲置低效资产）",
        reads=TABLES,
        read=read_stk_04,
    ),
    Rule(
        id="STK-05",
        looks_at="assets_asset",
        title=_("plan of recovery overdue"),
        message=_("%(name)s was to be recovered by %(deadline)s (%(measure)s) and is not."),
        remedy=_("Record that it is back in use, set another plan with its reason, or request its disposal."),
        source="国办函〔2021〕51号（盘活闲置低效资产）",
        reads=TABLES,
        read=read_stk_05,
    ),
    Rule(
        id="STK-07",
        looks_at="assets_asset",
        title=_("another use than approved"),
        message=_("%(name)s was found in another use on %(found)s: %(use)s."),
        remedy=_("Have the use approved, or restored, and record it with the paper."),
        source="国办函〔2021〕51号；资产用途管理要求",
        reads=TABLES,
        read=read_stk_07,
    ),
)
