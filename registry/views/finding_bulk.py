"""``/findings/assign/``: all that match the filter go to one office, person and day. 中文：批量交办"""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from registry import clock
from registry.forms_findings import AssignManyForm
from registry.queries.findings import officers_of, sentence
from registry.services.finding_bulk import assign_many

from .generic import FIRST, BulkPage


class FindingsAssignView(BulkPage):
    """Who must act on all of them until when; an act in the book for each."""

    verb = "direct_finding"
    list_name = "findings"
    noun = "finding"
    title = gettext_lazy("Assign all findings that match")
    form_class = AssignManyForm
    submit = gettext_lazy("Assign all of them")
    done = gettext_lazy("The findings are assigned; each has its act in the book.")
    crumbs = (FIRST, (gettext_lazy("Findings"), "/findings/"), (title, ""))

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "people": officers_of(self.division, clock.today())}

    def act(self, form: forms.Form) -> None:
        assign_many(findings=self.chosen(), by=self.request.user, **form.cleaned_data)  # type: ignore[arg-type]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["sample"] = [sentence(finding, self.request.user) for finding in context["sample"]]
        return context
