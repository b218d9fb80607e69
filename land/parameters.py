"""Thresholds of the red-line check as dated parameters of the county. 中文：判定参数"""

from django.utils.translation import gettext_lazy as _

from registry.rules.parameters import Default

NOISE_M2 = "red_line_noise_m2"  # 碎屑面积上限
NOISE_WIDTH_M = "red_line_noise_width_m"  # 碎屑平均宽度上限
BUFFER_M = "red_line_buffer_m"  # 点线缺省缓冲半宽
COVERAGE_MARGIN_M = "coverage_margin_m"  # 图层覆盖范围外扩
MIXED_YEARS = "red_line_mixed_years"  # 允许不同年份图层叠加
CHECK_KEYS = (NOISE_M2, NOISE_WIDTH_M, BUFFER_M)

DEFAULTS = (
    Default(
        NOISE_M2,
        "1",
        "县级采用值：叠加图斑不大于 1 平方米列为碎屑，由经办人确认",
        label=_("largest piece that is drawing noise"),
        unit=_("square metres"),
    ),
    Default(
        NOISE_WIDTH_M,
        "0.2",
        "县级采用值：平均宽度 2A/P 不大于 0.2 米列为碎屑，由经办人确认",
        label=_("largest mean width of drawing noise"),
        unit=_("metres"),
    ),
    Default(
        BUFFER_M,
        "5",
        "县级采用值：无面状图形的点、线按定位精度 5 米缓冲判读",
        label=_("buffer of points and lines without an outline"),
        unit=_("metres"),
    ),
    Default(
        COVERAGE_MARGIN_M,
        "1000",
        "县级采用值：未载入界线时，图层外接矩形外扩 1000 米视为覆盖范围",
        label=_("margin of a layer where no boundary is loaded"),
        unit=_("metres"),
    ),
    Default(
        MIXED_YEARS,
        False,
        "产品默认值：永久基本农田与地类图斑年份不一致时不叠加，县级声明后方可",
        label=_("layers of different years may be judged together"),
    ),
)
