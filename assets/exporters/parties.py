"""Lists of parties under the heads that their import understands. 中文：主体名录导出

Numbers of identity cards and phones are never written; names of natural persons only for those who may see
them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from assets.importers.columns import PARTY_KINDS
from registry.codes import PRIVATE_KINDS
from registry.exports import Column
from registry.queries.divisions import codes_by_division

from .upkeep import word_of

COLUMNS = (
    Column("名称", lambda party: party.name, width=30, person=lambda party: party.kind in PRIVATE_KINDS),
    Column("主体类型", lambda party: word_of(PARTY_KINDS, party.kind), width=18),
    Column("统一社会信用代码", lambda party: party.uscc, "code", 22),
    Column("行政区划代码", lambda party: party.place_code, "code"),
)


def preparer() -> Callable[[list[Any]], None]:
    """Gives each chunk of parties its place codes; one query a chunk."""

    def prepare(parties: list[Any]) -> None:
        codes = codes_by_division({party.division_id for party in parties})
        for party in parties:
            party.place_code = codes.get(party.division_id)

    return prepare
