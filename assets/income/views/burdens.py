"""Insurance policies and loans of assets: recording them, and what ends soon. 中文：保险与贷款页面"""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy

from assets.income.forms_burdens import LoanForm, PolicyForm, RepaidForm
from assets.income.forms_money import ReasonForm
from assets.income.models.burdens import AssetLoan, InsurancePolicy
from assets.income.queries.burdens import LATER, OVER, SOON, falling, standing_loans, standing_policies
from assets.income.services.burdens import VERB, record_loan, record_policy, repay_loan, take_burden_back
from assets.views.upkeep import UnitActionPage
from registry import access, clock
from registry.badges import Badge
from registry.views.generic import ActionPage, Page

from .money import MONEY, SEE

BURDENS = (gettext_lazy("Insurance and loans"), "/income/burdens/")
STATES = {
    OVER: Badge(gettext_lazy("day passed"), "overdue", "todo"),
    SOON: Badge(gettext_lazy("ends soon"), "calendar", "act"),
    LATER: Badge(gettext_lazy("standing until then"), "done", "good"),
}
KINDS = {"policy": InsurancePolicy, "loan": AssetLoan}


class BurdensView(Page):
    """``/income/burdens/``: every standing policy and loan by its day. 中文：保险贷款到期一览"""

    verb = SEE
    title = gettext_lazy("Insurance and loans")
    template_name = "assets/money/burdens.html"
    crumbs = (MONEY,)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        policies, loans = self.scoped(InsurancePolicy.objects), self.scoped(AssetLoan.objects)
        found = falling(standing_policies(policies), standing_loans(loans), clock.today())
        return super().get_context_data(
            rows=[{"one": one, "badge": STATES[one.state]} for one in found],
            over=sum(1 for one in found if one.state == OVER),
            soon=sum(1 for one in found if one.state == SOON),
            owed=sum(one.row.principal for one in found if one.loan),
            may_keep=access.may(self.request.user, VERB, self.division),
            **kwargs,
        )


class PolicyView(UnitActionPage):
    """``/units/<id>/insurance/``"""

    verb = VERB
    title = gettext_lazy("Record an insurance")
    form_class = PolicyForm
    submit = gettext_lazy("Record it")
    done = gettext_lazy("The insurance is recorded.")

    def act(self, form: Any) -> None:
        record_policy(unit=self.unit, policy=form.policy(), by=self.request.user)  # type: ignore[arg-type]


class LoanView(UnitActionPage):
    """``/units/<id>/loan/``"""

    verb = VERB
    title = gettext_lazy("Record a loan")
    form_class = LoanForm
    submit = gettext_lazy("Record it")
    done = gettext_lazy("The loan is recorded.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.request.user, "unit": self.unit}

    def act(self, form: Any) -> None:
        record_loan(unit=self.unit, loan=form.loan(), by=self.request.user)  # type: ignore[arg-type]


class BurdenAct(ActionPage):
    """An act on a policy or a loan of the user's divisions; it leads back to the asset."""

    verb = VERB
    crumbs = (MONEY, BURDENS)
    kwargs: dict[str, Any]

    @cached_property
    def burden(self) -> Any:
        model = KINDS.get(self.kwargs.get("kind", "loan"))
        if model is None:
            raise Http404
        rows = model.objects.in_force().within_paths(access.scope_paths(self.request.user, self.verb))
        return get_object_or_404(rows.select_related("unit__division"), pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lead = f"{self.burden.unit.name} · {self.burden}"
        return super().get_context_data(**kwargs) | {"lead": lead}

    def fallback_url(self) -> str:
        return reverse("unit", args=[self.burden.unit.code])


class RepaidView(BurdenAct):
    """``/income/loans/<id>/repaid/``"""

    title = gettext_lazy("Loan paid back")
    form_class = RepaidForm
    submit = gettext_lazy("It is paid back")
    done = gettext_lazy("The loan is paid back.")

    def act(self, form: Any) -> None:
        repay_loan(loan=self.burden, by=self.request.user, **form.cleaned_data)  # type: ignore[arg-type]


class TakeBackView(BurdenAct):
    """``/income/burdens/<kind>/<id>/take-back/``"""

    title = gettext_lazy("Take it back")
    form_class = ReasonForm
    sign = "undo"
    submit = gettext_lazy("Take back")
    done = gettext_lazy("It is taken back; it stays in the book and counts for nothing.")

    def act(self, form: Any) -> None:
        take_burden_back(row=self.burden, by=self.request.user, **form.cleaned_data)  # type: ignore[arg-type]
