"""``/stocktakes/``: campaigns, one with its lines, the steps from opening to closing. 中文：清查盘点"""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from assets.exporters.stocktake import COLUMNS, preparer
from assets.forms_stocktake import OpenForm, ReasonForm
from assets.models import Stocktake, StocktakeLine
from assets.services.stocktake import close_stocktake, end_count, open_stocktake, take_back_stocktake
from assets.stocktake_codes import RUNNING, CampaignState
from assets.stocktake_queries import campaigns_of, lines_with_counts, progress_of
from assets.stocktake_tables import STATES, CampaignFilter, CampaignTable, LineFilter, LineTable
from registry import access
from registry.exports import Column
from registry.models import SourceKind
from registry.services.sources import register_source
from registry.views.generic import FIRST, ActionPage, ListPage, PageMixin, RegisterPage, call_service

STOCKTAKES = (gettext_lazy("Stocktakes"), "/stocktakes/")
TAKE, COUNT = "take_stock", "count_stock"


class StocktakeListView(ListPage):
    """Campaigns that concern the division looked at."""

    title = gettext_lazy("Stocktakes")
    lead = gettext_lazy("Count what is there against the ledger of a day, and settle what differs.")
    model = Stocktake
    table_class = CampaignTable
    filterset_class = CampaignFilter
    noun = "stocktake"
    template_name = "assets/stock/list.html"
    export_columns = (
        Column(gettext_lazy("stocktake"), lambda row: row.title),
        Column(gettext_lazy("division"), lambda row: row.division.name),
        Column(gettext_lazy("ledger of"), lambda row: row.ledger_day, kind="date"),
        Column(gettext_lazy("opened on"), lambda row: row.opened_on, kind="date"),
        Column(gettext_lazy("closed on"), lambda row: row.closed_on, kind="date"),
        Column(gettext_lazy("state"), lambda row: row.get_state_display()),
    )

    def get_queryset(self) -> QuerySet:
        return campaigns_of(self.request.user, self.division).order_by("-opened_on", "-pk")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may = access.may(self.request.user, TAKE, self.division)
        return super().get_context_data(may_open=may, **kwargs)


class StocktakeNewView(RegisterPage):
    """``/stocktakes/new/``: freeze the ledger of a day as the list of a campaign."""

    verb = TAKE
    title = gettext_lazy("Open a stocktake")
    crumbs = (STOCKTAKES,)
    form_class = OpenForm
    submit = gettext_lazy("Freeze the list and open")
    done = gettext_lazy("The list is frozen. Print sheets and labels, or count with the phone.")
    one, many = "stocktake", "stocktakes"

    def get_initial(self) -> dict[str, Any]:
        return {}

    @property
    def lead(self) -> str:  # type: ignore[override]
        return _("All that stands in the ledger of %(place)s is put on the list.") % {
            "place": self.division.name
        }

    def register(self, form: forms.Form) -> Stocktake:
        values = dict(form.cleaned_data)
        number = values.pop("paper_number")
        source = None
        if number:
            source = register_source(
                kind=SourceKind.DECISION,
                division=self.division,
                by=self.request.user,  # type: ignore[arg-type]
                number=number,
                title=values["title"],
            )
        return open_stocktake(division=self.division, source=source, by=self.request.user, **values)  # type: ignore[arg-type]


class CampaignMixin(PageMixin):
    """A page of one campaign, within the divisions of the user."""

    kwargs: dict[str, Any]

    @cached_property
    def campaign(self) -> Stocktake:
        rows = Stocktake.objects.visible_to(self.request.user).in_force().select_related("division", "source")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @property
    def lines(self) -> Any:
        """Lines of the campaign in the user's divisions."""
        rows = StocktakeLine.objects.visible_to(self.request.user).filter(stocktake=self.campaign)
        return rows.select_related("division__parent")

    def get_title(self) -> Any:
        return self.campaign.title

    def get_crumbs(self) -> list[tuple[Any, str]]:
        page = (self.campaign.title, reverse("stocktake", args=[self.campaign.pk]))
        own = str(self.get_title())
        return [FIRST, STOCKTAKES, *([] if own == self.campaign.title else [page]), (own, "")]

    def may(self, verb: str) -> bool:
        return access.may(self.request.user, verb, self.campaign.division)


class StocktakeView(CampaignMixin, ListPage):
    """``/stocktakes/<id>/``: how far it is, what to do next, and every line."""

    model = StocktakeLine
    table_class = LineTable
    filterset_class = LineFilter
    noun = "row"
    template_name = "assets/stock/campaign.html"
    export_columns = COLUMNS
    export_heading = True

    def get_queryset(self) -> QuerySet:
        return lines_with_counts(self.lines)

    def made_export(self, **asked: Any) -> Any:
        self.export_prepare = preparer()  # type: ignore[method-assign]
        return super().made_export(**asked)

    def address(self) -> str:
        return self.request.path

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        campaign, reached = self.campaign, progress_of(self.lines)
        running = campaign.state in RUNNING
        return {
            **super().get_context_data(**kwargs),
            "campaign": campaign,
            "badge": STATES[CampaignState(campaign.state)],
            "reached": reached,
            "step": CampaignState.values.index(campaign.state),
            "steps": [CampaignState(state).label for state in CampaignState.values[1:]],
            "may_take": running and self.may(TAKE),
            "may_count": running and access.may(self.request.user, COUNT),
            "may_end": campaign.state == CampaignState.COUNTING and not reached.uncounted,
            "may_close": campaign.state == CampaignState.SETTLING and not reached.unsettled,
            "forms_url": "",
            "keep_url": "",
        }


class StepView(CampaignMixin, View):
    """A button that takes a campaign one step further."""

    verb = TAKE
    http_method_names = ["post"]
    service: Any = None
    done: Any = ""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        service = type(self).service
        call_service(request, lambda: service(stocktake=self.campaign, by=request.user), self.done)
        return HttpResponseRedirect(reverse("stocktake", args=[pk]))


class EndCountView(StepView):
    """``/stocktakes/<id>/end/``"""

    service = end_count
    done = gettext_lazy("The count has ended. Settle the differences, then close the stocktake.")


class CloseView(StepView):
    """``/stocktakes/<id>/close/``"""

    service = close_stocktake
    done = gettext_lazy("The stocktake is closed. Its report can be printed and sealed.")


class TakeBackView(CampaignMixin, ActionPage):
    """``/stocktakes/<id>/take-back/``"""

    verb = TAKE
    form_class = ReasonForm
    sign = "undo"
    submit = gettext_lazy("Take the stocktake back")
    done = gettext_lazy("The stocktake is taken back; it stays in the book and counts for nothing.")

    def get_title(self) -> Any:
        return _("Take the stocktake back")

    def act(self, form: forms.Form) -> None:
        take_back_stocktake(stocktake=self.campaign, by=self.request.user, **form.cleaned_data)  # type: ignore[arg-type]

    def get_success_url(self) -> str:
        return reverse("stocktakes")

    def fallback_url(self) -> str:
        return reverse("stocktake", args=[self.kwargs["pk"]])
