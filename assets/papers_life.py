"""Texts of the notices on assets, from the ledger, without names of persons. 中文：资产公示文稿"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from assets.codes import AssetClass
from assets.models import Asset
from assets.queries_summary import Holder, figures
from registry import clock, display, notice_texts
from registry.codes import PRIVATE_KINDS, STANDING, EntryCode, NoticeKind, UnitState
from registry.models import Division, Entry
from registry.notice_texts import Made

SHOWN = 300  # lines of one notice; a longer list hangs in parts


def _assets(division: Division, **conditions: Any) -> list[Asset]:
    rows = Asset.objects.in_force().within(division).filter(unit__state__in=STANDING, **conditions)
    rows = rows.exclude(asset_class=AssetClass.HOUSEHOLD).select_related("unit__division")
    return list(rows.order_by("unit__division__path", "unit__code")[:SHOWN])


def _bodies(units: Iterable[int], code: str) -> dict[int, str]:
    """Bodies by unit; private persons and households stand as what they are, without their names."""
    found: dict[int, list[str]] = {}
    rows = Entry.objects.on(clock.today()).filter(unit_id__in=list(units), code=code).order_by("pk")
    for unit, kind, name in rows.values_list("unit_id", "party__kind", "party__name"):
        found.setdefault(unit, []).append(_("a household") if kind in PRIVATE_KINDS else name)
    return {unit: "、".join(names) for unit, names in found.items()}


def _lines(rows: Iterable[Iterable[Any]]) -> str:
    return "\n".join(f"{n}. " + "，".join(str(cell) for cell in row if cell) for n, row in enumerate(rows, 1))


def _text(lead: str, assets: list[Asset], rows: Iterable[Iterable[Any]]) -> str:
    if not assets:
        return lead + "\n\n" + _("At present there is none.")
    return f"{lead}\n\n{_lines(rows)}"


def _worth(asset: Asset) -> str:
    if asset.original_value is None:
        return _("original value unknown")
    return _("original value %(value)s") % {"value": display.money(asset.original_value)}


def inventory(division: Division) -> Made:
    """What stands in the register, thing by thing. 中文：资产清查公示"""
    assets = _assets(division)
    owners = _bodies([asset.unit_id for asset in assets], EntryCode.OWNERSHIP)
    rows = (
        (asset.unit.name, asset.get_subtype_display(), _worth(asset), owners.get(asset.unit_id, ""))
        for asset in assets
    )
    lead = _("The assistance-project assets of %(place)s as they are registered on %(day)s:") % {
        "place": division.name, "day": display.day(clock.today()),
    }  # fmt: skip
    title = _("Inventory of the assets of %(place)s") % {"place": division.name}
    return Made(title=title, text=_text(lead, assets, rows))


def confirmation(division: Division) -> Made:
    """Whose the accepted assets shall be. 中文：确权公示"""
    assets = _assets(division, unit__state=UnitState.ACCEPTED)
    owners = _bodies([asset.unit_id for asset in assets], EntryCode.OWNERSHIP)
    rows = (
        (asset.unit.name, _worth(asset), _("to be confirmed to %(owner)s") % {"owner": owners[asset.unit_id]}
         if asset.unit_id in owners else _("owner not settled"))
        for asset in assets
    )  # fmt: skip
    lead = _("After acceptance the rights to these assets of %(place)s shall be confirmed:") % {
        "place": division.name
    }
    title = _("Confirmation of rights to assets of %(place)s") % {"place": division.name}
    return Made(title=title, text=_text(lead, assets, rows), units=_codes(assets))


def upkeep(division: Division) -> Made:
    """Which body keeps what up. 中文：管护清单公示"""
    assets = _assets(division)
    bodies = _bodies([asset.unit_id for asset in assets], EntryCode.UPKEEP)
    rows = (
        (asset.unit.name, asset.get_subtype_display(), bodies.get(asset.unit_id, _("not settled")))
        for asset in assets
    )
    lead = _("Who keeps up the assets of %(place)s on %(day)s:") % {
        "place": division.name, "day": display.day(clock.today()),
    }  # fmt: skip
    title = _("Upkeep list of %(place)s") % {"place": division.name}
    return Made(title=title, text=_text(lead, assets, rows))


def disposal(division: Division) -> Made:
    """What shall be disposed of. 中文：资产处置公示"""
    assets = _assets(division, unit__state=UnitState.DISPOSAL_PENDING)
    owners = _bodies([asset.unit_id for asset in assets], EntryCode.OWNERSHIP)
    rows = (
        (asset.unit.name, asset.get_subtype_display(), _worth(asset), owners.get(asset.unit_id, ""))
        for asset in assets
    )
    lead = _("The disposal of these assets of %(place)s is requested:") % {"place": division.name}
    title = _("Disposal of assets of %(place)s") % {"place": division.name}
    return Made(title=title, text=_text(lead, assets, rows), units=_codes(assets))


def annual(division: Division) -> Made:
    """The figures by class and by holder. 中文：年度公告"""
    told = figures(division, clock.today())
    lines = []
    for axis, choices in (("by_class", AssetClass), ("by_holder", Holder)):
        lines += [
            (choice.label, _("%(count)d items") % {"count": told[axis][choice]["count"]},
             _("%(value)s yuan") % {"value": told[axis][choice]["value"]})
            for choice in choices if told[axis][choice]["count"]
        ]  # fmt: skip
    total = told["total"]
    lead = _("On %(day)s %(place)s has %(count)d assets with an original value of %(value)s yuan.") % {
        "day": display.day(clock.today()), "place": division.name, **total,
    }  # fmt: skip
    title = _("Annual publication of the assets of %(place)s") % {"place": division.name}
    return Made(title=title, text=f"{lead}\n\n{_lines(lines)}")


def _codes(assets: list[Asset]) -> tuple[str, ...]:
    return tuple(asset.unit.code for asset in assets)


for _kind, _build in (
    (NoticeKind.INVENTORY, inventory),
    (NoticeKind.RIGHTS, confirmation),
    (NoticeKind.UPKEEP, upkeep),
    (NoticeKind.DISPOSAL, disposal),
    (NoticeKind.ANNUAL, annual),
):
    notice_texts.register(_kind, _build)
