"""Tables of the kernel."""

from .access import Grant, User
from .act import Act
from .batch import ImportBatch, ImportRow, RowAction
from .division import Division, DivisionBoundary, DivisionCode
from .entry import Entry
from .finding import Finding, Parameter
from .party import Party, PartyMember, PersonalData
from .source import Source, SourceFile, SourceKind, StoredFile
from .unit import Shape, Unit

__all__ = [
    "Act",
    "Division",
    "DivisionBoundary",
    "DivisionCode",
    "Entry",
    "Finding",
    "Grant",
    "ImportBatch",
    "ImportRow",
    "Parameter",
    "Party",
    "PartyMember",
    "PersonalData",
    "RowAction",
    "Shape",
    "Source",
    "SourceFile",
    "SourceKind",
    "StoredFile",
    "Unit",
    "User",
]
