"""Everything the register says of one unit on a day, each kind of fact read once. 中文：登记单元全貌"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from registry import access
from registry.codes import Reading
from registry.models import Act, Entry, Finding, Shape, Unit

from .prepared import Prepared

HISTORY_SHOWN = 50
_BESIDE: list[str] = []  # what upper apps keep beside an entry, one row to one


def register_beside(name: str) -> None:
    """An upper app's row beside an entry comes with it: ``entry.<name>`` asks nothing on a unit's page."""
    _BESIDE.append(name)


def _entries(unit: int) -> Any:
    rows = Entry.objects.in_force().filter(unit=unit)
    beside = rows.select_related("party", "agent", "source", "batch", *_BESIDE)
    return beside.order_by("kind", "code", "-valid", "id")


_ENTRIES = Prepared(_entries)
_FINDINGS = Prepared(
    lambda unit: Finding.objects.open().filter(unit=unit).select_related("division").defer("place")
)
_SHAPE = Prepared(
    lambda day, unit: Shape.objects.on(day).filter(unit=unit).select_related("source").order_by("pk")[:1]
)
_ACTS = Prepared(lambda unit: Act.objects.filter(unit=unit).select_related("source", "batch")[:HISTORY_SHOWN])


@dataclass
class UnitSheet:
    """The unit as a user sees it on a day. Every property is one query at most."""

    unit: Unit
    user: Any
    day: dt.date
    memory: dict[str, Any] = field(
        default_factory=dict, repr=False
    )  # what upper apps read once for several panels

    @cached_property
    def entries(self) -> list[Entry]:
        """All entries that were neither corrected nor taken back, past ones included."""
        return _ENTRIES(self.unit.pk)

    @property
    def names(self) -> bool:
        """Whether the user may read the full names of responsible persons."""
        return access.may(self.user, "see_personal", self.unit.division)

    def held(self, *codes: str) -> list[Entry]:
        """Entries of these codes that hold on the day."""
        return [entry for entry in self.entries if entry.code in codes and self.day in entry.valid]

    @cached_property
    def findings(self) -> list[Finding]:
        """Open findings of the unit, the gravest first."""
        return sorted(_FINDINGS(self.unit.pk), key=lambda finding: _rank(finding))

    @cached_property
    def shape(self) -> Shape | None:
        """The shape of the day."""
        shape = _SHAPE.first(self.day, self.unit.pk)
        if shape is not None:
            shape.unit = self.unit
        return shape

    @cached_property
    def acts(self) -> list[Act]:
        """The latest acts on the unit, newest first."""
        return _ACTS(self.unit.pk)


def _rank(finding: Finding) -> tuple[Any, ...]:
    """What was found before what could not be told, the gravest, the new, the oldest first."""
    no_data = finding.reading == Reading.NO_DATA
    return (no_data, "EFWI".index(finding.severity), finding.baseline, finding.since)
