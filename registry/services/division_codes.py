"""Codes of divisions 区划代码: their form by level, below the code above, of one place at a time."""

from __future__ import annotations

import datetime as dt
import re

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from registry.codes import CodeSystem, Level
from registry.errors import BadInput
from registry.models import Division, DivisionCode

LENGTHS = {
    Level.PROVINCE: (2, 6),
    Level.PREFECTURE: (4, 6),
    Level.COUNTY: (6,),
    Level.TOWNSHIP: (9,),
    Level.VILLAGE: (12,),
    Level.NATURAL_VILLAGE: (15,),
}
VILLAGE_DIGITS, SUFFIX_DIGITS = 12, 3


def checked_code(code: str, level: str, parent: Division | None, system: str, on: dt.date) -> str:
    """A code of a place of a level, below the code of the place above. Raises ``BadInput``.

    A natural village has the 12 digits of its village and a suffix of three digits of its own.
    """
    lengths = LENGTHS[Level(level)]
    if not re.fullmatch(r"[0-9]+", code) or len(code) not in lengths:
        raise BadInput(
            _("The code of a %(level)s has %(want)s digits; %(code)s has %(found)d characters.")
            % {
                "level": Level(level).label,
                "want": "/".join(map(str, lengths)),
                "code": code,
                "found": len(code),
            },
            "code_length",
        )
    above = DivisionCode.objects.filter(division=parent, system=system, valid__contains=on).first()
    stem = (above.code.rstrip("0") if len(above.code) < 9 else above.code) if above and parent else ""
    if not code.startswith(stem):
        raise BadInput(
            _("The code %(code)s does not begin with the code %(parent)s of the place above it.")
            % {"code": code, "parent": stem},
            "code_not_below_parent",
        )
    return code


def refuse_taken_code(code: str, system: str, on: dt.date) -> None:
    """Raise ``BadInput`` where another place has the code on the day or later; the sentence names it."""
    rows = DivisionCode.objects.filter(system=system, code=code).filter(valid__overlap=DateRange(on, None))
    held = rows.select_related("division").first()
    if held is not None:
        raise BadInput(
            _("The %(system)s %(code)s belongs to %(place)s on that day. Give another code, or end that one.")
            % {"system": CodeSystem(system).label, "code": code, "place": held.division.name},
            "code_taken",
        )


def free_suffix(village_code: str, taken: frozenset[str] = frozenset()) -> str:
    """The next suffix below a village that no natural village ever had. Raises ``BadInput`` after 999."""
    used = DivisionCode.objects.filter(
        system=CodeSystem.NBS, code__startswith=village_code, division__level=Level.NATURAL_VILLAGE
    )
    gone = {code[VILLAGE_DIGITS:] for code in used.values_list("code", flat=True)} | taken
    for number in range(1, 10**SUFFIX_DIGITS):
        suffix = f"{number:0{SUFFIX_DIGITS}d}"
        if suffix not in gone:
            return suffix
    raise BadInput(_("No suffix is free below %(code)s.") % {"code": village_code}, "no_suffix")
