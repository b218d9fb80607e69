"""``/imports/``: a file comes in: choose, check, preview, done. 中文：文件导入"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from registry import access, importers
from registry.codes import BatchState
from registry.errors import NotAllowed
from registry.exports import Column
from registry.filters import ImportFilter
from registry.forms import ImportForm, MappingForm
from registry.importers.base import Importer
from registry.models import Division, ImportBatch
from registry.queries import import_summaries as summaries
from registry.queries import mapping
from registry.queries.imports import LABELS, Part, describe_changes, parts_of, rows_of, visible_batches
from registry.queries.samples import Sample, samples
from registry.services import import_jobs
from registry.services.imports import reverse_batch
from registry.tables import ImportTable, kind_label

from .generic import FIRST, ActionPage, ListPage, Page, PageMixin, call_service

IMPORTS = (gettext_lazy("Imports"), "/imports/")
STEPS = [
    gettext_lazy("Choose the file"),
    gettext_lazy("Check"),
    gettext_lazy("Preview"),
    gettext_lazy("Done"),
]
CHUNK = 1 << 20
ACCEPTED = {
    "import_ledger": gettext_lazy("An Excel file (.xlsx, .xls) or .csv, as the office keeps it."),
    "keep_land_register": gettext_lazy("An Excel file (.xlsx, .xls) or .csv, as the office keeps it."),
    "import_statement": gettext_lazy("A statement as the bank exports it: .csv, .xlsx or .xls."),
    "import_layer": gettext_lazy("GeoPackage, GeoJSON, or a shapefile with all its parts in one .zip."),
    "import_divisions": gettext_lazy("A .csv with the columns level, code, name, parent_code."),
}


def open_importers(user: Any) -> list[Importer]:
    """Importers that the user's roles open."""
    return [importer for importer in importers.all_importers() if access.may(user, importer.verb)]


class ImportMixin(PageMixin):
    """For those who may import anything at all."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated and not open_importers(request.user):
            raise NotAllowed(
                _("Your role does not include imports. Ask the administrator for the role it needs.")
            )
        return super().dispatch(request, *args, **kwargs)


class ImportListView(ImportMixin, ListPage):
    title = gettext_lazy("Imports")
    lead = gettext_lazy(
        "Every file is read and checked first; nothing is written before you apply it, "
        "and an applied file can be taken back as a whole."
    )
    model = ImportBatch
    table_class = ImportTable
    filterset_class = ImportFilter
    noun = "file"
    template_name = "registry/imports.html"
    export_columns = (
        Column(gettext_lazy("file"), lambda batch: batch.file.name, width=40, key="file"),
        Column(gettext_lazy("what it holds"), lambda batch: kind_label(batch.kind), key="kind"),
        Column(gettext_lazy("state"), lambda batch: batch.get_state_display(), key="state"),
        Column(gettext_lazy("rows"), lambda batch: batch.rows, "count", key="rows"),
        Column(gettext_lazy("accepted"), lambda batch: batch.accepted, "count", key="accepted"),
        Column(gettext_lazy("imported"), lambda batch: batch.created_at, "moment", key="created_at"),
    )

    def get_queryset(self) -> QuerySet:
        return visible_batches(self.request.user).select_related("file", "created_by").order_by("-id")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(importers=open_importers(self.request.user), **kwargs)


class ImportNewView(ImportMixin, ActionPage):
    """``/imports/new/<kind>/``: the file and what its importer must know."""

    template_name = "registry/import_new.html"
    form_class = ImportForm
    submit = gettext_lazy("Read and check")

    @cached_property
    def importer(self) -> Importer:
        for importer in importers.all_importers():
            if importer.kind == self.kwargs["kind"]:
                access.require(self.request.user, importer.verb)
                return importer
        raise Http404(_("There is no import of the kind %(kind)s.") % {"kind": self.kwargs["kind"]})

    @cached_property
    def sample(self) -> Sample | None:
        wanted = self.request.GET.get("sample") or self.request.POST.get("sample")
        for sample in samples(self.request.user):
            if sample.name == wanted and sample.kind == self.importer.kind:
                return sample
        return None

    def get_title(self) -> Any:
        return _("Import: %(what)s") % {"what": self.importer.label}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {
            **super().get_form_kwargs(),
            "options": self.importer.options,
            "user": self.request.user,
            "sample": self.sample is not None,
        }

    def act(self, form: forms.Form) -> None:
        upload = form.cleaned_data.get("file")
        if upload is not None:
            chunks, name = upload.chunks(), upload.name
        else:
            chunks, name = _read(self.sample), self.sample.name  # type: ignore[union-attr]
        division = form.cleaned_data.get("division")
        self.batch = import_jobs.receive_file(
            kind=self.importer.kind,
            chunks=chunks,
            name=name,
            options=form.options(),  # type: ignore[attr-defined]
            by=self.request.user,
            division=division or self.default_division(),
        )

    def default_division(self) -> Division | None:
        """The township of a ledger that states none; layers and lists of divisions find theirs themselves."""
        if self.importer.verb not in ("import_ledger", "keep_land_register"):
            return None
        grants = access.current_grants(self.request.user)
        roles = access.VERBS[self.importer.verb]
        return next((grant.division for grant in grants if grant.role in roles), None)

    def get_success_url(self) -> str:
        return reverse("import", args=[self.batch.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            importer=self.importer,
            sample=self.sample,
            accepted=ACCEPTED.get(self.importer.verb, ""),
            offered=[sample for sample in samples(self.request.user) if sample.kind == self.importer.kind],
            crumbs=[FIRST, IMPORTS, (self.get_title(), "")],
            steps=STEPS,
            **kwargs,
        )


def _read(sample: Sample) -> Iterable[bytes]:
    with sample.path.open("rb") as source:
        yield from iter(lambda: source.read(CHUNK), b"")


class BatchMixin(ImportMixin):
    """A page of one batch that the user may see."""

    kwargs: dict[str, Any]

    @cached_property
    def batch(self) -> ImportBatch:
        rows = visible_batches(self.request.user).select_related("file", "created_by", "division")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @property
    def url(self) -> str:
        return reverse("import", args=[self.batch.pk])


class ImportView(BatchMixin, Page):
    """``/imports/<id>/``: what the file holds, every mistake at once, and what applying it would do."""

    template_name = "registry/import.html"

    def get_title(self) -> Any:
        return self.batch.file.name

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        batch, importer = self.batch, importers.get(self.batch.kind)
        working = import_jobs.is_working(batch)
        open_again = batch.state in (BatchState.STAGED, BatchState.REFUSED)
        return super().get_context_data(
            next_step=importer.next_step(batch),
            crumbs=[FIRST, IMPORTS, (batch.file.name, "")],
            batch=batch,
            kind=kind_label(batch.kind),
            working=working,
            percent=100 if batch.progress else 0,
            steps=STEPS,
            step=4 if batch.applied_at else 2 if working else 3,
            summary=summaries.summary_of(batch),
            remembered=summaries.remembered_of(batch, getattr(importer, "table", None)),
            may_map="mapping" in importer.options and open_again,
            may_choose_unit=open_again and bool(batch.totals.get("unit")),
            ready=batch.state == BatchState.STAGED and batch.accepted and not working,
            **({} if working else self.staged(getattr(importer, "table", None))),
            **kwargs,
        )

    def staged(self, table: Any) -> dict[str, Any]:
        """The staged rows of the chosen sort, a page of them."""
        parts = [part for part in parts_of(self.batch) if part.count]
        keys = [part.key for part in parts]
        chosen = self.request.GET.get("show", "")
        missing = self.batch.totals.get("missing") or {}
        extra = [Part("missing", LABELS["missing"], missing["count"])] if missing.get("count") else []
        keys += [part.key for part in extra]
        chosen = chosen if chosen in keys else next(iter(keys), "")
        page = None
        if chosen and chosen != "missing":
            page = Paginator(rows_of(self.batch, chosen), 50).get_page(self.request.GET.get("page"))
            page.object_list = describe_changes(page.object_list, table)
        return {
            "bad": next((part.count for part in parts if part.key == "problems"), 0),
            "part": chosen,
            "page": page,
            "missing": missing if chosen == "missing" else None,
            "tabs": [
                {
                    "label": part.label,
                    "url": f"?show={part.key}",
                    "active": part.key == chosen,
                    "count": part.count,
                }
                for part in [*parts, *extra]
            ],
        }


class ImportProgressView(BatchMixin, Page):
    """``/imports/<id>/progress/``: asked every second while the worker reads; leads on when it is done."""

    template_name = "registry/import_progress.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.htmx and not import_jobs.is_working(self.batch):  # type: ignore[attr-defined]
            answer = HttpResponse(status=204)
            answer["HX-Redirect"] = self.url
            return answer
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            "batch": self.batch,
            "working": import_jobs.is_working(self.batch),
            "percent": 100 if self.batch.progress else 0,
        }


class ImportApplyView(BatchMixin, View):
    """``/imports/<id>/apply/``: write the good rows."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        call_service(
            request,
            lambda: import_jobs.ask_to_apply(batch=self.batch, by=request.user),
            _("The good rows are being written into the register."),
        )
        return HttpResponseRedirect(self.url)


class ImportReverseView(BatchMixin, View):
    """``/imports/<id>/reverse/``: take the whole file back."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        call_service(
            request,
            lambda: reverse_batch(self.batch, by=request.user),
            _("The import was taken back; what it had written is marked as reversed."),
        )
        return HttpResponseRedirect(self.url)


class ImportAgainView(BatchMixin, View):
    """``/imports/<id>/again/``: read the same file with the amounts in another unit."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        unit, known = request.POST.get("unit"), self.batch.options.get("mapping") or {}
        options = {"mapping": {**known, "unit": unit}} if unit in ("yuan", "wan") else {}
        call_service(
            request,
            lambda: import_jobs.read_again(batch=self.batch, options=options, by=request.user),
            _("The file is being read again."),
        )
        return HttpResponseRedirect(self.url)


class ImportForgetView(BatchMixin, View):
    """``/imports/<id>/forget/<alias>/``: forget what one column title was taken for, and read again."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int, alias: int) -> HttpResponse:
        call_service(
            request,
            lambda: import_jobs.forget_column(batch=self.batch, alias=alias, by=request.user),
            _("The column is no longer remembered. The file is being read again."),
        )
        return HttpResponseRedirect(self.url)


class ImportRejectsView(BatchMixin, View):
    """``/imports/<id>/rejects/``: the bad rows with the reasons beside them, to be put right."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        found = importers.get(self.batch.kind).rejects(self.batch)
        if found is None:
            raise Http404(_("This import has no bad rows to give back."))
        name, content = found
        answer = HttpResponse(
            content, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        )
        answer["Content-Disposition"] = content_disposition_header(True, name)
        return answer


class ImportMappingView(BatchMixin, ActionPage):
    """``/imports/<id>/mapping/``: say by hand where the head is and what its columns mean."""

    template_name = "registry/import_mapping.html"
    form_class = MappingForm
    submit = gettext_lazy("Read again with these columns")
    done = gettext_lazy("The file is being read again.")

    def get_title(self) -> Any:
        return _("What the columns mean")

    @cached_property
    def draft(self) -> mapping.Draft:
        head = self.request.POST.get("head") or self.request.GET.get("head") or ""
        chosen = int(head) if head.isdigit() and len(head) < 7 else None
        return mapping.draft(self.batch, chosen)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "draft": self.draft}

    def act(self, form: forms.Form) -> None:
        unit = (self.batch.options.get("mapping") or {}).get("unit")
        columns = form.mapping()  # type: ignore[attr-defined]
        named = {**columns, "unit": unit} if unit else columns
        import_jobs.name_columns(
            batch=self.batch, mapping=named, known=self.draft.known, by=self.request.user
        )

    def get_success_url(self) -> str:
        return self.url

    def fallback_url(self) -> str:
        return self.url

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            batch=self.batch,
            draft=self.draft,
            crumbs=[FIRST, IMPORTS, (self.batch.file.name, self.url), (self.get_title(), "")],
            **kwargs,
        )
