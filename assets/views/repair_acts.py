"""The acts of a repair: ordered, put off, done, checked, taken back. 中文：派修、延期、完工、验收、撤销"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assets import forms_repairs as made
from assets.models import Inspection, Repair
from assets.services import repairs as services
from registry import access, clock
from registry.models import Unit
from registry.views.generic import FIRST, ActionPage

from .due import UPKEEP
from .repairs import REPAIRS
from .upkeep import UnitActionPage

DAYS_TO_DO = 30  # what the form proposes


class OrderView(UnitActionPage):
    """``/units/<id>/repair/?inspection=<id>``: the repair of a defect is ordered."""

    verb = "order_repair"
    form_class = made.OrderForm
    submit = gettext_lazy("Order the repair")
    done = gettext_lazy("The repair is ordered.")
    sign = "tool"

    def get_title(self) -> Any:
        return _("Order a repair")

    @cached_property
    def inspection(self) -> Inspection | None:
        return inspection_of(self.unit, self.request.GET.get("inspection", ""))

    def get_initial(self) -> dict[str, Any]:
        today = clock.today()
        return {
            "defect": self.inspection.defect if self.inspection else "",
            "ordered_on": today,
            "due_on": today + dt.timedelta(days=DAYS_TO_DO),
        }

    def act(self, form: forms.Form) -> None:
        self.repair = services.order_repair(
            unit=self.unit,
            inspection=self.inspection,
            by=self.request.user,
            **form.cleaned_data,  # type: ignore[arg-type]
        )

    def get_success_url(self) -> str:
        return reverse("repair", args=[self.repair.pk])


def inspection_of(unit: Unit, key: str) -> Inspection | None:
    """The inspection of a unit that an address names; 404 for one of another unit."""
    if not key:
        return None
    if not key.isdigit() or len(key) > 18:
        raise Http404(key)
    return get_object_or_404(Inspection.objects.in_force().filter(unit=unit), pk=int(key))


class PutOffDefectView(UnitActionPage):
    """``/units/<id>/put-off/?inspection=<id>``: a defect that is not repaired now."""

    verb = "order_repair"
    form_class = made.PutOffForm
    submit = gettext_lazy("Put it off")
    done = gettext_lazy("It is put off; the reason stands in the register.")
    sign = "clock"

    def get_title(self) -> Any:
        return _("Put a defect off")

    def act(self, form: forms.Form) -> None:
        services.put_off(
            unit=self.unit,
            inspection=inspection_of(self.unit, self.request.GET.get("inspection", "")),
            by=self.request.user,  # type: ignore[arg-type]
            **form.cleaned_data,
        )


class RepairActionPage(ActionPage):
    """An act on one repair; the verb is checked again in the division of its unit."""

    @cached_property
    def repair(self) -> Repair:
        rows = Repair.objects.visible_to(self.request.user).in_force().select_related("unit__division")
        repair = get_object_or_404(rows, pk=self.kwargs["pk"])
        access.require(self.request.user, self.verb, repair.unit.division)
        return repair

    def get_initial(self) -> dict[str, Any]:
        repair, today = self.repair, clock.today()
        name = self.request.user.get_full_name()  # type: ignore[union-attr]
        return {
            "done_on": today, "done_by": repair.worker, "payer": repair.payer,
            "payer_name": repair.payer_name, "checked_on": today, "checked_by": name, "good": "yes",
        }  # fmt: skip

    def get_crumbs(self) -> list[tuple[Any, str]]:
        page = (_("Repair of %(unit)s") % {"unit": self.repair.unit.name}, self.fallback_url())
        return [FIRST, UPKEEP, REPAIRS, page, (self.get_title(), "")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "lead": self.repair.defect}

    def fallback_url(self) -> str:
        return reverse("repair", args=[self.repair.pk])


class DoneView(RepairActionPage):
    """``/repairs/<id>/done/``"""

    verb = "report_repair"
    title = gettext_lazy("Report the repair done")
    form_class = made.DoneForm
    submit = gettext_lazy("Report it done")
    done = gettext_lazy("It is reported done and waits for somebody else to check it.")

    def act(self, form: forms.Form) -> None:
        services.report_done(repair=self.repair, by=self.request.user, **form.cleaned_data)  # type: ignore[arg-type]


class CheckView(RepairActionPage):
    """``/repairs/<id>/check/``"""

    verb = "check_repair"
    title = gettext_lazy("Check the work")
    form_class = made.CheckForm
    submit = gettext_lazy("Enter the check")
    done = gettext_lazy("The check stands in the register.")

    def act(self, form: forms.Form) -> None:
        services.check_repair(repair=self.repair, by=self.request.user, **form.cleaned_data)  # type: ignore[arg-type]


class PutOffView(RepairActionPage):
    """``/repairs/<id>/put-off/``"""

    verb = "order_repair"
    title = gettext_lazy("Put the repair off")
    form_class = made.PutOffForm
    submit = gettext_lazy("Put it off")
    sign = "clock"
    done = gettext_lazy("It is put off; the reason stands in the register.")

    def act(self, form: forms.Form) -> None:
        services.put_off(unit=self.repair.unit, repair=self.repair, by=self.request.user, **form.cleaned_data)  # type: ignore[arg-type]


class StrikeView(RepairActionPage):
    """``/repairs/<id>/strike/``"""

    verb = "order_repair"
    title = gettext_lazy("Take the record back")
    form_class = made.StrikeForm
    submit = gettext_lazy("Take it back")
    sign = "undo"
    done = gettext_lazy("The record is taken back.")

    def act(self, form: forms.Form) -> None:
        services.strike_repair(repair=self.repair, by=self.request.user, **form.cleaned_data)  # type: ignore[arg-type]

    def get_success_url(self) -> str:
        return reverse("repairs")
