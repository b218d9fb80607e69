"""The titles of the columns are written down, ledger by ledger."""

from pathlib import Path

import pytest

from assets.exporters.ledger import COLUMNS
from registry import importers

WRITTEN = (Path(__file__).resolve().parents[2] / "docs" / "domain" / "titles.md").read_text(encoding="utf-8")
LEDGERS = [
    one for one in importers.all_importers() if one.kind.startswith("ledger:") and hasattr(one, "table")
]


@pytest.mark.parametrize("ledger", LEDGERS, ids=lambda one: one.kind)
def test_the_customary_title_of_every_column_is_written_down(ledger):
    part = WRITTEN.split(f"`{ledger.kind.split(':')[1]}`", 1)[1].split("\n## ", 1)[0]
    assert [field.heads[0] for field in ledger.table.fields if f"| {field.heads[0]} |" not in part] == []


def test_what_the_asset_ledger_gives_is_read_or_written_down_as_left_aside():
    table = importers.get("ledger:assets").table
    read = {head for field in table.fields for head in field.heads}
    extra = [column.official for column in COLUMNS if column.official.removesuffix("（元）") not in read]
    assert [title for title in extra if title not in WRITTEN] == []
