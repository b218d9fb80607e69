"""Rules on targets and responsibility: T01, T02, R01. 中文：耕地保护目标与田长制规则

Names of chiefs are names of private persons: they never enter the details.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from land.models import ResponsibilityArea, ResponsibilityPledge, RetentionTarget
from land.parameters_targets import MARGIN
from land.queries.targets import PBF, RETAINED, places_below, protected, retained, survey_years, targets_for
from land.targets import GREY, RED, Tightness, measure
from registry.codes import EntryCode, Level, Reading, Role, Severity
from registry.models import Division, Entry
from registry.rules.base import Context, Outcome, Row, Rule

DAY = dt.timedelta(days=1)
FIGURES = ((RETAINED, "retained_mu"), (PBF, "pbf_mu"))


def _row(division: Division, key: str, since: dt.date | None, reading: str, **details: Any) -> Row:
    return Row(
        subject_type="division",
        subject_key=f"{division.pk}/{key}",
        division_id=division.pk,
        since=since,
        reading=reading,
        details={"name": division.name, **details},
    )


def _with_targets(context: Context) -> dict[int, Division]:
    """Divisions of the scope that have a target in force."""
    rows = Division.objects.filter(retention_targets__annulled=None, retention_targets__isnull=False)
    limited = context.scope.limit(rows.distinct(), division="path", unit="pk", kind="division")
    return {row.pk: row for row in limited.order_by("path")}


def read_t01(context: Context) -> Outcome:
    """T01: what the newest survey has is less than the target; without survey or figure: NO_DATA.

    About eight queries, whatever the number of places.
    """
    places = _with_targets(context)
    years = [year for year in survey_years() if year <= context.as_of.year]
    if not places:
        return Outcome(checked=0, rows=[])
    if not years:
        rows = [_row(place, RETAINED, None, Reading.NO_DATA) for place in places.values()]
        return Outcome(checked=len(places), rows=rows)
    year = years[0]
    targets = targets_for(places, year)
    children = places_below("/", context.as_of)[1]
    layers = {RETAINED: retained(year), PBF: protected(year)}
    rows = []
    for key, target in sorted(targets.items()):
        for figure, name in FIGURES:
            wanted = getattr(target, name)
            if wanted is None:
                continue
            place, layer = places[key], layers[figure]
            margin = Decimal(context.value(MARGIN, place.path))
            found = measure(wanted, layer.of(place.path, children), margin)
            if found.light == GREY:
                rows.append(_row(place, figure, None, Reading.NO_DATA, variant=figure, year=year))
            elif found.light == RED:
                rows.append(
                    _row(
                        place,
                        figure,
                        dt.date(layer.year or year, 12, 31),
                        Reading.FOUND,
                        variant=figure,
                        year=layer.year or year,
                        target=str(wanted),
                        present=str(found.present_mu),
                        short=str(-(found.margin_mu or Decimal(0))),
                    )
                )
    return Outcome(checked=len(targets), rows=rows)


def read_t02(context: Context) -> Outcome:
    """T02: the targets of the parts of a place do not sum to that of the whole. Three queries.

    A place none of whose parts has a target is not broken down yet; some without one: NO_DATA.
    """
    places = _with_targets(context)
    parts = Division.objects.on(context.as_of).filter(parent__in=list(places)).values_list("pk", "parent_id")
    parent_of = dict(parts)
    rows_of: defaultdict[tuple[int, int, str], RetentionTarget] = defaultdict()
    wanted = RetentionTarget.objects.in_force().filter(division__in=[*places, *parent_of])
    for target in wanted:
        rows_of[target.division_id, target.year, target.kind] = target
    rows, checked = [], 0
    for (key, year, kind), target in sorted(rows_of.items()):
        if key not in places:
            continue
        below = [rows_of.get((child, year, kind)) for child, parent in parent_of.items() if parent == key]
        if not any(below):
            continue
        checked += 1
        for figure, name in FIGURES:
            rows += _loose(places[key], target, below, figure, name)
    return Outcome(checked=checked, rows=rows)


def _loose(
    place: Division, target: RetentionTarget, below: list[RetentionTarget | None], figure: str, name: str
) -> list[Row]:
    if getattr(target, name) is None:
        return []
    known = [getattr(part, name) for part in below if part is not None and getattr(part, name) is not None]
    tight = Tightness(getattr(target, name), sum(known, Decimal(0)), len(below) - len(known))
    if tight.holds:
        return []
    details = {
        "year": target.year,
        "whole": str(tight.parent_mu),
        "parts": str(tight.children_mu),
        "short": str(tight.short_mu),
        "missing": tight.missing,
        "variant": figure,
    }
    reading = Reading.NO_DATA if tight.holds is None else Reading.FOUND
    return [_row(place, f"{target.year}/{target.kind}/{figure}", None, reading, **details)]


# --- R01


def _villages(context: Context) -> list[Division]:
    """Villages of the scope in places where the chief system has begun: in whose county one is registered."""
    begun = ResponsibilityArea.objects.values_list("division__path", flat=True)
    counties = Division.objects.filter(level=Level.COUNTY).values_list("path", flat=True)
    paths = [path for path in counties if any(area.startswith(path) for area in begun)]
    rows = Division.objects.on(context.as_of).filter(level=Level.VILLAGE)
    limited = context.scope.limit(rows, division="path", unit="pk", kind="division").order_by("path")
    return [row for row in limited if any(row.path.startswith(path) for path in paths)]


def read_r01(context: Context) -> Outcome:
    """R01: a village has no chief on the day, had none between two, or its chief signed nothing.

    That a village has two at a time the database refuses (``entry_exclusive_codes``).
    """
    villages = _villages(context)
    terms: defaultdict[int, list[Entry]] = defaultdict(list)
    chiefs = Entry.objects.in_force().filter(
        code=EntryCode.CHIEF, unit__responsibility_area__division__in=villages
    )
    for entry in chiefs.select_related("unit").order_by("valid"):
        terms[entry.unit.division_id].append(entry)
    signed = set(
        ResponsibilityPledge.objects.signed()
        .filter(division__in=villages)
        .values_list("division_id", "chief_id")
    )
    rows = [
        row for village in villages for row in _chiefless(village, terms[village.pk], signed, context.as_of)
    ]
    return Outcome(checked=len(villages), rows=rows)


def _chiefless(
    village: Division, terms: list[Entry], signed: set[tuple[int, int]], day: dt.date
) -> list[Row]:
    """What a village falls short of, the gravest only."""
    begun = [term for term in terms if term.valid.lower <= day]
    now = next((term for term in begun if day in term.valid), None)
    if now is None:
        since = max((term.valid.upper for term in begun), default=None)
        return [_row(village, "chief", since, Reading.FOUND)]
    for before, after in zip(begun, begun[1:], strict=False):
        if before.valid.upper < after.valid.lower:
            first, last = before.valid.upper, after.valid.lower - DAY
            details = {"first": first.isoformat(), "last": last.isoformat()}
            return [_row(village, "chief", first, Reading.FOUND, variant="gap", **details)]
    if now.source_id is None and (village.pk, now.party_id) not in signed:
        return [_row(village, "chief", now.valid.lower, Reading.FOUND, variant="unsigned")]
    return []


RULES = (
    Rule(
        id="T01",
        title=_("less farmland than the target"),
        message=_("%(name)s misses its target."),
        variants={
            RETAINED: _(
                "%(name)s keeps %(present)s mu of farmland (survey of %(year)s), the target is "
                "%(target)s mu: %(short)s mu are missing."
            ),
            PBF: _(
                "%(name)s has %(present)s mu of permanent basic farmland (%(year)s), the target is "
                "%(target)s mu: %(short)s mu are missing."
            ),
        },
        no_data=_("Whether %(name)s keeps its target cannot be told: no survey speaks of all of it."),
        remedy=_("Find where farmland went and restore it; where a survey is missing, import it."),
        source="土地管理法第三十二条、第三十三条；新发〔2021〕14号第20条",
        subject="division",
        office=Role.LAND_OFFICER,
        reads=frozenset({"land_retentiontarget"}),
        parameters=(MARGIN,),
        read=read_t01,
    ),
    Rule(
        id="T02",
        title=_("targets of the parts below that of the whole"),
        message=_("The targets of the parts of %(name)s fall short of its own."),
        variants={
            RETAINED: _(
                "Farmland to be kept in %(year)s: the parts of %(name)s sum to %(parts)s mu, its own target "
                "is %(whole)s mu: %(short)s mu are in nobody's target."
            ),
            PBF: _(
                "Basic farmland to be kept in %(year)s: the parts of %(name)s sum to %(parts)s mu, its own "
                "target is %(whole)s mu: %(short)s mu are in nobody's target."
            ),
        },
        no_data=_(
            "%(missing)s parts of %(name)s have no target for %(year)s yet: it cannot be told whether they "
            "sum to its own."
        ),
        remedy=_("Break the target down again, so that the parts sum to the whole or more."),
        source="省级政府耕地保护责任目标考核办法；county",
        severity=Severity.E,
        subject="division",
        office=Role.LAND_OFFICER,
        reads=frozenset({"land_retentiontarget"}),
        read=read_t02,
    ),
    Rule(
        id="R01",
        title=_("village without exactly one farmland chief"),
        message=_("%(name)s has no farmland chief."),
        variants={
            "gap": _("%(name)s had no farmland chief from %(first)s to %(last)s."),
            "unsigned": _("The farmland chief of %(name)s rests on no document and has signed no pledge."),
        },
        remedy=_("Appoint the chief with the document, and file the signed pledge."),
        source="中央一号文件关于全面推行田长制的部署；云南省全面推行田长制的实施意见",
        subject="division",
        office=Role.LAND_OFFICER,
        reads=frozenset(
            {"registry_entry/chief", "land_chiefterm", "land_responsibilityarea", "land_responsibilitypledge"}
        ),
        read=read_r01,
    ),
)
