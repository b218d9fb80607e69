"""``/papers/``: papers that are printed from the data, sealed, and come back as scans. 中文：待盖章文书"""

from __future__ import annotations

from typing import Any

import django_filters as filters
import django_tables2 as tables
from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry import access, badges, display, qr
from registry.errors import BadInput
from registry.exports import Column
from registry.forms_sources import ScanForm, streams
from registry.models import Act, Division, Paper, Unit
from registry.services import papers as services
from registry.services.sealing import file_scans
from registry.tables import DAY, cell, link
from registry.templatetags.ui import render_badge

from .generic import ActionPage, ListPage, Page

PAPERS = (gettext_lazy("Papers to be sealed"), "/papers/")


class PaperTable(tables.Table):
    title = tables.Column(verbose_name=gettext_lazy("paper"))
    about = tables.Column(verbose_name=gettext_lazy("thing and place"), empty_values=(), orderable=False)
    printed_at = tables.Column(verbose_name=gettext_lazy("printed"), attrs=DAY)
    scan = tables.Column(verbose_name=gettext_lazy("sealed scan"), empty_values=())

    class Meta:
        model = Paper
        fields = ("title", "about", "printed_at", "scan")
        empty_text = gettext_lazy("No paper has been printed yet")
        empty_help = gettext_lazy("Papers are made on the page of a thing, or here for a village.")

    def render_title(self, record: Paper) -> Any:
        return cell(link(reverse("paper", args=[record.code]), record.title), record.code)

    def render_about(self, record: Paper) -> Any:
        return cell(record.unit.name, record.division.name) if record.unit else record.division.name

    def render_printed_at(self, record: Paper) -> Any:
        who = record.printed_by.get_full_name() if record.printed_by else _("command line")
        return cell(display.moment(record.printed_at), who)

    def render_scan(self, record: Paper) -> Any:
        return render_badge(badges.badge_of("paper", "sealed" if record.scan_id else "waiting"))


class PaperFilter(filters.FilterSet):
    code = filters.CharFilter(label=gettext_lazy("paper code"), field_name="code", lookup_expr="icontains")
    kind = filters.ChoiceFilter(
        label=gettext_lazy("paper"),
        choices=lambda: [(kind.key, kind.title) for kind in services.all_kinds()],
        empty_label=gettext_lazy("all"),
    )
    sealed = filters.ChoiceFilter(
        label=gettext_lazy("sealed scan"),
        choices=[("no", gettext_lazy("waiting for the seal")), ("yes", gettext_lazy("filed"))],
        method="by_scan",
        empty_label=gettext_lazy("all"),
    )

    class Meta:
        model = Paper
        fields: list[str] = []

    def by_scan(self, rows: QuerySet, _name: str, value: str) -> QuerySet:
        return rows.filter(scan__isnull=value == "no")


class PaperListView(ListPage):
    """Papers of the division, the latest first."""

    title = gettext_lazy("Papers to be sealed")
    lead = gettext_lazy("Printed from the data with a code of their own; the sealed scan finds them by it.")
    model = Paper
    table_class = PaperTable
    filterset_class = PaperFilter
    noun = "paper"
    template_name = "registry/papers/list.html"
    export_columns = (
        Column(gettext_lazy("paper code"), lambda row: row.code),
        Column(gettext_lazy("paper"), lambda row: row.title),
        Column(gettext_lazy("thing"), lambda row: row.unit.name if row.unit else None),
        Column(gettext_lazy("division"), lambda row: row.division.name),
        Column(gettext_lazy("printed"), lambda row: row.printed_at, kind="moment"),
        Column(gettext_lazy("sealed scan"), lambda row: row.scan_id is not None, kind="yes_no"),
    )

    def get_queryset(self) -> QuerySet:
        rows = self.scoped(Paper.objects).filter(kind__in=services.kinds_to_read(self.request.user))
        return rows.select_related("unit", "division", "printed_by").order_by("-pk")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        return super().get_context_data(
            may_seal=access.may(user, "seal_paper"),
            place=self.division if access.may(user, "print_paper", self.division) else None,
            **kwargs,
        )


def subject_of(of: str, key: str, user: Any) -> Any:
    """The unit, division or act that a paper is about, where the user may see it. Raises ``Http404``."""
    rows = {
        "unit": Unit.objects.visible_to(user).in_force().select_related("division__parent"),
        "division": Division.objects.visible_to(user).select_related("parent"),
        "act": Act.objects.visible_to(user).select_related("division", "unit"),
    }.get(of)
    if rows is None or not key.isdecimal() or len(key) > 18:
        raise Http404
    return get_object_or_404(rows, pk=int(key))


class PaperMakeView(Page):
    """``/papers/make/<unit|division>/<pk>/``: which papers can be made for this one."""

    verb = "seal_paper"
    title = gettext_lazy("Make a paper")
    crumbs = (PAPERS,)
    template_name = "registry/papers/make.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        of, user = self.kwargs["of"], self.request.user
        about = subject_of(of, str(self.kwargs["pk"]), user)
        place = about if of == "division" else about.division
        kinds = [
            {"kind": kind, "url": reverse("paper_new", args=[kind.key, about.pk])}
            for kind in services.all_kinds()
            if kind.of == of and access.may(user, kind.verb, place) and kind.fits(about)
        ]
        made = Paper.objects.filter(kind__in=services.kinds_to_read(user), **{of: about})
        return super().get_context_data(
            about=about,
            kinds=kinds,
            made=made if of == "unit" else made.filter(unit=None),
            lead=about.name,
            **kwargs,
        )


class PaperNewView(ActionPage):
    """``/papers/new/<kind>/<key>/``: the paper as it would be printed today, and the button that makes it."""

    verb = "seal_paper"
    crumbs = (PAPERS,)
    form_class = forms.Form
    template_name = "registry/papers/new.html"
    submit = gettext_lazy("Make the paper")
    sign = "print"

    @cached_property
    def kind(self) -> services.PaperKind:
        try:
            return services.kind_of(self.kwargs["kind"])
        except BadInput as error:
            raise Http404(str(error)) from error

    @cached_property
    def about(self) -> Any:
        return subject_of(self.kind.of, self.kwargs["key"], self.request.user)

    @property
    def place(self) -> Division:
        return self.about if self.kind.of == "division" else self.about.division

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        access.require(request.user, self.verb)
        access.require(request.user, self.kind.verb, self.place)
        return super().dispatch(request, *args, **kwargs)

    def act(self, form: forms.Form) -> None:
        self.paper = services.print_paper(
            kind=self.kind.key, by=self.request.user, **{self.kind.of: self.about}
        )

    def get_success_url(self) -> str:
        return reverse("paper", args=[self.paper.code])

    def fallback_url(self) -> str:
        return reverse("unit", args=[self.about.code]) if self.kind.of == "unit" else reverse("papers")

    def get_title(self) -> Any:
        return self.kind.title

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        fits = self.kind.fits(self.about)
        data = services.content(self.kind, self.about) if fits else {}
        names = services.reads_names(self.kind, self.request.user, self.place)
        return super().get_context_data(
            fits=fits, data=services.spoken(data, names=names), kind=self.kind, **kwargs
        )


class PaperView(Page):
    """``/papers/<code>/``: the paper as it was printed; A4 when it is printed."""

    template_name = "registry/papers/paper.html"
    crumbs = (PAPERS,)

    @cached_property
    def paper(self) -> Paper:
        rows = Paper.objects.visible_to(self.request.user).select_related("division", "unit", "scan", "act")
        return get_object_or_404(rows, code=self.kwargs["code"])

    def get_title(self) -> Any:
        return self.paper.title

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        paper, user = self.paper, self.request.user
        kind = services.kind_of(paper.kind)
        access.require(user, kind.reads, paper.division)
        names = services.reads_names(kind, user, paper.division)
        return super().get_context_data(
            paper=paper,
            kind=kind,
            data=services.spoken(paper.data, names=names),
            masked=not names and services.has_names(paper.data),
            square=qr.square(self.address()),
            printed=localtime(paper.printed_at),
            may_seal=access.may(user, kind.verb, paper.division),
            acts=Act.objects.filter(subject=f"paper:{paper.code}"),
            **kwargs,
        )

    def address(self) -> str:
        """What the QR code carries."""
        base = settings.PUBLIC_URL or self.request.build_absolute_uri("/")
        return base.rstrip("/") + reverse("paper", args=[self.paper.code])


class ScanView(ActionPage):
    """``/papers/scan/``: sealed papers come back; an answer for every file."""

    verb = "seal_paper"
    title = gettext_lazy("File sealed scans")
    lead = gettext_lazy("The square sign tells which paper a scan belongs to. Nothing else has to be typed.")
    crumbs = (PAPERS,)
    form_class = ScanForm
    template_name = "registry/papers/scan.html"
    submit = gettext_lazy("File the scans")
    sign = "seal"

    def form_valid(self, form: forms.Form) -> HttpResponse:
        try:
            answers = file_scans(
                files=streams(form.cleaned_data["files"]),
                by=self.request.user,
                code=form.cleaned_data["code"],
                reason=form.cleaned_data["reason"],
            )
        except BadInput as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        fresh = ScanForm() if any(answer.papers for answer in answers) else form
        return self.render_to_response(self.get_context_data(form=fresh, answers=answers))

    def fallback_url(self) -> str:
        return reverse("papers")
