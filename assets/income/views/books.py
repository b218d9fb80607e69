"""``/income/books/``: register and account books on 31 December. 中文：清产核资账实对照页面"""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from assets.income.exporters.books import write_books
from assets.income.queries.books import (
    AGREE,
    DIFFER,
    NO_BOOK,
    NO_VALUE,
    NOT_BOOKED,
    Compared,
    compared,
    summed,
)
from assets.models import Asset
from registry import access, clock
from registry.badges import Badge
from registry.views.generic import Page, PageMixin

from .money import MONEY, SEE
from .months import XLSX

STATES = {
    AGREE: Badge(gettext_lazy("agree"), "done", "good"),
    DIFFER: Badge(gettext_lazy("differ"), "overdue", "todo"),
    NOT_BOOKED: Badge(gettext_lazy("not in the book"), "overdue", "todo"),
    NO_BOOK: Badge(gettext_lazy("no book entered"), "question", "unknown"),
    NO_VALUE: Badge(gettext_lazy("value not known"), "question", "unknown"),
}
WRONG = (DIFFER, NOT_BOOKED, NO_VALUE)  # what can be put right asset by asset
SHOWN = 200  # on the page; the workbook has them all


class BooksMixin(PageMixin):
    """The end of the year asked for, else of the last one that is over."""

    verb = SEE
    title = gettext_lazy("Register and account books")
    crumbs = (MONEY,)

    @cached_property
    def day(self) -> dt.date:
        asked, last = self.request.GET.get("year", ""), clock.today().year - 1
        return dt.date(int(asked) if asked.isdecimal() and 2012 <= int(asked) <= last else last, 12, 31)

    @cached_property
    def found(self) -> list[Compared]:
        return compared(self.scoped(Asset.objects), self.day)


class BooksView(BooksMixin, Page):
    template_name = "assets/money/books.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        owners = summed(self.found)
        wrong = [one for one in self.found if one.state in WRONG]
        return super().get_context_data(
            day=self.day,
            owners=owners,
            rows=[{"one": one, "badge": STATES[one.state]} for one in wrong[:SHOWN]],
            count=len(wrong),
            agree=sum(1 for one in self.found if one.state == AGREE),
            differ=sum(1 for one in wrong if one.state != NO_VALUE),
            unbooked=sum(1 for one in self.found if one.state == NO_BOOK),
            earlier=self.day.year - 1,
            later=self.day.year + 1 if self.day.year + 1 < clock.today().year else None,
            may_import=access.may(self.request.user, "keep_book_value", self.division),
            **kwargs,
        )


class BooksExportView(BooksMixin, View):
    """Every owner and asset as a workbook."""

    def get(self, request: HttpRequest) -> HttpResponse:
        out = io.BytesIO()
        write_books(out, self.found, self.day, {state: badge.word for state, badge in STATES.items()})
        answer = HttpResponse(out.getvalue(), content_type=XLSX)
        name = _("register and account books %(year)d.xlsx") % {"year": self.day.year}
        answer["Content-Disposition"] = content_disposition_header(True, name)
        return answer
