"""The demo's pools of income: settled, distributed, paid, one payment returned. 中文：演示收益分配"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pghistory

from assets.income.services import payments
from assets.income.services.distributions import (
    Plan,
    Share,
    approve_distribution,
    member_shares,
    plan_distribution,
)
from assets.income.services.pools import add_entry, open_pool, settle_pool
from assets.models import Distribution, IncomePool
from registry.codes import PartyKind
from registry.models import Decision, Division, Party, Unit, User
from registry.queries.divisions import division_by_code
from registry.services.members import set_members
from registry.services.parties import PartyAsk, PartyBook

day = dt.date.fromisoformat


def share_out(facts: dict[str, Any], meetings: dict[str, Decision], users: dict[str, User]) -> int:
    """Pools and what was distributed of them; gives how many distributions there are."""
    by = users["finance"]
    with pghistory.context(user=by.pk):
        for line in facts["members"]:
            _members(line, users["admin"])
        for line in facts["pools"]:
            pool = _pool(line, by)
            for plan in line["distributions"]:
                _distribute(pool, plan, meetings, users)
    return Distribution.objects.count()


def _members(line: dict[str, Any], by: User) -> None:
    place = division_by_code(line["village"])
    asks = {name: PartyAsk(PartyKind.HOUSEHOLD, name, place.pk) for name, _share in line["members"]}
    book = PartyBook(asks.values())
    book.register(by=by, batch=None)
    group = Party.objects.standing().within(place).get(name=line["group"])
    members = [(book[asks[name]], Fraction(share, line["of"])) for name, share in line["members"]]
    set_members(group=group, on=day(line["on"]), members=members, by=by, reason="收益权份额量化到户")


def _pool(line: dict[str, Any], by: User) -> IncomePool:
    place = division_by_code(line["village"])
    pool = open_pool(
        division=place,
        owner=Party.objects.standing().get(name=line["owner"]),
        year=line["year"],
        name=line["name"],
        units=list(
            Unit.objects.in_force().filter(kind="asset", code__in=line["units"]).select_related("division")
        ),
        by=by,
    )
    for entry in line["entries"]:
        add_entry(
            pool=pool,
            figure=entry["figure"],
            day=day(entry["day"]),
            amount=Decimal(entry["amount"]),
            note=entry["note"],
            by=by,
        )
    return settle_pool(pool=pool, settled_on=day(line["settled_on"]), by=by) if line["settled_on"] else pool


def _distribute(
    pool: IncomePool, line: dict[str, Any], meetings: dict[str, Decision], users: dict[str, User]
) -> None:
    by = users["finance"]
    shares = _shares(pool, line, users["admin"])
    plan = Plan(
        number=line["number"],
        title=line["title"],
        total=Decimal(line["total"]),
        shares=shares,
        level=line["level"],
        reserve=Decimal(line["reserve"]),
        reserve_waived=line.get("reserve_waived", ""),
    )
    made = plan_distribution(pool=pool, plan=plan, by=by)
    if line.get("approved_on"):
        made = approve_distribution(
            distribution=made,
            approved_on=day(line["approved_on"]),
            decision=meetings[line["decision"]],
            by=by,
        )
    if line.get("payments"):
        _pay(made, line["payments"], by)


def _shares(pool: IncomePool, line: dict[str, Any], by: User) -> list[Share]:
    """The lines of a plan; by the members' shares of the day where it says so."""
    people = [row["payee"] for row in line["shares"] if row["payee"]]
    asks = {payee[1]: _ask(payee, pool.division) for payee in people}
    book = PartyBook(asks.values())
    book.register(by=by, batch=None)
    shares = [
        Share(
            use=row["use"],
            basis=row["basis"],
            payee=book[asks[row["payee"][1]]] if row["payee"] else None,
            amount=Decimal(row["amount"]) if row["amount"] is not None else None,
            reason=row["reason"],
        )
        for row in line["shares"]
    ]
    if line.get("by_members"):
        shares += member_shares(pool.owner, day(line["approved_on"]))
    return shares


def _ask(payee: list[str], place: Division) -> PartyAsk:
    """A payee: his kind, his name and, where it is not the place of the pool, his village."""
    home = division_by_code(payee[2]) if len(payee) > 2 else place
    return PartyAsk(PartyKind(payee[0]), payee[1], home.pk)


def _pay(made: Distribution, line: dict[str, Any], by: User) -> None:
    """Ordered from the bank; what came back can be ordered again."""
    rows = payments.to_pay(made).select_related("payee")
    accounts = {row.pk: payments.Account(row.payee.name, f"62308108{row.payee_id:011d}") for row in rows}
    ordered = payments.order_payments(
        distribution=made, accounts=accounts, ordered_on=day(line["ordered_on"]), by=by
    )
    failed = [one for one in ordered if one.account_name in line["failed"]]
    paid = [one for one in ordered if one not in failed]
    payments.settle_payments(payments=paid, paid=True, on=day(line["settled_on"]), by=by)
    if failed:
        payments.settle_payments(
            payments=failed, paid=False, on=day(line["settled_on"]), failure=line["failure"], by=by
        )
