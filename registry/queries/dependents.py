"""What rests on an import: later acts on the facts that it wrote. 中文：导入批次的后续事项

An act is read for the facts that it speaks of: a unit as a whole, one of its fields, its entries of a code,
its shape, its inspections, or another subject (a party). Acts whose fact was taken back since, and acts of
batches that were reversed, rest on nothing any more.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from registry import acts
from registry.codes import BatchState
from registry.models import Act, Entry, ImportBatch, Shape

from .recorded import STATE_VERBS, standing_acts

WHOLE = "unit"
# Acts that read, print or judge: they write no fact that an import could have prepared.
HARMLESS = frozenset(
    (
        "batch_applied", "batch_reversed", "finding_taken_up", "finding_noted", "finding_assigned",
        "finding_closed", "finding_waived", "finding_reopened", "finding_put_back", "finding_dismissed",
        "baseline_planned", "personal_read", "paper_printed", "list_exported", "form_filled", "draft_made",
        "draft_returned", "draft_withdrawn", "source_files_added", "go_live_set", "parameter_set",
        "act_annulled",
    )
)  # fmt: skip

Fact = tuple[Any, str]


@dataclass(frozen=True)
class Dependent:
    """A later act on a fact of the batch, as people read it."""

    code: str
    name: str
    what: str
    by: str
    at: dt.datetime


def later_acts(batch: ImportBatch) -> list[Dependent]:
    """What was done after an import to the facts that it wrote, the newest first. Five queries.

    A unit that the import registered carries everything that was done to it later.
    """
    own = Act.objects.filter(batch=batch)
    last = own.order_by("-id").values_list("id", flat=True).first()
    if last is None:
        return []
    subjects = own.exclude(subject="").filter(unit=None).values("subject")
    later = (
        standing_acts(Act.objects.filter(id__gt=last))
        .filter(Q(unit__in=own.exclude(unit=None).values("unit")) | Q(unit=None, subject__in=subjects))
        .exclude(batch=batch)
        .exclude(batch__state=BatchState.REVERSED)
        .exclude(verb__in=HARMLESS)
        .select_related("unit")
        .order_by("-id")
    )
    found = list(later)
    if not found:
        return []
    touched = {act.unit_id for act in found} | {act.subject for act in found if act.unit_id is None}
    written: set[Fact] = set()
    for act in own.filter(Q(unit__in=[key for key in touched if isinstance(key, int)]) | Q(unit=None)):
        written |= facts_of(act)
    gone = _taken_back(found)
    return [_dependent(act) for act in found if act.subject not in gone and _rests(act, written)]


def _rests(act: Act, written: set[Fact]) -> bool:
    return (act.unit_id, WHOLE) in written or bool(facts_of(act) & written)


def facts_of(act: Act) -> set[Fact]:
    """The facts of which an act speaks."""
    if act.unit_id is None:
        return {(act.subject, "")}
    if act.verb == "unit_registered":
        return {(act.unit_id, WHOLE)}
    said = [*_listed(act.before), *_listed(act.after)]
    if act.verb == "unit_moved" or act.verb in STATE_VERBS:
        return {(act.unit_id, f"field:{name}") for values in said for name in values}
    if act.verb.startswith("entry_") or act.verb == "keeper_named":
        return {(act.unit_id, f"entry:{values['code']}") for values in said if values.get("code")}
    return {(act.unit_id, act.verb.partition("_")[2] if act.verb == "unit_placed" else act.verb)}


def _listed(said: Any) -> list[dict[str, Any]]:
    rows = said if isinstance(said, list) else [said]
    return [row for row in rows if isinstance(row, dict)]


def _taken_back(found: Iterable[Act]) -> set[str]:
    """Subjects (entry:5, shape:7) of acts whose row does not stand in the register any more."""
    gone: set[str] = set()
    for model, word in ((Entry, "entry"), (Shape, "shape")):
        keys = {
            int(key)
            for kind, _colon, key in (act.subject.partition(":") for act in found)
            if kind == word and key.isdigit()
        }
        standing = model.objects.filter(pk__in=keys).exclude(annulled=None).values_list("pk", flat=True)
        gone |= {f"{word}:{key}" for key in standing}
    return gone


def _dependent(act: Act) -> Dependent:
    unit = act.unit
    return Dependent(
        code=unit.code if unit else act.subject,
        name=unit.name if unit else "",
        what=acts.sentence(act.verb),
        by=act.user_name,
        at=act.at,
    )


def told(dependents: Iterable[Dependent], day: Any) -> str:
    """The dependents in one line each, ``day`` says how a moment is written."""
    return "；".join(
        " ".join(filter(None, (found.code, found.name, found.what, found.by, day(found.at))))
        for found in dependents
    )
