"""Pages are measured as the server answers them: by the role for which row-level security holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from registry import row_security
from registry.site.cluster import APP


@contextmanager
def serving() -> Iterator[str]:
    """Work as the serving role, where there is one, and as the owner afterwards; gives the role."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", [APP])
        owner, there = cursor.fetchone()
        role = APP if there else owner
        cursor.execute(f'SET ROLE "{role}"')
        try:
            yield role
        finally:
            cursor.execute("RESET ROLE")
            row_security.say(row_security.EVERYTHING)
