"""``/sources/``: the documents that facts rest on, their files, and what rests on each. 中文：依据"""

from __future__ import annotations

from typing import Any

import django_filters as filters
import django_tables2 as tables
from django import forms
from django.db.models import Q, QuerySet
from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from registry import access, badges, display
from registry.acts import sentence
from registry.codes import PRIVATE_KINDS, Level
from registry.exports import Column
from registry.forms_sources import AddFilesForm, SourceForm, streams
from registry.models import Act, Division, Entry, FileState, Source, SourceFile, SourceKind, StoredFile, Unit
from registry.queries import sources as reading
from registry.services import sources as services
from registry.services.files import path_of
from registry.tables import DAY, NUM, cell, link
from registry.templatetags.ui import render_badge

from .generic import ActionPage, ListPage, Page, PageMixin

SOURCES = (gettext_lazy("Sources"), "/sources/")


def look(record: StoredFile) -> Any:
    """The badge of a file that is missing or altered; nothing for one that is in order."""
    return "" if record.state == FileState.PRESENT else render_badge(badges.badge_of("file", record.state))


class SourceTable(tables.Table):
    title = tables.Column(verbose_name=gettext_lazy("document"))
    kind = tables.Column(verbose_name=gettext_lazy("kind"))
    issuer = tables.Column(verbose_name=gettext_lazy("issuer"))
    issued_on = tables.Column(verbose_name=gettext_lazy("date"), attrs=DAY)
    division = tables.Column(verbose_name=gettext_lazy("division"), order_by="division__path")
    files_count = tables.Column(verbose_name=gettext_lazy("files"), attrs=NUM)

    class Meta:
        model = Source
        fields = ("title", "kind", "issuer", "issued_on", "division", "files_count")
        empty_text = gettext_lazy("No document here")
        empty_help = gettext_lazy("Documents come with imports and acts, or are filed here.")

    def render_title(self, record: Source) -> Any:
        return cell(link(reverse("source", args=[record.pk]), record.title), record.number)

    def render_issued_on(self, record: Source) -> str:
        return display.day(record.issued_on)

    def render_division(self, record: Source) -> str:
        return record.division.name

    def render_files_count(self, record: Source) -> Any:
        fault = badges.badge_of("file", "faulty")
        return format_html("{} {}", record.files_count, render_badge(fault) if record.faulty else "")


class SourceFilter(filters.FilterSet):
    words = filters.CharFilter(label=gettext_lazy("number or title"), method="by_words")
    kind = filters.ChoiceFilter(
        label=gettext_lazy("kind"), choices=SourceKind.choices, empty_label=gettext_lazy("all")
    )
    files = filters.ChoiceFilter(
        label=gettext_lazy("files"),
        choices=[
            ("none", gettext_lazy("without a file")),
            ("faulty", gettext_lazy("missing or altered on disk")),
        ],
        method="by_files",
        empty_label=gettext_lazy("all"),
    )

    class Meta:
        model = Source
        fields: list[str] = []

    def by_words(self, rows: QuerySet, _name: str, value: str) -> QuerySet:
        return rows.filter(Q(number__icontains=value) | Q(title__icontains=value))

    def by_files(self, rows: QuerySet, _name: str, value: str) -> QuerySet:
        return rows.filter(faulty=True) if value == "faulty" else rows.filter(files_count=0)


class SourceListView(ListPage):
    """Documents of the division, the latest first."""

    title = gettext_lazy("Sources")
    lead = gettext_lazy("The documents on whose strength facts are registered, with their files.")
    model = Source
    table_class = SourceTable
    filterset_class = SourceFilter
    noun = "source"
    template_name = "registry/sources/list.html"
    export_columns = (
        Column(gettext_lazy("title"), lambda row: row.title),
        Column(gettext_lazy("document number"), lambda row: row.number),
        Column(gettext_lazy("kind"), lambda row: str(row.get_kind_display())),
        Column(gettext_lazy("issuer"), lambda row: row.issuer),
        Column(gettext_lazy("date"), lambda row: row.issued_on, kind="date"),
        Column(gettext_lazy("division"), lambda row: row.division.name),
        Column(gettext_lazy("files"), lambda row: row.files_count, kind="count"),
    )

    def get_queryset(self) -> QuerySet:
        return reading.listed(self.scoped(Source.objects)).order_by("-issued_on", "-pk")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may_file = access.may(self.request.user, "register_source")
        return super().get_context_data(may_file=may_file, **kwargs)


class SourceNewView(ActionPage):
    """A document that is filed by itself."""

    verb = "register_source"
    title = gettext_lazy("File a document")
    crumbs = (SOURCES,)
    form_class = SourceForm
    submit = gettext_lazy("File it")
    done = gettext_lazy("The document is filed.")

    def get_form_kwargs(self) -> dict[str, Any]:
        paths = access.scope_paths(self.request.user, self.verb)
        places = Division.objects.within_paths(paths).exclude(level=Level.NATURAL_VILLAGE)
        return {
            **super().get_form_kwargs(),
            "places": places.select_related("parent").order_by("path"),
            "initial": {"division": self.division.pk, "kind": SourceKind.DECISION},
        }

    def act(self, form: forms.Form) -> None:
        values = {**form.cleaned_data, "files": streams(form.cleaned_data["files"])}
        self.source = services.file_source(by=self.request.user, **values)

    def get_success_url(self) -> str:
        return reverse("source", args=[self.source.pk])

    def fallback_url(self) -> str:
        return reverse("sources")


def line(unit: Unit | None, name: Any, what: Any, note: Any = "", url: str = "") -> dict[str, Any]:
    """One fact that rests on a document: the thing it is about, what it is, small print."""
    address = reverse("unit", args=[unit.code]) if unit else url
    return {"url": address, "name": unit.name if unit else name, "what": what, "note": note}


def lines(found: reading.Resting, *, names: bool) -> list[dict[str, Any]]:
    """What rests on a document, kind by kind."""

    def holder(entry: Entry) -> str:
        hidden = entry.party.kind in PRIVATE_KINDS and not names
        name = display.masked(entry.party.name) if hidden else entry.party.name
        return f"{entry.get_code_display()} · {name} · {display.share(entry)}"

    period = display.period
    return [
        *(line(entry.unit, "", holder(entry), period(entry.valid)) for entry in found.entries),
        *(line(shape.unit, "", _("shape"), period(shape.valid)) for shape in found.shapes),
        *(line(None, item.title, _("decision"), display.day(item.held_on)) for item in found.decisions),
        *(line(None, str(item), _("notice")) for item in found.notices),
        *(
            line(
                None, f"{paper.title} {paper.code}", _("sealed scan"), url=reverse("paper", args=[paper.code])
            )
            for paper in found.papers
        ),
        *(line(act.unit, act.user_name, sentence(act.verb), display.moment(act.at)) for act in found.acts),
    ]


class SourceMixin(PageMixin):
    """One document that the user may see."""

    kwargs: dict[str, Any]

    @cached_property
    def source(self) -> Source:
        rows = Source.objects.visible_to(self.request.user).select_related("division", "batch")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get_title(self) -> Any:
        return self.source.title


class SourceView(SourceMixin, Page):
    """One document: facts, files, what rests on it."""

    template_name = "registry/sources/source.html"
    crumbs = (SOURCES,)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        source, user = self.source, self.request.user
        acts = Act.objects.filter(subject=f"source:{source.pk}")
        return super().get_context_data(
            source=source,
            facts=self.facts(source),
            files=[
                (row, look(row.file)) for row in source.files.select_related("file", "preview", "added_by")
            ],
            originals=access.may(user, "open_source", source.division),
            may_add=access.may(user, "register_source", source.division),
            rests=lines(
                reading.resting_on(source, user), names=access.may(user, "see_personal", source.division)
            ),
            acts=acts,
            **kwargs,
        )

    def facts(self, source: Source) -> list[tuple[Any, Any]]:
        batch = source.batch
        return [
            (_("kind"), source.get_kind_display()),
            (_("document number"), source.number or None),
            (_("issuer"), source.issuer or None),
            (_("date"), display.day(source.issued_on)),
            (_("division"), source.division.name),
            *([(_("came with import"), f"#{batch.pk}")] if batch else []),
        ]


class SourceFilesView(SourceMixin, ActionPage):
    """More files of a document."""

    verb = "register_source"
    crumbs = (SOURCES,)
    form_class = AddFilesForm
    submit = gettext_lazy("Add the files")
    sign = "plus"
    done = gettext_lazy("The files are kept with the document.")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        access.require(request.user, self.verb)
        access.require(request.user, self.verb, self.source.division)
        return super().dispatch(request, *args, **kwargs)

    def act(self, form: forms.Form) -> None:
        services.add_files(
            source=self.source, files=streams(form.cleaned_data["files"]), by=self.request.user
        )

    def fallback_url(self) -> str:
        return reverse("source", args=[self.source.pk])


class FileView(PageMixin, View):
    """``/files/<pk>/``: the original, byte for byte, always as a download."""

    verb = "open_source"
    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, pk: int) -> FileResponse:
        rows = SourceFile.objects.visible_to(request.user).select_related(
            "file", "preview", "source__division"
        )
        found = get_object_or_404(rows, pk=pk)
        access.require(request.user, self.verb, found.source.division)
        return self.answer(found)

    def answer(self, found: SourceFile) -> FileResponse:
        kept = "application/octet-stream" if not found.media_type else found.media_type
        return _bytes(found.file, found.name or found.file.name, kept, attachment=True)


class PreviewView(FileView):
    """``/files/<pk>/preview/``: the picture encoded anew, without what the camera wrote."""

    verb = "view"

    def answer(self, found: SourceFile) -> FileResponse:
        if found.preview is None:
            raise Http404
        return _bytes(found.preview, found.preview.name, found.preview.media_type, attachment=False)


def _bytes(file: StoredFile, name: str, media_type: str, *, attachment: bool) -> FileResponse:
    """A kept file as the answer; 404 where it is missing on disk (the command ``verify`` says so)."""
    try:
        handle = path_of(file).open("rb")
    except OSError as error:
        raise Http404(_("The file is missing on disk.")) from error
    answer = FileResponse(handle, as_attachment=attachment, filename=name, content_type=media_type)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer
