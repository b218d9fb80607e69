"""Caps of a year, the historic in-out balance, designated basic farmland. 中文：以补定占、补划登记"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from land.models import BasicFarmlandSupplement, ConversionApproval, InOutBalance, SupplementCap
from registry import access, clock
from registry.errors import BadInput
from registry.models import Division, Source, User

from .filing import Paper, annul, area, filed, not_in_future, written
from .outline import refuse_held

IN_OUT_YEARS = range(2021, 2025)  # 自然资发〔2021〕166号 to the Opinions of 2024-02-05


@transaction.atomic
def set_cap(
    *, division: Division, year: int, cap_m2: Decimal, paper: Paper | Source, by: User | None
) -> SupplementCap:
    """How much farmland may be occupied in a year; a new cap of the year replaces the old. 中文：以补定占"""
    access.require(by, "keep_quotas", division)
    if not 2024 <= year <= clock.today().year + 1:
        raise BadInput(_("A cap is set for a year from 2024 to next year."), "year")
    source = filed(paper, division, by)
    for old in SupplementCap.objects.in_force().select_for_update().filter(division=division, year=year):
        annul(old, division, by, _("replaced by a new cap"))
    made = SupplementCap.objects.create(
        division=division, year=year, cap_m2=area(cap_m2, "cap_m2", zero=True), source=source
    )
    written("supplement_capped", made, division, by, source=source, year=year, m2=made.cap_m2)
    return made


@transaction.atomic
def record_in_out(
    *,
    division: Division,
    year: int,
    out_m2: Decimal,
    in_m2: Decimal,
    paper: Paper | Source,
    by: User | None,
) -> InOutBalance:
    """The in-out balance of a year before 2024: it was in force from 2021-11-27 to 2024-02-05.

    中文：进出平衡
    """
    access.require(by, "keep_quotas", division)
    if year not in IN_OUT_YEARS:
        raise BadInput(
            _("The in-out balance was kept for 2021 to 2024; later years fall under compensation."), "year"
        )
    if InOutBalance.objects.in_force().filter(division=division, year=year).exists():
        raise BadInput(_("This year is recorded already; take it back first."), "year")
    source = filed(paper, division, by)
    made = InOutBalance.objects.create(
        division=division,
        year=year,
        out_m2=area(out_m2, "out_m2", zero=True),
        in_m2=area(in_m2, "in_m2", zero=True),
        source=source,
    )
    written("in_out_recorded", made, division, by, source=source, year=year, out=out_m2, into=in_m2)
    return made


@dataclass(frozen=True, kw_only=True)
class Designation:
    """Ground designated as basic farmland for what was occupied of it."""

    name: str
    occupied_m2: Decimal
    designated_on: dt.date
    area_m2: Decimal
    occupied_grade: Decimal | None = None
    grade: Decimal | None = None
    slope_deg: Decimal | None = None
    approval: ConversionApproval | None = None
    geom: Any = None


@transaction.atomic
def designate(
    *, division: Division, designation: Designation, paper: Paper | Source, by: User | None
) -> BasicFarmlandSupplement:
    """Register designated basic farmland; P09 judges it. 中文：永久基本农田补划"""
    access.require(by, "keep_quotas", division)
    not_in_future(designation.designated_on, "designated_on")
    refuse_held(BasicFarmlandSupplement.objects.all(), designation.geom)
    values = {field.name: getattr(designation, field.name) for field in fields(Designation)}
    values |= {name: area(values[name], name) for name in ("occupied_m2", "area_m2")}
    source = filed(paper, division, by)
    made = BasicFarmlandSupplement.objects.create(division=division, source=source, **values)
    after: dict[str, Any] = {"name": made.name, "m2": made.area_m2, "occupied": made.occupied_m2}
    written("pbf_designated", made, division, by, on=made.designated_on, source=source, **after)
    return made
