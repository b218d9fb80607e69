"""Rules on relocation sites: REL-04 to REL-08. 中文：易地扶贫搬迁安置点规则"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from assets.codes import Subtype
from assets.models import OldHouses, RelocationSite, SiteWork, WorkshopJobs
from assets.parameters_networks import CERTIFICATE_MONTHS, IDLE_DAYS, RESTORE_MONTHS
from land.models import VintageKind
from land.parameters import CHECK_KEYS
from land.redline import INVALID, NO_DATA, OCCUPIES, REVIEW
from land.services.redline import check, footprints_of
from land.services.vintages import rules_read_layer
from registry import geo
from registry.codes import EntryCode, Reading, Role, Severity
from registry.models import Shape
from registry.rules import Context, Outcome, Row, Rule

from .standing import built_on, held, row, standing
from .water import of_standing, on_unit

REACH_M = 2.0


def months_after(day: dt.date, months: int) -> dt.date:
    """The same day of the month so many months later, or the last day of that month."""
    years, month = divmod(day.month - 1 + months, 12)
    last = (dt.date(day.year + years + month // 11, (month + 1) % 12 + 1, 1) - dt.timedelta(days=1)).day
    return dt.date(day.year + years, month + 1, min(day.day, last))


def read_rel_04(context: Context) -> Outcome:
    """REL-04: an ancillary work without an asset row, an owner or an upkeep body. One query."""

    def held_on(code: str) -> Exists:
        return Exists(held(context, code).filter(unit=OuterRef("asset")))

    works = of_standing(SiteWork, context).annotate(
        owned=held_on(EntryCode.OWNERSHIP), kept=held_on(EntryCode.UPKEEP)
    )
    first: dict[int, Row] = {}
    for work in works.select_related("unit__division", "asset"):
        gone = work.asset is None or work.asset.annulled_id or work.asset.left_on
        wrong = "no_asset" if gone else "no_owner" if not work.owned else "no_keeper" if not work.kept else ""
        if wrong:
            first.setdefault(work.unit_id, on_unit(work, None, variant=wrong, work=work.name))
    return Outcome(checked=context.counted(works), rows=list(first.values()))


def read_rel_05(context: Context) -> Outcome:
    """REL-05: old houses pulled down, and the land not restored within the time. One query."""
    houses = of_standing(OldHouses, context).filter(on__lte=context.as_of)
    first: dict[int, Row] = {}
    for one in houses.order_by("unit__code", "on", "pk"):
        due = months_after(one.on, int(context.value(RESTORE_MONTHS, one.unit.division.path)))
        done = one.restored_on is not None and one.restored_on <= context.as_of
        if not done and context.as_of > due:
            since = due + dt.timedelta(days=1)
            details = {"on": one.on.isoformat(), "place": one.place or "—", "due": due.isoformat()}
            first.setdefault(one.unit_id, on_unit(one, since, **details))
    return Outcome(checked=context.counted(houses), rows=list(first.values()))


def read_rel_06(context: Context) -> Outcome:
    """REL-06: the outline of a site meets permanent basic farmland, and no approval adjusts it.

    One run of the red-line check for the whole scope; without an outline or a layer: NO_DATA.
    """
    sites = {one.unit_id: one for one in of_standing(RelocationSite, context).filter(adjustment="")}
    shapes = (
        Shape.objects.on(context.as_of).filter(unit__in=sites).select_related("unit").order_by("unit__code")
    )
    placed = list(shapes)
    rows = [
        on_unit(one, None, Reading.NO_DATA)
        for unit, one in sites.items()
        if unit not in {shape.unit_id for shape in placed}
    ]
    if placed:
        run = check(footprints_of(placed, context.as_of), day=context.as_of, reach_m=REACH_M, totals=False)
        for shape, verdict in zip(placed, run.verdicts, strict=True):
            one = sites[shape.unit_id]
            since = max(filter(None, [one.started_on, shape.valid.lower]))
            if verdict.verdict in (OCCUPIES, REVIEW):
                taken = Decimal(str(verdict.basic_farmland_m2))
                share = (
                    taken / Decimal(str(verdict.footprint_m2)) * 100 if verdict.footprint_m2 else Decimal(0)
                )
                details = {"m2": f"{taken:.2f}", "mu": str(geo.mu(taken)), "percent": f"{share:.1f}"}
                rows.append(on_unit(one, since, **details))
            elif verdict.verdict in (NO_DATA, INVALID):
                rows.append(on_unit(one, since, Reading.NO_DATA))
    return Outcome(checked=len(sites), rows=rows)


def read_rel_07(context: Context) -> Outcome:
    """REL-07: housing completed long ago, and not every flat has its certificate. One query."""
    rows, checked = [], 0
    for site in of_standing(RelocationSite, context).filter(completed_on__isnull=False):
        due = months_after(site.completed_on, int(context.value(CERTIFICATE_MONTHS, site.unit.division.path)))
        if context.as_of <= due:
            continue
        checked += 1
        if site.flats is None or site.certificates is None:
            rows.append(on_unit(site, None, Reading.NO_DATA))
        elif site.certificates < site.flats:
            since = due + dt.timedelta(days=1)
            rows.append(on_unit(site, since, issued=site.certificates, flats=site.flats))
    return Outcome(checked=checked, rows=rows)


def read_rel_08(context: Context) -> Outcome:
    """REL-08: a workshop without an operator, or without a job for too long. Two queries.

    Nobody recorded its jobs: NO_DATA.
    """
    operated = held(context, EntryCode.OPERATION).filter(unit=OuterRef("unit"))
    shops = list(standing(context, subtype=Subtype.WORKSHOP).annotate(operated=Exists(operated)))
    jobs: dict[int, list[WorkshopJobs]] = defaultdict(list)
    counted = WorkshopJobs.objects.in_force().filter(
        unit__in=[shop.unit_id for shop in shops], on__lte=context.as_of
    )
    for one in counted.order_by("unit", "on"):
        jobs[one.unit_id].append(one)
    judged = [_workshop(shop, jobs[shop.unit_id], context) for shop in shops]
    return Outcome(checked=len(shops), rows=[found for found in judged if found is not None])


def _workshop(shop: Any, counted: list[WorkshopJobs], context: Context) -> Row | None:
    if not shop.operated:
        return row(shop, built_on(shop), variant="no_operator")
    if not counted:
        return row(shop, None, Reading.NO_DATA)
    empty: dt.date | None = None
    for one in counted:
        empty = None if one.jobs else empty or one.on
    days = int(context.value(IDLE_DAYS, shop.unit.division.path))
    if empty is None or context.as_of <= empty + dt.timedelta(days=days):
        return None
    return row(shop, empty + dt.timedelta(days=days + 1), empty=empty.isoformat(), days=days)


RULES = (
    Rule(
        id="REL-04",
        looks_at="assets_sitework",
        title=_("ancillary work not registered in full"),
        message=_("%(name)s: %(work)s is not registered in full."),
        variants={
            "no_asset": _("%(name)s: %(work)s has no row of its own among the assets."),
            "no_owner": _("%(name)s: %(work)s has no owner."),
            "no_keeper": _("%(name)s: %(work)s has no upkeep body."),
        },
        remedy=_("Register the work as an asset with owner and keeper, and tie it to the site."),
        source="安置点配套设施确权与管护要求",
        reads=frozenset({"assets_sitework", "registry_entry/ownership", "registry_entry/upkeep"}),
        read=read_rel_04,
    ),
    Rule(
        id="REL-05",
        looks_at="assets_oldhouses",
        title=_("land of old houses not restored"),
        message=_(
            "%(name)s: old houses at %(place)s were pulled down on %(on)s; restored by %(due)s it was not."
        ),
        remedy=_("Restore the land and enter the day."),
        source="易地扶贫搬迁拆旧复垦要求（期限为县级参数）",
        office=Role.LAND_OFFICER,
        reads=frozenset({"assets_oldhouses"}),
        read=read_rel_05,
        parameters=(RESTORE_MONTHS,),
    ),
    Rule(
        id="REL-06",
        looks_at="assets_relocationsite",
        title=_("relocation site on permanent basic farmland"),
        message=_(
            "%(name)s lies with %(m2)s m² (%(mu)s mu, %(percent)s %%) on permanent basic farmland, and no "
            "approval adjusts it."
        ),
        no_data=_("%(name)s has no outline, or no layer of basic farmland speaks of it."),
        remedy=_("Have the basic farmland adjusted, and enter the number of the approval."),
        source="土地管理法第三十五条；安置点用地规划调整要求",
        office=Role.LAND_OFFICER,
        reads=frozenset({"assets_relocationsite", "registry_shape"}),
        read=read_rel_06,
        parameters=tuple(CHECK_KEYS),
    ),
    Rule(
        id="REL-07",
        looks_at="assets_relocationsite",
        title=_("housing certificates missing"),
        message=_("%(name)s: %(issued)s of %(flats)s flats have their certificate."),
        no_data=_("%(name)s: the number of flats or of certificates is unknown."),
        remedy=_("Have the flats registered and enter the number of certificates."),
        source="易地扶贫搬迁安置住房不动产登记要求",
        reads=frozenset({"assets_relocationsite"}),
        read=read_rel_07,
        severity=Severity.W,
        parameters=(CERTIFICATE_MONTHS,),
    ),
    Rule(
        id="REL-08",
        looks_at="assets_asset",
        title=_("workshop without operator or jobs"),
        message=_("%(name)s has given no job since %(empty)s, for more than %(days)s days."),
        variants={"no_operator": _("%(name)s has no operator.")},
        no_data=_("%(name)s: nobody recorded its jobs."),
        remedy=_("Find an operator, or change the use of the workshop; enter its jobs."),
        source="就业帮扶车间招商运营要求",
        reads=frozenset({"assets_asset", "assets_workshopjobs", "registry_entry/operation"}),
        read=read_rel_08,
        parameters=(IDLE_DAYS,),
    ),
)
rules_read_layer(VintageKind.BASIC_FARMLAND, "REL-06")
