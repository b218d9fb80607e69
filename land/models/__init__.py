"""Tables of the land app."""

from .classes import LandClass
from .layer import Parcel, Quarantine, Vintage, VintageKind, Zone

__all__ = ["LandClass", "Parcel", "Quarantine", "Vintage", "VintageKind", "Zone"]
