"""The fixed cast of the page tests: two townships, one user a role, a signed-in client for each."""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from registry.codes import Role
from registry.models import Finding
from tests import factories as make
from tests.template import as_migrated

CHROMIUM_WORDS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
BACKEND = "django.contrib.auth.backends.ModelBackend"


# Files that take longest, the longest first; what is not named takes its turn after them.
LONG = (
    "tests/demo/test_demo.py",
    "tests/test_access.py",
    "tests/land/test_bench.py",
    "tests/registry/test_changed.py",
    "tests/site/test_serving.py",
    "tests/test_quality.py",
    "tests/assets/test_ledger_import.py",
    "tests/income/test_bench.py",
    "tests/registry/test_demo_generator.py",
    "tests/income/test_identities.py",
    "tests/assets/test_bench.py",
    "tests/test_query_counts.py",
)
TURN = {name: turn for turn, name in enumerate(LONG)}


@pytest.hookimpl(trylast=True)  # after the order that pytest-django gives
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """On several processes one serves the demo site; long files begin, so that none is left for the end."""
    items.sort(key=lambda item: TURN.get(item.nodeid.partition("::")[0], len(LONG)))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: Any, django_db_blocker: Any) -> None:
    """Every process has a database of its own, and the migrations run once for all of them."""
    with django_db_blocker.unblock():
        connection.settings_dict["TEST"]["TEMPLATE"] = as_migrated()


LEFT = """
SELECT pid, state, backend_start, left(query, 200), pg_terminate_backend(pid) FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: Any, django_db_blocker: Any) -> Iterator[None]:
    """Sessions that are still there at the end are told and closed, so that the database can be dropped."""
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(LEFT)
        for pid, state, begun, query, _closed in cursor.fetchall():
            sys.stderr.write(f"a session was left open: {pid} {state} {begun} {query}\n")


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Headless Chromium of the system, one for all tests of a process: two drivers cannot share a thread."""
    from playwright.sync_api import sync_playwright

    # its event loop stays in this thread; the tests that follow here ask the database in it as ever
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as play:
        chromium = play.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
            args=CHROMIUM_WORDS,
        )
        yield chromium
        chromium.close()


def settings_of(folder: Path) -> dict[str, Any]:
    """Settings of the page tests: files of their own, and passwords that are quick to make."""
    (folder / "files").mkdir()
    return {
        "FILES_DIR": folder / "files",
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
    }


@pytest.fixture
def cast(db: Any, settings: Any, tmp_path: Path) -> SimpleNamespace:
    """The cast, with files of its own."""
    for name, value in settings_of(tmp_path).items():
        setattr(settings, name, value)
    return cast_of_two_townships()


def cast_of_two_townships() -> SimpleNamespace:
    """屏边县 with 新华乡 (a village) and 湾塘乡 (a village); users by role."""
    county = make.county(go_live=dt.date(2026, 1, 1))
    xinhua, wantang = make.township(county), make.township(county, "湾塘乡", "532523206")
    village, far = make.village(xinhua), make.village(wantang, "湾塘村委会", "532523206200")
    places = {
        Role.ADMIN: county,
        Role.COUNTY: county,
        Role.ASSET_MANAGER: xinhua,
        Role.LAND_OFFICER: xinhua,
        Role.FINANCE_OFFICER: xinhua,
        Role.CLERK: village,
        Role.AUDITOR: county,
        Role.PUBLIC: xinhua,
    }
    users = {
        str(role): make.user(role, place, str(role), full_name=f"{role}") for role, place in places.items()
    }
    users["elsewhere"] = make.user(Role.ASSET_MANAGER, wantang, "elsewhere")
    users["nobody"] = make.user(name="nobody")
    return SimpleNamespace(
        county=county, xinhua=xinhua, wantang=wantang, village=village, far=far, users=users
    )


@pytest.fixture
def as_(cast: SimpleNamespace) -> Any:
    """as_("clerk"): a client signed in as that user of the cast; as_("anonymous"): nobody signed in."""

    return partial(sign_in, cast)


def sign_in(cast: SimpleNamespace, who: str) -> Client:
    """A client signed in as that user of the cast."""
    client = Client()
    if who != "anonymous":
        client.force_login(cast.users[who], backend=BACKEND)
    return client


@pytest.fixture
def road(cast: SimpleNamespace) -> Any:
    """The road of the cast."""
    return road_of(cast)


def road_of(cast: SimpleNamespace) -> Any:
    """A road of 新华村, kept up by the villagers' committee, with a person, a paper and an inspection."""
    asset = make.asset("小寨产业道路", cast.village, subtype="road", code="532523205200-W01-2021-0001")
    person = make.person("李秀英", cast.village, phone="13887350000")
    body = make.party("新华村民委员会", "village_committee", cast.village)
    make.upkeep(asset, body, person, source=make.source(cast.xinhua, "新政发〔2025〕12号"))
    make.entry(asset, "ownership", make.party("新华村股份经济合作社", of=cast.village))
    make.inspection(asset, dt.date(2026, 1, 5), inspector="李秀英")
    return asset


@pytest.fixture
def plant(cast: SimpleNamespace) -> Any:
    """A processing plant whose income belongs to two villages."""
    asset = make.asset("草果加工厂", cast.village, subtype="processing", code="532523205200-O02-2022-0002")
    make.entry(asset, "income", make.party("甲村合作社", of=cast.village), share="3/5")
    make.entry(asset, "income", make.party("乙村合作社", of=cast.village), share="2/5")
    return asset


def open_finding(unit: Any, rule: str = "UPK-01", **fields: Any) -> Finding:
    """An open finding on a unit, as an evaluation leaves it."""
    values = {
        "subject_type": "unit",
        "subject_key": unit.code,
        "unit": unit,
        "division": unit.division,
        "severity": "F",
        "since": dt.date(2026, 2, 1),
        "opened_on": dt.date(2026, 2, 2),
        "read_on": dt.date(2026, 2, 2),
        "details": {"name": unit.name},
        "fingerprint": "0" * 64,
    } | fields
    return Finding.objects.create(rule=rule, **values)
