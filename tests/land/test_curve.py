"""The number along a curve by which a layer's rows are put in order. 中文：空间排序码"""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from land.kernel.curve import z_order

BITS = 31


def one_by_one(lon: float, lat: float) -> int:
    """The bits of both axes in turn, longitude first."""
    most = 2**BITS - 1
    x, y = min(int((lon + 180) / 360 * 2**BITS), most), min(int((lat + 90) / 180 * 2**BITS), most)
    return sum(((x >> k) & 1) << (2 * k) | ((y >> k) & 1) << (2 * k + 1) for k in range(BITS))


@given(st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), min_size=1, max_size=30))
def test_the_bits_of_both_axes_alternate(places):
    lon, lat = np.array(places).T
    assert z_order(lon, lat).tolist() == [one_by_one(*place) for place in places]


def test_what_is_no_number_or_off_the_earth_is_taken_to_its_edge():
    found = z_order(np.array([np.nan, -200.0, 500.0]), np.array([np.nan, -90.0, 90.0]))
    assert found.tolist() == [0, 0, 2 ** (2 * BITS) - 1]


def test_a_quarter_of_a_box_has_numbers_of_its_own():
    rng = np.random.default_rng(7)
    lon, lat = rng.uniform(90, 135, 500), rng.uniform(0, 45, 500)  # one cell of the upper levels
    quarters = [
        z_order(lon[k], lat[k]) for k in ((lon < 112.5) & (lat < 22.5), (lon >= 112.5) & (lat >= 22.5))
    ]
    assert quarters[0].max() < quarters[1].min()
