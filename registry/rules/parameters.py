"""Parameters 参数: thresholds with validity and source; the nearest division's value first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from registry.errors import RegistryError
from registry.models import Parameter


@dataclass(frozen=True)
class Default:
    """A value that ships with the product; counties put their own beside it."""

    key: str
    value: Any
    source: str
    valid_from: dt.date = dt.date(2012, 11, 8)
    valid_to: dt.date | None = None


_DEFAULTS: list[Default] = []


def register(*defaults: Default) -> None:
    """Apps register the parameters of their rules when they load."""
    _DEFAULTS.extend(defaults)


def install_defaults() -> int:
    """Write the shipped defaults of keys that have no value at all; give how many were written."""
    known = set(Parameter.objects.values_list("key", flat=True))
    rows = [
        Parameter(
            key=default.key,
            value=default.value,
            source=default.source,
            valid=DateRange(default.valid_from, default.valid_to),
        )
        for default in _DEFAULTS
        if default.key not in known
    ]
    Parameter.objects.bulk_create(rows)
    return len(rows)


def resolver(keys: Iterable[str], day: dt.date) -> Callable[[str, str], Any]:
    """A function (key, division path) -> value valid on the day; one query.

    Raises ``RegistryError`` where no value is valid: a missing threshold is never a pass.
    """
    wanted = set(keys)
    rows = Parameter.objects.filter(key__in=wanted, valid__contains=day).values_list(
        "key", "division__path", "value"
    )
    values: dict[str, list[tuple[str, Any]]] = {}
    for key, path, value in rows:
        values.setdefault(key, []).append((path or "", value))
    for found in values.values():
        found.sort(key=lambda pair: len(pair[0]), reverse=True)

    def value_of(key: str, path: str = "") -> Any:
        for prefix, value in values.get(key, []):
            if path.startswith(prefix):
                return value
        raise RegistryError(
            _("The parameter %(key)s has no value on %(day)s. Enter one with its source.")
            % {"key": key, "day": day},
            "no_parameter",
        )

    return value_of


def values_on(keys: Iterable[str], day: dt.date) -> dict[str, Any]:
    """County-wide values of the keys on a day, as findings and runs store them."""
    value_of = resolver(keys, day)
    return {key: value_of(key, "") for key in sorted(keys)}
