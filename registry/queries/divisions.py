"""Readings of the tree of divisions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.utils.translation import gettext as _

from registry.codes import CodeSystem
from registry.errors import BadInput
from registry.models import Division, DivisionCode


def ancestors_of_path(path: str) -> list[int]:
    """Primary keys along a path, the top first."""
    return [int(part) for part in path.split("/") if part]


def go_live_by_division(keys: Iterable[int]) -> dict[int, dt.date]:
    """Go-live date per division, inherited from the nearest ancestor that has one. Two queries."""
    paths = dict(Division.objects.filter(pk__in=set(keys)).values_list("pk", "path"))
    lineage = {pk: ancestors_of_path(path) for pk, path in paths.items()}
    above = {key for keys_ in lineage.values() for key in keys_}
    set_ = Division.objects.filter(pk__in=above, go_live__isnull=False).values_list("pk", "go_live")
    dates = {pk: day for pk, day in set_ if day is not None}
    found = {}
    for pk, line in lineage.items():
        for key in reversed(line):
            if key in dates:
                found[pk] = dates[key]
                break
    return found


def division_by_code(code: str, system: str = CodeSystem.NBS, day: dt.date | None = None) -> Division:
    """The division of a code. Raises ``BadInput`` with a sentence when there is none, or more than one."""
    found = list(Division.objects.coded(code, system, day)[:2])
    if not found:
        raise BadInput(
            _(
                "There is no division with the %(system)s %(code)s. Import the divisions first, "
                "or check the code."
            )
            % {"system": CodeSystem(system).label, "code": code},
            "no_division",
        )
    if len(found) > 1:
        raise BadInput(
            _("The %(system)s %(code)s belonged to several divisions over time. Give a date.")
            % {"system": CodeSystem(system).label, "code": code},
            "ambiguous_division",
        )
    return found[0]


def codes_by_division(keys: Iterable[int], system: str = CodeSystem.NBS) -> dict[int, str]:
    """Newest code of each division in a system; one query."""
    rows = DivisionCode.objects.filter(division_id__in=set(keys), system=system).order_by("valid")
    return dict(rows.values_list("division_id", "code"))
