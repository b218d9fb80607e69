"""Parameters of bank lines, matching and month-end. 中文：对账与结账参数"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from registry.rules.parameters import Default

EARLY_DAYS = "match_early_days"
MONTH_END_DAYS = "month_end_days"
CASH_DAYS = "cash_to_bank_days"
SUBJECTS = "account_subjects"
CODE = (
    "财会〔2023〕14号《农村集体经济组织会计制度》附录会计科目及编号；"
    "款项与科目的对应为产品默认值，由县级按账套核定"
)

DEFAULTS = (
    Default(
        key=EARLY_DAYS,
        label=_("days before its day from which an unlabelled payment is taken for a due"),
        unit=_("days"),
        value=45,
        source="产品默认值，由县级确定；冲抵顺序见民法典第五百六十条",
    ),
    Default(
        key=MONTH_END_DAYS,
        label=_("days after the end of a month by which it is closed and has its vouchers"),
        unit=_("days"),
        value=15,
        source="产品默认值（按月结账），由县级确定；财会〔2023〕14号",
    ),
    Default(
        key=CASH_DAYS,
        label=_("days within which cash is paid into the account"),
        unit=_("days"),
        value=5,
        source="产品默认值，由县级确定；现金管理暂行条例第十一条（不得坐支）",
    ),
    Default(
        key=SUBJECTS,
        label=_("subjects of the chart of accounts, by what money is for"),
        value={
            "bank": "102 银行存款",
            "due": "501 经营收入",
            "due:guaranteed": "502 投资收益",
            "due:dividend": "502 投资收益",
            "due:interest": "502 投资收益",
            "due:principal": "112 应收款",
            "advance": "211 应付款",
            "deposit": "211 应付款",
            "refund": "501 经营收入",
            "reversal": "112 应收款",
            "payment": "322 收益分配",
            "returned": "322 收益分配",
            "interest": "504 其他收入",
            "fee": "513 管理费用",
            "cost": "511 经营支出",
            "tax": "214 应交税费",
            "grant": "503 补助收入",
            "transfer": "112 应收款",
            "other": "112 应收款",
        },
        source=CODE,
    ),
)
