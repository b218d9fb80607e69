"""Parameters 参数: thresholds with validity and source; the nearest division's value first."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from registry.errors import BadInput, RegistryError
from registry.models import Parameter
from registry.queries.prepared import Prepared


@dataclass(frozen=True)
class Default:
    """A value that ships with the product; counties put their own beside it.

    ``label`` says what it is, ``unit`` what it counts; ``choices`` are the words it may be. Its value is also
    the pattern of the values that counties set; ``check`` gives the name of what is wrong beyond the pattern.
    """

    key: str
    value: Any
    source: str
    valid_from: dt.date = dt.date(2012, 11, 8)
    valid_to: dt.date | None = None
    label: Any = ""
    unit: Any = ""
    choices: tuple[str, ...] = ()
    check: Callable[[Any], str] | None = None


_DEFAULTS: list[Default] = []


def register(*defaults: Default) -> None:
    """Apps register the parameters of their rules when they load; two of one key and day are a mistake."""
    held = {(default.key, default.valid_from) for default in _DEFAULTS}
    for default in defaults:
        if (default.key, default.valid_from) in held:
            raise ValueError(f"the parameter {default.key} is registered twice")
        held.add((default.key, default.valid_from))
    _DEFAULTS.extend(defaults)


def known() -> dict[str, Default]:
    """The newest shipped default of every key, by key."""
    return {default.key: default for default in sorted(_DEFAULTS, key=lambda d: (d.key, d.valid_from))}


def install_defaults() -> int:
    """Write the shipped defaults of keys that have no value at all; give how many were written."""
    there = set(Parameter.objects.values_list("key", flat=True))
    rows = [
        Parameter(
            key=default.key,
            value=default.value,
            source=default.source,
            valid=DateRange(default.valid_from, default.valid_to),
        )
        for default in _DEFAULTS
        if default.key not in there
    ]
    Parameter.objects.bulk_create(rows)
    return len(rows)


_COLUMNS = ("key", "division__path", "value")
_ON = Prepared(lambda day: Parameter.objects.filter(valid__contains=day).values_list(*_COLUMNS))
_SOME_ON = Prepared(
    lambda day, *keys: Parameter.objects.filter(valid__contains=day, key__in=keys).values_list(*_COLUMNS)
)
_READ: ContextVar[dict[dt.date, list[tuple[str, str, Any]]] | None] = ContextVar("parameters", default=None)


@contextmanager
def read_once() -> Iterator[None]:
    """For a page that asks for many thresholds: those of a day are read together, with the first."""
    token = _READ.set({})
    try:
        yield
    finally:
        _READ.reset(token)


def rows_on(keys: Iterable[str], day: dt.date) -> list[tuple[str, str, Any]]:
    """(key, division path, value) of what is valid on the day, the nearest divisions first. One query."""
    wanted, memory = set(keys), _READ.get()
    if memory is not None and day in memory:
        return [row for row in memory[day] if row[0] in wanted]
    columns = _ON(day) if memory is not None else _SOME_ON(day, *sorted(wanted)) if wanted else []
    found = [(key, path or "", value) for key, path, value in columns]
    found.sort(key=lambda row: len(row[1]), reverse=True)
    if memory is not None:
        memory[day] = found
    return [row for row in found if row[0] in wanted]


def resolver(keys: Iterable[str], day: dt.date) -> Callable[[str, str], Any]:
    """A function (key, division path) -> value valid on the day; one query.

    Raises ``RegistryError`` where no value is valid: a missing threshold is never a pass.
    """
    values: dict[str, list[tuple[str, Any]]] = {}
    for key, path, value in rows_on(keys, day):
        values.setdefault(key, []).append((path, value))

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


def timeline(keys: Iterable[str]) -> Callable[[str, str, dt.date], Any]:
    """A function (key, division path, day of the event) -> value valid on that day, or None; one query."""
    rows = Parameter.objects.filter(key__in=set(keys)).values_list("key", "division__path", "valid", "value")
    values: dict[str, list[tuple[str, DateRange, Any]]] = {}
    for key, path, valid, value in rows:
        values.setdefault(key, []).append((path or "", valid, value))
    for found in values.values():
        found.sort(key=lambda line: len(line[0]), reverse=True)

    def value_of(key: str, path: str, day: dt.date) -> Any:
        for prefix, valid, value in values.get(key, []):
            if path.startswith(prefix) and day in valid:
                return value
        return None

    return value_of


def values_on(keys: Iterable[str], day: dt.date) -> dict[str, Any]:
    """County-wide values of the keys on a day, as findings and runs store them."""
    value_of = resolver(keys, day)
    return {key: value_of(key, "") for key in sorted(keys)}


def checked(key: str, value: Any) -> Any:
    """A value in the pattern of the shipped one. Raises ``BadInput`` saying where it differs and how."""
    default = known().get(key)
    if default is None:
        raise BadInput(_("There is no parameter %(key)s.") % {"key": key}, "no_parameter")
    problem = _differs(default.value, value, "")
    if not problem and default.choices and value not in default.choices:
        problem = _("“%(value)s” is not one of %(choices)s.") % {
            "value": value,
            "choices": "、".join(default.choices),
        }
    if not problem and default.check is not None and (wrong := default.check(value)):
        problem = _("“%(what)s” holds something that is not known here.") % {"what": wrong}
    if problem:
        raise BadInput(problem, "bad_value")
    return value


def _differs(pattern: Any, value: Any, where: str) -> str:
    """The first place where a value leaves the pattern, as a sentence; empty when it does not."""
    if isinstance(pattern, dict):
        return _differs_in_keys(pattern, value, where)
    if isinstance(pattern, list):
        if not isinstance(value, list):
            return _sentence(where, value, _("a list, as [%(example)s]") % {"example": _example(pattern)})
        found = (_differs(pattern[0], item, f"{where}[{n}]") for n, item in enumerate(value, 1))
        return next((problem for problem in found if problem), "") if pattern else ""
    if isinstance(pattern, bool):
        return "" if isinstance(value, bool) else _sentence(where, value, _("true or false"))
    if isinstance(pattern, int | float):
        number = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 10**12
        if number and (isinstance(pattern, float) or isinstance(value, int)):
            return ""
        wanted = _("a number from 0 on") if isinstance(pattern, float) else _("a whole number from 0 on")
        return _sentence(where, value, wanted)
    return _differs_in_words(str(pattern), value, where)


def _differs_in_keys(pattern: dict[str, Any], value: Any, where: str) -> str:
    names = "、".join(pattern)
    if not isinstance(value, dict):
        return _sentence(where, value, _("values by name: %(names)s") % {"names": names})
    unknown, missing = [n for n in value if n not in pattern], [n for n in pattern if n not in value]
    if "default" in pattern:  # further kinds may have a value of their own, and need none
        unknown, missing = [], [n for n in missing if n == "default"]
    if unknown:
        return _sentence(where, unknown[0], _("one of the names %(names)s") % {"names": names})
    if missing:
        return _("“%(name)s” is missing; the names are %(names)s.") % {"name": missing[0], "names": names}
    inner = {name: pattern.get(name, pattern.get("default")) for name in value}
    found = (_differs(inner[n], value[n], f"{where}.{n}" if where else n) for n in value)
    return next((problem for problem in found if problem), "")


def _differs_in_words(pattern: str, value: Any, where: str) -> str:
    if re.fullmatch(r"\d+(\.\d+)?", pattern):
        good = isinstance(value, str) and bool(re.fullmatch(r"\d{1,9}(\.\d{1,6})?", value))
        return "" if good else _sentence(where, value, _("a number from 0 on, as %(n)s") % {"n": pattern})
    if "/" not in pattern:
        filled = isinstance(value, str) and 0 < len(value.strip()) <= 60
        return "" if filled else _sentence(where, value, _("a word, as %(example)s") % {"example": pattern})
    try:
        good = isinstance(value, str) and len(value) < 20 and 0 <= Fraction(value) <= 1
    except (ValueError, ZeroDivisionError):
        good = False
    return "" if good else _sentence(where, value, _("a fraction from 0/1 to 1/1, as 2/3"))


def _example(pattern: list[Any]) -> str:
    return ", ".join(str(item) for item in pattern[:3])


def _sentence(where: str, value: Any, wanted: str) -> str:
    values = {"where": where, "value": str(value)[:40], "wanted": wanted}
    if where:
        return _("%(where)s: “%(value)s” was found, expected is %(wanted)s.") % values
    return _("“%(value)s” was found, expected is %(wanted)s.") % values
