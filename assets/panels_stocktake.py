"""What stocktakes show elsewhere: the unit's page, its public card, the workbench. 中文：清查在其他页面"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assets.codes import AssetClass
from assets.models import Asset, BookValue, Inspection, Stocktake, StocktakeLine
from assets.panels import asset_of
from assets.services.book_values import VERB
from assets.stocktake_codes import Difference
from assets.stocktake_queries import counts_of, latest_book_values, line_to_count, progress_of, running
from registry import access, badges, directory, display, panels, public, workbench
from registry.codes import PRIVATE_KINDS, EntryCode, Role, UnitKind
from registry.directory import Tile
from registry.models import Entry, Unit
from registry.panels import Panel, UnitAction
from registry.queries.prepared import Prepared
from registry.queries.sheet import UnitSheet
from registry.workbench import Desk, Queue, Remedy, Task

_BOOKS = Prepared(
    lambda day, unit: latest_book_values(day, BookValue.objects.filter(unit=unit)).select_related("owner")
)


def _line(sheet: UnitSheet) -> StocktakeLine | None:
    """The line of the running campaign; read once, kept on the sheet."""
    if "stock_line" not in sheet.memory:
        asset = asset_of(sheet)
        sheet.memory["stock_line"] = line_to_count(sheet.unit) if asset is not None else None
    return sheet.memory["stock_line"]


def count_url(sheet: UnitSheet) -> str | None:
    line = _line(sheet)
    return reverse("stock_line", args=[line.pk]) if line is not None else None


def stock(sheet: UnitSheet) -> dict[str, Any] | None:
    """What stocktakes found of it, and what the account book says. 中文：清查与账面"""
    if asset_of(sheet) is None:
        return None
    counts = counts_of(sheet.unit)
    money = access.may(sheet.user, VERB, sheet.unit.division)
    sees = money or access.may(sheet.user, "see_income", sheet.unit.division)
    known = _BOOKS(sheet.day, sheet.unit.pk) if sees else []
    return {
        "rows": [
            {
                "count": count,
                "differences": "、".join(str(Difference(kind).label) for kind in count.differences),
                "counter": count.counter if sheet.names else display.masked(count.counter),
            }
            for count in counts
        ],
        "books": known,
        "may_book": money,
        "unit": sheet.unit,
    }


panels.register(
    Panel(key="stock", title=gettext_lazy("Stocktakes and account book"), order=55, icon="ledger",
          template="assets/unit/stock.html", context=stock),
    UnitAction(key="count", label=gettext_lazy("Count it"), order=5, icon="check", url=count_url,
               verb="count_stock"),
)  # fmt: skip


# --- the public card


def public_facts(unit: Unit, day: dt.date) -> list[tuple[Any, Any]] | None:
    """What strangers read of an asset: what it is, which body keeps it up, when it was seen last.

    Four queries. A household's own thing has no public card.
    """
    asset = Asset.objects.filter(unit=unit).first()
    if asset is None or asset.asset_class == AssetClass.HOUSEHOLD:
        return None
    duties = Entry.objects.on(day).filter(unit=unit, code=EntryCode.UPKEEP)
    keepers = duties.exclude(party__kind__in=PRIVATE_KINDS).select_related("party").greatest_first()
    last = Inspection.objects.until(day).filter(unit=unit).first()
    return [
        (_("class and sub-type"), f"{asset.get_asset_class_display()} · {asset.get_subtype_display()}"),
        (_("completed on"), display.day(asset.completed_on)),
        (_("state"), unit.get_state_display()),
        (_("upkeep body"), "、".join(duty.party.name for duty in keepers) or None),
        (_("inspected last"), display.day(last.inspected_on) if last else None),
    ]


public.register(UnitKind.ASSET, public_facts)


# --- the workbench


def collect(desk: Desk) -> list[list[Task]]:
    """Campaigns that run, with what is still to be done in the user's divisions."""
    campaigns = running(Stocktake.objects.visible_to(desk.user) & Stocktake.objects.about(desk.division))
    tasks = []
    for campaign in campaigns.order_by("opened_on")[:3]:
        lines = StocktakeLine.objects.filter(stocktake=campaign).visible_to(desk.user).within(desk.division)
        reached = progress_of(lines)
        if not reached.lines:
            continue
        note = _("%(left)d of %(all)d are not counted yet; %(open)d differences are to be settled.")
        what = "uncounted" if reached.uncounted else "open"
        tasks.append(
            Task(
                title=campaign.title,
                note=note % {"left": reached.uncounted, "all": reached.lines, "open": reached.unsettled},
                url=f"{reverse('stocktake', args=[campaign.pk])}?what={what}",
                act=_("Count") if reached.uncounted else _("Settle"),
                sign="ledger",
                badge=badges.Badge(campaign.get_state_display(), "eye", "act"),
            )
        )
    return [tasks]


workbench.register(
    Queue(key="stocktakes", order=25, roles=frozenset({Role.ASSET_MANAGER, Role.CLERK}), collect=collect)
)


def settle_url(finding: Any) -> str | None:
    """Where the differences of the campaign of a finding are settled."""
    campaign = (finding.details or {}).get("campaign")
    return f"{reverse('stocktake', args=[campaign])}?what=open" if campaign else None


workbench.register_remedy(
    "STK-02", Remedy(act=gettext_lazy("Settle"), url=settle_url, sign="ledger", verb="take_stock")
)
workbench.register_remedy(
    "STK-01",
    Remedy(
        act=gettext_lazy("Open a stocktake"),
        url=lambda _finding: reverse("stocktake_new"),
        sign="ledger",
        verb="take_stock",
    ),
)
workbench.register_remedy(
    "STK-06",
    Remedy(
        act=gettext_lazy("Enter the book value"),
        url=lambda finding: reverse("book_value", args=[finding.unit_id]) if finding.unit_id else None,
        sign="money",
        verb="keep_book_value",
    ),
)
directory.register(
    Tile(
        label=gettext_lazy("Stocktakes"),
        url_name="stocktakes",
        icon="ledger",
        note=gettext_lazy("what is there against what the ledger says"),
        order=22,
    ),
    Tile(
        label=gettext_lazy("Inspection packs"),
        url_name="packs",
        icon="file",
        note=gettext_lazy("one folder an asset, for inspectors"),
        verb="make_pack",
        order=23,
    ),
)
