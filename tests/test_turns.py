"""The long files begin: those that tests/conftest.py names are there, and come before all others."""

from pathlib import Path
from types import SimpleNamespace

from tests.conftest import LONG, pytest_collection_modifyitems

ROOT = Path(__file__).resolve().parents[1]


def test_every_long_file_is_there():
    assert [name for name in LONG if not (ROOT / name).is_file()] == []


def test_long_files_begin_and_the_others_keep_their_order():
    others = ["tests/maps/test_tiles.py", "tests/land/test_area.py", "tests/maps/test_tiles.py"]
    items = [SimpleNamespace(nodeid=f"{name}::test_one") for name in [*others, LONG[1], LONG[0]]]
    pytest_collection_modifyitems(items)
    assert [item.nodeid.partition("::")[0] for item in items] == [LONG[0], LONG[1], *others]
