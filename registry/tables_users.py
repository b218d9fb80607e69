"""The list of accounts: table and filter."""

from __future__ import annotations

from typing import Any

import django_filters as filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from registry import badges, clock, display
from registry.codes import Role
from registry.models import Grant, User
from registry.tables import DAY, cell, link
from registry.templatetags.ui import render_badge

CLOSED = badges.Badge(_("closed"), "stop", "unknown")
FIRST_PASSWORD = badges.Badge(_("first password"), "history", "act")
DEMO = badges.Badge(_("demonstration"), "info", "info")


def marks(user: User) -> list[Any]:
    """The badges of an account that is not simply in use."""
    found = [] if user.is_active else [CLOSED]
    found += [FIRST_PASSWORD] if user.is_active and user.must_change_password else []
    return [render_badge(badge) for badge in [*found, *([DEMO] if user.demo else [])]]


def holds(grant: Grant) -> bool:
    """Whether a grant holds today."""
    lower, upper, today = grant.valid.lower, grant.valid.upper, clock.today()
    return (lower is None or lower <= today) and (upper is None or today < upper)


class UserTable(tables.Table):
    """One row an account: who, what he may where, when he was last here."""

    name = tables.Column(verbose_name=_("name"), empty_values=(), order_by="full_name")
    roles = tables.Column(verbose_name=_("roles of today"), empty_values=(), orderable=False)
    home = tables.Column(
        verbose_name=_("division of the account"), accessor="home__name", order_by="home__path"
    )
    state = tables.Column(verbose_name=_("state"), empty_values=(), orderable=False)
    last_login = tables.Column(verbose_name=_("last signed in"), attrs=DAY)

    class Meta:
        model = User
        fields = ("name", "roles", "home", "state", "last_login")
        empty_text = _("No account here")
        order_by = ("name",)

    def render_name(self, record: User) -> Any:
        return cell(link(reverse("user", args=[record.pk]), record.get_full_name()), record.username)

    def render_roles(self, record: User) -> Any:
        held = [grant for grant in record.grants.all() if record.is_active and holds(grant)]
        lines = [(grant.get_role_display(), grant.division.name) for grant in held]
        return format_html_join("", '<span class="sub">{} · {}</span>', lines) if lines else display.DASH

    def render_state(self, record: User) -> Any:
        return format_html_join(" ", "{}", ((mark,) for mark in marks(record))) or _("in use")

    def render_last_login(self, value: Any) -> Any:
        return display.moment(value)


class UserFilter(filters.FilterSet):
    """Open accounts unless closed ones are asked for."""

    q = filters.CharFilter(label=_("name"), method="by_name")
    role = filters.ChoiceFilter(label=_("role"), choices=Role.choices, method="by_role", empty_label=_("all"))
    state = filters.ChoiceFilter(
        label=_("state"),
        choices=[("closed", _("closed")), ("every", _("closed ones too"))],
        method="by_state",
        empty_label=_("accounts in use"),
    )

    class Meta:
        model = User
        fields: list[str] = []

    @property
    def qs(self) -> QuerySet:
        rows = super().qs
        return rows if self.data.get("state") in ("closed", "every") else rows.filter(is_active=True)

    def by_name(self, rows: QuerySet, _name: str, value: str) -> QuerySet:
        return rows.filter(Q(full_name__icontains=value) | Q(username__icontains=value))

    def by_role(self, rows: QuerySet, _name: str, value: str) -> QuerySet:
        return rows.filter(pk__in=Grant.objects.on(clock.today()).filter(role=value).values("user"))

    def by_state(self, rows: QuerySet, _name: str, value: str) -> QuerySet:
        return rows.filter(is_active=False) if value == "closed" else rows
