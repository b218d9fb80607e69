"""The register beside the account books of collectives at the end of a year. 中文：清产核资账实对照

One line an owner and asset: the owner's share of the original value, and what his book has for it. The same
reading as STK-06, asset by asset and owner by owner.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from assets.models import Asset, BookValue
from assets.stocktake_queries import latest_book_values
from registry.codes import STANDING, EntryCode, PartyKind
from registry.models import Entry, Party

CENT, ZERO = Decimal("0.01"), Decimal("0.00")
AGREE, DIFFER, NOT_BOOKED, NO_BOOK, NO_VALUE = "agree", "differ", "not_booked", "no_book", "no_value"


@dataclass(frozen=True)
class Compared:
    """An asset of an owner: by the register, and by the owner's book."""

    owner: Party
    asset: Asset
    register: Decimal | None
    book: BookValue | None
    state: str

    @property
    def difference(self) -> Decimal | None:
        """Book less register, where both are known."""
        if self.book is None or self.register is None:
            return None
        return self.book.value - self.register


@dataclass(frozen=True)
class Sums:
    """All of an owner together."""

    owner: Party
    assets: int
    register: Decimal
    booked: Decimal
    wrong: int
    no_book: bool = False  # nothing of it is entered: not the same as a book that says nothing

    @property
    def difference(self) -> Decimal:
        return self.booked - self.register


def compared(scoped: Any, day: dt.date) -> list[Compared]:
    """``scoped``: assets of a place. Four queries."""
    rows = scoped.in_force().filter(unit__state__in=STANDING).select_related("unit__division")
    assets = {asset.unit_id: asset for asset in rows}
    rights = Entry.objects.on(day).filter(
        code=EntryCode.OWNERSHIP, unit__in=assets, party__kind=PartyKind.VILLAGE_COLLECTIVE
    )
    held = list(rights.select_related("party").order_by("party__name", "party", "unit__code", "pk"))
    known = BookValue.objects.in_force().filter(owner__in={entry.party_id for entry in held})
    books = {
        (book.unit_id, book.owner_id): book for book in latest_book_values(day, known.filter(unit__in=assets))
    }
    begun = set(known.filter(on__lte=day).values_list("owner", flat=True))
    return [_compare(entry, assets[entry.unit_id], books, begun) for entry in held]


def _compare(
    entry: Entry, asset: Asset, books: dict[tuple[int, int], BookValue], begun: set[int]
) -> Compared:
    book = books.get((entry.unit_id, entry.party_id))
    mine = None
    if asset.original_value is not None:
        mine = (asset.original_value * entry.share_num / entry.share_den).quantize(CENT, ROUND_HALF_UP)
    if mine is None:
        state = NO_VALUE
    elif book is None:
        state = NOT_BOOKED if entry.party_id in begun else NO_BOOK
    else:
        state = AGREE if book.value == mine else DIFFER
    return Compared(entry.party, asset, mine, book, state)


def summed(found: list[Compared]) -> list[Sums]:
    """By owner, in the order of their names."""
    owners: dict[int, list[Compared]] = {}
    for one in found:
        owners.setdefault(one.owner.pk, []).append(one)
    return [
        Sums(
            rows[0].owner,
            len(rows),
            sum((one.register or ZERO for one in rows), ZERO),
            sum((one.book.value for one in rows if one.book), ZERO),
            sum(1 for one in rows if one.state != AGREE),
            all(one.state in (NO_BOOK, NO_VALUE) for one in rows),
        )
        for rows in owners.values()
    ]
