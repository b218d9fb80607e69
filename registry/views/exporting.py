"""What a list gives away as a file: ``?export=xlsx``, same filter, same scope, same order. 中文：导出"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from registry import access, clock, display
from registry.exporters import FORMATS, Format
from registry.exporters.text import ENCODINGS
from registry.exports import Column, Export, words_of_filter
from registry.queries.keyed import Keyed
from registry.services.exports import about, take_away

LONGEST = 4000  # characters of a filter that are read


class ExportMixin:
    """The exports of a ``ListPage``.

    ``export_columns``: what a row holds, see ``registry.exports.Column``. ``export_unit``: the attribute of a
    row that holds the key of its unit, where rows have a place. ``export_prepare`` fetches what the columns
    need for a chunk of rows.
    """

    export_columns: Sequence[Column] = ()
    export_unit = ""
    export_heading = False
    page_name = ""
    request: HttpRequest
    object_list: Any

    def get_export_columns(self) -> Sequence[Column]:
        return self.export_columns

    def export_prepare(self, records: list[Any]) -> None:
        """Called with each chunk of rows before they are read."""

    def export_title(self) -> str:
        return str(self.get_title())  # type: ignore[attr-defined]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        wanted = request.GET.get("export")
        return self.export(wanted) if wanted else super().get(request, *args, **kwargs)  # type: ignore[misc]

    def export(self, key: str) -> HttpResponse | FileResponse:
        """The list as a file. 404 for a format that this list has not."""
        form = {made.key: made for made in self.formats()}.get(key)
        encoding = self.request.GET.get("encoding", "utf-8").lower()
        if form is None or encoding not in ENCODINGS:
            raise Http404(key)
        made = self.made_export(names=bool(self.request.GET.get("names")))
        division = self.division  # type: ignore[attr-defined]
        opened, _rows = take_away(
            export=made,
            form=form,
            page=self.page_key(),
            query=self.filter_query(),
            division=division,
            by=self.request.user,  # type: ignore[arg-type]
            encoding=encoding,
        )
        name = _("%(list)s %(place)s %(day)s") % {
            "list": made.title, "place": division.name, "day": display.day(clock.today()),
        }  # fmt: skip
        return FileResponse(
            opened,
            as_attachment=True,
            filename=f"{name}.{form.key}",
            content_type=_media_type(form, encoding),
        )

    def made_export(self, *, names: bool = False) -> Export:
        """What is exported now: the rows of the filter in the order of the table."""
        rows, filled = self.filtered()
        title, division = self.export_title(), self.division  # type: ignore[attr-defined]
        words = words_of_filter(filled.form)
        return Export(
            title=title,
            columns=self.get_export_columns(),
            rows=rows,
            names=names,
            prepare=self.export_prepare,
            unit=self.export_unit,
            heading=f"{division.name} {title} {display.day(clock.today())}" if self.export_heading else "",
            about=about(title=title, words=words, division=division, by=self.request.user, names=names),  # type: ignore[arg-type]
        )

    def filtered(self) -> tuple[Any, Any]:
        """The rows that match the filter in the order of the table, and the filter."""
        filled = self.get_filterset(self.get_filterset_class())  # type: ignore[attr-defined]
        self.object_list = filled.qs
        self.table_pagination = False  # every page
        table = self.get_table(**self.get_table_kwargs())  # type: ignore[attr-defined]
        rows = table.data.data
        return (rows.rows if isinstance(rows, Keyed) else rows), filled

    def formats(self) -> list[Format]:
        if not self.get_export_columns():
            return []
        return [made for made in FORMATS.values() if self.export_unit or not made.places]

    def page_key(self) -> str:
        """What saved filters, forms and the book call this list: the name of its address."""
        match = self.request.resolver_match
        return self.page_name or (match.url_name if match else None) or ""

    def address(self) -> str:
        return reverse(self.page_key())

    def filter_query(self) -> str:
        """The filter of the address, without page, order and export."""
        return self.clean_query(self.request.GET.urlencode())

    def clean_query(self, query: str) -> str:
        """What of a query string filters this list: keys that its filter knows, where they say something."""
        known = self.get_filterset_class().base_filters  # type: ignore[attr-defined]
        asked = QueryDict(mutable=True)
        for key, values in QueryDict(query[:LONGEST]).lists():
            said = [value for value in values if value]
            if key in known and said:
                asked.setlist(key, said)
        return asked.urlencode()

    def export_links(self) -> list[dict[str, Any]]:
        """The entries of the menu: each format, and the workbook with names where the user may see them."""
        asked = self.request.GET.copy()
        for key in ("export", "encoding", "names", "page"):
            asked.pop(key, None)
        kept = f"&{asked.urlencode()}" if asked else ""
        links = [
            {
                "label": made.label,
                "url": f"?export={made.key}{kept}",
                "icon": "map" if made.places else "file",
            }
            for made in self.formats()
        ]
        personal = any(column.person for column in self.get_export_columns())
        if links and personal and access.may(self.request.user, "see_personal", self.division):  # type: ignore[attr-defined]
            words = _("Excel workbook with names of persons (is recorded)")
            links.insert(1, {"label": words, "url": f"?export=xlsx&names=1{kept}", "icon": "people"})
        return links


def _media_type(form: Format, encoding: str) -> str:
    return form.media_type.replace("utf-8", encoding)
