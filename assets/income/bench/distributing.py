"""A pool that many officers distribute from at once: plan, approve, order, take back. 中文：并发分配"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from assets.codes import AssetClass, Subtype
from assets.income.codes import IncomeUse, LineBasis, PaymentState, PoolFigure
from assets.income.models.bank import BankAccount, BankLine
from assets.income.models.distribution import Distribution, IncomePool, Payment
from assets.income.models.match import Match
from assets.income.services.distributions import (
    Plan,
    Share,
    approve_distribution,
    plan_distribution,
    take_back_distribution,
)
from assets.income.services.payments import Account, order_payments, to_pay
from assets.income.services.pools import add_entry, open_pool, settle_pool
from assets.income.services.settling import undo
from assets.income.services.settling_payments import settle_payments_of_line
from assets.models import Asset
from registry import clock
from registry.codes import DecisionBody, UnitKind
from registry.models import Decision, Party, Unit

HELD = Decimal("50000.00")  # little enough for them to run into its end
REASON = "并发测量撤回"


@dataclass(frozen=True)
class Scene:
    """The pool, what decided on it, who is paid, and the lines by which money leaves."""

    pool: IncomePool
    decision: Decision
    payee: Party
    lines: list[BankLine]


def set_scene(account: BankAccount, lines: int = 40) -> Scene:
    """A settled pool of the account's owner, and a statement with lines that went out."""
    place, owner, today = account.division, account.holder, clock.today()
    facts = {"kind": UnitKind.ASSET, "code": "BENCH-POOL-1", "name": "测量厂房"}
    unit = Unit.objects.create(division=place, **facts)
    Asset.objects.create(unit=unit, asset_class=AssetClass.OPERATING, subtype=Subtype.WORKSHOP)
    pool = open_pool(division=place, owner=owner, year=today.year, name="测量收益", units=[unit], by=None)
    add_entry(pool=pool, figure=PoolFigure.RECEIVED, day=today, amount=HELD, note="测量", by=None)
    settle_pool(pool=pool, settled_on=today, by=None)
    decision = Decision.objects.create(
        division=place, body=DecisionBody.MEMBERS, title="测量分配", held_on=today, members_total=300,
        present=200, in_favour=200, matters=[7],
    )  # fmt: skip
    payee = Party.objects.create(kind="village_collective", name="测量受益合作社", division=place)
    return Scene(pool, decision, payee, _outgoing(account, lines, today))


def _outgoing(account: BankAccount, count: int, today: dt.date) -> list[BankLine]:
    """Lines of one to nine hundred yuan that went out today."""
    amounts = [Decimal(100 * (nth % 9 + 1)) for nth in range(count)]
    statement = account.statements.create(
        starts_on=today, ends_on=today, opening=sum(amounts), credits=0, debits=sum(amounts), closing=0
    )
    return [
        BankLine.objects.create(
            account=account,
            statement=statement,
            row=nth,
            booked_on=today,
            amount=-amount,
            memo="代发",
            fingerprint=f"out{nth:061d}",
        )  # fmt: skip
        for nth, amount in enumerate(amounts)
    ]


def acts(scene: Scene, rng: random.Random) -> dict[str, Callable[[], object]]:
    """What an officer may do with it; each is one act."""
    today = clock.today()

    def plan() -> object:
        shares = [
            Share(use=IncomeUse.CONSOLIDATION, basis=LineBasis.VILLAGE, payee=scene.payee),
            Share(use=IncomeUse.VILLAGE_WELFARE, basis=LineBasis.WORKS, reason="测量"),
        ]
        total = Decimal(rng.randrange(1, 9) * 200)
        number = f"BENCH-{rng.getrandbits(60):x}"
        made = plan_distribution(
            pool=scene.pool, plan=Plan(number=number, title="测量", total=total, shares=shares), by=None
        )
        return approve_distribution(distribution=made, approved_on=today, by=None, decision=scene.decision)

    def order() -> object:
        made = _one(Distribution.objects.in_force().filter(pool=scene.pool, approved__isnull=False))
        accounts = {line.pk: Account(scene.payee.name, "6228480300001111") for line in to_pay(made)}
        return order_payments(distribution=made, accounts=accounts, ordered_on=today, by=None)

    def pay() -> object:
        payment = _one(Payment.objects.in_force().filter(state=PaymentState.ORDERED))
        line = rng.choice([one for one in scene.lines if one.amount == -payment.amount] or scene.lines)
        return settle_payments_of_line(line=line, payments=[payment], by=None)

    def unpay() -> object:
        return undo(match=_one(Match.objects.in_force().filter(line__in=scene.lines)), reason=REASON, by=None)

    def take_back() -> object:
        made = _one(Distribution.objects.in_force().filter(pool=scene.pool))
        return take_back_distribution(distribution=made, reason=REASON, by=None)

    return {"plan": plan, "order": order, "pay": pay, "unpay": unpay, "take back": take_back}


class Nothing(Exception):  # noqa: N818 (no error: there is nothing to do)
    """Nothing of the kind is there at the moment."""


def _one(rows):  # type: ignore[no-untyped-def]
    found = rows.order_by("?").first()
    if found is None:
        raise Nothing
    return found
