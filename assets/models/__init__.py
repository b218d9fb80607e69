"""Tables of the assets app."""

from assets.income.models.contract import Contract, ContractUnit, FreePeriod
from assets.income.models.distribution import Distribution, DistributionLine, IncomePool, Payment, PoolEntry
from assets.income.models.due import Amendment, Due
from assets.income.models.links import AssetLoan, BenefitLink, InsurancePolicy

from .asset import Asset
from .upkeep import Inspection, UpkeepTerms

__all__ = [
    "Amendment",
    "Asset",
    "AssetLoan",
    "BenefitLink",
    "Contract",
    "ContractUnit",
    "Distribution",
    "DistributionLine",
    "Due",
    "FreePeriod",
    "IncomePool",
    "Inspection",
    "InsurancePolicy",
    "Payment",
    "PoolEntry",
    "UpkeepTerms",
]
