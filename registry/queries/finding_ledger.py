"""How far findings are rectified, as their lists ask for it. 中文：整改台账"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from registry.codes import FindingState
from registry.models import Finding, Rectification, RectificationKind

_BETWEEN = re.compile(r"[\s；;]")


@dataclass(frozen=True)
class Progress:
    """What the register knows for the columns of a rectification ledger."""

    measure: str
    progress: str
    evidence: str
    done: bool
    done_on: dt.date | None
    due_on: dt.date | None
    person: str


def progress_of(findings: Iterable[Finding]) -> dict[int, Progress]:
    """The notes of each finding, a text per column, in the order in which they were written. One query."""
    rows = {finding.pk: finding for finding in findings}
    notes: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    written = Rectification.objects.in_force().filter(finding__in=rows).select_related("source")
    for note in written.order_by("on", "id"):
        notes[note.finding_id][note.kind].append(_text(note))
    return {pk: _progress(finding, notes[pk]) for pk, finding in rows.items()}


def _text(note: Rectification) -> str:
    """The note with its document, unless the note says it itself."""
    if note.source is None or str(note.source) in note.text:
        return note.text
    return f"{note.text}（{note.source}）"


def _progress(finding: Finding, notes: dict[str, list[str]]) -> Progress:
    done = finding.state == FindingState.CLOSED
    named = finding.person.get_full_name() if finding.person else str(finding.item.get("person") or "")
    return Progress(
        measure="；".join(notes[RectificationKind.MEASURE]),
        progress="；".join(notes[RectificationKind.PROGRESS]),
        evidence="；".join(notes[RectificationKind.EVIDENCE]),
        done=done,
        done_on=finding.closed_on if done else None,
        due_on=finding.due_on,
        person=named,
    )


def squeezed(text: str) -> str:
    """A text without blanks and the marks between notes, to compare what two files say."""
    return _BETWEEN.sub("", text)


def news(known: str, said: str) -> str:
    """What a cell says beyond what is known: nothing, its end where it goes on, or all of it."""
    old, new = squeezed(known), squeezed(said)
    if new in old:
        return ""
    if not old or not new.startswith(old):
        return said.strip()
    seen = 0
    for place, sign in enumerate(said):
        if seen == len(old):
            return said[place:].strip("；; \t\n")
        seen += not _BETWEEN.match(sign)
    return ""
