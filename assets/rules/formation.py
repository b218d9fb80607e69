"""Rules on how an asset came about: REG-01 to REG-05, REG-11, REG-12. 中文：资产形成规则"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, Subquery, Sum
from django.utils.translation import gettext_lazy as _

from assets.codes import SUBTYPES_OF_CLASS, AssetNature
from assets.codes_life import LifeAct
from assets.models import Asset, LifeStep
from projects.models import FundingLine, Project
from registry.codes import BEFORE_USE, STANDING, Reading, Severity, UnitKind
from registry.models import Unit
from registry.rules import Context, Outcome, Row, Rule
from registry.rules.parameters import Default

from .standing import built_on, row, standing

TOLERANCE = "funding_tolerance"
INCLUSION = "inclusion_start"
HANDOVER_DAYS = "handover_max_days"
FORMED = frozenset({"assets_asset", "projects_project", "projects_fundingline"})


def _unit_row(unit: Unit, since: dt.date | None, **details: Any) -> Row:
    return Row(
        subject_type="unit",
        subject_key=unit.code,
        unit_id=unit.pk,
        division_id=unit.division_id,
        since=since,
        details={"name": unit.name, **details},
    )


def read_reg_01(context: Context) -> Outcome:
    """REG-01: a unit of kind asset of which nobody said the class. Two queries."""
    known = Unit.objects.on(context.as_of).filter(kind=UnitKind.ASSET)
    units = context.scope.limit(known, division="division__path", unit="pk")
    rows = [_unit_row(unit, unit.state_since) for unit in units.filter(asset=None).order_by("code")]
    return Outcome(checked=context.counted(units), rows=rows)


def read_reg_02(context: Context) -> Outcome:
    """REG-02: the sub-type is none of the class. Two queries; the database refuses it, too."""
    fits = Q()
    for asset_class, subtypes in SUBTYPES_OF_CLASS.items():
        fits |= Q(asset_class=asset_class, subtype__in=subtypes)
    assets = standing(context)
    rows = [
        row(asset, None, asset_class=str(asset.get_asset_class_display()),
            subtype=str(asset.get_subtype_display()))
        for asset in assets.exclude(fits)
    ]  # fmt: skip
    return Outcome(checked=context.counted(assets), rows=rows)


def _own_lines() -> Any:
    return FundingLine.objects.in_force().filter(unit=OuterRef("unit"))


def read_reg_03(context: Context) -> Outcome:
    """REG-03: no project formed it, or no money is known that did. Two queries.

    The money may stand at the asset itself or at its project.
    """
    of_project = FundingLine.objects.in_force().filter(project=OuterRef("project"))
    assets = standing(context)
    paid = assets.annotate(paid=Exists(_own_lines()), project_paid=Exists(of_project))
    rows = []
    for asset in paid.filter(Q(project=None) | Q(paid=False, project_paid=False)):
        variant = {} if asset.project_id is None else {"variant": "no_money"}
        rows.append(row(asset, built_on(asset), **variant))
    return Outcome(checked=context.counted(assets), rows=rows)


def read_reg_04(context: Context) -> Outcome:
    """REG-04: what the sources paid is not what it cost. Two queries.

    Without lines of its own there is nothing to compare; the original value unknown: NO_DATA.
    """
    sums = _own_lines().order_by().values("unit").annotate(total=Sum("amount")).values("total")
    assets = standing(context).annotate(paid=Subquery(sums)).filter(paid__isnull=False)
    rows = []
    for asset in assets.filter(Q(original_value=None) | ~Q(paid=F("original_value"))):
        if asset.original_value is None:
            rows.append(row(asset, built_on(asset), Reading.NO_DATA))
            continue
        allowed = Decimal(str(context.value(TOLERANCE, asset.unit.division.path)))
        if abs(asset.paid - asset.original_value) > allowed:
            rows.append(row(asset, built_on(asset), paid=str(asset.paid), value=str(asset.original_value)))
    return Outcome(checked=context.counted(assets), rows=rows)


def read_reg_05(context: Context) -> Outcome:
    """REG-05: completed before the scope begins, and nobody declared it outside. Two queries."""
    declared = LifeStep.objects.until(context.as_of).filter(unit=OuterRef("unit"), act=LifeAct.LEAVE_OUT)
    assets = standing(context, completed_on__isnull=False)
    rows = []
    for asset in assets.annotate(declared=Exists(declared)).filter(declared=False):
        start = dt.date.fromisoformat(context.value(INCLUSION, asset.unit.division.path))
        if asset.completed_on is not None and asset.completed_on < start:
            day = asset.completed_on
            rows.append(row(asset, day, completed=day.isoformat(), start=start.isoformat()))
    return Outcome(checked=context.counted(assets), rows=rows)


def read_reg_11(context: Context) -> Outcome:
    """REG-11: accepted longer ago than allowed, and not handed over. One query."""
    assets = list(
        standing(context, nature=AssetNature.FIXED, accepted_on__isnull=False).filter(
            Q(handed_over_on=None) | Q(handed_over_on__gt=context.as_of)
        )
    )
    rows = []
    for asset in assets:
        days = int(context.value(HANDOVER_DAYS, asset.unit.division.path))
        assert asset.accepted_on is not None  # noqa: S101 (filtered)
        due = asset.accepted_on + dt.timedelta(days=days)
        if context.as_of > due:
            since = due + dt.timedelta(days=1)
            rows.append(row(asset, since, accepted=asset.accepted_on.isoformat(), due=due.isoformat()))
    return Outcome(checked=len(assets), rows=rows)


def read_reg_12(context: Context) -> Outcome:
    """REG-12: a project of the library is completed, and no asset of it is registered. Two queries."""
    formed = Asset.objects.filter(project=OuterRef("pk"), unit__annulled=None)
    completed = Project.objects.filter(
        Q(unit__left_on=None) | Q(unit__left_on__gt=context.as_of),
        unit__annulled=None,
        unit__state__in=STANDING - BEFORE_USE,
    )
    projects = context.scope.limit(completed).select_related("unit")
    rows = [
        _unit_row(project.unit, project.unit.state_since, year=project.year or "")
        for project in projects.annotate(formed=Exists(formed)).filter(formed=False).order_by("unit__code")
    ]
    return Outcome(checked=context.counted(projects), rows=rows)


def a_day(value: str) -> str:
    """What is wrong in a day that a county sets."""
    try:
        dt.date.fromisoformat(value)
    except ValueError:
        return value
    return ""


PARAMETERS = (
    Default(
        key=TOLERANCE,
        label=_("difference allowed between the funding lines and the original value"),
        unit=_("yuan"),
        value="0.01",
        source="产品默认值（账实相符）",
    ),
    Default(
        key=INCLUSION,
        label=_("day from which assets belong to the register"),
        value="2012-11-08",
        source="国办函〔2021〕51号（党的十八大以来）；各地起点不同，由县级确定",
        check=a_day,
    ),
    Default(
        key=HANDOVER_DAYS,
        label=_("days from acceptance to handover"),
        unit=_("days"),
        value=90,
        source="产品默认值（国办函〔2021〕51号：及时移交），由县级确定",
    ),
)

RULES = (
    Rule(
        id="REG-01",
        title=_("no class"),
        message=_("%(name)s is registered as an asset, and nobody said of which class."),
        remedy=_("Register its class and sub-type."),
        source="国办函〔2021〕51号",
        severity=Severity.E,
        reads=frozenset({"assets_asset"}),
        read=read_reg_01,
    ),
    Rule(
        id="REG-02",
        looks_at="assets_asset",
        title=_("sub-type of another class"),
        message=_("%(name)s: the sub-type %(subtype)s does not belong to the class %(asset_class)s."),
        remedy=_("Correct the class or the sub-type."),
        source="国办函〔2021〕51号；县级资产分类办法",
        severity=Severity.E,
        reads=frozenset({"assets_asset"}),
        read=read_reg_02,
    ),
    Rule(
        id="REG-03",
        looks_at="assets_asset",
        title=_("no project or no money"),
        message=_("%(name)s: the register does not say which project formed it."),
        variants={"no_money": _("%(name)s: no funding line says whose money formed it.")},
        remedy=_("Import or enter the project and the funding lines."),
        source="国办函〔2021〕51号",
        reads=FORMED,
        read=read_reg_03,
    ),
    Rule(
        id="REG-04",
        looks_at="assets_asset",
        title=_("money and value differ"),
        message=_("%(name)s: the sources paid %(paid)s yuan, the original value is %(value)s yuan."),
        no_data=_("%(name)s has funding lines, and its original value is unknown."),
        remedy=_("Find out which of the two is right and correct the other."),
        source="县级数据质量要求（账实相符）",
        reads=FORMED,
        read=read_reg_04,
        parameters=(TOLERANCE,),
    ),
    Rule(
        id="REG-05",
        looks_at="assets_asset",
        title=_("completed before the scope begins"),
        message=_("%(name)s was completed on %(completed)s, before %(start)s, and is not declared outside."),
        remedy=_("Check the date; declare it outside the scope with the paper, or take it out."),
        source="国办函〔2021〕51号（纳入范围起点为县级参数）",
        severity=Severity.W,
        reads=frozenset({"assets_asset", "assets_lifestep"}),
        read=read_reg_05,
        parameters=(INCLUSION,),
    ),
    Rule(
        id="REG-11",
        looks_at="assets_asset",
        title=_("accepted and not handed over"),
        message=_("%(name)s was accepted on %(accepted)s and is not handed over; it was due on %(due)s."),
        remedy=_("Hand it over with the list that both sides sign."),
        source="国办函〔2021〕51号（验收后及时移交）",
        reads=frozenset({"assets_asset"}),
        read=read_reg_11,
        parameters=(HANDOVER_DAYS,),
    ),
    Rule(
        id="REG-12",
        title=_("completed project without an asset"),
        message=_("The project %(name)s is completed, and no asset of it is registered."),
        remedy=_("Register the assets that it formed, or say why it formed none."),
        source="国办函〔2021〕51号（应登记未登记）",
        reads=frozenset({"assets_asset", "projects_project"}),
        read=read_reg_12,
    ),
)
