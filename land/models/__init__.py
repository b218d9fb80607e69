"""Tables of the land app."""

from .approval import ConversionApproval
from .classes import LandClass
from .compensation import CompensationBalance, SupplementProject, SupplementUse
from .compensation_records import BasicFarmlandSupplement, InOutBalance, SupplementCap
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
