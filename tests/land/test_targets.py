"""Targets and responsibility by id: T01, T02, T03, R01; pledges; targets as a table. 中文：目标与责任"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from openpyxl import Workbook

from land.models import ChiefTerm, ResponsibilityArea, ResponsibilityPledge, RetentionTarget
from land.queries.targets import clues_after, places_below, retained
from land.services.chiefs import Appointment, appoint_chief, end_chief
from land.services.pledges import make_pledge, withdraw_pledge
from land.services.targets import TargetLine, set_targets
from land.targets import AMBER, GREEN, GREY, RED, Tightness, measure, worst
from registry import clock
from registry.codes import Role
from registry.errors import BadInput, NotAllowed, RuleBroken
from registry.management.importing import run_import
from registry.models import Act, Division, Entry, Finding, ImportBatch, Unit
from registry.rules.base import Scope
from registry.rules.engine import evaluate
from registry.services.imports import reverse_batch
from registry.services.papers import seal_paper
from tests import factories as make
from tests.land.layers import at, gpkg, parcel_columns, take, zone_columns

YEAR = 2024
MU = Decimal("0.0015")
OTHER = "5325232052020000000"


@pytest.fixture
def land(township):
    """Two villages, a land officer of the township, and a document."""
    first, second = Division.objects.filter(parent=township).order_by("pk")
    officer = make.user(Role.LAND_OFFICER, township)
    return type("Land", (), {"town": township, "first": first, "second": second, "officer": officer,
                             "paper": make.source(township, "屏政发〔2024〕8号")})  # fmt: skip


def survey(tmp_path, town, *, year=YEAR, counted=(8000.0, 6000.0, 1000.0)):
    """Two fields in the first village, one wood; a field in the second."""
    shapes = [at(0, 0, 100, 100), at(100, 0, 100, 100), at(0, 100, 100, 100)]
    columns = parcel_columns(
        ["0101", "0103", "0301"], TBDLMJ=list(counted), SJNF=[year] * 3,
        ZLDWDM=["5325232052010000000", OTHER, OTHER],
    )  # fmt: skip
    path = gpkg(tmp_path / f"s{year}.gpkg", shapes, columns)
    document, _status = take(path, "parcels", year=year, of=town)
    assert document["state"] == "applied"


def target(division, source, mu=None, pbf=None, *, year=YEAR, kind="annual", by=None):
    line = TargetLine(division=division, year=year, kind=kind, source=source, retained_mu=mu, pbf_mu=pbf)
    return set_targets([line], by=by)[0]


def read(rule, *places):
    evaluate(as_of=clock.today(), scope=Scope(), rule_ids=[rule])
    rows = Finding.objects.open().filter(rule=rule)
    return {(row.division_id, row.subject_key.split("/", 1)[1]): row for row in rows}


# --- T01, pure


@pytest.mark.parametrize(
    ("present_mu", "light"),
    [("99.9999", RED), ("100", AMBER), ("101.9999", AMBER), ("102", GREEN), ("140", GREEN), (None, GREY)],
)
def test_T01_red_below_the_target_amber_within_two_hundredths_above_it(present_mu, light):
    present = None if present_mu is None else Decimal(present_mu) / MU
    assert measure(Decimal(100), present, Decimal("0.02")).light == light


def test_T01_without_a_target_nothing_is_ever_green():
    assert measure(None, Decimal(10_000), Decimal("0.02")).light == GREY
    assert worst([GREEN, GREY]) == GREY
    assert worst([RED, GREY]) == RED
    assert worst([]) == GREY


def test_T02_parts_without_a_target_leave_it_open():
    assert Tightness(Decimal(100), Decimal(100), 0).holds is True
    assert Tightness(Decimal(100), Decimal(99), 0).holds is False
    assert Tightness(Decimal(100), Decimal(60), 1).holds is None
    assert Tightness(Decimal(100), Decimal(120), 1).holds is True


# --- the figures


@pytest.mark.django_db
def test_the_retained_area_is_the_counted_area_of_farmland_by_located_village(land, tmp_path):
    survey(tmp_path, land.town)
    children = places_below("/", dt.date(YEAR, 12, 31))[1]
    layer = retained(YEAR)
    assert layer.of(land.first.path, children) == Decimal("8000.00")
    assert layer.of(land.second.path, children) == Decimal("6000.00")
    assert layer.of(land.town.path, children) == Decimal("14000.00")
    assert layer.of(land.town.parent.path, children) == Decimal("14000.00")  # its only township is surveyed
    make.township(land.town.parent, "湾塘乡", "532523206")
    children = places_below("/", dt.date(YEAR, 12, 31))[1]
    assert layer.of(land.town.parent.path, children) is None  # one of two is not
    assert retained(2023).of(land.town.path, children) is None


@pytest.mark.django_db
def test_T01_finds_a_missed_target_and_never_passes_without_a_survey(land, tmp_path):
    target(land.first, land.paper, Decimal("12.01"))
    target(land.second, land.paper, Decimal("8.50"), Decimal("5.00"))
    before = read("T01")
    assert {row.reading for row in before.values()} == {"no_data"}
    assert len(before) == 2
    survey(tmp_path, land.town)
    found = read("T01")
    missed = found[land.first.pk, "retained"]
    assert (missed.reading, missed.severity) == ("found", "F")
    assert missed.details["present"] == "12.00"
    assert missed.details["short"] == "0.01"
    assert found[land.second.pk, "pbf"].reading == "no_data"  # no basic-farmland layer is loaded
    assert (land.second.pk, "retained") not in found


@pytest.mark.django_db
def test_T01_basic_farmland_is_what_its_layer_counts(land, tmp_path):
    survey(tmp_path, land.town)
    columns = zone_columns(1, YJJBNTMJ=[6000.0])
    take(gpkg(tmp_path / "z.gpkg", [at(0, 0, 100, 100)], columns), "basic_farmland", of=land.town)
    target(land.first, land.paper, None, Decimal("9.01"))
    assert read("T01")[land.first.pk, "pbf"].details["present"] == "9.00"
    target(land.first, land.paper, None, Decimal("9.00"))
    assert read("T01") == {}


@pytest.mark.django_db
def test_T01_farmland_of_no_known_village_leaves_villages_grey_and_counts_for_the_whole(land, tmp_path):
    columns = parcel_columns(["0101"], ZLDWDM=["999999999999"], TBDLMJ=[9000.0])
    take(gpkg(tmp_path / "s.gpkg", [at(0, 0, 100, 100)], columns), "parcels", of=land.town)
    children = places_below("/", dt.date(YEAR, 12, 31))[1]
    assert retained(YEAR).of(land.town.path, children) == Decimal("9000.00")
    assert retained(YEAR).of(land.first.path, children) is None


# --- T02


@pytest.mark.django_db
def test_T02_parts_that_do_not_sum_to_the_whole_are_refused_once_all_are_there(land):
    Division.objects.filter(pk=land.town.pk).update(go_live=dt.date(2024, 1, 1))
    target(land.town, land.paper, Decimal("100"), by=land.officer)
    assert read("T02") == {}  # not broken down yet
    target(land.first, land.paper, Decimal("60"), by=land.officer)
    assert {row.reading for row in read("T02").values()} == {"no_data"}  # one part has none
    with pytest.raises(RuleBroken, match="T02") as refused:
        target(land.second, land.paper, Decimal("39.99"), by=land.officer)
    assert refused.value.code == "T02"
    assert not RetentionTarget.objects.filter(division=land.second).exists()
    target(land.second, land.paper, Decimal("41"), by=land.officer)
    assert read("T02") == {}  # the parts may exceed the whole
    with pytest.raises(RuleBroken, match="T02"):
        target(land.town, land.paper, Decimal("102"), by=land.officer)


@pytest.mark.django_db
def test_T02_a_target_has_a_document_a_year_and_a_figure_and_the_database_holds_it(land):
    for values in ({"retained_mu": None}, {"retained_mu": Decimal(0)}, {"retained_mu": 5, "year": 1900}):
        with pytest.raises(IntegrityError), transaction.atomic():
            RetentionTarget.objects.create(
                **({"division": land.first, "year": YEAR, "kind": "annual", "source": land.paper} | values)
            )
    with pytest.raises(IntegrityError), transaction.atomic():
        RetentionTarget.objects.create(division=land.first, year=YEAR, kind="annual", retained_mu=1)
    with pytest.raises(BadInput):
        target(land.first, land.paper, Decimal(-1))


@pytest.mark.django_db
def test_a_target_is_replaced_and_stays_in_the_book(land):
    first = target(land.first, land.paper, Decimal("10"), by=land.officer)
    assert target(land.first, land.paper, Decimal("10"), by=land.officer) == first
    second = target(land.first, land.paper, Decimal("11"), by=land.officer)
    first.refresh_from_db()
    assert first.annulled.verb == "target_set"
    assert first.annulled.before["retained_mu"] == "10.00"
    assert list(RetentionTarget.objects.in_force()) == [second]
    with pytest.raises(Exception, match="kept|Cannot delete"), transaction.atomic():
        first.delete()
    with pytest.raises(NotAllowed):
        target(land.first, land.paper, Decimal("9"), by=make.user(Role.ASSET_MANAGER, land.town))


# --- T03


@pytest.mark.django_db
def test_T03_what_clue_polygons_suggest_is_an_estimate_and_moves_no_light(land, tmp_path):
    survey(tmp_path, land.town)
    target(land.first, land.paper, Decimal("11.90"))
    columns = {"JCBH": ["1"], "DLBM": ["0101"], "ZLDWDM": ["5325232052010000000"], "TBLX": ["20"]}
    take(gpkg(tmp_path / "c.gpkg", [at(0, 0, 50, 100)], columns), "clues", year=2025, of=land.town)
    children = places_below("/", dt.date(YEAR, 12, 31))[1]
    estimate = clues_after(YEAR)
    assert estimate.year == 2025
    assert estimate.of(land.first.path, children) > 4900
    assert retained(YEAR).of(land.first.path, children) == Decimal("8000.00")
    assert read("T01") == {}
    assert retained(YEAR).year == YEAR  # every figure cites its survey year


# --- R01


def appoint(land, division, name="杨文", begin="2024-01-01", source=True, **more):
    chief = make.person(name, division)
    return appoint_chief(
        Appointment(division=division, chief=chief, valid_from=make.day(begin),
                    source=land.paper if source else None, **more),
        by=land.officer,
    )  # fmt: skip


@pytest.mark.django_db
def test_R01_each_village_has_one_chief_once_the_system_has_begun(land):
    assert read("R01") == {}
    entry = appoint(land, land.first)
    assert (entry.code, entry.kind, entry.unit.kind, entry.unit.shape_need) == (
        "chief",
        "duty",
        "parcel",
        "none",
    )
    assert ChiefTerm.objects.get(entry=entry).level == "third"
    assert set(read("R01")) == {(land.second.pk, "chief")}
    appoint(land, land.second, "李明")
    assert read("R01") == {}


@pytest.mark.django_db
def test_R01_a_successor_begins_on_the_day_on_which_the_other_ends(land):
    first = appoint(land, land.first)
    appoint(land, land.second, "李明")
    second = appoint(land, land.first, "王强", "2025-03-01")
    first.refresh_from_db()
    assert first.valid.upper == second.valid.lower == make.day("2025-03-01")
    assert ResponsibilityArea.objects.filter(division=land.first).count() == 1
    assert read("R01") == {}
    with pytest.raises(BadInput):
        appoint(land, land.first, "赵丽", "2025-03-01")


@pytest.mark.django_db
def test_R01_a_gap_between_two_terms_is_found_and_an_overlap_is_refused_by_the_database(land):
    first = appoint(land, land.first)
    appoint(land, land.second, "李明")
    end_chief(entry=first, on=make.day("2024-06-01"), by=land.officer, reason="调离")
    assert read("R01")[land.first.pk, "chief"].details == {"name": land.first.name}
    appoint(land, land.first, "王强", "2024-07-01")
    gap = read("R01")[land.first.pk, "chief"]
    assert (gap.details["first"], gap.details["last"]) == ("2024-06-01", "2024-06-30")
    with pytest.raises(IntegrityError), transaction.atomic():
        make.entry(first.unit, "chief", make.person("赵丽", land.first), begin="2024-05-01", end="2024-06-02")


@pytest.mark.django_db
def test_R01_a_chief_without_document_needs_a_signed_pledge(land, tmp_path):
    appoint(land, land.first, source=False)
    appoint(land, land.second, "李明")
    assert read("R01")[land.first.pk, "chief"].details["variant"] == "unsigned"
    target(land.first, land.paper, Decimal("10"))
    pledge = make_pledge(division=land.first, year=YEAR, by=land.officer)
    assert (land.first.pk, "chief") in read("R01")  # drawn up is not signed
    seal_paper(paper=pledge.paper, scan=make.source(land.town, "责任书"), by=land.officer)
    assert read("R01") == {}


@pytest.mark.django_db
def test_a_chief_is_a_person_and_the_land_officer_appoints_him(land):
    with pytest.raises(BadInput):
        appoint_chief(
            Appointment(division=land.first, chief=make.party(of=land.first), valid_from=clock.today()),
            by=land.officer,
        )
    stranger = make.user(Role.ASSET_MANAGER, land.town)
    appointment = Appointment(division=land.first, chief=make.person(of=land.first), valid_from=clock.today())
    with pytest.raises(NotAllowed):
        appoint_chief(appointment, by=stranger)
    assert not Unit.objects.exists()
    appoint_chief(appointment, by=land.officer)
    assert set(Act.objects.values_list("verb", flat=True)) == {"unit_registered", "entry_opened"}


@pytest.mark.django_db
def test_the_register_s_own_rules_find_nothing_on_what_the_services_wrote(land):
    Division.objects.filter(pk=land.town.pk).update(go_live=dt.date(2024, 1, 1))
    appoint(land, land.first)
    evaluate(as_of=clock.today(), scope=Scope())
    rules = set(Finding.objects.open().values_list("rule", flat=True))
    assert rules <= {"R01"}


# --- pledges


@pytest.mark.django_db
def test_a_pledge_freezes_the_figures_of_its_day(land, tmp_path):
    survey(tmp_path, land.town)
    appoint(land, land.first)
    target(land.first, land.paper, Decimal("11.50"), Decimal("9.00"))
    pledge = make_pledge(division=land.first, year=YEAR, by=land.officer)
    assert (pledge.retained_mu, pledge.pbf_mu) == (Decimal("11.50"), Decimal("9.00"))
    assert (pledge.survey_year, pledge.present_m2) == (YEAR, Decimal("8000.00"))
    text = str(pledge.paper.data)
    assert "11.5" in text
    assert "12.00" in text or "12" in text
    assert str(YEAR) in text
    target(land.first, land.paper, Decimal("13.00"))
    pledge.refresh_from_db()
    assert pledge.retained_mu == Decimal("11.50")
    assert pledge.target.annulled is not None
    with pytest.raises(BadInput):
        make_pledge(division=land.first, year=YEAR, by=land.officer)


@pytest.mark.django_db
def test_a_pledge_needs_a_chief_and_a_target_and_is_taken_back_only_unsigned(land):
    with pytest.raises(BadInput, match=land.first.name):
        make_pledge(division=land.first, year=YEAR, by=land.officer)
    appoint(land, land.first)
    with pytest.raises(BadInput, match=str(YEAR)):
        make_pledge(division=land.first, year=YEAR, by=land.officer)
    target(land.first, land.paper, Decimal("11.50"))
    wrong = make_pledge(division=land.first, year=YEAR, by=land.officer)
    withdraw_pledge(pledge=wrong, by=land.officer, reason="目标有误")
    pledge = make_pledge(division=land.first, year=YEAR, by=land.officer)
    seal_paper(paper=pledge.paper, scan=make.source(land.town, "责任书"), by=land.officer)
    with pytest.raises(BadInput):
        withdraw_pledge(pledge=pledge, by=land.officer, reason="目标有误")
    assert ResponsibilityPledge.objects.signed().get() == pledge


# --- import


HEADS = [
    "行政区代码",
    "行政区名称",
    "目标年份",
    "目标类型",
    "耕地保有量（亩）",
    "永久基本农田保护面积（亩）",
    "文号",
]


def book(path, rows, heads=HEADS):
    workbook = Workbook()
    sheet = workbook.active
    sheet.append(heads)
    for row in rows:
        sheet.append(row)
    workbook.save(path)
    return path


def load(path, *, apply=True, of=None):
    return run_import(kind="ledger:targets", path=str(path), options={}, apply=apply, division=of)


@pytest.mark.django_db
def test_targets_come_in_as_a_table_and_go_again(land, tmp_path):
    before = target(land.second, land.paper, Decimal("7"))
    rows = [
        ["532523205", "新华乡", 2035, "规划期末", 30.5, 20, "屏政发〔2024〕8号"],
        ["532523205201", "戈纪街村", 2024, "年度", 15.25, 10, "屏政发〔2024〕8号"],
        [None, "岩峰村", 2024, None, 9, None, "屏政发〔2024〕8号"],
    ]
    path = book(tmp_path / "t.xlsx", rows)
    preview, _status = load(path, apply=False)
    assert (preview["state"], preview["accepted"], preview["changed"]) == ("staged", 3, 1)
    assert RetentionTarget.objects.in_force().count() == 1
    document, status = load(path)
    assert (document["state"], status) == ("applied", 0), document
    town = RetentionTarget.objects.in_force().get(division=land.town)
    assert (town.year, town.kind, town.retained_mu, town.source.number) == (
        2035, "planning_end", Decimal("30.50"), "屏政发〔2024〕8号",
    )  # fmt: skip
    assert RetentionTarget.objects.in_force().get(division=land.second).retained_mu == Decimal("9.00")
    again, _status = load(path, apply=False)
    assert again["unchanged"] == 3
    reverse_batch(ImportBatch.objects.get(pk=document["batch"]), by=None)
    assert list(RetentionTarget.objects.in_force()) == [before]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("head", "number", "mu"),
    [("耕地保有量（万亩）", 0.5, "5000.00"), ("耕地保有量（公顷）", 85.2, "1278.00")],
)
def test_the_unit_of_the_areas_stands_in_the_head(land, tmp_path, head, number, mu):
    heads = ["行政区代码", "目标年份", head, "文号"]
    load(book(tmp_path / "t.xlsx", [["532523205", 2024, number, "1号"]], heads))
    assert RetentionTarget.objects.get().retained_mu == Decimal(mu)


@pytest.mark.django_db
def test_a_table_without_a_unit_is_asked_about_and_bad_rows_are_given_back(land, tmp_path):
    heads = ["行政区代码", "目标年份", "耕地保有量", "文号"]
    document, status = load(book(tmp_path / "t.xlsx", [["532523205", 2024, 5, "1号"]], heads))
    assert (document["state"], status) == ("refused", 1)
    assert {error["code"] for error in document["errors"]} == {"unit"}
    rows = [
        ["999999", "某乡", 2024, "年度", 5, None, "1号"],
        ["532523205201", "戈纪街村", 2024, "年度", -5, None, "1号"],
        ["532523205202", "岩峰村", 2024, "年度", 5, None, None],
        ["532523205", "新华乡", 2024, "年度", 5, None, "1号"],
        ["532523205", "新华乡", 2024, "年度", 6, None, "1号"],
    ]
    document, status = load(book(tmp_path / "u.xlsx", rows))
    assert (document["state"], document["accepted"], status) == ("applied", 1, 1)
    codes = {(error["row"], error["code"]) for error in document["errors"]}
    assert {(2, "no_division"), (4, "no_source"), (6, "duplicate_row")} <= codes
    assert RetentionTarget.objects.get().retained_mu == Decimal("5.00")


# --- basic farmland that is still farmland


@pytest.mark.django_db
def test_basic_farmland_that_is_still_farmland_is_counted_by_the_survey(land, tmp_path):
    from land.services.still import still_farmland

    survey(tmp_path, land.town)
    assert still_farmland(land.town, YEAR) is None
    shapes = [at(0, 0, 100, 150), at(150, 0, 50, 100)]  # a wood is half of the first's end
    columns = zone_columns(2, ZLDWDM=["5325232052010000000", OTHER])
    take(gpkg(tmp_path / "z.gpkg", shapes, columns), "basic_farmland", of=land.town)
    found = still_farmland(land.town, YEAR)
    assert (found.survey_year, found.zone_year) == (YEAR, YEAR)
    assert abs(found.area_m2 - Decimal("11000")) <= Decimal("0.02")
    assert still_farmland(land.first, YEAR).area_m2 == Decimal("8000.00")


# --- pages


@pytest.mark.django_db
def test_the_pages_show_light_margin_chief_pledge_and_tightness(land, tmp_path, client):
    survey(tmp_path, land.town)
    target(land.town, land.paper, Decimal("20.80"))
    target(land.first, land.paper, Decimal("12.01"))
    target(land.second, land.paper, Decimal("8.79"))
    appoint(land, land.first)
    client.force_login(land.officer)
    page = client.get("/targets/")
    rows = {row.place.pk: (row.light, light.tone) for row, light in page.context["rows"]}
    assert rows == {
        land.town.pk: (AMBER, "act"), land.first.pk: (RED, "alarm"), land.second.pk: (GREEN, "good"),
    }  # fmt: skip
    assert [one.holds for _word, one, _badge in page.context["tight"]] == [True]
    text = page.content.decode()
    assert "杨*" in text
    assert "杨文" not in text
    grey = client.get("/targets/?year=2023")
    assert {row.light for row, _light in grey.context["rows"]} == {GREY}
    place = client.get(f"/targets/{land.first.pk}/?overlay=1")
    assert place.status_code == 200
    assert place.context["light"].tone == "alarm"
    book = client.get("/targets/?export=xlsx")
    assert book["Content-Type"].endswith("sheet")


@pytest.mark.django_db
def test_an_officer_sets_a_target_appoints_a_chief_and_draws_up_the_pledge_on_the_pages(land, client):
    client.force_login(land.officer)
    at_place = f"/targets/{land.first.pk}/"
    empty = client.post(f"{at_place}set/", {"year": "2024", "kind": "annual"})
    assert empty.status_code == 200
    assert {"retained_mu", "paper_number"} <= set(empty.context["form"].errors)
    sent = {"year": "2024", "kind": "annual", "retained_mu": "11.5", "paper_number": "屏政发〔2024〕8号"}
    assert client.post(f"{at_place}set/", sent)["Location"] == at_place
    chief = {
        "name": "杨文",
        "office": "村支书",
        "valid_from": "2024-01-01",
        "paper_number": "新发〔2024〕2号",
    }
    assert client.post(f"{at_place}chief/", chief).status_code == 302
    assert Entry.objects.get(code="chief").party.name == "杨文"
    answer = client.post(f"{at_place}pledge/", {"year": "2024"})
    pledge = ResponsibilityPledge.objects.get()
    assert answer["Location"] == f"/papers/{pledge.paper.code}/"
    paper = client.get(answer["Location"])
    assert paper.status_code == 200
    assert "杨文" in paper.content.decode()  # he signs by name
    stranger = make.user(Role.ASSET_MANAGER, land.town)
    client.force_login(stranger)
    assert client.get(answer["Location"]).status_code == 403
    assert client.get(at_place).status_code == 200
    client.force_login(land.officer)
    client.post(f"/targets/pledges/{pledge.pk}/withdraw/", {"reason": "目标有误"})
    assert not ResponsibilityPledge.objects.in_force().exists()
    assert client.get(at_place).status_code == 200
    ended = {"on": "2024-06-01", "reason": "调离"}
    assert client.post(f"{at_place}chief/end/", ended).status_code == 302


@pytest.mark.django_db
def test_the_board_asks_the_same_number_of_queries_for_two_villages_and_for_twenty(land, tmp_path):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from land.queries.board import board

    survey(tmp_path, land.town)

    def count():
        with CaptureQueriesContext(connection) as caught:
            board(land.town, YEAR)
        return len(caught)

    few = count()
    for _number in range(18):
        village = make.village(land.town)
        target(village, land.paper, Decimal("5"))
    assert count() == few
