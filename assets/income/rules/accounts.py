"""INC-03: where the income of collectives is received. 中文：收款账户规则"""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from assets.income.bank_codes import PRIVATE_HOLDERS, AccountKind
from assets.income.models.bank import BankAccount
from assets.income.models.contract import Contract
from registry.codes import Role, Severity
from registry.rules.base import Context, Outcome, Row, Rule


def read_inc_03(context: Context) -> Outcome:
    """INC-03: an account that receives collective income is a natural person's. Three queries."""
    day = context.as_of
    rows: QuerySet = BankAccount.objects.in_force().filter(receives=True, opened_on__lte=day)
    rows = rows.filter(Q(closed_on=None) | Q(closed_on__gt=day))
    rows = context.scope.limit(rows, division="division__path", unit="division", kind="division")
    private = rows.filter(
        Q(kind=AccountKind.PERSONAL) | Q(holder__kind__in=[str(k) for k in PRIVATE_HOLDERS])
    )
    found = [
        Row(
            subject_type="bankaccount",
            subject_key=str(account.pk),
            division_id=account.division_id,
            since=account.opened_on,
            details={"name": account.division.name, "bank": account.bank, "number": account.shown_number},
        )
        for account in private.select_related("division", "holder").order_by("pk")
    ]
    return Outcome(checked=context.counted(rows), rows=found + _of_contracts(context))


def _of_contracts(context: Context) -> list[Row]:
    """Running contracts that have it paid to a person's account which is not registered. One query."""
    running = Contract.objects.running(context.as_of).filter(account=None)
    running = running.filter(account_holder__kind__in=[str(kind) for kind in PRIVATE_HOLDERS])
    limited = context.scope.limit(running, division="division__path", unit="division", kind="division")
    return [
        Row(
            subject_type="contract",
            subject_key=f"{contract.division_id}/{contract.number}",
            division_id=contract.division_id,
            since=contract.signed_on,
            details={"name": contract.division.name, "contract": contract.number, "variant": "contract"},
        )
        for contract in limited.select_related("division").order_by("pk")
    ]


RULES = (
    Rule(
        id="INC-03",
        title=_("Income of a collective on a person's account"),
        message=_(
            "%(name)s receives collective income on an account of a natural person: %(bank)s %(number)s."
        ),
        variants={
            "contract": _("%(name)s: contract %(contract)s is paid to the account of a natural person."),
        },
        source="农村集体经济组织法第四十四条；审计署公告（私设账户）",
        read=read_inc_03,
        subject="division",
        office=Role.FINANCE_OFFICER,
        remedy=_(
            "Have it paid to the account of the collective or of the township, and give this account up."
        ),
        severity=Severity.E,
        reads=frozenset({"assets_bankaccount", "assets_contract", "registry_party"}),
    ),
)
