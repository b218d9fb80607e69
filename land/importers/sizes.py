"""L10: what is smaller than the survey maps (最小上图面积), by kind of land. 中文：碎图斑

A house of 120 m² on basic farmland is below the size and unlawful all the same: size excuses nothing.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from land.classes import AGRICULTURAL, CONSTRUCTION
from land.parameters_layers import MMU_M2, SLIVER_M2

FACILITIES = "1202"  # 设施农用地: mapped like construction
DESERT = frozenset({"1204", "1205", "1206", "1207"})  # 盐碱地、沙地、裸土地、裸岩石砾地（荒漠）


@lru_cache(maxsize=256)
def mapped_as(class_code: str) -> str:
    """The kind of land that sets the size: construction, agricultural, desert or other."""
    if class_code in CONSTRUCTION or class_code == FACILITIES:
        return "construction"
    if class_code in DESERT:
        return "desert"
    return "agricultural" if class_code in AGRICULTURAL else "other"


def small(class_code: str, area: float, limits: dict[str, Any]) -> str:
    """The sentence for a parcel below the sizes; empty when there is nothing to say."""
    if area < float(limits[SLIVER_M2]):
        return _("The feature has %(area)s m²: a sliver.") % {"area": f"{area:.2f}"}
    least = limits[MMU_M2][mapped_as(class_code)]
    if area < float(least):
        return _(
            "The feature has %(area)s m²; the survey maps land of class %(code)s from %(least)s m² on."
        ) % {
            "area": f"{area:.2f}",
            "code": class_code,
            "least": least,
        }
    return ""
