"""``/quotas/ledgers/``: the ledgers of quotas and balances as files, out and in. 中文：台账导入导出"""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from land.exporters import ledgers as files
from land.ledgers import BY_KEY, LEDGERS
from land.queries.ledger_rows import HELD, held
from registry import access, clock, display
from registry.services.acts import record_act
from registry.views.generic import Page, PageMixin

from .holdings import KEEP, QUOTAS, SEE

FORMATS = {"xlsx": (files.workbook, files.XLSX), "csv": (files.text, "text/csv; charset=utf-8")}


class LedgerFilesView(Page):
    """Every ledger with what it holds, as a file, as an empty form, and the way in."""

    verb = SEE
    title = gettext_lazy("Ledgers as files")
    crumbs = (QUOTAS,)
    template_name = "land/quotas/ledgers.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = [
            {
                "ledger": ledger,
                "count": HELD[ledger.key][0].objects.in_force().within(self.division).count(),
                "import": reverse("import_new", args=[ledger.kind]),
            }
            for ledger in LEDGERS
        ]
        may_keep = access.may(self.request.user, KEEP)
        return super().get_context_data(rows=rows, may_keep=may_keep, **kwargs)


class LedgerFileView(PageMixin, View):
    """``/quotas/ledgers/<key>.<xlsx|csv>``, ``?blank=1`` for the empty form."""

    verb = SEE
    kwargs: dict[str, Any]

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        ledger, form = BY_KEY.get(kwargs["key"]), FORMATS.get(kwargs["form"])
        if ledger is None or form is None:
            raise Http404
        access.require(request.user, SEE, self.division)
        blank = bool(request.GET.get("blank"))
        made = form[0](ledger, () if blank else held(ledger, self.division))
        if not blank:
            record_act(
                by=request.user, verb="list_exported", division=self.division,
                subject=f"list:ledger_{ledger.key}", after={"list": ledger.key, "format": kwargs["form"]},
            )  # fmt: skip
        words = {"list": ledger.title, "place": self.division.name, "day": display.day(clock.today())}
        name = _("%(list)s, empty form") % words if blank else _("%(list)s %(place)s %(day)s") % words
        attached = content_disposition_header(as_attachment=True, filename=f"{name}.{kwargs['form']}")
        return HttpResponse(made, content_type=form[1], headers={"Content-Disposition": attached or ""})
