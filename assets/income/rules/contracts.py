"""Rules on contracts: OPR-03, 04, 05, 07, 08, 09, 11, 12, and INC-01. 中文：合同规则"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from assets.income.codes import ContractMode, DueKind
from assets.income.parameters import EXPIRY_DAYS, LONG_YEARS, OVERDUE_DAYS, PLATFORM, RENT_FLOOR
from assets.income.queries.received import with_received
from assets.income.schedule import months_later
from assets.models import Contract, Due
from registry.codes import Reading, Role, Severity
from registry.rules import Context, Outcome, Row, Rule

from .reading import contract_row, contracts, found

READS = frozenset({"assets_contract", "assets_contractunit", "registry_party", "registry_decision"})
ZERO = Decimal(0)
DAY = dt.timedelta(days=1)


def longer_than(contract: Contract, years: int) -> bool:
    """Whether a term is longer than so many years; exactly so many is not longer."""
    upper = contract.term.upper
    return upper is not None and upper > months_later(contract.term.lower, 12 * years)


def read_opr_03(context: Context) -> Outcome:
    """OPR-03: a lease of more than twenty years; what exceeds them is void. Two queries."""
    leases = contracts(context, mode=ContractMode.LEASE)
    rows = [
        contract_row(c, c.signed_on, most=most, last=str(c.last_day or ""))
        for c in leases
        if longer_than(c, most := int(context.value(LONG_YEARS, c.division.path)["most"]))
    ]
    return Outcome(checked=len(leases), rows=found(rows))


def read_opr_04(context: Context) -> Outcome:
    """OPR-04: a long contract that still runs; a lease that is too long is OPR-03. Two queries."""
    running = contracts(context, term__contains=context.as_of)
    rows = []
    for c in running:
        years = context.value(LONG_YEARS, c.division.path)
        too_long = c.mode == ContractMode.LEASE and longer_than(c, int(years["most"]))
        if longer_than(c, int(years["warn"])) and not too_long:
            rows.append(contract_row(c, c.signed_on, years=int(years["warn"]), last=str(c.last_day or "")))
    return Outcome(checked=len(running), rows=found(rows))


def read_opr_05(context: Context) -> Outcome:
    """OPR-05: a contract ends within the days of the warning, the last of them included. Two queries."""
    running = contracts(context, term__contains=context.as_of, term__upper_inf=False)
    rows = []
    for c in running:
        days = int(context.value(EXPIRY_DAYS, c.division.path))
        left = (c.term.upper - context.as_of).days
        if left <= days:
            since = c.term.upper - days * DAY
            rows.append(contract_row(c, max(since, c.signed_on), last=str(c.last_day or "")))
    return Outcome(checked=len(running), rows=found(rows))


def read_opr_07(context: Context) -> Outcome:
    """OPR-07: the rent of a year is below the county's part of the original value; off until it is set.

    A value that is unknown: NO_DATA. Two queries.
    """
    leases = contracts(context, term__contains=context.as_of, mode=ContractMode.LEASE)
    rows, checked = [], 0
    for c in leases:
        ratio = Decimal(context.value(RENT_FLOOR, c.division.path))
        if not ratio:
            continue
        checked += 1
        values = [getattr(part.unit, "asset", None) for part in c.parts_read]  # type: ignore[attr-defined]
        if any(asset is None or asset.original_value is None for asset in values):
            rows.append(contract_row(c, c.signed_on, Reading.NO_DATA))
            continue
        floor = ratio * sum((asset.original_value for asset in values if asset is not None), ZERO)
        if (c.amount or ZERO) < floor:
            details = {"rent": str(c.amount), "floor": str(floor.quantize(Decimal("0.01")))}
            rows.append(contract_row(c, c.signed_on, **details))
    return Outcome(checked=checked, rows=found(rows))


def read_opr_08(context: Context) -> Outcome:
    """OPR-08: a contract without a decision, or decided on after it was signed. Two queries."""
    signed = contracts(context)
    rows: list[Row | None] = []
    for c in signed:
        decision = c.decision if c.decision and c.decision.annulled_id is None else None
        if decision is None:
            rows.append(contract_row(c, c.signed_on))
        elif decision.held_on > c.signed_on:  # type: ignore[operator]
            days = {"held": decision.held_on.isoformat(), "signed": c.signed_on.isoformat()}  # type: ignore[union-attr]
            rows.append(contract_row(c, c.signed_on, variant="late", **days))
    return Outcome(checked=len(signed), rows=found(rows))


def read_opr_09(context: Context) -> Outcome:
    """OPR-09: an equity contract without exit clause, or without the day the guarantee ends. Two queries."""
    equity = contracts(context, term__contains=context.as_of, mode=ContractMode.EQUITY)
    rows = []
    for c in equity:
        if not c.exit_clause:
            rows.append(contract_row(c, c.signed_on))
        elif c.amount and c.guarantee_ends_on is None:
            rows.append(contract_row(c, c.signed_on, variant="guarantee"))
    return Outcome(checked=len(equity), rows=found(rows))


def read_opr_11(context: Context) -> Outcome:
    """OPR-11: above the county's threshold without the platform, or on the platform and not signed.

    Off until the threshold is set, but for the second half. Four queries.
    """
    signed = contracts(context)
    totals: dict[int, Decimal] = dict(
        Due.objects.in_force().filter(contract__in=signed).exclude(kind=DueKind.INTEREST).order_by()
        .values_list("contract").annotate(Sum("amount"))
    )  # fmt: skip
    rows: list[Row | None] = []
    for c in signed:
        threshold = Decimal(context.value(PLATFORM, c.division.path))
        total = totals.get(c.pk, ZERO)
        if threshold and total >= threshold and not c.platform_number:
            rows.append(contract_row(c, c.signed_on, total=str(total), threshold=str(threshold)))
    rows += _on_platform_only(context)
    return Outcome(checked=len(signed), rows=found(rows))


def _on_platform_only(context: Context) -> list[Row | None]:
    drafts = Contract.objects.in_force().filter(signed_on=None, term__startswith__lte=context.as_of)
    limited = context.scope.limit(
        drafts.exclude(platform_number=""), division="division__path", unit="parts__unit"
    ).distinct()
    rows = []
    for c in limited.prefetch_related("parts__unit").order_by("number"):
        c.parts_read = list(c.parts.all())  # type: ignore[attr-defined]
        rows.append(contract_row(c, c.term.lower, variant="unsigned", platform=c.platform_number))
    return rows


def read_opr_12(context: Context) -> Outcome:
    """OPR-12: sublet, and no consent of the owner is recorded. Two queries."""
    sublet = contracts(context, term__contains=context.as_of, sublet_to__isnull=False)
    rows = [contract_row(c, c.signed_on) for c in sublet if c.sublet_consent_on is None]
    return Outcome(checked=len(sublet), rows=found(rows))


def read_inc_01(context: Context) -> Outcome:
    """INC-01: a due is open longer than allowed; one row a contract, with its oldest. Three queries."""
    signed = contracts(context)
    dues = Due.objects.owed().filter(contract__in=signed, due_on__lt=context.as_of)
    late: dict[int, list[Any]] = {}
    for due in with_received(dues).filter(open__gt=ZERO).order_by("due_on", "pk"):
        late.setdefault(due.contract_id, []).append(due)
    rows = []
    for c in signed:
        days = int(context.value(OVERDUE_DAYS, c.division.path))
        overdue = [d for d in late.get(c.pk, ()) if d.due_on + days * DAY < context.as_of]
        if overdue:
            since = overdue[0].due_on + (days + 1) * DAY
            total = sum((d.open for d in overdue), ZERO)
            details = {"open": str(total), "dues": len(overdue), "due": overdue[0].due_on.isoformat()}
            rows.append(contract_row(c, since, **details))
    return Outcome(checked=len(signed), rows=found(rows))


RULES = (
    Rule(
        id="OPR-03",
        looks_at="assets_contractunit",
        title=_("lease too long"),
        message=_("Lease %(contract)s of %(name)s runs to %(last)s, longer than %(most)s years."),
        remedy=_("Shorten the term by an amendment; what exceeds it is void."),
        source="民法典第七百零五条",
        severity=Severity.E,
        reads=READS,
        read=read_opr_03,
        parameters=(LONG_YEARS,),
    ),
    Rule(
        id="OPR-04",
        looks_at="assets_contractunit",
        title=_("long contract"),
        message=_("Contract %(contract)s on %(name)s runs to %(last)s, longer than %(years)s years."),
        remedy=_("Check price and term; agree on a review of the rent."),
        source="长期合同预警（县级参数）",
        severity=Severity.W,
        reads=READS,
        read=read_opr_04,
        parameters=(LONG_YEARS,),
    ),
    Rule(
        id="OPR-05",
        looks_at="assets_contractunit",
        title=_("contract ends soon"),
        message=_("Contract %(contract)s on %(name)s ends on %(last)s."),
        remedy=_("Prepare the decision on renewal or a new tender."),
        source="到期合同预警（县级参数）",
        severity=Severity.I,
        reads=READS,
        read=read_opr_05,
        parameters=(EXPIRY_DAYS,),
    ),
    Rule(
        id="OPR-07",
        looks_at="assets_contractunit",
        title=_("rent too low"),
        message=_(
            "Lease %(contract)s of %(name)s brings %(rent)s yuan a year; the county expects %(floor)s."
        ),
        no_data=_("The original value of what lease %(contract)s is about is unknown."),
        remedy=_("Have the rent assessed, and amend the contract at the next review."),
        source="审计发现（出租定价随意）；低价出租预警（县级参数）",
        severity=Severity.W,
        reads=READS | {"assets_asset"},
        read=read_opr_07,
        parameters=(RENT_FLOOR,),
    ),
    Rule(
        id="OPR-08",
        looks_at="assets_contractunit",
        title=_("contract without a decision before it"),
        message=_("Contract %(contract)s on %(name)s has no decision."),
        variants={
            "late": _("Contract %(contract)s on %(name)s was signed on %(signed)s and decided on %(held)s.")
        },
        remedy=_("Name the decision; where none was taken, bring it before the assembly."),
        source="村民委员会组织法（2026-01-01起施行的修订文本条号待核）；农村集体经济组织法第二十六条",
        reads=READS | {"registry_decision"},
        read=read_opr_08,
    ),
    Rule(
        id="OPR-09",
        looks_at="assets_contractunit",
        title=_("equity without exit or end of guarantee"),
        message=_("Equity contract %(contract)s on %(name)s has no exit clause."),
        variants={
            "guarantee": _("Equity contract %(contract)s on %(name)s does not say how long it guarantees.")
        },
        remedy=_("Agree on exit and guarantee in writing."),
        source="国办函〔2021〕51号（权益类资产）",
        reads=READS,
        read=read_opr_09,
    ),
    Rule(
        id="OPR-11",
        looks_at="assets_contractunit",
        title=_("trading platform passed by"),
        message=_("Contract %(contract)s on %(name)s is worth %(total)s yuan and has no platform number."),
        variants={
            "unsigned": _("%(name)s was traded under %(platform)s, and contract %(contract)s is not signed.")
        },
        remedy=_("Enter the platform number, or sign the contract."),
        source="资产交易核查（县级限额）；农村集体资产清产核资要求",
        reads=READS | {"assets_due"},
        read=read_opr_11,
        parameters=(PLATFORM,),
    ),
    Rule(
        id="OPR-12",
        looks_at="assets_contractunit",
        title=_("sublet without consent"),
        message=_("What contract %(contract)s on %(name)s is about is sublet without the owner's consent."),
        remedy=_("Record the consent, or have the sublease ended."),
        source="民法典第七百一十六条",
        reads=READS,
        read=read_opr_12,
    ),
    Rule(
        id="INC-01",
        looks_at="assets_contractunit",
        title=_("due overdue"),
        message=_(
            "Contract %(contract)s on %(name)s is behind with %(open)s yuan, the oldest due on %(due)s."
        ),
        remedy=_("Send a dunning letter, and match what was paid."),
        office=Role.FINANCE_OFFICER,
        source="审计发现（租金未及时收取）；缴租拖欠预警（县级参数）",
        reads=READS | {"assets_due", "assets_match"},
        read=read_inc_01,
        parameters=(OVERDUE_DAYS,),
    ),
)
