"""Set the value of a parameter from a day on. 中文：设定参数"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from registry import access
from registry.errors import BadInput
from registry.models import Division, Parameter, User
from registry.queries.parameters import top_division
from registry.rules.parameters import checked

from .acts import record_act


@transaction.atomic
def set_parameter(
    *, key: str, value: Any, division: Division | None, begin: dt.date, source: str, by: User | None
) -> Parameter:
    """A value of a division (None: of the whole register) from a day on; the earlier value ends that day.

    A value that follows later stays: the new one ends where it begins. Raises ``BadInput`` where the value
    does not have the pattern of the shipped one, or the paper is not named; ``NotAllowed``.
    """
    access.require(by, "set_parameter", division or top_division())
    value = checked(key, value)
    if len(source.strip()) < 4:
        raise BadInput(_("Name the paper that sets the value, as 屏政办发〔2026〕3号."), "source")
    rows = Parameter.objects.select_for_update().filter(key=key, division=division)
    earlier = rows.filter(valid__contains=begin).first()
    if earlier is not None and earlier.valid.lower == begin:
        raise BadInput(
            _("A value from %(day)s on is set already. Choose a later day.") % {"day": begin}, "begin"
        )
    later = rows.filter(valid__startswith__gt=begin).order_by("valid").first()
    before = None
    if earlier is not None:
        before = {"value": earlier.value, "source": earlier.source, "from": _iso(earlier.valid.lower)}
        earlier.valid = DateRange(earlier.valid.lower, begin)
        earlier.save(update_fields=["valid"])
    made = Parameter.objects.create(
        key=key,
        value=value,
        division=division,
        source=source.strip()[:255],
        valid=DateRange(begin, later.valid.lower if later else None),
    )
    record_act(
        by=by,
        verb="parameter_set",
        division=division or top_division(),
        subject=f"parameter:{key}",
        effective_on=begin,
        reason=made.source,
        before=before,
        after={"value": value, "from": _iso(begin), "division": division.pk if division else None},
    )
    return made


def _iso(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None
