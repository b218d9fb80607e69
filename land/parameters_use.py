"""Thresholds of what may grow on basic farmland and beside roads, as dated parameters. 中文：用途管制参数"""

from django.utils.translation import gettext_lazy as _

from registry.rules.parameters import Default

NOT_GRAIN = "basic_farmland_not_grain"  # 永久基本农田上的非粮化地类
GREEN_BELT_M = "green_belt_m"  # 道路两侧绿化带宽度上限
BELT_CLASSES = "green_belt_classes"  # 绿化带地类

DEFAULTS = (
    Default(
        NOT_GRAIN,
        ["0201", "0202", "0203", "0204", "0301", "0302", "0305", "0307", "1104", "1202"],
        source="土地管理法第三十七条；自然资发〔2021〕166号：永久基本农田不得转为林地、草地、园地等其他农用地及农业设施建设用地",
        label=_("classes that basic farmland must not become"),
    ),
    Default(
        GREEN_BELT_M,
        {"1001": 5.0, "1003": 5.0, "1006": 3.0},
        source="国办发明电〔2020〕24号：铁路、国道、省道用地范围外绿化带不超过 5 米，县乡道路不超过 3 米",
        label=_("widest green belt beside a road, by class of the road"),
        unit=_("metres"),
    ),
    Default(
        BELT_CLASSES,
        ["0201", "0202", "0203", "0204", "0301", "0302", "0305", "0307"],
        source="县级采用值：绿化带按园地、乔木林地、竹林地、灌木林地和其他林地判读",
        label=_("classes read as planted"),
    ),
)
