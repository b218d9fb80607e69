"""Tables and filters of roads, water works and relocation sites. 中文：专项台账表格"""

from __future__ import annotations

from typing import Any

import django_filters as filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assets.codes_networks import RoadLevel, RoadPurpose, SiteKind, Surface, WaterScale
from assets.models import RelocationSite, RoadSection, WaterWorks
from registry import badges, display
from registry.codes import Reading
from registry.models import Division
from registry.tables import NUM, cell, link, place
from registry.templatetags.ui import render_badge

ALL = gettext_lazy("all")


class OwnTable(tables.Table):
    """What the lists have in common: the thing, the place, what is amiss."""

    thing = tables.Column(verbose_name=gettext_lazy("name"), empty_values=(), order_by="unit__name")
    where = tables.Column(
        verbose_name=gettext_lazy("place"), empty_values=(), order_by="unit__division__path"
    )
    amiss = tables.Column(verbose_name=gettext_lazy("what is amiss"), empty_values=())

    def render_thing(self, record: Any) -> Any:
        return cell(link(reverse("unit", args=[record.unit.code]), record.unit.name), self.below(record))

    def below(self, record: Any) -> str:
        return record.unit.code

    def render_where(self, record: Any) -> Any:
        return place(record.unit.division)

    def render_amiss(self, record: Any) -> Any:
        if not record.amiss:
            return display.DASH
        return render_badge(badges.badge_of("severity", record.amiss))


class RoadTable(OwnTable):
    """One row a section."""

    kind = tables.Column(
        verbose_name=gettext_lazy("class and surface"), empty_values=(), order_by="technical_class"
    )
    mileage_km = tables.Column(verbose_name=gettext_lazy("mileage (km)"), attrs=NUM)
    built_year = tables.Column(verbose_name=gettext_lazy("year built"), attrs=NUM)

    class Meta:
        model = RoadSection
        fields = ("thing", "where", "kind", "mileage_km", "built_year", "amiss")
        empty_text = gettext_lazy("No road section here")
        empty_help = gettext_lazy("Import the ledger of roads, or enter the section on the page of a road.")

    def below(self, record: Any) -> str:
        return f"{record.route.code} {record.route.name}".strip()

    def render_kind(self, record: Any) -> Any:
        return cell(record.get_technical_class_display() or display.DASH, record.get_surface_display())


class WaterTable(OwnTable):
    """One row a water work."""

    scale = tables.Column(verbose_name=gettext_lazy("kind of supply"), empty_values=())
    people = tables.Column(
        verbose_name=gettext_lazy("people served"), attrs=NUM, order_by="actual_people", empty_values=()
    )
    price = tables.Column(verbose_name=gettext_lazy("price (yuan/m³)"), attrs=NUM)
    collection_rate = tables.Column(verbose_name=gettext_lazy("fees collected (%)"), attrs=NUM)

    class Meta:
        model = WaterWorks
        fields = ("thing", "where", "scale", "people", "price", "collection_rate", "amiss")
        empty_text = gettext_lazy("No water works here")
        empty_help = gettext_lazy("Import the ledger of water works, or enter them on the page of the works.")

    def render_scale(self, record: Any) -> Any:
        return record.get_scale_display() or display.DASH

    def render_people(self, record: Any) -> Any:
        if record.actual_people is None:
            return display.DASH
        designed = (
            _("designed for %(people)s") % {"people": record.design_people} if record.design_people else ""
        )
        return cell(record.actual_people, designed)


class SiteTable(OwnTable):
    """One row a site, with its last figures."""

    people = tables.Column(
        verbose_name=gettext_lazy("households and people"), attrs=NUM, empty_values=(), order_by="people"
    )
    employed = tables.Column(verbose_name=gettext_lazy("people in work"), attrs=NUM, empty_values=())
    certificates = tables.Column(verbose_name=gettext_lazy("certificates"), attrs=NUM, empty_values=())

    class Meta:
        model = RelocationSite
        fields = ("thing", "where", "people", "employed", "certificates", "amiss")
        empty_text = gettext_lazy("No relocation site here")
        empty_help = gettext_lazy("Register a site, or import the ledger of relocation sites.")

    def below(self, record: Any) -> str:
        return str(record.get_kind_display() or record.unit.code)

    def render_people(self, record: Any) -> Any:
        if record.people is None:
            return display.DASH
        return cell(
            _("%(count)s people") % {"count": record.people},
            _("%(count)s households") % {"count": record.homes},
        )

    def render_employed(self, record: Any) -> Any:
        if record.employed is None:
            return display.DASH
        return cell(
            record.employed, _("of %(labour)s able to work") % {"labour": record.labour or display.DASH}
        )

    def render_certificates(self, record: Any) -> Any:
        if record.certificates is None:
            return display.DASH
        return f"{record.certificates} / {record.flats if record.flats is not None else display.DASH}"


def reached(households: int, least: int, reading: str | None) -> badges.Badge | None:
    """Whether a village is on the network, by the reading of its rule; None where it is too small."""
    if households < least:
        return None
    if reading == Reading.NO_DATA:
        return badges.Badge(_("not known"), "question", "unknown")
    if reading:
        return badges.Badge(_("not connected"), "warning", "todo")
    return badges.Badge(_("connected"), "done", "good")


class VillageTable(tables.Table):
    """One row a natural village: its households, where it lies, and whether a road serves it."""

    thing = tables.Column(verbose_name=gettext_lazy("natural village"), empty_values=(), order_by="name")
    households = tables.Column(verbose_name=gettext_lazy("households"), attrs=NUM)
    hardened = tables.Column(verbose_name=gettext_lazy("hardened road"), empty_values=())
    upgraded = tables.Column(verbose_name=gettext_lazy("upgraded road"), empty_values=())
    act = tables.Column(verbose_name="", empty_values=(), orderable=False)

    class Meta:
        model = Division
        fields = ("thing", "households", "hardened", "upgraded", "act")
        empty_text = gettext_lazy("No natural village with households here")
        empty_help = gettext_lazy(
            "Enter the households of natural villages, or import the list of divisions."
        )

    def __init__(self, *args: Any, may_place: bool = False, limits: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.may_place, self.limits = may_place, limits

    def render_thing(self, record: Any) -> Any:
        return cell(record.name, record.parent.name if record.parent else "")

    def render_hardened(self, record: Any) -> Any:
        return self._state(record, record.rod_01, 0)

    def render_upgraded(self, record: Any) -> Any:
        return self._state(record, record.rod_02, 1)

    def _state(self, record: Any, reading: str | None, which: int) -> Any:
        badge = reached(record.households, self.limits(record.path)[which], reading)
        return render_badge(badge) if badge else _("not asked")

    def render_act(self, record: Any) -> Any:
        words = _("Correct its place") if record.placed else _("Say where it lies")
        return link(reverse("division_centre", args=[record.pk]), words) if self.may_place else ""


class WordFilter(filters.FilterSet):
    """Name or code of the thing."""

    q = filters.CharFilter(label=gettext_lazy("name or code"), method="by_words")

    def by_words(self, rows: QuerySet, _name: str, value: str) -> QuerySet:
        words = value.strip()
        return rows.filter(Q(unit__name__icontains=words) | Q(unit__code__icontains=words))


class RoadFilter(WordFilter):
    level = filters.ChoiceFilter(label=gettext_lazy("road level"), field_name="route__level",
                                 choices=RoadLevel.choices, empty_label=ALL)  # fmt: skip
    surface = filters.ChoiceFilter(label=gettext_lazy("surface"), choices=Surface.choices, empty_label=ALL)
    purpose = filters.ChoiceFilter(
        label=gettext_lazy("road purpose"), choices=RoadPurpose.choices, empty_label=ALL
    )

    class Meta:
        model = RoadSection
        fields: list[str] = []

    def by_words(self, rows: QuerySet, _name: str, value: str) -> QuerySet:
        words = value.strip()
        route = Q(route__code__icontains=words) | Q(route__name__icontains=words)
        return rows.filter(route | Q(unit__name__icontains=words) | Q(unit__code__icontains=words))


class WaterFilter(WordFilter):
    scale = filters.ChoiceFilter(
        label=gettext_lazy("kind of supply"), choices=WaterScale.choices, empty_label=ALL
    )

    class Meta:
        model = WaterWorks
        fields: list[str] = []


class SiteFilter(WordFilter):
    kind = filters.ChoiceFilter(label=gettext_lazy("kind of site"), choices=SiteKind.choices, empty_label=ALL)

    class Meta:
        model = RelocationSite
        fields: list[str] = []
