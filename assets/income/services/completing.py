"""Complete what was not known when a contract was signed; record benefit links. 中文：补充登记"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from assets.income.codes import LinkKind
from assets.models import BenefitLink, Contract
from registry import access, clock
from registry.errors import BadInput
from registry.models import Unit, User
from registry.reasons import too_short
from registry.rules.engine import evaluate_units
from registry.services.acts import record_act

from .contracts import VERB, lock
from .receiving import take_account

LATER = ("decision", "platform_number", "account", "account_number", "account_holder", "sublet_to",
         "sublet_consent_on", "exit_clause", "guarantor", "remark")  # fmt: skip
RECEIVING = ("account", "account_number", "account_holder")


def _said(value: Any) -> str:
    """A fact as the book has it; of an account its last four digits."""
    text = str(value or "")
    return f"****{text[-4:]}" if text.isdecimal() and len(text) > 7 else text


@transaction.atomic
def complete_contract(*, contract: Contract, by: User | None, reason: str, **values: Any) -> Contract:
    """Write facts of ``LATER``; what the dues follow from is amended instead. 中文：补充合同信息"""
    if values.keys() - set(LATER):
        raise TypeError(f"no such facts: {sorted(values.keys() - set(LATER))}")
    if too_short(reason):
        raise BadInput(_("Say in a sentence why."), "reason")
    contract = lock(contract, by)
    if values.get("sublet_consent_on") and not values.get("sublet_to", contract.sublet_to):
        raise BadInput(_("Name to whom it is sublet."), "sublet_to")
    before = {name: _said(getattr(contract, name)) for name in values}
    for name, value in values.items():
        setattr(contract, name, value)
    if values.keys() & set(RECEIVING):
        take_account(contract)
    contract.save(update_fields=[*values, *RECEIVING])
    record_act(
        by=by, verb="contract_noted", division=contract.division, subject=f"contract:{contract.pk}",
        reason=reason, before=before, after={name: _said(value) for name, value in values.items()},
    )  # fmt: skip
    evaluate_units(list(contract.parts.values_list("unit", flat=True)), as_of=clock.today())
    return contract


@transaction.atomic
def record_link(
    *, unit: Unit, kind: str, begins_on: dt.date, by: User | None, ends_on: dt.date | None = None,
    households: int | None = None, note: str = "",
) -> BenefitLink:  # fmt: skip
    """Record how an asset helps farmers, from a day on. 中文：登记利益联结"""
    access.require(by, VERB, unit.division)
    if kind not in LinkKind.values:
        raise BadInput(_("Choose how farmers benefit."), "kind")
    if ends_on is not None and ends_on < begins_on:
        raise BadInput(_("It ends before it begins; check both days."), "ends_on")
    upper = ends_on + dt.timedelta(days=1) if ends_on else None
    link = BenefitLink.objects.create(
        unit=unit,
        kind=kind,
        households=households,
        note=note.strip()[:255],
        valid=DateRange(begins_on, upper),
    )
    record_act(
        by=by, verb="link_recorded", division=unit.division, unit=unit, subject=f"benefitlink:{link.pk}",
        effective_on=begins_on, after={"kind": kind, "households": households},
    )  # fmt: skip
    evaluate_units([unit.pk], as_of=clock.today())
    return link
