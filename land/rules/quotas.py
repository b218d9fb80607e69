"""Rules on the construction quota: Q01, Q02. 中文：新增建设用地计划指标规则"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db.models import F, OuterRef
from django.utils.translation import gettext_lazy as _

from land.models import ConstructionQuota, ConversionApproval, LinkageProject
from land.models.quota import QuotaKind
from land.parameters_quotas import SPECIAL_MU
from land.queries.quotas import crossed, first_below, special_allocated, summed, with_charged
from registry import geo
from registry.codes import Level, Role, Severity
from registry.models import Division
from registry.rules import Context, Outcome, Row, Rule
from registry.rules.parameters import timeline

from .places import found, here

ZERO = Decimal(0)
SQUARE_METRES_A_MU = Decimal(10000) / 15


def special_limit(path: str, year: int) -> Decimal:
    """m² of special quota that a county may be given for a plan year; 0 where none is given. One query."""
    return Decimal(timeline([SPECIAL_MU])(SPECIAL_MU, path, dt.date(year, 1, 1)) or 0) * SQUARE_METRES_A_MU


def read_q01(context: Context) -> Outcome:
    """Q01: an account below zero on a day; special quota used by another project, or above what is given.

    Future days count too: an account that will fall below zero is overdrawn now. Five queries, and one for
    each county that has special quota.
    """
    accounts = here(context, ConstructionQuota.objects.all()).select_related("division").order_by("pk")
    known = {account.pk: account for account in accounts}
    rows = [
        found(
            known[key].division_id,
            f"quota/{key}",
            day,
            name=str(known[key]),
            day=day,
            balance=balance,
        )
        for key, (day, balance) in first_below(known).items()
    ]
    entries = crossed().filter(account__in=known).select_related("account__division", "approval")
    for entry in entries.order_by("pk"):
        rows.append(
            found(
                entry.account.division_id,
                f"quotaentry/{entry.pk}",
                entry.day,
                variant="cross",
                name=str(entry.account),
                project=entry.approval.project_name if entry.approval else "",
                area=-entry.amount_m2,
            )
        )
    return Outcome(checked=len(known), rows=rows + _above_the_limit(context))


def _above_the_limit(context: Context) -> list[Row]:
    """Counties that were given more special quota for a year than the law gives."""
    rows = []
    for county in _counties(context):
        for year, total in sorted(special_allocated(county.path).items()):
            limit = special_limit(county.path, year)
            if total > limit.quantize(Decimal("0.01")):
                rows.append(
                    found(
                        county.pk,
                        f"special/{year}",
                        dt.date(year, 1, 1),
                        variant="over",
                        name=county.name,
                        year=year,
                        area=geo.mu(total),
                        limit=geo.mu(limit),
                    )
                )
    return rows


def _counties(context: Context) -> list[Division]:
    """Counties of the scope that have an account of the special quota. One query."""
    rows = Division.objects.filter(level=Level.COUNTY)
    limited = list(context.scope.limit(rows, division="path", unit="pk", kind="division").order_by("path"))
    if not limited:
        return []
    special = ConstructionQuota.objects.filter(kind=QuotaKind.POVERTY_SPECIAL)
    paths = special.order_by().values_list("division__path", flat=True).distinct()
    above = {part for path in paths for part in path.split("/")}
    return [county for county in limited if str(county.pk) in above]


def read_q02(context: Context) -> Outcome:
    """Q02: an approved m² that no account bears, or that more than one bears; new building of a linkage
    project that approvals take more than once. Two queries."""
    approvals = here(context, ConversionApproval.objects.in_force().filter(approved_on__lte=context.as_of))
    rows, checked = [], 0
    for approval in with_charged(approvals).order_by("pk"):
        checked += 1
        charged, held = -approval.moved, approval.borne_by_quota_m2
        if charged != held:
            rows.append(
                found(
                    approval.division_id,
                    f"approval/{approval.pk}",
                    approval.approved_on,
                    variant="twice" if charged > held else "short",
                    name=str(approval),
                    charged=charged,
                    held=held,
                    left=abs(held - charged),
                )
            )
    return Outcome(checked=checked, rows=rows + _built_on_twice(context))


def _built_on_twice(context: Context) -> list[Row]:
    """Linkage projects whose approvals take more than their new building. One query."""
    taken = ConversionApproval.objects.in_force().filter(linkage=OuterRef("pk"))
    projects = here(context, LinkageProject.objects.in_force())
    projects = projects.annotate(taken=summed(taken, "linkage", "linkage_m2"))
    return [
        found(
            project.division_id,
            f"linkage/{project.pk}",
            project.approved_on,
            variant="linkage",
            name=project.name,
            charged=project.taken,
            held=project.new_build_m2,
        )
        for project in projects.filter(taken__gt=F("new_build_m2")).order_by("pk")
    ]


RULES = (
    Rule(
        id="Q01",
        subject="division",
        title=_("quota overdrawn or diverted"),
        message=_("The account %(name)s falls to %(balance)s m² on %(day)s; it may not fall below zero."),
        variants={
            "cross": _(
                "%(area)s m² of the special quota %(name)s were used for “%(project)s”, which neither "
                "consolidates poverty relief nor serves rural revitalisation (diversion)."
            ),
            "over": _(
                "%(name)s was given %(area)s mu of special quota for %(year)s; at most %(limit)s mu may be "
                "given."
            ),
        },
        remedy=_("Take the wrong movement back and charge the quota that the project may use."),
        source="自然资源部办公厅2022年11月支持巩固拓展通知（专项指标不得挪用）；新发〔2021〕14号 二十",
        office=Role.LAND_OFFICER,
        reads=frozenset({"land_quotaentry", "land_constructionquota", "land_conversionapproval"}),
        read=read_q01,
        severity=Severity.E,
        refuses=False,
        parameters=(SPECIAL_MU,),
    ),
    Rule(
        id="Q02",
        subject="division",
        title=_("approved land and quota do not match"),
        message=_("Accounts bear %(charged)s m² of the approval %(name)s, and %(held)s m² must be borne."),
        variants={
            "twice": _(
                "Accounts bear %(charged)s m² of the approval %(name)s, %(left)s m² more than the %(held)s "
                "m² that must be borne: ground is charged twice."
            ),
            "linkage": _(
                "Approvals take %(charged)s m² of the new building of “%(name)s”, and it has %(held)s m²."
            ),
            "short": _("No account bears %(left)s m² of the approval %(name)s; %(held)s m² must be borne."),
        },
        remedy=_("Charge the approval to a quota, or take back what was charged twice."),
        source="土地利用年度计划管理办法；增减挂钩节余指标管理要求（同一地块不得重复使用指标）",
        office=Role.LAND_OFFICER,
        reads=frozenset({"land_quotaentry", "land_conversionapproval", "land_linkageproject"}),
        read=read_q02,
        severity=Severity.E,
        refuses=False,
    ),
)
