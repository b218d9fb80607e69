"""Thresholds of the rules on upkeep; counties set their own beside them. 中文：管护参数"""

from django.utils.translation import gettext_lazy as _

from assets.rules.upkeep_terms import BUDGET_WORDS
from assets.rules.upkeep_work import LOAD, REPAIR_DAYS
from registry.rules.parameters import Default

DEFAULTS = (
    Default(
        key=REPAIR_DAYS,
        label=_("days from a defect to its repair order, by condition"),
        unit=_("days"),
        value={"default": 30, "damaged": 15, "out_of_use": 7},
        source="产品默认值；农田水利条例第二十二条未定天数，由县级确定",
    ),
    Default(
        key=LOAD,
        label=_("assets of one township that one person can look after"),
        value=40,
        source="产品默认值，由县级确定",
    ),
    Default(
        key=BUDGET_WORDS,
        label=_("words that mean the public budget as source of upkeep money"),
        value=["财政", "县级资金", "衔接资金", "上级补助"],
        source="产品默认值（国办函〔2021〕51号：经营性资产管护费用由收益列支）",
    ),
)
