"""What every page needs: who looks, from which division, and where one can go."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from registry import access, navigation
from registry.codes import Role
from registry.models import Division, User
from registry.queries.prepared import Prepared

SESSION_KEY = "division"
_DEMO = Prepared(lambda: User.objects.filter(demo=True, is_active=True).values_list("pk")[:1])
_LOOKED_AT = Prepared(lambda key, *paths: Division.objects.within_paths(list(paths)).filter(pk=key)[:1])


def chosen_division(request: HttpRequest) -> Division | None:
    """The division of the header's switch: the chosen one where it is visible, else the user's first."""
    cached = getattr(request, "_chosen_division", False)
    if cached is not False:
        return cached
    paths = access.scope_paths(request.user)
    looked_at = request.session.get(SESSION_KEY) or getattr(request.user, "last_division_id", None)
    division = _LOOKED_AT.first(int(looked_at), *paths) if looked_at and paths else None
    if division is None:
        opening = access.VERBS["view"]
        grants = [grant for grant in access.current_grants(request.user) if grant.role in opening]
        division = grants[0].division if grants else None
    request._chosen_division = division  # type: ignore[attr-defined]
    return division


def shell(request: HttpRequest) -> dict[str, Any]:
    """Template context of the frame around every page; read once a request."""
    cached = getattr(request, "_shell", None)
    if cached is None:
        cached = request._shell = _shell(request)  # type: ignore[attr-defined]
    return cached


def _shell(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"site_name": settings.SITE_NAME, "demo": demo_mode(), "nav": []}
    roles = access.roles_of(user)
    return {
        "site_name": settings.SITE_NAME,
        "demo": demo_mode(),
        "roles": [Role(role).label for role in sorted(roles)],
        "current_division": chosen_division(request),
        "nav": navigation.items(request),
    }


def demo_mode() -> bool:
    """Whether this installation carries demo accounts: the watermark stands on every page and print."""
    return bool(_DEMO())
