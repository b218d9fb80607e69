"""Every address of the site, for every role: who gets in, who is refused, who is sent to the sign-in page.

A new address without a line here fails ``test_every_address_has_a_line``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from assets.models import InspectionPlan, Repair, UpkeepStandard
from land.models import FarmlandHouse
from registry import clock
from registry.codes import Role
from registry.models import Act, ImportBatch, StoredFile
from registry.services import drafts
from registry.services.papers import print_paper
from registry.services.sources import add_files
from tests import access_stocktake
from tests import factories as make
from tests.assets.lives import step
from tests.conftest import open_finding
from tests.income import access as money
from tests.income import addresses as income
from tests.land import casework
from tests.land import holdings as land

ADMIN, COUNTY, ASSETS, LAND, FINANCE, CLERK, AUDITOR = (
    str(Role.ADMIN), str(Role.COUNTY), str(Role.ASSET_MANAGER), str(Role.LAND_OFFICER),
    str(Role.FINANCE_OFFICER), str(Role.CLERK), str(Role.AUDITOR),
)  # fmt: skip
ROLES = frozenset({ADMIN, COUNTY, ASSETS, LAND, FINANCE, CLERK, AUDITOR})
GROUND = frozenset({ADMIN, COUNTY, LAND, ASSETS, AUDITOR})
PLACERS = frozenset({ADMIN, ASSETS, LAND})
IMPORTERS = frozenset({ADMIN, ASSETS, LAND, FINANCE})
LEDGERS = frozenset({ADMIN, ASSETS})
MANAGERS = frozenset({ADMIN, COUNTY})
TARGETS = frozenset({ADMIN, COUNTY, LAND})
DRAFTERS = frozenset({ADMIN, ASSETS, CLERK})
DECIDERS = frozenset({ADMIN, ASSETS, LAND, FINANCE})
FORMS = frozenset({ADMIN, COUNTY, ASSETS})
DOCUMENTS = frozenset({ADMIN, COUNTY, ASSETS, LAND, FINANCE})
PUBLISHERS = frozenset({ADMIN, ASSETS, FINANCE})
QUOTAS = frozenset({ADMIN, COUNTY, LAND, FINANCE, AUDITOR})
KEEPERS = frozenset({ADMIN, LAND})
ACCEPTORS = frozenset({ADMIN, COUNTY})


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
    "roads": Line(),
    "road_villages": Line(),
    "water_works": Line(),
    "relocation_sites": Line(),
    "relocation_site_new": Line(LEDGERS),
    "asset_new": Line(LEDGERS),
    "asset_new_of": Line(LEDGERS, args=("toilet",)),
    "asset_correct": Line(LEDGERS, args=("unit",), elsewhere=404),
    "own_facts": Line(LEDGERS, args=("unit", "roads"), elsewhere=404),
    "own_strike": Line(LEDGERS, args=("unit", "roads", "none"), elsewhere=404),
    "zone_permit": Line(LEDGERS, args=("unit",), elsewhere=404),
    "division_centre": Line(PLACERS, args=("division",), elsewhere=404),
    "decisions": Line(),
    "decision_new": Line(PUBLISHERS),
    "decision_verdict": Line(PUBLISHERS),
    "decision": Line(args=("decision",), elsewhere=404),
    "decision_change": Line(PUBLISHERS, args=("decision",), elsewhere=404),
    "notices": Line(),
    "notice_new": Line(PUBLISHERS),
    "notice": Line(args=("notice",), elsewhere=404),
    "notice_print": Line(args=("notice",), elsewhere=404),
    "objection_new": Line(PUBLISHERS, args=("notice",), elsewhere=404),
    "objection_answer": Line(PUBLISHERS, args=("objection",), elsewhere=404),
    "parameters": Line(),
    "parameter": Line(args=("parameter",)),
    "parameter_set": Line(frozenset({ADMIN, COUNTY}), args=("parameter",)),
    "rules": Line(),
    "rule": Line(args=("rule",)),
    "password": Line(nobody=200),
    "users": Line(MANAGERS),
    "user_new": Line(MANAGERS),
    "user": Line(MANAGERS, args=("account",)),
    "user_edit": Line(MANAGERS, args=("account",)),
    "user_grant": Line(MANAGERS, args=("account",)),
    "user_password": Line(MANAGERS, args=("account",), method="post"),
    "user_close": Line(MANAGERS, args=("account",), method="post", good=302),
    "grant_end": Line(MANAGERS, args=("grant",), method="post", good=302),
    "healthz": Line(nobody=200, anonymous=200),
    "set_language": Line(method="post", good=302, nobody=302),
    "login": Line(good=302, nobody=302, anonymous=200),
    "logout": Line(method="post", good=302, nobody=302, anonymous=302),
    "home": Line(nobody=200),
    "divisions": Line(),
    "division_switch": Line(method="post", good=302, elsewhere=404),
    "division": Line(args=("division",), elsewhere=404),
    "division_people": Line(frozenset({ADMIN, COUNTY, ASSETS}), args=("division",), elsewhere=404),
    "division_go_live": Line(frozenset({ADMIN}), args=("division",)),
    "division_add": Line(frozenset({ADMIN, COUNTY}), args=("division",)),
    "division_rename": Line(frozenset({ADMIN, COUNTY}), args=("division",)),
    "division_merge": Line(frozenset({ADMIN, COUNTY}), args=("division",)),
    "division_split": Line(frozenset({ADMIN, COUNTY}), args=("division",)),
    "parties": Line(),
    "party_new": Line(LEDGERS),
    "party": Line(args=("person",), elsewhere=404),
    "party_edit": Line(LEDGERS, args=("person",), elsewhere=404),
    "party_members": Line(LEDGERS, args=("person",), elsewhere=404),
    "party_secret": Line(LEDGERS, args=("person",), method="post", good=302, elsewhere=404),
    "party_personal": Line(LEDGERS, args=("person",), elsewhere=404),
    "party_erase": Line(frozenset({ADMIN}), args=("person",), method="post", good=302),
    "party_left": Line(LEDGERS, args=("person",), elsewhere=404),
    "party_merge": Line(LEDGERS, args=("person",), elsewhere=404),
    "party_handover": Line(LEDGERS, args=("person",), elsewhere=404),
    "handover_list": Line(args=("person", "none"), good=404, elsewhere=404),
    "unit": Line(args=("code",), elsewhere=404, anonymous=200),  # strangers read the public card
    "phone": Line(LEDGERS, args=("unit", "person"), method="post", good=302, elsewhere=404),
    "findings": Line(),
    "finding": Line(args=("finding",), elsewhere=404),
    "findings_assign": Line(frozenset({ADMIN, COUNTY, ASSETS, LAND, FINANCE})),
    "findings_ledger": Line(),
    "finding_new": Line(ROLES - {CLERK, AUDITOR}),
    "findings_baseline": Line(),
    "baseline_plan": Line(ROLES - {CLERK, AUDITOR}, args=("UPK-01",)),
    "register": Line(),
    "units": Line(),
    "acts": Line(),
    "form_templates": Line(FORMS),
    "form_template_new": Line(FORMS, args=("list",)),
    "form_template": Line(FORMS, args=("none",), good=404),
    "form_fill": Line(FORMS, args=("none",), method="post", good=404),
    "form_retire": Line(FORMS, args=("none",), method="post", good=404),
    "form_filling": Line(FORMS, args=("none",), good=404),
    "saved_filter": Line(args=("list",), method="post", good=302),
    "saved_filter_forget": Line(args=("none",), method="post", good=404),
    "unit_history": Line(args=("unit",), elsewhere=404),
    "unit_state": Line(DRAFTERS, args=("unit",), elsewhere=404),
    "entry_new": Line(DRAFTERS | {FINANCE}, args=("unit",), elsewhere=404),
    "entry": Line(args=("entry",), elsewhere=404),
    "entry_transfer": Line(DRAFTERS, args=("entry",), elsewhere=404),
    "entry_end": Line(DRAFTERS, args=("entry",), elsewhere=404),
    "entry_correct": Line(DRAFTERS, args=("entry",), elsewhere=404),
    "entry_strike": Line(LEDGERS, args=("entry",), elsewhere=404),
    "drafts": Line(ROLES - {COUNTY}),
    "draft": Line(ROLES - {COUNTY}, args=("draft",), elsewhere=404),
    "draft_accept": Line(LEDGERS, args=("draft",), method="post", good=302, elsewhere=404),
    "draft_return": Line(DECIDERS, args=("draft",), method="post", good=302, elsewhere=404),
    "draft_withdraw": Line(frozenset({CLERK}), args=("draft",), method="post", good=302),
    "styleguide": Line(frozenset({ADMIN})),
    "imports": Line(IMPORTERS),
    "import_new": Line(LEDGERS, args=("kind",)),
    "import": Line(LEDGERS, args=("batch",), elsewhere=404),
    "import_progress": Line(LEDGERS, args=("batch",), elsewhere=404),
    "import_mapping": Line(LEDGERS, args=("batch",), good=400, elsewhere=404),
    "import_again": Line(LEDGERS, args=("batch",), method="post", good=302, elsewhere=404),
    "import_forget": Line(LEDGERS, args=("batch", "none"), method="post", good=302, elsewhere=404),
    "import_apply": Line(LEDGERS, args=("batch",), method="post", good=302, elsewhere=404),
    "import_reverse": Line(LEDGERS, args=("batch",), method="post", good=302, elsewhere=404),
    "import_rejects": Line(LEDGERS, args=("batch",), good=404, elsewhere=404),
    "sources": Line(),
    "source_new": Line(DOCUMENTS),
    "source": Line(args=("source",), elsewhere=404),
    "source_files": Line(DOCUMENTS, args=("source",), elsewhere=404),
    "file": Line(ROLES - {CLERK}, args=("source_file",), elsewhere=404),
    "file_preview": Line(args=("source_file",), elsewhere=404),
    "papers": Line(),
    "paper_scan": Line(PLACERS),
    "paper_make": Line(PLACERS, args=("of", "unit"), elsewhere=404),
    "paper_new": Line(LEDGERS, args=("paper_kind", "unit"), elsewhere=404),
    "paper": Line(args=("paper",), elsewhere=404),
    "layers": Line(GROUND),
    "layer": Line(GROUND, args=("none",), good=404),
    "farmland_flow": Line(GROUND),
    "farmland_audit": Line(GROUND),
    "land_plan": Line(GROUND, args=("code",), elsewhere=404),
    "cases": Line(),
    "case_new": Line(frozenset({ADMIN, LAND})),
    "case": Line(args=("case",), elsewhere=404),
    "case_act": Line(frozenset({ADMIN, LAND}), args=("case", "case_act")),
    "case_clues": Line(frozenset({ADMIN, LAND}), args=("none",), good=404),
    "case_picture": Line(frozenset({ADMIN, LAND}), args=("none",), good=404),
    "boundary_points": Line(GROUND, args=("case",), elsewhere=404),
    "farmland_houses": Line(),
    "point_supplies": Line(),
    "idle_land": Line(),
    "land_certificates": Line(),
    "land_row_new": Line(frozenset({ADMIN, LAND}), args=("land_register",)),
    "land_row": Line(frozenset({ADMIN, LAND}), args=("land_register", "land_row")),
    "land_row_strike": Line(frozenset({ADMIN, LAND}), args=("land_register", "land_row")),
    **{
        name: Line(roles, args=args, elsewhere=404 if args else None)
        for name, (roles, args) in income.ADDRESSES.items()
    },
    "quotas": Line(QUOTAS),
    "quota_new": Line(KEEPERS),
    "quota": Line(QUOTAS, args=("quota",)),
    "quota_move": Line(KEEPERS, args=("quota",)),
    "quota_entry_take_back": Line(KEEPERS, args=("quota_entry",)),
    "land_approvals": Line(QUOTAS),
    "land_approval_new": Line(KEEPERS),
    "land_approval": Line(QUOTAS, args=("land_approval",)),
    "land_approval_charge": Line(KEEPERS, args=("land_approval",)),
    "land_approval_give_back": Line(KEEPERS, args=("land_approval",)),
    "land_approval_take_back": Line(KEEPERS, args=("land_approval",)),
    "compensation": Line(QUOTAS),
    "supplement_cap_new": Line(KEEPERS),
    "in_out_new": Line(KEEPERS),
    "in_out_take_back": Line(KEEPERS, args=("in_out",)),
    "occupations": Line(QUOTAS),
    "occupation_new": Line(KEEPERS),
    "occupation": Line(QUOTAS, args=("occupation",)),
    "occupation_exempt": Line(KEEPERS, args=("occupation",)),
    "occupation_use": Line(KEEPERS, args=("occupation",)),
    "occupation_take_back": Line(KEEPERS, args=("occupation",)),
    "supplement_use_take_back": Line(KEEPERS, args=("supplement_use",)),
    "supplements": Line(QUOTAS),
    "supplement_new": Line(KEEPERS),
    "supplement": Line(QUOTAS, args=("supplement",)),
    "supplement_accept": Line(ACCEPTORS, args=("supplement",)),
    "supplement_take_back": Line(KEEPERS, args=("supplement",)),
    "designations": Line(QUOTAS),
    "designation_new": Line(KEEPERS),
    "designation": Line(QUOTAS, args=("designation",)),
    "designation_take_back": Line(KEEPERS, args=("designation",)),
    "linkage": Line(QUOTAS),
    "linkage_new": Line(KEEPERS),
    "linkage_project": Line(QUOTAS, args=("linkage_project",)),
    "linkage_plot_new": Line(KEEPERS, args=("linkage_project",)),
    "linkage_accept": Line(ACCEPTORS, args=("linkage_project",)),
    "linkage_sell": Line(KEEPERS, args=("linkage_project",)),
    "linkage_keep": Line(KEEPERS, args=("linkage_project",)),
    "linkage_take_back": Line(KEEPERS, args=("linkage_project",)),
    "linkage_plot_take_back": Line(KEEPERS, args=("linkage_plot",)),
    "surplus_take_back": Line(KEEPERS, args=("surplus",)),
    "targets": Line(),
    "target_place": Line(args=("division",), elsewhere=404),
    "target_set": Line(TARGETS, args=("division",), elsewhere=403),
    "chief_new": Line(TARGETS, args=("division",), elsewhere=403),
    "chief_end": Line(TARGETS, args=("division",), good=404, elsewhere=403),
    "pledge_new": Line(TARGETS, args=("division",), elsewhere=403),
    "pledge_withdraw": Line(TARGETS, args=("none",), good=404, elsewhere=403),
    "assets": Line(),
    "assets_export": Line(),
    "assets_keepers": Line(LEDGERS),
    "placing": Line(PLACERS),
    "place_unit": Line(PLACERS, args=("unit",), elsewhere=404),
    "name_keeper": Line(DRAFTERS, args=("unit",), elsewhere=404),
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
    "glance": Line(GROUND, method="post", good=400),
    "redline-upload": Line(GROUND, method="post", good=302),
    **money.lines(Line),
}
# the life of assets, summaries, the public site
LINES |= {
    "life_act": Line(DRAFTERS, args=("unit", "report_idle"), elsewhere=404),
    "life_annul": Line(LEDGERS, args=("life_step",), elsewhere=404),
    "asset_summary": Line(),
    "asset_summary_export": Line(),
    "asset_summary_publish": Line(PUBLISHERS, method="post", good=302),
    "asset_work": Line(LEDGERS),
    "assets_inspections": Line(frozenset({ADMIN, ASSETS, CLERK})),
    "public": Line(nobody=200, anonymous=200),
    "public_notice": Line(args=("hanging",), nobody=200, anonymous=200),
}
OPEN = frozenset({"healthz", "login", "set_language", "public", "public_notice"})
INSPECTORS = frozenset({ADMIN, ASSETS, CLERK})
PLANNERS = frozenset({ADMIN, COUNTY, ASSETS})
LINES |= {  # upkeep
    "inspections_due": Line(),
    "inspection_tasks": Line(),
    "inspections_calendar": Line(),
    "inspections_record_many": Line(INSPECTORS),
    "inspections_round": Line(INSPECTORS),
    "inspection_send": Line(INSPECTORS, method="post", good=404),
    "inspections_worker": Line(nobody=200),
    "inspection": Line(args=("inspection",), elsewhere=404),
    "unit_plan": Line(PLANNERS, args=("unit",), elsewhere=404),
    "upkeep_terms": Line(LEDGERS, args=("unit",), elsewhere=404),
    "repair_order": Line(LEDGERS, args=("unit",), elsewhere=404),
    "defect_put_off": Line(LEDGERS, args=("unit",), elsewhere=404),
    "repairs": Line(),
    "repair": Line(args=("repair",), elsewhere=404),
    "repair_done": Line(INSPECTORS, args=("repair",), elsewhere=404),
    "repair_check": Line(PLANNERS, args=("repair",), elsewhere=404),
    "repair_put_off": Line(LEDGERS, args=("repair",), elsewhere=404),
    "repair_strike": Line(LEDGERS, args=("repair",), elsewhere=404),
    "upkeep_villages": Line(),
    "upkeep_ledger": Line(),
    "upkeep_costs": Line(),
    "upkeep_standards": Line(),
    "upkeep_standard_new": Line(PLANNERS),
    "upkeep_standard": Line(args=("upkeep_standard",)),
    "inspection_plans": Line(),
    "inspection_plan_new": Line(PLANNERS),
    "inspection_plan_end": Line(PLANNERS, args=("inspection_plan",), elsewhere=404),
}
LINES |= {name: Line(**given) for name, given in access_stocktake.LINES.items()}
OPEN = frozenset({"healthz", "login", "set_language"})
# 404 instead of 403: a batch of a kind that the role does not import is as good as not there.
HIDDEN = {"import", "import_progress", "import_mapping", "import_again", "import_forget", "import_apply",
          "import_reverse", "import_rejects"}  # fmt: skip


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


@pytest.fixture
def things(cast, road):
    """What the addresses of single things stand for."""
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
        **access_stocktake.things(cast, road),
        **money.things(cast.village),
        **income.things(cast.village),
    }


def expected(name: str, line: Line, who: str) -> int:
    if who == "anonymous":
        return line.anonymous
    if who in ("nobody", "public"):  # the public sees nothing of the inner site
        return line.nobody
    role = ASSETS if who == "elsewhere" else who
    if role not in line.roles:
        return 404 if name in HIDDEN and role in IMPORTERS else line.bad
    return line.elsewhere if who == "elsewhere" and line.elsewhere is not None else line.good


@pytest.mark.parametrize("who", [*sorted(ROLES), "elsewhere", "nobody", "public", "anonymous"])
def test_each_role_gets_what_the_table_says(as_, things, who):
    wrong = []
    for name, line in LINES.items():
        client = as_(who)
        client.raise_request_exception = False  # a fault is told with all the others
        url = reverse(name, args=[things.get(key, key) for key in line.args]) + line.query
        data = {"division": things["division"], "language": "en"} if line.method == "post" else {}
        status = getattr(client, line.method)(url, data).status_code
        if status != expected(name, line, who):
            wrong.append(f"{line.method} {url} as {who}: {status}, expected {expected(name, line, who)}")
    assert wrong == []


def test_strangers_are_sent_to_the_sign_in_page_with_the_way_back(as_, cast):
    for code in (access_stocktake.a_household_thing(cast).unit.code, "NO-SUCH-CODE"):
        answer = as_("anonymous").get(f"/u/{code}")
        assert answer.status_code == 302
        assert answer["Location"] == f"/login/?next=/u/{code}"


def test_a_clerk_of_one_village_does_not_see_the_next_one(as_, cast):
    other = make.asset("邻村水窖", make.village(cast.xinhua, "羊街村委会"), subtype="irrigation")
    assert as_("clerk").get(f"/u/{other.unit.code}").status_code == 404
    assert as_("asset_manager").get(f"/u/{other.unit.code}").status_code == 200


def other_methods(name, line):
    """Methods that the view of an address answers, beside the one of its line."""
    url = resolve_pattern(name)
    view = getattr(url.callback, "view_class", None)
    if view is None:
        return []
    offered = [word for word in view.http_method_names if hasattr(view, word)]
    return [word for word in offered if word not in ("head", "options", line.method)]


def resolve_pattern(name, patterns=None):
    """The pattern of an address, by its name."""
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        if isinstance(pattern, URLResolver):
            found = resolve_pattern(name, pattern.url_patterns)
            if found is not None:
                return found
        elif pattern.name == name:
            return pattern
    return None


@pytest.mark.parametrize("who", [*sorted(ROLES), "elsewhere", "nobody", "public", "anonymous"])
def test_no_other_method_opens_what_is_refused(as_, things, who):
    """Whoever is refused by one method is refused by all; whoever is let in never meets a fault."""
    wrong = []
    for name, line in LINES.items():
        wanted = expected(name, line, who)
        for method in other_methods(name, line):
            url = reverse(name, args=[things.get(key, key) for key in line.args]) + line.query
            client = as_(who)
            client.raise_request_exception = False
            answer = getattr(client, method)(url)
            refused = wanted in (403, 404) or (who == "anonymous" and name not in OPEN)
            if answer.status_code >= 500 or (refused and answer.status_code not in (wanted, 403, 405)):
                wrong.append(f"{method} {url} as {who}: {answer.status_code}, {line.method} gives {wanted}")
    assert wrong == []


def test_the_auditor_writes_nothing_by_any_address(as_, things):
    """Every POST of the site as auditor: the book, the facts and their history stay as they are."""
    tables = [Act, *(model for model in apps.get_models() if model.__name__.endswith("Event"))]
    before = [model.objects.count() for model in tables]
    for name, line in LINES.items():
        if line.method == "post" or "post" in other_methods(name, line):
            client = as_(AUDITOR)
            client.raise_request_exception = False
            client.post(reverse(name, args=[things.get(key, key) for key in line.args]))
    assert [model.objects.count() for model in tables] == before
