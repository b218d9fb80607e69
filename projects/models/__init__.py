"""Tables of the projects app."""

from .project import FundingLine, FundingSource, Project

__all__ = ["FundingLine", "FundingSource", "Project"]
