"""Money on the workbench, in the navigation, and where its findings are put right. 中文：财务工作台入口"""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assets.income.models.bank import BankAccount
from assets.income.queries import month_end
from registry import directory, display, navigation, workbench
from registry.codes import Role
from registry.workbench import Desk, Queue, Remedy, Task

OFFICERS = frozenset({str(Role.FINANCE_OFFICER)})


def tasks(desk: Desk) -> list[list[Task]]:
    """Accounts with lines that wait. Two queries."""
    accounts = desk.scoped(BankAccount.objects.in_force())
    counts = Counter(month_end.unmatched(account__in=accounts).values_list("account_id", flat=True))
    found = (
        accounts.filter(pk__in=counts).select_related("division", "holder").order_by("division__path", "pk")
    )
    return [
        [
            Task(
                title=_("%(count)s lines wait to be matched") % {"count": display.number(counts[account.pk])},
                note=f"{account} · {account.division.name}",
                url=reverse("matching", args=[account.pk]),
                act=_("Match"),
                sign="money",
            )
            for account in found
        ]
    ]


workbench.register(Queue(key="money", order=15, roles=OFFICERS, collect=tasks))
navigation.register(
    navigation.NavItem(
        label=gettext_lazy("Money"), url_name="money", icon="money", verb="see_income", order=60
    )
)
directory.register(
    directory.Tile(
        label=gettext_lazy("Money"),
        url_name="money",
        icon="money",
        note=gettext_lazy("accounts, statements, matching, month-end"),
        verb="see_income",
        order=25,
    ),  # 收支对账
    directory.Tile(
        label=gettext_lazy("Income reports"),
        url_name="money_report",
        icon="sheet",
        note=gettext_lazy("receivable, received, distributed, balance; arrears"),
        verb="see_income",
        order=26,
    ),  # 收益报表
)


def _of_account(finding: Any) -> str:
    """The page of the account; the hub for what speaks of a contract."""
    key = finding.subject_key.partition(":")[0]
    if finding.subject_type in ("bankaccount", "accountmonth") and key.isdecimal():
        return reverse("bank_account", args=[int(key)])
    return reverse("money")


for rule in ("INC-02", "INC-03"):
    workbench.register_remedy(
        rule, Remedy(act=gettext_lazy("Go to the account"), url=_of_account, sign="money", verb="see_income")
    )
