"""What the page of one finding shows: its facts, the line of its list, all that was done. 中文：问题详情"""

from __future__ import annotations

import json
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry import access, acts, display
from registry.codes import FindingOrigin, FindingState, Role
from registry.exporters.findings import PERSONAL_TITLE, hidden
from registry.models import Act, Finding, Rectification
from registry.queries.findings import shown_details

_WORDS = {
    "state": gettext_lazy("state"),
    "office": gettext_lazy("who must act"),
    "person": gettext_lazy("responsible person"),
    "due_on": gettext_lazy("deadline"),
    "waived_until": gettext_lazy("waived until"),
}


def facts_of(finding: Finding, user: Any) -> list[tuple[Any, Any]]:
    """What the finding was read from, or where it comes from."""
    days = [
        (_("opened on"), display.day(finding.opened_on)),
        *([(_("closed on"), display.day(finding.closed_on))] if finding.closed_on else []),
    ]
    if finding.origin != FindingOrigin.RULE:
        said = [(_("list"), finding.item.get("list")), (_("number in the list"), finding.item.get("no"))]
        return [(_("where it comes from"), finding.get_origin_display()), *said, *days]
    return [
        (_("rule"), f"{finding.rule} · " + _("version %(number)d") % {"number": finding.rule_version}),
        (_("last read for"), display.day(finding.read_on)),
        *days,
        (_("parameters"), _written(finding.parameters) or _("none")),
        (_("details"), _written(shown_details(finding, user))),
        (_("fingerprint of the inputs"), finding.fingerprint),
    ]


def line_of_list(finding: Finding, user: Any) -> list[tuple[str, Any]]:
    """The line as it came in its list, persons masked for who may not read their names."""
    names = access.may(user, "see_personal", finding.division)
    return [
        (title, value if names or not PERSONAL_TITLE.search(title) else hidden(value))
        for title, value, *_more in finding.item.get("columns") or []
        if value not in (None, "")
    ]


def timeline(finding: Finding) -> list[dict[str, Any]]:
    """Notes and acts, newest first. A note that an act says word for word stands once. Two queries."""
    notes = Rectification.objects.filter(finding=finding).select_related("source", "by", "batch")
    events = [_of_note(note) for note in notes]
    told = {event["note"] for event in events}
    rows = Act.objects.filter(subject=f"finding:{finding.pk}").exclude(verb="finding_noted")
    events += [_of_act(act, told) for act in rows.select_related("source")]
    closing = finding.closing if isinstance(finding.closing, dict) else {}
    if finding.closed_on and closing.get("by") == "evaluation":
        said = _("Closed by the reading for %(day)s: the facts are right again.")
        events.append(
            {"on": finding.closed_on, "key": ("9",), "title": said % {"day": closing.get("read_on")}}
        )
    return sorted(events, key=lambda event: event["key"], reverse=True)


def _of_note(note: Rectification) -> dict[str, Any]:
    struck = note.batch is not None and note.batch.state == "reversed"
    return {
        "on": note.at,
        "key": (note.at.isoformat(), 0, note.pk),
        "title": _("%(kind)s (taken back with its file)") % {"kind": note.get_kind_display()}
        if struck
        else note.get_kind_display(),
        "note": note.text,
        "by": note.by.get_full_name() if note.by else _("command line"),
        "source": note.source,
    }


def _of_act(act: Act, told: set[str]) -> dict[str, Any]:
    return {
        "on": act.at,
        "key": (act.at.isoformat(), 1, act.pk),
        "title": acts.sentence(act.verb),
        "note": "" if act.reason in told else act.reason,
        "by": act.user_name,
        "source": act.source if act.reason not in told else None,
        "changes": _changes(act),
    }


def _changes(act: Act) -> list[tuple[Any, str, str]]:
    """(what, before, after) of an act, where they differ."""
    before = act.before if isinstance(act.before, dict) else {}
    after = act.after if isinstance(act.after, dict) else {}
    keys = [key for key in _WORDS if key in after and before.get(key) != after[key]]
    return [(_WORDS[key], _said(key, before.get(key)), _said(key, after[key])) for key in keys]


def _said(key: str, value: Any) -> str:
    labels: dict[str, Any] = {"state": FindingState, "office": Role}
    if key in labels and value in labels[key].values:
        return str(labels[key](value).label)
    return str(value or display.DASH)


def _written(value: Any) -> str:
    """Key and value pairs of a JSON field as one line."""
    if not value:
        return ""
    if not isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return "；".join(
        f"{key}: {item if isinstance(item, (str, int, float)) else json.dumps(item, ensure_ascii=False)}"
        for key, item in value.items()
    )
