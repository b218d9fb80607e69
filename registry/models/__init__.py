"""Tables of the kernel."""

from .access import Grant, User
from .act import Act
from .batch import HeadAlias, ImportBatch, ImportRow, RowAction
from .decision import Decision, Notice, Objection
from .division import Division, DivisionBoundary, DivisionCode, DivisionSuccession
from .draft import Draft
from .entry import Entry
from .finding import BaselinePlan, Finding, Parameter, Rectification, RectificationKind, RuleReading
from .lists import FormFilling, FormTemplate, SavedFilter
from .marks import Touched
from .party import Party, PartyMember, PersonalData
from .source import FileState, Paper, Source, SourceFile, SourceKind, StoredFile
from .unit import Shape, Unit

__all__ = [
    "Act",
    "BaselinePlan",
    "Decision",
    "Division",
    "DivisionBoundary",
    "DivisionCode",
    "DivisionSuccession",
    "Draft",
    "Entry",
    "FileState",
    "Finding",
    "FormFilling",
    "FormTemplate",
    "Grant",
    "HeadAlias",
    "ImportBatch",
    "ImportRow",
    "Notice",
    "Objection",
    "Paper",
    "Parameter",
    "Party",
    "PartyMember",
    "PersonalData",
    "Rectification",
    "RectificationKind",
    "RowAction",
    "RuleReading",
    "SavedFilter",
    "Shape",
    "Source",
    "SourceFile",
    "SourceKind",
    "StoredFile",
    "Touched",
    "Unit",
    "User",
]
