"""Acts on money with a page of their own: advances, accounts, cash. 中文：预收、销户、缴存页面"""

from __future__ import annotations

from typing import Any

from django.db.models import Sum
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assets.income.bank_codes import MatchKind
from assets.income.forms_acts import AdvanceForm, PaidInForm, StopForm
from assets.income.models.bank import BankLine
from assets.income.models.cash import CashReceipt
from assets.income.models.due import Due
from assets.income.models.match import Match
from assets.income.queries.received import ZERO, with_received
from assets.income.services.accounts import stop_receiving
from assets.income.services.cash import paid_in
from assets.income.services.settling import apply_advance
from registry import access, clock, display
from registry.views.generic import ActionPage, Page

from .money import KEEP, MATCH, MONEY, SEE, AccountMixin

SHOWN = 60


class AdvanceView(ActionPage):
    """``/money/matches/<id>/use/``: use what was paid too much for a due of the same contract."""

    verb = MATCH
    title = gettext_lazy("Use an advance")
    form_class = AdvanceForm
    submit = gettext_lazy("Use it")
    done = gettext_lazy("The advance is used; the due is settled by that much.")
    crumbs = (MONEY,)
    kwargs: dict[str, Any]

    @cached_property
    def match(self) -> Match:
        rows = Match.objects.in_force().within_paths(access.scope_paths(self.request.user, self.verb))
        rows = rows.filter(kind=MatchKind.ADVANCE).select_related("line__account", "contract")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @cached_property
    def held(self) -> Any:
        """What is left of the advance of this line and contract."""
        rows = Match.objects.in_force().filter(
            line=self.match.line_id, kind=MatchKind.ADVANCE, contract=self.match.contract_id
        )
        return rows.aggregate(sum=Sum("amount"))["sum"] or ZERO

    @cached_property
    def dues(self) -> Any:
        owed = with_received(Due.objects.owed().filter(contract=self.match.contract_id))
        return owed.filter(open__gt=0).order_by("due_on", "pk")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "dues": self.dues}

    def get_initial(self) -> dict[str, Any]:
        first = self.dues.first()
        return {"due": first, "amount": min(first.open, self.held) if first else None}

    def act(self, form: Any) -> None:
        apply_advance(match=self.match, by=self.request.user, **form.cleaned_data)  # type: ignore[arg-type]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        said = _("%(contract)s holds an advance of %(held)s.")
        lead = said % {"contract": self.match.contract, "held": display.money(self.held)}
        return super().get_context_data(**kwargs) | {"lead": lead}

    def fallback_url(self) -> str:
        return reverse("bank_line", args=[self.match.line_id])


class StopView(AccountMixin, ActionPage):
    """``/money/accounts/<id>/stop/``"""

    verb = KEEP
    title = gettext_lazy("Give the account up")
    lead = gettext_lazy("Its lines and months stay. Contracts that name it are told another account first.")
    form_class = StopForm
    submit = gettext_lazy("Give it up")
    done = gettext_lazy("The account is given up.")

    def get_initial(self) -> dict[str, Any]:
        return {"closed_on": clock.today()}

    def act(self, form: Any) -> None:
        stop_receiving(account=self.account, by=self.request.user, **form.cleaned_data)  # type: ignore[arg-type]

    def fallback_url(self) -> str:
        return self.url


class CashView(Page):
    """``/money/cash/``: receipts, those that did not reach an account first."""

    verb = SEE
    title = gettext_lazy("Cash")
    template_name = "assets/money/cash.html"
    crumbs = (MONEY,)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = self.scoped(CashReceipt.objects.in_force()).select_related("contract", "line__account")
        return super().get_context_data(
            waiting=rows.filter(line=None).order_by("received_on", "pk"),
            settled=rows.exclude(line=None).order_by("-received_on", "-pk")[:SHOWN],
            may_match=access.may(self.request.user, MATCH, self.division),
            **kwargs,
        )


class PaidInView(ActionPage):
    """``/money/cash/<id>/paid-in/``: the line by which the cash reached the account."""

    verb = MATCH
    title = gettext_lazy("Cash paid in")
    form_class = PaidInForm
    submit = gettext_lazy("It was this line")
    done = gettext_lazy("The cash is in the account. Match the line to what it was paid for.")
    crumbs = (MONEY, (gettext_lazy("Cash"), "/money/cash/"))
    kwargs: dict[str, Any]

    @cached_property
    def receipt(self) -> CashReceipt:
        rows = CashReceipt.objects.in_force().within_paths(access.scope_paths(self.request.user, self.verb))
        return get_object_or_404(rows.select_related("contract__division"), pk=self.kwargs["pk"])

    def get_form_kwargs(self) -> dict[str, Any]:
        lines = BankLine.objects.in_force().within_paths(access.scope_paths(self.request.user, self.verb))
        lines = lines.filter(amount__gte=self.receipt.amount, booked_on__gte=self.receipt.received_on)
        return {**super().get_form_kwargs(), "lines": lines.order_by("booked_on", "pk")}

    def act(self, form: Any) -> None:
        paid_in(receipt=self.receipt, by=self.request.user, **form.cleaned_data)  # type: ignore[arg-type]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        receipt = self.receipt
        lead = f"{receipt.contract} · {display.day(receipt.received_on)} · {display.money(receipt.amount)}"
        return super().get_context_data(**kwargs) | {"lead": lead}

    def fallback_url(self) -> str:
        return reverse("cash")
