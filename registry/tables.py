"""Tables of the kernel's lists (django-tables2, drawn by registry/ui/table.html)."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from registry import badges, clock, display, importers
from registry.codes import FindingState, Level, Severity
from registry.models import Finding, ImportBatch
from registry.queries import findings as reading
from registry.templatetags.ui import render_badge
from registry.unit_panels import office_of

NUM = {"th": {"class": "num"}, "td": {"class": "num"}}
DAY = {"td": {"class": "nowrap"}}
BASELINE = badges.Badge(_("baseline"), "history", "calm")


def cell(main: Any, below: Any = "") -> Any:
    """A value with a line of small print below it; one element, so that a phone keeps them together."""
    if not below:
        return format_html("<span>{}</span>", main)
    return format_html('<span>{}<span class="sub">{}</span></span>', main, below)


def place(division: Any) -> Any:
    """A place for a list: the village first, the natural village in small print below."""
    if division.level == Level.NATURAL_VILLAGE and division.parent is not None:
        return cell(division.parent.name, division.name)
    return division.name


def link(url: str, words: Any) -> Any:
    return format_html('<a href="{}">{}</a>', url, words)


class FindingTable(tables.Table):
    """One row a finding: the sentence, where, who must act, since when."""

    what = tables.Column(verbose_name=_("what is wrong"), empty_values=(), order_by="rule")
    where = tables.Column(verbose_name=_("thing and place"), empty_values=(), order_by="division__path")
    office = tables.Column(verbose_name=_("who must act"), empty_values=(), orderable=False)
    due_on = tables.Column(verbose_name=_("deadline"), empty_values=(), attrs=DAY)
    since = tables.Column(verbose_name=_("since"), attrs=DAY)
    state = tables.Column(verbose_name=_("state"), attrs=DAY)

    class Meta:
        model = Finding
        fields = ("what", "where", "office", "due_on", "since", "state")
        empty_text = _("No finding here")

    def render_what(self, record: Finding) -> Any:
        marks = [] if record.severity == Severity.F else [badges.badge_of("severity", record.severity)]
        marks += [BASELINE] if record.baseline else []
        return format_html(
            '<a href="{}">{}</a><span class="sub">{} {} · {}</span>',
            reverse("finding", args=[record.pk]),
            reading.sentence(record, self.request.user),
            mark_safe(" ".join(render_badge(mark) for mark in marks)),  # noqa: S308 (badges are safe)
            record.rule or record.get_origin_display(),
            reading.title(record),
        )

    def render_where(self, record: Finding) -> Any:
        unit = record.unit
        below = format_html(
            '{} · <a href="/map/?finding={}">{}</a>', record.division.name, record.pk, _("on the map")
        )
        return cell(link(reverse("unit", args=[unit.code]), unit.name) if unit else "", below)

    def render_office(self, record: Finding) -> Any:
        person = record.person.get_full_name() if record.person else ""
        return cell(office_of(record) or display.DASH, person)

    def render_due_on(self, record: Finding) -> Any:
        if record.due_on is None or record.closed_on is not None:
            return display.DASH
        if reading.is_overdue(record, clock.today()):
            return cell(display.day(record.due_on), render_badge(badges.OVERDUE))
        return cell(display.day(record.due_on), display.days_ago(record.due_on))

    def render_since(self, record: Finding) -> Any:
        return cell(display.day(record.since), display.days_ago(record.since))

    def render_state(self, record: Finding) -> Any:
        if record.state == FindingState.OPEN:
            return record.get_state_display()
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
        return cell(display.moment(record.created_at), who)


def kind_label(kind: str) -> Any:
    """What an importer is called; a kind that no importer answers for is shown as it is."""
    known = {importer.kind: importer.label for importer in importers.all_importers()}
    return known.get(kind, kind)
