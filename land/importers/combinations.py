"""A03: which planting and refinement codes a class may carry. 中文：种植属性与图斑细化代码组合

The combinations are those that the survey's own programs accept (TD/T 1055, 三调数据库质检细则). They say how
land is used now and never what class it is: whatever they say, the class stands.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

FARMLAND_REFINED = frozenset(
    {"HDGD", "HQGD", "LQGD", "MQGD", "SHGD", "SMGD"}
)  # 河道、湖区、林区、牧区、沙荒、石漠化耕地
PLANTED = frozenset({"LS", "FLS", "LYFL"})  # 粮食、非粮食、粮与非粮轮作
UNPLANTED = frozenset({"XG", "LLJZ", "WG"})  # 休耕、林粮间作、未耕种
RECOVERABLE = frozenset({"", "JKHF", "GCHF"})  # 即可恢复、工程恢复
FOREST_GARDEN = "LQYD"  # 林区园地
INDUSTRY = frozenset(
    {"HDGY", "GTGY", "MTGY", "SNGY", "BLGY", "DLGY"}
)  # 0601: 火电、钢铁、煤炭、水泥、玻璃、电解铝
ABANDONED = "FQ"  # 废弃
GARDENS = ("0201", "0202", "0203", "0204")
WITHOUT_PLANTING = frozenset({"0401", "0402", "0403", "0601", "0602", "1001", "1003"})
MAY_BE_ABANDONED = frozenset({"0602", "1001", "1003"})


def planting_allowed(class_code: str, refined: str) -> frozenset[str] | None:
    """The planting codes (ZZSXDM) of a class with a refinement code; None: nothing is laid down."""
    if class_code.startswith("01"):
        return PLANTED if refined in FARMLAND_REFINED else PLANTED | UNPLANTED
    if class_code[:4] in GARDENS:
        return frozenset({""}) if refined == FOREST_GARDEN else RECOVERABLE
    if class_code.startswith("03") or class_code[:4] == "1104":
        return RECOVERABLE
    return frozenset({""}) if class_code in WITHOUT_PLANTING else None


def refinement_allowed(class_code: str) -> frozenset[str] | None:
    """The refinement codes (TBXHDM) that a class may have; None: nothing is laid down."""
    if class_code.startswith("01"):
        return FARMLAND_REFINED | {""}
    if class_code[:4] in GARDENS:
        return frozenset({"", FOREST_GARDEN})
    if class_code == "0601":
        return INDUSTRY | {""}
    return frozenset({"", ABANDONED}) if class_code in MAY_BE_ABANDONED else None


def wrong_combination(class_code: str, planting: str | None, refined: str | None) -> str:
    """What is wrong with the codes of a parcel, as a sentence; empty when nothing is.

    None: the layer has no such column, and nothing can be said of it.
    """
    allowed = refinement_allowed(class_code) if refined is not None else None
    if allowed is not None and refined not in allowed:
        return _("The class %(code)s has the refinement code “%(found)s”; expected is %(expected)s.") % {
            "code": class_code,
            "found": refined or _("none"),
            "expected": _listed(allowed),
        }
    allowed = planting_allowed(class_code, refined or "") if planting is not None else None
    if allowed is None or planting in allowed:
        return ""
    return _("The class %(code)s has the planting code “%(found)s”; expected is %(expected)s.") % {
        "code": class_code + (f"/{refined}" if refined else ""),
        "found": planting or _("none"),
        "expected": _listed(allowed),
    }


def _listed(codes: frozenset[str]) -> str:
    return "、".join(code or _("none") for code in sorted(codes))
