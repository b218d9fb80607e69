"""Lists: filters kept under a name, the things, the book, and what is done to all that match."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.models import Act, SavedFilter, Unit
from tests import factories as make


def test_pages(as_, road):
    client = as_("asset_manager")
    for url in ("/register/", "/units/", "/units/?q=道路&placed=no", "/acts/", "/findings/", "/assets/?q=1"):
        assert client.get(url).status_code == 200, url
