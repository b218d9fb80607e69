"""Thresholds of the farmland targets, as dated parameters. 中文：耕地保护目标参数"""

from django.utils.translation import gettext_lazy as _

from registry.rules.parameters import Default

MARGIN = "target_margin_share"  # 目标预警余量

DEFAULTS = (
    Default(
        MARGIN,
        "0.02",
        "产品默认值：现状超出目标不足 2% 时预警（黄灯）",
        label=_("margin above a target that is too narrow"),
    ),
)
