"""Rules on rights that need the class or the sub-type: RIG-04, RIG-06, RIG-10. 中文：资产权属规则"""

from __future__ import annotations

import datetime as dt

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from assets.codes import AssetClass, Subtype
from assets.models import Asset
from registry.codes import EntryCode, EntryKind, Level, PartyKind, Reading, Severity
from registry.models import Entry
from registry.rules import Context, Outcome, Row, Rule
from registry.rules.parameters import Default

from .ledger import HOUSEHOLD_OWNERS
from .standing import built_on, held, row, standing

OWNER_LEVEL = "transport_owner_level"
CODE_DAYS = "real_estate_code_days"
REAL_ESTATE = "real_estate_subtypes"
VILLAGE_OWNERS = (PartyKind.VILLAGE_COLLECTIVE, PartyKind.VILLAGE_COMMITTEE)
# Ownership is RIG-03; supervision (监管权) is guidance and takes nothing from the household.
_THEIR_OWN = (EntryCode.OWNERSHIP, EntryCode.SUPERVISION)


def household_units() -> QuerySet:
    """Units of household assets: what RIG-05 leaves to their households."""
    return Asset.objects.filter(asset_class=AssetClass.HOUSEHOLD).order_by().values("unit")


def read_rig_04(context: Context) -> Outcome:
    """RIG-04: a right of somebody else, a mortgage or a distribution right lies on a household asset.

    Two queries.
    """
    assets = standing(context, asset_class=AssetClass.HOUSEHOLD)
    foreign = Q(kind=EntryKind.RIGHT) & ~Q(code__in=_THEIR_OWN) & ~Q(party__kind__in=HOUSEHOLD_OWNERS)
    burdens = (
        Entry.objects.on(context.as_of)
        .filter(foreign | Q(code__in=[EntryCode.MORTGAGE, EntryCode.DISTRIBUTION]))
        .filter(unit__in=assets.order_by().values("unit"))
    )
    first: dict[int, Entry] = {}
    for entry in burdens.select_related("unit").order_by("unit__code", "valid", "pk"):
        first.setdefault(entry.unit_id, entry)
    rows = [_on_entry(entry, code=entry.code) for entry in first.values()]
    return Outcome(checked=context.counted(assets), rows=rows)


def _on_entry(entry: Entry, **details: object) -> Row:
    return Row(
        subject_type="unit",
        subject_key=entry.unit.code,
        unit_id=entry.unit_id,
        division_id=entry.unit.division_id,
        since=entry.valid.lower,
        details={"name": entry.unit.name, **details},
    )


def read_rig_06(context: Context) -> Outcome:
    """RIG-06: a road is owned at another level than the county has set (off until it does). Two queries."""
    roads = standing(context, subtype=Subtype.ROAD)
    owners = held(context, EntryCode.OWNERSHIP).filter(unit__in=roads.order_by().values("unit"))
    rows: dict[int, Row] = {}
    checked = set()
    for entry in owners.select_related("unit__division", "party__division").order_by("unit__code", "pk"):
        wanted = context.value(OWNER_LEVEL, entry.unit.division.path)
        level = _level_of(entry)
        if wanted == "off" or level is None:
            continue
        checked.add(entry.unit_id)
        if level != wanted:
            rows.setdefault(entry.unit_id, _on_entry(entry, owner=entry.party.name, variant=wanted))
    return Outcome(checked=len(checked), rows=list(rows.values()))


def _level_of(entry: Entry) -> str | None:
    """The level of a public owner; nothing for private ones."""
    if entry.party.kind in VILLAGE_OWNERS:
        return str(Level.VILLAGE)
    return entry.party.division.level if entry.party.kind == PartyKind.GOVERNMENT else None


def read_rig_10(context: Context) -> Outcome:
    """RIG-10: real estate that has stood too long without a real-estate unit code. Two queries.

    Which sub-types are real estate is a parameter. The day it was built unknown: NO_DATA.
    """
    assets = standing(context)
    rows, checked = [], 0
    for asset in assets.filter(real_estate_code=""):
        path = asset.unit.division.path
        if asset.subtype not in context.value(REAL_ESTATE, path):
            continue
        checked += 1
        built = built_on(asset)
        days = int(context.value(CODE_DAYS, path))
        if built is None:
            rows.append(row(asset, None, Reading.NO_DATA))
        elif context.as_of > built + dt.timedelta(days=days):
            since = built + dt.timedelta(days=days + 1)
            rows.append(row(asset, since, built=built.isoformat(), days=days))
    return Outcome(checked=checked, rows=rows)


PARAMETERS = (
    Default(
        key=OWNER_LEVEL,
        label=_("level at which roads are owned"),
        value="off",
        choices=("off", "village", "township", "county"),
        source="产品默认值：县级未确定产权层级前不判读",
    ),
    Default(
        key=CODE_DAYS,
        label=_("days within which real estate gets its unit code"),
        unit=_("days"),
        value=365,
        source="不动产登记暂行条例（单元编码唯一）；天数为产品默认值",
    ),
    Default(
        key=REAL_ESTATE,
        label=_("sub-types that are real estate"),
        value=["processing", "workshop", "tourism", "ecommerce", "education", "health", "housing"],
        source="产品默认值（房屋类资产），由县级确定",
    ),
)

RULES = (
    Rule(
        id="RIG-04",
        looks_at="registry_entry",
        title=_("somebody else's right on a household asset"),
        message=_("%(name)s is a household asset and carries the %(code)s of somebody else."),
        remedy=_("End that right: the household runs its asset by itself."),
        source="新发〔2021〕14号 二（五）",
        reads=frozenset({"assets_asset", "registry_entry", "registry_party"}),
        read=read_rig_04,
    ),
    Rule(
        id="RIG-06",
        looks_at="registry_entry",
        title=_("road owned at another level"),
        message=_("%(name)s is owned by %(owner)s, which is not the level that was set for roads."),
        variants={
            "county": _("%(name)s is owned by %(owner)s; roads here are owned by the county."),
            "township": _("%(name)s is owned by %(owner)s; roads here are owned by the township."),
            "village": _("%(name)s is owned by %(owner)s; roads here are owned by the village."),
        },
        remedy=_("Confirm the right again at the level the county has set, or register the exception."),
        source="县级农村公路产权规定",
        reads=frozenset({"assets_asset", "registry_entry/ownership", "registry_party"}),
        read=read_rig_06,
        severity=Severity.W,
        parameters=(OWNER_LEVEL,),
    ),
    Rule(
        id="RIG-10",
        looks_at="assets_asset",
        title=_("real estate without its unit code"),
        message=_("%(name)s was built on %(built)s and has no real-estate unit code after %(days)s days."),
        no_data=_("%(name)s has no real-estate unit code, and the day it was built is unknown."),
        remedy=_("Have the real estate registered and enter its unit code of 28 signs."),
        source="不动产登记暂行条例第八条",
        reads=frozenset({"assets_asset"}),
        read=read_rig_10,
        severity=Severity.W,
        parameters=(CODE_DAYS, REAL_ESTATE),
    ),
)
