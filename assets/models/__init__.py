"""Tables of the assets app."""

from .asset import Asset
from .holdings import BuildingFacts, Claim, EquipmentFacts, Planting, PublicWorks, SolarPlant, SolarYear, WorkshopJobs
from .life import LifeStep
from .plans import InspectionPlan
from .repairs import Repair
from .roads import Centre, RoadRoute, RoadSection, ZonePermit
from .sites import OldHouses, RelocationSite, SiteFigures, SiteWork
from .standards import StandardItem, UpkeepStandard
from .summary import PublishedSummary
from .upkeep import Inspection, InspectionItem, UpkeepTerms
from .water import IrrigationWorks, LandTransfer, WaterWorks

__all__ = [
    "Asset",
    "BuildingFacts",
    "Centre",
    "Claim",
    "EquipmentFacts",
    "Inspection",
    "InspectionItem",
    "InspectionPlan",
    "IrrigationWorks",
    "LandTransfer",
    "LifeStep",
    "OldHouses",
    "Planting",
    "PublicWorks",
    "PublishedSummary",
    "RelocationSite",
    "Repair",
    "RoadRoute",
    "RoadSection",
    "SiteFigures",
    "SiteWork",
    "SolarPlant",
    "SolarYear",
    "StandardItem",
    "UpkeepStandard",
    "UpkeepTerms",
    "WaterWorks",
    "WorkshopJobs",
    "ZonePermit",
]
