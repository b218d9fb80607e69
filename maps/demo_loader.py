"""Load the demo township: the generator's files through the same importers a user has. 中文：演示数据

Idempotent by the hash of each file; one transaction a batch. Demo accounts are marked as such.
"""

from __future__ import annotations

import datetime as dt
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from assets.demo_stocktake import run_campaigns
from assets.demo_upkeep import set_up_upkeep
from land.models import Vintage, VintageKind
from land.parameters import MIXED_YEARS
from maps import places
from maps.demo_assemblies import register_assemblies
from maps.demo_faults import record_faults
from maps.demo_income import earn
from maps.demo_landwork import register_landwork
from maps.demo_lives import record_lives
from maps.demo_networks import register_networks
from registry import clock
from registry.codes import BatchState, Role
from registry.demo import generate
from registry.errors import RegistryError
from registry.models import Division, Finding, Grant, ImportBatch, Unit, User
from registry.queries.divisions import division_by_code
from registry.rules.engine import deferred, evaluate
from registry.rules.parameters import values_on
from registry.services.acts import record_act
from registry.services.files import store_path
from registry.services.imports import apply_batch, create_batch, stage_batch
from registry.services.parameters import set_parameter

COUNTY, XINHUA, WANTANG, CLERK_VILLAGE = "532523", "532523205", "532523206", "532523205201"
PASSWORD = "demo"  # noqa: S105 - demo accounts, refused on any address but loopback

USERS: tuple[tuple[str, str, str, str], ...] = (
    ("admin", Role.ADMIN, COUNTY, "系统管理员"),
    ("county", Role.COUNTY, COUNTY, "县农业农村局"),
    ("assets", Role.ASSET_MANAGER, XINHUA, "新华乡资产管理员"),
    ("land", Role.LAND_OFFICER, XINHUA, "新华乡国土员"),
    ("finance", Role.FINANCE_OFFICER, XINHUA, "新华乡财务人员"),
    ("clerk", Role.CLERK, CLERK_VILLAGE, "村级文书"),
    ("auditor", Role.AUDITOR, COUNTY, "审计人员"),
    ("assets2", Role.ASSET_MANAGER, WANTANG, "湾塘乡资产管理员"),
)


@dataclass(frozen=True)
class Step:
    """One file of the demo and how it is imported; ``by`` is the demo user who brings it."""

    name: str
    kind: str
    by: str | None
    options: dict[str, Any] = field(default_factory=dict)
    division: str = ""


STEPS: tuple[Step, ...] = (
    Step("divisions_nbs.csv", "divisions", None, {"system": "nbs"}),
    Step("divisions_mca.csv", "divisions", None, {"system": "mca"}),
    Step("natural_villages.csv", "divisions", None, {"system": "nbs"}),
    Step("boundaries.gpkg", "layer:divisions", "admin", {"year": 2024}, COUNTY),
    Step("dltb_2024.zip", "layer:parcels", "admin", {"year": 2024}, COUNTY),
    Step("yjjbnt_2024.gpkg", "layer:basic_farmland", "admin", {"year": 2024}, COUNTY),
    Step("dltb_2025.zip", "layer:parcels", "admin", {"year": 2025}, COUNTY),
    Step("parties.xlsx", "ledger:parties", "admin"),
    Step("ledger_xinhua_2025.xlsx", "ledger:assets", "assets", division=XINHUA),
    Step("ledger_wantang_2025.xlsx", "ledger:assets", "assets2", division=WANTANG),
    Step("footprints.gpkg", "layer:footprints", "admin"),
    Step("centres.xlsx", "ledger:centres", "admin"),
    Step("roads_xinhua.xlsx", "ledger:roads", "assets", division=XINHUA),
    Step("roads_wantang.xlsx", "ledger:roads", "assets2", division=WANTANG),
    Step("water_xinhua.xlsx", "ledger:water_works", "assets", division=XINHUA),
    Step("sites_xinhua.xlsx", "ledger:relocation_sites", "assets", division=XINHUA),
    Step("site_outlines.gpkg", "layer:footprints", "admin"),
    Step("inspections_*.xlsx", "ledger:upkeep", "admin"),
    Step("upkeep_xinhua.xlsx", "ledger:upkeep", "assets", division=XINHUA),
    Step("book_values.xlsx", "ledger:book_values", "admin"),
    Step("projects_xinhua.xlsx", "ledger:projects", "assets", division=XINHUA),
    Step("inspection_list.xlsx", "ledger:findings", "assets", division=XINHUA),
)
Say = Callable[[str], None]


def load(say: Say) -> dict[str, Any]:
    """Everything of the demo; gives the JSON answer of the surface (without the address)."""
    seconds: dict[str, float] = {}
    folder = settings.HOME / "demo"
    today = clock.today()
    with _timed(seconds, "generate"):
        if not (folder / "truth.json").exists():
            say("generating the township")
            generate(folder, today=today)
        _put_terrain(folder)
    with deferred():  # every rule is evaluated once, at the end
        for step in STEPS:
            with _timed(seconds, step.name):
                _bring(folder, step, today, say)
        set_up_upkeep(folder / "upkeep.json", today)
        _declare_mixed_years(today)
        with _timed(seconds, "assemblies"):
            admin = User.objects.get(username="admin")
            say(f"meetings and notices: {register_assemblies(folder / 'assemblies.json', admin)}")
        with _timed(seconds, "landwork"):
            users = {user.username: user for user in User.objects.filter(demo=True)}
            done = register_landwork(folder / "landwork.json", division_by_code(XINHUA), users)
            say(f"targets, chiefs, quotas and cases: {done}")
            say(f"own facts: {register_networks(folder / 'networks.json', admin)}")
            say(f"stocktakes: {run_campaigns(folder / 'stocktake.json', admin)}")
        with _timed(seconds, "faults"):
            say(f"facts recorded wrongly: {record_faults(folder / 'faults.json', admin, today)}")
        with _timed(seconds, "lives"):
            say(f"acts in the lives of assets: {record_lives(folder / 'lives.json', admin)}")
        with _timed(seconds, "income"):
            earn(folder, lambda *step: _bring(folder, Step(*step), today, say), say)
    with _timed(seconds, "evaluate"):
        say("evaluating the rules")
        rules = evaluate(as_of=today)
    return {
        "users": [name for name, *_rest in USERS],
        "units": Unit.objects.on(today).filter(kind="asset").count(),
        "parcels": _parcels_of_newest_survey(),
        "findings": {rule: tally["open"] for rule, tally in sorted(rules.items())},
        "new": Finding.objects.open().filter(baseline=False).count(),
        "baseline": Finding.objects.open().filter(baseline=True).count(),
        "seconds": {key: round(value, 2) for key, value in seconds.items()},
    }


def _declare_mixed_years(today: dt.date) -> None:
    """The demo's basic farmland is a year older than its newest survey, as in most counties (E29)."""
    if not values_on([MIXED_YEARS], today)[MIXED_YEARS]:
        admin = User.objects.get(username="admin")
        paper = "演示数据：永久基本农田 2024 年，变更调查 2025 年"
        set_parameter(key=MIXED_YEARS, value=True, division=None, begin=today, source=paper, by=admin)


def _parcels_of_newest_survey() -> int:
    vintages = Vintage.objects.in_force().filter(kind=VintageKind.PARCELS)
    newest = vintages.order_by("-year").values_list("year", flat=True).first()
    return sum(vintages.filter(year=newest).values_list("feature_count", flat=True))


class _timed:  # noqa: N801 - a context manager
    def __init__(self, book: dict[str, float], key: str) -> None:
        self.book, self.key = book, key

    def __enter__(self) -> None:
        self.start = time.monotonic()

    def __exit__(self, *exc: Any) -> None:
        self.book[self.key] = time.monotonic() - self.start


def _put_terrain(folder: Path) -> None:
    places.folder().mkdir(parents=True, exist_ok=True)
    for name in ("hillshade.png", "hillshade.json"):
        if (folder / name).exists():
            shutil.copyfile(folder / name, places.folder() / name)


def _bring(folder: Path, step: Step, today: dt.date, say: Say) -> None:
    if step.by is not None:
        make_users(today)
    path = next(iter(sorted(folder.glob(step.name))))
    file = store_path(path)
    applied = ImportBatch.objects.filter(kind=step.kind, file=file, state=BatchState.APPLIED)
    if applied.filter(options__contains=step.options).exists():
        return
    by = User.objects.get(username=step.by) if step.by else None
    batch = create_batch(
        kind=step.kind,
        file=file,
        options=step.options,
        by=by,
        division=division_by_code(step.division) if step.division else None,
    )
    stage_batch(batch)
    if batch.state != BatchState.STAGED:
        raise RegistryError(f"{step.name}: {batch.errors[0]['message']}", "demo")
    if batch.accepted:
        batch = apply_batch(batch, by=by)
    say(f"{path.name}: {batch.rows} rows, {batch.accepted} accepted")


@transaction.atomic
def make_users(today: dt.date) -> None:
    """The demo accounts with their grants, and the day from which the register is answered for."""
    if User.objects.filter(demo=True).exists():
        return
    county = division_by_code(COUNTY)
    if county.go_live is None:
        county.go_live = dt.date(today.year, 1, 1)
        county.save(update_fields=["go_live"])
        record_act(
            by=None,
            verb="go_live_set",
            division=county,
            effective_on=county.go_live,
            after={"go_live": county.go_live.isoformat()},
        )
    password = make_password(PASSWORD)
    for name, role, code, full_name in USERS:
        user = User.objects.create(username=name, password=password, full_name=full_name, demo=True)
        Grant.objects.create(
            user=user,
            role=role,
            division=division_by_code(code),
            valid=DateRange(dt.date(2020, 1, 1), None),
        )


def summary(answer: dict[str, Any]) -> list[str]:
    """The words of the terminal after loading."""
    township = Division.objects.coded(XINHUA).first()
    lines = [
        f"{township.name if township else XINHUA}: {answer['units']} assets, {answer['parcels']} parcels",
        f"findings open: {answer['new']} new, {answer['baseline']} of the baseline",
    ]
    return lines + [f"  {rule:<8}{count:>5}" for rule, count in answer["findings"].items() if count]
