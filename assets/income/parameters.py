"""Numbers of contracts and distributions as dated parameters of the county. 中文：合同与分配参数"""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from registry.rules.parameters import Default

LONG_YEARS = "long_contract_years"  # 长期合同年限
EXPIRY_DAYS = "contract_expiry_warn_days"  # 到期预警天数
RENT_FLOOR = "rent_floor_ratio"  # 租金下限比例
PLATFORM = "platform_threshold"  # 进场交易限额
OVERDUE_DAYS = "rent_overdue_days"  # 逾期天数
HELD_MONTHS = "income_held_months"  # 收益滞留月数
LABOUR_SHARE = "pv_labour_share"  # 光伏收益劳务占比
TARGETS = "collective_income_target"  # 村集体经营性收入目标
AMBER = "collective_income_amber"  # 接近目标的比例
YIELD_FLOOR = "yield_floor"  # 资产收益率下限
WARN_DAYS = "policy_loan_warn_days"  # 保险、贷款到期预警天数

DEFAULTS = (
    Default(
        LONG_YEARS,
        {"warn": 10, "most": 20},
        "民法典第七百零五条（租赁期限不得超过二十年）；长期合同预警为产品默认值",
        label=_("years of a contract: long, and longest of a lease"),
        unit=_("years"),
    ),
    Default(
        EXPIRY_DAYS,
        90,
        "产品默认值（合同到期前预警），由县级确定",
        label=_("days before its end from which a contract is announced"),
        unit=_("days"),
    ),
    Default(
        RENT_FLOOR,
        "0",
        "产品默认值：0 表示未启用，由县级确定租金与原值之比的下限",
        label=_("least rent of a year as a part of the original value; 0 asks for nothing"),
    ),
    Default(
        PLATFORM,
        "0",
        "产品默认值：0 表示未启用，由县级确定应进入产权交易平台的合同总额",
        label=_("total of a contract from which the trading platform is needed; 0 asks for nothing"),
        unit=_("yuan"),
    ),
    Default(
        OVERDUE_DAYS,
        30,
        "产品默认值（逾期未收），由县级确定",
        label=_("days after which a due is overdue"),
        unit=_("days"),
    ),
    Default(
        HELD_MONTHS,
        12,
        "产品默认值（收益滞留），由县级确定",
        label=_("months that income may lie undistributed"),
        unit=_("months"),
    ),
    Default(
        TARGETS,
        "50000",
        "产品默认值（薄弱村经营性收入目标），由县级确定",
        label=_("income that a collective should reach in a year"),
        unit=_("yuan"),
    ),
    Default(
        AMBER,
        "0.8",
        "产品默认值（接近目标），由县级确定",
        label=_("part of its target from which a collective is near it"),
    ),
    Default(
        WARN_DAYS,
        60,
        "产品默认值（保险、贷款到期前预警），由县级确定",
        label=_("days before its end from which a policy or a loan is announced"),
        unit=_("days"),
    ),
    Default(
        YIELD_FLOOR,
        "0.03",
        "产品默认值（资产年收益率下限），由县级确定",
        label=_("least income of a year as a part of the original value"),
    ),
    Default(
        LABOUR_SHARE,
        "4/5",
        "国务院扶贫办、财政部2020年光伏扶贫收益分配通知（限2020年度）",
        label=_("part of solar income for posts and labour"),
        valid_from=dt.date(2020, 1, 1),
        valid_to=dt.date(2021, 1, 1),
    ),
)
