"""Rules on what a ledger row is and what a summary says: REG-08, REG-09, REG-10. 中文：台账一致性规则"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from assets.codes import AssetNature
from assets.models import Asset, PublishedSummary
from assets.summary import problems, total_of
from registry.codes import EntryCode, Severity
from registry.models import Entry, Shape
from registry.rules import Context, Outcome, Row, Rule
from registry.rules.parameters import Default

from .standing import built_on, held, row, standing

SITE_METRES = "operator_site_metres"
SUMMARY_TOLERANCE = "summary_tolerance"
METRES_A_DEGREE = 111_320  # the coarse measure is enough for a warning


def read_reg_08(context: Context) -> Outcome:
    """REG-08: equity or a claim with a place that is not where its operator has one. Three queries.

    A place is the operator's where another thing that he owns or operates stands within some metres.
    """
    shaped = Shape.objects.on(context.as_of).filter(unit=OuterRef("unit"))
    equities = standing(context, nature=AssetNature.EQUITY)
    placed = list(equities.annotate(placed=Exists(shaped)).filter(placed=True))
    rows = []
    for asset in placed:
        metres = int(context.value(SITE_METRES, asset.unit.division.path))
        if not _at_its_operator(asset, context, metres):
            rows.append(row(asset, None))
    return Outcome(checked=context.counted(equities), rows=rows)


def _at_its_operator(asset: Asset, context: Context, metres: int) -> bool:
    """Equity with a place is rare: two queries for each."""
    operators = held(context, EntryCode.OPERATION).filter(unit=asset.unit_id).values("party")
    sites = (
        Entry.objects.on(context.as_of)
        .filter(party__in=operators, code__in=(EntryCode.OWNERSHIP, EntryCode.OPERATION))
        .exclude(unit__asset__nature=AssetNature.EQUITY)
    )
    shapes = Shape.objects.on(context.as_of)
    own = shapes.filter(unit=asset.unit_id).values_list("geom", flat=True).first()
    there = shapes.filter(unit__in=sites.values("unit")).exclude(unit=asset.unit_id)
    return there.filter(geom__dwithin=(own, metres / METRES_A_DEGREE)).exists()


def read_reg_09(context: Context) -> Outcome:
    """REG-09: several things with one code, or one name, village and year of one sub-type. Two queries."""
    assets = list(standing(context))
    paths = {asset.unit.division_id for asset in assets}
    everywhere = standing(Context(context.as_of, type(context.scope)(), context.parameter))
    known = everywhere.filter(unit__division__in=paths) if context.scope.partial else assets
    same: dict[Any, set[str]] = defaultdict(set)
    for asset in known:
        for key in _keys(asset):
            same[key].add(asset.unit.code)
    rows = []
    for asset in assets:
        for key in _keys(asset):
            others = sorted(same[key] - {asset.unit.code})
            if others:
                variant = {"variant": "code"} if key[0] == "code" else {}
                rows.append(row(asset, built_on(asset), others="、".join(others[:5]), key=key[1], **variant))
                break
    return Outcome(checked=len(assets), rows=rows)


def _keys(asset: Asset) -> list[tuple[Any, ...]]:
    """What two things must not share: a code, now or earlier; a real-estate code; name, village and year."""
    codes = {asset.unit.code, *asset.unit.former_codes}
    keys: list[tuple[Any, ...]] = [("code", code) for code in sorted(codes)]
    if asset.real_estate_code:
        keys.append(("code", asset.real_estate_code))
    built = built_on(asset)
    if built is not None:
        keys.append(("name", asset.unit.name, asset.subtype, asset.unit.division_id, built.year))
    return keys


def read_reg_10(context: Context) -> Outcome:
    """REG-10: the sums by class and by holder of a published summary are not its total. One query."""
    summaries = PublishedSummary.objects.in_force().filter(published_on__lte=context.as_of)
    limited = context.scope.limit(summaries, division="division__path", unit="division", kind="division")
    rows, checked = [], 0
    for summary in limited.select_related("division").order_by("pk"):
        checked += 1
        allowed = Decimal(str(context.value(SUMMARY_TOLERANCE, summary.division.path)))
        found = problems(summary.figures, allowed)
        if found:
            rows.append(_differs(summary, found))
    return Outcome(checked=checked, rows=rows)


def _differs(summary: PublishedSummary, found: list[str]) -> Row:
    figures = summary.figures
    sums = {axis: total_of(figures.get(axis, {})) for axis in ("by_class", "by_holder")}
    return Row(
        subject_type="division",
        subject_key=f"{summary.division_id}/{summary.pk}",
        division_id=summary.division_id,
        since=summary.published_on,
        details={
            "name": summary.division.name,
            "as_of": summary.as_of.isoformat(),
            "what": found,
            "by_class": f"{sums['by_class'][0]} / {sums['by_class'][1]}",
            "by_holder": f"{sums['by_holder'][0]} / {sums['by_holder'][1]}",
            "total": f"{figures.get('total', {}).get('count')} / {figures.get('total', {}).get('value')}",
        },
    )


PARAMETERS = (
    Default(
        key=SITE_METRES,
        label=_("how far the place of equity may lie from a site of its operator"),
        unit=_("metres"),
        value=100,
        source="产品默认值，由县级确定",
    ),
    Default(
        key=SUMMARY_TOLERANCE,
        label=_("difference allowed between the totals of a summary"),
        unit=_("yuan"),
        value="0.01",
        source="产品默认值（分类合计、权属合计与总计一致）",
    ),
)

RULES = (
    Rule(
        id="REG-08",
        looks_at="assets_asset",
        title=_("equity at a place that is not its operator's"),
        message=_("%(name)s is equity or a claim, and its place is none where its operator has a site."),
        remedy=_("Take the shape off the map, or register the operator and his site."),
        source="县级数据质量要求（权益类资产无独立图形）",
        severity=Severity.W,
        reads=frozenset({"assets_asset", "registry_shape", "registry_entry"}),
        read=read_reg_08,
        parameters=(SITE_METRES,),
    ),
    Rule(
        id="REG-09",
        looks_at="assets_asset",
        title=_("registered twice"),
        message=_("%(name)s has the name, village, sub-type and year of another thing: %(others)s."),
        variants={"code": _("%(name)s shares the code %(key)s with another thing: %(others)s.")},
        remedy=_("Look whether it is one thing; if so, take one back; if not, tell them apart by name."),
        source="县级数据质量要求；不动产登记暂行条例（编码唯一）",
        severity=Severity.W,
        reads=frozenset({"assets_asset"}),
        read=read_reg_09,
    ),
    Rule(
        id="REG-10",
        subject="division",
        title=_("totals of a summary differ"),
        message=_(
            "The summary of %(name)s as of %(as_of)s: by class %(by_class)s, by holder %(by_holder)s, "
            "total %(total)s (number / yuan)."
        ),
        remedy=_("Take the summary back and publish it with totals that agree."),
        source="县级资产汇总公开要求（分类合计＝权属合计＝总计）",
        severity=Severity.E,
        reads=frozenset({"assets_publishedsummary"}),
        read=read_reg_10,
        parameters=(SUMMARY_TOLERANCE,),
    ),
)
