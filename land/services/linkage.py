"""Linked increase and decrease: projects, plots, acceptance, surplus that is sold or kept.

中文：增减挂钩登记
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from land.models import ConstructionQuota, LinkagePlot, LinkageProject, QuotaEntry, SurplusQuota
from land.models.linkage import PlotRole, SurplusKind
from land.models.quota import MovementKind, QuotaKind
from land.parameters_quotas import LINKAGE_MONTHS
from land.queries.linkage import first_oversold
from land.rules.linkage import add_months
from registry import access, display
from registry.errors import BadInput, RuleBroken
from registry.models import Division, ImportBatch, Source, User
from registry.rules.parameters import timeline

from .filing import Paper, annul, area, filed, not_in_future, written
from .outline import refuse_held
from .quotas import lock, refuse_below


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A project area as it was approved; without ``due_on`` it is due after the parameter's term."""

    name: str
    approval_no: str
    approved_on: dt.date
    demolish_m2: Decimal
    new_build_m2: Decimal
    base_year: int
    due_on: dt.date | None = None


def due_day(division: Division, approved_on: dt.date) -> dt.date:
    """The last day on which the quota of a project is given back. One query."""
    months = timeline([LINKAGE_MONTHS])(LINKAGE_MONTHS, division.path, approved_on)
    return add_months(approved_on, int(months or 36))


@transaction.atomic
def register_linkage(
    *,
    division: Division,
    plan: Plan,
    by: User | None,
    paper: Paper | Source | None = None,
    batch: ImportBatch | None = None,
) -> LinkageProject:
    """Register a project area. 中文：登记增减挂钩项目区

    Raises ``BadInput`` where more is to be built on than is to be reclaimed (G01); ``NotAllowed``.
    """
    access.require(by, "keep_quotas", division)
    not_in_future(plan.approved_on, "approved_on")
    demolish = area(plan.demolish_m2, "demolish_m2")
    new_build = area(plan.new_build_m2, "new_build_m2", zero=True)
    _refuse_plan(division, plan, demolish, new_build)
    number = plan.approval_no.strip()
    source = filed(paper or Paper(number=number, title=plan.name, issued_on=plan.approved_on), division, by)
    made = LinkageProject.objects.create(
        division=division,
        name=plan.name.strip(),
        approval_no=number,
        approved_on=plan.approved_on,
        due_on=plan.due_on or due_day(division, plan.approved_on),
        demolish_m2=demolish,
        new_build_m2=new_build,
        base_year=plan.base_year,
        source=source,
        batch=batch,
    )
    after: dict[str, Any] = {
        "name": made.name,
        "demolish": demolish,
        "new_build": new_build,
        "due": made.due_on,
    }
    written("linkage_registered", made, division, by, on=made.approved_on, source=source, **after)
    return made


def _refuse_plan(division: Division, plan: Plan, demolish: Decimal, new_build: Decimal) -> None:
    if new_build > demolish:
        raise BadInput(
            _(
                "G01: %(new)s would be built on, and %(old)s are to be reclaimed; no more than that may be "
                "built on."
            )
            % {"new": display.m2(new_build), "old": display.m2(demolish)},
            "new_build_m2",
        )
    if plan.due_on is not None and plan.due_on <= plan.approved_on:
        raise BadInput(_("The quota is due after the day of the approval."), "due_on")
    if not 2009 <= plan.base_year <= plan.approved_on.year:
        raise BadInput(_("The survey year lies between 2009 and the year of the approval."), "base_year")
    same = LinkageProject.objects.in_force().filter(
        division=division, approval_no=plan.approval_no.strip(), name=plan.name.strip()
    )
    if same.exists():
        raise BadInput(_("This project area is registered already."), "name")


def _locked(project: LinkageProject) -> LinkageProject:
    rows = LinkageProject.objects.select_for_update(of=("self",)).select_related("division", "source")
    found = rows.get(pk=project.pk)
    if found.annulled_id is not None:
        raise BadInput(_("This project area was taken back."), "project")
    return found


@transaction.atomic
def add_plot(
    *,
    project: LinkageProject,
    role: str,
    name: str,
    m2: Decimal,
    by: User | None,
    geom: Any = None,
) -> LinkagePlot:
    """Add a plot; ground that another project demolishes is refused with its name. 中文：登记挂钩地块"""
    locked = _locked(project)
    access.require(by, "keep_quotas", locked.division)
    if role not in PlotRole.values:
        raise BadInput(_("Choose what becomes of the plot."), "role")
    if role == PlotRole.DEMOLISH:
        refuse_held(LinkagePlot.objects.all(), geom, "AND role = 'demolish'")
    made = LinkagePlot.objects.create(
        project=locked, role=role, name=name.strip()[:120], area_m2=area(m2, "area_m2"), geom=geom
    )
    after: dict[str, Any] = {"project": locked.name, "role": role, "name": made.name, "m2": made.area_m2}
    written("linkage_plot_added", made, locked.division, by, **after)
    return made


@transaction.atomic
def accept_reclaimed(
    *,
    project: LinkageProject,
    m2: Decimal,
    day: dt.date,
    paper: Paper | Source,
    by: User | None,
    batch: ImportBatch | None = None,
) -> SurplusQuota:
    """Reclaimed ground that was accepted; what goes beyond the new building is surplus. 中文：复垦验收"""
    not_in_future(day)
    locked = _locked(project)
    access.require(by, "accept_land", locked.division)
    m2 = area(m2)
    rows = locked.surplus.filter(annulled=None, kind=SurplusKind.ACCEPTED)
    total = sum(rows.values_list("m2", flat=True), Decimal(0)) + m2
    if total > locked.demolish_m2:
        raise BadInput(
            _("%(total)s would be accepted; the project was approved for %(whole)s. Enter less.")
            % {"total": display.m2(total), "whole": display.m2(locked.demolish_m2)},
            "m2",
        )
    if day < locked.approved_on:
        raise BadInput(_("The project was approved on %(day)s.") % {"day": locked.approved_on}, "day")
    source = filed(paper, locked.division, by)
    made = SurplusQuota.objects.create(
        project=locked, kind=SurplusKind.ACCEPTED, day=day, m2=m2, source=source, batch=batch
    )
    written("linkage_accepted", made, locked.division, by, on=day, source=source, name=locked.name, m2=m2)
    return made


@transaction.atomic
def sell_surplus(
    *,
    project: LinkageProject,
    m2: Decimal,
    day: dt.date,
    buyer: str,
    price_yuan: Decimal,
    paper: Paper | Source,
    by: User | None,
    batch: ImportBatch | None = None,
) -> SurplusQuota:
    """Sell surplus; refused where on that day or later more would be given away than there is.

    中文：节余交易
    """
    not_in_future(day)
    locked = _locked(project)
    access.require(by, "keep_quotas", locked.division)
    if len(buyer.strip()) < 2:
        raise BadInput(_("Say to whom it is sold."), "buyer")
    if price_yuan < 0:
        raise BadInput(_("A price is 0 or more."), "price_yuan")
    source = filed(paper, locked.division, by)
    made = SurplusQuota.objects.create(
        project=locked,
        kind=SurplusKind.SOLD,
        day=day,
        m2=area(m2),
        buyer=buyer.strip()[:120],
        price_yuan=Decimal(price_yuan).quantize(Decimal("0.01")),
        source=source,
        batch=batch,
    )
    refuse_oversold(locked)
    after: dict[str, Any] = {
        "name": locked.name,
        "m2": made.m2,
        "buyer": made.buyer,
        "price": made.price_yuan,
    }
    written("surplus_sold", made, locked.division, by, on=day, source=source, **after)
    return made


@transaction.atomic
def keep_surplus(
    *,
    project: LinkageProject,
    account: ConstructionQuota,
    m2: Decimal,
    day: dt.date,
    paper: Paper | Source,
    by: User | None,
    batch: ImportBatch | None = None,
) -> SurplusQuota:
    """Keep surplus as quota in an account of that kind; it cannot be sold any more. 中文：节余转入本县指标"""
    not_in_future(day)
    account = lock(account)[account.pk]
    locked = _locked(project)
    access.require(by, "keep_quotas", account.division)
    if account.kind != QuotaKind.LINKAGE_SURPLUS or not locked.division.path.startswith(
        account.division.path
    ):
        raise BadInput(
            _("Choose an account of the surplus of linked increase and decrease, of the place or above it."),
            "account",
        )
    source = filed(paper, locked.division, by)
    entry = QuotaEntry.objects.create(
        account=account,
        kind=MovementKind.ALLOCATED,
        day=day,
        amount_m2=area(m2),
        note=locked.name,
        source=source,
        batch=batch,
    )
    made = SurplusQuota.objects.create(
        project=locked, kind=SurplusKind.KEPT, day=day, m2=area(m2), entry=entry, source=source, batch=batch
    )
    refuse_oversold(locked)
    after: dict[str, Any] = {"name": locked.name, "m2": made.m2, "account": str(account)}
    written("surplus_kept", made, locked.division, by, on=day, source=source, **after)
    return made


def refuse_oversold(project: LinkageProject) -> None:
    """Raise ``RuleBroken`` (G01) where more is sold and kept than there is surplus, on any day."""
    oversold = first_oversold(project, SurplusQuota.objects.in_force().filter(project=project))
    if oversold:
        day, m2 = oversold
        raise RuleBroken(
            _(
                "G01: on %(day)s %(m2)s more would be given away than “%(name)s” has of surplus; surplus is "
                "accepted ground beyond the new building, and none of it is given away twice. Enter less."
            )
            % {"day": day, "m2": display.m2(m2), "name": project.name},
            "G01",
        )


@transaction.atomic
def take_back_move(*, move: SurplusQuota, by: User | None, reason: str) -> None:
    """Take back an acceptance, a sale, or what was kept, with its quota. 中文：撤回节余变动"""
    move = SurplusQuota.objects.select_related("project", "entry__account", "source").get(pk=move.pk)
    accounts = lock(move.entry.account) if move.entry else {}
    locked = _locked(move.project)
    move.refresh_from_db(fields=["annulled"])
    for account in accounts.values():
        access.require(by, "keep_quotas", account.division)
    annul(move, locked.division, by, reason, also=(move.entry,) if move.entry else ())
    refuse_oversold(locked)
    refuse_below(accounts.values(), move.day)


@transaction.atomic
def take_back_plot(*, plot: LinkagePlot, by: User | None, reason: str) -> None:
    """Take a plot back. 中文：撤回挂钩地块"""
    found = LinkagePlot.objects.select_for_update(of=("self",)).select_related("project__division")
    locked = found.get(pk=plot.pk)
    annul(locked, locked.project.division, by, reason)


@transaction.atomic
def take_back_project(*, project: LinkageProject, by: User | None, reason: str) -> None:
    """Take a project area back. Raises ``BadInput`` while surplus or approvals rest on it."""
    locked = _locked(project)
    if locked.surplus.filter(annulled=None).exists() or locked.approvals.filter(annulled=None).exists():
        raise BadInput(_("Acceptances, surplus or approvals rest on it. Take them back first."), "rests")
    annul(locked, locked.division, by, reason, also=tuple(locked.plots.filter(annulled=None)))
