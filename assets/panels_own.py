"""What a unit's page shows of its own kind, and the figures by day. 中文：专项信息栏"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assets.codes import AssetClass, Subtype
from assets.kinds import ROADS, Kind
from assets.kinds_more import KINDS, WORTH, kinds_of
from assets.models import Depreciation, RoadRoute, ZonePermit
from assets.models.details import Own
from assets.panels import asset_of
from assets.queries_worth import left_of
from assets.services.own import PERMISSION
from registry import access, badges, display, panels
from registry.codes import ENDED, UnitKind
from registry.panels import Panel, UnitAction
from registry.queries.prepared import Prepared
from registry.queries.sheet import UnitSheet
from registry.tables import link
from registry.templatetags.ui import render_badge

SHOWN = 12
COLUMNS_SHOWN = 6
FIGURE_KINDS = (models.DecimalField, models.IntegerField)


def _rows_of(kind: Kind) -> Prepared:
    joins = [part.name for part in kind.parts if kind.column(part).is_relation]
    joins += ["route"] if kind is ROADS else []

    def make(unit: int) -> models.QuerySet:
        rows = kind.model._default_manager.filter(unit=unit, annulled=None)
        return (rows.select_related(*joins) if joins else rows)[:SHOWN]

    return Prepared(make)


_ROWS = {kind.key: _rows_of(kind) for kind in KINDS}
_LAST_DEPRECIATION = Prepared(
    lambda unit, day: Depreciation.objects.in_force().filter(unit=unit, on__lte=day)[:1]
)


def own(sheet: UnitSheet, panel: str = "own") -> dict[str, Any] | None:
    """The own facts of the unit, kind by kind; one query a kind."""
    asset = asset_of(sheet)
    kinds = [kind for kind in kinds_of(sheet.unit, asset.subtype if asset else "") if kind.panel == panel]
    if not kinds:
        return None
    may = access.may(sheet.user, PERMISSION, sheet.unit.division)
    ended = sheet.unit.state in ENDED
    return {"parts": [_part(kind, sheet, may and (kind.outlives or not ended)) for kind in kinds]}


def worth(sheet: UnitSheet) -> dict[str, Any] | None:
    """Depreciation and valuation reports; what a household has for its own is not written off."""
    asset = asset_of(sheet)
    if asset is None or asset.asset_class == AssetClass.HOUSEHOLD:
        return None
    found = own(sheet, WORTH)
    last = _LAST_DEPRECIATION.first(sheet.unit.pk, sheet.day)
    left = left_of(asset, last)
    if found is not None and left is not None and last is not None:
        words = {"day": display.day(last.on), "value": display.money(left)}
        found["parts"][0]["note"] = _("On %(day)s %(value)s is left of the original value.") % words
    return found


def _part(kind: Kind, sheet: UnitSheet, may: bool) -> dict[str, Any]:
    found = _ROWS[kind.key](sheet.unit.pk)
    act = reverse("own_facts", args=[sheet.unit.pk, kind.key]) if may else ""
    part: dict[str, Any] = {"title": kind.title, "icon": kind.icon, "series": kind.series, "act": act}
    if not kind.series:
        one = found[0] if found else None
        strike = reverse("own_strike", args=[sheet.unit.pk, kind.key, one.pk]) if one and may else ""
        words = _("Change") if one else _("Enter")
        return part | {"facts": _facts(kind, one) if one else [], "words": words, "strike": strike}
    shown = [p for p in kind.parts if p.name != "remark"][:COLUMNS_SHOWN]
    heads = [{"label": kind.column(p).verbose_name, "kind": _align(kind.column(p))} for p in shown]
    lines = [[*(said(row, p.name) for p in shown), _acts(kind, row, act)] for row in found]
    more = {"heads": [*heads, {"label": ""}], "rows": lines, "words": _("Add a row")}
    return part | more | {"empty": _("Nothing is recorded yet.")}


def _align(column: models.Field) -> str:
    return "num" if isinstance(column, FIGURE_KINDS) else ""


def _acts(kind: Kind, row: Own, act: str) -> Any:
    if not act:
        return ""
    strike = reverse("own_strike", args=[row.unit_id, kind.key, row.pk])
    return format_html("{} · {}", link(f"{act}?row={row.pk}", _("Change")), link(strike, _("Take back")))


def _facts(kind: Kind, row: Any) -> list[tuple[Any, Any]]:
    route: RoadRoute | None = getattr(row, "route", None)
    facts: list[tuple[Any, Any]] = []
    if route is not None:
        facts = [(_("route"), str(route)), (_("road level"), route.get_level_display())]
    facts += [(kind.column(part).verbose_name, said(row, part.name)) for part in kind.parts]
    return [(label, value) for label, value in facts if value not in ("", None, display.DASH)]


def said(row: Any, name: str) -> Any:
    """A value as people read it."""
    value, column = getattr(row, name), row._meta.get_field(name)
    if value is None or value == "":
        return display.DASH
    if isinstance(column, models.BooleanField):
        return _("yes") if value else _("no")
    if isinstance(column, models.DateField):
        return display.day(value)
    if column.choices:
        return getattr(row, f"get_{name}_display")()
    if column.is_relation:
        return link(reverse("unit", args=[value.code]), value.name)
    if name == "crop" and row.verdict:
        return format_html("{} {}", value, render_badge(badges.badge_of("verdict", row.verdict)))
    return f"{value.normalize():f}" if isinstance(column, models.DecimalField) else value


def permit_url(sheet: UnitSheet) -> str | None:
    """Where something stands in the zone of a road, the paper can be recorded."""
    in_zone = any(finding.rule == "ROD-06" for finding in sheet.findings)
    road = (asset := asset_of(sheet)) is not None and asset.subtype == Subtype.ROAD
    if sheet.unit.kind != UnitKind.ASSET or road or not in_zone:
        return None
    if ZonePermit.objects.in_force().filter(unit=sheet.unit).exists():
        return None
    return reverse("zone_permit", args=[sheet.unit.pk])


panels.register(
    Panel(key="own", title=gettext_lazy("Own facts of its kind"), order=20, icon="ledger",
          template="assets/unit/own.html", context=own),
    Panel(key="worth", title=gettext_lazy("What it is worth by now"), order=56, icon="money",
          template="assets/unit/own.html", context=worth),
    UnitAction(key="zone_permit", label=gettext_lazy("Permit in the zone of a road"), order=60, icon="seal",
               url=permit_url, verb=PERMISSION),
)  # fmt: skip
