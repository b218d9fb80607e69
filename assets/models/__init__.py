"""Tables of the assets app."""

from .asset import Asset
from .plans import InspectionPlan
from .repairs import Repair
from .standards import StandardItem, UpkeepStandard
from .upkeep import Inspection, InspectionItem, UpkeepTerms

__all__ = [
    "Asset",
    "Inspection",
    "InspectionItem",
    "InspectionPlan",
    "Repair",
    "StandardItem",
    "UpkeepStandard",
    "UpkeepTerms",
]
