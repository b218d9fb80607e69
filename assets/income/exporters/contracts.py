"""Contracts under the heads that their import understands. 中文：合同台账导出"""

from __future__ import annotations

from typing import Any

from assets.income.bank_codes import PRIVATE_HOLDERS
from assets.models import Contract
from registry.codes import PRIVATE_KINDS
from registry.exports import Column

MODES = {
    "contracting": "承包", "lease": "租赁", "equity": "入股", "entrusted": "托管", "own_operation": "自营",
    "debt": "债权",
}  # fmt: skip
RHYTHMS = {0: "一次性", 1: "按月", 3: "按季", 6: "按半年", 12: "按年"}
TIMINGS = {"advance": "先付", "arrears": "后付"}


def _private(contract: Contract) -> bool:
    return contract.operator is not None and contract.operator.kind in PRIVATE_KINDS


def _parts(contract: Contract) -> str:
    """Codes of the units; with their weights where there are several."""
    parts = sorted(contract.parts.all(), key=lambda part: part.pk)
    if len(parts) == 1:
        return str(parts[0].unit.code)
    return "；".join(f"{part.unit.code} {part.weight_num}/{part.weight_den}" for part in parts)


def _receiving(contract: Contract) -> str | None:
    """The account that receives; that of a natural person stays in the register."""
    holder = contract.account_holder
    return None if holder is not None and holder.kind in PRIVATE_HOLDERS else contract.account_number or None


def _text(value: Any) -> str | None:
    return None if value is None else f"{value.normalize():f}"


# The customary heads of offices; they are data, not words of the interface.
COLUMNS = (
    Column("合同编号", lambda c: c.number, "code", 20),
    Column("合同名称", lambda c: c.title, width=28),
    Column("资产编码", _parts, "code", 30),
    Column("经营方式", lambda c: MODES[c.mode]),
    Column("甲方", lambda c: c.owner.name, width=28),
    Column("乙方", lambda c: c.operator.name if c.operator else None, width=28, person=_private),
    Column("签订日期", lambda c: c.signed_on, "date"),
    Column("起始日期", lambda c: c.term.lower, "date"),
    Column("到期日期", lambda c: c.last_day, "date"),
    Column("年金额（元）", lambda c: c.amount, "money"),
    Column("收款周期", lambda c: RHYTHMS[c.rhythm]),
    Column("付款方式", lambda c: TIMINGS[c.timing]),
    Column("递增年数", lambda c: c.escalation_years, "count"),
    Column("递增比例", lambda c: _text(c.escalation_percent)),
    Column("押金（元）", lambda c: c.deposit or None, "money"),
    Column("平台编号", lambda c: c.platform_number, "code"),
    Column("收款账号", _receiving, "code", 24),
    Column("备注", lambda c: c.remark, width=24),
)
