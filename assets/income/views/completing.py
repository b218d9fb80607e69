"""Completing a contract, and recording how an asset helps farmers. 中文：补充合同信息、利益联结"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from assets.income.forms_contracts import CompleteForm, LinkForm
from assets.income.services.completing import LATER, complete_contract, record_link
from assets.views.upkeep import UnitActionPage
from registry import clock

from .contracts import KEEP, ContractAct


class CompleteView(ContractAct):
    """``/contracts/<id>/complete/``"""

    title = gettext_lazy("Complete the contract")
    lead = gettext_lazy("What the dues follow from is amended instead.")
    form_class = CompleteForm
    submit = gettext_lazy("Save")
    done = gettext_lazy("The contract is completed.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {
            **super().get_form_kwargs(),
            "user": self.request.user,
            "division": self.contract.division,
        }

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.contract, name) for name in LATER}

    def act(self, form: Any) -> None:
        complete_contract(contract=self.contract, by=self.request.user, **form.cleaned_data)


class LinkView(UnitActionPage):
    """``/units/<id>/benefit-link/``"""

    verb = KEEP
    title = gettext_lazy("Record a benefit link")
    form_class = LinkForm
    submit = gettext_lazy("Record it")
    done = gettext_lazy("The benefit link is recorded.")

    def get_initial(self) -> dict[str, Any]:
        return {"begins_on": clock.today()}

    def act(self, form: Any) -> None:
        record_link(unit=self.unit, by=self.request.user, **form.cleaned_data)
