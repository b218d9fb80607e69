"""Tables of the land app."""

from .case import (
    Case,
    CasePart,
    CasePause,
    CaseRectification,
    CaseStep,
    ClosureRecord,
    Evidence,
    Verification,
)
from .classes import LandClass
from .layer import Parcel, Quarantine, Vintage, VintageKind, Zone

__all__ = [
    "Case",
    "CasePart",
    "CasePause",
    "CaseRectification",
    "CaseStep",
    "ClosureRecord",
    "Evidence",
    "LandClass",
    "Parcel",
    "Quarantine",
    "Verification",
    "Vintage",
    "VintageKind",
    "Zone",
]
