"""Counting a line on the phone, writing a surplus thing down, settling a difference. 中文：清点、处理差异"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assets.forms_stocktake import CountForm, SettleForm, SurplusForm
from assets.models import StocktakeCount, StocktakeLine
from assets.services.counting import record_count, record_surplus
from assets.services.settling import settle
from assets.stocktake_codes import RUNNING, Difference
from assets.stocktake_queries import settlements_of, uncounted
from registry import access, clock, display
from registry.errors import NotAllowed, RegistryError
from registry.forms_sources import streams
from registry.models import Division
from registry.views.generic import FIRST, ActionPage

from .stocktakes import COUNT, STOCKTAKES, TAKE, CampaignMixin


class AtField(ActionPage):
    """A refusal of the service stands at the field that it names."""

    fields_of: dict[str, str] = {"photos": "photos", "place": "longitude", "name": "name"}

    def form_valid(self, form: forms.Form) -> HttpResponse:
        try:
            self.act(form)
        except NotAllowed:
            raise
        except RegistryError as error:
            name = self.fields_of.get(error.code, error.code)
            form.add_error(name if name in form.fields else None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, self.done)
        return HttpResponseRedirect(self.get_success_url())


class LineView(AtField):
    """``/stocktakes/lines/<id>/``: what the ledger says, what was counted, and the form for the count."""

    template_name = "assets/stock/line.html"
    form_class = CountForm
    submit = gettext_lazy("Record the count")
    done = gettext_lazy("The count is recorded.")
    kwargs: dict[str, Any]

    @cached_property
    def line(self) -> StocktakeLine:
        rows = StocktakeLine.objects.visible_to(self.request.user).filter(stocktake__annulled=None)
        rows = rows.select_related("stocktake__division", "division__parent", "unit")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @cached_property
    def count(self) -> StocktakeCount | None:
        return self.line.counts.filter(annulled=None).select_related("source").first()

    @property
    def running(self) -> bool:
        return self.line.stocktake.state in RUNNING

    def get_title(self) -> Any:
        return self.line.name

    def get_crumbs(self) -> list[tuple[Any, str]]:
        campaign = self.line.stocktake
        page = (campaign.title, reverse("stocktake", args=[campaign.pk]))
        return [FIRST, STOCKTAKES, page, (self.line.name, "")]

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "line": self.line}

    def get_initial(self) -> dict[str, Any]:
        return {
            "found": "present",
            "condition": "good",
            "quantity": None if self.line.quantity is None else f"{self.line.quantity.normalize():f}",
            "counter": self.request.user.get_full_name(),
            "counted_on": clock.today(),
        }

    def act(self, form: forms.Form) -> None:
        access.require(self.request.user, COUNT, self.line.division)
        files = streams(form.cleaned_data["photos"])
        record_count(line=self.line, seen=form.seen(), files=files, by=self.request.user)  # type: ignore[arg-type,attr-defined]

    def fallback_url(self) -> str:
        """The next line that is not counted, of the same village before the others; else the campaign."""
        left = uncounted(self.line.stocktake.lines.visible_to(self.request.user).exclude(pk=self.line.pk))
        if self.request.method == "POST":
            following = left.filter(division=self.line.division).first() or left.first()
            if following is not None:
                return reverse("stock_line", args=[following.pk])
        return reverse("stocktake", args=[self.line.stocktake_id])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        line, user = self.line, self.request.user
        return super().get_context_data(
            line=line,
            facts=ledger_facts(line),
            count=self.count,
            counted=count_facts(self.count, access.may(user, "see_personal", line.division)),
            differences=self.differences(),
            may_count=self.running and access.may(user, COUNT, line.division),
            cancel=reverse("stocktake", args=[line.stocktake_id]),
            **kwargs,
        )

    def differences(self) -> list[dict[str, Any]]:
        """Each difference, how it was settled, and where it is settled."""
        if self.count is None:
            return []
        done = settlements_of([self.count.pk])
        may = self.running and access.may(self.request.user, TAKE, self.line.division)
        return [
            {
                "label": Difference(kind).label,
                "settlement": done.get((self.count.pk, kind)),
                "url": reverse("stock_settle", args=[self.count.pk, kind]) if may else "",
            }
            for kind in self.count.differences
        ]


def ledger_facts(line: StocktakeLine) -> list[tuple[Any, Any]]:
    """What the frozen list says of a line."""
    quantity = None if line.quantity is None else f"{line.quantity.normalize():f} {line.measure}"
    return [
        (_("asset code"), line.code or _("on no list")),
        (_("place"), f"{line.division.name} {line.address}".strip()),
        (_("sub-type"), line.get_subtype_display() or None),
        (_("quantity in the ledger"), quantity),
        (_("original value (yuan)"), display.money(line.value) if line.value is not None else None),
        (_("state"), line.get_state_display() or None),
    ]


def count_facts(count: StocktakeCount | None, names: bool) -> list[tuple[Any, Any]]:
    """What was counted; ``names``: whether the counter's full name may be read."""
    if count is None:
        return []
    counter = count.counter if names else display.masked(count.counter)
    quantity = None if count.quantity is None else f"{count.quantity.normalize():f} {count.line.measure}"
    return [
        (_("there or not"), count.get_found_display()),
        (_("condition"), count.get_condition_display() or None),
        (_("quantity counted"), quantity),
        (_("distance from the ledger's place (m)"), count.distance_m),
        (_("counted on"), display.day(count.counted_on)),
        (_("counted by"), counter),
        (_("remark"), count.note or None),
    ]


class SurplusView(CampaignMixin, AtField):
    """``/stocktakes/<id>/surplus/``: a thing that stands there and is on no list."""

    verb = COUNT
    template_name = "assets/stock/surplus.html"
    form_class = SurplusForm
    submit = gettext_lazy("Write it down")
    done = gettext_lazy("It is written down. Register it or explain it before the stocktake closes.")

    def get_title(self) -> Any:
        return _("Something that is on no list")

    @property
    def places(self) -> QuerySet:
        paths = access.scope_paths(self.request.user, COUNT)
        rows = Division.objects.on(clock.today()).within_paths(paths).within(self.campaign.division)
        return rows.select_related("parent").order_by("path")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "places": self.places}

    def get_initial(self) -> dict[str, Any]:
        return {
            "division": self.division.pk,
            "condition": "good",
            "counter": self.request.user.get_full_name(),
            "counted_on": clock.today(),
        }

    def act(self, form: forms.Form) -> None:
        record_surplus(
            stocktake=self.campaign,
            thing=form.thing(),  # type: ignore[attr-defined]
            seen=form.seen(),  # type: ignore[attr-defined]
            files=streams(form.cleaned_data["photos"]),
            by=self.request.user,  # type: ignore[arg-type]
        )

    def fallback_url(self) -> str:
        return reverse("stocktake", args=[self.kwargs["pk"]])


class SettleView(AtField):
    """``/stocktakes/counts/<id>/settle/<kind>/``: the act that settles one difference."""

    verb = TAKE
    template_name = "assets/stock/settle.html"
    form_class = SettleForm
    submit = gettext_lazy("Settle the difference")
    done = gettext_lazy("The difference is settled.")
    kwargs: dict[str, Any]

    @cached_property
    def count(self) -> StocktakeCount:
        rows = StocktakeCount.objects.visible_to(self.request.user).in_force()
        found = get_object_or_404(
            rows.select_related("line__stocktake", "line__division", "line__unit"), pk=self.kwargs["pk"]
        )
        if self.kwargs["kind"] not in found.differences:
            raise Http404(self.kwargs["kind"])
        access.require(self.request.user, self.verb, found.line.division)
        return found

    def get_title(self) -> Any:
        kind = Difference(self.kwargs["kind"]).label if self.count else ""
        return _("Settle: %(name)s, %(kind)s") % {"name": self.count.line.name, "kind": kind}

    def get_crumbs(self) -> list[tuple[Any, str]]:
        line = self.count.line
        page = (line.stocktake.title, reverse("stocktake", args=[line.stocktake_id]))
        return [FIRST, STOCKTAKES, page, (line.name, self.fallback_url()), (self.submit, "")]

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "kind": self.kwargs["kind"]}

    def act(self, form: forms.Form) -> None:
        settle(count=self.count, settling=form.settling(), by=self.request.user)  # type: ignore[arg-type,attr-defined]

    def fallback_url(self) -> str:
        return reverse("stock_line", args=[self.count.line_id])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        names = access.may(self.request.user, "see_personal", self.count.line.division)
        return super().get_context_data(
            facts=ledger_facts(self.count.line), counted=count_facts(self.count, names), **kwargs
        )
