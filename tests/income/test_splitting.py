"""Money split to the fen: golden cases and what must hold for any split."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.income.splitting import split


def test_three_villages_share_160000():
    made = split(Decimal("160000.00"), {1: Fraction(1), 2: Fraction(1), 3: Fraction(1)})
    assert [str(part) for part in made.values()] == ["53333.34", "53333.33", "53333.33"]
    assert sum(made.values()) == Decimal("160000.00")


def test_members_by_quantified_shares():
    shares = {1: Fraction("1000.5"), 2: Fraction("3177.7")}
    made = split(Decimal("835640.00"), shares)
    assert {key: part / Decimal(str(float(shares[key]))) for key, part in made.items()} == {1: 200, 2: 200}


@pytest.mark.parametrize(
    ("total", "shares"), [("1", {}), ("0.001", {1: Fraction(1)}), ("-1", {1: Fraction(1)})]
)
def test_what_cannot_be_split_is_refused(total, shares):
    with pytest.raises(ValueError, match="whole fen"):
        split(Decimal(total), shares)


SHARES = st.dictionaries(
    st.integers(1, 500), st.fractions(0, 1000, max_denominator=5000), min_size=1, max_size=40
)


@given(st.integers(0, 10**12), SHARES.filter(lambda shares: sum(shares.values()) > 0))
def test_a_split_is_exact_order_free_and_off_by_less_than_a_fen(fen, shares):
    total = Decimal(fen) / 100
    made = split(total, shares)
    assert sum(made.values()) == total
    assert made == split(total, dict(reversed(shares.items())))
    whole = sum(shares.values())
    for key, part in made.items():
        assert abs(Fraction(part) - Fraction(total) * shares[key] / whole) < Fraction(1, 100)
