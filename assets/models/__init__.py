"""Tables of the assets app."""

from .asset import Asset
from .upkeep import Inspection, UpkeepTerms

__all__ = ["Asset", "Inspection", "UpkeepTerms"]
