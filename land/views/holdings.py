"""What the pages of quotas and balances share: the door, the history of a fact, acts on it.

中文：指标与平衡页面
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Model, QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from land.desk_quotas import RULES
from land.forms_holdings import ReasonForm
from land.services.filing import subject_of
from registry import access, badges, display
from registry.errors import NotAllowed, RegistryError, RowsRefused
from registry.exports import Column
from registry.models import Act, Finding
from registry.unit_panels import spoken, title_of
from registry.views.generic import FIRST, ActionPage, ListPage, Page, PageMixin, RegisterPage

SEE, KEEP, ACCEPT = "see_quotas", "keep_quotas", "accept_land"
HECTARE, CENT = Decimal(10000), Decimal("0.01")
QUOTAS = (gettext_lazy("Quotas and balances"), "/quotas/")
TAKEN_BACK = badges.Badge(gettext_lazy("Taken back"), "undo", "unknown")  # 已撤回


def seen(rows: Any, user: Any) -> Any:
    """Rows in the divisions where the user may see quotas."""
    return rows.within_paths(access.scope_paths(user, SEE))


def hectares(m2: Any) -> Decimal | None:
    """Square metres as hectares with two decimals, half up, as the ministry's tables have them."""
    number = display.as_decimal(m2)
    return None if number is None else (number / HECTARE).quantize(CENT, rounding=ROUND_HALF_UP)


def area_columns(title: Any, name: str, key: str) -> tuple[Column, Column]:
    """An area for a file: in m², and in hectares with two decimals."""
    return (
        Column(title, lambda row: getattr(row, name), kind="area", key=key),
        Column(
            Hectares(title),
            lambda row: hectares(getattr(row, name)),
            kind="number",
            key=f"{key}_ha",
        ),
    )


class Hectares:
    """The title of a column in hectares, in the language of whoever reads it."""

    def __init__(self, title: Any) -> None:
        self.title = title

    def __str__(self) -> str:
        return _("%(title)s (ha)") % {"title": self.title}


def findings_at(row: Any, division_id: int, kind: str, user: Any) -> list[dict[str, Any]]:
    """Open findings on a thing of a place ("approval", "quota", ...), as pages say them."""
    rows = (
        Finding.objects.visible_to(user)
        .open()
        .filter(subject_type="division", subject_key=f"{division_id}/{kind}/{row.pk}", rule__in=RULES)
    )
    return [
        spoken(found, user)
        for found in rows.select_related("unit", "division").defer("place").order_by("rule")
    ]


def findings_below(division: Any, user: Any, rules: Sequence[str] = RULES) -> QuerySet:
    """Open findings of these rules in a division."""
    rows = Finding.objects.visible_to(user).within(division).open().filter(rule__in=rules)
    return rows.select_related("unit", "division").defer("place").order_by("reading", "-since", "pk")


def events_of(*rows: Model) -> list[dict[str, Any]]:
    """What the book says of some rows, the newest first. One query."""
    acts = Act.objects.filter(subject__in=[subject_of(row) for row in rows]).select_related("source")
    return [
        {"on": act.at, "title": title_of(act), "note": act.reason, "by": act.user_name, "source": act.source}
        for act in acts.order_by("-at", "-pk")[:50]
    ]


class Door(PageMixin):
    """A page on quotas and balances, within the divisions where the user may see them."""

    verb = SEE

    def scoped(self, rows: Any) -> Any:
        return seen(rows, self.request.user).within(self.division)

    def may(self, verb: str, division: Any = None) -> bool:
        return access.may(self.request.user, verb, division)


class HoldingList(Door, ListPage):
    """A list of facts that are in force."""


class ReadTogether:
    """A table whose rows need figures that are read for all of a page at once.

    The table's ``figures`` answers them for records, in their order.
    """

    paginated_rows: Any
    figures: Callable[[Sequence[Any]], Sequence[Any]]

    def figure_of(self, record: Any) -> Any:
        """The figure of a row; alone where it stands on no page (an export)."""
        held = self.__dict__.setdefault("_held", {})
        if not held:
            rows = [row.record for row in self.paginated_rows]
            held |= {row.pk: figure for row, figure in zip(rows, self.figures(rows), strict=True)}
        if record.pk not in held:
            held[record.pk] = self.figures([record])[0]
        return held[record.pk]


class Thing(Door):
    """The fact of the address, where the user may see it."""

    model: Any = None
    join: tuple[str, ...] = ("division",)
    trail: tuple[tuple[Any, str], ...] = ()
    kwargs: dict[str, Any]

    @cached_property
    def thing(self) -> Any:
        rows = seen(self.model.objects.all(), self.request.user).select_related(*self.join)
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get_title(self) -> str:
        return str(self.thing)

    def get_crumbs(self) -> list[tuple[Any, str]]:
        return [FIRST, QUOTAS, *self.trail, (self.get_title(), "")]


class ThingPage(Thing, Page):
    """The page of one fact."""


class Placing:
    """Where a refusal of a service belongs: at the field that it names."""

    def form_valid(self, form: forms.Form) -> HttpResponse:
        try:
            self.act(form)  # type: ignore[attr-defined]
        except (NotAllowed, RowsRefused):
            raise
        except RegistryError as error:
            form.add_error(error.code if error.code in form.fields else None, str(error))
            return self.form_invalid(form)  # type: ignore[attr-defined,no-any-return]
        messages.success(self.request, self.done)  # type: ignore[attr-defined]
        return HttpResponseRedirect(self.get_success_url())  # type: ignore[attr-defined]


class ThingAct(Placing, Thing, ActionPage):
    """A form on one fact. ``page`` is the address name of its page; ``ask``: the title of the form."""

    verb = KEEP
    page = ""
    ask: Any = ""

    def get_title(self) -> str:
        return str(self.ask)

    def get_crumbs(self) -> list[tuple[Any, str]]:
        return [FIRST, QUOTAS, *self.trail, (self.words(), self.fallback_url()), (self.get_title(), "")]

    def words(self) -> str:
        """What the fact is called in the crumbs."""
        return str(self.thing)

    def place(self) -> Any:
        return self.thing.division

    def get_form_kwargs(self) -> dict[str, Any]:
        more = {} if self.form_class is ReasonForm else {"user": self.request.user, "division": self.place()}
        return {**super().get_form_kwargs(), **more}

    def fallback_url(self) -> str:
        return reverse(self.page, args=[self.page_key()])

    def page_key(self) -> Any:
        """The key in the address of the page that the form belongs to."""
        return self.thing.pk


class TakeBack(ThingAct):
    """Take a fact back, with the reason. ``take_back`` calls the service."""

    ask = gettext_lazy("Take back")
    form_class = ReasonForm
    sign = "undo"
    submit = gettext_lazy("Take back")
    done = gettext_lazy("It is taken back; it stays in the book and counts for nothing.")
    template_name = "land/quotas/take_back.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(what=str(self.thing), **kwargs)


class NewFact(Placing, Door, RegisterPage):
    """A form that registers a fact of a place."""

    verb = KEEP
    crumbs = (QUOTAS,)
    template_name = "registry/action.html"

    def get_initial(self) -> dict[str, Any]:
        return {}
