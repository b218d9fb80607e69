"""What the kernel itself shows on a unit's page: faults, entries, history, origin. 中文：登记单元页面"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry import access, acts, panels, workbench
from registry.codes import EntryCode, EntryKind, Reading, Role, ShapeMethod, UnitKind, UnitState
from registry.models import Act
from registry.panels import ANSWER, Panel
from registry.queries import findings as reading
from registry.queries.sheet import UnitSheet
from registry.rules import get

FAULTS_SHOWN = 3
_WORDS = {
    "code": gettext_lazy("unit code"),
    "name": gettext_lazy("name"),
    "state": gettext_lazy("state"),
    "kind": gettext_lazy("kind"),
    "share": gettext_lazy("share"),
    "from": gettext_lazy("from"),
    "to": gettext_lazy("to"),
    "method": gettext_lazy("how it was taken"),
}  # what before and after of an act are called


def office_of(finding: Any) -> str:
    """The role that must act on a finding, in words."""
    rule = get(finding.rule)
    return str(Role(rule.office).label) if rule and rule.office in Role.values else ""


def spoken(finding: Any, user: Any) -> dict[str, Any]:
    """A finding as pages say it: sentence, remedy, who must act, and the button for this user."""
    remedy = workbench.remedy_of(finding, user)
    return {
        "finding": finding,
        "sentence": reading.sentence(finding),
        "title": reading.title(finding),
        "remedy": reading.remedy(finding),
        "office": office_of(finding),
        "act": remedy.act if remedy else "",
        "url": remedy.url(finding) if remedy else None,
    }


def what_is_wrong(sheet: UnitSheet) -> dict[str, Any]:
    """Open findings with what to do and who must act. 中文：存在问题"""
    found = [finding for finding in sheet.findings if finding.reading == Reading.FOUND]
    return {
        "count": len(found),
        "findings": [spoken(finding, sheet.user) for finding in sheet.findings[:FAULTS_SHOWN]],
        "more": max(len(sheet.findings) - FAULTS_SHOWN, 0),
    }


def entries(sheet: UnitSheet) -> dict[str, Any]:
    """Rights, duties and restrictions with their periods and papers. 中文：登记事项"""
    income = {EntryCode.INCOME, EntryCode.DISTRIBUTION}
    rows = sheet.entries
    if not access.may(sheet.user, "see_income", sheet.unit.division):
        rows = [entry for entry in rows if entry.code not in income]
    groups = [
        {"label": EntryKind(kind).label, "rows": [entry for entry in rows if entry.kind == kind]}
        for kind in EntryKind.values
    ]
    return {"groups": [group for group in groups if group["rows"]], "day": sheet.day}


def history(sheet: UnitSheet) -> dict[str, Any]:
    """The book's acts on the unit, newest first, with before and after. 中文：办理记录"""
    return {
        "events": [
            {
                "on": act.at,
                "title": title_of(act),
                "note": act.reason,
                "by": act.user_name,
                "source": act.source,
                "batch": act.batch,
                "effective": act.effective_on,
                "changes": changes(act),
            }
            for act in sheet.acts
        ]
    }


def title_of(act: Act) -> str:
    """The act's sentence; for entries with what is held, so that five of them can be told apart."""
    said = acts.sentence(act.verb)
    what = (act.after or {}).get("code") if isinstance(act.after, dict) else None
    return f"{said} · {EntryCode(what).label}" if what in EntryCode.values else said


def changes(act: Act) -> list[tuple[str, Any, Any]]:
    """(what, before, after) of an act, where one of them says something."""
    before = act.before if isinstance(act.before, dict) else {}
    after = act.after if isinstance(act.after, dict) else {}
    keys = [key for key in {**before, **after} if key in _WORDS and before.get(key) != after.get(key)]
    return [(str(_WORDS[key]), _shown(key, before.get(key)), _shown(key, after.get(key))) for key in keys]


def _shown(key: str, value: Any) -> Any:
    choices: dict[str, Any] = {"code": EntryCode, "state": UnitState, "method": ShapeMethod, "kind": UnitKind}
    found = choices.get(key)
    if found and value in found.values:
        return found(value).label
    return value


def origin(sheet: UnitSheet) -> dict[str, Any] | None:
    """File, sheet and rows that the unit came from. 中文：来源行"""
    unit = sheet.unit
    known = unit.origin or {}
    if not known and not unit.batch_id:
        return None
    rows = known.get("rows") or ([known["row"]] if known.get("row") else [])
    facts = [
        (_("file"), known.get("file")),
        (_("sheet"), known.get("sheet")),
        (_("row"), "、".join(str(row) for row in rows) or None),
    ]
    return {"facts": [fact for fact in facts if fact[1]], "batch": unit.batch_id}


panels.register(
    Panel(
        key="wrong",
        title=gettext_lazy("What is wrong?"),
        order=40,
        slot=ANSWER,
        template="registry/unit/wrong.html",
        context=what_is_wrong,
    ),
    Panel(
        key="entries",
        title=gettext_lazy("Rights, duties and restrictions"),
        order=40,
        template="registry/unit/entries.html",
        context=entries,
        icon="seal",
    ),
    Panel(
        key="history",
        title=gettext_lazy("History"),
        order=80,
        template="registry/unit/history.html",
        context=history,
        icon="history",
    ),
    Panel(
        key="origin",
        title=gettext_lazy("Where the entry came from"),
        order=90,
        template="registry/unit/origin.html",
        context=origin,
        icon="sheet",
    ),
)
