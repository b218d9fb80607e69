"""Register the bank accounts that income goes through; close them. 中文：银行账户登记"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from assets.income.bank_codes import PRIVATE_HOLDERS, AccountKind
from assets.income.models.bank import BankAccount
from registry import access, clock
from registry.errors import BadInput, RuleBroken
from registry.models import Division, ImportBatch, Party, User
from registry.queries.divisions import go_live_by_division
from registry.reasons import too_short
from registry.rules.engine import evaluate_subjects
from registry.services.acts import record_act


@dataclass(frozen=True, kw_only=True)
class AccountFacts:
    """What is registered of an account. ``receives``: income of a collective is paid into it."""

    holder: Party
    number: str
    bank: str
    kind: str
    opened_on: dt.date
    receives: bool = True


def problems(values: dict[str, Any]) -> dict[str, str]:
    """What cannot be, a sentence by field."""
    found: dict[str, str] = {}
    if not re.fullmatch(r"\d{8,32}", digits(values.get("number") or "")):
        found["number"] = _("An account number has 8 to 32 digits; copy it from the statement of the bank.")
    if values.get("kind") not in AccountKind.values:
        found["kind"] = _("Choose the kind of account.")
    if len((values.get("bank") or "").strip()) < 2:
        found["bank"] = _("Name the bank and its branch.")
    if (opened := values.get("opened_on")) and opened > clock.today():
        found["opened_on"] = _("The account cannot be in use from a day that has not come.")
    return found


def digits(number: str) -> str:
    return re.sub(r"[\s-]", "", number)


@transaction.atomic
def register_account(
    *, division: Division, facts: AccountFacts, by: User | None, batch: ImportBatch | None = None
) -> BankAccount:
    """Register an account of a place. 中文：登记银行账户

    Raises ``RuleBroken`` (INC-03) where income of a collective would go to a natural person's account from
    the go-live day on; ``BadInput``; ``NotAllowed``.
    """
    access.require(by, "keep_account", division)
    for name, sentence in problems(
        {key: getattr(facts, key) for key in AccountFacts.__dataclass_fields__}
    ).items():
        raise BadInput(sentence, name)
    number = digits(facts.number)
    if BankAccount.objects.in_force().filter(number=number).exists():
        raise BadInput(_("This account is registered already."), "number")
    _refuse_private(division, facts, imported=batch is not None)
    account = BankAccount.objects.create(
        division=division,
        holder=facts.holder,
        number=number,
        bank=facts.bank.strip()[:80],
        kind=facts.kind,
        receives=facts.receives,
        opened_on=facts.opened_on,
        batch=batch,
    )
    _record("account_registered", account, by, on=facts.opened_on)
    return account


def _refuse_private(division: Division, facts: AccountFacts, *, imported: bool) -> None:
    private = facts.kind == AccountKind.PERSONAL or facts.holder.kind in PRIVATE_HOLDERS
    start = go_live_by_division({division.pk}).get(division.pk)
    if private and facts.receives and not imported and start is not None and facts.opened_on >= start:
        raise RuleBroken(
            _("INC-03: income of a collective is not received on the account of a natural person "
              "(农村集体经济组织法第四十四条). Use the account of the collective or of the township."),
            "INC-03",
        )  # fmt: skip


@transaction.atomic
def stop_receiving(*, account: BankAccount, closed_on: dt.date, reason: str, by: User | None) -> BankAccount:
    """The account is closed, or receives nothing of the collective any more. 中文：停用账户"""
    locked = (
        BankAccount.objects.select_for_update(of=("self",), no_key=True)
        .select_related("division")
        .get(pk=account.pk)
    )
    access.require(by, "keep_account", locked.division)
    if too_short(reason):
        raise BadInput(_("Say in a sentence why the account is given up."), "reason")
    if locked.closed_on is not None:
        raise BadInput(_("This account was given up on %(day)s.") % {"day": locked.closed_on}, "closed")
    if not locked.opened_on <= closed_on <= clock.today():
        raise BadInput(_("Give a day from %(first)s up to today.") % {"first": locked.opened_on}, "closed_on")
    locked.closed_on = closed_on
    locked.save(update_fields=["closed_on"])
    _record("account_stopped", locked, by, on=closed_on, reason=reason.strip())
    return locked


def _record(verb: str, account: BankAccount, by: User | None, *, on: dt.date, reason: str = "") -> None:
    record_act(
        by=by,
        verb=verb,
        division=account.division,
        subject=f"bankaccount:{account.pk}",
        effective_on=on,
        reason=reason,
        after={
            "bank": account.bank,
            "number": account.shown_number,
            "holder": account.holder_id,
            "kind": account.kind,
        },
    )
    evaluate_subjects(divisions=[account.division_id])
