"""Importers of ledgers of one kind: what the asset ledger says, and what the kind has of its own.

中文：专项台账导入。Places, money, rights and keepers are those of the asset ledger.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from assets.kinds import Kind
from registry.models import ImportBatch, User

from .assets import AssetsImporter
from .own_values import compare, said, write
from .sheetrow import SheetRow, plain_value


class OwnImporter(AssetsImporter):
    """The ledger of one kind of assets: what the asset ledger says, and the own facts of the kind."""

    own: Kind
    asset_class: str
    subtype: str

    def judge_row(self, row: SheetRow, judge: Any) -> None:
        values = said(self.own, row)
        row.source.values.pop("remark", None)  # it is a remark on the own facts
        row.source.values |= {"asset_class": self.asset_class, "subtype": self.subtype}
        super().judge_row(row, judge)
        row.values["own"] = {name: plain_value(value) for name, value in values.items()}

    def compare(self, rows: Sequence[SheetRow], day: dt.date) -> Any:
        book = super().compare(rows, day)
        compare(self.own, rows, "own")
        return book

    def apply(self, batch: ImportBatch, *, by: User | None) -> None:
        super().apply(batch, by=by)
        write(self.own, batch, "own", by, self.more(batch, by))

    def more(self, batch: ImportBatch, by: User | None) -> Any:
        """Values that are not the kind's own parts, by staged row; nothing for most."""
        return None
