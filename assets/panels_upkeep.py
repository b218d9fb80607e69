"""What upkeep shows on a unit's page: the five haves, repairs with their cost, acts. 中文：管护情况"""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy

from assets import haves
from assets.codes import AssetClass
from assets.coming import repairs_of
from assets.panels import asset_of, due_of
from assets.tables_upkeep import REPAIR_STATES
from registry import access, panels
from registry.codes import ENDED, EntryCode, UnitKind
from registry.panels import Panel, UnitAction
from registry.queries.sheet import UnitSheet


def five_haves(sheet: UnitSheet) -> dict[str, Any] | None:
    """What a public-welfare asset has of the five, and what is missing."""
    asset = asset_of(sheet)
    if asset is None or asset.asset_class != AssetClass.PUBLIC_WELFARE:
        return None
    found = due_of(sheet, asset)
    if found is None:
        return None
    lines = [{"label": label, "there": getattr(found, name)} for name, label in haves.HAVES.items()]
    return {"lines": lines, "score": haves.score_of(found), "terms_url": terms_url(sheet)}


def repairs(sheet: UnitSheet) -> dict[str, Any] | None:
    """Its repairs, the latest first, and what they cost together."""
    if asset_of(sheet) is None:
        return None
    latest = repairs_of(sheet)
    if not latest:
        return None
    return {
        "rows": [{"repair": row, "badge": REPAIR_STATES[row.state(sheet.day)]} for row in latest],
        "cost": latest[0].together,
        "url": f"{reverse('repairs')}?q={sheet.unit.code}",
    }


def _in_life(sheet: UnitSheet) -> bool:
    return sheet.unit.kind == UnitKind.ASSET and sheet.unit.state not in ENDED


def terms_url(sheet: UnitSheet) -> str | None:
    held = _in_life(sheet) and sheet.held(EntryCode.UPKEEP)
    may = held and access.may(sheet.user, "open_entry", sheet.unit.division)
    return reverse("upkeep_terms", args=[sheet.unit.pk]) if may else None


def repair_url(sheet: UnitSheet) -> str | None:
    return reverse("repair_order", args=[sheet.unit.pk]) if _in_life(sheet) else None


def plan_url(sheet: UnitSheet) -> str | None:
    return reverse("unit_plan", args=[sheet.unit.pk]) if _in_life(sheet) else None


panels.register(
    Panel(key="five_haves", title=gettext_lazy("Five haves"), order=45, icon="seal",
          template="assets/unit/five_haves.html", context=five_haves),
    Panel(key="repairs", title=gettext_lazy("Repairs"), order=55, icon="tool",
          template="assets/unit/repairs.html", context=repairs),
    UnitAction(key="terms", label=gettext_lazy("Terms of upkeep"), order=22, icon="edit", url=terms_url),
    UnitAction(key="repair", label=gettext_lazy("Order a repair"), order=24, icon="tool", url=repair_url,
               verb="order_repair"),
    UnitAction(key="plan", label=gettext_lazy("Plan its inspections"), order=26, icon="clock", url=plan_url,
               verb="plan_upkeep"),
)  # fmt: skip
