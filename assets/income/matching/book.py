"""The rows that are matched: receivables that are open, and lines that came in. 中文：对账数据"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from . import memo, names


@dataclass(frozen=True, slots=True)
class Due:
    """A receivable: ``first``, ``last`` are the months of its period, ``fen`` what is open."""

    key: int
    contract: int
    payer: int
    due_on: int
    first: int
    last: int
    fen: int


@dataclass(frozen=True, slots=True)
class Line:
    """Money that came in, as the bank wrote it. ``fen`` is what of it is not matched yet."""

    key: int
    day: int
    year: int
    fen: int
    name: str
    account: str
    memo: str


@dataclass
class Book:
    """Receivables by contract, oldest first, and who is known to pay for whom."""

    dues: list[Due]
    open: list[int] = field(init=False)
    of_contract: dict[int, list[int]] = field(init=False)
    contracts_of: dict[int, set[int]] = field(init=False)
    payers: dict[str, frozenset[int]] = field(init=False)
    numbers: memo.Numbers = field(init=False)

    def __init__(
        self,
        dues: Iterable[Due],
        numbers: Mapping[str, int],
        payers: Iterable[tuple[str, int]],
        accounts: Mapping[str, int] | None = None,
    ) -> None:
        """``numbers``: contract by its number. ``payers``: names (also remembered ones) and their parties.

        ``accounts``: party by the bank account from which it is known to pay.
        """
        self.dues = sorted(dues, key=lambda due: (due.due_on, due.key))
        self.open = [due.fen for due in self.dues]
        self.of_contract, self.contracts_of = defaultdict(list), defaultdict(set)
        for at, due in enumerate(self.dues):
            self.of_contract[due.contract].append(at)
            self.contracts_of[due.payer].add(due.contract)
        found: dict[str, set[int]] = defaultdict(set)
        for name, party in payers:
            found[names.key(name)].add(party)
        found.pop("", None)
        self.payers = {name: frozenset(parties) for name, parties in found.items()}
        self.accounts = dict(accounts or {})
        self.numbers = memo.Numbers(numbers)
        self._likeness: names.Likeness | None = None
        self._first: dict[int, int] = {}

    @property
    def likeness(self) -> names.Likeness:
        if self._likeness is None:
            self._likeness = names.Likeness(self.payers)
        return self._likeness

    def payers_of(self, line: Line) -> frozenset[int]:
        """Who the payer is: by the account it pays from, else by its name; several bear one name."""
        known = self.accounts.get(line.account) if line.account else None
        return (
            frozenset((known,)) if known is not None else self.payers.get(names.key(line.name), frozenset())
        )

    def alike(self, line: Line) -> frozenset[int]:
        """Parties whose name is one slip away from the payer's."""
        near = self.likeness.near(names.key(line.name))
        return frozenset(party for name in near for party in self.payers[name])

    def oldest(self, contract: int) -> int | None:
        """The oldest open due of a contract (place in ``dues``). 中文：最早到期未清"""
        places, start = self.of_contract.get(contract, []), self._first.get(contract, 0)
        while start < len(places) and self.open[places[start]] <= 0:
            start += 1
        self._first[contract] = start
        return places[start] if start < len(places) else None

    def named(self, contract: int, months: frozenset[int]) -> list[int]:
        """Open dues of a contract that months name: those that lie in them, else the one they lie in."""
        places = [at for at in self.of_contract.get(contract, ()) if self.open[at] > 0]
        inside = [
            at
            for at in places
            if all(m in months for m in range(self.dues[at].first, self.dues[at].last + 1))
        ]
        if inside:
            return inside
        around = [at for at in places if all(self.dues[at].first <= m <= self.dues[at].last for m in months)]
        return around if len(around) == 1 else []
