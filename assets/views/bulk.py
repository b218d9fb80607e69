"""``/assets/keepers/``: one keeper for all assets that match the filter of the ledger. 中文：批量落实管护"""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assets.forms import KeeperForm, RoundForm
from assets.services.bulk import name_keeper_for_many
from assets.services.bulk_inspections import record_inspections
from assets.services.keepers import bodies_of, township_of
from registry import access, clock
from registry.codes import Level
from registry.errors import BadInput
from registry.views.generic import BulkPage

LEDGER = (gettext_lazy("Asset ledger"), "/assets/")


class KeepersView(BulkPage):
    """Who keeps all of them up from a day on, with the paper that says so."""

    verb = "open_entry"
    list_name = "assets"
    noun = "asset"
    template_name = "assets/keepers.html"
    title = gettext_lazy("Name a keeper for all that match")
    form_class = KeeperForm
    submit = gettext_lazy("Name the keeper of all of them")
    done = gettext_lazy("The keeper stands in the register.")
    crumbs = ((LEDGER[0], LEDGER[1]),)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "bodies": bodies_of(township_of(self.division))}

    def get_initial(self) -> dict[str, Any]:
        return {"valid_from": clock.today()}

    def act(self, form: forms.Form) -> None:
        access.require(self.request.user, self.verb, self.division)
        if self.division.level not in (Level.TOWNSHIP, Level.VILLAGE, Level.NATURAL_VILLAGE):
            raise BadInput(
                _("A keeper is named within one township: choose a township or a village above."), "too_wide"
            )
        units = [asset.unit for asset in self.chosen()]
        name_keeper_for_many(
            units=units,
            division=self.division,
            by=self.request.user,  # type: ignore[arg-type]
            **form.cleaned_data,
        )


class InspectionsView(BulkPage):
    """``/assets/inspections/``: one round of inspection for all that match."""

    verb = "record_inspection"
    list_name = "assets"
    noun = "asset"
    title = gettext_lazy("Record an inspection of all that match")
    form_class = RoundForm
    submit = gettext_lazy("Record the inspection of all of them")
    done = gettext_lazy("The inspections are recorded.")
    crumbs = ((LEDGER[0], LEDGER[1]),)

    def get_initial(self) -> dict[str, Any]:
        name = self.request.user.get_full_name()  # type: ignore[union-attr]
        return {"inspected_on": clock.today(), "inspector": name, "condition": "good"}

    def act(self, form: forms.Form) -> None:
        access.require(self.request.user, self.verb, self.division)
        units = [asset.unit for asset in self.chosen()]
        record_inspections(units=units, by=self.request.user, **form.cleaned_data)  # type: ignore[arg-type]
