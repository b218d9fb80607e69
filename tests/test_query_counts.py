"""How many queries a page asks: the same for three things as for thirty, and no more than the baseline says.

``tests/query_counts.json`` holds the baselines; ``UPDATE_QUERY_COUNTS=1`` writes them anew, for the reader of
the change to see.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from land.models import Case, FarmlandHouse
from tests import factories as make
from tests.assets import networks
from tests.conftest import open_finding
from tests.land import casework
from tests.land import holdings as land

BASELINES = Path(__file__).with_name("query_counts.json")
PAGES = {
    "workbench asset_manager": ("asset_manager", "/"),
    "workbench land_officer": ("land_officer", "/"),
    "workbench finance_officer": ("finance_officer", "/"),
    "workbench clerk": ("clerk", "/"),
    "workbench county": ("county", "/"),
    "workbench admin": ("admin", "/"),
    "ledger": ("asset_manager", "/assets/"),
    "ledger as XLSX": ("asset_manager", "/assets/export.xlsx"),
    "unit": ("asset_manager", "/u/532523205200-W01-2021-0001"),
    "unit on the ground": ("land_officer", "/u/532523205200-W01-2021-0002"),
    "findings": ("asset_manager", "/findings/"),
    "placing": ("asset_manager", "/placing/"),
    "imports": ("asset_manager", "/imports/"),
    "layers": ("land_officer", "/layers/"),
    "cases": ("land_officer", "/cases/"),
    "case": ("land_officer", "/cases/{case}/"),
    "houses on farmland": ("land_officer", "/land/houses/"),
    "targets": ("land_officer", "/targets/"),
    "things": ("asset_manager", "/units/"),
    "book": ("asset_manager", "/acts/"),
    "divisions": ("county", "/divisions/"),
    "sources": ("asset_manager", "/sources/"),
    "papers": ("asset_manager", "/papers/"),
    "quotas": ("land_officer", "/quotas/"),
    "land approvals": ("land_officer", "/land-approvals/"),
    "compensation": ("land_officer", "/compensation/"),
    "occupations": ("land_officer", "/compensation/occupations/"),
    "supplements": ("land_officer", "/compensation/supplements/"),
    "designations": ("land_officer", "/compensation/basic-farmland/"),
    "linkage": ("land_officer", "/linkage/"),
    "roads": ("asset_manager", "/roads/"),
    "villages on the road network": ("asset_manager", "/roads/villages/"),
    "water works": ("asset_manager", "/water-works/"),
    "relocation sites": ("asset_manager", "/relocation-sites/"),
    "keeper": ("asset_manager", "/units/{unit}/keeper/"),
    "inspections due": ("asset_manager", "/inspections/"),
    "inspection tasks": ("asset_manager", "/inspections/tasks.xlsx"),
    "calendar": ("asset_manager", "/inspections/calendar/"),
    "round": ("clerk", "/inspections/round/"),
    "repairs": ("asset_manager", "/repairs/"),
    "five haves": ("asset_manager", "/upkeep/villages/"),
    "costs": ("asset_manager", "/upkeep/costs/"),
    "upkeep ledger": ("asset_manager", "/upkeep/ledger.xlsx"),
    "standards": ("asset_manager", "/upkeep/standards/"),
    "plans": ("asset_manager", "/upkeep/plans/"),
    "stocktakes": ("asset_manager", "/stocktakes/"),
    "packs": ("asset_manager", "/packs/"),
    "labels": ("asset_manager", "/assets/labels/"),
    "by village": ("asset_manager", "/work/"),
    "summary": ("asset_manager", "/summary/"),
    "public notices": ("anonymous", "/public/"),
}


def fill(cast, count):
    """Assets with keepers, owners, findings and inspections."""
    for number in range(count):
        asset = make.asset(f"路{number}", cast.village, project=make.project(f"项目{number}", cast.village))
        person = make.person(f"杨{number}", cast.village)
        make.upkeep(asset, named=person, source=make.source(cast.village, f"〔2025〕{number}号"))
        make.entry(asset, "ownership")
        make.inspection(asset, "2026-01-05", condition="damaged", defect="裂")
        for rule in ("UPK-06", "UPK-02", "LND-01"):
            open_finding(asset.unit, rule)
        casework.opened(cast.village, name=f"图斑{number}")
        FarmlandHouse.objects.create(division=cast.village, holder=f"杨{number}", number=str(number))
        networks.section(f"段{number}", cast.village, chiefs=False)
        networks.water(f"水厂{number}", cast.village)
        networks.figures(networks.site(f"安置点{number}", cast.village))
        networks.hamlet(f"寨{number}", 60, cast.village)
        fill_holdings(cast.xinhua, 2000 + land.ConstructionQuota.objects.count())


def fill_holdings(town, year):
    """One thing of each kind among quotas and balances."""
    account = land.account(town, year=year)
    land.entry(account, "allocated", "5000")
    land.entry(account, "charged", "1000", approval=land.approval(town))
    land.use(land.supplement(town), land.occupation(town), "10")
    land.designation(town)
    land.surplus(land.linkage(town, name=f"项目区{year}"), "accepted", "4000", "2024-01-01")


def queries_of(client, url):
    with CaptureQueriesContext(
        connection,
    ) as caught:
        answer = client.get(url)
    assert answer.status_code == 200, url
    return len(caught)


@pytest.fixture
def stocked(cast, road):
    second = make.asset("大寨产业道路", cast.village, code="532523205200-W01-2021-0002")
    make.shape(second, make.square())
    fill(cast, 3)
    return road


def first_case():
    return Case.objects.order_by("pk")[0].unit_id


def counts(as_, road):
    return {
        name: queries_of(as_(who), url.format(unit=road.unit.pk, case=first_case()))
        for name, (who, url) in PAGES.items()
    }


def test_pages_ask_no_more_than_their_baseline_and_no_more_for_more_things(as_, cast, stocked):
    few = counts(as_, stocked)
    fill(cast, 20)
    many = counts(as_, stocked)
    if os.environ.get("UPDATE_QUERY_COUNTS"):
        BASELINES.write_text(json.dumps(few, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    baselines = json.loads(BASELINES.read_text(encoding="utf-8"))
    assert many == few
    assert few == baselines
