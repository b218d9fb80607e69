"""Tables of the land app."""

from .approval import ConversionApproval
from .classes import LandClass
from .compensation import (
    BasicFarmlandSupplement,
    CompensationBalance,
    InOutBalance,
    SupplementCap,
    SupplementProject,
    SupplementUse,
)
from .layer import Parcel, Quarantine, Vintage, VintageKind, Zone
from .linkage import LinkagePlot, LinkageProject, SurplusQuota
from .quota import ConstructionQuota, QuotaEntry

__all__ = [
    "BasicFarmlandSupplement",
    "CompensationBalance",
    "ConstructionQuota",
    "ConversionApproval",
    "InOutBalance",
    "LandClass",
    "LinkagePlot",
    "LinkageProject",
    "Parcel",
    "Quarantine",
    "QuotaEntry",
    "SupplementCap",
    "SupplementProject",
    "SupplementUse",
    "SurplusQuota",
    "Vintage",
    "VintageKind",
    "Zone",
]
