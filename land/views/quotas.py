"""``/quotas/``: quota accounts, their balances by day, and what is in debt. 中文：指标账户"""

from __future__ import annotations

import datetime as dt
from typing import Any

import django_filters as filters
import django_tables2 as tables
from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from land.forms_quotas import AccountForm, MovementForm
from land.models import CompensationBalance, ConstructionQuota, LinkageProject, QuotaEntry
from land.models.quota import MovementKind, QuotaKind
from land.queries.compensation import balances
from land.queries.linkage import standings
from land.queries.quotas import ZERO, by_kind, running, with_balance
from land.services.quotas import Movement, move, open_account, take_back
from registry import clock, display
from registry.exports import Column
from registry.tables import NUM, cell, link
from registry.unit_panels import spoken

from .holdings import (
    KEEP,
    HoldingList,
    NewFact,
    TakeBack,
    ThingAct,
    ThingPage,
    area_columns,
    events_of,
    findings_at,
    findings_below,
)

SHOWN = 6  # findings on the hub


class AccountTable(tables.Table):
    """One row an account."""

    account = tables.Column(verbose_name=gettext_lazy("account"), empty_values=(), order_by="division__path")
    year = tables.Column(verbose_name=gettext_lazy("plan year"))
    received = tables.Column(verbose_name=gettext_lazy("received"), attrs=NUM)
    used = tables.Column(verbose_name=gettext_lazy("used by approvals"), attrs=NUM)
    balance = tables.Column(verbose_name=gettext_lazy("balance"), attrs=NUM)

    class Meta:
        model = ConstructionQuota
        fields = ("account", "year", "received", "used", "balance")
        empty_text = gettext_lazy("No quota account is open here")
        empty_help = gettext_lazy("Enter it by hand, or import the ledger of the office.")
        empty_url = "/quotas/ledgers/"
        empty_link = gettext_lazy("Ledgers as files")

    def render_account(self, record: ConstructionQuota) -> Any:
        return cell(link(reverse("quota", args=[record.pk]), record.get_kind_display()), record.division.name)

    def render_received(self, value: Any) -> Any:
        return display.area(value)

    def render_used(self, value: Any) -> Any:
        return display.area(-value)

    def render_balance(self, value: Any) -> Any:
        return display.area(value)


class AccountFilter(filters.FilterSet):
    kind = filters.ChoiceFilter(
        label=gettext_lazy("kind of quota"), choices=QuotaKind.choices, empty_label=gettext_lazy("all")
    )
    year = filters.NumberFilter(label=gettext_lazy("plan year"))
    day = filters.DateFilter(
        label=gettext_lazy("balance at the end of"),
        method="as_it_is",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    class Meta:
        model = ConstructionQuota
        fields: list[str] = []

    def as_it_is(self, rows: QuerySet, _name: str, _value: Any) -> QuerySet:
        """The day moves the balances; every account stays in the list."""
        return rows


class QuotaListView(HoldingList):
    title = gettext_lazy("Quotas and balances")
    lead = gettext_lazy("What may be built on, what was used, and what is still owed for it.")
    model = ConstructionQuota
    table_class = AccountTable
    filterset_class = AccountFilter
    noun = "quota_account"
    template_name = "land/quotas/hub.html"
    export_columns = (
        Column(gettext_lazy("place"), lambda row: row.division.name),
        Column(gettext_lazy("kind of quota"), lambda row: row.get_kind_display()),
        Column(gettext_lazy("plan year"), lambda row: row.year, kind="count"),
        *area_columns(gettext_lazy("received"), "received", "received"),
        *area_columns(gettext_lazy("used by approvals"), "spent", "used"),
        *area_columns(gettext_lazy("balance"), "balance", "balance"),
    )

    @cached_property
    def day(self) -> dt.date:
        """The day whose balances are shown: today, unless another one is asked for."""
        try:
            return dt.date.fromisoformat(self.request.GET.get("day", ""))
        except ValueError:
            return clock.today()

    def get_queryset(self) -> QuerySet:
        rows = self.scoped(ConstructionQuota.objects.all()).select_related("division")
        return with_balance(rows, self.day).order_by("-year", "division__path", "kind")

    def export_prepare(self, records: list[Any]) -> None:
        for record in records:
            record.spent = -record.used

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        found = findings_below(self.division, user)
        return super().get_context_data(
            day=self.day,
            figures=by_kind(self.scoped(ConstructionQuota.objects.all()), self.day),
            debt=_debt(self),
            findings=[spoken(finding, user) for finding in found[:SHOWN]],
            finding_count=found.count(),
            may_keep=self.may(KEEP),
            **kwargs,
        )


def _debt(page: Any) -> dict[str, Any]:
    """Farmland owed and linkage quota overdue, in the division looked at. Four queries."""
    rows = page.scoped(CompensationBalance.objects.in_force()).defer("geom")
    owed = [balance for balance in balances(rows, clock.today()) if balance.in_debt]
    projects = standings(page.scoped(LinkageProject.objects.in_force()), clock.today())
    return {
        "occupations": len(owed),
        "m2": sum((balance.debt_m2 for balance in owed), ZERO),
        "linkage_m2": sum((state.owed_on(clock.today()) for state in projects), ZERO),
        "surplus_m2": sum((max(state.left_m2, ZERO) for state in projects), ZERO),
    }


class QuotaNewView(NewFact):
    """``/quotas/new/``: open an account."""

    title = gettext_lazy("Open a quota account")
    form_class = AccountForm
    submit = gettext_lazy("Open the account")
    done = gettext_lazy("The account is open. Enter what was allocated to it.")
    one, many = "quota", "quotas"

    def register(self, form: Any) -> ConstructionQuota:
        return open_account(by=self.request.user, **form.values())


class QuotaView(ThingPage):
    """One account with its movements and the balance after each."""

    model = ConstructionQuota
    template_name = "land/quotas/account.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        account, user = self.thing, self.request.user
        lines = running(account)
        today = clock.today()
        now = [line for line in lines if line.balance is not None and line.entry.day <= today]
        return super().get_context_data(
            account=account,
            lines=lines,
            balance=now[-1].balance if now else ZERO,
            received=_total(now, lambda entry: entry.amount_m2 > 0 and entry.approval_id is None),
            used=-_total(now, lambda entry: entry.approval_id is not None),
            findings=findings_at(account, account.division_id, "quota", user),
            events=events_of(account, *(line.entry for line in lines)),
            may_keep=self.may(KEEP, account.division),
            **kwargs,
        )


def _total(lines: list[Any], wanted: Any) -> Any:
    return sum((line.entry.amount_m2 for line in lines if wanted(line.entry)), ZERO)


class QuotaMoveView(ThingAct):
    """``/quotas/<id>/move/``: a movement by hand, with its document."""

    model = ConstructionQuota
    page = "quota"
    form_class = MovementForm
    ask = gettext_lazy("Add a movement")
    submit = gettext_lazy("Add the movement")
    done = gettext_lazy("The movement is written.")
    template_name = "land/quotas/move.html"

    def get_initial(self) -> dict[str, Any]:
        return {"kind": MovementKind.ALLOCATED, "day": clock.today()}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "account": self.thing}

    def act(self, form: Any) -> None:
        movement = Movement(paper=form.paper(), **form.values())
        move(account=self.thing, movement=movement, by=self.request.user)  # type: ignore[arg-type]


class EntryTakeBackView(TakeBack):
    """``/quota-entries/<id>/take-back/``"""

    model = QuotaEntry
    join = ("account__division",)
    page = "quota"

    def words(self) -> str:
        return str(self.thing.account)

    def page_key(self) -> Any:
        return self.thing.account_id

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        entry = self.thing
        what = _("%(kind)s, %(day)s, %(area)s") % {
            "kind": entry.get_kind_display(), "day": entry.day, "area": display.m2(abs(entry.amount_m2)),
        }  # fmt: skip
        return super().get_context_data(**kwargs) | {"what": what}

    def act(self, form: Any) -> None:
        take_back(entry=self.thing, by=self.request.user, reason=form.cleaned_data["reason"])  # type: ignore[arg-type]
