"""Farmland that flowed out between two years, by old and new class, in audit grade. 中文：耕地流出速算

Both years are mosaics, so that what one parcel lost another has: only parcels whose outline is not in the
other year are laid over each other; of those with the same outline the class alone can have changed.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from django.db import connection

from land.kernel import Pieces, meeting_pairs, overlaps
from land.queries.pieces import copied

ZERO_M2 = 1e-4
CHANGES = """
SELECT o.id, n.id, o.class_code, n.class_code, o.official_m2::float8
  FROM (SELECT id, shape_key, class_code, official_m2 FROM land_parcel WHERE vintage_id = ANY(%s)) o
  FULL JOIN (SELECT id, shape_key, class_code FROM land_parcel WHERE vintage_id = ANY(%s)) n USING (shape_key)
 WHERE o.id IS NULL OR n.id IS NULL OR o.class_code <> n.class_code
"""
PIECES = "SELECT class_code, ea FROM land_piece WHERE vintage_id = ANY(%s) AND row_id = ANY(%s)"
Matrix = dict[tuple[str, str], float]


def outflow_matrix(old: list[int], new: list[int], farmland: Collection[str]) -> Matrix:
    """m² by (old class, new class) of what was farmland in the vintages ``old`` and is none in ``new``.

    Three statements. Keys are those of vintages; a class is farmland where ``farmland`` names it.
    """
    with connection.cursor() as cursor:
        cursor.execute(CHANGES, [old, new])
        rows = cursor.fetchall()
    matrix: Matrix = {}
    gone = [row[0] for row in rows if row[1] is None and row[2] in farmland]
    come = [row[1] for row in rows if row[0] is None and row[3] not in farmland]
    for left, right, before, after, area in rows:
        if left and right and before in farmland and after not in farmland:
            matrix[before, after] = matrix.get((before, after), 0.0) + area
    for key, area in overlaid(_read(old, gone), _read(new, come)).items():
        matrix[key] = matrix.get(key, 0.0) + area
    return dict(sorted(matrix.items()))


def _read(vintages: list[int], rows: list[int]) -> tuple[list[str], Pieces]:
    sent = copied(PIECES, [vintages, rows], 2)
    return sent.texts(0), Pieces.from_bytes(sent.data, sent.begins[:, 1], sent.ends[:, 1])


def overlaid(before: tuple[list[str], Pieces], after: tuple[list[str], Pieces]) -> Matrix:
    """Common ground of pieces of two years, by their classes."""
    (olds, left_pieces), (news, right_pieces) = before, after
    left, right = meeting_pairs(left_pieces.boxes, right_pieces.boxes)
    areas = overlaps(left_pieces, right_pieces, left, right)
    old_codes, old_at = np.unique(np.array(olds, dtype="U5"), return_inverse=True)
    new_codes, new_at = np.unique(np.array(news, dtype="U5"), return_inverse=True)
    if not len(old_codes) or not len(new_codes):
        return {}
    totals = np.bincount(
        old_at[left] * len(new_codes) + new_at[right], areas, len(old_codes) * len(new_codes)
    )
    return {
        (str(old_codes[n // len(new_codes)]), str(new_codes[n % len(new_codes)])): float(area)
        for n, area in enumerate(totals)
        if area > ZERO_M2
    }
