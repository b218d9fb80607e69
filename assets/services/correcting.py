"""Correct what the ledger says of one asset, on its page, with a reason. 中文：台账信息更正"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from assets.models import Asset
from projects.models import FundingLine
from registry import access, clock
from registry.errors import BadInput
from registry.models import Unit, User
from registry.rules import engine

from .changes import change_assets
from .ledger import AssetFacts

FIELDS = (
    "address", "spec", "quantity", "measure", "original_value", "settled_value", "completed_on",
    "accepted_on", "handed_over_on", "real_estate_code", "picture", "remark",
)  # fmt: skip


@transaction.atomic
def correct_asset(
    *,
    unit: Unit,
    name: str,
    fields: dict[str, Any],
    funding: Sequence[tuple[str, Decimal]],
    by: User | None,
    reason: str,
) -> Asset:
    """Write what differs as one act with before and after; what stays leaves no trace. 中文：更正台账信息

    Raises ``BadInput`` without a name or a reason, ``NotAllowed``, ``RuleBroken`` (REG-04).
    """
    access.require(by, "register_unit", unit.division)
    if not name.strip():
        raise BadInput(_("Give the name of the asset."), "name")
    if len(reason.strip()) < 2:
        raise BadInput(_("Say in a sentence why it is corrected."), "reason")
    asset = Asset.objects.select_for_update(of=("self",)).select_related("unit", "project").get(unit=unit)
    lines = sorted((source, f"{amount:.2f}") for source, amount in funding)
    changes = _changes(asset, name.strip(), fields, lines)
    if not changes:
        return asset
    fact = AssetFacts(
        name=name.strip(), division=unit.division, asset_class=asset.asset_class, subtype=asset.subtype,
        nature=asset.nature, funding=list(funding), asset=asset,
    )  # fmt: skip
    change_assets([(fact, changes)], by=by, reason=reason.strip())
    engine.evaluate_units([unit.pk], as_of=clock.today())
    engine.refuse_broken(on=clock.today(), units=[unit.pk])
    return asset


def _changes(
    asset: Asset, name: str, fields: dict[str, Any], lines: list[tuple[str, str]]
) -> dict[str, list[Any]]:
    """Before and after of what differs, as the book keeps it."""
    changes: dict[str, list[Any]] = {}
    if asset.unit.name != name:
        changes["name"] = [asset.unit.name, name]
    for field in FIELDS:
        if field in fields and getattr(asset, field) != fields[field]:
            changes[field] = [_plain(getattr(asset, field)), _plain(fields[field])]
    known = FundingLine.objects.in_force().filter(unit=asset.unit_id).values_list("source", "amount")
    before = sorted((source, f"{amount:.2f}") for source, amount in known)
    if before != lines:
        changes["funding"] = [[list(line) for line in before], [list(line) for line in lines]]
    return changes


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, dt.date) else value
