"""Rules on upkeep: UPK-01, UPK-02, UPK-06. 中文：管护规则（新发〔2021〕14号 二（五）；国办函〔2021〕51号）"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from assets.codes import AssetClass
from assets.due import INSPECTION_DAYS
from assets.models import Inspection
from registry.codes import EntryCode, Reading
from registry.models import Entry
from registry.queries.divisions import go_live_by_division
from registry.rules import Context, Outcome, Row, Rule

from .standing import built_on, held, latest, row, standing

WELFARE = AssetClass.PUBLIC_WELFARE


def read_upk_01(context: Context) -> Outcome:
    """UPK-01: a standing public-welfare asset has no current upkeep body (管护主体). Two queries."""
    assets = standing(context, asset_class=WELFARE)
    duties = Entry.objects.in_force().filter(unit=OuterRef("unit"), code=EntryCode.UPKEEP)
    past = duties.filter(valid__endswith__lte=context.as_of).order_by("-valid__endswith")
    found = assets.annotate(
        kept=Exists(held(context, EntryCode.UPKEEP).filter(unit=OuterRef("unit"))),
        ended=Subquery(past.values("valid__endswith")[:1]),
    ).filter(kept=False)
    rows = []
    for asset in found:
        begin = asset.ended or asset.unit.state_since or built_on(asset)
        rows.append(row(asset, min(begin, context.as_of) if begin else None))
    return Outcome(checked=context.counted(assets), rows=rows)


def read_upk_02(context: Context) -> Outcome:
    """UPK-02: an upkeep body is there, but nobody is named, or that person has left. Two queries."""
    kept = held(context, EntryCode.UPKEEP).filter(
        unit__in=standing(context, asset_class=WELFARE).order_by().values("unit")
    )
    short = kept.filter(Q(agent=None) | Q(agent__active_until__lte=context.as_of))
    worst: dict[int, Entry] = {}
    for entry in short.select_related("unit", "party", "agent").order_by(
        "unit__code", F("agent").asc(), "id"
    ):
        worst.setdefault(entry.unit_id, entry)
    checked = context.counted(kept.order_by().values("unit").distinct())
    return Outcome(checked=checked, rows=[_nobody_named(entry) for entry in worst.values()])


def _nobody_named(entry: Entry) -> Row:
    since, details = entry.valid.lower, {"name": entry.unit.name, "body": entry.party.name}
    if entry.agent is not None:
        since = max(since, entry.agent.active_until or since)
        details |= {"variant": "keeper_left", "person": entry.agent.name, "left": since.isoformat()}
    return Row(
        subject_type="unit",
        subject_key=entry.unit.code,
        unit_id=entry.unit_id,
        division_id=entry.unit.division_id,
        since=since,
        details=details,
    )


def read_upk_06(context: Context) -> Outcome:
    """UPK-06: the last inspection (巡查) is older than the sub-type's limit. Four queries.

    The clock starts at the last inspection, else at the begin of upkeep, handover or completion, never before
    the division's go-live date. Without any of them nothing can be counted: NO_DATA.
    """
    assets = list(_with_clocks(context))
    go_live = go_live_by_division({asset.unit.division_id for asset in assets})
    rows = [_inspection(asset, go_live.get(asset.unit.division_id), context) for asset in assets]
    return Outcome(checked=len(assets), rows=[found for found in rows if found is not None])


def _with_clocks(context: Context) -> Any:
    """Standing public-welfare assets with their last inspection and the begin of their current upkeep."""
    inspected = Inspection.objects.until(context.as_of).filter(unit=OuterRef("unit"))
    kept = held(context, EntryCode.UPKEEP).filter(unit=OuterRef("unit"))
    return standing(context, asset_class=WELFARE).annotate(
        inspected=Subquery(inspected.order_by("-inspected_on").values("inspected_on")[:1]),
        kept_from=Subquery(kept.order_by("valid__startswith").values("valid__startswith")[:1]),
    )


def _inspection(asset: Any, go_live: dt.date | None, context: Context) -> Row | None:
    begin = asset.inspected or asset.kept_from or asset.handed_over_on or built_on(asset)
    start = latest([begin, go_live])
    limit = inspection_limit(context.value(INSPECTION_DAYS, asset.unit.division.path), asset.subtype)
    if start is None:
        return row(asset, None, Reading.NO_DATA, limit=limit)
    due = start + dt.timedelta(days=limit)
    if context.as_of <= due:
        return None
    details: dict[str, Any] = {
        "limit": limit,
        "last": asset.inspected.isoformat() if asset.inspected else None,
        "counted_from": start.isoformat(),
        "due": due.isoformat(),
    }
    if asset.inspected is None:
        details["variant"] = "never"
    return row(asset, due + dt.timedelta(days=1), **details)


def inspection_limit(parameter: dict[str, int], subtype: str) -> int:
    """Days that may pass between two inspections of a sub-type."""
    return int(parameter.get(subtype, parameter["default"]))


RULES = (
    Rule(
        id="UPK-01",
        looks_at="assets_asset",
        title=_("no upkeep body"),
        message=_("%(name)s is a public-welfare asset in use and has no upkeep body."),
        remedy=_("Name the body and the person that keep it up, with the paper that says so."),
        source="新发〔2021〕14号 二（五）",
        reads=frozenset({"assets_asset", "registry_entry/upkeep"}),
        read=read_upk_01,
    ),
    Rule(
        id="UPK-02",
        looks_at="registry_entry",
        title=_("no named person for upkeep"),
        message=_("%(name)s is kept up by %(body)s, but no person is named."),
        variants={"keeper_left": _("%(person)s, who kept up %(name)s for %(body)s, left on %(left)s.")},
        remedy=_("Name the responsible person."),
        source="新发〔2021〕14号 二（五）；国办函〔2021〕51号",
        reads=frozenset({"assets_asset", "registry_entry/upkeep", "registry_party"}),
        read=read_upk_02,
    ),
    Rule(
        id="UPK-06",
        looks_at="assets_asset",
        title=_("inspection overdue"),
        message=_("%(name)s was inspected last on %(last)s; the next inspection was due on %(due)s."),
        variants={"never": _("%(name)s was never inspected; the first inspection was due on %(due)s.")},
        no_data=_("%(name)s was never inspected, and no date is known from which to count."),
        remedy=_("Inspect it and record the inspection."),
        source="农田水利条例第二十一条；农村公路条例（天数为县级参数）",
        reads=frozenset({"assets_asset", "assets_inspection", "assets_upkeepterms", "registry_entry/upkeep"}),
        read=read_upk_06,
        parameters=(INSPECTION_DAYS,),
    ),
)
