"""INC-03: where the income of collectives is received. 中文：收款账户规则"""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from assets.income.bank_codes import PRIVATE_HOLDERS, AccountKind
from assets.income.models.bank import BankAccount
from registry.codes import Role, Severity
from registry.rules.base import Context, Outcome, Row, Rule


def read_inc_03(context: Context) -> Outcome:
    """INC-03: an account that receives collective income is a natural person's. Two queries."""
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
    return Outcome(checked=context.counted(rows), rows=found)


RULES = (
    Rule(
        id="INC-03",
        title=_("Income of a collective on a person's account"),
        message=_(
            "%(name)s receives collective income on an account of a natural person: %(bank)s %(number)s."
        ),
        source="农村集体经济组织法第四十四条；审计署公告（私设账户）",
        read=read_inc_03,
        subject="division",
        office=Role.FINANCE_OFFICER,
        remedy=_(
            "Have it paid to the account of the collective or of the township, and give this account up."
        ),
        severity=Severity.E,
        reads=frozenset({"assets_bankaccount", "registry_party"}),
    ),
)
