"""QR codes as one path of an SVG: black on white, sharp in print, nothing to fetch. 中文：二维码"""

from __future__ import annotations

from dataclasses import dataclass

import qrcode
from qrcode.constants import ERROR_CORRECT_Q

QUIET = 4  # modules of white around it


@dataclass(frozen=True)
class Square:
    """A code: its side in modules, quiet zone included, and its path."""

    side: int
    path: str


def square(text: str) -> Square:
    """The code of a text; a quarter of it may be covered by a seal and it is still read."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_Q, border=QUIET)
    code.add_data(text)
    code.make(fit=True)
    matrix = code.get_matrix()
    dots = [f"M{x} {y}h1v1h-1z" for y, row in enumerate(matrix) for x, dark in enumerate(row) if dark]
    return Square(side=len(matrix), path="".join(dots))
