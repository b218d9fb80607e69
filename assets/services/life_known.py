"""What the guards of an asset's acts ask of the register, each kind read once. 中文：办理条件依据"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from assets.models import UpkeepTerms
from assets.rules.disposal import APPROVALS
from registry.codes import EntryCode
from registry.models import Entry, Notice, Unit
from registry.queries.divisions import go_live_of
from registry.queries.prepared import Prepared
from registry.queries.sheet import UnitSheet
from registry.rules import parameters
from registry.rules.notices import NOTICE_DAYS

_NOTICES = Prepared(lambda unit, day: Notice.objects.in_force().filter(units=unit, closed_on__lt=day))


@dataclass
class Known:
    """What the register holds of a unit on a day; a page shares one among all the acts that it offers."""

    unit: Unit
    day: dt.date

    @cached_property
    def entries(self) -> list[Entry]:
        """Entries that hold on the day."""
        rows = Entry.objects.on(self.day).filter(unit=self.unit)
        return list(rows.select_related("party", "source", "upkeep_terms"))

    def held(self, code: str) -> list[Entry]:
        return [entry for entry in self.entries if entry.code == code]

    @property
    def terms(self) -> list[UpkeepTerms]:
        """The terms of the duties of upkeep that hold."""
        duties = self.held(EntryCode.UPKEEP)
        return [duty.upkeep_terms for duty in duties if hasattr(duty, "upkeep_terms")]

    @cached_property
    def notices(self) -> list[Notice]:
        """Notices that name the unit and were over before the day."""
        return _NOTICES(self.unit.pk, self.day)

    @cached_property
    def go_live(self) -> dt.date | None:
        return go_live_of(self.unit.division)

    @cached_property
    def _parameters(self) -> Callable[[str, str], Any]:
        return parameters.resolver([NOTICE_DAYS, APPROVALS], self.day)

    def parameter(self, key: str) -> Any:
        """A threshold of the place on the day."""
        return self._parameters(key, self.unit.division.path)


def known_of(sheet: UnitSheet) -> Known:
    """What the panels of a page share; entries that the page has read are taken over."""
    if "known" not in sheet.memory:
        known = sheet.memory["known"] = Known(sheet.unit, sheet.day)
        known.entries = [entry for entry in sheet.entries if sheet.day in entry.valid]
    return sheet.memory["known"]
