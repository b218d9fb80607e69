"""Rows of the ledgers of quotas and balances become facts by the services of their pages. 中文：台账入账

One function a ledger. What a row names (an approval, a project, an account) is found in the register; what is
not there is said in a sentence.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

from django.utils.translation import gettext as _

from land import ledgers
from land.models import (
    CompensationBalance,
    ConstructionQuota,
    ConversionApproval,
    LinkageProject,
    SupplementProject,
)
from land.models.approval import FarmlandBasis, ProjectTag
from land.models.linkage import SurplusKind
from land.models.quota import MovementKind, QuotaKind
from registry.errors import BadInput
from registry.models import Division, ImportBatch, User

from . import compensation, linkage
from .approvals import Approved, register_approval
from .charging import charge, give_back
from .filing import Paper
from .quotas import Movement, move, open_account


@dataclass(frozen=True)
class Row:
    """A row on its way to a fact: its place, its values, the other place that it names."""

    place: Division
    values: dict[str, Any]
    other: Division | None = None

    def get(self, name: str, instead: Any = None) -> Any:
        value = self.values.get(name)
        return instead if value is None else value

    @property
    def paper(self) -> Paper:
        return Paper(number=self.get("number", ""))


Post = Callable[[Row, ImportBatch, User | None], Any]


def one(rows: Any, column: str, missing: str, several: str, name: str) -> Any:
    """The row of a query that is meant. Raises ``BadInput`` where there is none, or more than one."""
    found = list(rows[:2])
    if len(found) == 1:
        return found[0]
    raise BadInput((several if found else missing) % {"name": name}, column)


def _approval(row: Row, column: str = "approval") -> ConversionApproval | None:
    number = row.get(column, "")
    if not number:
        return None
    found = ConversionApproval.objects.in_force().filter(approval_no=number).select_related("division")
    if row.get("approval_kind"):
        found = found.filter(kind=row.get("approval_kind"))
    if found.count() > 1:  # one number may allow several places
        found = found.filter(division__path__startswith=row.place.path)
    return one(
        found,
        column,
        _("The approval %(name)s is not registered. Import the land approvals first."),
        _("Several approvals have the number %(name)s; name the kind of the approval, or the place below."),
        number,
    )


def _linkage(row: Row, column: str = "name") -> LinkageProject:
    name = row.get(column, "")
    found = LinkageProject.objects.in_force().filter(name=name)
    if found.count() > 1:
        found = found.filter(division=row.place)
    return one(
        found,
        column,
        _("The linkage project “%(name)s” is not registered. Import the linkage projects first."),
        _("Several linkage projects are called “%(name)s” here."),
        name,
    )


def post_conversion(row: Row, batch: ImportBatch, by: User | None) -> Any:
    names = {part.name for part in fields(Approved)} - {"unit", "linkage", "tag", "basis"}
    given = {name: row.values[name] for name in names if row.values.get(name) is not None}
    approved = Approved(
        **given,
        tag=row.get("tag", ProjectTag.OTHER),
        basis=row.get("basis", FarmlandBasis.ORDINARY),
        linkage=_linkage(row, "linkage") if row.get("linkage") else None,
    )
    return register_approval(division=row.place, approved=approved, by=by, batch=batch)


def _account(place: Division, row: Row, year: int, batch: ImportBatch, by: User | None) -> ConstructionQuota:
    """The account that a row speaks of; it is opened where a ledger begins it."""
    key = {"division": place, "kind": row.get("kind"), "year": year}
    found = ConstructionQuota.objects.filter(**key).select_related("division").first()
    return found or open_account(**key, by=by, batch=batch)


def post_quota(row: Row, batch: ImportBatch, by: User | None) -> Any:
    account = _account(row.place, row, row.get("year"), batch, by)
    kind, day, m2 = row.get("movement"), row.get("day"), row.get("m2")
    if kind in (MovementKind.CHARGED, MovementKind.RESTORED):
        approval = _approval(row)
        if approval is None:
            raise BadInput(_("Name the approval that uses the quota."), "approval")
        facts = {"approval": approval, "account": account, "m2": m2, "day": day, "by": by, "batch": batch}
        if kind == MovementKind.CHARGED:
            return charge(**facts, farmland_m2=row.get("farmland_m2"))
        return give_back(**facts, paper=row.paper)
    movement = Movement(
        kind=kind, m2=m2, day=day, paper=row.paper, other=_other_account(row, batch, by),
        farmland_m2=row.get("farmland_m2"), note=row.get("remark", ""),
    )  # fmt: skip
    return move(account=account, movement=movement, by=by, batch=batch)


def _other_account(row: Row, batch: ImportBatch, by: User | None) -> ConstructionQuota | None:
    if row.get("movement") == MovementKind.CARRIED_OUT:
        return _account(row.place, row, row.get("year") + 1, batch, by)
    if row.get("movement") != MovementKind.SHARED_OUT:
        return None
    if row.other is None:
        raise BadInput(_("Name the place whose account it goes to."), "other")
    return _account(row.other, row, row.get("year"), batch, by)


def post_occupation(row: Row, batch: ImportBatch, by: User | None) -> Any:
    made = compensation.register_occupation(
        division=row.place,
        occupation=compensation.Occupation(
            name=row.get("name"), kind=row.get("kind"), occupied_on=row.get("day"), area_m2=row.get("m2"),
            paddy_m2=row.get("paddy_m2", compensation.ZERO), grade=row.get("grade"),
            occupier=row.get("occupier", ""), approval=_approval(row),
        ),
        paper=row.paper,
        by=by,
        batch=batch,
    )  # fmt: skip
    if row.get("exempt_m2") or row.get("exemption"):
        compensation.record_exemption(
            occupation=made,
            exemption=row.get("exemption", ""),
            m2=row.get("exempt_m2", compensation.ZERO),
            paddy_m2=row.get("exempt_paddy_m2", compensation.ZERO),
            paper=Paper(number=row.get("exempt_number", "")),
            by=by,
        )
    return made


def post_supplement(row: Row, batch: ImportBatch, by: User | None) -> Any:
    made = compensation.plan_supplement(
        division=row.place, name=row.get("name"), planned_m2=row.get("planned_m2"),
        slope_deg=row.get("slope_deg"), paper=row.paper, by=by, batch=batch,
    )  # fmt: skip
    if row.get("day") or row.get("m2"):
        for name in ("day", "m2"):
            if row.get(name) is None:
                raise BadInput(_("An acceptance has its day, its area and its document."), name)
        acceptance = compensation.Acceptance(
            accepted_on=row.get("day"), accepted_m2=row.get("m2"),
            paddy_m2=row.get("paddy_m2", compensation.ZERO), grade=row.get("grade"),
            slope_deg=row.get("slope_deg"),
        )  # fmt: skip
        paper = Paper(number=row.get("acceptance_number", ""))
        made = compensation.accept_supplement(supplement=made, acceptance=acceptance, paper=paper, by=by)
    return made


def post_use(row: Row, batch: ImportBatch, by: User | None) -> Any:
    occupations = CompensationBalance.objects.in_force().filter(
        name=row.get("occupation"), division__path__startswith=row.place.path
    )
    if row.get("occupied_on"):
        occupations = occupations.filter(occupied_on=row.get("occupied_on"))
    occupation = one(
        occupations.defer("geom"),
        "occupation",
        _("The occupation “%(name)s” is not registered here. Import the occupied farmland first."),
        _("Several occupations are called “%(name)s”; give the day of the one that is meant."),
        row.get("occupation"),
    )
    supplement = one(
        SupplementProject.objects.in_force().filter(name=row.get("supplement")).defer("geom"),
        "supplement",
        _("The supplement project “%(name)s” is not registered. Import the supplement projects first."),
        _("Several supplement projects are called “%(name)s”."),
        row.get("supplement"),
    )
    return compensation.use_supplement(
        supplement=supplement, occupation=occupation, m2=row.get("m2"), day=row.get("day"), paper=row.paper,
        by=by, paddy_m2=row.get("paddy_m2", compensation.ZERO), batch=batch,
    )  # fmt: skip


def post_linkage(row: Row, batch: ImportBatch, by: User | None) -> Any:
    values: dict[str, Any] = {part.name: row.values.get(part.name) for part in fields(linkage.Plan)}
    plan = linkage.Plan(**values)
    return linkage.register_linkage(division=row.place, plan=plan, by=by, batch=batch)


def post_surplus(row: Row, batch: ImportBatch, by: User | None) -> Any:
    project = _linkage(row)
    facts = {"project": project, "m2": row.get("m2"), "day": row.get("day"), "paper": row.paper, "by": by}
    if row.get("movement") == SurplusKind.ACCEPTED:
        return linkage.accept_reclaimed(**facts, batch=batch)
    if row.get("movement") == SurplusKind.SOLD:
        if row.get("price_yuan") is None:
            raise BadInput(_("Give the price of what was sold."), "price_yuan")
        return linkage.sell_surplus(
            **facts, buyer=row.get("buyer", ""), price_yuan=row.get("price_yuan"), batch=batch
        )
    year, place = row.get("account_year"), row.other or row.place
    if year is None:
        raise BadInput(_("Name the plan year of the account that it goes to."), "account_year")
    into = Row(place, {"kind": QuotaKind.LINKAGE_SURPLUS})
    return linkage.keep_surplus(**facts, account=_account(place, into, year, batch, by), batch=batch)


POSTS: dict[str, Post] = {
    ledgers.CONVERSIONS.key: post_conversion,
    ledgers.QUOTAS.key: post_quota,
    ledgers.OCCUPATIONS.key: post_occupation,
    ledgers.SUPPLEMENTS.key: post_supplement,
    ledgers.USES.key: post_use,
    ledgers.LINKAGES.key: post_linkage,
    ledgers.SURPLUS.key: post_surplus,
}
