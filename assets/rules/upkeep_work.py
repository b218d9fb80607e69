"""Rules on the work of upkeep: UPK-07 (defects), UPK-11 (persons). 中文：巡查处置、责任人"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from assets import defects
from assets.models import Asset, Inspection, Repair
from registry.codes import STANDING, EntryCode, Level, Severity
from registry.models import Division
from registry.queries.divisions import ancestors_of_path
from registry.rules import Context, Outcome, Row, Rule

from .standing import held

REPAIR_DAYS, LOAD = "repair_days", "keeper_load_max"


def read_upk_07(context: Context) -> Outcome:
    """UPK-07: an inspection reported a defect, and it is neither handled, nor ordered, nor put off within the
    days for its condition; or a repair that was ordered or put off is not done in time.

    One row a unit: the defect that waits longest. Three queries.
    """
    day = context.as_of
    seen = context.scope.limit(Inspection.objects.until(day)).filter(unit__asset__isnull=False)
    rows: dict[int, Row] = {}
    for found in defects.unsettled(seen, day):
        limits = context.value(REPAIR_DAYS, found.unit.division.path)
        due = found.inspected_on + dt.timedelta(days=int(limits.get(found.condition, limits["default"])))
        if day > due:
            _keep(rows, _row(found.unit, due, found=found.inspected_on, defect=found.defect))
    for repair in defects.late_repairs(context.scope.limit(Repair.objects.all()), day):
        until = repair.deferred_until if repair.deferred_until else repair.due_on
        due = max(filter(None, (until, repair.due_on if repair.ordered_on else None)))
        variant = "late" if repair.ordered_on else "put_off"
        _keep(rows, _row(repair.unit, due, found=repair.found_on, defect=repair.defect, variant=variant))
    looked_at = seen.order_by().values("unit").distinct()
    return Outcome(checked=context.counted(looked_at), rows=list(rows.values()))


def _keep(rows: dict[int, Row], line: Row) -> None:
    known = rows.get(line.unit_id or 0)
    if known is None or (line.since or dt.date.max) < (known.since or dt.date.max):
        rows[line.unit_id or 0] = line


def _row(unit: Any, due: dt.date, *, found: dt.date, defect: str, variant: str = "") -> Row:
    details = {"name": unit.name, "defect": defect, "found": found.isoformat(), "due": due.isoformat()}
    return Row(
        subject_type="unit",
        subject_key=unit.code,
        unit_id=unit.pk,
        division_id=unit.division_id,
        since=due + dt.timedelta(days=1),
        details=details | ({"variant": variant} if variant else {}),
    )


def read_upk_11(context: Context) -> Outcome:
    """UPK-11: a named person answers for more assets of one township than one person can look after, or has
    left and still stands as responsible. Read over places; one row a person and township. Two queries.
    """
    duties = held(context, EntryCode.UPKEEP).filter(agent__isnull=False, unit__in=_standing_units())
    towns = _towns()
    sums: dict[tuple[int, int], dict[str, Any]] = defaultdict(lambda: {"count": 0})
    lines = duties.order_by().values("agent", "agent__name", "agent__active_until", "unit__division__path")
    for line in lines.annotate(n=Count("unit", distinct=True)):
        town = next((t for t in ancestors_of_path(line["unit__division__path"]) if t in towns), None)
        if town is None or not _in_scope(context, towns[town], town):
            continue
        one = sums[town, line["agent"]]
        one["count"] += line["n"]
        one |= {"name": line["agent__name"], "left": line["agent__active_until"]}
    rows = [found for key, one in sums.items() if (found := _person(key, one, towns, context)) is not None]
    return Outcome(checked=len(sums), rows=rows)


def _standing_units() -> Any:
    rows = Asset.objects.filter(unit__annulled=None, unit__left_on=None, unit__state__in=STANDING)
    return rows.values("unit")


def _towns() -> dict[int, str]:
    """Paths of the townships."""
    return dict(Division.objects.filter(level=Level.TOWNSHIP).values_list("pk", "path"))


def _in_scope(context: Context, path: str, key: int) -> bool:
    scope = context.scope
    if scope.paths is not None and not any(path.startswith(own) for own in scope.paths):
        return False
    return not scope.partial or key in scope.keys("division")


def _person(key: tuple[int, int], one: dict[str, Any], towns: dict[int, str], context: Context) -> Row | None:
    town, agent = key
    most = int(context.value(LOAD, towns[town]))
    left = one["left"] if one["left"] and one["left"] <= context.as_of else None
    if left is None and one["count"] <= most:
        return None
    details = {"name": one["name"], "person": one["name"], "count": one["count"], "most": most}
    if left is not None:
        details |= {"variant": "left", "left": left.isoformat()}
    return Row(
        subject_type="person",
        subject_key=f"{town}/{agent}",
        division_id=town,
        since=left,
        details=details,
    )


RULES = (
    Rule(
        id="UPK-07",
        title=_("defect that waits"),
        message=_(
            "%(name)s: “%(defect)s”, found on %(found)s, is neither repaired nor put off; "
            "it was due on %(due)s."
        ),
        variants={
            "late": _("%(name)s: the repair of “%(defect)s” was to be done by %(due)s and is not."),
            "put_off": _("%(name)s: “%(defect)s” was put off until %(due)s and has not been ordered."),
        },
        remedy=_("Order the repair, report it done, or put it off with the reason."),
        source="农田水利条例第二十二条；农村公路条例（天数为县级参数）",
        reads=frozenset({"assets_asset", "assets_inspection", "assets_repair"}),
        read=read_upk_07,
        parameters=(REPAIR_DAYS,),
    ),
    Rule(
        id="UPK-11",
        subject="division",
        title=_("person with too many assets"),
        message=_("%(person)s answers for the upkeep of %(count)s assets; more than %(most)s are too many."),
        variants={
            "left": _("%(person)s left on %(left)s and still answers for the upkeep of %(count)s assets.")
        },
        remedy=_("Hand some of the duties over to others."),
        source="产品规则（管护责任人负荷，县级参数）",
        severity=Severity.W,
        reads=frozenset({"assets_asset", "registry_entry/upkeep", "registry_party"}),
        read=read_upk_11,
        parameters=(LOAD,),
    ),
)
