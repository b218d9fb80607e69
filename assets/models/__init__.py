"""Tables of the assets app."""

from .asset import Asset
from .holdings import BuildingFacts, Claim, EquipmentFacts, Planting, PublicWorks, SolarPlant, SolarYear, WorkshopJobs
from .life import LifeStep
from .roads import Centre, RoadRoute, RoadSection, ZonePermit
from .sites import OldHouses, RelocationSite, SiteFigures, SiteWork
from .summary import PublishedSummary
from .upkeep import Inspection, UpkeepTerms
from .water import IrrigationWorks, LandTransfer, WaterWorks

__all__ = [
    "Asset",
    "BuildingFacts",
    "Centre",
    "Claim",
    "EquipmentFacts",
    "Inspection",
    "IrrigationWorks",
    "LandTransfer",
    "LifeStep",
    "OldHouses",
    "Planting",
    "PublicWorks",
    "PublishedSummary",
    "RelocationSite",
    "RoadRoute",
    "RoadSection",
    "SiteFigures",
    "SiteWork",
    "SolarPlant",
    "SolarYear",
    "UpkeepTerms",
    "WaterWorks",
    "WorkshopJobs",
    "ZonePermit",
]
