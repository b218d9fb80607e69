"""Every address of the site, for every role: who gets in, who is refused, who is sent to the sign-in page.

A new address without a line here fails ``test_every_address_has_a_line``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from registry.codes import Role
from registry.models import ImportBatch, StoredFile
from tests import factories as make
from tests.conftest import open_finding

ADMIN, COUNTY, ASSETS, LAND, FINANCE, CLERK, AUDITOR = (
    str(Role.ADMIN), str(Role.COUNTY), str(Role.ASSET_MANAGER), str(Role.LAND_OFFICER),
    str(Role.FINANCE_OFFICER), str(Role.CLERK), str(Role.AUDITOR),
)  # fmt: skip
ROLES = frozenset({ADMIN, COUNTY, ASSETS, LAND, FINANCE, CLERK, AUDITOR})
GROUND = frozenset({ADMIN, COUNTY, LAND, ASSETS, AUDITOR})
PLACERS = frozenset({ADMIN, ASSETS, LAND})
IMPORTERS = frozenset({ADMIN, ASSETS, LAND})
LEDGERS = frozenset({ADMIN, ASSETS})


@dataclass(frozen=True)
class Line:
    """What an address answers. ``roles`` get ``good``, other roles ``bad``, people without a role ``nobody``.

    ``elsewhere`` is the asset manager of another township: 404 for things that lie outside his divisions.
    """

    roles: frozenset[str] = ROLES
    args: tuple[str, ...] = ()
    query: str = ""
    method: str = "get"
    good: int = 200
    bad: int = 403
    elsewhere: int | None = None
    nobody: int = 403
    anonymous: int = 302


LINES = {
    "healthz": Line(nobody=200, anonymous=200),
    "set_language": Line(method="post", good=302, nobody=302),
    "login": Line(good=302, nobody=302, anonymous=200),
    "logout": Line(method="post", good=302, nobody=302, anonymous=302),
    "home": Line(nobody=200),
    "divisions": Line(),
    "division_switch": Line(method="post", good=302, elsewhere=404),
    "unit": Line(args=("code",), elsewhere=404),
    "phone": Line(LEDGERS, args=("unit", "person"), method="post", good=302, elsewhere=404),
    "findings": Line(),
    "finding": Line(args=("finding",), elsewhere=404),
    "register": Line(),
    "units": Line(),
    "acts": Line(),
    "saved_filter": Line(args=("list",), method="post", good=302),
    "saved_filter_forget": Line(args=("none",), method="post", good=404),
    "styleguide": Line(frozenset({ADMIN})),
    "imports": Line(IMPORTERS),
    "import_new": Line(LEDGERS, args=("kind",)),
    "import": Line(LEDGERS, args=("batch",), elsewhere=404),
    "import_progress": Line(LEDGERS, args=("batch",), elsewhere=404),
    "import_mapping": Line(LEDGERS, args=("batch",), good=400, elsewhere=404),
    "import_again": Line(LEDGERS, args=("batch",), method="post", good=302, elsewhere=404),
    "import_apply": Line(LEDGERS, args=("batch",), method="post", good=302, elsewhere=404),
    "import_reverse": Line(LEDGERS, args=("batch",), method="post", good=302, elsewhere=404),
    "import_rejects": Line(LEDGERS, args=("batch",), good=404, elsewhere=404),
    "layers": Line(GROUND),
    "layer": Line(GROUND, args=("none",), good=404),
    "assets": Line(),
    "assets_export": Line(),
    "placing": Line(PLACERS),
    "place_unit": Line(PLACERS, args=("unit",), elsewhere=404),
    "name_keeper": Line(LEDGERS, args=("unit",), elsewhere=404),
    "record_inspection": Line(frozenset({ADMIN, ASSETS, CLERK}), args=("unit",), elsewhere=404),
    "map": Line(nobody=200),
    "map-findings": Line(nobody=200),
    "map-ledger": Line(nobody=200),
    "map-identify": Line(query="?lon=103.7&lat=23&tolerance=0.001", nobody=200),
    "map-unit": Line(args=("code",), elsewhere=404, nobody=404),
    "map-hillshade": Line(good=404, nobody=404),
    "tile": Line(GROUND, args=("parcels", "12", "3228", "1777")),
    "redline": Line(GROUND),
    "redline-check": Line(GROUND, method="post"),
    "redline-upload": Line(GROUND, method="post", good=302),
}
OPEN = frozenset({"healthz", "login", "set_language"})
# 404 instead of 403: a batch of a kind that the role does not import is as good as not there.
HIDDEN = {"import", "import_progress", "import_mapping", "import_again", "import_apply", "import_reverse",
          "import_rejects"}  # fmt: skip


def addresses(patterns: list[Any] | None = None) -> list[str]:
    """Names of every address of the site."""
    found = []
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        if isinstance(pattern, URLResolver):
            found += addresses(pattern.url_patterns)
        elif isinstance(pattern, URLPattern):
            found.append(pattern.name or str(pattern.pattern))
    return found


def test_every_address_has_a_line():
    assert sorted(set(addresses())) == sorted(LINES)


@pytest.fixture
def things(cast, road):
    """What the addresses of single things stand for."""
    stored = StoredFile.objects.create(sha256="a" * 64, name="台账.xlsx", size=1, media_type="x")
    batch = ImportBatch.objects.create(
        kind="ledger:assets", file=stored, division=cast.xinhua, state="staged", progress=100
    )
    return {
        "code": road.unit.code,
        "unit": road.unit.pk,
        "person": road.unit.entries.get(code="upkeep").agent_id,
        "finding": open_finding(road.unit).pk,
        "kind": "ledger:assets",
        "batch": batch.pk,
        "none": 999_999,
        "list": "units",
        "division": cast.village.pk,
    }


def expected(name: str, line: Line, who: str) -> int:
    if who == "anonymous":
        return line.anonymous
    if who == "nobody":
        return line.nobody
    role = ASSETS if who == "elsewhere" else who
    if role not in line.roles:
        return 404 if name in HIDDEN and role in IMPORTERS else line.bad
    return line.elsewhere if who == "elsewhere" and line.elsewhere is not None else line.good


@pytest.mark.parametrize("who", [*sorted(ROLES), "elsewhere", "nobody", "anonymous"])
def test_each_role_gets_what_the_table_says(as_, things, who):
    wrong = []
    for name, line in LINES.items():
        client = as_(who)
        url = reverse(name, args=[things.get(key, key) for key in line.args]) + line.query
        data = {"division": things["division"], "language": "en"} if line.method == "post" else {}
        status = getattr(client, line.method)(url, data).status_code
        if status != expected(name, line, who):
            wrong.append(f"{line.method} {url} as {who}: {status}, expected {expected(name, line, who)}")
    assert wrong == []


def test_strangers_are_sent_to_the_sign_in_page_with_the_way_back(as_, road):
    answer = as_("anonymous").get(f"/u/{road.unit.code}")
    assert answer.status_code == 302
    assert answer["Location"] == f"/login/?next=/u/{road.unit.code}"


def test_a_clerk_of_one_village_does_not_see_the_next_one(as_, cast):
    other = make.asset("邻村水窖", make.village(cast.xinhua, "羊街村委会"), subtype="irrigation")
    assert as_("clerk").get(f"/u/{other.unit.code}").status_code == 404
    assert as_("asset_manager").get(f"/u/{other.unit.code}").status_code == 200
