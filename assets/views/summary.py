"""``/summary/``: the monthly and the annual summary by class and by holder. 中文：资产汇总（月报、年报）"""

from __future__ import annotations

import datetime as dt
import io
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

from django import forms
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from assets.codes import AssetClass
from assets.exporters.summary import write_summary
from assets.models import PublishedSummary
from assets.models.summary import Period
from assets.queries_summary import Holder, figures, period_of
from assets.services.summary import publish_summary
from assets.summary import problems
from registry import access, clock, display
from registry.views.generic import Page, PageMixin, call_service

FIRST_YEAR = 2013


class PeriodForm(forms.Form):
    """Which month, or which year."""

    period = forms.ChoiceField(label=gettext_lazy("period"), choices=Period.choices)
    year = forms.TypedChoiceField(label=gettext_lazy("year"), coerce=int)
    month = forms.TypedChoiceField(
        label=gettext_lazy("month"), coerce=int, choices=[(n, n) for n in range(1, 13)]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        years = range(clock.today().year, FIRST_YEAR - 1, -1)
        self.fields["year"].choices = [(year, year) for year in years]  # type: ignore[attr-defined]


class PeriodMixin(PageMixin):
    """The period of the address; without one, the present month."""

    @cached_property
    def form(self) -> PeriodForm:
        today = clock.today()
        usual = {"period": Period.MONTH, "year": today.year, "month": today.month}
        asked = {key: self.request.GET.get(key) or self.request.POST.get(key) or usual[key] for key in usual}
        form = PeriodForm(asked)
        return form if form.is_valid() else PeriodForm({key: str(value) for key, value in usual.items()})

    @cached_property
    def chosen(self) -> tuple[str, dt.date, dt.date]:
        """Period, the day before it, and its last day (today while it runs)."""
        self.form.full_clean()
        said = self.form.cleaned_data
        before, last = period_of(said["period"], said["year"], said["month"])
        return said["period"], before, min(last, clock.today())

    def sheet_title(self) -> str:
        period, _before, last = self.chosen
        return _("%(place)s: %(period)s summary of assets as of %(day)s") % {
            "place": self.division.name, "period": Period(period).label, "day": display.day(last),
        }  # fmt: skip


class SummaryView(PeriodMixin, Page):
    title = gettext_lazy("Summary of assets")
    template_name = "assets/summary.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        period, before, last = self.chosen
        now, then = figures(self.division, last), figures(self.division, before)
        published = PublishedSummary.objects.in_force().filter(division=self.division)
        user = self.request.user
        return super().get_context_data(
            form=self.form,
            heading=self.sheet_title(),
            tables=[
                _table(_("by class"), "by_class", AssetClass, now, then),
                _table(_("by holder"), "by_holder", Holder, now, then),
            ],
            agrees=not problems(now, Decimal("0.01")),
            unknown=now["unknown"],
            published=published[:12],
            is_published=published.filter(period=period, as_of=last).exists(),
            may_publish=access.may(user, "publish_notice", self.division),
            query=self.request.GET.urlencode(),
            **kwargs,
        )


def _table(title: str, axis: str, choices: Any, now: dict[str, Any], then: dict[str, Any]) -> dict[str, Any]:
    heads = [
        {"label": title},
        {"label": _("how many"), "kind": "num"},
        {"label": _("change of the period"), "kind": "num"},
        {"label": _("original value (yuan)"), "kind": "num"},
        {"label": _("change of the period"), "kind": "num"},
    ]
    rows = [
        [choice.label, *_cells(now[axis][choice], then[axis][choice])]
        for choice in choices
        if now[axis][choice]["count"] or then[axis][choice]["count"]
    ]
    return {"title": title, "heads": heads, "rows": rows,
            "total": [_("together"), *_cells(now["total"], then["total"])]}  # fmt: skip


def _cells(now: dict[str, Any], then: dict[str, Any]) -> list[str]:
    value, before = Decimal(now["value"]), Decimal(then["value"])
    return [
        f"{now['count']:,}",
        f"{now['count'] - then['count']:+,}",
        display.grouped(value),
        f"{value - before:+,.2f}",
    ]


class SummaryExportView(PeriodMixin, View):
    """``/summary/export.xlsx``: the same as a workbook."""

    def get(self, request: HttpRequest) -> FileResponse:
        _period, _before, last = self.chosen
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "summary.xlsx"
            write_summary(path, self.sheet_title(), figures(self.division, last))
            held = io.BytesIO(path.read_bytes())
        return FileResponse(held, as_attachment=True, filename=f"{self.sheet_title()}.xlsx")


class SummaryPublishView(PeriodMixin, View):
    """``/summary/publish/``: freeze the figures of the period as they are published."""

    verb = "publish_notice"
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        period, _before, last = self.chosen
        call_service(
            request,
            lambda: publish_summary(division=self.division, period=period, as_of=last, by=request.user),  # type: ignore[arg-type]
            _("The summary is published; its figures are kept as they are."),
        )
        return HttpResponseRedirect(reverse("asset_summary"))
