"""Tables of the land app."""

from .audit import Audit, AuditLayer, AuditLine
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
from .registers import FarmlandHouse, IdleLand, LandCertificate, PointSupplyApproval, RegisterRow

__all__ = [
    "Audit",
    "AuditLayer",
    "AuditLine",
    "Case",
    "CasePart",
    "CasePause",
    "CaseRectification",
    "CaseStep",
    "ClosureRecord",
    "Evidence",
    "FarmlandHouse",
    "IdleLand",
    "LandCertificate",
    "LandClass",
    "Parcel",
    "PointSupplyApproval",
    "Quarantine",
    "RegisterRow",
    "Verification",
    "Vintage",
    "VintageKind",
    "Zone",
]
