"""``/drafts/``: what clerks propose; officers accept it as their own act or return it. 中文：草拟事项"""

from __future__ import annotations

from typing import Any

import django_filters as filters
import django_tables2 as tables
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy
from django.views import View

from registry import access, badges, directory, display
from registry.codes import DraftState
from registry.directory import Tile
from registry.exports import Column
from registry.models import Draft
from registry.services import drafts as services
from registry.tables import DAY, cell, link
from registry.templatetags.ui import render_badge

from .generic import FIRST, ListPage, Page, PageMixin, call_service

DRAFTS = (gettext_lazy("Drafts"), "/drafts/")
directory.register(
    Tile(
        label=gettext_lazy("Drafts"),
        url_name="drafts",
        icon="inbox",
        note=gettext_lazy("what clerks propose, until an officer accepts it"),
        verb="see_drafts",
        order=25,
    )
)


def label_of(draft: Draft) -> Any:
    """What a draft proposes to do."""
    known = {found.verb: found.label for found in services.all_draftables()}
    return known.get(draft.verb, draft.verb)


class DraftTable(tables.Table):
    """One row a draft: what is proposed, for what, by whom, where it stands."""

    what = tables.Column(verbose_name=gettext_lazy("what is proposed"), empty_values=(), orderable=False)
    unit = tables.Column(verbose_name=gettext_lazy("thing and place"), orderable=False)
    drafted_by = tables.Column(verbose_name=gettext_lazy("drafted by"), orderable=False)
    drafted_at = tables.Column(verbose_name=gettext_lazy("drafted at"), attrs=DAY)
    state = tables.Column(verbose_name=gettext_lazy("state"), attrs=DAY, orderable=False)

    class Meta:
        model = Draft
        fields = ("what", "unit", "drafted_by", "drafted_at", "state")
        empty_text = gettext_lazy("No draft here")

    def render_what(self, record: Draft) -> Any:
        return cell(link(reverse("draft", args=[record.pk]), label_of(record)), record.note)

    def render_unit(self, record: Draft) -> Any:
        return cell(record.unit.name if record.unit else "", record.division.name)

    def render_drafted_by(self, record: Draft) -> str:
        return record.drafted_by.get_full_name()

    def render_drafted_at(self, value: Any) -> str:
        return display.moment(value)

    def render_state(self, record: Draft) -> Any:
        return render_badge(badges.badge_of("draft", record.state))


class DraftFilter(filters.FilterSet):
    state = filters.ChoiceFilter(
        label=gettext_lazy("state"), choices=DraftState.choices, empty_label=gettext_lazy("all")
    )

    class Meta:
        model = Draft
        fields: list[str] = []


class DraftListView(ListPage):
    """Drafts of the division, the waiting ones first."""

    verb = "see_drafts"
    title = gettext_lazy("Drafts")
    lead = gettext_lazy("What clerks propose. Nothing drafted has any effect until an officer accepts it.")
    model = Draft
    table_class = DraftTable
    filterset_class = DraftFilter
    noun = "draft"
    export_columns = (
        Column(gettext_lazy("what is proposed"), lambda draft: label_of(draft), width=30, key="what"),
        Column(gettext_lazy("unit code"), lambda draft: draft.unit and draft.unit.code, "code", key="code"),
        Column(gettext_lazy("name"), lambda draft: draft.unit and draft.unit.name, width=30, key="name"),
        Column(gettext_lazy("division"), lambda draft: draft.division.name, key="division"),
        Column(gettext_lazy("drafted by"), lambda draft: draft.drafted_by.get_full_name(), key="by"),
        Column(gettext_lazy("drafted at"), lambda draft: draft.drafted_at, "moment", key="at"),
        Column(gettext_lazy("state"), lambda draft: draft.get_state_display(), key="state"),
    )

    def get_queryset(self) -> QuerySet:
        first = Case(
            When(state=DraftState.WAITING, then=Value(0)), default=Value(1), output_field=IntegerField()
        )
        rows = self.scoped(Draft.objects).select_related("unit", "division", "drafted_by")
        return rows.order_by(first, "-drafted_at", "-pk")


class DraftPage(PageMixin):
    """A draft in the user's divisions."""

    verb = "see_drafts"

    @cached_property
    def draft(self) -> Draft:
        rows = Draft.objects.visible_to(self.request.user)
        return get_object_or_404(
            rows.select_related("unit__division", "division", "drafted_by", "decided_by"),
            pk=self.kwargs["pk"],  # type: ignore[attr-defined]
        )


class DraftView(DraftPage, Page):
    """``/drafts/<pk>/``: what would change, and the buttons of whoever may decide."""

    template_name = "registry/drafts/draft.html"

    def get_title(self) -> Any:
        return label_of(self.draft)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        draft, user = self.draft, self.request.user
        waiting = draft.state == DraftState.WAITING
        names = access.may(user, "see_personal", draft.division) or draft.drafted_by_id == user.pk
        draftable = services.get(draft.verb)
        decides = access.may(user, "decide_draft", draft.division)
        needs = draftable.needs(draft.payload)
        return super().get_context_data(
            draft=draft,
            unit=draft.unit,
            crumbs=[FIRST, DRAFTS, (self.get_title(), "")],
            changes=draftable.describe(draft.unit, draft.payload, names) if draft.unit else [],
            may_accept=waiting and decides and access.may(user, needs, draft.division),
            may_return=waiting and decides,
            may_withdraw=waiting and draft.drafted_by_id == user.pk,
            **kwargs,
        )


class DraftActView(DraftPage, View):
    """A button on a draft."""

    http_method_names = ["post"]
    verb = "decide_draft"
    done: Any = ""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        draft = self.draft
        call_service(request, lambda: self.decide(draft, request), self.done)
        return HttpResponseRedirect(reverse("draft", args=[draft.pk]))

    def decide(self, draft: Draft, request: HttpRequest) -> Any:
        raise AssertionError(f"{type(self).__name__} decides nothing")


class AcceptView(DraftActView):
    """Accept it as one's own act."""

    done = gettext_lazy("Accepted: the act stands in the register as yours.")

    def decide(self, draft: Draft, request: HttpRequest) -> Any:
        return services.accept(draft=draft, by=request.user)  # type: ignore[arg-type]


class ReturnView(DraftActView):
    """Return it with a reason."""

    done = gettext_lazy("Returned to the clerk with your reason.")

    def decide(self, draft: Draft, request: HttpRequest) -> Any:
        reason = request.POST.get("reason", "")
        return services.return_draft(draft=draft, by=request.user, reason=reason)  # type: ignore[arg-type]


class WithdrawView(DraftActView):
    """The clerk takes it back."""

    verb = "draft_act"
    done = gettext_lazy("The draft is withdrawn.")

    def decide(self, draft: Draft, request: HttpRequest) -> Any:
        return services.withdraw(draft=draft, by=request.user)  # type: ignore[arg-type]
