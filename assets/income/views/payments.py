"""Ordering the payments of a distribution, its file for the bank, and what the bank did. 中文：分配付款"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.generic import View

from assets.income.codes import PaymentState
from assets.income.exporters.payments import bank_file
from assets.income.forms_payments import PAID, DeclareForm, OrderForm, ResultForm
from assets.income.services.amendments import declare_due
from assets.income.services.payments import known_accounts, order_payments, settle_payments, to_pay
from assets.models import Payment
from registry import clock
from registry.views.generic import ActionPage, PageMixin

from .contracts import ContractAct
from .pools import DistributionPart


class DeclareView(ContractAct):
    """``/contracts/<id>/declare/``"""

    title = gettext_lazy("Declare a dividend or profit")
    form_class = DeclareForm
    submit = gettext_lazy("Declare it")
    done = gettext_lazy("The due is declared.")

    def act(self, form: Any) -> None:
        declare_due(contract=self.contract, by=self.request.user, **form.cleaned_data)


class PaymentAct(DistributionPart, ActionPage):
    verb = "pay_distribution"

    def get_crumbs(self) -> list[tuple[Any, str]]:
        return [*self.trail(), (self.made.number, self.fallback_url()), (self.get_title(), "")]

    def fallback_url(self) -> str:
        return reverse("distribution", args=[self.made.pk])


class OrderView(PaymentAct):
    """``/distributions/<id>/pay/``"""

    title = gettext_lazy("Order the payments")
    lead = gettext_lazy("Everybody is paid to his own account. Afterwards take the file to the bank.")
    form_class = OrderForm
    submit = gettext_lazy("Order them")
    done = gettext_lazy("The payments are ordered. Take the file to the bank.")
    template_name = "assets/income/order.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {**context, "total": sum(line.amount for line in context["form"].lines)}

    def get_initial(self) -> dict[str, Any]:
        return {"ordered_on": clock.today()}

    def get_form_kwargs(self) -> dict[str, Any]:
        lines = list(to_pay(self.made).select_related("payee").order_by("pk"))
        known = known_accounts(line.payee_id for line in lines)
        return {**super().get_form_kwargs(), "lines": lines, "known": known}

    def act(self, form: Any) -> None:
        said = form.cleaned_data
        order_payments(
            distribution=self.made, accounts=said["accounts"], ordered_on=said["ordered_on"],
            by=self.request.user,
        )  # fmt: skip


class ResultView(PaymentAct):
    """``/distributions/<id>/result/``: paid, or came back and open again."""

    title = gettext_lazy("Record what the bank did")
    form_class = ResultForm
    submit = gettext_lazy("Record it")
    done = gettext_lazy("The result is recorded.")

    def get_form_kwargs(self) -> dict[str, Any]:
        waiting = Payment.objects.in_force().filter(line__distribution=self.made, state=PaymentState.ORDERED)
        return {**super().get_form_kwargs(), "waiting": waiting.select_related("line__payee")}

    def get_initial(self) -> dict[str, Any]:
        return {"on": clock.today()}

    def act(self, form: Any) -> None:
        values = form.cleaned_data
        settle_payments(
            payments=list(values["payments"]), paid=values["result"] == PAID, on=values["on"],
            failure=values["failure"], by=self.request.user,
        )  # fmt: skip


class BankFileView(DistributionPart, PageMixin, View):
    """``/distributions/<id>/bank.csv``: account numbers leave the register for the bank alone."""

    verb = "pay_distribution"

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        answer = HttpResponse(bank_file(self.made), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="payments-{self.made.pk}.csv"'
        return answer
