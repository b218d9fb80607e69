"""``/money/reports/``: receivable, received, distributed; arrears. 中文：收益报表页面"""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import xlsxwriter
from django.core.paginator import Paginator
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from assets.income.bank_codes import PRIVATE_HOLDERS
from assets.income.exporters.arrears import write_arrears
from assets.income.forms_money import PeriodForm
from assets.income.models.contract import Contract
from assets.income.models.due import Due
from assets.income.models.match import OF_PAYMENTS, Match
from assets.income.queries import reports
from registry import access, clock, display
from registry.codes import Level
from registry.models import Division, Unit
from registry.views.generic import Page, PageMixin

from .money import AGE_WORDS, MONEY, SEE, seen_paths, this_year, totals
from .months import XLSX

DETAILS = 500
ROWS = 50  # of a report on one page; the workbook has them all


class ReportMixin(PageMixin):
    """A report over a period, in the divisions where the user may see money."""

    verb = SEE
    crumbs = (MONEY,)
    title = gettext_lazy("Receivable, received, distributed")

    @cached_property
    def period(self) -> reports.Period:
        form = PeriodForm(self.request.GET)
        given = form.cleaned_data if form.is_valid() else {}
        usual = this_year()
        first, last = given.get("first") or usual.first, given.get("last") or usual.last
        return reports.Period(min(first, last), max(first, last))

    @cached_property
    def by(self) -> str:
        wanted = self.request.GET.get("by", "")
        return wanted if wanted in reports.BY else "village"

    @cached_property
    def rows(self) -> list[reports.Row]:
        return reports.report(self.by, self.period, seen_paths(self.request.user), self.division.path)


class ReportView(ReportMixin, Page):
    template_name = "assets/money/report.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        days = f"first={self.period.first}&last={self.period.last}"
        page = Paginator(self.rows, ROWS).get_page(self.request.GET.get("page"))
        return super().get_context_data(
            by=self.by,
            what=reports.BY[self.by],
            period=self.period,
            page=page,
            rows=page.object_list,
            count=len(self.rows),
            sums=totals(self.rows),
            days=days,
            tabs=[
                {"label": label, "url": f"?by={key}&{days}", "active": key == self.by, "count": None}
                for key, label in reports.BY.items()
            ],
            form=PeriodForm(initial={"first": self.period.first, "last": self.period.last}),
            **kwargs,
        )


class ReportExportView(ReportMixin, View):
    """The same rows as a workbook."""

    def get(self, request: HttpRequest) -> HttpResponse:
        out = io.BytesIO()
        _write(out, str(reports.BY[self.by]), self.rows, self.period)
        answer = HttpResponse(out.getvalue(), content_type=XLSX)
        name = _("income by %(what)s.xlsx") % {"what": reports.BY[self.by]}
        answer["Content-Disposition"] = content_disposition_header(True, name)
        return answer


def _write(out: io.BytesIO, what: str, rows: list[reports.Row], period: reports.Period) -> None:
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet, money = book.add_worksheet(), book.add_format({"num_format": "#,##0.00"})
    head = book.add_format({"bold": True, "border": 1, "text_wrap": True})
    sheet.write_string(0, 0, f"{period.first} - {period.last}")
    heads = (what, "", _("receivable"), _("money received"), _("still owed"), _("distributed"), _("balance"))
    for column, title in enumerate(heads):
        sheet.write_string(1, column, str(title), head)
        sheet.set_column(column, column, 24 if column < 2 else 16)
    sums = totals(rows)
    for number, row in enumerate(rows, start=2):
        sheet.write_string(number, 0, row.name)
        sheet.write_string(number, 1, row.note)
        for column, value in enumerate(
            (row.due, row.received, row.open, row.distributed, row.balance), start=2
        ):
            sheet.write_number(number, column, value, money)
    last = len(rows) + 2
    sheet.write_string(last, 0, _("total"), head)
    for column, name in enumerate(("due", "received", "open", "distributed", "balance"), start=2):
        sheet.write_number(last, column, sums[name], money)
    sheet.freeze_panes(2, 0)
    book.close()


class ReportLinesView(ReportMixin, Page):
    """What a figure of the report is made of: its dues and its matches."""

    template_name = "assets/money/report_lines.html"

    @cached_property
    def thing(self) -> Any:
        key = self.kwargs["key"]
        if self.by == "village":
            return get_object_or_404(Division.objects.within_paths(seen_paths(self.request.user)), pk=key)
        if self.by == "contract":
            return get_object_or_404(Contract.objects.within_paths(seen_paths(self.request.user)), pk=key)
        if self.by == "asset":
            return get_object_or_404(Unit.objects.within_paths(seen_paths(self.request.user)), pk=key)
        return None

    def get_title(self) -> Any:
        return str(self.thing) if self.thing else f"{self.period.first:%Y-%m}"

    def of(self, prefix: str) -> Q:
        """The rows of the thing; of a month, those of its days."""
        if self.by == "village":
            if self.thing.level == Level.VILLAGE:
                return Q(**{f"{prefix}contract__division__path__startswith": self.thing.path})
            return Q(**{f"{prefix}contract__division": self.thing})
        if self.by == "contract":
            return Q(**{f"{prefix}contract": self.thing})
        if self.by == "asset":
            return Q(**{f"{prefix}contract__parts__unit": self.thing})
        return Q()

    def payments(self) -> QuerySet[Match]:
        """What was paid or came back: of a village from its accounts, of a thing from its pools."""
        place, pool = "line__account__division__path__startswith", "payment__line__distribution__pool"
        rows = Match.objects.in_force().filter(
            kind__in=OF_PAYMENTS, booked_on__range=(self.period.first, self.period.last)
        )
        rows = rows.filter(**{place: self.division.path}).select_related(pool)
        if self.by == "village":
            rows = rows.filter(**{place: self.thing.path})
        elif self.by == "contract":
            units = self.thing.parts.values("unit")
            rows = rows.filter(**{f"{pool}__units__in": units, f"{pool}__owner": self.thing.owner_id})
        elif self.by == "asset":
            rows = rows.filter(**{f"{pool}__units": self.thing})
        return rows.annotate(paid=-F("amount")).distinct().order_by("booked_on", "id")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        paths, days = seen_paths(self.request.user), (self.period.first, self.period.last)
        dues = (
            Due.objects.in_force()
            .within_paths(paths)
            .filter(contract__division__path__startswith=self.division.path)
        )
        dues = dues.filter(self.of(""), due_on__range=days, contract__annulled=None)
        got = Match.objects.in_force().filter(
            due__contract__division__path__startswith=self.division.path,
            booked_on__range=days,
            due__isnull=False,
        )
        return super().get_context_data(
            period=self.period,
            by=self.by,
            dues=dues.select_related("contract", "payer").order_by("due_on", "id")[:DETAILS],
            matches=got.filter(self.of("due__"))
            .select_related("line", "due__contract")
            .order_by("booked_on", "id")[:DETAILS],
            payments=self.payments()[:DETAILS],
            back=f"{reverse('money_report')}?by={self.by}&first={days[0]}&last={days[1]}",
            **kwargs,
        )


class ArrearsMixin(ReportMixin):
    """What is overdue on a day."""

    title = gettext_lazy("Arrears")

    @cached_property
    def day(self) -> dt.date:
        return self.period.last if "last" in self.request.GET else clock.today()

    @cached_property
    def found(self) -> list[reports.Arrear]:
        return reports.arrears(self.day, seen_paths(self.request.user), self.division.path)


class ArrearsExportView(ArrearsMixin, View):
    """The ageing of arrears as a workbook: by debtor with the ages as columns, and every due."""

    def get(self, request: HttpRequest) -> HttpResponse:
        out = io.BytesIO()
        names = access.may(request.user, "see_personal", self.division)
        write_arrears(out, self.found, self.day, [str(word) for word in AGE_WORDS], names=names)
        answer = HttpResponse(out.getvalue(), content_type=XLSX)
        name = _("arrears %(day)s.xlsx") % {"day": self.day.isoformat()}
        answer["Content-Disposition"] = content_disposition_header(True, name)
        return answer


class ArrearsView(ArrearsMixin, Page):
    """``/money/arrears/``: who owes, since when, how much, by age."""

    template_name = "assets/money/arrears.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        day, found = self.day, self.found
        sums = reports.by_age(found)
        return super().get_context_data(
            day=day,
            ages=list(zip(AGE_WORDS, sums, strict=True)),
            total=sum(sums, reports.ZERO),
            debtors=reports.by_debtor(found),
            rows=[{"row": one, "debtor": shown_party(one.debtor, one.party_kind)} for one in found[:DETAILS]],
            count=len(found),
            **kwargs,
        )


def shown_party(name: str, kind: str) -> str:
    """Names of private persons are masked on lists."""
    return display.masked(name) if kind in PRIVATE_HOLDERS else name
