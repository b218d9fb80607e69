"""What a line of a list says beyond what the register knows of its finding. 中文：问题清单比对"""

from __future__ import annotations

from django.utils.translation import gettext as _

from registry import clock, display
from registry.codes import FindingOrigin, FindingState
from registry.models import Finding, RowAction
from registry.queries.finding_ledger import Progress, news, squeezed

from .finding_columns import FILLED, YES
from .finding_lines import Book, Line


def compare(line: Line, book: Book) -> None:
    """New, unchanged, or what the line says beyond what the register knows; an empty cell says nothing."""
    if line.errors:
        line.action = RowAction.REJECT
        return
    finding = line.finding
    known = book.progress[finding.pk] if finding else None
    notes = {}
    for kind in ("measure", "progress", "evidence"):
        said = news(getattr(known, kind) if known else "", line.values[kind])
        if said:
            notes[kind] = said
            line.changes[kind] = [getattr(known, kind) if known else "", said]
    line.values["notes"] = notes
    line.values["closes"] = _closes(line, known)
    if finding is None or known is None:
        line.action, line.changes = RowAction.CREATE, {}
        return
    _compare_facts(line, finding, known, book)
    line.action = RowAction.CHANGE if line.changes else RowAction.KEEP


def _closes(line: Line, known: Progress | None) -> str | None:
    """The day on which the line says that the finding was rectified, where there is evidence of it."""
    said, done = line.values["done"], bool(known and known.done)
    if said != YES or done:
        if done and said is not None and said != YES:
            line.remark("done", "closed_meanwhile", _("It is closed in the register; it stays closed."))
        return None
    if line.finding is not None and line.finding.state == FindingState.DISMISSED:
        line.remark("done", "not_upheld", _("It was not upheld; nothing is left to rectify."))
        return None
    reopened = line.finding is not None and line.finding.state == FindingState.REOPENED
    if not line.values["notes"].get("evidence") and (reopened or not (known and known.evidence)):
        line.remark(
            "done",
            "no_evidence",
            _("The row says that it is done and names no evidence; the finding stays open."),
        )
        return None
    day = line.values["done_on"] or clock.today().isoformat()
    line.changes["done"] = ["no", YES]
    return str(day)


def _compare_facts(line: Line, finding: Finding, known: Progress, book: Book) -> None:
    values = line.values
    if values["due_on"] and values["due_on"] != (known.due_on.isoformat() if known.due_on else None):
        line.changes["due_on"] = [known.due_on.isoformat() if known.due_on else "", values["due_on"]]
    else:
        values["due_on"] = None
    said = line.text("person")
    if said and said not in (known.person, display.masked(known.person)):
        line.changes["person"] = [display.masked(known.person) if known.person else "", display.masked(said)]
    if finding.origin == FindingOrigin.RULE:
        return
    if squeezed(values["text"]) != squeezed(finding.text):
        line.changes["text"] = [finding.text, values["text"]]
    stated = book.places.by_pk[values["division"]]
    if finding.division.path.startswith(stated.path):
        values["division"] = finding.division_id
    else:
        line.changes["division"] = [finding.division_id, values["division"]]
    _compare_columns(line, finding)


def _compare_columns(line: Line, finding: Finding) -> None:
    """Columns that the register does not fill: what stands in them belongs to the list."""
    before = {
        title: value for title, value, name, _kind in finding.item.get("columns", []) if name not in FILLED
    }
    for title, value, name, _kind in line.values["item"].get("columns", []):
        if name in FILLED or name in ("text", "finding", "seq") or title not in before or value is None:
            continue
        old = str(before[title] or "").strip()
        if str(value).strip() != old and "*" not in str(value):
            line.changes[name or title] = [old, str(value)]
