"""Tables of the land app."""

from .audit import Audit, AuditLayer, AuditLine
from .classes import LandClass
from .layer import Parcel, Quarantine, Vintage, VintageKind, Zone

__all__ = ["Audit", "AuditLayer", "AuditLine", "LandClass", "Parcel", "Quarantine", "Vintage", "VintageKind", "Zone"]
