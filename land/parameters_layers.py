"""Thresholds of the checks of a delivered layer, as dated parameters of the county. 中文：图层检查参数"""

from django.utils.translation import gettext_lazy as _

from registry.rules.parameters import Default

SLIVER_M2 = "layer_sliver_m2"  # 碎图斑面积上限
MMU_M2 = "layer_mmu_m2"  # 最小上图面积
OVERLAP_M2 = "layer_overlap_m2"  # 图斑重叠、缝隙容差
GAP_WIDTH_M = "layer_gap_width_m"  # 缝隙平均宽度容差
PACKAGE_SHARE = "increment_difference_share"  # 增量包与叠加结果差异（相对）
PACKAGE_MU = "increment_difference_mu"  # 增量包与叠加结果差异（绝对）
TRANSFERS = "increment_transfer_types"  # 行政区调整类型的含义
LAYER_KEYS = (SLIVER_M2, MMU_M2, OVERLAP_M2, GAP_WIDTH_M)
PACKAGE_KEYS = (PACKAGE_SHARE, PACKAGE_MU, TRANSFERS)

DEFAULTS = (
    Default(
        SLIVER_M2,
        "10",
        "三调数据库质检细则 4601：面积小于 10 平方米为碎图斑",
        label=_("largest area of a sliver"),
        unit=_("square metres"),
    ),
    Default(
        MMU_M2,
        {"construction": "200", "agricultural": "400", "other": "600", "desert": "1500"},
        "TD/T 1055 最小上图图斑面积；只限制调查上图，不限制执法",
        label=_("smallest parcel that the survey maps, by kind of land"),
        unit=_("square metres"),
    ),
    Default(
        OVERLAP_M2,
        "0.01",
        "县级采用值：重叠、缝隙超过 0.01 平方米予以提示",
        label=_("largest overlap or gap between parcels that is rounding"),
        unit=_("square metres"),
    ),
    Default(
        GAP_WIDTH_M,
        "0.05",
        "县级采用值：平均宽度不大于 5 厘米的缝隙视为界线数字化误差",
        label=_("largest mean width of a gap that is rounding"),
        unit=_("metres"),
    ),
    Default(
        PACKAGE_SHARE,
        "0.01",
        "县级采用值：村级流出或流入面积相差超过 1% 予以提示",
        label=_("increment package and overlay: share by which they may differ"),
    ),
    Default(
        PACKAGE_MU,
        "1",
        "县级采用值：村级流出或流入面积相差超过 1 亩予以提示",
        label=_("increment package and overlay: area by which they may differ"),
        unit=_("mu"),
    ),
    Default(
        TRANSFERS,
        {"matrix": ["0", "1", "5"], "in": ["1", "3"], "out": ["2", "4"]},
        "国土变更调查增量包 XZQTZLX：0、1、5 计入流向；1、3 为调入，2、4 为调出（待省级核定）",
        label=_("increment package: what the types of administrative transfer mean"),
    ),
)
