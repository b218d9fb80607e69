"""Tables of the assets app."""

from assets.income.models.bank import BankAccount, BankLine, Statement
from assets.income.models.burdens import AssetLoan, InsurancePolicy
from assets.income.models.cash import CashReceipt
from assets.income.models.closing import MonthClose
from assets.income.models.collectives import CollectiveTarget, OutsideIncome
from assets.income.models.contract import Contract, ContractUnit, FreePeriod
from assets.income.models.distribution import Distribution, DistributionLine, IncomePool, Payment, PoolEntry
from assets.income.models.due import Amendment, Due
from assets.income.models.links import BenefitLink
from assets.income.models.match import KnownPayer, Match
from assets.income.models.voucher import Voucher, VoucherEntry

from .asset import Asset
from .book_value import BookValue
from .grounds import AgriFacilityFiling, LeasedLand
from .holdings import (
    BuildingFacts,
    Claim,
    EquipmentFacts,
    Planting,
    PublicWorks,
    SolarPlant,
    SolarYear,
    WorkshopJobs,
)
from .life import LifeStep
from .pack import InspectionPack, PackState
from .plans import InspectionPlan
from .repairs import Repair
from .roads import Centre, RoadRoute, RoadSection, ZonePermit
from .sites import OldHouses, RelocationSite, SiteFigures, SiteWork
from .standards import StandardItem, UpkeepStandard
from .stocktake import Stocktake, StocktakeLine
from .stocktake_counts import StocktakeCount, StocktakeSettlement
from .summary import PublishedSummary
from .upkeep import Inspection, InspectionItem, UpkeepTerms
from .water import IrrigationWorks, LandTransfer, WaterWorks
from .worth import Appraisal, Depreciation

__all__ = [
    "AgriFacilityFiling",
    "Amendment",
    "Appraisal",
    "Asset",
    "AssetLoan",
    "BankAccount",
    "BankLine",
    "BenefitLink",
    "BookValue",
    "BuildingFacts",
    "CashReceipt",
    "Centre",
    "Claim",
    "CollectiveTarget",
    "Contract",
    "ContractUnit",
    "Depreciation",
    "Distribution",
    "DistributionLine",
    "Due",
    "EquipmentFacts",
    "FreePeriod",
    "IncomePool",
    "Inspection",
    "InspectionItem",
    "InspectionPack",
    "InspectionPlan",
    "InsurancePolicy",
    "IrrigationWorks",
    "KnownPayer",
    "LandTransfer",
    "LeasedLand",
    "LifeStep",
    "Match",
    "MonthClose",
    "OldHouses",
    "OutsideIncome",
    "PackState",
    "Payment",
    "Planting",
    "PoolEntry",
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
    "Statement",
    "Stocktake",
    "StocktakeCount",
    "StocktakeLine",
    "StocktakeSettlement",
    "UpkeepStandard",
    "UpkeepTerms",
    "Voucher",
    "VoucherEntry",
    "WaterWorks",
    "WorkshopJobs",
    "ZonePermit",
]
