"""Tables of the assets app."""

from assets.income.models.bank import BankAccount, BankLine, Statement
from assets.income.models.cash import CashReceipt
from assets.income.models.closing import MonthClose
from assets.income.models.contract import Contract, ContractUnit, FreePeriod
from assets.income.models.distribution import Distribution, DistributionLine, IncomePool, Payment, PoolEntry
from assets.income.models.due import Amendment, Due
from assets.income.models.links import BenefitLink
from assets.income.models.match import KnownPayer, Match
from assets.income.models.voucher import Voucher, VoucherEntry

from .asset import Asset
from .upkeep import Inspection, UpkeepTerms

__all__ = [
    "Amendment",
    "Asset",
    "BenefitLink",
    "BankAccount",
    "BankLine",
    "CashReceipt",
    "Contract",
    "ContractUnit",
    "Distribution",
    "DistributionLine",
    "Due",
    "FreePeriod",
    "IncomePool",
    "Inspection",
    "Payment",
    "PoolEntry",
    "KnownPayer",
    "Match",
    "MonthClose",
    "Statement",
    "UpkeepTerms",
    "Voucher",
    "VoucherEntry",
]
