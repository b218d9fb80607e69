"""Signing in. On the demo one button per role, on this very machine only. 中文：登录"""

from __future__ import annotations

import ipaddress
from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from registry import clock
from registry.codes import Role
from registry.models import Grant

LOOKS: dict[str, tuple[str, Any]] = {
    Role.ASSET_MANAGER: ("ledger", _("Who keeps what up, what is due, what has no place yet.")),
    Role.LAND_OFFICER: ("redline", _("Survey layers, and whether a shape takes basic farmland.")),
    Role.FINANCE_OFFICER: ("money", _("Who owns the income of what, and in which share.")),
    Role.CLERK: ("person", _("Inspections of the village, from the phone.")),
    Role.COUNTY: ("building", _("All townships: what is open, and where.")),
    Role.AUDITOR: ("eye", _("Sees everything, changes nothing.")),
    Role.ADMIN: ("gear", _("Imports, parameters and people.")),
}


def on_loopback(request: HttpRequest) -> bool:
    """Whether the request was made on this machine, to this machine, and by no proxy's hand."""
    if request.META.get("HTTP_X_FORWARDED_FOR") or request.META.get("HTTP_FORWARDED"):
        return False
    host = request.get_host().rsplit(":", 1)[0].strip("[]")
    try:
        near = ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
        return near and (host == "localhost" or ipaddress.ip_address(host).is_loopback)
    except ValueError:
        return False


class SignInForm(AuthenticationForm):
    """User name and password; a demo account is refused from anywhere but this machine."""

    def confirm_login_allowed(self, user: Any) -> None:
        super().confirm_login_allowed(user)
        if user.demo and not on_loopback(self.request):  # type: ignore[arg-type]
            raise ValidationError(
                _(
                    "Demonstration accounts open only on the computer on which the demonstration runs. "
                    "Open it there at http://127.0.0.1, or sign in with an account of your own."
                ),
                code="demo_not_here",
            )


def demo_users() -> list[dict[str, Any]]:
    """Demo accounts with their role and place, in the order in which the work is done. Two queries."""
    grants = Grant.objects.on(clock.today()).filter(user__demo=True, user__is_active=True)
    order = list(LOOKS)
    found = []
    for grant in sorted(
        grants.select_related("user", "division"),
        key=lambda grant: (order.index(grant.role), grant.user.username),
    ):
        icon, note = LOOKS[grant.role]
        label = f"{Role(grant.role).label} · {grant.division.name}"
        found.append({"username": grant.user.username, "label": label, "note": note, "icon": icon})
    return found


class SignInView(LoginView):
    """``/login/``"""

    authentication_form = SignInForm
    template_name = "registry/login.html"
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        people = demo_users() if on_loopback(self.request) else []
        return super().get_context_data(demo_users=people, **kwargs)
