"""Split money by shares to the fen: the largest remainders get what rounding leaves. 中文：最大余额法分配

The sum is exact, the order of the shares does not matter, and nobody is off by a fen or more. Where
remainders are equal the larger share comes first, then the smaller key: anybody makes the same split again.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

FEN = 100
Key = TypeVar("Key", bound=Hashable)


def split(total: Decimal, shares: Mapping[Key, Fraction]) -> dict[Key, Decimal]:
    """An amount by shares of any size, in the order given; the shares need not sum to one.

    Raises ``ValueError`` where there is nothing to split by, or part of a fen to split.
    """
    whole = sum(shares.values(), Fraction(0))
    fen = Fraction(total) * FEN
    if whole <= 0 or any(share < 0 for share in shares.values()) or fen.denominator != 1 or fen < 0:
        raise ValueError("an amount in whole fen is split by shares that are more than nothing")
    exact = {key: fen * share / whole for key, share in shares.items()}
    given = {key: int(part) for key, part in exact.items()}
    left = int(fen) - sum(given.values())
    order = sorted(shares, key=lambda key: (given[key] - exact[key], -shares[key], key))
    for key in order[:left]:
        given[key] += 1
    return {key: Decimal(part) / FEN for key, part in given.items()}
