"""Hold matches and suggestions against the truth of a made world. 中文：对账结果评分"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from assets.income.matching.book import Book, Line
from assets.income.matching.engine import Outcome
from assets.income.matching.suggest import Ranking

from .generate import World


@dataclass
class Score:
    """``right`` of ``matched`` lines; ``true`` lines have a due; ``first_three`` of ``left`` ones."""

    matched: int = 0
    right: int = 0
    true: int = 0
    left: int = 0
    first_three: int = 0
    by_kind: Counter[str] = field(default_factory=Counter)
    wrong: list[int] = field(default_factory=list)
    missed: Counter[str] = field(default_factory=Counter)
    made: dict[int, dict[int, int]] = field(default_factory=dict)

    @property
    def precision(self) -> float:
        return self.right / self.matched if self.matched else 1.0

    @property
    def automatic(self) -> float:
        return self.matched / self.true if self.true else 0.0

    @property
    def ranked(self) -> float:
        return self.first_three / self.left if self.left else 1.0


def score(world: World, outcome: Outcome) -> Score:
    """Precision, share matched by itself, right dues among the first three suggestions."""
    made: dict[int, dict[int, int]] = defaultdict(dict)
    for one in outcome.settled:
        made[one.line][one.due] = one.fen
    found = Score(made=made, true=sum(1 for dues in world.truth.values() if dues))
    for line, dues in made.items():
        found.matched += 1
        found.by_kind[world.kinds[line]] += 1
        if dues == world.truth[line]:
            found.right += 1
        else:
            found.wrong.append(line)
    _rank(world, set(made), found)
    return found


def _rank(world: World, matched: set[int], found: Score) -> None:
    """Suggestions as an officer sees them who works through the lines by day."""
    book = book_of(world)
    ranking = Ranking(book)
    place = {due.key: at for at, due in enumerate(book.dues)}
    for line in sorted(fresh(world), key=lambda line: (line.day, line.key)):
        truth = world.truth[line.key]
        if truth and line.key not in matched:
            found.left += 1
            offered = ranking.suggestions(line, 3)
            if any(dict(one.parts) == truth for one in offered):
                found.first_three += 1
            else:
                found.missed[world.kinds[line.key]] += 1
        for due, fen in truth.items():
            book.open[place[due]] -= fen


def book_of(world: World) -> Book:
    return Book(world.dues, world.numbers, [(name, party) for party, name in world.names.items()])


def fresh(world: World) -> Iterable[Line]:
    """Lines without those that were delivered before."""
    return (line for line in world.lines if line.key not in world.copies)
