"""Totals and ranking of an audit. 中文：全域核查结果"""

from __future__ import annotations

from typing import Any

from django.db.models import Count, F, QuerySet, Sum

from land.models import Audit, AuditLayer, AuditLine
from registry.models import Division
from registry.queries.divisions import codes_by_division


def latest(division: Division | None) -> Audit | None:
    """The audit kept of a division, else of the nearest one above it. One query."""
    if division is None:
        return Audit.objects.filter(division=None).first()
    parts = [int(part) for part in division.path.split("/") if part.isdigit()]
    rows = Audit.objects.filter(division__in=parts).select_related("division")
    deepest = max(rows, key=lambda audit: len(audit.division.path) if audit.division else 0, default=None)
    return deepest or Audit.objects.filter(division=None).first()


def lines(audit: Audit, division: Division | None = None) -> QuerySet[AuditLine]:
    """Lines of an audit, of units below a division."""
    rows = AuditLine.objects.filter(audit=audit)
    return rows.filter(unit__division__path__startswith=division.path) if division else rows


def ranking(audit: Audit, division: Division | None = None) -> QuerySet:
    """Units by the basic farmland they lie on, the most first: ``unit``, ``code``, ``name``, ``area``."""
    rows = lines(audit, division).filter(layer=AuditLayer.BASIC_FARMLAND).order_by()
    return (
        rows.values("unit", code=F("unit__code"), name=F("unit__name"), place=F("unit__division__name"))
        .annotate(area=Sum("area_m2"), zones=Count("row_id", distinct=True))
        .order_by("-area", "code")
    )


def by_layer(audit: Audit, division: Division | None = None) -> dict[str, tuple[int, float]]:
    """Units and area by layer."""
    rows = lines(audit, division).order_by().values("layer")
    found = rows.annotate(units=Count("unit", distinct=True), area=Sum("area_m2"))
    return {row["layer"]: (row["units"], row["area"]) for row in found}


def by_village(audit: Audit, division: Division | None = None) -> list[Any]:
    """Area by village of the ground and layer."""
    rows = lines(audit, division).order_by().values("village", "village__name", "layer")
    return list(
        rows.annotate(units=Count("unit", distinct=True), area=Sum("area_m2")).order_by("village", "layer")
    )


def totals(audit: Audit) -> dict[str, Any]:
    """The answer for programs: areas of audit grade as strings in m² with 2 decimals."""
    layers, villages = by_layer(audit), by_village(audit)
    codes = codes_by_division({row["village"] for row in villages if row["village"]})
    basic = layers.get(AuditLayer.BASIC_FARMLAND, (0, 0.0))
    farmland = layers.get(AuditLayer.FARMLAND, (0, 0.0))
    return {
        "as_of": audit.day.isoformat(),
        "vintages": audit.vintages,
        "shapes": audit.shapes,
        "units_on_basic_farmland": basic[0],
        "basic_farmland_m2": f"{basic[1]:.2f}",
        "units_on_farmland": farmland[0],
        "farmland_m2": f"{farmland[1]:.2f}",
        "by_village": [
            {
                "village": codes.get(row["village"], ""),
                "layer": row["layer"],
                "area_m2": f"{row['area']:.2f}",
            }
            for row in villages
        ],
        "units": [
            {"unit": row["code"], "name": row["name"], "basic_farmland_m2": f"{row['area']:.2f}"}
            for row in ranking(audit)
        ],
    }
