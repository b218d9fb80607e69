"""Tables of the assets app."""

from .asset import Asset
from .life import LifeStep
from .summary import PublishedSummary
from .upkeep import Inspection, UpkeepTerms

__all__ = ["Asset", "Inspection", "LifeStep", "PublishedSummary", "UpkeepTerms"]
