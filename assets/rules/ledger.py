"""Rules on the ledger: RIG-03 (household assets), REG-06 (assets not on the map). 中文：台账规则"""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from assets.codes import AssetClass, AssetNature
from registry.codes import EntryCode, PartyKind, Reading
from registry.models import Entry, Shape
from registry.queries.divisions import go_live_by_division
from registry.rules import Context, Outcome, Row, Rule

from .standing import built_on, held, row, standing

# One ledger row for many households is valid when a group party holds the list of them.
HOUSEHOLD_OWNERS = (PartyKind.HOUSEHOLD, PartyKind.PERSON, PartyKind.GROUP)
GEOTAG_DAYS = "geotag_max_days"


def read_rig_03(context: Context) -> Outcome:
    """RIG-03: a household asset is owned by someone who is no household. Two queries."""
    assets = standing(context, asset_class=AssetClass.HOUSEHOLD)
    owners = held(context, EntryCode.OWNERSHIP).filter(unit__in=assets.order_by().values("unit"))
    foreign = owners.exclude(party__kind__in=HOUSEHOLD_OWNERS).select_related("unit", "party")
    first: dict[int, Entry] = {}
    for entry in foreign.order_by("unit__code", "id"):
        first.setdefault(entry.unit_id, entry)
    rows = [
        Row(
            subject_type="unit",
            subject_key=entry.unit.code,
            unit_id=entry.unit_id,
            division_id=entry.unit.division_id,
            since=entry.valid.lower,
            details={
                "name": entry.unit.name,
                "owner": entry.party.name,
                "owner_kind": entry.party.kind,
            },
        )
        for entry in first.values()
    ]
    return Outcome(checked=context.counted(assets), rows=rows)


def read_reg_06(context: Context) -> Outcome:
    """REG-06: a fixed asset has no shape more than the allowed days after completion. Four queries.

    The clock starts at completion, never before the division's go-live date. Completion unknown: NO_DATA.
    """
    assets = standing(context, nature=AssetNature.FIXED)
    shape = Shape.objects.on(context.as_of).filter(unit=OuterRef("unit"))
    missing = list(assets.annotate(placed=Exists(shape)).filter(placed=False))
    go_live = go_live_by_division({asset.unit.division_id for asset in missing})
    rows = []
    for asset in missing:
        completed = built_on(asset)
        if completed is None:
            rows.append(row(asset, None, Reading.NO_DATA))
            continue
        start = max(completed, go_live.get(asset.unit.division_id) or completed)
        limit = int(context.value(GEOTAG_DAYS, asset.unit.division.path))
        due = start + dt.timedelta(days=limit)
        if context.as_of > due:
            rows.append(
                row(
                    asset,
                    due + dt.timedelta(days=1),
                    completed=completed.isoformat(),
                    limit=limit,
                    due=due.isoformat(),
                )
            )
    return Outcome(checked=context.counted(assets), rows=rows)


RULES = (
    Rule(
        id="RIG-03",
        looks_at="registry_entry",
        title=_("household asset not owned by a household"),
        message=_("%(name)s is a household asset, but its owner is %(owner)s."),
        remedy=_("Register the household (or the list of households) as owner, or correct the class."),
        source="新发〔2021〕14号 二（五）；国办函〔2021〕51号",
        reads=frozenset({"assets_asset", "registry_entry/ownership", "registry_party"}),
        read=read_rig_03,
    ),
    Rule(
        id="REG-06",
        looks_at="assets_asset",
        title=_("not on the map"),
        message=_("%(name)s was completed on %(completed)s and is not on the map; it was due on %(due)s."),
        no_data=_("%(name)s is not on the map, and its date of completion is unknown."),
        remedy=_("Put it on the map; enter the date of completion where it is missing."),
        source="县级数据质量要求（天数为县级参数）",
        reads=frozenset({"assets_asset", "registry_shape"}),
        read=read_reg_06,
        parameters=(GEOTAG_DAYS,),
    ),
)
