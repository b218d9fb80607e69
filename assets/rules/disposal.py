"""Rules on disposal: DSP-01 to DSP-05. 中文：资产处置规则"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from assets.codes import AssetClass, AssetNature, Condition, Subtype
from assets.codes_life import ENDING, LifeAct, Office, ProceedsUse
from assets.models import Asset, Inspection, LifeStep
from registry.codes import EntryCode, PartyKind, Reading, Role, Severity, UnitState
from registry.models import Entry
from registry.rules import Context, Outcome, Row, Rule
from registry.rules.parameters import Default, timeline

from .standing import row

APPROVALS = "disposal_approvals"
PROCEEDS_DAYS = "proceeds_booking_days"
RUIN_DAYS = "ruin_report_days"
TABLES = frozenset({"assets_asset", "assets_lifestep"})
SHIPPED = {
    "village_collective": [["villagers"], ["township"], ["sector", "finance"]],
    "village_committee": [["villagers"], ["township"], ["sector", "finance"]],
    "government": [["township"], ["sector", "finance"]],
    "default": [["township"]],
}


def lacking(value: dict[str, Any], owners: Iterable[str], given: Iterable[str]) -> list[list[str]]:
    """Groups of offices of which none has approved, over all kinds of owners; no owner: the default."""
    approved = set(given)
    found: list[list[str]] = []
    for kind in sorted(set(owners)) or ["default"]:
        for group in value.get(kind, value.get("default", [])):
            if not approved & set(group) and group not in found:
                found.append(list(group))
    return found


def problem(value: dict[str, Any]) -> str:
    """What is wrong in a value that a county sets: kinds and offices are known ones."""
    kinds = {*PartyKind.values, "default"}
    if not set(value) <= kinds:
        return "、".join(sorted(set(value) - kinds))
    offices = {office for groups in value.values() for group in groups for office in group}
    return "、".join(sorted(offices - set(Office.values)))


def ended(context: Context, *states: str, **conditions: Any) -> QuerySet:
    """Assets of the scope that have come to their end by the day."""
    rows = Asset.objects.filter(unit__annulled=None, unit__state__in=states, **conditions)
    return context.scope.limit(rows).select_related("unit", "unit__division").order_by("unit__code")


def steps_by_unit(units: Iterable[int], day: dt.date) -> dict[int, list[LifeStep]]:
    """Steps of units until a day, the last first. One query."""
    found: dict[int, list[LifeStep]] = defaultdict(list)
    rows = LifeStep.objects.until(day).filter(unit__in=units).select_related("receiver")
    for step in rows.order_by("-on", "-id"):
        found[step.unit_id].append(step)
    return found


def _owners(units: Sequence[int]) -> dict[int, list[Entry]]:
    """Owners that were registered at any time, by unit. One query."""
    found: dict[int, list[Entry]] = defaultdict(list)
    rows = Entry.objects.in_force().filter(unit__in=units, code=EntryCode.OWNERSHIP)
    for entry in rows.select_related("party"):
        found[entry.unit_id].append(entry)
    return found


def _of_day(owners: list[Entry], day: dt.date) -> list[Entry]:
    """The owners of the day before the end: on the day itself the entries have ended."""
    before = day - dt.timedelta(days=1)
    return [entry for entry in owners if before in entry.valid]


def read_dsp_01(context: Context) -> Outcome:
    """DSP-01: disposed of without the approvals that the owner's kind requires. Four queries."""
    assets = [a for a in ended(context, UnitState.DISPOSED) if a.asset_class != AssetClass.HOUSEHOLD]
    units = [asset.unit_id for asset in assets]
    steps, owners = steps_by_unit(units, context.as_of), _owners(units)
    value_of = timeline([APPROVALS])
    rows = []
    for asset in assets:
        own = steps[asset.unit_id]
        end = next((step for step in own if step.act in ENDING), None)
        gone = end.on if end else asset.unit.left_on or asset.unit.state_since
        if gone is None or gone > context.as_of:
            continue
        value = value_of(APPROVALS, asset.unit.division.path, gone)
        if value is None:
            continue
        kinds = [entry.party.kind for entry in _of_day(owners[asset.unit_id], gone)]
        short = lacking(value, kinds, _given(own))
        if short:
            offices = "、".join("/".join(str(Office(one).label) for one in group) for group in short)
            rows.append(row(asset, gone, gone=gone.isoformat(), offices=offices))
    return Outcome(checked=len(assets), rows=rows)


def _given(steps: list[LifeStep]) -> list[str]:
    """Approvals since the last request."""
    given = []
    for step in steps:
        if step.act == LifeAct.APPROVE_DISPOSAL:
            given.append(step.office)
        elif step.act == LifeAct.REQUEST_DISPOSAL:
            break
    return given


def read_dsp_02(context: Context) -> Outcome:
    """DSP-02: proceeds not booked in time, booked to somebody else than an owner, or for another use.

    Four queries. Only disposals by an act: of others nobody knows what they brought.
    """
    assets = list(ended(context, UnitState.DISPOSED).exclude(asset_class=AssetClass.HOUSEHOLD))
    units = [asset.unit_id for asset in assets]
    steps, owners = steps_by_unit(units, context.as_of), _owners(units)
    rows = []
    for asset in assets:
        days = int(context.value(PROCEEDS_DAYS, asset.unit.division.path))
        found = _proceeds(asset, steps[asset.unit_id], owners[asset.unit_id], days, context.as_of)
        rows += [found] if found else []
    return Outcome(checked=len(assets), rows=rows)


def _proceeds(
    asset: Asset, steps: list[LifeStep], owners: list[Entry], days: int, today: dt.date
) -> Row | None:
    end = next((step for step in steps if step.act in ENDING), None)
    if end is None or not end.amount:
        return None
    booked = [step for step in steps if step.act == LifeAct.BOOK_PROCEEDS]
    holders = {entry.party_id for entry in _of_day(owners, end.on)}
    for step in booked:
        if step.receiver_id not in holders:
            name = step.receiver.name if step.receiver else ""
            return row(asset, step.on, variant="other_account", receiver=name, on=step.on.isoformat())
        if step.use == ProceedsUse.OTHER:
            return row(asset, step.on, variant="other_use", on=step.on.isoformat())
    total = sum((step.amount or Decimal(0) for step in booked), Decimal(0))
    due = end.on + dt.timedelta(days=days)
    if total < end.amount and today > due:
        since = due + dt.timedelta(days=1)
        return row(asset, since, amount=str(end.amount), booked=str(total), due=due.isoformat())
    return None


def read_dsp_03(context: Context) -> Outcome:
    """DSP-03: disposed of, and an entry still holds or somebody saw it at work. Three queries."""
    assets = list(ended(context, UnitState.DISPOSED, UnitState.CONSUMED))
    units = [asset.unit_id for asset in assets]
    held: dict[int, list[Entry]] = defaultdict(list)
    for entry in Entry.objects.on(context.as_of).filter(unit__in=units).order_by("code", "pk"):
        held[entry.unit_id].append(entry)
    seen: dict[int, dt.date] = {}
    at_work = Inspection.objects.until(context.as_of).filter(unit__in=units)
    for unit, day in at_work.exclude(condition=Condition.OUT_OF_USE).values_list("unit", "inspected_on"):
        seen[unit] = max(day, seen.get(unit, day))
    rows = []
    for asset in assets:
        gone = asset.unit.left_on or asset.unit.state_since
        last = seen.get(asset.unit_id)
        if held[asset.unit_id]:
            codes = "、".join(sorted({str(EntryCode(e.code).label) for e in held[asset.unit_id]}))
            rows.append(row(asset, gone, codes=codes, gone=gone.isoformat() if gone else ""))
        elif gone and last and last > gone:
            rows.append(row(asset, last, variant="at_work", seen=last.isoformat(), gone=gone.isoformat()))
    return Outcome(checked=len(assets), rows=rows)


def read_dsp_04(context: Context) -> Outcome:
    """DSP-04: livestock or plants of a household closed as disposed of. One query."""
    rows = ended(context, UnitState.DISPOSED, asset_class=AssetClass.HOUSEHOLD, nature=AssetNature.BIOLOGICAL)
    found = [row(asset, asset.unit.left_on or asset.unit.state_since) for asset in rows]
    return Outcome(checked=len(found), rows=found)


def read_dsp_05(context: Context) -> Outcome:
    """DSP-05: irrigation works ruined for longer than allowed, neither reported nor up for disposal.

    Two queries. Since when it is damaged is unknown: NO_DATA.
    """
    reported = LifeStep.objects.until(context.as_of).filter(
        unit=OuterRef("unit"), act=LifeAct.REPORT_RUIN, on__gte=OuterRef("unit__state_since")
    )
    works = ended(context, UnitState.DAMAGED, subtype=Subtype.IRRIGATION)
    rows, checked = [], 0
    for asset in works.annotate(told=Exists(reported)):
        checked += 1
        since = asset.unit.state_since
        if since is None:
            rows.append(row(asset, None, Reading.NO_DATA))
            continue
        due = since + dt.timedelta(days=int(context.value(RUIN_DAYS, asset.unit.division.path)))
        if not asset.told and context.as_of > due:
            after = due + dt.timedelta(days=1)
            rows.append(row(asset, after, damaged=since.isoformat(), due=due.isoformat()))
    return Outcome(checked=checked, rows=rows)


PARAMETERS = (
    Default(
        key=APPROVALS,
        label=_("approvals that a disposal needs, by kind of the owner; one office of each group"),
        value=SHIPPED,
        source="国办函〔2021〕51号；行政事业性国有资产管理条例；产品默认值，由县级确定",
        check=problem,
    ),
    Default(
        key=PROCEEDS_DAYS,
        label=_("days from a disposal until its proceeds are booked"),
        unit=_("days"),
        value=30,
        source="产品默认值，由县级确定",
    ),
    Default(
        key=RUIN_DAYS,
        label=_("days from the ruin of irrigation works to the report or the request for disposal"),
        unit=_("days"),
        value=90,
        source="产品默认值（农田水利条例第二十五条未定天数），由县级确定",
    ),
)

RULES = (
    Rule(
        id="DSP-01",
        looks_at="assets_asset",
        title=_("disposal without approval"),
        message=_("%(name)s was disposed of on %(gone)s without the approval of: %(offices)s."),
        remedy=_("Obtain the missing approvals and record them, or hold to account who disposed of it."),
        source="国办函〔2021〕51号；行政事业性国有资产管理条例；县级资产处置办法",
        reads=TABLES | {"registry_entry/ownership", "registry_party"},
        read=read_dsp_01,
        parameters=(APPROVALS,),
    ),
    Rule(
        id="DSP-02",
        looks_at="assets_asset",
        title=_("proceeds of a disposal not booked as they must be"),
        message=_("%(name)s brought %(amount)s yuan; %(booked)s are booked. All were due on %(due)s."),
        variants={
            "other_account": _("Proceeds of %(name)s were booked to %(receiver)s, who did not own it."),
            "other_use": _("Proceeds of %(name)s booked on %(on)s are meant for a use that is not allowed."),
        },
        remedy=_("Book the proceeds to the owner's account, for a use that the rules allow."),
        office=Role.FINANCE_OFFICER,
        source="国办函〔2021〕51号（处置收益继续用于巩固拓展脱贫攻坚成果、乡村振兴）",
        reads=TABLES | {"registry_entry/ownership", "registry_party"},
        read=read_dsp_02,
        parameters=(PROCEEDS_DAYS,),
    ),
    Rule(
        id="DSP-03",
        looks_at="assets_asset",
        title=_("disposed of and still in service"),
        message=_("%(name)s was disposed of on %(gone)s, and entries still hold: %(codes)s."),
        variants={"at_work": _("%(name)s was disposed of on %(gone)s and was seen in place on %(seen)s.")},
        remedy=_("End its rights, duties and contracts; or annul the disposal that did not happen."),
        source="行政事业性国有资产管理条例第三十五条",
        reads=TABLES | {"registry_entry", "assets_inspection"},
        read=read_dsp_03,
    ),
    Rule(
        id="DSP-04",
        looks_at="assets_asset",
        title=_("livestock or plants closed as disposed of"),
        message=_("%(name)s is livestock or a plant of a household, closed as disposed of; it was used up."),
        remedy=_("Annul the disposal and record that it was used up."),
        source="县级数据质量要求（到户类生物资产自然消耗）",
        severity=Severity.I,
        reads=TABLES,
        read=read_dsp_04,
    ),
    Rule(
        id="DSP-05",
        looks_at="assets_asset",
        title=_("ruined irrigation works not reported"),
        message=_("%(name)s is ruined since %(damaged)s, neither reported nor up for disposal by %(due)s."),
        no_data=_("%(name)s is ruined, and nobody knows since when."),
        remedy=_("Report it to the county water authority, or request its disposal, or plan its recovery."),
        source="农田水利条例第二十五条",
        reads=TABLES,
        read=read_dsp_05,
        parameters=(RUIN_DAYS,),
    ),
)
