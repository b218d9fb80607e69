"""Rules on the compensation of farmland: B01 to B04, C07. 中文：耕地占补平衡规则"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from land.classes import FARMLAND
from land.models import CompensationBalance, SupplementCap, SupplementProject, VintageKind
from land.models.compensation import OccupationKind
from land.parameters_quotas import MEAN_GRADE, OFF, REGISTER, SLOPE_DEG
from land.queries.compensation import Balance, balances, counties_of, means_occupied, with_used
from land.queries.lying import Lying, in_zones, on_parcels
from land.services.redline import limits_on
from land.services.vintages import rules_read_layer
from registry.codes import Reading, Role, Severity
from registry.rules import Context, Outcome, Row, Rule
from registry.rules.parameters import timeline

from .places import found, here

_STEP = Decimal("0.01")


def occupations(context: Context) -> Any:
    rows = CompensationBalance.objects.in_force().filter(occupied_on__lte=context.as_of)
    return here(context, rows).select_related("division").defer("geom").order_by("pk")


def accepted(context: Context) -> Any:
    rows = SupplementProject.objects.in_force().filter(accepted_on__lte=context.as_of)
    return here(context, rows).select_related("division").order_by("pk")


def read_b01(context: Context) -> Outcome:
    """B01: quantity, paddy and grade of what was given are each at least those of what was occupied.

    Also: a supplement below the grade that its year asks for, and a year that occupied more than its cap.
    About eight queries.
    """
    found_balances = balances(occupations(context), context.as_of)
    rows = [row for balance in found_balances if (row := _short(balance))]
    supplements = list(accepted(context).defer("geom"))
    return Outcome(
        checked=len(found_balances) + len(supplements),
        rows=[*rows, *_below_the_mean(supplements), *_above_the_cap(context)],
    )


def _short(balance: Balance) -> Row | None:
    """What an occupation lacks, the gravest only: area, paddy, grade."""
    occupation = balance.occupation
    details: dict[str, Any] = {"name": occupation.name}
    reading: str = Reading.FOUND
    if balance.debt_m2:
        details |= {"area": balance.debt_m2, "owed": occupation.owed_m2}
    elif balance.debt_paddy_m2:
        details |= {"variant": "paddy", "area": balance.debt_paddy_m2, "owed": occupation.owed_paddy_m2}
    elif balance.worse:
        details |= {"variant": "grade", "grade": balance.given_grade, "wanted": occupation.grade}
    elif balance.grade_unknown:
        reading = Reading.NO_DATA
    else:
        return None
    key = f"occupation/{occupation.pk}"
    return found(occupation.division_id, key, occupation.occupied_on, reading, **details)


def _below_the_mean(supplements: list[SupplementProject]) -> list[Row]:
    """Supplements of a worse grade than the mean of last year's occupation, or than the grade set."""
    value_of = timeline([MEAN_GRADE])
    asked = {s.pk: value_of(MEAN_GRADE, s.division.path, _accepted(s)) or OFF for s in supplements}
    wanted = [s for s in supplements if asked[s.pk] != OFF]
    counties = counties_of(s.division.path for s in wanted)
    keys = {s.pk: (counties[s.division.path].path, _accepted(s).year - 1) for s in wanted}
    means = means_occupied(keys[s.pk] for s in wanted if asked[s.pk] == REGISTER) if wanted else {}
    rows = []
    for supplement in wanted:
        set_to = asked[supplement.pk]
        limit = means.get(keys[supplement.pk]) if set_to == REGISTER else Decimal(set_to)
        if limit is not None and supplement.grade is not None and supplement.grade > limit:
            details = {"name": supplement.name, "grade": supplement.grade, "wanted": limit}
            rows.append(
                found(
                    supplement.division_id,
                    f"supplement/{supplement.pk}",
                    supplement.accepted_on,
                    variant="mean",
                    **details,
                )
            )
    return rows


def _accepted(supplement: SupplementProject) -> dt.date:
    assert supplement.accepted_on is not None  # noqa: S101 (only accepted ones are read)
    return supplement.accepted_on


def _above_the_cap(context: Context) -> list[Row]:
    """Years in which more was occupied below a place than its cap allows. One query, and one for each cap."""
    caps = SupplementCap.objects.in_force().filter(year__lte=context.as_of.year)
    rows = []
    for cap in here(context, caps).select_related("division").order_by("pk"):
        sums = CompensationBalance.objects.in_force().filter(
            division__path__startswith=cap.division.path,
            occupied_on__year=cap.year,
            occupied_on__lte=context.as_of,
        )
        total = sums.aggregate(total=Sum("area_m2"))["total"] or Decimal(0)
        if total > cap.cap_m2:
            details = {"name": cap.division.name, "year": cap.year, "area": total, "owed": cap.cap_m2}
            rows.append(
                found(cap.division_id, f"cap/{cap.year}", dt.date(cap.year, 1, 1), variant="cap", **details)
            )
    return rows


def read_b02(context: Context) -> Outcome:
    """B02: a supplement in the ecological red line, or steeper than allowed (25° itself is allowed).

    Without an outline, a layer or a slope the answer is NO_DATA. About ten queries.
    """
    rows, supplements = [], list(accepted(context))
    limits = limits_on(context.as_of)[0] if supplements else None
    lying = _in_red_line(supplements, context, limits) if supplements else {}
    value_of = timeline([SLOPE_DEG])
    for supplement in supplements:
        limit = value_of(SLOPE_DEG, supplement.division.path, _accepted(supplement))
        fault = _unfit(supplement, lying.get(supplement.pk), limit)
        if fault:
            reading = Reading.NO_DATA if "missing" in fault else Reading.FOUND
            key = f"supplement/{supplement.pk}"
            since = supplement.accepted_on
            rows.append(found(supplement.division_id, key, since, reading, name=supplement.name, **fault))
    return Outcome(checked=len(supplements), rows=rows)


def _in_red_line(supplements: list[SupplementProject], context: Context, limits: Any) -> dict[int, Lying]:
    ground = {s.pk: s.geom for s in supplements if s.geom is not None}
    return in_zones(ground, VintageKind.ECOLOGICAL_RED_LINE, context.as_of, limits=limits)


def _unfit(supplement: SupplementProject, lying: Lying | None, limit: Any) -> dict[str, Any]:
    """Why a supplement does not answer for anything; ``missing``: what must be known to tell."""
    slope = supplement.slope_deg
    if lying is not None and lying.m2 > 0:
        return {"variant": "red_line", "area": lying.m2}
    if slope is not None and limit is not None and slope > Decimal(str(limit)):
        return {"slope": slope, "limit": limit}
    if lying is None or not lying.covered:
        return {"missing": "outline" if lying is None else "layer"}
    return {"missing": "slope"} if slope is None else {}


def read_b03(context: Context) -> Outcome:
    """B03: for construction the occupier owes; where he is not named, nobody can be asked for it. One query.

    For trees, fruit and tea, farmland infrastructure and villagers' housing the county government owes.
    """
    rows = occupations(context)
    nameless = rows.filter(kind=OccupationKind.CONSTRUCTION, occupier="")
    return Outcome(
        checked=context.counted(rows),
        rows=[
            found(row.division_id, f"occupation/{row.pk}", row.occupied_on, name=row.name) for row in nameless
        ],
    )


def read_b04(context: Context) -> Outcome:
    """B04: ground that was accepted is no farmland in a later survey; what it answered for is owed again.

    The part that is lost takes first what answers for nothing. About seven queries.
    """
    supplements = list(with_used(accepted(context), context.as_of))
    ground = {s.pk: s.geom for s in supplements if s.geom is not None}
    lying = on_parcels(ground, FARMLAND, context.as_of)
    rows = []
    for supplement in supplements:
        seen = lying.get(supplement.pk)
        if seen is None or seen.year is None or seen.year <= _accepted(supplement).year or not seen.covered:
            continue
        lost = _lost(supplement, seen, context)
        if lost:
            left = (supplement.accepted_m2 or Decimal(0)) - lost
            owed = max(supplement.used_m2 - left, Decimal(0))
            details = {"name": supplement.name, "year": seen.year, "lost": lost, "owed": owed}
            key, since = f"supplement/{supplement.pk}", dt.date(seen.year, 12, 31)
            rows.append(found(supplement.division_id, key, since, **details))
    return Outcome(checked=len(supplements), rows=rows)


def _lost(supplement: SupplementProject, seen: Lying, context: Context) -> Decimal:
    """Accepted m² that are gone, by the share of the ground; a share below drawing noise is none."""
    if seen.whole_m2 - seen.m2 <= limits_on(context.as_of)[0].noise_area_m2:
        return Decimal(0)
    return ((supplement.accepted_m2 or Decimal(0)) * (1 - seen.share)).quantize(_STEP)


def read_c07(context: Context) -> Outcome:
    """C07: an exemption without its document: it counts for nothing, all of it is owed. One query."""
    rows = occupations(context)
    bare = rows.exclude(exemption="").filter(exemption_source=None)
    return Outcome(
        checked=context.counted(rows.exclude(exemption="")),
        rows=[
            found(
                row.division_id,
                f"occupation/{row.pk}",
                row.occupied_on,
                name=row.name,
                area=row.exempt_m2,
            )
            for row in bare
        ],
    )


def _rule(**fields: Any) -> Rule:
    return Rule(subject="division", office=Role.LAND_OFFICER, **fields)


_OF_BALANCE = frozenset({"land_compensationbalance", "land_supplementuse", "land_supplementproject"})

RULES = (
    _rule(
        id="B01",
        title=_("occupied farmland not made good"),
        message=_("For “%(name)s” %(area)s m² of farmland are owed of %(owed)s m²."),
        variants={
            "paddy": _("For “%(name)s” %(area)s m² of paddy are owed of %(owed)s m²."),
            "grade": _(
                "What was given for “%(name)s” is of grade %(grade)s, worse than the %(wanted)s that was "
                "occupied."
            ),
            "mean": _(
                "The supplement “%(name)s” is of grade %(grade)s, worse than the %(wanted)s that is asked "
                "for."
            ),
            "cap": _(
                "%(name)s occupied %(area)s m² of farmland in %(year)s; its cap by supplements is %(owed)s "
                "m²."
            ),
        },
        no_data=_("Whether what was given for “%(name)s” is good enough cannot be told: a grade is missing."),
        remedy=_("Let accepted farmland of the same area, paddy and grade answer for it."),
        source="土地管理法第三十条；自然资发〔2024〕204号；云南省以补定占实施通知2026年1月",
        reads=_OF_BALANCE | {"land_supplementcap"},
        read=read_b01,
        severity=Severity.E,
        refuses=False,
        parameters=(MEAN_GRADE,),
    ),
    _rule(
        id="B02",
        title=_("new farmland where none may be made"),
        message=_("The supplement “%(name)s” is %(slope)s° steep; at most %(limit)s° are allowed."),
        variants={"red_line": _("%(area)s m² of the supplement “%(name)s” lie in the ecological red line.")},
        no_data=_(
            "Whether the supplement “%(name)s” lies where farmland may be made cannot be told: its outline, "
            "its slope or the layer of the ecological red line is missing."
        ),
        remedy=_("Take the ground out of the supplement and let other ground answer for it."),
        source="补充耕地质量验收办法（试行）2025年9月；生态保护红线管控要求",
        reads=frozenset({"land_supplementproject"}),
        read=read_b02,
        severity=Severity.E,
        refuses=False,
        parameters=(SLOPE_DEG,),
    ),
    _rule(
        id="B03",
        title=_("nobody owes for occupied farmland"),
        message=_("Construction occupied farmland for “%(name)s”, and no occupier is named who owes for it."),
        remedy=_("Name the occupier; for housing, trees, fruit and farm works the county government owes."),
        source="自然资发〔2024〕204号（补充耕地责任主体）",
        reads=frozenset({"land_compensationbalance"}),
        read=read_b03,
    ),
    _rule(
        id="B04",
        title=_("new farmland lost again"),
        message=_(
            "%(lost)s m² of the supplement “%(name)s” are no farmland in the survey of %(year)s; %(owed)s m² "
            "are owed again."
        ),
        remedy=_("Have the ground cultivated again, or let other accepted farmland answer for it."),
        source="自然资发〔2024〕204号；耕地保护党政同责考核要求",
        reads=frozenset({"land_supplementproject", "land_supplementuse"}),
        read=read_b04,
    ),
    _rule(
        id="C07",
        title=_("exemption without a document"),
        message=_(
            "%(area)s m² of “%(name)s” are said to be exempt from compensation, and no document says so: "
            "they are owed."
        ),
        remedy=_("Register the document of the exemption, or have the farmland made good."),
        source="自然资发〔2021〕166号；自然资发〔2024〕204号（生态退耕、灾毁、永久淹没）",
        reads=frozenset({"land_compensationbalance"}),
        read=read_c07,
    ),
)
rules_read_layer(VintageKind.ECOLOGICAL_RED_LINE, "B02")
rules_read_layer(VintageKind.PARCELS, "B04")
