"""Accounts that someone answers for 用户: those of his divisions, and those that hold a role there."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from registry import access
from registry.models import Grant, User


def users_managed_by(user: Any, division: Any = None) -> QuerySet[User]:
    """Accounts whose division, or the division of one of whose roles, lies where the user manages accounts.

    Narrowed to one division and all below it, when given. Grants come with them, in two queries.
    """
    paths = access.scope_paths(user, "manage_users")
    rows = User.objects.filter(_below(paths))
    if division is not None:
        rows = rows.filter(_below([division.path]))
    grants = Grant.objects.select_related("division").order_by("-valid", "role")
    return rows.distinct().select_related("home", "party").prefetch_related(Prefetch("grants", grants))


def _below(paths: list[str]) -> Q:
    condition = Q(pk__in=[])
    for path in paths:
        condition |= Q(home__path__startswith=path)
        condition |= Q(pk__in=Grant.objects.filter(division__path__startswith=path).values("user"))
    return condition


def gives_in(user: Any) -> list[str]:
    """Roles that the user may give somewhere, in the order of the list of roles."""
    from registry.codes import Role

    held = access.roles_of(user)
    return [role for role in Role.values if any(role in access.GIVES.get(own, ()) for own in held)]
