"""``/pools/``: pools of income and their distributions. 中文：收益池与收益分配"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import django_filters as filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assets.income.forms_pools import DecidedForm, EntryForm, PlanForm, PoolForm, SettleForm
from assets.income.notice_lists import uses_of
from assets.income.queries.pools import ZERO, account_of, pools_with_given
from assets.income.services.distributions import approve_distribution, plan_distribution
from assets.income.services.pools import add_entry, open_pool, settle_pool
from assets.models import Distribution, IncomePool
from registry import access, clock, display
from registry.exports import Column
from registry.models import Decision, Notice
from registry.tables import NUM, cell, link
from registry.views.generic import FIRST, ActionPage, ListPage, Page, RegisterPage

from .contracts import shown
from .waiting import next_of

POOLS = (gettext_lazy("Income pools"), "/pools/")


def left_of(pool: Any) -> Any:
    """What of a pool is neither distributed nor reserved."""
    return pool.distributable - (pool.given_total or ZERO) - (pool.given_reserve or ZERO)


class PoolTable(tables.Table):
    name = tables.Column(verbose_name=gettext_lazy("pool"))
    year = tables.Column(verbose_name=gettext_lazy("year"))
    received = tables.Column(verbose_name=gettext_lazy("received (yuan)"), attrs=NUM)
    distributable = tables.Column(
        verbose_name=gettext_lazy("distributable (yuan)"), attrs=NUM, orderable=False
    )
    left = tables.Column(
        verbose_name=gettext_lazy("left (yuan)"), attrs=NUM, orderable=False, empty_values=()
    )

    class Meta:
        model = IncomePool
        fields = ("name", "year", "received", "distributable", "left")
        empty_text = gettext_lazy("No income pool is open here")

    def render_name(self, record: IncomePool) -> Any:
        return cell(link(reverse("pool", args=[record.pk]), record.name), record.division.name)

    def render_year(self, value: int) -> str:
        return str(value)

    def render_received(self, record: IncomePool) -> str:
        return display.grouped(record.received) if record.settled_id else display.DASH

    def render_distributable(self, record: IncomePool) -> str:
        return display.grouped(record.distributable) if record.settled_id else display.DASH

    def render_left(self, record: IncomePool) -> str:
        return display.grouped(left_of(record)) if record.settled_id else display.DASH


class PoolFilter(filters.FilterSet):
    year = filters.NumberFilter(label=gettext_lazy("year"))
    q = filters.CharFilter(label=gettext_lazy("name"), field_name="name", lookup_expr="icontains")

    class Meta:
        model = IncomePool
        fields: list[str] = []


class PoolListView(ListPage):
    verb = "see_income"
    title = gettext_lazy("Income pools")
    lead = gettext_lazy("What the assets brought in a year, what may be distributed of it, and what is left.")
    model = IncomePool
    table_class = PoolTable
    filterset_class = PoolFilter
    noun = "pool"
    template_name = "assets/income/pools.html"
    export_columns = (
        Column(gettext_lazy("pool"), lambda row: row.name),
        Column(gettext_lazy("place"), lambda row: row.division.name),
        Column(gettext_lazy("whose income"), lambda row: row.owner.name, width=28),
        Column(gettext_lazy("year"), lambda row: row.year, kind="count"),
        Column(gettext_lazy("received (yuan)"), lambda row: row.received, kind="money"),
        Column(gettext_lazy("distributable (yuan)"), lambda row: row.distributable, kind="money"),
        Column(gettext_lazy("left (yuan)"), left_of, kind="money"),
    )

    def get_queryset(self) -> QuerySet:
        rows = self.scoped(IncomePool.objects.in_force()).select_related("division", "owner")
        return pools_with_given(rows)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(may_keep=access.may(self.request.user, "keep_pool"), **kwargs)


class PoolNewView(RegisterPage):
    verb = "keep_pool"
    title = gettext_lazy("Open an income pool")
    crumbs = (POOLS,)
    form_class = PoolForm
    submit = gettext_lazy("Open the pool")
    done = gettext_lazy("The pool is open. Enter its costs, then settle it.")
    one, many = "pool", "pools"

    def register(self, form: Any) -> IncomePool:
        return open_pool(by=self.request.user, **form.cleaned_data)


class PoolPart:
    """Pages on one pool."""

    request: Any
    kwargs: dict[str, Any]
    verb = "see_income"

    @cached_property
    def pool(self) -> IncomePool:
        rows = IncomePool.objects.visible_to(self.request.user).in_force().select_related("division", "owner")
        found = get_object_or_404(rows, pk=self.kwargs["pk"])
        access.require(self.request.user, self.verb, found.division)
        return found


class PoolView(PoolPart, Page):
    template_name = "assets/income/pool.html"

    def get_title(self) -> Any:
        return self.pool.name

    def get_crumbs(self) -> list[tuple[Any, str]]:
        return [FIRST, POOLS, (self.pool.name, "")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pool, user = self.pool, self.request.user
        return super().get_context_data(
            pool=pool,
            account=account_of(pool),
            units=pool.units.order_by("code"),
            entries=pool.entries.in_force(),
            distributions=pool.distributions.in_force(),
            may_keep=access.may(user, "keep_pool", pool.division),
            may_distribute=access.may(user, "distribute_income", pool.division),
            **kwargs,
        )


class PoolAct(PoolPart, ActionPage):
    verb = "keep_pool"

    def get_crumbs(self) -> list[tuple[Any, str]]:
        return [FIRST, POOLS, (self.pool.name, self.fallback_url()), (self.get_title(), "")]

    def fallback_url(self) -> str:
        return reverse("pool", args=[self.pool.pk])


class EntryView(PoolAct):
    title = gettext_lazy("Enter a cost, a tax or a loss")
    form_class = EntryForm
    submit = gettext_lazy("Enter it")
    done = gettext_lazy("It is entered. Settle the pool again for it to count.")

    def act(self, form: Any) -> None:
        add_entry(pool=self.pool, by=self.request.user, **form.cleaned_data)


class SettleView(PoolAct):
    title = gettext_lazy("Settle the pool")
    lead = gettext_lazy("Fixes what may be distributed, from the matches and entries of now.")
    form_class = SettleForm
    submit = gettext_lazy("Settle it")
    done = gettext_lazy("The pool is settled.")

    def get_initial(self) -> dict[str, Any]:
        return {"settled_on": clock.today()}

    def act(self, form: Any) -> None:
        settle_pool(pool=self.pool, by=self.request.user, **form.cleaned_data)


class PlanView(PoolAct):
    verb = "distribute_income"
    title = gettext_lazy("Plan a distribution")
    lead = gettext_lazy("Fixed amounts first; the rest is split to the fen by largest remainder.")
    form_class = PlanForm
    submit = gettext_lazy("Write the plan")
    done = gettext_lazy("The plan is written. Publish it, have it decided, then approve it.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "pool": self.pool, "user": self.request.user}

    def act(self, form: Any) -> None:
        plan_distribution(pool=self.pool, plan=form.plan(), by=self.request.user)


class DistributionPart:
    """Pages on one distribution."""

    request: Any
    kwargs: dict[str, Any]
    verb = "see_income"

    @cached_property
    def made(self) -> Distribution:
        rows = Distribution.objects.visible_to(self.request.user).in_force()
        found = get_object_or_404(
            rows.select_related("pool__division", "pool__owner", "decision"), pk=self.kwargs["pk"]
        )
        access.require(self.request.user, self.verb, found.pool.division)
        return found

    def trail(self) -> list[tuple[Any, str]]:
        return [FIRST, POOLS, (self.made.pool.name, reverse("pool", args=[self.made.pool_id]))]


def _latest(payments: Iterable[Any]) -> list[Any]:
    """The payment by which a line stands now: a line that came back is ordered again."""
    return sorted((one for one in payments if one.annulled_id is None), key=lambda one: one.pk)[-1:]


class DistributionView(DistributionPart, Page):
    template_name = "assets/income/distribution.html"

    def get_title(self) -> Any:
        return self.made.title

    def get_crumbs(self) -> list[tuple[Any, str]]:
        return [*self.trail(), (self.made.number, "")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        made, user = self.made, self.request.user
        names = access.may(user, "see_personal", made.pool.division)
        lines = [
            {"line": line, "name": shown(line.payee, names), "payment": _latest(line.payments.all())}
            for line in made.lines.select_related("payee").prefetch_related("payments")
        ]
        return super().get_context_data(
            made=made,
            lines=lines,
            uses=uses_of(made),
            signs=[_("Made out by"), _("Checked by")],
            notices=Notice.objects.in_force().filter(matter=made.number, division=made.pool.division),
            next=next_of(made),
            may_distribute=access.may(user, "distribute_income", made.pool.division),
            **kwargs,
        )


class ApproveView(DistributionPart, ActionPage):
    verb = "distribute_income"
    title = gettext_lazy("Approve the distribution")
    lead = gettext_lazy("From now on it counts against the pool and stays as it is.")
    form_class = DecidedForm
    submit = gettext_lazy("Approve it")
    done = gettext_lazy("The distribution is approved. Pay it, and publish the result.")

    def get_crumbs(self) -> list[tuple[Any, str]]:
        return [*self.trail(), (self.made.number, self.fallback_url()), (self.get_title(), "")]

    def get_form_kwargs(self) -> dict[str, Any]:
        held = Decision.objects.in_force().visible_to(self.request.user).within(self.made.pool.division)
        return {**super().get_form_kwargs(), "decisions": held}

    def fallback_url(self) -> str:
        return reverse("distribution", args=[self.made.pk])

    def act(self, form: Any) -> None:
        approve_distribution(distribution=self.made, by=self.request.user, **form.cleaned_data)
