"""Tables of the assets app."""

from assets.income.models.contract import Contract, ContractUnit, FreePeriod
from assets.income.models.due import Amendment, Due

from .asset import Asset
from .upkeep import Inspection, UpkeepTerms

__all__ = [
    "Amendment",
    "Asset",
    "Contract",
    "ContractUnit",
    "Due",
    "FreePeriod",
    "Inspection",
    "UpkeepTerms",
]
