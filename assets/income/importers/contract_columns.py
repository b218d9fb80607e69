"""The columns of a contract ledger, with the titles that offices give them. 中文：合同台账列名对照"""

from __future__ import annotations

from typing import Any

from registry.readers.table import Field, Table


def _words(by_code: dict[str, str]) -> dict[str, str]:
    return {word: code for code, words in by_code.items() for word in words.split()}


def _field(name: str, heads: str, kind: str = "text", group: str = "", **more: Any) -> Field:
    return Field(name, tuple(heads.split()), kind, group, **more)


MODES = _words(
    {
        "contracting": "承包 发包 承包经营",
        "lease": "租赁 出租 租赁经营",
        "equity": "入股 入股分红 股份合作 入股经营",
        "entrusted": "托管 委托经营 委托 托管经营",
        "own_operation": "自营 自主经营",
        "debt": "债权 资金借出 借款",
    }
)
RHYTHMS = _words(
    {"0": "一次性 一次付清", "1": "按月 月付", "3": "按季 季付", "6": "按半年 半年付", "12": "按年 年付"}
)
TIMINGS = _words({"advance": "先付 预付 先交后用", "arrears": "后付 先用后交"})

CONTRACTS = Table(
    kind="contracts",
    identity=("number",),
    fields=(
        _field("seq", "序号 序"),
        _field("number", "合同编号 合同号 编号", "code"),
        _field("title", "合同名称 名称 合同标题"),
        _field("units", "资产编码 标的资产编码 资产编号", "text", "asset"),
        _field("mode", "经营方式 合同类型 经营模式", "choice", choices=MODES),
        _field("owner", "甲方 发包方 出租方 甲方名称", "text", "party"),
        _field("operator", "乙方 承包方 承租方 经营主体 乙方名称", "text", "party"),
        _field("signed_on", "签订日期 签订时间 签约日期", "date"),
        _field("begins_on", "起始日期 合同起始日期 开始日期", "date", "term"),
        _field("ends_on", "到期日期 合同到期日期 终止日期 结束日期", "date", "term"),
        _field("amount", "年金额 年租金 年承包费 年保底收益 年收益", "money"),
        _field("rhythm", "收款周期 付款周期 缴费周期", "choice", choices=RHYTHMS),
        _field("timing", "付款方式 先付后付", "choice", choices=TIMINGS),
        _field("escalation_years", "递增年数 递增周期", "integer"),
        _field("escalation_percent", "递增比例 递增率", "number"),
        _field("deposit", "押金 保证金", "money"),
        _field("platform_number", "平台编号 交易平台编号 项目编号", "code"),
        _field("account_number", "收款账号 收款账户 收款账户账号", "code"),
        _field("remark", "备注 说明"),
    ),
)  # 合同台账
