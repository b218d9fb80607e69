"""INC-02: money that was received, with its bank line and its voucher. 中文：收款与银行、凭证核对规则"""

from __future__ import annotations

import calendar
import datetime as dt
from collections import defaultdict
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext_lazy as _

from assets.income.bank_codes import MatchKind
from assets.income.models.cash import CashReceipt
from assets.income.models.match import Match
from assets.income.parameters_money import CASH_DAYS, MONTH_END_DAYS
from registry.codes import Role
from registry.rules.base import Context, Outcome, Row, Rule


def read_inc_02(context: Context) -> Outcome:
    """INC-02: cash that did not reach an account in time; money of a month that is over without a voucher.

    One row a contract for its cash, one an account and month for what has no voucher. Four queries.
    """
    cash, counted = _cash(context)
    unvouchered, months = _without_voucher(context)
    return Outcome(checked=counted + months, rows=[*cash, *unvouchered])


def _cash(context: Context) -> tuple[list[Row], int]:
    receipts: QuerySet = CashReceipt.objects.in_force().filter(received_on__lte=context.as_of)
    place = "contract__division"
    receipts = context.scope.limit(receipts, division=f"{place}__path", unit=place, kind="division")
    late: dict[int, list[CashReceipt]] = defaultdict(list)
    for receipt in receipts.filter(line=None).select_related(place).order_by("received_on", "pk"):
        days = int(context.value(CASH_DAYS, receipt.contract.division.path))
        if (context.as_of - receipt.received_on).days > days:
            late[receipt.contract_id].append(receipt)
    rows = []
    for found in late.values():
        first = found[0]
        days = int(context.value(CASH_DAYS, first.contract.division.path))
        rows.append(
            Row(
                subject_type="contract",
                subject_key=str(first.contract_id),
                division_id=first.contract.division_id,
                since=first.received_on + dt.timedelta(days=days + 1),
                details={
                    "name": first.contract.number, "count": len(found), "days": days,
                    "amount": str(sum((receipt.amount for receipt in found), Decimal(0))),
                    "first": first.received_on.isoformat(), "variant": "cash",
                },
            )
        )  # fmt: skip
    return rows, context.counted(receipts)


def _without_voucher(context: Context) -> tuple[list[Row], int]:
    account = "line__account"
    received: QuerySet = Match.objects.in_force().filter(kind=MatchKind.DUE, booked_on__lte=context.as_of)
    received = context.scope.limit(
        received, division=f"{account}__division__path", unit=f"{account}__division", kind="division"
    )
    months = (
        received.filter(voucher_entry=None)
        .annotate(month=TruncMonth("booked_on"))
        .values(
            "month",
            account,
            f"{account}__division",
            f"{account}__division__path",
            f"{account}__bank",
            f"{account}__number",
        )
        .annotate(count=Count("pk"), amount=Sum("amount"))
        .order_by(account, "month")
    )
    rows = [row for found in months if (row := _late(context, account, found))]
    return rows, context.counted(received)


def _late(context: Context, account: str, found: dict[str, Any]) -> Row | None:
    month = found["month"]
    last = month.replace(day=calendar.monthrange(month.year, month.month)[1])
    days = int(context.value(MONTH_END_DAYS, found[f"{account}__division__path"]))
    since = last + dt.timedelta(days=days + 1)
    if context.as_of < since:
        return None
    return Row(
        subject_type="accountmonth",
        subject_key=f"{found[account]}:{month:%Y-%m}",
        division_id=found[f"{account}__division"],
        since=since,
        details={
            "name": f"{found[f'{account}__bank']} ****{found[f'{account}__number'][-4:]}",
            "month": f"{month:%Y-%m}", "count": found["count"], "amount": str(found["amount"]), "days": days,
        },
    )  # fmt: skip


RULES = (
    Rule(
        id="INC-02",
        title=_("Received money without a bank line or a voucher"),
        message=_(
            "%(name)s: %(amount)s yuan received in %(month)s (%(count)s matches) have no voucher "
            "%(days)s days "
            "after the month."
        ),
        variants={
            "cash": _(
                "Contract %(name)s: %(amount)s yuan taken in cash since %(first)s (%(count)s "
                "receipts) have not "
                "reached an account within %(days)s days."
            )
        },
        source="农村集体经济组织法第四十四条；财会〔2023〕14号",
        read=read_inc_02,
        subject="division",
        office=Role.FINANCE_OFFICER,
        remedy=_("Pay the cash in and say with which line; close the month, which makes its vouchers."),
        parameters=(CASH_DAYS, MONTH_END_DAYS),
        reads=frozenset(
            {
                "assets_match",
                "assets_cashreceipt",
                "assets_voucher",
                "assets_bankaccount",
                "assets_bankline",
                "assets_contract",
            }
        ),
    ),
)
