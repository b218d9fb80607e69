"""Month-end: checklist, both sides of the bank, closing, vouchers. 中文：月末结账页面"""

from __future__ import annotations

import io
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from assets.income.exporters.vouchers import write_vouchers
from assets.income.forms_money import ReasonForm
from assets.income.models.closing import MonthClose
from assets.income.models.voucher import VoucherEntry
from assets.income.queries import month_end
from assets.income.services.closing import close_month, reopen_month
from registry import access
from registry.errors import NotAllowed, RegistryError, RowsRefused
from registry.views.generic import ActionPage, Page

from .money import CLOSE, MONEY, SEE, AccountMixin

SHOWN = 50  # vouchers and lines of a month; the whole month is one click away
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class MonthView(AccountMixin, Page):
    """``/money/accounts/<id>/months/<yyyy-mm>/``"""

    template_name = "assets/money/month.html"

    def get_title(self) -> Any:
        return _("Month-end %(month)s") % {"month": f"{self.month:%Y-%m}"}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        account, month, user = self.account, self.month, self.request.user
        kwargs.pop("month", None)  # as the address has it
        closes = list(
            account.closes.filter(month=month).select_related("closed_by", "reopened").order_by("-id")
        )
        closed = next((close for close in closes if close.reopened_id is None), None)
        lines = account.lines.in_force().filter(
            booked_on__gte=month, booked_on__lt=month_end.next_month(month)
        )
        vouchers = VoucherEntry.objects.filter(voucher__account=account, voucher__month=month)
        return super().get_context_data(
            account=account,
            month=month,
            last=month_end.last_day(month),
            sums=month_end.figures(account, month),
            found=[] if closed else month_end.hindrances(account, month),
            reconciled=month_end.reconciliation(account, month),
            closed=closed,
            reopened=[close for close in closes if close.reopened_id is not None],
            entries=self._some(vouchers.select_related("voucher", "match").order_by("voucher__number", "id")),
            lines=self._some(lines.order_by("booked_on", "id")),
            signs=[_("Made out by"), _("Checked by")],
            may_close=access.may(user, CLOSE, account.division),
            may_reopen=access.may(user, "reopen_month", account.division),
            **kwargs,
        )

    def _some(self, rows: Any) -> dict[str, Any]:
        """The first rows, how many there are, and where all of them are shown."""
        count = rows.count()
        all_of_them = "all" in self.request.GET or count <= SHOWN
        return {
            "rows": rows if all_of_them else rows[:SHOWN],
            "count": count,
            "rest": 0 if all_of_them else count - SHOWN,
        }


class MonthCloseView(AccountMixin, View):
    """``…/close/``: freeze the month."""

    verb = CLOSE
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int, month: str) -> HttpResponse:
        page = HttpResponseRedirect(reverse("month_end", args=[pk, month]))
        try:
            close_month(
                account=self.account, month=self.month, by=request.user, remark=request.POST.get("remark", "")
            )  # type: ignore[arg-type]
        except NotAllowed:
            raise
        except RowsRefused as refused:
            messages.error(request, f"{refused} {' '.join(said for _code, said in refused.rows)}")
        except RegistryError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The month is closed and its vouchers are made."))
        return page


class ReopenView(ActionPage):
    """``/money/closes/<id>/reopen/``"""

    verb = "reopen_month"
    form_class = ReasonForm
    title = gettext_lazy("Open a closed month again")
    lead = gettext_lazy(
        "The closed figures stay on record. A correction in the open month is usually enough."
    )
    submit = gettext_lazy("Open the month again")
    done = gettext_lazy("The month is open again.")
    crumbs = (MONEY,)

    @cached_property
    def close(self) -> MonthClose:
        rows = MonthClose.objects.within_paths(access.scope_paths(self.request.user, "reopen_month"))
        return get_object_or_404(rows.select_related("account__division"), pk=self.kwargs["pk"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        access.require(request.user, self.verb)
        self.close  # noqa: B018 (404 outside the user's divisions, before the form)
        return super().dispatch(request, *args, **kwargs)

    def act(self, form: Any) -> None:
        reopen_month(close=self.close, reason=form.cleaned_data["reason"], by=self.request.user)  # type: ignore[arg-type]

    def fallback_url(self) -> str:
        return reverse("month_end", args=[self.close.account_id, f"{self.close.month:%Y-%m}"])


class VouchersView(AccountMixin, View):
    """``…/vouchers.xlsx``: the vouchers of a month for the township's bookkeeping."""

    verb = SEE

    def get(self, request: HttpRequest, pk: int, month: str) -> HttpResponse:
        out = io.BytesIO()
        write_vouchers(out, self.account, self.month)
        answer = HttpResponse(out.getvalue(), content_type=XLSX)
        name = _("vouchers %(month)s.xlsx") % {"month": f"{self.month:%Y-%m}"}
        answer["Content-Disposition"] = content_disposition_header(True, name)
        return answer
