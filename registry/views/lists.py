"""``/units/``: what is registered; ``/acts/``: the book of who did what. 中文：登记单元、登记簿记录"""

from __future__ import annotations

from typing import Any

import django_filters as filters
import django_tables2 as tables
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.forms import DateInput
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from registry import acts, badges, clock, directory, display
from registry.codes import UnitKind, UnitState
from registry.exports import Column
from registry.models import Act, Shape, Unit
from registry.queries.divisions import codes_by_division
from registry.tables import cell, link, place
from registry.templatetags.ui import render_badge
from registry.unit_panels import title_of

from .generic import ListPage


def by_words(rows: QuerySet, words: str, prefix: str = "") -> QuerySet:
    """Units whose name or code holds the words."""
    asked = words.strip()
    return rows.filter(Q(**{f"{prefix}name__contains": asked}) | Q(**{f"{prefix}code__icontains": asked}))


class UnitFilter(filters.FilterSet):
    """Name or code, kind, state, on the map or not, left or not."""

    q = filters.CharFilter(label=_("name or code"), method="by_q")
    kind = filters.ChoiceFilter(label=_("kind"), choices=UnitKind.choices, empty_label=_("all"))
    state = filters.ChoiceFilter(label=_("state"), choices=UnitState.choices, empty_label=_("all"))
    placed = filters.ChoiceFilter(
        label=_("place on the map"),
        choices=[("yes", _("is on the map")), ("no", _("not on the map"))],
        method="by_place",
        empty_label=_("all"),
    )
    left = filters.ChoiceFilter(
        label=_("in the register"),
        choices=[("left", _("has left the register")), ("every", _("both"))],
        method="by_left",
        empty_label=_("in the register"),
    )

    class Meta:
        model = Unit
        fields: list[str] = []

    @property
    def qs(self) -> QuerySet:
        rows = super().qs
        asked = self.form.cleaned_data if self.form.is_valid() else {}
        return rows if asked.get("left") else rows.on(clock.today())

    def by_q(self, rows: QuerySet, _name: str, value: str) -> QuerySet:
        return by_words(rows, value)

    def by_place(self, rows: QuerySet, _name: str, value: str) -> QuerySet:
        shape = Exists(Shape.objects.on(clock.today()).filter(unit=OuterRef("pk")))
        return rows.filter(shape) if value == "yes" else rows.filter(~shape)

    def by_left(self, rows: QuerySet, _name: str, value: str) -> QuerySet:
        return rows.filter(left_on__lte=clock.today()) if value == "left" else rows


class UnitTable(tables.Table):
    """One row a registered thing."""

    name = tables.Column(verbose_name=_("name"))
    kind = tables.Column(verbose_name=_("kind"))
    division = tables.Column(verbose_name=_("place"), accessor="division__name", order_by="division__path")
    state = tables.Column(verbose_name=_("state"))
    placed = tables.Column(verbose_name=_("place on the map"), empty_values=(), orderable=False)

    class Meta:
        model = Unit
        fields = ("name", "kind", "division", "state", "placed")
        empty_text = _("Nothing is registered here yet")

    def render_name(self, record: Unit) -> Any:
        return cell(link(reverse("unit", args=[record.code]), record.name), record.code)

    def render_division(self, record: Unit) -> Any:
        return place(record.division)

    def render_state(self, record: Unit) -> Any:
        return render_badge(badges.badge_of("unit", record.state))

    def render_placed(self, record: Any) -> Any:
        return _("is on the map") if record.placed else _("not on the map")


UNIT_COLUMNS = (
    Column(_("unit code"), lambda unit: unit.code, "code", 30, key="code", words=("编码", "资产编码")),
    Column(_("name"), lambda unit: unit.name, width=30, key="name", words=("资产名称", "项目名称")),
    Column(_("kind"), lambda unit: unit.get_kind_display(), key="kind", words=("类别",)),
    Column(
        _("division code"), lambda unit: unit.place_code, "code", key="division_code", words=("区划代码",)
    ),
    Column(_("place"), lambda unit: unit.division.name, key="place", words=("村", "行政村", "所在村")),
    Column(_("state"), lambda unit: unit.get_state_display(), key="state", words=("资产状态",)),
    Column(_("state since"), lambda unit: unit.state_since, "date", key="state_since"),
    Column(
        _("place on the map"), lambda unit: bool(unit.placed), "yes_no", key="placed", words=("是否上图",)
    ),
    Column(
        _("area (m²)"), lambda unit: unit.m2 or None, "area", key="area", words=("面积（平方米）", "面积")
    ),
    Column(_("length (m)"), lambda unit: unit.metres or None, "number", key="length", words=("长度（米）",)),
    Column(_("left the register on"), lambda unit: unit.left_on, "date", key="left_on"),
)


class UnitListView(ListPage):
    """Everything that is registered in the division looked at."""

    title = _("Registered things")
    lead = _("Assets, projects, parcels and whatever else has a page of its own.")
    model = Unit
    table_class = UnitTable
    filterset_class = UnitFilter
    noun = "unit"
    export_columns = UNIT_COLUMNS
    export_unit = "pk"

    def get_queryset(self) -> QuerySet:
        shape = Shape.objects.on(clock.today()).filter(unit=OuterRef("pk"))
        rows = self.scoped(Unit.objects).in_force().select_related("division__parent")
        return rows.annotate(
            placed=Exists(shape),
            m2=Subquery(shape.values("area_m2")[:1]),
            metres=Subquery(shape.values("length_m")[:1]),
        ).order_by("code")

    def export_prepare(self, records: list[Any]) -> None:
        codes = codes_by_division({unit.division_id for unit in records})
        for unit in records:
            unit.place_code = codes.get(unit.division_id)


class ActFilter(filters.FilterSet):
    """What was done, by whom, when, to what."""

    verb = filters.ChoiceFilter(
        label=_("act"), choices=lambda: sorted(acts.VERBS.items(), key=lambda pair: str(pair[1])),
        empty_label=_("all"),
    )  # fmt: skip
    officer = filters.CharFilter(label=_("officer"), field_name="user_name", lookup_expr="contains")
    since = filters.DateFilter(
        label=_("from"), field_name="at", lookup_expr="date__gte", widget=DateInput(attrs={"type": "date"})
    )
    until = filters.DateFilter(
        label=_("to"), field_name="at", lookup_expr="date__lte", widget=DateInput(attrs={"type": "date"})
    )
    unit = filters.CharFilter(label=_("name or code of the thing"), method="by_unit")

    class Meta:
        model = Act
        fields: list[str] = []

    def by_unit(self, rows: QuerySet, _name: str, value: str) -> QuerySet:
        return by_words(rows, value, "unit__")


class ActTable(tables.Table):
    """One row an act. Before and after stand in the history of the thing itself."""

    at = tables.Column(verbose_name=_("recorded at"), order_by="id")
    what = tables.Column(verbose_name=_("act"), empty_values=(), order_by="verb")
    unit = tables.Column(verbose_name=_("thing"), empty_values=(), order_by="unit__code")
    reason = tables.Column(verbose_name=_("reason"), orderable=False)
    user_name = tables.Column(verbose_name=_("officer"))

    class Meta:
        model = Act
        fields = ("at", "what", "unit", "reason", "user_name")
        empty_text = _("Nothing has been recorded here yet")

    def render_at(self, value: Any) -> str:
        return display.moment(value)

    def render_what(self, record: Act) -> Any:
        day = record.effective_on
        return cell(title_of(record), _("in force from %(day)s") % {"day": day} if day else "")

    def render_unit(self, record: Act) -> Any:
        if record.unit is None:
            return record.division.name
        thing = link(reverse("unit", args=[record.unit.code]), record.unit.name)
        return cell(thing, record.division.name)


ACT_COLUMNS = (
    Column(_("recorded at"), lambda act: act.at, "moment", key="at"),
    Column(_("act"), title_of, width=28, key="act"),
    Column(_("effective on"), lambda act: act.effective_on, "date", key="effective_on"),
    Column(_("unit code"), lambda act: act.unit and act.unit.code, "code", 30, key="code"),
    Column(_("name"), lambda act: act.unit and act.unit.name, width=30, key="name"),
    Column(_("division"), lambda act: act.division.name, key="place"),
    Column(_("reason"), lambda act: act.reason, width=30, key="reason"),
    Column(_("source"), lambda act: act.source and str(act.source), width=30, key="source"),
    Column(_("officer"), lambda act: act.user_name, key="officer"),
)


class CappedPaginator(Paginator):
    """Counts no further than ``MOST``: a book grows for ever, and nobody turns to its thousandth page."""

    MOST = 20_000

    @cached_property
    def count(self) -> int:
        table: Any = self.object_list.data  # the rows of a table hold its data, which hold the query
        table._length = table.data.order_by()[: self.MOST].count()  # the table asks for it too
        return table._length


class ActListView(ListPage):
    """The book: every act in the division looked at, the last one first."""

    title = _("The book")
    lead = _("Who did what and when. An entry of the book is never changed and never deleted.")
    model = Act
    table_class = ActTable
    filterset_class = ActFilter
    noun = "act"
    table_pagination = {"per_page": 30, "paginator_class": CappedPaginator}
    export_columns = ACT_COLUMNS

    def get_queryset(self) -> QuerySet:
        rows = self.scoped(Act.objects).select_related("unit", "division", "source")
        return rows.defer("unit__origin").order_by("-id")


directory.register(
    directory.Tile(
        label=_("Registered things"), url_name="units", icon="ledger", order=10,
        note=_("every thing with a page of its own, whatever its kind"),
    ),
    directory.Tile(
        label=_("The book"), url_name="acts", icon="history", order=20,
        note=_("who did what, when and on which paper"),
    ),
    directory.Tile(
        label=_("Forms of higher offices"), url_name="form_templates", icon="sheet", order=80,
        note=_("blank forms that are filled from the lists, and what was handed in"),
        verb="manage_forms",
    ),
)  # fmt: skip
