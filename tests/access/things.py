"""What the addresses of single things stand for: one thing of each kind."""

from __future__ import annotations

from assets.models import InspectionPlan, Repair, UpkeepStandard
from land.models import FarmlandHouse
from registry import clock
from registry.models import ImportBatch, StoredFile
from registry.services import drafts
from registry.services.papers import print_paper
from registry.services.sources import add_files
from tests import factories as make
from tests.assets.lives import step
from tests.conftest import open_finding
from tests.income import access as money
from tests.income import addresses as income
from tests.land import casework
from tests.land import holdings as land

from . import stocktake
from .roles import ASSETS, CLERK


def make_draft(cast, unit):
    """A clerk's draft that waits: another state of a unit."""
    payload = {"state": "idle", "on": "2026-01-02", "source": "new", "source_kind": "other",
               "source_title": "会议记录", "reason": "无人使用"}  # fmt: skip
    return drafts.draft(verb="unit_state", unit=unit, payload=payload, by=cast.users[CLERK])


def make_upkeep(cast, road):
    """One thing of each kind of upkeep."""
    found = road.unit.inspections.get()
    repair = Repair.objects.create(unit=road.unit, defect="坑槽", found_on="2026-01-05", worker="养护站",
                                   ordered_on="2026-01-06", due_on="2026-12-01")  # fmt: skip
    valid = make.period("2026-01-01")
    plan = InspectionPlan.objects.create(division=cast.xinhua, subtype="road", every_days=20, valid=valid)
    standard = UpkeepStandard.objects.create(division=cast.county, subtype="road", title="公路标准",
                                             source=make.source(cast.county), valid=valid)  # fmt: skip
    keys = {"inspection": found, "repair": repair, "inspection_plan": plan, "upkeep_standard": standard}
    return {name: row.pk for name, row in keys.items()}


def make_holdings(town):
    """Quotas and balances of the township, one thing of each kind."""
    account, approval = land.account(town), land.approval(town)
    occupation, supplement = land.occupation(town), land.supplement(town)
    project = land.linkage(town)
    return {
        "quota": account.pk,
        "quota_entry": land.entry(account, "allocated", "5000").pk,
        "land_approval": approval.pk,
        "occupation": occupation.pk,
        "supplement": supplement.pk,
        "supplement_use": land.use(supplement, occupation, "10").pk,
        "designation": land.designation(town).pk,
        "in_out": land.in_out(town).pk,
        "linkage_project": project.pk,
        "linkage_plot": land.plot(project).pk,
        "surplus": land.surplus(project, "accepted", "4000", "2024-01-01").pk,
    }


def things_of(cast, road):
    """The things by the words of the table."""
    stored = StoredFile.objects.create(sha256="a" * 64, name="台账.xlsx", size=1, media_type="x")
    batch = ImportBatch.objects.create(
        kind="ledger:assets", file=stored, division=cast.xinhua, state="staged", progress=100
    )
    decision, notice = make.decision(cast.village), make.notice(cast.village)
    objection = make.objection(notice)
    evidence = add_files(
        source=make.source(cast.village), files=[("照片.jpg", [make.picture()])], by=cast.users[ASSETS]
    )[0]
    paper = print_paper(kind="handover", unit=road.unit, by=cast.users[ASSETS])
    spare = make.user(CLERK, cast.village, "spare")
    return {
        "case": casework.opened(cast.village, geom=make.square()).unit_id,
        "case_act": "accept",
        "ledger": "quotas",
        "ledger_form": "csv",
        "land_register": "houses",
        "land_row": FarmlandHouse.objects.create(division=cast.village, holder="杨大山").pk,
        "account": spare.pk,
        "grant": spare.grants.get().pk,
        "source": evidence.source_id,
        "source_file": evidence.pk,
        "paper": paper.code,
        "paper_kind": "handover",
        "of": "unit",
        "code": road.unit.code,
        "unit": road.unit.pk,
        "person": road.unit.entries.get(code="upkeep").agent_id,
        "finding": open_finding(road.unit).pk,
        "decision": decision.pk,
        "notice": notice.pk,
        "objection": objection.pk,
        "hanging": make.notice(cast.village, opened_on=clock.today(), closed_on=clock.today()).pk,
        "life_step": step(road, "report_misuse", "2026-02-01").pk,
        "parameter": "notice_days_min",
        "rule": "NOT-01",
        "kind": "ledger:assets",
        "batch": batch.pk,
        "none": 999_999,
        "entry": road.unit.entries.get(code="ownership").pk,
        "draft": make_draft(cast, road.unit).pk,
        "list": "units",
        "division": cast.village.pk,
        **make_holdings(cast.xinhua),
        **make_upkeep(cast, road),
        **stocktake.things(cast, road),
        **money.things(cast.village),
        **income.things(cast.village),
    }
