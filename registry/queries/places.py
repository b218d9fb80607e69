"""Find places by code or by the names that people write. 中文：按代码或名称查找区划"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

from registry import clock
from registry.codes import CodeSystem, Level
from registry.models import Division, DivisionCode

from .divisions import successors_of

SUFFIXES = re.compile(
    r"(村民委员会|社区居民委员会|居民委员会|社区居委会|村委会|居委会|社区|行政村|自然村|村民小组|小组|村|寨|镇|乡)$"
)


@lru_cache(maxsize=50_000)
def plain(name: str) -> str:
    """A name without spaces, widths and brackets that differ between files."""
    return re.sub(r"[\s·•\-—_（）()]", "", unicodedata.normalize("NFKC", name or "").replace("（", "("))


@lru_cache(maxsize=50_000)
def stem(name: str) -> str:
    """What is left of a name without its ending: 新华村委会 and 新华村 are both 新华."""
    text = plain(name)
    cut = SUFFIXES.sub("", text)
    return cut or text


class Places:
    """The divisions in memory, to look many of them up. Two queries; two more where some have ended.

    The name or code of a place that has ended means the one that follows it; where several do, nobody.
    """

    def __init__(self, rows: Iterable[Division] | None = None) -> None:
        known = list(Division.objects.all() if rows is None else rows)
        today = clock.today()
        self.by_pk = {place.pk: place for place in known}
        self.homes: dict[tuple[str, str, int], int] = {}  # kept by those who look names up again and again
        self.all = [place for place in known if not place.valid.upper or place.valid.upper > today]
        self.ended = {place.pk: place for place in known if place not in self.all}
        self._heirs = {
            key: self.by_pk[found[0].pk]
            for key, found in successors_of(self.ended).items()
            if len(found) == 1 and found[0].pk in self.by_pk
        }
        self.children: dict[int | None, list[Division]] = defaultdict(list)
        for place in self.all:
            self.children[place.parent_id].append(place)
        self.by_name: dict[tuple[str, str], list[Division]] = defaultdict(list)
        self.by_stem: dict[tuple[str, str], list[Division]] = defaultdict(list)
        self.stems: dict[str, list[tuple[str, Division]]] = defaultdict(list)
        for place in self.all:
            self.stems[place.level].append((stem(place.name), place))
            self.by_name[place.level, plain(place.name)].append(place)
            self.by_stem[place.level, stem(place.name)].append(place)
        for key, heir in self._heirs.items():
            self._also_called(self.ended[key], heir)
        self.by_code: dict[str, dict[str, Division]] = defaultdict(dict)
        codes = DivisionCode.objects.order_by("valid").values_list("system", "code", "division_id")
        for system, code, pk in codes:
            if pk in self.by_pk:
                self.by_code[system][code] = self.by_pk[pk]

    def _also_called(self, ended: Division, heir: Division) -> None:
        for names in (
            self.by_name[ended.level, plain(ended.name)],
            self.by_stem[ended.level, stem(ended.name)],
        ):
            if not names:
                names.append(heir)

    def holder(self, code: str, system: str = CodeSystem.NBS) -> Division | None:
        """The division that carries a code, or was the last to carry it, as it stands in the book."""
        return self.by_code[system].get(code)

    def coded(self, code: str, system: str = CodeSystem.NBS) -> Division | None:
        """The division that a code means today (the newest holder, or the one that follows it)."""
        found = self.holder(code, system)
        return found if found is None or found.pk not in self.ended else self._heirs.get(found.pk)

    def named(self, name: str, level: str, within: Division | None = None) -> list[Division]:
        """Divisions of a level with this name, below a division: whole names first, else without endings."""
        return self._pick(self.by_name[level, plain(name)], within) or self._pick(
            self.by_stem[level, stem(name)], within
        )

    @staticmethod
    def _pick(places: list[Division], within: Division | None) -> list[Division]:
        if within is None:
            return list(places)
        return [place for place in places if place.path.startswith(within.path) and place.pk != within.pk]

    def near(self, name: str, level: str, within: Division | None = None, limit: int = 3) -> list[str]:
        """Names of a level that look like this one, the nearest first."""
        names = {
            place.name
            for place in self.all
            if place.level == level and (within is None or place.path.startswith(within.path))
        }
        by_stem = {stem(found): found for found in names}
        close = difflib.get_close_matches(stem(name), by_stem, n=limit, cutoff=0.4)
        return [by_stem[found] for found in close]

    def line(self, place: Division) -> list[Division]:
        """The place and everything above it, the top first."""
        return [self.by_pk[int(key)] for key in place.path.split("/") if key and int(key) in self.by_pk]

    def above(self, place: Division, level: str) -> Division | None:
        """The division of a level at or above a place."""
        return next((found for found in self.line(place) if found.level == level), None)

    def label(self, place: Division) -> str:
        """A place as people say it: 新华乡新华村委会."""
        levels = (Level.COUNTY, Level.PREFECTURE, Level.PROVINCE)
        return "".join(found.name for found in self.line(place) if found.level not in levels) or place.name
