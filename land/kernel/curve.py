"""A number along a curve through the plane: what lies near mostly has a near number. 中文：空间排序码

Morton, A computer oriented geodetic data base (IBM 1966).
"""

from __future__ import annotations

import numpy as np

_BITS = 31  # of each axis: 1.9 cm along the equator
_SPREAD = (
    (16, 0x0000FFFF0000FFFF),
    (8, 0x00FF00FF00FF00FF),
    (4, 0x0F0F0F0F0F0F0F0F),
    (2, 0x3333333333333333),
    (1, 0x5555555555555555),
)


def z_order(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """Numbers (n) int64, not negative, of places (n) in degrees; NaN gets that of the corner."""
    return (_spread(lon, 180.0) | (_spread(lat, 90.0) << np.uint64(1))).astype(np.int64)


def _spread(degrees: np.ndarray, half: float) -> np.ndarray:
    """The bits of a position between -half and half, with room for those of the other axis between them."""
    share = np.clip((np.nan_to_num(degrees, nan=-half) + half) / (2 * half), 0.0, 1.0)
    bits = np.minimum(share * 2.0**_BITS, 2.0**_BITS - 1).astype(np.uint64)
    for shift, mask in _SPREAD:
        bits = (bits | (bits << np.uint64(shift))) & np.uint64(mask)
    return bits
