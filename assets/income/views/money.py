"""``/money/``: the finance workbench, accounts, statements. 中文：财务工作台、账户、对账单"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Count, Q, Sum
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from assets.income.bank_codes import MatchKind
from assets.income.forms_money import AccountForm, CashForm, StatementForm
from assets.income.models.bank import BankAccount, BankLine
from assets.income.models.cash import CashReceipt
from assets.income.queries import month_end, reports
from assets.income.queries.waiting import Left, Reach, lines_left, reach_of
from assets.income.services.accounts import register_account
from assets.income.services.cash import take_cash
from assets.income.services.matching import match_account
from registry import access, clock
from registry.services import import_jobs
from registry.views.generic import ActionPage, Page, PageMixin, call_service

from .waiting import waiting_of

SEE, KEEP, MATCH, CLOSE = "see_income", "keep_account", "match_money", "close_month"
MONEY = (gettext_lazy("Money"), "/money/")
ZERO = Decimal("0.00")
SHOWN = 8


def seen_paths(user: Any) -> list[str]:
    return access.scope_paths(user, SEE)


def this_year() -> reports.Period:
    today = clock.today()
    return reports.Period(today.replace(month=1, day=1), today)


def standing(accounts: Sequence[BankAccount], reach: Reach, waits: Left) -> list[dict[str, Any]]:
    """Accounts with what is not matched, how far statements reach, and the first month that is open."""
    left: dict[int, dict[str, Any]] = {}
    for (key, _month), (count, amount) in waits.items():
        row = left.setdefault(key, {"count": 0, "amount": ZERO})
        row["count"] += count
        row["amount"] += amount
    ends = {key: max(end for _begin, end in spans) for key, spans in reach.spans.items()}
    last = clock.today().replace(day=1) - dt.timedelta(days=1)
    return [
        {
            "account": account,
            "until": ends.get(account.pk),
            "behind": account.pk not in ends or ends[account.pk] < last,
            "closed": reach.closed.get(account.pk),
            "left": left.get(account.pk),
        }
        for account in accounts
    ]


class MoneyView(Page):
    """The finance workbench: what is missing, what is not matched, who owes, what was received."""

    verb = SEE
    title = gettext_lazy("Money")
    template_name = "assets/money/hub.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, paths, within = self.request.user, seen_paths(self.request.user), self.division.path
        period = this_year()
        held = self.scoped(BankAccount.objects.in_force().filter(closed_on=None))
        accounts = list(held.select_related("division", "holder").order_by("division__path", "id"))
        reach, waits = reach_of(accounts), lines_left(accounts)
        rows = standing(accounts, reach, waits)
        found = reports.arrears(clock.today(), paths, within)
        months, villages = reports.by_month_and_village(period, paths, within)
        cash = CashReceipt.objects.in_force().filter(line=None).visible_to(user).within(self.division)
        return super().get_context_data(
            accounts=rows,
            period=period,
            left=sum((row["left"]["amount"] for row in rows if row["left"]), ZERO),
            left_count=sum(row["left"]["count"] for row in rows if row["left"]),
            behind=sum(1 for row in rows if row["behind"]),
            arrears=sum((one.open for one in found), ZERO),
            debtors=reports.by_debtor(found)[:SHOWN],
            ages=list(zip(AGE_WORDS, reports.by_age(found), strict=True)),
            months=months,
            uses=[
                (MatchKind(kind).label, amount)
                for kind, amount in reports.uses(period, paths, within)
                if amount > 0
            ],
            totals=totals(months),
            cash=cash.aggregate(count=Count("pk"), amount=Sum("amount")),
            may_keep=access.may(user, KEEP, self.division),
            may_match=access.may(user, MATCH, self.division),
            villages=villages,
            **waiting_of(user, self.division, accounts, reach, waits),
            **kwargs,
        )


AGE_WORDS = (
    gettext_lazy("up to 30 days"),
    gettext_lazy("31 to 90 days"),
    gettext_lazy("91 to 180 days"),
    gettext_lazy("181 to 365 days"),
    gettext_lazy("more than a year"),
)


def totals(rows: list[reports.Row]) -> dict[str, Decimal]:
    """The columns of a report added up."""
    due, got = sum((row.due for row in rows), ZERO), sum((row.received for row in rows), ZERO)
    paid = sum((row.distributed for row in rows), ZERO)
    return {"due": due, "received": got, "open": due - got, "distributed": paid, "balance": got - paid}


class AccountMixin(PageMixin):
    """A page of one account that the user may see."""

    verb = SEE
    kwargs: dict[str, Any]

    @cached_property
    def account(self) -> BankAccount:
        rows = BankAccount.objects.in_force().within_paths(seen_paths(self.request.user))
        return get_object_or_404(rows.select_related("division", "holder"), pk=self.kwargs["pk"])

    @property
    def url(self) -> str:
        return reverse("bank_account", args=[self.account.pk])

    def get_crumbs(self) -> list[tuple[Any, str]]:
        return [*super().get_crumbs()[:1], MONEY, (str(self.account), self.url), (self.get_title(), "")]

    @cached_property
    def month(self) -> dt.date:
        try:
            return dt.date.fromisoformat(f"{self.kwargs['month']}-01")
        except ValueError as error:
            raise Http404 from error


class AccountNewView(ActionPage):
    verb = KEEP
    title = gettext_lazy("Register a bank account")
    form_class = AccountForm
    submit = gettext_lazy("Register the account")
    done = gettext_lazy("The account is registered. Import its statements next.")
    crumbs = (MONEY,)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.request.user, "division": self.division}

    def act(self, form: Any) -> None:
        place = form.cleaned_data["division"]
        self.made = register_account(division=place, facts=form.facts(), by=self.request.user)  # type: ignore[arg-type]

    def get_success_url(self) -> str:
        return reverse("bank_account", args=[self.made.pk])

    def fallback_url(self) -> str:
        return reverse("money")


class AccountView(AccountMixin, Page):
    """One account: months, statements, lines that wait."""

    template_name = "assets/money/account.html"

    def get_title(self) -> Any:
        return str(self.account)

    def get_crumbs(self) -> list[tuple[Any, str]]:
        return [*super().get_crumbs()[:2], (self.get_title(), "")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        account, user = self.account, self.request.user
        closed = {close.month: close for close in account.closes.filter(reopened=None)}
        sums = (
            BankLine.objects.in_force().filter(account=account).values("booked_on__year", "booked_on__month")
        )
        months = [
            {
                "month": dt.date(row["booked_on__year"], row["booked_on__month"], 1),
                "close": closed.get(dt.date(row["booked_on__year"], row["booked_on__month"], 1)),
                **row,
            }
            for row in sums.annotate(
                lines=Count("pk"),
                credits=Sum("amount", filter=Q(amount__gt=0)),
                debits=Sum("amount", filter=Q(amount__lt=0)),
            ).order_by("-booked_on__year", "-booked_on__month")
        ]
        left = month_end.unmatched(account)
        return super().get_context_data(
            account=account,
            months=months,
            statements=account.statements.in_force().select_related("batch__file")[:24],
            left=left.count(),
            left_amount=sum((abs(one) for one in left.values_list("open", flat=True)), ZERO),
            may_match=access.may(user, MATCH, account.division),
            may_keep=access.may(user, KEEP, account.division),
            may_import=access.may(user, "import_statement", account.division),
            **kwargs,
        )


class StatementNewView(AccountMixin, ActionPage):
    """``/money/accounts/<id>/statement/``: the file of the bank, read and checked before a line is booked."""

    verb = "import_statement"
    title = gettext_lazy("Import a statement")
    lead = gettext_lazy(
        "As the bank exports it. Every line is checked and the balance proved; lines that are booked "
        "already are "
        "recognised and not booked again."
    )
    form_class = StatementForm
    submit = gettext_lazy("Read and check")

    def act(self, form: forms.Form) -> None:
        upload = form.cleaned_data["file"]
        options: dict[str, Any] = {"account": self.account.pk}
        if form.cleaned_data["opening"] is not None:
            options["opening"] = str(form.cleaned_data["opening"])
        self.batch = import_jobs.receive_file(
            kind="statement", chunks=upload.chunks(), name=upload.name, options=options,
            by=self.request.user, division=self.account.division,  # type: ignore[arg-type]
        )  # fmt: skip

    def get_success_url(self) -> str:
        return reverse("import", args=[self.batch.pk])

    def fallback_url(self) -> str:
        return self.url


class MatchRunView(AccountMixin, View):
    """``/money/accounts/<id>/match/``: settle what is unique and explained."""

    verb = MATCH
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        def work() -> None:
            self.run = match_account(account=self.account, by=request.user)  # type: ignore[arg-type]

        if call_service(request, work, _("What is unique and explained is matched. The rest waits for you.")):
            return HttpResponseRedirect(reverse("matching", args=[self.account.pk]))
        return HttpResponseRedirect(self.url)


class CashNewView(ActionPage):
    verb = MATCH
    title = gettext_lazy("Record cash")
    lead = gettext_lazy(
        "Cash counts as received when it has reached the account. Pay it in within the days set."
    )
    form_class = CashForm
    submit = gettext_lazy("Record the cash")
    done = gettext_lazy("The cash is recorded.")
    crumbs = (MONEY,)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.request.user, "division": self.division}

    def act(self, form: Any) -> None:
        take_cash(by=self.request.user, **form.cleaned_data)  # type: ignore[arg-type]

    def fallback_url(self) -> str:
        return reverse("money")
