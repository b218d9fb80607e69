"""The place of the land tests: a township with two villages, and files kept apart."""

import pytest

from tests import factories


@pytest.fixture
def files(settings, tmp_path):
    """Stored files of this test alone."""
    settings.FILES_DIR = tmp_path / "files"
    return tmp_path


@pytest.fixture
def township(db, files):
    """Xinhua with two villages, 532523205201 and 532523205202."""
    town = factories.township()
    factories.village(town, "戈纪街村委会", "532523205201")
    factories.village(town, "岩峰村委会", "532523205202")
    return town
