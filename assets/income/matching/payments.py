"""Which payment a line paid, and which one it brings back, by memo and payee. 中文：付款与流水匹配

Pure: lines and orders in, pairs out. By itself only where one answer is left on both sides.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from . import memo, names
from .book import Line

RETURNED = re.compile("退票|退汇|退回|付款失败|入账失败|账号户名不符")  # what banks write on what comes back

SURE = 3  # the payee's name with the batch or his account


@dataclass(frozen=True)
class Order:
    """A payment as the bank was asked for it; ``gone``: a line has paid it."""

    key: int
    fen: int
    name: str
    account: str
    run: str
    day: int
    gone: bool


@dataclass(frozen=True)
class Paid:
    """A line and the payment it is about. ``sure``: see ``SURE``."""

    line: Line
    order: Order
    sure: bool


def candidates(line: Line, orders: Sequence[Order]) -> list[Paid]:
    """Payments that a line may be about, the likelier first: same amount, not before the order."""
    back = line.fen > 0
    if back and not RETURNED.search(memo.plain(line.memo)):
        return []  # money that comes from a payee is not one that comes back
    found = [
        (_weight(line, order), order)
        for order in orders
        if order.fen == abs(line.fen) and order.gone == back and line.day >= order.day
    ]
    found.sort(key=lambda pair: (-pair[0], pair[1].key))
    return [Paid(line, order, weight >= SURE) for weight, order in found]


def batches(line: Line, orders: Sequence[Order]) -> list[list[Order]]:
    """Batches that a line paid as a whole: what waits of them is its amount."""
    waiting: dict[str, list[Order]] = defaultdict(list)
    for order in orders:
        if not order.gone and line.day >= order.day:
            waiting[order.run].append(order)
    sums = (found for found in waiting.values() if len(found) > 1)
    return [found for found in sums if sum(order.fen for order in found) == -line.fen]


def _weight(line: Line, order: Order) -> int:
    """What speaks for it: the batch in the memo, the payee's name, his account."""
    run = memo.plain(order.run) in memo.plain(line.memo)
    name = bool(line.name) and names.key(line.name) == names.key(order.name)
    account = bool(line.account) and line.account == order.account
    return 2 * run + name + 2 * account


def pairs(lines: Sequence[Line], orders: Sequence[Order]) -> list[Paid]:
    """What is unique and explained: one sure payment for the line, and no other line for that payment."""
    sure = []
    for line in lines:
        found = [one for one in candidates(line, orders) if one.sure]
        if len(found) == 1:
            sure.append(found[0])
    taken = Counter(one.order.key for one in sure)
    return [one for one in sure if taken[one.order.key] == 1]
