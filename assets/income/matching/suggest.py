"""Rank what a line that is not unique may be for, with the reasons. 中文：对账建议"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from . import memo
from .book import Book, Line

# What speaks for a suggestion, and how much.
WEIGHTS = {
    "contract": 60,  # the memo names the contract
    "payer": 45,  # the payer of the contract
    "alike": 30,  # a payer whose name is one slip away
    "period": 25,  # the memo names the period
    "amount": 25,  # the amount of one due, to the fen
    "sum": 18,  # the sum of the oldest dues, to the fen
    "oldest": 12,  # the oldest open due comes first
    "near": 6,  # due within two months of the payment
}
NEAR_DAYS, BY_AMOUNT, AT_MOST, SEVERAL = 62, 40, 8, 12


@dataclass(frozen=True)
class Suggestion:
    """``parts``: keys of dues and fen; ``rest``: what they leave of the line; ``reasons``: of WEIGHTS."""

    contract: int
    parts: tuple[tuple[int, int], ...]
    rest: int
    score: int
    reasons: tuple[str, ...]


class Ranking:
    """Suggestions for lines of one book; the index of amounts is made once."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self._by_amount: dict[int, list[int]] = defaultdict(list)
        for at, fen in enumerate(book.open):
            if fen > 0:
                self._by_amount[fen].append(at)

    def suggestions(self, line: Line, at_most: int = AT_MOST) -> list[Suggestion]:
        """The best first; each set of dues once."""
        said = memo.read(line.memo, self.book.numbers, line.year)
        best: dict[tuple[tuple[int, int], ...], Suggestion] = {}
        for contract, why in self._contracts(line, said).items():
            for places, reasons in self._ways(contract, line, said):
                made = self._made(contract, places, {*why, *reasons}, line)
                if made.parts and (made.parts not in best or best[made.parts].score < made.score):
                    best[made.parts] = made
        ranked = sorted(best.values(), key=lambda s: (-s.score, s.rest, s.parts))
        return ranked[:at_most]

    def _contracts(self, line: Line, said: memo.Said) -> dict[int, set[str]]:
        """Contracts that may be meant, and why."""
        found: dict[int, set[str]] = defaultdict(set)
        for contract in said.contracts:
            found[contract].add("contract")
        payers = self.book.payers_of(line)
        for payer in payers:
            for contract in self.book.contracts_of.get(payer, ()):
                found[contract].add("payer")
        for payer in self.book.alike(line) if not payers else ():
            for contract in self.book.contracts_of.get(payer, ()):
                found[contract].add("alike")
        if not found:
            near = sorted(
                self._by_amount.get(line.fen, ()), key=lambda at: abs(self.book.dues[at].due_on - line.day)
            )
            for at in near[:BY_AMOUNT]:
                found[self.book.dues[at].contract].add("amount")
        return found

    def _ways(self, contract: int, line: Line, said: memo.Said) -> list[tuple[list[int], set[str]]]:
        """Ways in which the line may settle dues of a contract, with what speaks for each."""
        book = self.book
        places = [at for at in book.of_contract.get(contract, ()) if book.open[at] > 0]
        ways: list[tuple[list[int], set[str]]] = []
        if said.months and (named := book.named(contract, said.months)):
            ways.append((named, {"period", *({"amount"} if _total(book, named) == line.fen else ())}))
        ways += [([at], {"amount"}) for at in places if book.open[at] == line.fen]
        for many in range(2, min(len(places), SEVERAL) + 1):
            if _total(book, places[:many]) == line.fen:
                ways.append((places[:many], {"sum"}))
        if places:
            ways.append((places, {"oldest"}))
        return ways

    def _made(self, contract: int, places: list[int], reasons: set[str], line: Line) -> Suggestion:
        rest, parts = line.fen, []
        for at in places:
            part = min(rest, self.book.open[at])
            if part > 0:
                parts.append((at, part))
                rest -= part
        if parts and parts[0][0] == self.book.oldest(contract):
            reasons = {*reasons, "oldest"}
        if parts and abs(self.book.dues[parts[0][0]].due_on - line.day) <= NEAR_DAYS:
            reasons = {*reasons, "near"}
        score = sum(WEIGHTS[reason] for reason in reasons) - (10 if rest else 0)
        told = tuple(sorted(reasons, key=lambda reason: -WEIGHTS[reason]))
        return Suggestion(
            contract, tuple((self.book.dues[at].key, part) for at, part in parts), rest, score, told
        )


def _total(book: Book, places: list[int]) -> int:
    return sum(book.open[at] for at in places)
