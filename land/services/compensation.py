"""Occupied farmland and what makes it good. 中文：占补平衡登记"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from land.models import (
    CompensationBalance,
    ConversionApproval,
    SupplementProject,
    SupplementUse,
)
from land.models.compensation import Exemption, OccupationKind
from land.queries.compensation import balances, unused
from registry import access, clock, display
from registry.errors import BadInput
from registry.models import Division, ImportBatch, Source, User

from .filing import Paper, annul, area, filed, not_in_future, written
from .outline import refuse_held

ZERO = Decimal("0.00")


@dataclass(frozen=True, kw_only=True)
class Occupation:
    """Farmland that was occupied; the grade is area-weighted, 1 the best."""

    name: str
    kind: str
    occupied_on: dt.date
    area_m2: Decimal
    paddy_m2: Decimal = ZERO
    grade: Decimal | None = None
    occupier: str = ""
    approval: ConversionApproval | None = None
    geom: Any = None


@transaction.atomic
def register_occupation(
    *,
    division: Division,
    occupation: Occupation,
    paper: Paper | Source,
    by: User | None,
    batch: ImportBatch | None = None,
) -> CompensationBalance:
    """Register an occupation of farmland. 中文：登记占用耕地

    Raises ``BadInput`` where nobody would owe for it (B03), where paddy is more than the whole;
    ``NotAllowed``.
    """
    access.require(by, "keep_quotas", division)
    not_in_future(occupation.occupied_on, "occupied_on")
    if occupation.kind == OccupationKind.CONSTRUCTION and not occupation.occupier.strip():
        raise BadInput(_("B03: name the occupier; whoever builds owes for the farmland."), "occupier")
    values = {field.name: getattr(occupation, field.name) for field in fields(Occupation)}
    values |= {"area_m2": area(occupation.area_m2, "area_m2"), "paddy_m2": _part(occupation)}
    source = filed(paper, division, by)
    made = CompensationBalance.objects.create(division=division, source=source, batch=batch, **values)
    after: dict[str, Any] = {"name": made.name, "kind": made.kind, "m2": made.area_m2, "paddy": made.paddy_m2}
    written("farmland_occupied", made, division, by, on=made.occupied_on, source=source, **after)
    return made


def _part(thing: Any, whole: str = "area_m2", part: str = "paddy_m2") -> Decimal:
    """The paddy of an area. Raises ``BadInput`` where it is more than the whole."""
    made = area(getattr(thing, part), part, zero=True)
    if made > getattr(thing, whole):
        raise BadInput(
            _("%(part)s of paddy are more than the whole, %(whole)s. Correct one of them.")
            % {"part": display.m2(made), "whole": display.m2(getattr(thing, whole))},
            part,
        )
    return made


@transaction.atomic
def record_exemption(
    *,
    occupation: CompensationBalance,
    exemption: str,
    m2: Decimal,
    paper: Paper | Source,
    by: User | None,
    paddy_m2: Decimal = ZERO,
) -> CompensationBalance:
    """Ground for which nothing is owed, with its document; the outflow stays as it is (C07).

    中文：免予补充
    """
    locked = _lock_occupation(occupation)
    access.require(by, "keep_quotas", locked.division)
    if exemption not in Exemption.values:
        raise BadInput(_("Choose why nothing is owed for it."), "exemption")
    m2, paddy_m2 = area(m2), area(paddy_m2, "paddy_m2", zero=True)
    if m2 > locked.area_m2 or paddy_m2 > min(m2, locked.paddy_m2):
        raise BadInput(
            _("At most %(area)s, of it %(paddy)s of paddy, were occupied. Enter less.")
            % {"area": display.m2(locked.area_m2), "paddy": display.m2(locked.paddy_m2)},
            "m2",
        )
    source = filed(paper, locked.division, by)
    locked.exemption, locked.exempt_m2, locked.exempt_paddy_m2 = exemption, m2, paddy_m2
    locked.exemption_source = source
    locked.save(update_fields=["exemption", "exempt_m2", "exempt_paddy_m2", "exemption_source"])
    written("exemption_recorded", locked, locked.division, by, source=source, exemption=exemption, m2=m2)
    return locked


def _lock_occupation(occupation: CompensationBalance) -> CompensationBalance:
    rows = CompensationBalance.objects.select_for_update(of=("self",)).select_related("division", "source")
    locked = rows.defer("geom").get(pk=occupation.pk)
    if locked.annulled_id is not None:
        raise BadInput(_("This occupation was taken back."), "occupation")
    return locked


def _lock_supplement(supplement: SupplementProject) -> SupplementProject:
    rows = SupplementProject.objects.select_for_update(of=("self",)).select_related("division", "source")
    locked = rows.defer("geom").get(pk=supplement.pk)
    if locked.annulled_id is not None:
        raise BadInput(_("This supplement project was taken back."), "supplement")
    return locked


@transaction.atomic
def plan_supplement(
    *,
    division: Division,
    name: str,
    paper: Paper | Source,
    by: User | None,
    planned_m2: Decimal | None = None,
    slope_deg: Decimal | None = None,
    geom: Any = None,
    batch: ImportBatch | None = None,
) -> SupplementProject:
    """Register a supplement project; it answers for nothing until it is accepted. 中文：登记补充耕地项目"""
    access.require(by, "keep_quotas", division)
    if len(name.strip()) < 2:
        raise BadInput(_("Give the project its name."), "name")
    refuse_held(SupplementProject.objects.all(), geom)
    source = filed(paper, division, by)
    made = SupplementProject.objects.create(
        division=division,
        name=name.strip(),
        planned_m2=area(planned_m2, "planned_m2") if planned_m2 is not None else None,
        slope_deg=slope_deg,
        geom=geom,
        source=source,
        batch=batch,
    )
    written("supplement_planned", made, division, by, source=source, name=made.name)
    return made


@dataclass(frozen=True, kw_only=True)
class Acceptance:
    """What an acceptance found: area, paddy, grade (1 the best), steepest slope."""

    accepted_on: dt.date
    accepted_m2: Decimal
    paddy_m2: Decimal = ZERO
    grade: Decimal | None = None
    slope_deg: Decimal | None = None


@transaction.atomic
def accept_supplement(
    *, supplement: SupplementProject, acceptance: Acceptance, paper: Paper | Source, by: User | None
) -> SupplementProject:
    """Accept a supplement with its document, once; from then on it answers for occupations. 中文：验收"""
    locked = _lock_supplement(supplement)
    access.require(by, "accept_land", locked.division)
    not_in_future(acceptance.accepted_on, "accepted_on")
    if locked.accepted_on is not None:
        raise BadInput(
            _("It was accepted on %(day)s already. Register further ground as a project of its own.")
            % {"day": locked.accepted_on},
            "accepted_on",
        )
    locked.accepted_m2 = area(acceptance.accepted_m2, "accepted_m2")
    locked.paddy_m2 = _part(acceptance, "accepted_m2")
    locked.accepted_on, locked.grade = acceptance.accepted_on, acceptance.grade
    locked.slope_deg = acceptance.slope_deg if acceptance.slope_deg is not None else locked.slope_deg
    locked.acceptance = filed(paper, locked.division, by)
    names = ["accepted_m2", "paddy_m2", "accepted_on", "grade", "slope_deg", "acceptance"]
    locked.save(update_fields=names)
    after: dict[str, Any] = {name: getattr(locked, name) for name in names[:-1]}
    written(
        "supplement_accepted", locked, locked.division, by,
        on=locked.accepted_on, source=locked.acceptance, **after,
    )  # fmt: skip
    return locked


@transaction.atomic
def use_supplement(
    *,
    supplement: SupplementProject,
    occupation: CompensationBalance,
    m2: Decimal,
    day: dt.date,
    paper: Paper | Source,
    by: User | None,
    paddy_m2: Decimal = ZERO,
    batch: ImportBatch | None = None,
) -> SupplementUse:
    """Let accepted ground answer for an occupation; every m² of it once. 中文：补充耕地与占用挂钩

    Raises ``BadInput`` where so much is not left, or more is given than is owed; ``NotAllowed``.
    """
    not_in_future(day)
    occupied, locked = _lock_occupation(occupation), _lock_supplement(supplement)
    access.require(by, "keep_quotas", occupied.division)
    m2, paddy_m2 = area(m2), area(paddy_m2, "paddy_m2", zero=True)
    _refuse_unready(locked, day)
    _refuse_more_than_left(locked, m2, paddy_m2)
    owed = balances([occupied], clock.today())[0]
    if m2 > max(owed.debt_m2, owed.debt_paddy_m2) and not owed.worse:
        raise BadInput(
            _("For “%(name)s” %(owed)s are owed, of it %(paddy)s of paddy; give no more than that.")
            % {
                "name": occupied.name,
                "owed": display.m2(owed.debt_m2),
                "paddy": display.m2(owed.debt_paddy_m2),
            },
            "m2",
        )
    source = filed(paper, occupied.division, by)
    made = SupplementUse.objects.create(
        supplement=locked, occupation=occupied, m2=m2, paddy_m2=paddy_m2, day=day, source=source, batch=batch
    )
    after: dict[str, Any] = {
        "supplement": locked.name,
        "occupation": occupied.name,
        "m2": m2,
        "paddy": paddy_m2,
    }
    written("supplement_used", made, occupied.division, by, on=day, source=source, **after)
    return made


def _refuse_unready(supplement: SupplementProject, day: dt.date) -> None:
    if supplement.accepted_on is None or supplement.accepted_on > day:
        raise BadInput(
            _("“%(name)s” is not accepted on %(day)s; ground answers from its acceptance on.")
            % {"name": supplement.name, "day": day},
            "supplement",
        )


def _refuse_more_than_left(supplement: SupplementProject, m2: Decimal, paddy_m2: Decimal) -> None:
    left, paddy_left = unused(supplement)
    if m2 > left or paddy_m2 > paddy_left or paddy_m2 > m2:
        raise BadInput(
            _(
                "B01: of “%(name)s” %(left)s are left, of it %(paddy)s of paddy; every square metre answers "
                "once. Enter at most that, or choose another project."
            )
            % {"name": supplement.name, "left": display.m2(left), "paddy": display.m2(paddy_left)},
            "m2",
        )


@transaction.atomic
def take_back(*, row: Any, by: User | None, reason: str) -> None:
    """Take back an occupation, a supplement, a use, a cap, a designation; never what others rest on."""
    locked = type(row).objects.select_for_update(of=("self",)).get(pk=row.pk)
    uses = getattr(locked, "uses", None)
    if uses is not None and uses.filter(annulled=None).exists():
        raise BadInput(_("Supplements answer for it. Take these uses back first."), "used")
    division = locked.occupation.division if isinstance(locked, SupplementUse) else locked.division
    annul(locked, division, by, reason)
