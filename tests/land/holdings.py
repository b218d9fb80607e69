"""Rows of quotas, approvals and balances for the tests: what is not given is ordinary and in order."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import shapely
from django.contrib.gis.geos import GEOSGeometry

from land.models import (
    BasicFarmlandSupplement,
    CompensationBalance,
    ConstructionQuota,
    ConversionApproval,
    InOutBalance,
    LinkagePlot,
    LinkageProject,
    QuotaEntry,
    SupplementProject,
    SupplementUse,
    SurplusQuota,
)
from land.models.quota import INCOMING
from registry import geo
from tests import factories as make


def day(value: str | dt.date) -> dt.date:
    return dt.date.fromisoformat(value) if isinstance(value, str) else value


def ground(shape: Any) -> GEOSGeometry:
    """A shape of the working plane as a geometry of record."""
    record = geo.promote(geo.transform(shape, 4544, 4490))
    return GEOSGeometry(memoryview(shapely.to_wkb(record)), srid=4490)


def account(of: Any = None, kind: str = "general", year: int = 2025) -> ConstructionQuota:
    return ConstructionQuota.objects.create(division=of or make.county(), kind=kind, year=year)


def entry(
    of: ConstructionQuota, kind: str, m2: Any, on: str | dt.date = "2025-02-01", **fields: Any
) -> QuotaEntry:
    """A movement written without any service; ``m2`` above zero."""
    fields.setdefault("source", make.source(of.division))
    amount = Decimal(m2) if kind in INCOMING else -Decimal(m2)
    return QuotaEntry.objects.create(account=of, kind=kind, day=day(on), amount_m2=amount, **fields)


def approval(of: Any = None, **fields: Any) -> ConversionApproval:
    """A provincial conversion of 1000 m² of farmland for a project of rural revitalisation."""
    place = of or make.county()
    values = {
        "approval_no": f"云政复〔2025〕{ConversionApproval.objects.count() + 1}号",
        "kind": "conversion",
        "level": "province",
        "approved_on": day("2025-03-01"),
        "project_name": "乡村道路",
        "tag": "revitalisation",
        "farmland_m2": Decimal("1000.00"),
    } | fields
    values["approved_on"] = day(values["approved_on"])
    parts = ("farmland_m2", "other_agri_m2", "unused_m2")
    new = sum((Decimal(values.get(name, 0)) for name in parts), Decimal(0))
    values.setdefault("new_construction_m2", Decimal(0) if values["kind"] == "expropriation" else new)
    return ConversionApproval.objects.create(
        division=place, source=values.pop("source", None) or make.source(place), **values
    )


def occupation(of: Any = None, **fields: Any) -> CompensationBalance:
    """1000 m² of dry land of grade 9, occupied by a builder."""
    place = of or make.county()
    values = {
        "name": "加工厂",
        "kind": "construction",
        "occupier": "屏边县交投公司",
        "occupied_on": "2025-03-01",
        "area_m2": Decimal("1000.00"),
        "grade": Decimal(9),
    } | fields
    values["occupied_on"] = day(values["occupied_on"])
    return CompensationBalance.objects.create(
        division=place, source=values.pop("source", None) or make.source(place), **values
    )


def supplement(of: Any = None, **fields: Any) -> SupplementProject:
    """1000 m² of grade 9, accepted before anything was occupied."""
    place = of or make.county()
    paper = make.source(place)
    values = {
        "name": "补充耕地项目",
        "accepted_on": "2024-06-01",
        "accepted_m2": Decimal("1000.00"),
        "grade": Decimal(9),
        "slope_deg": Decimal(10),
        "acceptance": paper,
    } | fields
    values["accepted_on"] = day(values["accepted_on"]) if values["accepted_on"] else None
    return SupplementProject.objects.create(division=place, source=paper, **values)


def use(of: SupplementProject, on: CompensationBalance, m2: Any = "1000", **fields: Any) -> SupplementUse:
    values = {"day": "2025-03-02", "source": make.source(on.division)} | fields
    values["day"] = day(values["day"])
    return SupplementUse.objects.create(supplement=of, occupation=on, m2=Decimal(m2), **values)


def linkage(of: Any = None, **fields: Any) -> LinkageProject:
    """5000 m² to be reclaimed, 3000 m² newly built on, due after three years."""
    place = of or make.county()
    values = {
        "name": "小寨项目区",
        "approval_no": "云自然资〔2022〕7号",
        "approved_on": "2022-05-01",
        "due_on": "2025-05-01",
        "demolish_m2": Decimal("5000.00"),
        "new_build_m2": Decimal("3000.00"),
        "base_year": 2021,
    } | fields
    values |= {name: day(values[name]) for name in ("approved_on", "due_on")}
    return LinkageProject.objects.create(
        division=place, source=values.pop("source", None) or make.source(place), **values
    )


def plot(of: LinkageProject, shape: Any = None, role: str = "demolish", **fields: Any) -> LinkagePlot:
    values = {"name": "旧宅基地", "area_m2": Decimal("1000.00")} | fields
    geom = ground(shape) if shape is not None else None
    return LinkagePlot.objects.create(project=of, role=role, geom=geom, **values)


def surplus(of: LinkageProject, kind: str, m2: Any, on: str, **fields: Any) -> SurplusQuota:
    values = {"source": make.source(of.division)} | fields
    if kind == "sold":
        values = {"buyer": "昆明市", "price_yuan": Decimal("300000.00")} | values
    return SurplusQuota.objects.create(project=of, kind=kind, m2=Decimal(m2), day=day(on), **values)


def designation(of: Any = None, **fields: Any) -> BasicFarmlandSupplement:
    """1000 m² designated for 1000 m² of the same grade."""
    place = of or make.county()
    values = {
        "name": "补划地块",
        "occupied_m2": Decimal("1000.00"),
        "occupied_grade": Decimal(9),
        "designated_on": "2025-11-01",
        "area_m2": Decimal("1000.00"),
        "grade": Decimal(9),
        "slope_deg": Decimal(10),
    } | fields
    values["designated_on"] = day(values["designated_on"])
    return BasicFarmlandSupplement.objects.create(division=place, source=make.source(place), **values)


def in_out(of: Any = None, year: int = 2022) -> InOutBalance:
    """A year in which 10 m² more came in than went out."""
    place = of or make.county()
    return InOutBalance.objects.create(
        division=place, year=year, out_m2=Decimal(20), in_m2=Decimal(30), source=make.source(place)
    )
