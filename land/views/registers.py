"""The lists of the land registers with their rates, and the forms of a row. 中文：用地台账页面"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import django_filters as filters
import django_tables2 as tables
from django import forms
from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from land.forms_registers import RowForm, StrikeForm
from land.models import RegisterRow
from land.queries.registers import rates
from land.register_codes import CertificateKind
from land.registers import AREA, BY_KEY, CHOICE, REGISTERS, Part, Register
from land.registers import DAY as DATE
from land.services.registers import VERB, change, keep, strike
from registry import access, clock, display
from registry.codes import Level
from registry.exports import Column, Name
from registry.filters import in_year
from registry.models import Division
from registry.tables import DAY, NUM, cell, link, place
from registry.views.generic import FIRST, ActionPage, ListPage

from .cases import villages

LONGEST_NAME = 4  # a longer name without a dot is taken for a body's


def is_private(register: Register, row: RegisterRow) -> bool:
    """Whether the holder is a household or a person."""
    if not register.private or getattr(row, "kind", "") == CertificateKind.COLLECTIVE:
        return False
    return len(row.holder.strip()) <= LONGEST_NAME or "·" in row.holder


class RowTable(tables.Table):
    """One row a household, a supply, a piece of land."""

    holder = tables.Column(verbose_name=gettext_lazy("holder"))
    where = tables.Column(verbose_name=gettext_lazy("place"), empty_values=(), order_by="division__path")
    area_m2 = tables.Column(verbose_name=gettext_lazy("area"), attrs=NUM)
    on = tables.Column(verbose_name=gettext_lazy("day"), attrs=DAY)
    state = tables.Column(verbose_name=gettext_lazy("state"))

    class Meta:
        fields = ("holder", "where", "area_m2", "on", "state")
        empty_text = gettext_lazy("No row here")
        empty_help = gettext_lazy("Enter a row, or import the list of the office.")

    register: Register
    names: frozenset[int] | None = None

    def render_holder(self, record: RegisterRow) -> Any:
        user = self.request.user
        seen = not is_private(self.register, record) or access.may(user, "see_personal", record.division)
        name = record.holder if seen else display.masked(record.holder)
        if access.may(user, VERB, record.division):
            name = link(reverse("land_row", args=[self.register.key, record.pk]), name)
        kind = record.get_kind_display() if hasattr(record, "kind") else ""  # type: ignore[attr-defined]
        return cell(name, " · ".join(str(part) for part in (kind, record.number) if part))

    def render_where(self, record: RegisterRow) -> Any:
        return place(record.division)

    def render_area_m2(self, value: Any) -> Any:
        return display.area(value)

    def render_on(self, value: Any) -> str:
        return display.day(value)


class RowFilter(filters.FilterSet):
    village = filters.ModelChoiceFilter(
        label=gettext_lazy("village"),
        queryset=lambda request: villages(request),
        method="by_village",
        empty_label=gettext_lazy("all"),
    )
    year = in_year("on")
    number = filters.CharFilter(label=gettext_lazy("number of the row"), lookup_expr="icontains")

    def by_village(self, rows: QuerySet, _name: str, value: Division) -> QuerySet:
        return rows.filter(division__path__startswith=value.path)


class RowListView(ListPage):
    """A register of the division looked at: rates below it, then the rows."""

    register: Register
    noun = "row"
    template_name = "land/registers/list.html"

    def get_table_class(self) -> Any:
        return type("Table", (RowTable,), {"register": self.register})

    def get_filterset_class(self) -> Any:
        state = filters.ChoiceFilter(
            label=gettext_lazy("state"),
            choices=self.register.model._meta.get_field("state").choices,
            empty_label=gettext_lazy("all"),
        )
        meta = type("Meta", (), {"model": self.register.model, "fields": []})
        return type("Filter", (RowFilter,), {"state": state, "Meta": meta})

    def get_export_columns(self) -> list[Column]:
        return [
            Column(gettext_lazy("place"), lambda row: row.division.name, key="place"),
            *(_column(self.register, part) for part in self.register.parts),
        ]

    def get_queryset(self) -> QuerySet:
        rows = self.scoped(self.register.model.objects.in_force())  # type: ignore[attr-defined]
        return rows.select_related("division__parent").order_by("division__path", "pk")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, register = self.request.user, self.register
        found = rates(self.get_queryset(), register.done, self.division)
        return super().get_context_data(
            register=register,
            rates=found,
            whole=found[0],
            may_keep=access.may(user, VERB),
            import_url=reverse("import_new", args=[f"ledger:{register.key}"]),
            **kwargs,
        )


def _column(register: Register, part: Part) -> Column:
    if part.name == "holder":
        return Column(part.label, lambda row: _holder(register, row), key="holder", person=register.private)
    if part.kind == CHOICE:
        return Column(part.label, lambda row: getattr(row, f"get_{part.name}_display")(), key=part.name)
    kind = {AREA: "area", DATE: "date"}.get(part.kind, "text")
    return Column(part.label, lambda row: getattr(row, part.name), kind=kind, key=part.name)


def _holder(register: Register, row: RegisterRow) -> list[Name]:
    return [Name(row.holder, private=is_private(register, row))]


def list_views() -> list[tuple[str, type[RowListView]]]:
    """An address name and a list for every register."""
    return [
        (
            register.url_name,
            type(
                f"{register.model.__name__}List",
                (RowListView,),
                {"register": register, "model": register.model, "title": register.title,
                 "lead": register.lead},
            ),
        )
        for register in REGISTERS
    ]  # fmt: skip


class RowPage(ActionPage):
    """A form on a row of the register of the address."""

    verb = VERB
    kwargs: dict[str, Any]

    @cached_property
    def register(self) -> Register:
        if self.kwargs["register"] not in BY_KEY:
            raise Http404(self.kwargs["register"])
        return BY_KEY[self.kwargs["register"]]

    @cached_property
    def row(self) -> RegisterRow:
        rows = self.register.model.objects.in_force().visible_to(self.request.user)  # type: ignore[attr-defined]
        row = get_object_or_404(rows.select_related("division"), pk=self.kwargs["pk"])
        access.require(self.request.user, self.verb, row.division)
        return row

    def get_crumbs(self) -> list[tuple[Any, str]]:
        return [FIRST, (self.register.title, self.fallback_url()), (self.get_title(), "")]

    def fallback_url(self) -> str:
        return reverse(self.register.url_name)


class RowNewView(RowPage):
    """``/land/<register>/new/``: enter a row."""

    form_class = RowForm
    title = gettext_lazy("Enter a row")
    submit = gettext_lazy("Enter it")
    done = gettext_lazy("The row is entered.")

    def get_form_kwargs(self) -> dict[str, Any]:
        rows = Division.objects.visible_to(self.request.user).within(self.division).on(clock.today())
        places = rows.exclude(level__in=[Level.PROVINCE, Level.PREFECTURE, Level.COUNTY])
        places = places.select_related("parent").order_by("path")
        return {**super().get_form_kwargs(), "register": self.register, "places": places}

    def act(self, form: forms.Form) -> None:
        user: Any = self.request.user
        division = form.cleaned_data["division"]
        keep(register=self.register, division=division, values=form.values(), by=user)  # type: ignore[attr-defined]


class RowChangeView(RowPage):
    """``/land/<register>/<id>/``: change a row, with the reason."""

    form_class = RowForm
    title = gettext_lazy("Change the row")
    submit = gettext_lazy("Save the change")
    done = gettext_lazy("The change stands in the book.")
    template_name = "land/registers/row.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        places = Division.objects.none()
        return {**super().get_form_kwargs(), "register": self.register, "row": self.row, "places": places}

    def act(self, form: forms.Form) -> None:
        user: Any = self.request.user
        reason, values = form.cleaned_data["reason"], form.values()  # type: ignore[attr-defined]
        change(register=self.register, row=self.row, values=values, reason=reason, by=user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        strike_url = reverse("land_row_strike", args=[self.register.key, self.row.pk])
        return super().get_context_data(strike_url=strike_url, **kwargs)


class RowStrikeView(RowPage):
    """``/land/<register>/<id>/strike/``: a row that should not be there."""

    form_class = StrikeForm
    title = gettext_lazy("Strike the row")
    submit = gettext_lazy("Strike it")
    done = gettext_lazy("The row is struck; it stays in the book.")

    def act(self, form: forms.Form) -> None:
        user: Any = self.request.user
        strike(register=self.register, row=self.row, reason=form.cleaned_data["reason"], by=user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        said = _("%(number)s in %(place)s") % {
            "number": self.row.number or f"#{self.row.pk}", "place": self.row.division.name,
        }  # fmt: skip
        return super().get_context_data(**kwargs) | {"lead": said}
