"""The list of parties 主体列表: table, filter, export columns."""

from __future__ import annotations

from typing import Any

import django_filters as filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from registry import access, badges, clock, display
from registry.codes import PRIVATE_KINDS, PartyKind
from registry.exports import Column
from registry.models import Party
from registry.queries.parties import findable, shown_name
from registry.tables import cell, link, place
from registry.templatetags.ui import render_badge

MERGED = badges.Badge(_("merged"), "layers", "unknown")
LEFT = badges.Badge(_("has left"), "exit", "unknown")
STANDING = badges.Badge(_("on record"), "done", "good")


def mark(party: Party) -> badges.Badge:
    """Whether a party stands, has left, or was merged into another record."""
    if party.merged_into_id:
        return MERGED
    return LEFT if party.active_until and party.active_until <= clock.today() else STANDING


class PartyTable(tables.Table):
    """One row a party."""

    name = tables.Column(verbose_name=_("name"))
    kind = tables.Column(verbose_name=_("kind"))
    where = tables.Column(verbose_name=_("place"), accessor="division__name", order_by="division__path")
    uscc = tables.Column(verbose_name=_("unified social credit code"))
    state = tables.Column(verbose_name=_("state"), empty_values=(), orderable=False)

    class Meta:
        model = Party
        fields = ("name", "kind", "where", "uscc", "state")
        empty_text = _("No party here")

    def render_name(self, record: Party) -> Any:
        former = "、".join(record.former_names) if record.kind not in PRIVATE_KINDS else ""
        return cell(
            link(reverse("party", args=[record.pk]), shown_name(record, self.request.user)),
            _("formerly %(names)s") % {"names": former} if former else "",
        )

    def render_where(self, record: Party) -> Any:
        return place(record.division)

    def render_uscc(self, record: Party) -> Any:
        return record.uscc or display.DASH

    def render_state(self, record: Party) -> Any:
        return render_badge(mark(record))


class PartyFilter(filters.FilterSet):
    """Standing ones unless another state is asked for."""

    q = filters.CharFilter(label=_("name or code"), method="by_words")
    kind = filters.ChoiceFilter(label=_("kind"), choices=PartyKind.choices, empty_label=_("all"))
    state = filters.ChoiceFilter(
        label=_("state"),
        choices=[("left", _("has left")), ("merged", _("merged")), ("every", _("all"))],
        method="by_state",
        empty_label=_("on record"),
    )

    class Meta:
        model = Party
        fields: list[str] = []

    @property
    def qs(self) -> QuerySet:
        rows = super().qs
        asked = self.form.cleaned_data if self.form.is_valid() else {}
        return rows if asked.get("state") else rows.standing().filter(_present())

    def by_words(self, rows: QuerySet, _name: str, value: str) -> QuerySet:
        names = access.may(self.request.user, "see_personal")
        return findable(rows, value, names=names)

    def by_state(self, rows: QuerySet, _name: str, value: str) -> QuerySet:
        if value == "merged":
            return rows.exclude(merged_into=None)
        return rows.filter(active_until__lte=clock.today()) if value == "left" else rows


def _present() -> Q:
    return Q(active_until=None) | Q(active_until__gt=clock.today())


EXPORT = (
    Column(_("name"), lambda row: row.name, person=lambda row: row.kind in PRIVATE_KINDS),
    Column(_("kind"), lambda row: row.get_kind_display()),
    Column(_("place"), lambda row: row.division.name),
    Column(_("unified social credit code"), lambda row: row.uscc, kind="code"),
    Column(_("left on"), lambda row: row.active_until, kind="date"),
)
