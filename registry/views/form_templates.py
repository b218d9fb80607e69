"""``/forms/``: blank forms of higher offices, filled from the lists as they are filtered. 中文：上级报表"""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from openpyxl.utils import get_column_letter

from registry import access
from registry.exporters.forms import NUMBERING, WAN, YUAN, Mapping, propose
from registry.exports import words_of_filter
from registry.models import FormFilling, FormTemplate
from registry.queries.divisions import ancestors_of_path
from registry.readers.table import Sheet
from registry.services import form_templates as services

from .generic import ActionPage, Page, PageMixin, call_service
from .listing import list_view

FORMS = (gettext_lazy("Forms of higher offices"), "/forms/")
ROWS_SHOWN, COLUMNS_SHOWN = 16, 60


class FormMixin(PageMixin):
    """Forms that the user may use: those of the divisions above and below."""

    verb = "manage_forms"

    def forms(self) -> Any:
        above = ancestors_of_path(self.division.path)
        seen = FormTemplate.objects.visible_to(self.request.user).values("pk")
        rows = FormTemplate.objects.filter(Q(pk__in=seen) | Q(division__in=above))
        return rows.select_related("file", "division")

    @cached_property
    def form_template(self) -> FormTemplate:
        return get_object_or_404(self.forms(), pk=self.kwargs["pk"])

    @cached_property
    def listing(self) -> Any:
        """The list that the form is filled from, with the filter of the address."""
        return list_view(self.form_template.page, self.request)


class FormListView(FormMixin, Page):
    """The forms; ``?list=assets&…`` chooses those of a list and carries its filter to the form."""

    title = gettext_lazy("Forms of higher offices")
    template_name = "registry/lists/forms.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = self.request.GET.get("list", "")
        listing = list_view(page, self.request) if page else None
        rows = self.forms().filter(retired=False)
        return super().get_context_data(
            forms=list(rows.filter(page=page) if page else rows),
            listing=listing,
            list_title=listing.export_title() if listing else "",
            query=listing.filter_query() if listing else "",
            new_url=f"{reverse('form_template_new', args=[page])}?{listing.filter_query()}"
            if listing
            else "",
            fillings=FormFilling.objects.visible_to(self.request.user)
            .within(self.division)
            .select_related("template", "made_by", "division")[:20],
            **kwargs,
        )


class UploadForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("name of the form"), max_length=120)  # 报表名称
    file = forms.FileField(
        label=gettext_lazy("blank form (.xlsx)"), widget=forms.FileInput(attrs={"accept": ".xlsx"})
    )  # 空白表


class FormNewView(FormMixin, ActionPage):
    """``/forms/new/<list>/``: upload a blank form."""

    title = gettext_lazy("Upload a blank form")
    lead = gettext_lazy(
        "An .xlsx as it came from the higher office. Its columns are recognised by their heads."
    )
    crumbs = (FORMS,)
    form_class = UploadForm
    submit = gettext_lazy("Upload")

    @cached_property
    def listing(self) -> Any:
        return list_view(self.kwargs["page"], self.request)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(listing=self.listing, **kwargs)

    def act(self, form: forms.Form) -> None:
        upload = form.cleaned_data["file"]
        self.kept = services.keep_form(
            name=form.cleaned_data["name"],
            page=self.kwargs["page"],
            columns=self.listing.get_export_columns(),
            chunks=upload.chunks(),
            file_name=upload.name,
            division=self.division,
            by=self.request.user,  # type: ignore[arg-type]
        )

    def get_success_url(self) -> str:
        return f"{reverse('form_template', args=[self.kept.pk])}?{self.listing.filter_query()}"

    def fallback_url(self) -> str:
        return reverse("form_templates")


class MappingForm(forms.Form):
    """What stands where: one choice a column of the form."""

    sheet = forms.ChoiceField(label=gettext_lazy("sheet"))  # 工作表
    first_row = forms.IntegerField(
        label=gettext_lazy("first row of data"),
        min_value=1,
        help_text=gettext_lazy("The first row below the head into which a thing is written."),
    )  # fmt: skip 数据首行
    unit = forms.ChoiceField(
        label=gettext_lazy("sums of money in"),
        choices=[(YUAN, gettext_lazy("yuan")), (WAN, gettext_lazy("wan yuan"))],
    )  # 金额单位

    def __init__(
        self, *args: Any, sheets: list[Sheet], heads: list[tuple[str, str]], columns: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sheet"].choices = [(one.name, one.name) for one in sheets if not one.hidden]  # type: ignore[attr-defined]
        choices = [("", "—"), *((column.name, str(column.title)) for column in columns)]
        self.letters = [letter for letter, _head in heads]
        for letter, head in heads:
            label = f"{letter} {head}".strip()
            self.fields[f"column_{letter}"] = forms.ChoiceField(label=label, choices=choices, required=False)

    def mapping(self) -> Mapping:
        given = self.cleaned_data
        chosen = {letter: given[f"column_{letter}"] for letter in self.letters}
        columns = {letter: name for letter, name in chosen.items() if name}
        return Mapping(given["sheet"], given["first_row"], columns, given["unit"])


class FormView(FormMixin, ActionPage):
    """``/forms/<id>/``: its first rows, what its columns mean, filling it, and what was handed in."""

    template_name = "registry/lists/form.html"
    crumbs = (FORMS,)
    form_class = MappingForm
    submit = gettext_lazy("Save the columns")
    done = gettext_lazy("The columns of the form are kept.")

    def get_title(self) -> Any:
        return self.form_template.name

    @cached_property
    def sheets(self) -> list[Sheet]:
        return services.sheets_of(self.form_template.file)

    @cached_property
    def columns(self) -> Any:
        return self.listing.get_export_columns()

    @cached_property
    def mapping(self) -> Mapping:
        """As kept, or proposed anew for another sheet (``?sheet=``)."""
        kept = Mapping.read(self.form_template.mapping)
        wanted = self.request.POST.get("sheet") or self.request.GET.get("sheet") or kept.sheet
        return kept if wanted == kept.sheet else propose(self.sheets, self.columns, wanted)

    @property
    def sheet(self) -> Sheet:
        return next((one for one in self.sheets if one.name == self.mapping.sheet), self.sheets[0])

    def heads(self) -> list[tuple[str, str]]:
        """Letter and head of each column: what stands above the first row of data, from the top down."""
        first = self.mapping.first_row - 1
        heads = []
        for number in range(min(self.sheet.width, COLUMNS_SHOWN)):
            words: list[str] = []
            for row in range(max(first - 3, 0), first):
                value = self.sheet.shown(row, number)
                text = str(value).strip() if value is not None else ""
                if text and text not in words and len(text) < 30 and not NUMBERING.match(text):
                    words.append(text)
            heads.append((get_column_letter(number + 1), " / ".join(words[-2:])))
        return heads

    def get_form_kwargs(self) -> dict[str, Any]:
        return {
            **super().get_form_kwargs(),
            "sheets": self.sheets,
            "heads": self.heads(),
            "columns": self.columns,
        }

    def get_initial(self) -> dict[str, Any]:
        kept = self.mapping
        columns = {f"column_{letter}": name for letter, name in kept.columns.items()}
        return {"sheet": kept.sheet, "first_row": kept.first_row, "unit": kept.unit, **columns}

    def act(self, form: Any) -> None:
        mapping = form.mapping()
        mapping.own_units = {
            letter: unit
            for letter, unit in self.mapping.own_units.items()
            if self.mapping.columns.get(letter) == mapping.columns.get(letter)
        }
        services.map_form(
            form=self.form_template, mapping=mapping, columns=self.columns, by=self.request.user  # type: ignore[arg-type]
        )  # fmt: skip

    def fallback_url(self) -> str:
        query = self.request.GET.copy()
        query.pop("sheet", None)
        return f"{reverse('form_template', args=[self.form_template.pk])}?{query.urlencode()}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows, filled = self.listing.filtered()
        sheet, kept = self.sheet, self.mapping
        width = min(sheet.width, COLUMNS_SHOWN)
        shown = [
            (row + 1, row + 1 == kept.first_row, [sheet.filled(row, number) for number in range(width)])
            for row in range(min(sheet.height, max(ROWS_SHOWN, kept.first_row)))
        ]
        personal = any(column.person for column in self.columns)
        return super().get_context_data(
            template=self.form_template,
            letters=[get_column_letter(number + 1) for number in range(width)],
            rows=shown,
            count=rows.count(),
            words="；".join(f"{label}: {value}" for label, value in words_of_filter(filled.form)),
            list_title=self.listing.export_title(),
            list_url=f"{self.listing.address()}?{self.listing.filter_query()}",
            fill_url=f"{reverse('form_fill', args=[self.form_template.pk])}?{self.listing.filter_query()}",
            mapped=bool(kept.columns),
            may_map=access.may(self.request.user, "manage_forms", self.form_template.division),
            may_name=personal and access.may(self.request.user, "see_personal", self.division),
            fillings=FormFilling.objects.visible_to(self.request.user)
            .filter(template=self.form_template)
            .select_related("made_by", "division")[:50],
            **kwargs,
        )


class FormFillView(FormMixin, View):
    """``/forms/<id>/fill/?<filter>``: fill the form with all that match and keep what is handed in."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form, query = self.form_template, self.listing.filter_query()
        made = self.listing.made_export(names=bool(request.POST.get("names")))

        def fill() -> Any:
            return services.fill_form(
                form=form, export=made, query=query, division=self.division, by=request.user  # type: ignore[arg-type]
            )  # fmt: skip

        call_service(request, fill, _("The form is filled and kept below."))
        return HttpResponseRedirect(f"{reverse('form_template', args=[form.pk])}?{query}")


class FormRetireView(FormMixin, View):
    """``/forms/<id>/retire/``: the form is no longer used."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = self.form_template

        def retire() -> None:
            services.retire_form(form=form, by=request.user)  # type: ignore[arg-type]

        call_service(request, retire, _("The form is no longer used; what was handed in stays."))
        return HttpResponseRedirect(reverse("form_templates"))


class FillingView(FormMixin, View):
    """``/fillings/<id>/``: what was handed in, byte for byte."""

    def get(self, request: HttpRequest, pk: int) -> FileResponse:
        rows = FormFilling.objects.visible_to(request.user).select_related("template", "file", "division")
        filling = get_object_or_404(rows, pk=pk)
        path = services.open_filling(filling=filling, by=request.user)  # type: ignore[arg-type]
        name = f"{filling.template.name} {filling.division.name} {filling.made_at:%Y-%m-%d}.xlsx"
        return FileResponse(path.open("rb"), as_attachment=True, filename=name)
