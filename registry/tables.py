"""Tables of the kernel's lists (django-tables2, drawn by registry/ui/table.html)."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from registry import badges, display, importers
from registry.models import Finding, ImportBatch
from registry.queries import findings as reading
from registry.templatetags.ui import render_badge
from registry.unit_panels import office_of

NUM = {"th": {"class": "num"}, "td": {"class": "num"}}
WIDE = {"th": {"class": "hide-phone"}, "td": {"class": "hide-phone"}}


class FindingTable(tables.Table):
    """One row a finding: the sentence, where, who must act, since when."""

    what = tables.Column(verbose_name=_("what is wrong"), empty_values=(), order_by="rule")
    unit = tables.Column(verbose_name=_("thing"), empty_values=(), order_by="unit__name")
    division = tables.Column(verbose_name=_("place"), accessor="division__name", order_by="division__path")
    office = tables.Column(verbose_name=_("who must act"), empty_values=(), orderable=False)
    since = tables.Column(verbose_name=_("since"))
    state = tables.Column(verbose_name=_("state"))

    class Meta:
        model = Finding
        fields = ("what", "unit", "division", "office", "since", "state")
        empty_text = _("No finding here")
        order_by = ("baseline", "severity", "since")

    def render_what(self, record: Finding) -> Any:
        old = render_badge(badges.Badge(_("baseline"), "history", "calm")) if record.baseline else ""
        return format_html(
            '<a href="{}">{}</a><span class="sub">{} {} {} · {}</span>',
            reverse("finding", args=[record.pk]),
            reading.sentence(record),
            render_badge(badges.badge_of("severity", record.severity)),
            old,
            record.rule,
            reading.title(record),
        )

    def render_unit(self, record: Finding) -> Any:
        on_map = format_html('<a class="sub" href="/map/?finding={}">{}</a>', record.pk, _("on the map"))
        if record.unit is None:
            return on_map
        return format_html(
            '<a href="{}">{}</a>{}', reverse("unit", args=[record.unit.code]), record.unit.name, on_map
        )

    def render_office(self, record: Finding) -> str:
        return office_of(record) or display.DASH

    def render_since(self, record: Finding) -> Any:
        return format_html(
            '{}<span class="sub">{}</span>', display.day(record.since), display.days_ago(record.since)
        )

    def render_state(self, record: Finding) -> Any:
        return render_badge(badges.badge_of("finding", record.state))


class ImportTable(tables.Table):
    """Files that came in."""

    file = tables.Column(verbose_name=_("file"), accessor="file__name", order_by="file__name")
    kind = tables.Column(verbose_name=_("what it holds"))
    state = tables.Column(verbose_name=_("state"))
    rows = tables.Column(verbose_name=_("rows"), attrs=NUM)
    accepted = tables.Column(verbose_name=_("accepted"), attrs=NUM)
    bad = tables.Column(verbose_name=_("returned"), empty_values=(), attrs=NUM, orderable=False)
    created_at = tables.Column(verbose_name=_("imported"))

    class Meta:
        model = ImportBatch
        fields = ("file", "kind", "state", "rows", "accepted", "bad", "created_at")
        empty_text = _("No file has come in yet")
        order_by = ("-id",)

    def render_file(self, record: ImportBatch) -> Any:
        return format_html(
            '<a href="{}">{}</a><span class="sub">#{}</span>',
            reverse("import", args=[record.pk]),
            record.file.name,
            record.pk,
        )

    def render_kind(self, record: ImportBatch) -> Any:
        return kind_label(record.kind)

    def render_state(self, record: ImportBatch) -> Any:
        return render_badge(badges.badge_of("batch", record.state))

    def render_bad(self, record: ImportBatch) -> Any:
        bad = max(record.rows - record.accepted - record.unchanged, 0) if record.state != "refused" else None
        return display.number(bad) if bad is not None else display.DASH

    def render_created_at(self, record: ImportBatch) -> Any:
        who = record.created_by.get_full_name() if record.created_by else _("command line")
        return format_html('{}<span class="sub">{}</span>', display.moment(record.created_at), who)


def kind_label(kind: str) -> Any:
    """What an importer is called; a kind that no importer answers for is shown as it is."""
    known = {importer.kind: importer.label for importer in importers.all_importers()}
    return known.get(kind, kind)
