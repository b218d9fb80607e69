"""Tables of the land app."""

from .approval import ConversionApproval
from .audit import Audit, AuditLayer, AuditLine
from .case import Case, CasePart, CaseStep, Evidence, Verification
from .case_handling import CasePause, CaseRectification, ClosureRecord
from .classes import LandClass
from .compensation import CompensationBalance, SupplementProject, SupplementUse
from .compensation_records import BasicFarmlandSupplement, InOutBalance, SupplementCap
from .layer import Parcel, Quarantine, Vintage, VintageKind, Zone
from .linkage import LinkagePlot, LinkageProject, SurplusQuota
from .quota import ConstructionQuota, QuotaEntry
from .registers import FarmlandHouse, IdleLand, LandCertificate, PointSupplyApproval, RegisterRow
from .targets import ChiefTerm, ResponsibilityArea, ResponsibilityPledge, RetentionTarget, TargetKind

__all__ = [
    "Audit",
    "AuditLayer",
    "AuditLine",
    "BasicFarmlandSupplement",
    "Case",
    "CasePart",
    "CasePause",
    "CasePause",
    "CaseRectification",
    "CaseRectification",
    "CaseStep",
    "ChiefTerm",
    "ClosureRecord",
    "ClosureRecord",
    "CompensationBalance",
    "ConstructionQuota",
    "ConversionApproval",
    "Evidence",
    "FarmlandHouse",
    "IdleLand",
    "InOutBalance",
    "LandCertificate",
    "LandClass",
    "LinkagePlot",
    "LinkageProject",
    "Parcel",
    "PointSupplyApproval",
    "Quarantine",
    "QuotaEntry",
    "RegisterRow",
    "ResponsibilityArea",
    "ResponsibilityPledge",
    "RetentionTarget",
    "SupplementCap",
    "SupplementProject",
    "SupplementUse",
    "SurplusQuota",
    "TargetKind",
    "Verification",
    "Vintage",
    "VintageKind",
    "Zone",
]
