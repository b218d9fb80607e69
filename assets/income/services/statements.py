"""Book the lines of a statement, once each; take a statement back. 中文：对账单入账"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from assets.income.models.bank import BankAccount, BankLine, Statement
from registry.errors import RegistryError
from registry.models import Act, ImportBatch, RowAction, User
from registry.models.filling import insert_rows

ZERO = Decimal("0.00")


def latest_before(account: BankAccount, day: dt.date | None) -> Statement | None:
    """The statement that ends last before a day."""
    rows = Statement.objects.in_force().filter(account=account)
    return rows.filter(ends_on__lt=day).order_by("-ends_on", "-id").first() if day else None


@transaction.atomic
def book(*, batch: ImportBatch, by: User | None) -> Statement:
    """Book the staged lines of a batch under a lock on the account: two files at once book a line once.

    Raises ``RegistryError`` where a line lies in a month that is closed.
    """
    totals = batch.totals
    account = BankAccount.objects.select_for_update(no_key=True, of=("self",)).get(pk=totals["account"])
    values = [
        row.values | {"row": row.row} for row in batch.staged.filter(action=RowAction.CREATE).order_by("id")
    ]
    known = set(
        BankLine.objects.in_force()
        .filter(account=account, fingerprint__in=[one["fingerprint"] for one in values])
        .values_list("fingerprint", flat=True)
    )
    fresh = [one for one in values if one["fingerprint"] not in known]
    refuse_closed(account, {dt.date.fromisoformat(one["booked_on"]).replace(day=1) for one in fresh})
    statement = Statement.objects.create(
        account=account,
        starts_on=totals["starts_on"],
        ends_on=totals["ends_on"],
        opening=Decimal(totals["opening"]),
        credits=Decimal(totals["credits"]),
        debits=Decimal(totals["debits"]),
        closing=Decimal(totals["closing"]),
        batch=batch,
    )
    insert_rows([line_of(account, statement, one) for one in fresh])
    return statement


def line_of(account: BankAccount, statement: Statement, values: dict[str, Any]) -> BankLine:
    return BankLine(
        account=account,
        statement=statement,
        row=values["row"],
        booked_on=dt.date.fromisoformat(values["booked_on"]),
        amount=Decimal(values["amount"]),
        balance=Decimal(values["balance"]) if values["balance"] else None,
        **{name: values[name] for name in ("name", "counter_account", "memo", "serial", "fingerprint")},
    )


def refuse_closed(account: BankAccount, months: set[dt.date]) -> None:
    """Raise ``RegistryError`` where one of the months is closed."""
    shut = account.closes.filter(reopened=None, month__in=months).order_by("month").first()
    if shut is not None:
        raise RegistryError(
            _("%(month)s of this account is closed, and the file has lines of it that are not "
            "booked. Open the "
              "month again with the reason, then import the file.")
            % {"month": f"{shut.month:%Y-%m}"},
            "month_closed",
        )  # fmt: skip


def take_back(batch: ImportBatch, *, act: Act) -> None:
    """Mark the lines and the statement of a batch. Raises ``RegistryError`` where some are matched."""
    lines = BankLine.objects.in_force().filter(statement__batch=batch)
    matched = lines.filter(matches__undone=None, matches__isnull=False).order_by("booked_on", "id").first()
    if matched is not None:
        raise RegistryError(
            _(
                "The line of %(day)s over %(amount)s is matched. Undo its matches first, then take "
                "the file back."
            )
            % {"day": matched.booked_on, "amount": matched.amount},
            "later_facts",
        )
    for account in BankAccount.objects.filter(statements__batch=batch).distinct():
        refuse_closed(account, {day.replace(day=1) for day in lines.values_list("booked_on", flat=True)})
    lines.update(annulled=act)
    Statement.objects.in_force().filter(batch=batch).update(annulled=act)
