"""Lists of roads, water works, sites, and of the villages on the road network. 中文：专项台账页面"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import django_filters as filters
from django.db.models import Exists, OuterRef, QuerySet, Subquery, Sum
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assets.codes_networks import RoadLevel
from assets.exporters.networks import ROAD_COLUMNS, SITE_COLUMNS, WATER_COLUMNS, preparer, site_preparer
from assets.models import Centre, RelocationSite, RoadSection, SiteFigures, WaterWorks
from assets.parameters_networks import HARDEN_HOUSEHOLDS, UPGRADE_HOUSEHOLDS
from assets.services.own import PERMISSION
from assets.tables_networks import (
    RoadFilter,
    RoadTable,
    SiteFilter,
    SiteTable,
    VillageTable,
    WaterFilter,
    WaterTable,
    reached,
)
from registry import access, clock
from registry.codes import Level
from registry.exports import Column
from registry.models import Division, Finding
from registry.rules import parameters
from registry.views.generic import ListPage


def opened(subject: str = "unit") -> Any:
    """The gravest open finding of a row, for its badge."""
    rows = Finding.objects.open().filter(**{subject: OuterRef(subject)})
    return Subquery(rows.order_by("severity").values("severity")[:1])


class OwnList(ListPage):
    """A list of own facts of units in the register; ``ledger`` is the kind of import that fills it."""

    template_name = "assets/networks/list.html"
    export_unit = "unit_id"
    export_heading = True
    ledger = ""
    new_url = ""

    def get_queryset(self) -> QuerySet:
        rows = self.scoped(self.model.objects).standing(clock.today())  # type: ignore[union-attr]
        return rows.select_related("unit__division__parent").annotate(amiss=opened())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            may_import=access.may(self.request.user, "import_ledger"),
            may_register=access.may(self.request.user, PERMISSION),
            import_url=reverse("import_new", args=[f"ledger:{self.ledger}"]),
            new_url=reverse(self.new_url) if self.new_url else "",
            **kwargs,
        )


class RoadListView(OwnList):
    """``/roads/``: the sections of the roads, with kilometres by level."""

    title = gettext_lazy("Rural roads")
    lead = gettext_lazy("Routes and their sections: what they are, who answers for them, what is amiss.")
    model = RoadSection
    table_class = RoadTable
    filterset_class = RoadFilter
    export_columns = ROAD_COLUMNS
    noun = "road_section"
    ledger = "roads"

    def get_queryset(self) -> QuerySet:
        return (
            super()
            .get_queryset()
            .select_related("route", "unit__division__parent")
            .order_by("route__code", "start_stake", "pk")
        )

    def made_export(self, **asked: Any) -> Any:
        self.export_prepare = preparer(clock.today())  # type: ignore[assignment,method-assign]
        return super().made_export(**asked)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        sums = self.get_queryset().order_by().values_list("route__level").annotate(km=Sum("mileage_km"))
        km = {level: total for level, total in sums if total}
        return super().get_context_data(
            figures=[
                (label, f"{km[level].normalize():f} km") for level, label in RoadLevel.choices if level in km
            ],
            more_url=reverse("road_villages"),
            more=_("Villages on the road network"),
            **kwargs,
        )


class WaterListView(OwnList):
    """``/water-works/``: whom they serve, and what water costs."""

    title = gettext_lazy("Water works")
    lead = gettext_lazy("Whom they serve, what water costs, and who vouches for it.")
    model = WaterWorks
    table_class = WaterTable
    filterset_class = WaterFilter
    export_columns = WATER_COLUMNS
    noun = "water_works"
    ledger = "water_works"

    def get_queryset(self) -> QuerySet:
        return super().get_queryset().order_by("unit__division__path", "unit__code")

    def made_export(self, **asked: Any) -> Any:
        self.export_prepare = preparer(clock.today())  # type: ignore[assignment,method-assign]
        return super().made_export(**asked)


class SiteListView(OwnList):
    """``/relocation-sites/``: who lives there, who has work, what is amiss."""

    title = gettext_lazy("Relocation sites")
    lead = gettext_lazy("Who lives there, who has work, and what is still to be done.")
    model = RelocationSite
    table_class = SiteTable
    filterset_class = SiteFilter
    export_columns = SITE_COLUMNS
    noun = "relocation_site"
    ledger = "relocation_sites"
    new_url = "relocation_site_new"

    def get_queryset(self) -> QuerySet:
        figures = (
            SiteFigures.objects.in_force()
            .filter(unit=OuterRef("unit"), on__lte=clock.today())
            .order_by("-on")
        )
        last = {
            name: Subquery(figures.values(column)[:1])
            for name, column in {"homes": "households", "people": "people", "employed": "employed",
                                 "labour": "labour"}.items()
        }  # fmt: skip
        return super().get_queryset().annotate(**last).order_by("unit__division__path", "unit__code")

    def made_export(self, **asked: Any) -> Any:
        self.export_prepare = site_preparer(clock.today())  # type: ignore[assignment,method-assign]
        return super().made_export(**asked)


class VillageFilter(filters.FilterSet):
    """Name, and whether a road is missing."""

    q = filters.CharFilter(label=gettext_lazy("name"), field_name="name", lookup_expr="icontains")
    missing = filters.ChoiceFilter(
        label=gettext_lazy("what is amiss"),
        method="by_rule",
        choices=[("rod_01", gettext_lazy("no hardened road")), ("rod_02", gettext_lazy("no upgraded road"))],
        empty_label=gettext_lazy("all"),
    )

    class Meta:
        model = Division
        fields: list[str] = []

    def by_rule(self, rows: QuerySet, _name: str, value: str) -> QuerySet:
        return rows.filter(**{f"{value}__isnull": False})


class VillageListView(ListPage):
    """``/roads/villages/``: which natural village is on the road network, by ROD-01 and ROD-02."""

    title = gettext_lazy("Villages on the road network")
    lead = gettext_lazy(
        "Connected is a village near a good road that leads to the seat of its township, not near any road."
    )
    crumbs = ((gettext_lazy("Rural roads"), "/roads/"),)
    model = Division
    table_class = VillageTable
    filterset_class = VillageFilter
    noun = "natural_village"

    def get_queryset(self) -> QuerySet:
        found = Finding.objects.open().filter(subject_type="division", division=OuterRef("pk"))
        centres = Centre.objects.in_force().filter(division=OuterRef("pk"))
        rows = Division.objects.on(clock.today()).filter(
            level=Level.NATURAL_VILLAGE, households__isnull=False
        )
        return (
            self.scoped(rows)
            .select_related("parent")
            .annotate(
                placed=Exists(centres),
                rod_01=Subquery(found.filter(rule="ROD-01").values("reading")[:1]),
                rod_02=Subquery(found.filter(rule="ROD-02").values("reading")[:1]),
            )
            .order_by("-households", "path")
        )

    @cached_property
    def limits(self) -> Callable[[str], tuple[int, int]]:
        """Households from which a village of a path is asked: hardened, upgraded."""
        value_of = parameters.resolver((HARDEN_HOUSEHOLDS, UPGRADE_HOUSEHOLDS), clock.today())
        return lambda path: (value_of(HARDEN_HOUSEHOLDS, path), value_of(UPGRADE_HOUSEHOLDS, path))

    def get_export_columns(self) -> list[Column]:
        def word(row: Any, which: int, reading: str | None) -> str:
            badge = reached(row.households, self.limits(row.path)[which], reading)
            return str(badge.word) if badge else _("not asked")

        return [
            Column("自然村编码", lambda row: row.code, "code", 20),
            Column("自然村", lambda row: row.name, width=20),
            Column("行政村", lambda row: row.parent.name if row.parent else "", width=20),
            Column("户数", lambda row: row.households, "count"),
            Column("硬化路", lambda row: word(row, 0, row.rod_01)),
            Column("等级路", lambda row: word(row, 1, row.rod_02)),
        ]

    def get_table_kwargs(self) -> dict[str, Any]:
        return {
            **super().get_table_kwargs(),
            "may_place": access.may(self.request.user, "place_unit", self.division),
            "limits": self.limits,
        }
