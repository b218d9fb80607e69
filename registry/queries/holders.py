"""Find a party by the name that somebody types. 中文：按名称查找主体"""

from __future__ import annotations

import re

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from registry.codes import PRIVATE_KINDS, Level
from registry.errors import BadInput
from registry.models import Division, Party, Unit

from .divisions import ancestors_of_path

LISTED = 500
_KEY = re.compile(r"\s*#(\d+)\s*$")


def township_of(division: Division) -> Division:
    """The township of a place, or the place itself above townships."""
    while division.level in (Level.VILLAGE, Level.NATURAL_VILLAGE) and division.parent is not None:
        division = division.parent
    return division


def parties_near(unit: Unit) -> list[Party]:
    """Bodies that a form proposes: of the township and of the places above it; no private persons."""
    rows = _reach(unit).exclude(kind__in=PRIVATE_KINDS)
    return list(rows.order_by("name", "pk")[:LISTED])


def _reach(unit: Unit) -> QuerySet[Party]:
    top = township_of(unit.division)
    place = Q(division__path__startswith=top.path) | Q(division__in=ancestors_of_path(top.path))
    return Party.objects.filter(place, active_until=None, merged_into=None)


def party_named(unit: Unit, text: str) -> Party | None:
    """The party of a name (or ``name #key``) near a unit; None where there is none. Raises ``BadInput``
    where several bear the name, saying how to tell them apart."""
    rows = _reach(unit)
    keyed = _KEY.search(text)
    if keyed:
        rows = rows.filter(pk=int(keyed[1]))
        text = text[: keyed.start()]
    found = list(rows.filter(name=text.strip()).select_related("division")[:6])
    if len(found) > 1:
        raise BadInput(
            _("Several parties are called %(name)s: %(them)s. Write the one you mean with its number.")
            % {
                "name": text.strip(),
                "them": "、".join(f"{p.name} #{p.pk} ({p.division.name})" for p in found),
            },
            "several_parties",
        )
    return found[0] if found else None
