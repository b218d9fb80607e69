"""What the assets app shows on a unit's page: keeper, income, facts, inspections. 中文：登记单元页面"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assets.codes import AssetClass
from assets.due_one import Due, above, due_of_one
from assets.models import Asset, Inspection
from assets.services.life_known import known_of
from projects.models import FundingLine
from registry import badges, display, panels
from registry.codes import ENDED, EntryCode, UnitKind
from registry.panels import ANSWER, Panel, UnitAction
from registry.queries.prepared import Prepared
from registry.queries.sheet import UnitSheet, register_beside
from registry.services import drafts

INSPECTIONS_SHOWN = 12
_ASSET = Prepared(
    lambda unit: Asset.objects.filter(unit=unit).select_related("project__unit").order_by("pk")[:1]
)
_INSPECTIONS = Prepared(lambda day, unit: Inspection.objects.until(day).filter(unit=unit)[:INSPECTIONS_SHOWN])
_FUNDING = Prepared(
    lambda unit: FundingLine.objects.in_force().filter(unit=unit).order_by().values_list("source")
    .annotate(amount=Sum("amount")).order_by("-amount")
)  # fmt: skip


def asset_of(sheet: UnitSheet) -> Asset | None:
    """The asset of the unit; read once, kept on the sheet."""
    if sheet.unit.kind != UnitKind.ASSET:
        return None
    if "asset" not in sheet.memory:
        asset = _ASSET.first(sheet.unit.pk)
        if asset is not None:
            asset.unit = sheet.unit
        sheet.memory["asset"] = asset
    return sheet.memory["asset"]


def inspections_of(sheet: UnitSheet) -> list[Inspection]:
    """The latest inspections, newest first; read once, kept on the sheet."""
    if "inspections" not in sheet.memory:
        sheet.memory["inspections"] = _INSPECTIONS(sheet.day, sheet.unit.pk)
    return sheet.memory["inspections"]


def due_of(sheet: UnitSheet, asset: Asset) -> Due | None:
    """Its next inspection and its five haves; worked out once."""
    if "due" not in sheet.memory:
        known, about = known_of(sheet), above(asset, sheet.day)
        known.go_live = about.go_live
        last = next((found.inspected_on for found in inspections_of(sheet)), None)
        sheet.memory["due"] = due_of_one(asset, sheet.day, entries=known.entries, last=last, about=about)
    return sheet.memory["due"]


def upkeep(sheet: UnitSheet) -> dict[str, Any] | None:
    """Who keeps it up, since when, on which terms, and when it was looked at last. 中文：谁管护"""
    asset = asset_of(sheet)
    if asset is None:
        return None
    duties = sheet.held(EntryCode.UPKEEP)
    last = next(iter(inspections_of(sheet)), None)
    terms = next(iter(known_of(sheet).terms), None)
    state, due = upkeep_state(sheet, asset)
    return {
        "asset": asset,
        "duties": duties,
        "terms": terms,
        "last": last,
        "due": due,
        "badge": badges.badge_of("upkeep", state),
        "tone": "todo" if state in ("no_keeper", "keeper_left", "overdue") else "",
        "sheet": sheet,
        "people": [_person(entry, sheet) for entry in duties],
    }


def _person(entry: Any, sheet: UnitSheet) -> dict[str, Any]:
    agent = entry.agent
    name = "" if agent is None else agent.name if sheet.names else display.masked(agent.name)
    left = (
        agent.active_until
        if agent is not None and agent.active_until and agent.active_until <= sheet.day
        else None
    )
    return {"entry": entry, "name": name, "left": left}


def upkeep_state(sheet: UnitSheet, asset: Asset) -> tuple[str, dt.date | None]:
    """The state of upkeep for its badge, and the day on which the next inspection falls due."""
    duties = sheet.held(EntryCode.UPKEEP)
    if not duties:
        others = {AssetClass.HOUSEHOLD: "not_needed", AssetClass.OPERATING: "by_operator"}
        return others.get(AssetClass(asset.asset_class), "no_keeper"), None
    found = due_of(sheet, asset)
    due = found.due_on if found else None
    if any(person["left"] for person in (_person(entry, sheet) for entry in duties)):
        return "keeper_left", due
    if due is not None and due < sheet.day:
        return "overdue", due
    if due is not None and due <= sheet.day + dt.timedelta(days=14):
        return "due", due
    return "in_order", due


def income(sheet: UnitSheet) -> dict[str, Any] | None:
    """Who owns its income, in which shares. 中文：收益归谁"""
    asset = asset_of(sheet)
    if asset is None:
        return None
    entries = sheet.held(EntryCode.INCOME)
    total = sum((entry.share for entry in entries), start=0)
    return {
        "asset": asset,
        "entries": entries,
        "whole": total == 1,
        "total": display.share((total.numerator, total.denominator)) if entries else "",  # type: ignore[union-attr]
        "expected": asset.asset_class == AssetClass.OPERATING,
        "household": asset.asset_class == AssetClass.HOUSEHOLD,
    }


def facts(sheet: UnitSheet) -> dict[str, Any] | None:
    """What was built, what it cost, where. 中文：资产概况"""
    asset = asset_of(sheet)
    if asset is None:
        return None
    shape = sheet.shape
    amount = f"{asset.quantity.normalize():f} {asset.measure}".strip() if asset.quantity is not None else None
    project = asset.project.unit if asset.project else None
    known = asset.original_value is not None
    settled = display.money(asset.settled_value) if asset.settled_value is not None else None
    facts = [
        (_("asset class"), asset.get_asset_class_display()),
        (_("sub-type"), asset.get_subtype_display()),
        (_("nature"), asset.get_nature_display()),
        (_("original value (yuan)"), display.money(asset.original_value) if known else _("unknown")),
        (_("settled amount (yuan)"), settled),
        (_("address"), asset.address),
        (_("specification"), asset.spec),
        (_("quantity"), amount),
        (_("project"), f"{project.name} {project.code}" if project else None),
        *_days(asset),
        *_measures(shape),
        (_("former codes"), "、".join(sheet.unit.former_codes)),
        (_("picture that a ledger names"), asset.picture),
        (_("remark"), asset.remark),
    ]
    return {"facts": [fact for fact in facts if fact[1]]}


def _days(asset: Asset) -> list[tuple[Any, Any]]:
    days = (
        (_("completed on"), asset.completed_on),
        (_("accepted on"), asset.accepted_on),
        (_("handed over on"), asset.handed_over_on),
    )
    return [(label, display.day(day)) for label, day in days if day]


def _measures(shape: Any) -> list[tuple[Any, Any]]:
    """Area or length of the shape, and how it was taken."""
    if shape is None:
        return []
    size = []
    if shape.area_m2:
        size = [(_("area"), display.area(shape.area_m2))]
    elif shape.length_m:
        size = [(_("length"), display.metres(shape.length_m))]
    return [*size, (_("how it was taken"), shape.get_method_display())]


def funding(sheet: UnitSheet) -> dict[str, Any] | None:
    """The money that formed it, source by source. 中文：资金来源"""
    asset = asset_of(sheet)
    if asset is None:
        return None
    sums = _FUNDING(sheet.unit.pk)
    if not sums:
        return None
    labels = dict(FundingLine._meta.get_field("source").choices or ())
    total = sum(amount for _source, amount in sums)
    return {
        "heads": [{"label": _("funding source")}, {"label": _("amount (yuan)"), "kind": "num"}],
        "rows": [[labels.get(source, source), display.grouped(amount)] for source, amount in sums],
        "total": [_("together"), display.grouped(total)],
        "differs": asset.original_value is not None and asset.original_value != total,
    }


def inspections(sheet: UnitSheet) -> dict[str, Any] | None:
    """What was seen on the spot. 中文：巡查记录"""
    if asset_of(sheet) is None:
        return None
    return {"rows": inspections_of(sheet), "names": sheet.names, "unit": sheet.unit}


def _in_life(sheet: UnitSheet) -> bool:
    return sheet.unit.kind == UnitKind.ASSET and sheet.unit.state not in ENDED


def keeper_url(sheet: UnitSheet) -> str | None:
    asset = asset_of(sheet)
    own = asset is None or asset.asset_class == AssetClass.HOUSEHOLD
    if not drafts.may_begin(sheet.user, "open_entry", sheet.unit.division):
        return None
    return None if own or not _in_life(sheet) else reverse("name_keeper", args=[sheet.unit.pk])


def inspection_url(sheet: UnitSheet) -> str | None:
    return reverse("record_inspection", args=[sheet.unit.pk]) if _in_life(sheet) else None


def place_url(sheet: UnitSheet) -> str | None:
    if not _in_life(sheet) or sheet.shape is not None:
        return None
    return reverse("place_unit", args=[sheet.unit.pk])


register_beside("upkeep_terms")
panels.register(
    Panel(key="upkeep", title=gettext_lazy("Who keeps it up?"), order=10, slot=ANSWER,
          template="assets/unit/upkeep.html", context=upkeep),
    Panel(key="income", title=gettext_lazy("Who owns its income?"), order=20, slot=ANSWER, verb="see_income",
          template="assets/unit/income.html", context=income),
    Panel(key="facts", title=gettext_lazy("What it is"), order=10, icon="ledger",
          template="assets/unit/facts.html", context=facts),
    Panel(key="funding", title=gettext_lazy("Money that formed it"), order=30, icon="money",
          template="assets/unit/funding.html", context=funding),
    Panel(key="inspections", title=gettext_lazy("Inspections"), order=50, icon="eye",
          template="assets/unit/inspections.html", context=inspections),
    UnitAction(key="inspect", label=gettext_lazy("Record an inspection"), order=10, icon="check",
               url=inspection_url, verb="record_inspection"),
    UnitAction(key="keeper", label=gettext_lazy("Name a keeper"), order=20, icon="person",
               url=keeper_url),
    UnitAction(key="place", label=gettext_lazy("Put it on the map"), order=30, icon="pin",
               url=place_url, verb="place_unit"),
)  # fmt: skip
