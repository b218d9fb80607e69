"""``/findings/``: what the facts fall short of, who must act, and what has been done. 中文：问题清单"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry import access, clock, display
from registry.codes import FindingState
from registry.exporters.findings import rectification_workbook
from registry.exports import Column
from registry.filters import FindingFilter
from registry.finding_acts import MOVES, FindingAct
from registry.finding_page import facts_of, line_of_list, timeline
from registry.forms_findings import WORK_FORMS, WorkForm
from registry.models import Finding, Source
from registry.queries import findings as reading
from registry.rules import get
from registry.services import findings as services
from registry.services.finding_lists import note_names_taken
from registry.services.sources import file_source
from registry.tables import FindingTable
from registry.unit_panels import office_of, spoken

from .generic import FIRST, ActionPage, ListPage
from .listing import BulkAct

FINDINGS = (gettext_lazy("Findings"), "/findings/")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SERVICES: dict[str, Callable[..., Finding]] = {
    FindingAct.TAKE_UP: services.take_up,
    FindingAct.NOTE: services.note,
    FindingAct.ASSIGN: services.assign,
    FindingAct.CLOSE: services.close,
    FindingAct.WAIVE: services.waive,
    FindingAct.PUT_BACK: services.put_back,
    FindingAct.DISMISS: services.dismiss,
    FindingAct.REOPEN: services.reopen,
}


class FindingListView(ListPage):
    """Open findings of the division, new ones first."""

    title = gettext_lazy("Findings")
    lead = gettext_lazy(
        "What the facts fall short of on the day they were last read. New findings come first."
    )
    model = Finding
    table_class = FindingTable
    filterset_class = FindingFilter
    noun = "finding"
    template_name = "registry/findings.html"
    export_unit = "unit_id"
    bulk_acts = (
        BulkAct(gettext_lazy("Assign all that match"), "findings_assign", "direct_finding", "person"),
    )

    def get_queryset(self) -> QuerySet:
        rows = self.scoped(Finding.objects).select_related("unit", "division__parent", "person")
        return rows.defer("place").order_by("baseline", "severity", "since", "id")

    def get_export_columns(self) -> list[Column]:
        user = self.request.user
        return [
            Column(gettext_lazy("finding number"), lambda f: f"WT-{f.pk:06d}", "code"),
            Column(gettext_lazy("rule"), lambda f: f.rule),
            Column(gettext_lazy("what is wrong"), lambda f: reading.sentence(f, user), width=60),
            Column(gettext_lazy("unit code"), lambda f: f.unit and f.unit.code, "code"),
            Column(gettext_lazy("name"), lambda f: f.unit and f.unit.name, width=24),
            Column(gettext_lazy("place"), lambda f: f.division.name),
            Column(gettext_lazy("severity"), lambda f: f.get_severity_display()),
            Column(gettext_lazy("state"), lambda f: f.get_state_display()),
            Column(gettext_lazy("who must act"), office_of),
            Column(gettext_lazy("since"), lambda f: f.since, "date"),
            Column(gettext_lazy("deadline"), lambda f: f.due_on, "date"),
            Column(gettext_lazy("baseline"), lambda f: f.baseline, "yes_no"),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may_enter = access.may(self.request.user, "enter_finding")
        may_import = access.may(self.request.user, "import_ledger")
        may_name = access.may(self.request.user, "see_personal", self.division)
        return super().get_context_data(
            may_enter=may_enter,
            may_import=may_import,
            may_name=may_name,
            query=self.request.GET.urlencode(),
            **kwargs,
        )


class RectificationLedgerView(FindingListView):
    """``/findings/ledger.xlsx``: the filtered findings in the columns of their lists. 中文：整改台账

    Persons are masked; ``names=1`` gives their names to who may read them, and the book says so.
    """

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        rows, _filter = self.filtered()
        title = _("Rectification ledger of %(place)s") % {"place": self.division.name}
        named = request.user if request.GET.get("names") else None
        if named:
            note_names_taken(query=self.filter_query(), by=named, division=self.division)  # type: ignore[arg-type]
        content = rectification_workbook(rows, user=named, title=title)
        answer = HttpResponse(content, content_type=XLSX)
        name = f"{title} {display.day(clock.today())}.xlsx"
        answer["Content-Disposition"] = content_disposition_header(True, name)
        return answer


class FindingView(ActionPage):
    """One finding: what is wrong, who must act until when, what was done; and the acts that fit it now."""

    template_name = "registry/finding.html"
    done = gettext_lazy("Recorded in the book.")

    @cached_property
    def finding(self) -> Finding:
        rows = Finding.objects.visible_to(self.request.user)
        rows = rows.select_related("unit", "division", "person", "paper").defer("place")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @cached_property
    def choices(self) -> list[FindingAct]:
        """Acts that fit the finding's state and this user's roles."""
        finding, user = self.finding, self.request.user
        return [
            act
            for act in FindingAct
            if finding.state in MOVES[act].states and access.may(user, MOVES[act].verb, finding.division)
        ]

    @cached_property
    def chosen(self) -> FindingAct:
        """The act whose form is shown, or was sent; the service refuses one that does not fit."""
        said = self.request.POST.get("do") or self.request.GET.get("do") or ""
        if self.request.method == "POST" and said in FindingAct.values:
            return FindingAct(said)
        fitting = [act for act in self.choices if act == said]
        return (fitting or self.choices or [FindingAct.NOTE])[0]

    def get_form_class(self) -> type[WorkForm]:
        return WORK_FORMS[self.chosen]

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "finding": self.finding, "user": self.request.user}

    def get_initial(self) -> dict[str, Any]:
        finding = self.finding
        due = None if reading.is_overdue(finding, clock.today()) else finding.due_on
        return {"due_on": due, "person": finding.person_id, "office": finding.office}

    def act(self, form: forms.Form) -> None:
        assert isinstance(form, WorkForm)  # noqa: S101
        values = form.values()
        with transaction.atomic():
            if form.PAPER:
                values["source"] = self.source(form.paper())
            SERVICES[self.chosen](finding=self.finding, by=self.request.user, **values)

    def source(self, said: dict[str, Any] | None) -> Source | None:
        """The document that was named, registered in the finding's division with its file."""
        if said is None:
            return None
        upload = said.pop("file", None)
        files = [(upload.name, upload.chunks())] if upload else []
        return file_source(division=self.finding.division, by=self.request.user, files=files, **said)

    def fallback_url(self) -> str:
        return reverse("finding", args=[self.finding.pk])

    def get_title(self) -> Any:
        return reading.title(self.finding)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        finding, rule, user = self.finding, get(self.finding.rule), self.request.user
        return super().get_context_data(
            **spoken(finding, user),
            acts=self.tabs(),
            doing=self.chosen,
            by_rule=rule is not None,
            crumbs=[FIRST, FINDINGS, (finding.rule or f"WT-{finding.pk:06d}", "")],
            law=rule.source if rule else finding.item.get("list", ""),
            person=finding.person.get_full_name() if finding.person else "",
            overdue=reading.is_overdue(finding, clock.today()),
            waived=finding.state == FindingState.WAIVED,
            facts=facts_of(finding, user),
            line=line_of_list(finding, user),
            events=timeline(finding),
            **kwargs,
        )

    def tabs(self) -> list[dict[str, Any]]:
        """The acts that fit now, as tabs over the form."""
        url = reverse("finding", args=[self.finding.pk])
        return [
            {"label": act.label, "url": f"{url}?do={act}#work", "active": act == self.chosen, "count": None}
            for act in self.choices
        ]
