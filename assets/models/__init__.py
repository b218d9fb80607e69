"""Tables of the assets app."""

from .asset import Asset
from .book_value import BookValue
from .pack import InspectionPack, PackState
from .stocktake import Stocktake, StocktakeLine
from .stocktake_counts import StocktakeCount, StocktakeSettlement
from .upkeep import Inspection, UpkeepTerms

__all__ = [
    "Asset",
    "BookValue",
    "Inspection",
    "InspectionPack",
    "PackState",
    "Stocktake",
    "StocktakeCount",
    "StocktakeLine",
    "StocktakeSettlement",
    "UpkeepTerms",
]
