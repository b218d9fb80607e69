"""What the kernel itself shows on a unit's page: faults, entries, history, origin. 中文：登记单元页面"""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry import access, panels, workbench
from registry.codes import EntryKind, Reading, Role
from registry.panels import ANSWER, Panel, UnitAction
from registry.queries import findings as reading
from registry.queries import timeline
from registry.queries.sheet import UnitSheet
from registry.queries.wording import MONEY_CODES, title_of
from registry.rules import get
from registry.services import drafts
from registry.services.units import guarded

__all__ = ["office_of", "spoken", "title_of"]

FAULTS_SHOWN = 3
MOMENTS_SHOWN = 10


def office_of(finding: Any) -> str:
    """The role that must act on a finding, in words."""
    rule = get(finding.rule)
    office = finding.office or (rule.office if rule else "")
    return str(Role(office).label) if office in Role.values else ""


def spoken(finding: Any, user: Any) -> dict[str, Any]:
    """A finding as pages say it: sentence, remedy, who must act, and the button for this user."""
    remedy = workbench.remedy_of(finding, user)
    return {
        "finding": finding,
        "sentence": reading.sentence(finding, user),
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
    """Rights, duties and restrictions with their periods and papers, and what may be done. 中文：登记事项"""
    money, division = access.may(sheet.user, "see_income", sheet.unit.division), sheet.unit.division
    rows = [entry for entry in sheet.entries if money or entry.code not in MONEY_CODES]
    groups = [
        {"label": EntryKind(kind).label, "rows": [entry for entry in rows if entry.kind == kind]}
        for kind in EntryKind.values
    ]
    begins = any(drafts.may_begin(sheet.user, verb, division) for verb in ("open_entry", "open_income"))
    return {
        "groups": [group for group in groups if group["rows"]],
        "day": sheet.day,
        "names": sheet.names,
        "open_url": reverse("entry_new", args=[sheet.unit.pk]) if begins and _in_register(sheet) else "",
    }


def _in_register(sheet: UnitSheet) -> bool:
    return sheet.unit.left_on is None or sheet.unit.left_on > sheet.day


def history(sheet: UnitSheet) -> dict[str, Any]:
    """The book's last acts on the unit, newest first, with before and after. 中文：办理记录"""
    money = access.may(sheet.user, "see_income", sheet.unit.division)
    found = timeline.seen(sheet.acts, money)[:MOMENTS_SHOWN]
    return {
        "moments": timeline.moments_of(found, timeline.named(found, sheet.names)),
        "url": reverse("unit_history", args=[sheet.unit.pk]),
    }


def state_url(sheet: UnitSheet) -> str | None:
    """Where the state is changed, for who may do or draft it."""
    may = not guarded(sheet.unit) and drafts.may_begin(sheet.user, "register_unit", sheet.unit.division)
    return reverse("unit_state", args=[sheet.unit.pk]) if may and _in_register(sheet) else None


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
    UnitAction(
        key="state",
        label=gettext_lazy("Change the state"),
        order=60,
        icon="edit",
        url=state_url,
    ),
)
