"""The overlay kernel 叠加核: how much ground two layers have in common, for very many shapes at once.

Audit grade: planar areas in an equal-area plane, where they are ellipsoidal areas. It asks for areas alone,
never for the shape of the common ground, and so needs no topology. Pure: numpy and numba, no ORM.
"""

from .edges import Pieces
from .grid import meeting_pairs
from .overlap import overlaps

__all__ = ["Pieces", "meeting_pairs", "overlaps"]
