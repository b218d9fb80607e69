"""Everything the register says of one unit on a day, each kind of fact read once. 中文：登记单元全貌"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from registry import access
from registry.codes import Reading
from registry.models import Act, Entry, Finding, Shape, Unit

HISTORY_SHOWN = 50
_BESIDE: list[str] = []  # what upper apps keep beside an entry, one row to one


def register_beside(name: str) -> None:
    """An upper app's row beside an entry comes with it: ``entry.<name>`` asks nothing on a unit's page."""
    _BESIDE.append(name)


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
        rows = Entry.objects.in_force().filter(unit=self.unit)
        return list(
            rows.select_related("party", "agent", "source", "batch", *_BESIDE).order_by(
                "kind", "code", "-valid", "id"
            )
        )

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
        rows = Finding.objects.open().filter(unit=self.unit).select_related("division").defer("place")
        return sorted(rows, key=lambda finding: _rank(finding))

    @cached_property
    def shape(self) -> Shape | None:
        """The shape of the day."""
        shape = Shape.objects.on(self.day).filter(unit=self.unit).select_related("source").first()
        if shape is not None:
            shape.unit = self.unit
        return shape

    @cached_property
    def acts(self) -> list[Act]:
        """The latest acts on the unit, newest first."""
        return list(Act.objects.filter(unit=self.unit).select_related("source", "batch")[:HISTORY_SHOWN])


def _rank(finding: Finding) -> tuple[Any, ...]:
    """What was found before what could not be told, the gravest, the new, the oldest first."""
    no_data = finding.reading == Reading.NO_DATA
    return (no_data, "EFWI".index(finding.severity), finding.baseline, finding.since)
