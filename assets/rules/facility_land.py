"""LND-02: facility land that was not made fit for growing again. 中文：设施农业用地恢复种植"""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from assets.models import AgriFacilityFiling
from assets.parameters_networks import FACILITY_MONTHS
from registry.codes import Role
from registry.rules import Context, Outcome, Row, Rule

from .sites import months_after
from .water import on_unit

DAY = dt.timedelta(days=1)


def read_lnd_02(context: Context) -> Outcome:
    """LND-02: a facility is closed, and its ground is not fit for growing by the deadline. One query.

    Closed: said so in the filing, out of the register, or past the last day of the filing; the first of them
    counts. The deadline is the filing's own day, else the months of the parameter after the closing.
    """
    filings = AgriFacilityFiling.objects.in_force().select_related("unit__division")
    limited = context.scope.limit(filings).order_by("unit__code", "pk")
    judged = [_judged(one, context) for one in limited]
    return Outcome(checked=len(judged), rows=[found for found in judged if found is not None])


def closed_since(one: AgriFacilityFiling) -> dt.date | None:
    """The first day on which the facility was no longer used, as far as the register knows."""
    over = one.until + DAY if one.until is not None else None
    known = [day for day in (one.closed_on, one.unit.left_on, over) if day is not None]
    return min(known, default=None)


def _judged(one: AgriFacilityFiling, context: Context) -> Row | None:
    closed = closed_since(one)
    if closed is None or closed > context.as_of:
        return None
    if one.restored_on is not None and one.restored_on <= context.as_of:
        return None
    months = int(context.value(FACILITY_MONTHS, one.unit.division.path))
    due = one.restore_by or months_after(closed, months)
    if context.as_of <= due:
        return None
    lapsed = one.until is not None and one.until < closed
    last = one.until if lapsed and one.until else closed
    details = {"closed": last.isoformat(), "due": due.isoformat(), "number": one.number or "—"}
    return on_unit(one, due + DAY, **details, **({"variant": "term"} if lapsed else {}))


RULES = (
    Rule(
        id="LND-02",
        looks_at="assets_agrifacilityfiling",
        title=_("facility land not fit for growing again"),
        message=_(
            "%(name)s (filing %(number)s) is no longer used since %(closed)s; its ground was to be fit for "
            "growing by %(due)s and is not."
        ),
        variants={
            "term": _(
                "The filing %(number)s of the land of %(name)s ran out on %(closed)s and was not renewed; "
                "its ground was to be fit for growing by %(due)s and is not."
            )
        },
        remedy=_("Take away what stands there and restore the soil; enter the day. Or file the land anew."),
        source="土地管理法实施条例第十一条；自然资规〔2019〕4号",
        office=Role.LAND_OFFICER,
        reads=frozenset({"assets_agrifacilityfiling"}),
        read=read_lnd_02,
        parameters=(FACILITY_MONTHS,),
    ),
)
