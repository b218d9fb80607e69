"""Tables of the land app."""

from .classes import LandClass
from .layer import Parcel, Quarantine, Vintage, VintageKind, Zone
from .targets import ChiefTerm, ResponsibilityArea, ResponsibilityPledge, RetentionTarget, TargetKind

__all__ = [
    "ChiefTerm",
    "LandClass",
    "Parcel",
    "Quarantine",
    "ResponsibilityArea",
    "ResponsibilityPledge",
    "RetentionTarget",
    "TargetKind",
    "Vintage",
    "VintageKind",
    "Zone",
]
