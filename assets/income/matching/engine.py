"""Settle what is unique and explained, in the order in which the money came. 中文：自动对账

A payer may say what he pays (the memo); what he does not say goes to the oldest open due of that payer and
contract (民法典第五百六十条). A line that stays open could have settled something older: what is not said
in the memos of later lines of that contract, or of that payer,
is then no longer unique and waits for a person.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from . import memo
from .book import Book, Line

MEMO_PERIOD, MEMO_CONTRACT, MEMO_SEVERAL = "memo_period", "memo_contract", "memo_several"
MEMO_PART, PAYER_AMOUNT = "memo_part", "payer_amount"


@dataclass(frozen=True, slots=True)
class Settled:
    """A part of a line that settles a due, and by which rule."""

    line: int
    due: int
    fen: int
    rule: str


@dataclass
class Outcome:
    settled: list[Settled] = field(default_factory=list)
    left: list[Line] = field(default_factory=list)


def settle(book: Book, lines: Iterable[Line], early_days: int) -> Outcome:
    """Match lines to the dues of the book, whose open amounts fall with them.

    :param early_days: how long before its day a due is taken to be what an unlabelled payment is for.
    """
    run = _Run(book, early_days)
    for line in sorted(lines, key=lambda line: (line.day, line.key)):
        run.take(line)
    return run.outcome


class _Run:
    def __init__(self, book: Book, early_days: int) -> None:
        self.book, self.early = book, early_days
        self.outcome = Outcome()
        self.waiting_contracts: set[int] = set()
        self.waiting_payers: set[int] = set()

    def take(self, line: Line) -> None:
        said = memo.read(line.memo, self.book.numbers, line.year)
        decided = self._by_contract(line, said) if said.contracts else self._by_payer(line, said)
        if decided is None:
            self._leave(line, said)
            return
        places, rule = decided
        rest = line.fen
        for at in places:
            part = min(rest, self.book.open[at])
            self.book.open[at] -= part
            rest -= part
            self.outcome.settled.append(Settled(line.key, self.book.dues[at].key, part, rule))

    def _leave(self, line: Line, said: memo.Said) -> None:
        self.outcome.left.append(line)
        if said.contracts:
            self.waiting_contracts.update(said.contracts)
        else:
            self.waiting_payers.update(self.book.payers_of(line) or self._may_be(line))

    def _may_be(self, line: Line) -> set[int]:
        """Who an unknown payer may be: a name one slip away, and a due of this amount open."""
        return {
            payer
            for payer in self.book.alike(line)
            if any(
                self.book.open[at] == line.fen
                for contract in self.book.contracts_of.get(payer, ())
                for at in self.book.of_contract[contract]
            )
        }

    def _by_contract(self, line: Line, said: memo.Said) -> tuple[list[int], str] | None:
        book = self.book
        if said.months:
            places = [at for contract in said.contracts for at in book.named(contract, said.months)]
            return self._named(line, places, said)
        oldest = [book.oldest(contract) for contract in said.contracts]
        places = [at for at in oldest if at is not None]
        waits = any(self._waits(contract) for contract in said.contracts)
        if waits or len(places) < len(oldest) or not all(self._in_window(at, line) for at in places):
            return None
        if sum(book.open[at] for at in places) == line.fen:
            return places, MEMO_CONTRACT if len(places) == 1 else MEMO_SEVERAL
        if len(places) == 1 and said.part and line.fen < book.open[places[0]]:
            return places, MEMO_PART
        return None

    def _named(self, line: Line, places: list[int], said: memo.Said) -> tuple[list[int], str] | None:
        """Dues that the memo names: all of them to the fen, or a part of one where it says so."""
        total = sum(self.book.open[at] for at in places)
        if places and total == line.fen:
            return places, MEMO_PERIOD if len(places) == 1 else MEMO_SEVERAL
        if len(places) == 1 and said.part and line.fen < total:
            return places, MEMO_PART
        return None

    def _by_payer(self, line: Line, said: memo.Said) -> tuple[list[int], str] | None:
        payers = self.book.payers_of(line)
        if len(payers) != 1:
            return None
        payer = next(iter(payers))
        contracts = sorted(self.book.contracts_of.get(payer, ()))
        if said.months:
            found = [f for c in contracts if (f := self._named(line, self.book.named(c, said.months), said))]
            exact = [f for f in found if f[1] != MEMO_PART]
            if len(exact) != 1:
                return None
            return exact[0][0], PAYER_AMOUNT if len(exact[0][0]) == 1 else MEMO_SEVERAL
        if said.part or payer in self.waiting_payers:
            return None
        fits = [at for c in contracts if (at := self._fitting(c, line)) is not None]
        if len(fits) != 1 or self.book.dues[fits[0]].contract in self.waiting_contracts:
            return None
        return fits, PAYER_AMOUNT

    def _fitting(self, contract: int, line: Line) -> int | None:
        """The oldest open due of a contract where it has the amount of the line and its day is near."""
        at = self.book.oldest(contract)
        fits = at is not None and self.book.open[at] == line.fen and self._in_window(at, line)
        return at if fits else None

    def _waits(self, contract: int) -> bool:
        payers = {self.book.dues[at].payer for at in self.book.of_contract.get(contract, ())[:1]}
        return contract in self.waiting_contracts or bool(payers & self.waiting_payers)

    def _in_window(self, at: int, line: Line) -> bool:
        return self.book.dues[at].due_on - line.day <= self.early
