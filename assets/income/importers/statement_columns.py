"""What the columns of bank statements are called. 中文：银行对账单表头

From the exports of CCB, ABC, ICBC, CMBC, PAB, BOC, BOCOM and CMB, for offices and for persons. What is not
here is named once by hand and remembered (``registry.services.head_memory``).
"""

from __future__ import annotations

import re
from typing import Any

from registry.readers.table import Field, Sheet, Table


def _field(name: str, heads: str, **more: Any) -> Field:
    return Field(name, tuple(heads.split()), **more)


STATEMENT = Table(
    kind="statement",
    identity=("credit", "debit", "amount"),
    fields=(
        _field("booked_on", "记账日期 交易日期 入账日期 日期 记账日"),
        _field("moment", "交易时间 记账时间 交易时间戳 时间"),
        _field("credit", "贷方发生额 收入金额 贷方金额 贷 收入 贷方 存入金额 转入金额"),
        _field("debit", "借方发生额 支出金额 借方金额 借 支出 借方 支取金额 转出金额"),
        _field("amount", "交易金额 金额 发生额 交易发生额"),
        _field("direction", "借贷 借贷标志 借贷方向 收支 收支标志"),
        _field("balance", "余额 账户余额 本次余额 联机余额 交易后余额"),
        _field(
            "name", "对方户名 对方单位名称 对方单位 对方账户名称 对方账号名称 对方账户名 对方名称 对手信息"
        ),
        _field("counter_account", "对方账号 对方账户 对方卡号账号 对方卡号"),
        _field("abstract", "摘要 交易摘要 交易名称 交易类型"),
        _field("purpose", "用途 交易用途 交易说明"),
        _field("postscript", "附言 交易附言 客户摘要 个性化信息"),
        _field("remark", "备注"),
        _field("serial", "交易流水号 账户明细编号交易流水号 主机交易流水号 流水号 日志号 企业流水号"),
        _field("own_account", "本方账号 账号 卡号"),
    ),
)
MEMO = ("abstract", "purpose", "postscript", "remark")
_TWO_WAYS = re.compile(r"^(记账|交易)?金额[(（](收入|支出)[)）]$")
HEAD_ROWS = 40


def with_plain_heads(sheet: Sheet) -> Sheet:
    """The sheet with heads that tell income and expense in brackets alone written out.

    Where a statement has both what was traded and what was booked (foreign money), what was booked counts.
    """
    cells = [list(row) for row in sheet.cells]
    found = [
        (row, column, match)
        for row in range(min(HEAD_ROWS, len(cells)))
        for column, value in enumerate(cells[row])
        if isinstance(value, str) and (match := _TWO_WAYS.match(re.sub(r"\s", "", value)))
    ]
    booked = any(match[1] == "记账" for _row, _column, match in found)
    for row, column, match in found:
        plain = not booked or match[1] == "记账"
        cells[row][column] = f"{match[2]}金额" if plain else f"{match[2]}金额（原币）交易"
    return Sheet(
        sheet.name, cells, sheet.merges, sheet.hidden, sheet.hidden_rows, sheet.errors, sheet.uncached
    )
