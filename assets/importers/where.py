"""Which place does a ledger row mean? By code, by names, or both agreeing. 中文：行政区划匹配"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from registry.codes import LEVEL_ORDER, CodeSystem, Level
from registry.models import Division
from registry.queries.places import Places, plain, stem
from registry.readers.table.problems import CellProblem

BELOW = (Level.VILLAGE, Level.NATURAL_VILLAGE)  # either is written in a column of villages
SYSTEMS = (CodeSystem.NBS, CodeSystem.MCA, CodeSystem.SURVEY)


class PlaceProblem(CellProblem):
    """A place that cannot be told; ``field`` is the cell that says it."""

    def __init__(self, field: str, message: Any, code: str) -> None:
        super().__init__(message, code)
        self.field = field


class Where:
    """Finds the place of ledger rows; ``within`` limits them to a division."""

    def __init__(self, places: Places, within: Division | None = None) -> None:
        self.places = places
        self.within = within
        self.system: str = CodeSystem.NBS

    def choose_system(self, rows: Iterable[Mapping[str, Any]]) -> str:
        """The code system that the file uses: the one under which codes and names agree most often."""
        agreed: Counter[str] = Counter()
        for values in rows:
            for system in SYSTEMS:
                place = self.places.coded(str(values.get("division_code") or ""), system)
                if place is not None:
                    agreed[system] += 1 + 2 * self._names_agree(place, values)
        self.system = max(SYSTEMS, key=lambda system: (agreed[system], -SYSTEMS.index(system)))
        return self.system

    def named_in(self, titles: Iterable[str]) -> Division | None:
        """The only township that the titles of a sheet name (新华乡2021年资产台账)."""
        text = plain("".join(titles))
        found = {
            place.pk: place
            for _short, place in self.places.stems[Level.TOWNSHIP]
            if plain(place.name) in text and (self.within is None or place.path.startswith(self.within.path))
        }
        return next(iter(found.values())) if len(found) == 1 else None

    def _names_agree(self, place: Division, values: Mapping[str, Any]) -> bool:
        pairs = [
            (str(values[field]), found)
            for field, level in (("township", Level.TOWNSHIP), ("village", Level.VILLAGE))
            if values.get(field) and (found := self.places.above(place, level)) is not None
        ]
        return bool(pairs) and all(stem(name) == stem(found.name) for name, found in pairs)

    def find(self, values: Mapping[str, Any], near: Division | None = None) -> Division:
        """The place of a row; ``near`` is the township that the sheet's title names.

        :raises PlaceProblem: with what was found, and names that are near.
        """
        code = str(values.get("division_code") or "")
        place = self._by_code(code) if code else None
        township = self._township(values, place)
        village = self._village(values, place, township or (None if place else near))
        found = village or township or place or near or self.within
        if found is None:
            raise PlaceProblem(
                "village", _("The row names no place. Write the division code, or township and village."),
                "division_missing",
            )  # fmt: skip
        found = self._natural(values, found)
        if self.within is not None and not found.path.startswith(self.within.path):
            raise PlaceProblem(
                "village" if values.get("village") else "division_code",
                _("%(place)s does not lie in %(division)s, for which this file is imported.")
                % {"place": self.places.label(found), "division": self.within.name},
                "outside_division",
            )
        return found

    def _by_code(self, code: str) -> Division:
        place = self.places.coded(code, self.system) or self.places.coded(_short(code), self.system)
        if place is None:
            others = [s for s in SYSTEMS if s != self.system and self.places.coded(code, s)]
            hint = _(" It is a %(system)s.") % {"system": CodeSystem(others[0]).label} if others else ""
            raise PlaceProblem(
                "division_code",
                _("No place has the %(system)s %(code)s.")
                % {"system": CodeSystem(self.system).label, "code": code}
                + hint,
                "division_unknown",
            )
        return place

    def _township(self, values: Mapping[str, Any], place: Division | None) -> Division | None:
        name = str(values.get("township") or "")
        if not name:
            return None
        coded = self.places.above(place, Level.TOWNSHIP) if place else None
        if coded is not None:
            if stem(coded.name) != stem(name):
                self._contradiction("township", place, name)
            return None
        return self._one("township", name, Level.TOWNSHIP, self.within)

    def _village(
        self, values: Mapping[str, Any], place: Division | None, township: Division | None
    ) -> Division | None:
        name = str(values.get("village") or "")
        if not name:
            return None
        coded = self.places.above(place, Level.VILLAGE) if place else None
        if coded is not None:
            own = {stem(found.name) for found in self.places.line(place or coded) if found.level in BELOW}
            if not own & {stem(name), stem(self._bare(name))}:
                self._contradiction("village", place, name)
            return None
        return self._one("village", self._bare(name), Level.VILLAGE, township or place or self.within)

    def _bare(self, name: str) -> str:
        """新华乡新华村 without its township."""
        text = plain(name)
        for _short, place in self.places.stems[Level.TOWNSHIP]:
            prefix = plain(place.name)
            if text.startswith(prefix) and text != prefix:
                return text.removeprefix(prefix)
        return name

    def _natural(self, values: Mapping[str, Any], place: Division) -> Division:
        name = str(values.get("natural_village") or "")
        if not name or place.level != Level.VILLAGE:
            return place
        found = self.places.named(name, Level.NATURAL_VILLAGE, place)
        return found[0] if len(found) == 1 else place

    def _one(self, field: str, name: str, level: str, within: Division | None) -> Division:
        above = within if within and LEVEL_ORDER.index(within.level) < LEVEL_ORDER.index(level) else None
        found = self.places.named(name, level, above)
        if len(found) == 1:
            return found[0]
        where = self.places.label(above) if above else _("the register")
        if found:
            listed = "、".join(self.places.label(place) for place in found[:5])
            raise PlaceProblem(
                field,
                _("“%(name)s” can be %(listed)s. Write the township too, or the code.")
                % {"name": name, "listed": listed},
                "division_ambiguous",
            )
        near = "、".join(self.places.near(name, level, above)) or "—"
        raise PlaceProblem(
            field,
            _("%(where)s has no %(level)s “%(name)s”. Near names: %(near)s.")
            % {"where": where, "level": Level(level).label, "name": name, "near": near},
            "division_unknown",
        )

    def _contradiction(self, field: str, place: Division | None, name: str) -> None:
        raise PlaceProblem(
            field,
            _("The code means %(place)s, the row says “%(name)s”. Correct one of the two.")
            % {"place": self.places.label(place) if place else "", "name": name},
            "division_contradiction",
        )


def _short(code: str) -> str:
    """A code filled up with zeros, in its own length: 532523205000 is the township 532523205."""
    for length in (6, 9):
        if len(code) > length and not code[length:].strip("0"):
            return code[:length]
    return code
