"""Rules on approvals of conversion and expropriation: P06, P10, P12. 中文：农转用、征收批复规则

One judgement serves the rules and the officer's form: the numbers are those of the day of the approval.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from land.models import ConversionApproval
from land.models.approval import ApprovalLevel, FarmlandBasis
from land.parameters_quotas import FARMLAND_HA, OTHER_HA, PRE_REVIEW_UNTIL
from registry.codes import Role, Severity
from registry.rules import Context, Outcome, Rule
from registry.rules.parameters import timeline

from .places import found, here

HECTARE = Decimal(10000)
KEYS = (FARMLAND_HA, OTHER_HA, PRE_REVIEW_UNTIL)
Details = dict[str, Any]


def p06(approval: ConversionApproval, value: Callable[[str], Any]) -> Details | None:
    """P06: basic farmland, and the approval comes from below the State Council."""
    if approval.pbf_m2 > 0 and approval.level != ApprovalLevel.STATE_COUNCIL:
        return {"area": approval.pbf_m2}
    return None


def p10(approval: ConversionApproval, value: Callable[[str], Any]) -> Details | None:
    """P10: the privilege of poverty counties, on a paper dated after its end; undated is not accepted."""
    until = value(PRE_REVIEW_UNTIL)
    if approval.basis != FarmlandBasis.POVERTY or until is None:
        return None
    if approval.basis_on is not None and approval.basis_on <= dt.date.fromisoformat(until):
        return None
    dated = approval.basis_on.isoformat() if approval.basis_on else "—"
    return {"dated": dated, "until": until}


def p12(approval: ConversionApproval, value: Callable[[str], Any]) -> Details | None:
    """P12: what only the State Council approves for expropriation, approved by another office.

    Basic farmland at all, other farmland above 35 ha, other land above 70 ha (exactly so much is allowed).
    """
    if not approval.expropriates or approval.level == ApprovalLevel.STATE_COUNCIL:
        return None
    if approval.pbf_m2 > 0:
        return {"variant": "pbf", "area": approval.pbf_m2}
    for name, area, limit in (
        ("farmland", approval.farmland_m2, value(FARMLAND_HA)),
        ("other", approval.total_m2 - approval.farmland_m2, value(OTHER_HA)),
    ):
        if limit is not None and area > Decimal(str(limit)) * HECTARE:
            return {"variant": name, "area": (area / HECTARE).quantize(Decimal("0.0001")), "limit": limit}
    return None


JUDGES = {"P06": p06, "P10": p10, "P12": p12}


def faults_of(approval: ConversionApproval) -> Iterator[tuple[str, Details]]:
    """Rules that an approval breaks, with what their messages say. One query."""
    value_of = timeline(KEYS)
    path, day = approval.division.path, approval.approved_on
    for rule_id, judge in JUDGES.items():
        details = judge(approval, lambda key: value_of(key, path, day))
        if details is not None:
            yield rule_id, {"name": str(approval), "level": approval.get_level_display(), **details}


def _reader(rule_id: str) -> Callable[[Context], Outcome]:
    judge = JUDGES[rule_id]

    def read(context: Context) -> Outcome:
        approvals = here(
            context, ConversionApproval.objects.in_force().filter(approved_on__lte=context.as_of)
        )
        value_of = timeline(KEYS)
        rows, checked = [], 0
        for approval in approvals.select_related("division").order_by("pk"):
            checked += 1
            path, day = approval.division.path, approval.approved_on

            def value(key: str, path: str = path, day: dt.date = day) -> Any:
                return value_of(key, path, day)

            details = judge(approval, value)
            if details is not None:
                more = {"name": str(approval), "level": approval.level, **details}
                rows.append(found(approval.division_id, f"approval/{approval.pk}", day, **more))
        return Outcome(checked=checked, rows=rows)

    read.__doc__ = judge.__doc__
    return read


_READS = frozenset({"land_conversionapproval"})

RULES = (
    Rule(
        id="P06",
        subject="division",
        title=_("basic farmland approved below the State Council"),
        message=_(
            "The approval %(name)s takes %(area)s m² of permanent basic farmland and does not come from the "
            "State Council (Land Administration Law, articles 35 and 46)."
        ),
        remedy=_("Keep the project off the basic farmland, or obtain the approval of the State Council."),
        source="土地管理法第三十五条、第四十六条",
        office=Role.LAND_OFFICER,
        reads=_READS,
        read=_reader("P06"),
        severity=Severity.E,
    ),
    Rule(
        id="P10",
        subject="division",
        title=_("pre-review privilege used after it ended"),
        message=_(
            "The approval %(name)s rests on the pre-review privilege of poverty counties dated %(dated)s; it "
            "ended on %(until)s and is not accepted."
        ),
        remedy=_("Name another basis for occupying basic farmland, or keep the project off it."),
        source="自然资源部办公厅2022年11月支持巩固拓展通知（执行至2024年1月2日）",
        office=Role.LAND_OFFICER,
        reads=_READS,
        read=_reader("P10"),
        severity=Severity.E,
        parameters=(PRE_REVIEW_UNTIL,),
    ),
    Rule(
        id="P12",
        subject="division",
        title=_("expropriation approved by too low an office"),
        message=_("The expropriation %(name)s needs the approval of the State Council."),
        variants={
            "pbf": _(
                "The expropriation %(name)s takes %(area)s m² of permanent basic farmland and needs the "
                "approval of the State Council."
            ),
            "farmland": _(
                "The expropriation %(name)s takes %(area)s ha of farmland; above %(limit)s ha the State "
                "Council approves."
            ),
            "other": _(
                "The expropriation %(name)s takes %(area)s ha of land other than farmland; above %(limit)s "
                "ha the State Council approves."
            ),
        },
        remedy=_("Obtain the approval of the State Council, or correct the areas of the approval."),
        source="土地管理法第四十六条（与第四十四条农用地转用一并办理）",
        office=Role.LAND_OFFICER,
        reads=_READS,
        read=_reader("P12"),
        parameters=(FARMLAND_HA, OTHER_HA),
    ),
)
