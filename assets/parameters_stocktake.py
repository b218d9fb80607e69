"""Parameters of stocktakes. 中文：清查盘点参数"""

from django.utils.translation import gettext_lazy as _

from registry.rules.parameters import Default

MAX_MONTHS = "stocktake_max_months"
POSITION_M = "stocktake_position_m"

PARAMETERS = (
    Default(
        key=MAX_MONTHS,
        label=_("months between two stocktakes"),
        unit=_("months"),
        value=12,
        source="产品默认值（行政事业性国有资产管理条例第三十四条“定期”盘点未定月数），由县级确定",
    ),
    Default(
        key=POSITION_M,
        label=_("distance from which a position counted differs from the ledger"),
        unit=_("metres"),
        value=100,
        source="产品默认值（手机定位精度与资产尺度），由县级确定",
    ),
)
