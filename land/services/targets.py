"""Set targets of farmland, and take them back with their import. 中文：耕地保护目标登记"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from land.models import RetentionTarget, TargetKind
from registry import access
from registry.errors import BadInput
from registry.models import Act, Division, ImportBatch, Source, User
from registry.rules.engine import evaluate_subjects
from registry.rules.guard import refuse_broken
from registry.services.acts import record_act

FIGURES = ("retained_mu", "pbf_mu")


@dataclass(frozen=True, kw_only=True)
class TargetLine:
    """A target to be set: whose, for which year, how much (mu), on which document."""

    division: Division
    year: int
    kind: str
    source: Source
    retained_mu: Decimal | None = None
    pbf_mu: Decimal | None = None


def problems(values: dict[str, Any]) -> dict[str, str]:
    """What cannot be in a target, a sentence by field."""
    found: dict[str, str] = {}
    year = values.get("year")
    if not isinstance(year, int) or not 2000 <= year <= 2100:
        found["year"] = _("State the year of the target, such as 2035.")
    if values.get("kind") not in TargetKind.values:
        found["kind"] = _("Say whether the target is for the year or for the end of the planning period.")
    figures = {name: values.get(name) for name in FIGURES}
    if all(figure is None for figure in figures.values()):
        found["retained_mu"] = _("Give the farmland to be kept, the basic farmland to be kept, or both.")
    for name, figure in figures.items():
        if figure is not None and figure <= 0:
            found[name] = _("A target is more than 0 mu.")
    return found


@transaction.atomic
def set_targets(
    lines: Sequence[TargetLine], *, by: User | None, reason: str = "", batch: ImportBatch | None = None
) -> list[RetentionTarget]:
    """Set targets, all or none; one of the same place, year and kind is replaced and stays in the book.

    Raises ``BadInput``, ``NotAllowed``, and ``RuleBroken`` where the targets of the parts of a place would
    not sum to that of the whole (T02), except in imports, where the rule finds it.
    """
    keys = {line.division.pk for line in lines}
    divisions = Division.objects.select_for_update(of=("self",)).order_by("pk").in_bulk(keys)
    for division in divisions.values():
        access.require(by, "import_targets" if batch else "set_target", division)
    for line in lines:
        for name, sentence in problems(vars(line)).items():
            raise BadInput(sentence, name)
    there = _standing(lines)
    made = [_set(line, there.get(_key(line)), by, reason, batch) for line in lines]
    touched = keys | {division.parent_id for division in divisions.values() if division.parent_id}
    if batch is None:
        refuse_broken(on=None, divisions=touched)
    evaluate_subjects(divisions=touched)
    return made


def _key(line: Any) -> tuple[int, int, str]:
    return getattr(line, "division_id", None) or line.division.pk, line.year, line.kind


def _standing(lines: Iterable[TargetLine]) -> dict[tuple[int, int, str], RetentionTarget]:
    rows = RetentionTarget.objects.in_force().filter(division__in={line.division.pk for line in lines})
    rows = rows.select_for_update(of=("self",)).select_related("source")
    return {_key(row): row for row in rows}


def _set(
    line: TargetLine, old: RetentionTarget | None, by: User | None, reason: str, batch: ImportBatch | None
) -> RetentionTarget:
    figures = {name: getattr(line, name) for name in FIGURES}
    if (
        old is not None
        and old.source_id == line.source.pk
        and figures == {n: getattr(old, n) for n in FIGURES}
    ):
        return old
    new = RetentionTarget(
        division=line.division, year=line.year, kind=line.kind, source=line.source, batch=batch, **figures
    )
    act = record_act(
        by=by,
        batch=batch,
        verb="target_set",
        division=line.division.pk,
        subject=f"target:{line.division.pk}/{line.year}/{line.kind}",
        reason=reason,
        source=line.source,
        before=describe(old) if old is not None else None,
        after=describe(new),
    )
    if old is not None:
        old.annulled = act
        old.save(update_fields=["annulled"])
    new.save()
    return new


@transaction.atomic
def take_back_targets(batch: ImportBatch, *, act: Act) -> None:
    """Mark the targets of an import as taken back; those that they replaced stand again."""
    rows = list(RetentionTarget.objects.select_for_update().filter(batch=batch, annulled=None))
    keys = {_key(row) for row in rows}
    RetentionTarget.objects.filter(pk__in=[row.pk for row in rows]).update(annulled=act)
    replaced = RetentionTarget.objects.filter(
        annulled__batch=batch, annulled__verb="target_set", division__in={key[0] for key in keys}
    ).exclude(batch=batch)
    back = [row.pk for row in replaced if _key(row) in keys]
    RetentionTarget.objects.filter(pk__in=back).update(annulled=None)
    places = Division.objects.filter(pk__in={key[0] for key in keys}).values_list("pk", "parent_id")
    evaluate_subjects(divisions={key for pair in places for key in pair if key})


def describe(target: RetentionTarget) -> dict[str, Any]:
    """What the book says of a target."""
    return {
        "year": target.year,
        "kind": target.kind,
        "retained_mu": None if target.retained_mu is None else str(target.retained_mu),
        "pbf_mu": None if target.pbf_mu is None else str(target.pbf_mu),
        "source": str(target.source),
    }
