"""Plan and approve the distribution of a pool. 中文：收益分配方案与批准"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from assets.income.codes import IncomeUse, LineBasis, PaymentState
from assets.income.queries.pools import account_of
from assets.income.splitting import split
from assets.models import Distribution, DistributionLine, IncomePool, Payment
from registry import clock
from registry.codes import EntryCode, Level
from registry.errors import BadInput, RuleBroken
from registry.models import Act, Decision, Entry, ImportBatch, Party, PartyMember, User
from registry.queries.decisions import verdict_of_decision
from registry.reasons import too_short

from .amounts import refuse_parts_of_fen
from .pools import book, lock_pool, read_again

VERB = "distribute_income"
ZERO = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class Share:
    """A line: a fixed amount, or a weight in what is split among the lines that have no amount."""

    use: str
    basis: str
    payee: Party | None = None
    amount: Decimal | None = None
    weight: Fraction = Fraction(1)
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is planned. ``total`` is distributed beside the reserve; ``shares`` split it to the fen."""

    number: str
    title: str
    total: Decimal
    shares: Sequence[Share]
    level: str = Level.VILLAGE
    reserve: Decimal = ZERO
    reserve_waived: str = ""
    decision: Decision | None = field(default=None)


@transaction.atomic
def plan_distribution(
    *, pool: IncomePool, plan: Plan, by: User | None, batch: ImportBatch | None = None
) -> Distribution:
    """Write a plan of distribution; it moves nothing until it is approved. 中文：编制分配方案

    Amounts that are not fixed are split by largest remainder, so that the lines sum to the total (INC-12).
    Raises ``RuleBroken`` (INC-04, INC-07, INC-12), ``BadInput``.
    """
    pool = lock_pool(pool, by, VERB)
    _refuse_uses(plan)
    amounts = _amounts(plan)
    try:
        with transaction.atomic():
            made = Distribution.objects.create(
                pool=pool, number=plan.number.strip(), title=plan.title.strip(), level=plan.level,
                reserve=plan.reserve, reserve_waived=plan.reserve_waived.strip(), total=plan.total,
                decision=plan.decision, batch=batch,
            )  # fmt: skip
    except IntegrityError as error:
        raise BadInput(_("Another distribution already has this matter number."), "number") from error
    DistributionLine.objects.bulk_create(
        DistributionLine(
            distribution=made,
            use=share.use,
            basis=share.basis,
            payee=share.payee,
            amount=amount,
            weight_num=share.weight.numerator,
            weight_den=share.weight.denominator,
            reason=share.reason[:200],
        )  # fmt: skip
        for share, amount in zip(plan.shares, amounts, strict=True)
        if amount
    )
    book("distribution_planned", pool, by, subject=_subject(made), number=made.number, total=str(made.total))
    read_again(pool)
    return made


@transaction.atomic
def approve_distribution(
    *, distribution: Distribution, approved_on: dt.date, by: User | None, decision: Decision | None = None
) -> Distribution:
    """Approve a plan: from now on it counts against the pool. 中文：批准分配方案

    Raises ``RuleBroken`` (INC-04) where the pool does not hold it, ``BadInput`` where the decision did not
    carry or lies after the day.
    """
    pool = lock_pool(distribution.pool, by, VERB)
    made = Distribution.objects.select_for_update(of=("self",)).get(pk=distribution.pk)
    if made.approved_id is not None or made.annulled_id is not None:
        raise BadInput(_("This distribution is approved or taken back already."), "approved")
    if approved_on > clock.today():
        raise BadInput(_("It cannot be approved in the future; check the date."), "approved_on")
    made.decision = decision or made.decision
    _refuse_decision(made, approved_on)
    _refuse_more(pool, made)
    act = book(
        "distribution_approved", pool, by, on=approved_on, subject=_subject(made), number=made.number,
        total=str(made.total), reserve=str(made.reserve),
    )  # fmt: skip
    made.approved, made.approved_on = act, approved_on
    made.save(update_fields=["decision", "approved", "approved_on"])
    read_again(pool)
    return made


@transaction.atomic
def take_back_distribution(*, distribution: Distribution, reason: str, by: User | None) -> Act:
    """Take a plan, or an approved distribution of which nothing was ordered, back. 中文：撤回分配"""
    pool = lock_pool(distribution.pool, by, VERB)
    made = Distribution.objects.select_for_update(of=("self",)).get(pk=distribution.pk)
    if too_short(reason):
        raise BadInput(_("Say in a sentence why."), "reason")
    if made.annulled_id is not None:
        raise BadInput(_("It was taken back already."), "annulled")
    live = Payment.objects.in_force().exclude(state=PaymentState.FAILED)
    if live.filter(line__distribution=made).exists():
        raise BadInput(_("Payments of it were ordered; it cannot be taken back."), "paid")
    act = book("distribution_taken_back", pool, by, subject=_subject(made), reason=reason, number=made.number)
    made.annulled = act
    made.save(update_fields=["annulled"])
    read_again(pool)
    return act


def member_shares(collective: Party, day: dt.date) -> list[Share]:
    """The members of a collective by their quantified shares on a day (农村集体经济组织法第四十二条)."""
    rows = PartyMember.objects.filter(group=collective, valid__contains=day, share_num__gt=0)
    return [
        Share(
            use=IncomeUse.MEMBERS,
            basis=LineBasis.SHARE,
            payee=row.member,
            weight=Fraction(row.share_num, row.share_den),
        )  # fmt: skip
        for row in rows.select_related("member").order_by("pk")
    ]


def income_shares(pool: IncomePool, day: dt.date) -> list[Share]:
    """Who holds the income rights of the pool's assets on a day, each asset alike. 中文：按收益权

    The ownership of an asset is not the right to its income.
    """
    held = Entry.objects.on(day).filter(unit__in=pool.units.all(), code=EntryCode.INCOME)
    weights: dict[int, Fraction] = {}
    parties: dict[int, Party] = {}
    for entry in held.select_related("party").order_by("pk"):
        weights[entry.party_id] = weights.get(entry.party_id, Fraction(0)) + entry.share
        parties[entry.party_id] = entry.party
    return [
        Share(use=IncomeUse.CONSOLIDATION, basis=LineBasis.VILLAGE, payee=parties[key], weight=weight)
        for key, weight in weights.items()
    ]


def _amounts(plan: Plan) -> list[Decimal]:
    """The amount of every line: fixed ones stay, the rest is split by weight to the fen."""
    fixed = sum((share.amount for share in plan.shares if share.amount is not None), ZERO)
    open_ones = {nth: share.weight for nth, share in enumerate(plan.shares) if share.amount is None}
    left = plan.total - fixed
    if left < 0 or (left and not open_ones):
        raise RuleBroken(
            _("INC-12: the lines sum to %(lines)s yuan and the total is %(total)s. Correct one of them.")
            % {"lines": fixed, "total": plan.total},
            "INC-12",
        )
    parts = split(left, open_ones) if open_ones else {}
    return [share.amount if share.amount is not None else parts[nth] for nth, share in enumerate(plan.shares)]


def _refuse_uses(plan: Plan) -> None:
    if not plan.number.strip() or not plan.title.strip():
        raise BadInput(_("Give the distribution its matter number and its title."), "number")
    if plan.total < 0 or plan.reserve < 0 or not plan.shares:
        raise BadInput(_("Give the total, and who gets it."), "total")
    refuse_parts_of_fen(plan.total, plan.reserve, *(share.amount for share in plan.shares), field="total")
    for share in plan.shares:
        if share.use not in IncomeUse.values or share.basis not in LineBasis.values:
            raise BadInput(_("Choose the use and the reason of every line."), "lines")
        if share.payee is None and share.basis != LineBasis.WORKS:
            raise BadInput(_("Name who gets it, or choose public works."), "lines")
    twice = [
        key for key, n in Counter((s.use, s.payee, s.reason) for s in plan.shares if s.payee).items() if n > 1
    ]
    if twice:
        payee = twice[0][1]
        raise BadInput(
            _("%(name)s stands twice for the same use and reason.") % {"name": payee.name if payee else ""},
            "lines",
        )


def _refuse_decision(made: Distribution, approved_on: dt.date) -> None:
    decision = made.decision
    if decision is None:
        raise BadInput(_("Name the decision that approves it."), "decision")
    if decision.held_on > approved_on:
        raise BadInput(
            _("The decision was taken on %(held)s, after the day of the approval.")
            % {"held": decision.held_on},
            "decision",
        )
    found = verdict_of_decision(decision)
    if found is not None and found["verdict"].passes is False:
        raise BadInput(found["sentence"], "decision")


def _refuse_more(pool: IncomePool, made: Distribution) -> None:
    if pool.settled_id is None:
        raise BadInput(_("Settle the pool first: nobody knows yet what may be distributed."), "settled")
    held = pool.distributable - account_of(pool).approved
    asked = made.total + made.reserve
    if asked > held:
        raise RuleBroken(
            _(
                "INC-04: %(asked)s yuan are to be distributed or reserved, and %(held)s are there. "
                "Lower the lines or the reserve by %(more)s."
            )
            % {"asked": asked, "held": held, "more": asked - held},
            "INC-04",
        )


def _subject(made: Distribution) -> str:
    return f"distribution:{made.pk}"
