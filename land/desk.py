"""What the land app puts on the workbench: layers, a shape to check, new verdicts. 中文：工作台"""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from land.models import Vintage, VintageKind
from registry import workbench
from registry.codes import Reading, Role
from registry.models import Finding
from registry.navigation import NavItem
from registry.navigation import register as register_entry
from registry.workbench import Board, Desk, Figure, Remedy

OFFICERS = frozenset({Role.LAND_OFFICER})
LAND_RULE = "LND-01"


def read_verdicts(desk: Desk) -> dict[str, Any]:
    """Open red-line findings: new ones, and the baseline beside."""
    rows = desk.scoped(Finding.objects.open()).filter(rule=LAND_RULE, reading=Reading.FOUND)
    counts = rows.aggregate(
        new=Count("pk", filter=Q(baseline=False)), old=Count("pk", filter=Q(baseline=True))
    )
    return {
        "label": _("On basic farmland"),
        "value": counts["new"],
        "kind": "count",
        "tone": "todo" if counts["new"] else "",
        "icon_name": "redline",
        "note": _("baseline: %(n)d") % {"n": counts["old"]},
        "url": reverse("findings") + f"?rule={LAND_RULE}",
    }


def read_layers(desk: Desk) -> dict[str, Any]:
    """Years of the survey that are loaded."""
    years = Vintage.objects.in_force().filter(kind=VintageKind.PARCELS).values_list("year", flat=True)
    latest = max(years, default=None)
    return {
        "label": _("Newest land survey"),
        "value": latest or _("none"),
        "icon_name": "layers",
        "note": _("years loaded: %(n)d") % {"n": len(set(years))},
        "url": reverse("layers"),
    }


def layers_board(desk: Desk) -> dict[str, Any]:
    """The layers in force. 中文：已载入图层"""
    rows = Vintage.objects.in_force().select_related("division").defer("coverage")
    return {"vintages": list(rows[:8])}


workbench.register(
    Figure(key="verdicts", order=15, roles=OFFICERS, read=read_verdicts),
    Figure(key="layers", order=20, roles=OFFICERS, read=read_layers),
    Board(key="shape", order=10, roles=OFFICERS, template="land/desk/shape.html", context=lambda desk: {}),
    Board(key="layers", order=20, roles=OFFICERS, template="land/desk/layers.html", context=layers_board),
)
workbench.register_remedy(
    LAND_RULE,
    Remedy(
        act=gettext_lazy("See it on the map"),
        url=lambda finding: f"/map/?finding={finding.pk}",
        sign="redline",
        verb="see_parcels",
    ),
)
register_entry(
    NavItem(label=gettext_lazy("Layers"), url_name="layers", icon="layers", verb="see_parcels", order=60)
)
