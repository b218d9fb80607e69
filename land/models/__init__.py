"""Tables of the land app."""

from .case import Case, CasePart, CaseStep, Evidence, Verification
from .case_handling import CasePause, CaseRectification, ClosureRecord
from .classes import LandClass
from .layer import Parcel, Quarantine, Vintage, VintageKind, Zone
from .registers import FarmlandHouse, IdleLand, LandCertificate, PointSupplyApproval, RegisterRow

__all__ = [
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
