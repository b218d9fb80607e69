"""Rules on water works: WAT-01 to WAT-05, UPK-09, UPK-10. 中文：供水与农田水利规则"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from assets.codes_networks import Grade, IrrigationScale
from assets.models import IrrigationWorks, LandTransfer, WaterWorks
from assets.parameters_networks import COLLECTION_TARGET, IRRIGATION_BODIES, PUBLIC_SOURCES, REPORT_DAYS
from projects.models import FundingLine
from registry.codes import STANDING, EntryCode, Reading, Severity
from registry.models import Entry, Party
from registry.queries.places import plain
from registry.rules import Context, Outcome, Row, Rule

from .standing import held

PUBLIC_PRICE = "free"


def of_standing(model: Any, context: Context) -> QuerySet:
    """Rows in force beside standing units of the scope, with unit and place."""
    rows = model.objects.standing(context.as_of).filter(unit__state__in=STANDING)
    return context.scope.limit(rows).select_related("unit__division").order_by("unit__code", "pk")


def on_unit(found: Any, since: dt.date | None, reading: str = Reading.FOUND, **more: Any) -> Row:
    """A row on the unit of a detail; the name is always among the details."""
    unit = found.unit
    return Row(
        subject_type="unit",
        subject_key=unit.code,
        unit_id=unit.pk,
        division_id=unit.division_id,
        since=since,
        reading=reading,
        details={"name": unit.name, **more},
    )


def _outcome(rows: list[Any], judged: list[Row | None]) -> Outcome:
    return Outcome(checked=len(rows), rows=[found for found in judged if found is not None])


def read_wat_01(context: Context) -> Outcome:
    """WAT-01: more people are served, or more water supplied, than the works are designed for. One query."""
    works = list(of_standing(WaterWorks, context))
    return _outcome(works, [_overloaded(one) for one in works])


def _overloaded(one: WaterWorks) -> Row | None:
    yearly = None if one.design_m3d is None else one.design_m3d * 365
    if one.design_people is not None and (one.actual_people or 0) > one.design_people:
        return on_unit(one, None, design=str(one.design_people), actual=str(one.actual_people))
    if yearly is not None and (one.supply_m3 or 0) > yearly:
        return on_unit(one, None, variant="volume", design=f"{yearly:.0f}", actual=f"{one.supply_m3:.0f}")
    people = one.design_people is not None and one.actual_people is not None
    if people or (yearly is not None and one.supply_m3 is not None):
        return None
    return on_unit(one, None, Reading.NO_DATA)


def read_wat_02(context: Context) -> Outcome:
    """WAT-02: fees collected below the target, or a price below running cost without a subsidy. One query."""
    works = list(of_standing(WaterWorks, context))
    return _outcome(works, [_unpaid(one, context) for one in works])


def _unpaid(one: WaterWorks, context: Context) -> Row | None:
    target = Decimal(context.value(COLLECTION_TARGET, one.unit.division.path))
    if one.charging == PUBLIC_PRICE:
        price: Decimal | None = Decimal(0)
    else:
        price = one.price
        if one.collection_rate is not None and one.collection_rate < target:
            return on_unit(one, None, rate=str(one.collection_rate), target=str(target))
    if price is not None and one.running_cost is not None and price < one.running_cost and not one.subsidy:
        return on_unit(one, None, variant="price", price=str(price), cost=str(one.running_cost))
    unknown = price is None or one.running_cost is None
    if unknown or (one.charging != PUBLIC_PRICE and one.collection_rate is None):
        return on_unit(one, None, Reading.NO_DATA)
    return None


def read_wat_03(context: Context) -> Outcome:
    """WAT-03: fetching water or its supply is below standard, and no repair plan is recorded. One query."""
    works = list(of_standing(WaterWorks, context))
    return _outcome(works, [_below_standard(one) for one in works])


def _below_standard(one: WaterWorks) -> Row | None:
    if Grade.FAIL in (one.convenience, one.guarantee):
        failing = "convenience" if one.convenience == Grade.FAIL else "guarantee"
        return None if one.repair_plan else on_unit(one, None, variant=failing)
    known = one.convenience and one.guarantee
    return None if known else on_unit(one, None, Reading.NO_DATA)


def read_wat_04(context: Context) -> Outcome:
    """WAT-04: no valid quality report, no disinfection, or no valid health certificate. One query."""
    works = list(of_standing(WaterWorks, context))
    return _outcome(works, [_unsafe(one, context) for one in works])


def _unsafe(one: WaterWorks, context: Context) -> Row | None:
    day = context.as_of
    days = int(context.value(REPORT_DAYS, one.unit.division.path))
    last = one.report_on + dt.timedelta(days=days) if one.report_on else None
    if last is None or last < day:
        since = last + dt.timedelta(days=1) if last else None
        said = one.report_on.isoformat() if one.report_on else None
        return on_unit(one, since, variant="report_old" if said else "no_report", report=said)
    if one.disinfection is False:
        return on_unit(one, None, variant="disinfection")
    if one.health_until is None or one.health_until < day:
        since = one.health_until + dt.timedelta(days=1) if one.health_until else None
        return on_unit(one, since, variant="health")
    return on_unit(one, None, Reading.NO_DATA) if one.disinfection is None else None


def read_wat_05(context: Context) -> Outcome:
    """WAT-05: said to be under unified management, but kept up by somebody else. Two queries."""
    works = list(of_standing(WaterWorks, context).filter(unified=True))
    duties = held(context, EntryCode.UPKEEP).filter(unit__in=[one.unit_id for one in works])
    bodies: dict[int, Entry] = {}
    for entry in duties.select_related("party").order_by("unit", "pk"):
        bodies.setdefault(entry.unit_id, entry)
    return _outcome(works, [_not_unified(one, bodies.get(one.unit_id)) for one in works])


def _not_unified(one: WaterWorks, duty: Entry | None) -> Row | None:
    if not one.unified_operator or duty is None:
        return on_unit(one, None, Reading.NO_DATA)
    if plain(duty.party.name) == plain(one.unified_operator):
        return None
    return on_unit(one, duty.valid.lower, body=duty.party.name, operator=one.unified_operator)


def read_upk_09(context: Context) -> Outcome:
    """UPK-09: small irrigation works built with public money, kept up by none of their beneficiaries.

    An entrustment by the beneficiaries exempts. Two queries.
    """
    works = {one.unit_id: one for one in _public_small_works(context)}
    duties = held(context, EntryCode.UPKEEP).filter(unit__in=works)
    rows: dict[int, Row] = {}
    for entry in duties.select_related("party").order_by("unit__code", "pk"):
        one = works[entry.unit_id]
        allowed = context.value(IRRIGATION_BODIES, one.unit.division.path)
        if not (_of_users(entry.party, allowed) or one.entrusted):
            rows.setdefault(entry.unit_id, on_unit(one, entry.valid.lower, body=entry.party.name))
    return Outcome(checked=len(works), rows=list(rows.values()))


USERS = ("用水户", "用水合作")  # 用水户协会、用水合作组织, whatever their kind in the register


def _of_users(party: Party, allowed: Sequence[str]) -> bool:
    """Whether a body is one of those who benefit: by its kind, or an association of water users."""
    return party.kind in allowed or any(word in plain(party.name) for word in USERS)


def _public_small_works(context: Context) -> list[IrrigationWorks]:
    money = FundingLine.objects.in_force().filter(
        unit=OuterRef("unit"), source__in=context.value(PUBLIC_SOURCES), amount__gt=0
    )
    small = of_standing(IrrigationWorks, context).filter(scale=IrrigationScale.SMALL)
    return list(small.filter(Exists(money)))


def read_upk_10(context: Context) -> Outcome:
    """UPK-10: irrigated farmland changed hands, and nobody agreed anew who keeps the works up. One query.

    A duty that begins on the day of the transfer or later is an agreement too.
    """
    transfers = of_standing(LandTransfer, context).filter(on__lte=context.as_of)
    begun = Entry.objects.in_force().filter(
        unit=OuterRef("unit"), code=EntryCode.UPKEEP, valid__startswith__gte=OuterRef("on"),
        valid__startswith__lte=context.as_of,
    )  # fmt: skip
    open_ones = transfers.filter(~Exists(begun)).exclude(
        restated_on__gte=F("on"), restated_on__lte=context.as_of
    )
    first: dict[int, Row] = {}
    for one in open_ones.order_by("unit__code", "on", "pk"):
        first.setdefault(
            one.unit_id, on_unit(one, one.on, on=one.on.isoformat(), receiver=one.receiver or "—")
        )
    return Outcome(checked=context.counted(transfers), rows=list(first.values()))


_WORKS = frozenset({"assets_waterworks"})
_WATER = "农村供水工程运行管理（县级台账）"
RULES = (
    Rule(
        id="WAT-01",
        looks_at="assets_waterworks",
        title=_("water works overloaded"),
        message=_("%(name)s serves %(actual)s people and is designed for %(design)s."),
        variants={
            "volume": _("%(name)s supplied %(actual)s m³ in the year and is designed for %(design)s m³.")
        },
        no_data=_("%(name)s: what it is designed for, or what it serves, is unknown."),
        remedy=_("Plan an extension, or correct the figures."),
        source=_WATER,
        reads=_WORKS,
        read=read_wat_01,
        severity=Severity.W,
    ),
    Rule(
        id="WAT-02",
        looks_at="assets_waterworks",
        title=_("water fees do not carry the works"),
        message=_("%(name)s: %(rate)s %% of the fees were collected; expected are %(target)s %% and more."),
        variants={
            "price": _(
                "%(name)s charges %(price)s yuan/m³, below its running cost of %(cost)s, without a subsidy."
            )
        },
        no_data=_("%(name)s: price, running cost or the rate of collection is unknown."),
        remedy=_("Collect the fees, set the price anew, or record who pays the difference."),
        source="节约用水条例；农村供水水费收缴要求（目标为县级参数）",
        reads=_WORKS,
        read=read_wat_02,
        parameters=(COLLECTION_TARGET,),
    ),
    Rule(
        id="WAT-03",
        looks_at="assets_waterworks",
        title=_("water supply below standard without a plan"),
        message=_("%(name)s is below standard and has no repair plan."),
        variants={
            "convenience": _("%(name)s: fetching water is below standard, and there is no repair plan."),
            "guarantee": _(
                "%(name)s: the guarantee of supply is below standard, and there is no repair plan."
            ),
        },
        no_data=_("%(name)s: convenience or guarantee of supply was not graded."),
        remedy=_("Make a repair plan and record it, or grade the works anew."),
        source="农村饮水安全评价准则 T/CHES 18-2018",
        reads=_WORKS,
        read=read_wat_03,
    ),
    Rule(
        id="WAT-04",
        looks_at="assets_waterworks",
        title=_("quality of the water not vouched for"),
        message=_("%(name)s: nothing vouches for the quality of its water."),
        variants={
            "no_report": _("%(name)s has no report on the quality of its water."),
            "report_old": _(
                "%(name)s: the report on the quality of its water of %(report)s holds no longer."
            ),
            "disinfection": _("%(name)s does not disinfect its water."),
            "health": _("%(name)s: the water keeper has no valid health certificate."),
        },
        no_data=_("%(name)s: nobody recorded whether the water is disinfected."),
        remedy=_("Have the water tested and disinfected, renew the certificate, and record it."),
        source="生活饮用水卫生监督管理办法；农村供水工程管护要求",
        reads=_WORKS,
        read=read_wat_04,
        parameters=(REPORT_DAYS,),
    ),
    Rule(
        id="WAT-05",
        looks_at="assets_waterworks",
        title=_("unified management in name only"),
        message=_(
            "%(name)s is said to be under unified management of %(operator)s, but %(body)s keeps it up."
        ),
        no_data=_("%(name)s is said to be under unified management; the operator or the keeper is unknown."),
        remedy=_("Hand the upkeep over to the unified operator, or correct what is said."),
        source="水利部农村供水县域统管要求",
        reads=_WORKS | {"registry_entry/upkeep", "registry_party"},
        read=read_wat_05,
        severity=Severity.W,
    ),
    Rule(
        id="UPK-09",
        looks_at="assets_irrigationworks",
        title=_("small irrigation works kept up by no beneficiary"),
        message=_("%(name)s was built with public money and is kept up by %(body)s, who is no beneficiary."),
        remedy=_("Hand the upkeep to those who benefit, or record by which paper they entrusted it."),
        source="农田水利条例第十八条",
        reads=frozenset(
            {"assets_irrigationworks", "projects_fundingline", "registry_entry/upkeep", "registry_party"}
        ),
        read=read_upk_09,
        parameters=(PUBLIC_SOURCES, IRRIGATION_BODIES),
    ),
    Rule(
        id="UPK-10",
        looks_at="assets_landtransfer",
        title=_("upkeep not agreed anew after a transfer of land"),
        message=_(
            "Farmland that %(name)s waters went to %(receiver)s on %(on)s; nobody agreed anew on its upkeep."
        ),
        remedy=_("Agree on who keeps the works up, name the keeper, or enter the day of the agreement."),
        source="农田水利条例第十八条第四款",
        reads=frozenset({"assets_landtransfer", "registry_entry/upkeep"}),
        read=read_upk_10,
    ),
)
