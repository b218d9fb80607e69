"""Register approvals of conversion and expropriation. 中文：农转用、征收批复登记"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from land.models import ConversionApproval, LinkageProject
from land.models.approval import ApprovalKind, FarmlandBasis, ProjectTag
from land.rules.approvals import faults_of
from registry import access, display
from registry.errors import BadInput, RuleBroken
from registry.models import Division, ImportBatch, Source, Unit, User
from registry.queries.divisions import go_live_by_division
from registry.rules import get

from .filing import Paper, annul, area, filed, not_in_future, written

ZERO = Decimal("0.00")


@dataclass(frozen=True, kw_only=True)
class Approved:
    """What an approval says. Areas in m²: paddy and basic farmland are part of the farmland."""

    approval_no: str
    kind: str
    level: str
    approved_on: dt.date
    project_name: str
    tag: str = ProjectTag.OTHER
    unit: Unit | None = None
    farmland_m2: Decimal = ZERO
    paddy_m2: Decimal = ZERO
    pbf_m2: Decimal = ZERO
    other_agri_m2: Decimal = ZERO
    unused_m2: Decimal = ZERO
    construction_m2: Decimal = ZERO
    basis: str = FarmlandBasis.ORDINARY
    basis_no: str = ""
    basis_on: dt.date | None = None
    linkage: LinkageProject | None = None
    linkage_m2: Decimal = ZERO


AREAS = tuple(field.name for field in fields(Approved) if field.name.endswith("_m2"))


@transaction.atomic
def register_approval(
    *,
    division: Division,
    approved: Approved,
    by: User | None,
    paper: Paper | Source | None = None,
    batch: ImportBatch | None = None,
) -> ConversionApproval:
    """Register an approval of a place. 中文：登记用地批复

    From the go-live day on P06 and P10 refuse it: such an approval is not accepted. What is older is recorded
    as it was, and the rules find it. ``BadInput`` where areas contradict each other; ``NotAllowed``.
    """
    access.require(by, "keep_quotas", division)
    not_in_future(approved.approved_on, "approved_on")
    values = _values(approved)
    source = filed(
        paper
        or Paper(number=approved.approval_no, title=approved.project_name, issued_on=approved.approved_on),
        division,
        by,
    )
    made = ConversionApproval(division=division, source=source, batch=batch, **values)
    _refuse_twice(made)
    _refuse_broken(made)
    if approved.linkage is not None:
        _refuse_beyond_linkage(approved.linkage, made)
    made.save()
    after: dict[str, Any] = {
        "approval": made.approval_no,
        "kind": made.kind,
        "level": made.level,
        "m2": made.total_m2,
    }
    written("land_approved", made, division, by, on=made.approved_on, source=source, **after)
    return made


def _values(approved: Approved) -> dict[str, object]:
    """The columns of an approval. Raises ``BadInput`` for the first that does not fit."""
    for name, sentence in problems(approved).items():
        raise BadInput(sentence, name)
    values = {field.name: getattr(approved, field.name) for field in fields(Approved)}
    values |= {name: area(values[name], name, zero=True) for name in AREAS}
    converts = approved.kind != ApprovalKind.EXPROPRIATION
    new = values["farmland_m2"] + values["other_agri_m2"] + values["unused_m2"]
    return {**values, "new_construction_m2": new if converts else ZERO}


def problems(approved: Approved) -> dict[str, str]:
    """What contradicts itself in an approval, a sentence by field; the form shows all of it."""
    found: dict[str, str] = {}
    if len(approved.approval_no.strip()) < 3:
        found["approval_no"] = _("Give the number of the approval, as 云政复〔2025〕12号.")
    total = approved.farmland_m2 + approved.other_agri_m2 + approved.unused_m2 + approved.construction_m2
    if total <= 0:
        found["farmland_m2"] = _("The approval holds no land. Enter at least one area.")
    for name in ("paddy_m2", "pbf_m2"):
        if getattr(approved, name) > approved.farmland_m2:
            found[name] = _(
                "%(part)s is part of the farmland, %(whole)s; it cannot be more. Correct one."
            ) % {
                "part": display.m2(getattr(approved, name)),
                "whole": display.m2(approved.farmland_m2),
            }
    if approved.basis == FarmlandBasis.POVERTY and approved.basis_on is None:
        found["basis_on"] = _("Give the date of the basis: the privilege ended on a day.")
    new = approved.farmland_m2 + approved.other_agri_m2 + approved.unused_m2
    if approved.linkage_m2 and (approved.linkage is None or approved.kind == ApprovalKind.EXPROPRIATION):
        found["linkage_m2"] = _(
            "Choose the linkage project that bears it; expropriation alone needs no quota."
        )
    elif approved.linkage_m2 > new:
        found["linkage_m2"] = _("The linkage project bears at most the new construction land, %(new)s.") % {
            "new": display.m2(new)
        }
    return found


def _refuse_twice(made: ConversionApproval) -> None:
    there = ConversionApproval.objects.in_force().filter(
        division=made.division, approval_no=made.approval_no, kind=made.kind
    )
    if there.exists():
        raise BadInput(_("This approval is registered already."), "approval_no")


def _refuse_broken(made: ConversionApproval) -> None:
    """Rules of severity E refuse an approval of after the go-live day."""
    start = go_live_by_division([made.division_id]).get(made.division_id)
    if start is None or made.approved_on < start:
        return
    for rule_id, details in faults_of(made):
        rule = get(rule_id)
        if rule is not None and rule.severity == "E":
            template = rule.variants.get(details.get("variant", ""), rule.message)
            raise RuleBroken(f"{rule_id}: {template % details} {rule.remedy}", rule_id)


def _refuse_beyond_linkage(linkage: LinkageProject, made: ConversionApproval) -> None:
    """The new building of a linkage project is borne once, too."""
    locked = LinkageProject.objects.select_for_update().get(pk=linkage.pk)
    rows = ConversionApproval.objects.in_force().filter(linkage=locked)
    left = locked.new_build_m2 - sum(rows.values_list("linkage_m2", flat=True), ZERO)
    if made.linkage_m2 > left:
        raise RuleBroken(
            _("Q02: “%(project)s” has %(left)s of new building left; %(m2)s would be borne. Enter less.")
            % {"project": locked.name, "left": display.m2(left), "m2": display.m2(made.linkage_m2)},
            "Q02",
        )


@transaction.atomic
def take_back_approval(*, approval: ConversionApproval, by: User | None, reason: str) -> None:
    """Take an approval back. Raises ``BadInput`` while an account bears it."""
    rows = ConversionApproval.objects.select_for_update(of=("self",)).select_related("division", "source")
    locked = rows.get(pk=approval.pk)
    if locked.quota_entries.filter(annulled=None).exists():
        raise BadInput(_("Accounts bear this approval. Take their movements back first."), "charged")
    annul(locked, locked.division, by, reason)
