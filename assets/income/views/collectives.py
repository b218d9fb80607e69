"""``/income/collectives/``, ``/income/yields/``: years as columns. 中文：村集体收入与资产收益率页面"""

from __future__ import annotations

import io
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from assets.codes import AssetClass
from assets.income.codes import BESIDE, IncomeSource
from assets.income.exporters.years import write_collectives, write_yields
from assets.income.forms_collectives import StateForm, TargetForm
from assets.income.forms_money import ReasonForm
from assets.income.models.collectives import CollectiveTarget, OutsideIncome
from assets.income.queries.collectives import Standing, Year, by_source, standings, summed
from assets.income.queries.yields import Yield, yields
from assets.income.services.collectives import set_income_target, state_income, take_income_back
from assets.models import Asset
from registry import access, clock
from registry.badges import Badge
from registry.codes import PartyKind
from registry.models import Party
from registry.views.generic import ActionPage, Page, PageMixin

from .money import MONEY, SEE
from .months import XLSX

SPAN = 5  # years side by side
COLLECTIVES = (gettext_lazy("Income of collectives"), "/income/collectives/")
LIGHTS = {
    "green": Badge(gettext_lazy("Target reached"), "done", "good"),
    "amber": Badge(gettext_lazy("Near the target"), "warning", "act"),
    "red": Badge(gettext_lazy("Below the target"), "overdue", "todo"),
    "running": Badge(gettext_lazy("Year still runs"), "ring", "calm"),
    "grey": Badge(gettext_lazy("Nothing is known"), "question", "unknown"),
}
YIELD_LIGHTS = {
    "green": Badge(gettext_lazy("Yield in order"), "done", "good"),
    "amber": Badge(gettext_lazy("Low yield"), "warning", "act"),
    "red": Badge(gettext_lazy("Brought nothing"), "overdue", "todo"),
    "running": LIGHTS["running"],
    "grey": Badge(gettext_lazy("Value not known"), "question", "unknown"),
}


@dataclass(frozen=True)
class Bar:
    """A year of the chart: what was to come and what came."""

    name: str
    due: Decimal
    received: Decimal


class YearsMixin(PageMixin):
    """Five years up to the one asked for, else up to this one."""

    verb = SEE
    crumbs = (MONEY,)

    @cached_property
    def years(self) -> list[int]:
        asked, today = self.request.GET.get("until", ""), clock.today().year
        last = int(asked) if asked.isdecimal() and 2016 <= int(asked) <= today else today
        return list(range(last - SPAN + 1, last + 1))

    @property
    def paging(self) -> dict[str, Any]:
        today = clock.today().year
        return {
            "years": self.years,
            "earlier": self.years[-1] - 1,
            "later": self.years[-1] + 1 if self.years[-1] < today else None,
        }

    def workbook(self, out: io.BytesIO, name: str) -> HttpResponse:
        answer = HttpResponse(out.getvalue(), content_type=XLSX)
        answer["Content-Disposition"] = content_disposition_header(True, name)
        return answer


class CollectivesMixin(YearsMixin):
    title = gettext_lazy("Income of collectives")

    @cached_property
    def found(self) -> list[Standing]:
        rows = Party.objects.standing().filter(kind=PartyKind.VILLAGE_COLLECTIVE)
        parties = self.scoped(rows).select_related("division").order_by("division__path", "pk")
        return standings(list(parties), self.years, clock.today())


class CollectivesView(CollectivesMixin, Page):
    """Every collective against its target, and which villages are weak. 中文：村集体收入与三年增收"""

    template_name = "assets/money/collectives.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found, sums = self.found, summed(self.found)
        targets = [
            sum((y.target for y in ys), Decimal(0)) for ys in zip(*(f.years for f in found), strict=True)
        ]
        weak = [one for one in found if one.weak]
        last = found[0].last_full if found else None
        return super().get_context_data(
            rows=[{"standing": one, "cells": [cell(year) for year in one.years]} for one in found],
            sums=sums,
            bars=[Bar(str(y), t, s) for y, t, s in zip(self.years, targets, sums, strict=False)],
            weak=len(weak),
            last_full=last.year if last else None,
            missing=sum((one.last_full.missing for one in weak if one.last_full), Decimal(0)),
            **self.paging,
            **kwargs,
        )


def cell(year: Year) -> dict[str, Any]:
    return {"year": year, "badge": LIGHTS[year.light]}


class CollectivesExportView(CollectivesMixin, View):
    """The same rows as a workbook, with the sources."""

    def get(self, request: HttpRequest) -> HttpResponse:
        out = io.BytesIO()
        write_collectives(out, self.found, self.years)
        return self.workbook(out, _("income of collectives %(year)d.xlsx") % {"year": self.years[-1]})


class CollectiveMixin(YearsMixin):
    """A collective in the divisions where the user may see money."""

    crumbs = (MONEY, COLLECTIVES)
    kwargs: dict[str, Any]

    @cached_property
    def collective(self) -> Party:
        rows = Party.objects.standing().within_paths(access.scope_paths(self.request.user, self.verb))
        rows = rows.filter(kind=PartyKind.VILLAGE_COLLECTIVE).select_related("division")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @property
    def url(self) -> str:
        return reverse("collective", args=[self.collective.pk])


class CollectiveView(CollectiveMixin, Page):
    """``/income/collectives/<id>/``: sources by year, the plan, what was stated."""

    template_name = "assets/money/collective.html"

    def get_title(self) -> Any:
        return self.collective.name

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        one = standings([self.collective], self.years, clock.today())[0]
        targets = CollectiveTarget.objects.in_force().filter(collective=self.collective)
        stated = OutsideIncome.objects.in_force().filter(collective=self.collective)
        place, user = self.collective.division, self.request.user
        return super().get_context_data(
            collective=self.collective,
            standing=one,
            cells=[cell(year) for year in one.years],
            sources=[(IncomeSource(kind).label, kind in BESIDE, amounts) for kind, amounts in by_source(one)],
            bars=[Bar(str(year.year), year.target, year.operating) for year in one.years],
            targets=targets.select_related("act").order_by("-year"),
            stated=stated.select_related("act").order_by("-year", "kind"),
            may_target=access.may(user, "set_income_target", place),
            may_state=access.may(user, "state_income", place),
            **self.paging,
            **kwargs,
        )


class CollectiveAct(CollectiveMixin, ActionPage):
    """A form that writes of a collective and leads back to its page."""

    def get_crumbs(self) -> list[tuple[Any, str]]:
        return [*super().get_crumbs()[:-1], (self.collective.name, self.url), (self.get_title(), "")]

    def fallback_url(self) -> str:
        return self.url


class TargetView(CollectiveAct):
    """``…/target/``"""

    verb = "set_income_target"
    title = gettext_lazy("Set the target of a year")
    lead = gettext_lazy("What counts towards it is operating income: no grants, no interest of the bank.")
    form_class = TargetForm
    submit = gettext_lazy("Set the target")
    done = gettext_lazy("The target is set.")

    def act(self, form: Any) -> None:
        set_income_target(collective=self.collective, by=self.request.user, **form.cleaned_data)  # type: ignore[arg-type]


class StateView(CollectiveAct):
    """``…/state/``"""

    verb = "state_income"
    title = gettext_lazy("State income of a year")
    lead = gettext_lazy("Only what no bank line here shows: earlier years, accounts that are kept elsewhere.")
    form_class = StateForm
    submit = gettext_lazy("State it")
    done = gettext_lazy("The income is stated.")

    def act(self, form: Any) -> None:
        state_income(collective=self.collective, by=self.request.user, **form.cleaned_data)  # type: ignore[arg-type]


class TakeBackView(ActionPage):
    """``/income/stated/<id>/take-back/``"""

    verb = "state_income"
    title = gettext_lazy("Take stated income back")
    form_class = ReasonForm
    sign = "undo"
    submit = gettext_lazy("Take back")
    done = gettext_lazy("It is taken back; it stays in the book and counts for nothing.")
    crumbs = (MONEY, COLLECTIVES)
    kwargs: dict[str, Any]

    @cached_property
    def stated(self) -> OutsideIncome:
        rows = OutsideIncome.objects.in_force().within_paths(access.scope_paths(self.request.user, self.verb))
        return get_object_or_404(rows.select_related("collective"), pk=self.kwargs["pk"])

    def act(self, form: Any) -> None:
        take_income_back(stated=self.stated, by=self.request.user, **form.cleaned_data)  # type: ignore[arg-type]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"lead": str(self.stated.collective)}

    def fallback_url(self) -> str:
        return reverse("collective", args=[self.stated.collective_id])


class YieldsMixin(YearsMixin):
    title = gettext_lazy("Yields of assets")

    @cached_property
    def found(self) -> list[Yield]:
        rows = Asset.objects.in_force().filter(asset_class=AssetClass.OPERATING)
        assets = (
            self.scoped(rows).select_related("unit__division").order_by("unit__division__path", "unit__code")
        )
        return yields(list(assets), self.years, clock.today())


class YieldsView(YieldsMixin, Page):
    """``/income/yields/``: what operating assets brought beside what they cost."""

    template_name = "assets/money/yields.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = self.found
        full = [one.last_full for one in found if one.last_full]
        counts = {light: sum(1 for year in full if year.light == light) for light in YIELD_LIGHTS}
        return super().get_context_data(
            rows=[
                {"row": one, "cells": [{"year": y, "badge": YIELD_LIGHTS[y.light]} for y in one.years]}
                for one in found
            ],
            counts=counts,
            last_full=full[0].year if full else None,
            **self.paging,
            **kwargs,
        )


class YieldsExportView(YieldsMixin, View):
    """The same rows as a workbook."""

    def get(self, request: HttpRequest) -> HttpResponse:
        out = io.BytesIO()
        write_yields(out, self.found, self.years)
        return self.workbook(out, _("yields of assets %(year)d.xlsx") % {"year": self.years[-1]})
