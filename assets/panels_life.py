"""The life of an asset on its page: what it is and whose, what comes next. 中文：资产页面（生命周期）"""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy

from assets.codes import AssetClass
from assets.codes_life import TABLE
from assets.coming import coming_of
from assets.models import Asset, LifeStep
from assets.panels import asset_of
from assets.queries_life import next_acts, plan_of, steps_of, words_of
from assets.services.life import Said
from assets.services.life_guards import Case, missing_facts
from assets.services.life_known import known_of
from registry import access, display, panels
from registry.codes import ENDED, PRIVATE_KINDS, EntryCode, UnitState
from registry.panels import ANSWER, Panel
from registry.queries.sheet import UnitSheet

# States that may last: what could happen next is folded away below what is due.
SETTLED = ENDED | {UnitState.IN_USE}


def life_of(sheet: UnitSheet) -> list[LifeStep]:
    """Steps in force, the last first; read once, kept on the sheet."""
    if "life" not in sheet.memory:
        sheet.memory["life"] = steps_of(sheet.unit)
    return sheet.memory["life"]


def what(sheet: UnitSheet) -> dict[str, Any] | None:
    """What it is, where it lies, who owns it and who operates it. 中文：是什么、在哪里、归谁"""
    asset = asset_of(sheet)
    if asset is None:
        return None
    return {
        "asset": asset,
        "unit": sheet.unit,
        "placed": sheet.shape is not None,
        "owners": _holders(sheet, EntryCode.OWNERSHIP),
        "operators": _holders(sheet, EntryCode.OPERATION),
        "household": asset.asset_class == AssetClass.HOUSEHOLD,
        "since": sheet.unit.state_since,
    }


def _holders(sheet: UnitSheet, code: str) -> list[str]:
    held = sheet.held(code)
    return [_named(entry, sheet) + (f" {display.share(entry)}" if entry.share != 1 else "") for entry in held]


def _named(entry: Any, sheet: UnitSheet) -> str:
    private = entry.party.kind in PRIVATE_KINDS and not sheet.names
    return display.masked(entry.party.name) if private else entry.party.name


def what_next(sheet: UnitSheet) -> dict[str, Any] | None:
    """The acts that the state and the user's role allow, and what lacks for each. 中文：下一步"""
    asset = asset_of(sheet)
    if asset is None:
        return None
    steps = life_of(sheet)
    plan = plan_of(steps) if sheet.unit.state == "recovering" else None
    rows = next_acts(sheet, asset, steps)
    return {
        "coming": coming_of(sheet, asset),
        "acts": [_act(sheet, asset, steps, row) for row in rows],
        "settled": sheet.unit.state in SETTLED,
        "plan": plan,
        "overdue": plan is not None and plan.deadline is not None and plan.deadline < sheet.day,
        "unit": sheet.unit,
        "person": words_of(plan, sheet.names) if plan else [],
    }


def _act(sheet: UnitSheet, asset: Asset, steps: list[LifeStep], row: Any) -> dict[str, Any]:
    said, known = Said(on=sheet.day), known_of(sheet)
    case = Case(unit=sheet.unit, asset=asset, row=row, steps=steps, said=said, known=known)
    return {
        "label": row.act.label,
        "icon": row.icon,
        "url": reverse("life_act", args=[sheet.unit.pk, row.act]),
        "lacks": missing_facts(case),
    }


def life(sheet: UnitSheet) -> dict[str, Any] | None:
    """What happened to it, on which day and paper; the last act may be annulled. 中文：全生命周期"""
    if asset_of(sheet) is None:
        return None
    steps = life_of(sheet)
    if not steps:
        return None
    may = access.may(sheet.user, TABLE[steps[0].act].needs, sheet.unit.division)
    money = access.may(sheet.user, "see_income", sheet.unit.division)
    return {
        "steps": [
            {
                "step": step,
                "said": [said for said in words_of(step, sheet.names) if money or said[0] != "amount"],
            }
            for step in steps
        ],
        "annul_url": reverse("life_annul", args=[steps[0].pk]) if may else "",
    }


panels.register(
    Panel(key="what", title=gettext_lazy("What is it, where, and whose?"), order=5, slot=ANSWER,
          template="assets/unit/what.html", context=what),
    Panel(key="next", title=gettext_lazy("What comes next?"), order=50, slot=ANSWER,
          template="assets/unit/next.html", context=what_next),
    Panel(key="life", title=gettext_lazy("What happened to it"), order=20, icon="history",
          template="assets/unit/life.html", context=life),
)  # fmt: skip
