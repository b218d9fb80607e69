"""LND-03: what is let for longer than its ground is held. 中文：资产合同期限超出土地流转期限"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from assets.models import LeasedLand
from registry.codes import Severity
from registry.rules import Context, Outcome, Rule

from .contracts import READS
from .reading import contract_row, contracts, found


def read_lnd_03(context: Context) -> Outcome:
    """LND-03: a running contract of an asset ends after the lease of land beneath it. Three queries.

    Of each lessor the last lease counts; a contract without an end outlasts every lease.
    """
    running = contracts(context, term__contains=context.as_of)
    held = _held({part.unit_id for c in running for part in c.parts_read})  # type: ignore[attr-defined]
    rows = [
        contract_row(
            c,
            c.signed_on,
            lessors=len(short),
            until=min(short).isoformat(),
            last=str(c.last_day or "—"),
            **({} if c.last_day else {"variant": "open"}),
        )
        for c in running
        if (short := _short(c, held))
    ]
    return Outcome(checked=len(running), rows=found(rows))


def _held(units: set[int]) -> dict[int, list[dt.date]]:
    """Until when the land of each lessor is held, by unit."""
    last = LeasedLand.objects.in_force().filter(unit__in=units).order_by()
    ends: dict[int, list[dt.date]] = defaultdict(list)
    for unit, _lessor, until in last.values_list("unit", "lessor").annotate(Max("leased_until")):
        ends[unit].append(until)
    return ends


def _short(contract: Any, held: dict[int, list[dt.date]]) -> list[dt.date]:
    """The ends of leases that come before the contract's."""
    ends = (until for part in contract.parts_read for until in held.get(part.unit_id, ()))
    return [until for until in ends if contract.last_day is None or until < contract.last_day]


RULES = (
    Rule(
        id="LND-03",
        looks_at="assets_contractunit",
        title=_("contract outlasts the lease of the land"),
        message=_(
            "Contract %(contract)s on %(name)s runs to %(last)s; the lease of the land beneath it ends on "
            "%(until)s already (lessors: %(lessors)s)."
        ),
        variants={
            "open": _(
                "Contract %(contract)s on %(name)s has no end; the lease of the land beneath it ends on "
                "%(until)s (lessors: %(lessors)s)."
            )
        },
        remedy=_("Renew the lease of the land and enter it, or shorten the contract by an amendment."),
        source="民法典第七百零五条；农村土地经营权流转管理办法（剩余承包期限）",
        severity=Severity.W,
        reads=READS | {"assets_leasedland"},
        read=read_lnd_03,
    ),
)
