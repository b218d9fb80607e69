"""A ledger row on its way to facts: what it says, as plain values, and everything wrong with it at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from registry.models import RowAction
from registry.readers.table import LedgerRow, Table
from registry.readers.table.dates import DateValue

Errors = list[dict[str, Any]]


@dataclass
class SheetRow:
    """One record of a ledger. ``values`` become the staged row's values and must be plain JSON."""

    source: LedgerRow
    titles: Mapping[str, str]
    values: dict[str, Any] = field(default_factory=dict)
    errors: Errors = field(default_factory=list)
    warnings: Errors = field(default_factory=list)
    action: str = RowAction.CREATE
    unit_id: int | None = None
    keep: dict[str, Any] = field(default_factory=dict)  # objects for the next steps, not stored

    @classmethod
    def of(cls, source: LedgerRow, table: Table, titles: Mapping[str, str]) -> SheetRow:
        """The reader's row with its own errors and remarks."""
        row = cls(source, titles)
        for error in source.errors:
            row.errors.append(_problem(error.column, error.value, error.code, error.message, error.field))
        for error in source.warnings:
            row.warnings.append(_problem(error.column, error.value, error.code, error.message, error.field))
        return row

    def get(self, name: str) -> Any:
        return self.source.values.get(name)

    def text(self, name: str, longest: int = 255) -> str:
        """A text value, cut to what is kept; "" where there is none."""
        value = self.get(name)
        return "" if value is None else str(value).strip()[:longest]

    def date(self, name: str) -> dt.date | None:
        """A date; where only month or year is known, the first day of it."""
        value = self.get(name)
        return value.value if isinstance(value, DateValue) else value

    def broken(self, name: str) -> bool:
        """Whether the cell of a field has an error already."""
        return any(error["field"] == name for error in self.errors)

    def refuse(self, name: str, code: str, message: Any, value: Any = None) -> None:
        self.errors.append(self._at(name, code, message, value))

    def remark(self, name: str, code: str, message: Any, value: Any = None) -> None:
        self.warnings.append(self._at(name, code, message, value))

    def _at(self, name: str, code: str, message: Any, value: Any) -> dict[str, Any]:
        shown = self.cell(name) if value is None else str(value)[:200]
        return _problem(self.titles.get(name, name), shown, code, str(message), name)

    def cell(self, name: str) -> str:
        """The cell of a field as it came, as text."""
        found = self.source.raw.get(self.titles.get(name, name))
        return "" if found is None else str(found)[:200]

    def take(self, name: str, code: str) -> dict[str, Any] | None:
        """Remove and give the reader's error of a field with a code, to judge it anew."""
        for error in self.errors:
            if error["field"] == name and error["code"] == code:
                self.errors.remove(error)
                return error
        return None

    @property
    def good(self) -> bool:
        return not self.errors


def _problem(column: str, value: str, code: str, message: str, name: str) -> dict[str, Any]:
    return {"column": column, "value": value, "code": code, "message": message, "field": name}


def plain_value(value: Any) -> Any:
    """Any value as JSON."""
    if isinstance(value, DateValue):
        return value.value.isoformat()
    if isinstance(value, (dt.date, dt.datetime, dt.time)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    if isinstance(value, (list, tuple)):
        return [plain_value(item) for item in value]
    if isinstance(value, dict):
        return {str(key): plain_value(item) for key, item in value.items()}
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    return str(value)
