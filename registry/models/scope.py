"""The one door: every list, map, page, command and export of a user starts with ``visible_to(user)``."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Q


class ScopedQuerySet(models.QuerySet):
    """A queryset that knows the path from its rows to their division.

    ``DIVISION`` names the lookup to the division (empty: the row is a division itself).
    """

    DIVISION = "division"

    @classmethod
    def scope_lookup(cls) -> str:
        return f"{cls.DIVISION}__path" if cls.DIVISION else "path"

    def visible_to(self, user: Any) -> Self:
        """Rows in the divisions that the user's current grants reach; none at all without a grant."""
        from registry.access import scope_paths

        return self.within_paths(scope_paths(user))

    def within(self, division: Any) -> Self:
        """Rows in one division and everything below it."""
        return self.within_paths([division.path])

    def within_paths(self, paths: list[str]) -> Self:
        if not paths:
            return self.none()
        condition = Q()
        for path in paths:
            condition |= Q(**{f"{self.scope_lookup()}__startswith": path})
        return self.filter(condition)
