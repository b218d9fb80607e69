"""What the rules on quotas, approvals and balances have in common: they are read over places."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import QuerySet

from registry.codes import Reading
from registry.rules import Context, Row


def here(context: Context, rows: QuerySet, division: str = "division") -> QuerySet:
    """Rows of the scope; ``division`` is the lookup to their place."""
    return context.scope.limit(rows, division=f"{division}__path", unit=division, kind="division")


def found(
    division_id: int, key: str, since: dt.date | None, reading: str = Reading.FOUND, **details: Any
) -> Row:
    """A row on a thing of a place; ``key`` names the thing within it ("approval/12")."""
    return Row(
        subject_type="division",
        subject_key=f"{division_id}/{key}",
        division_id=division_id,
        since=since,
        reading=reading,
        details={name: _plain(value) for name, value in details.items()},
    )


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int | list | dict) else str(value)
