"""Compensation and linked surplus: every square metre answers once, ground counts once, terms are kept."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import translation

from land.models import LinkagePlot, QuotaEntry, SupplementUse
from land.queries.compensation import balances, unused, weighted
from land.queries.linkage import standings
from land.queries.quotas import first_below
from land.services import compensation, linkage
from land.services import compensation_records as records
from land.services.compensation import Acceptance, Occupation
from land.services.compensation_records import Designation
from land.services.filing import Paper
from land.services.linkage import Plan
from registry.errors import BadInput, NotAllowed, RuleBroken
from registry.models import Act, Finding
from tests import factories as make
from tests.land.layers import at

from . import holdings as land
from .holdings import day

pytestmark = pytest.mark.django_db
PAPER = Paper(number="云自然资〔2025〕5号")


def now():
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@pytest.fixture(autouse=True)
def english():
    """Sentences are compared as they are written in the sources."""
    with translation.override("en"):
        yield


@pytest.fixture
def county(db):
    return make.county(go_live=dt.date(2025, 1, 1))


@pytest.fixture
def officer(county):
    return make.user("land_officer", county)


@pytest.fixture
def chief(county):
    return make.user("county", county)


def occupied(county, by, **fields):
    values = {
        "name": "加工厂", "kind": "construction", "occupier": "交投公司", "occupied_on": day("2025-03-01"),
        "area_m2": Decimal(1000), "grade": Decimal(9),
    } | fields  # fmt: skip
    return compensation.register_occupation(
        division=county, occupation=Occupation(**values), paper=PAPER, by=by
    )


def accepted(county, officer, chief, m2="1000", **fields):
    made = compensation.plan_supplement(division=county, name="补充耕地", paper=PAPER, by=officer)
    values = {"accepted_on": day("2025-01-05"), "accepted_m2": Decimal(m2), "grade": Decimal(9)} | fields
    return compensation.accept_supplement(
        supplement=made, acceptance=Acceptance(**values), paper=PAPER, by=chief
    )


def used(supplement, occupation, m2, by, **fields):
    values = {"day": day("2025-03-02"), "paper": PAPER} | fields
    return compensation.use_supplement(
        supplement=supplement, occupation=occupation, m2=Decimal(m2), by=by, **values
    )


# --- compensation


def test_grades_are_weighted_half_up_and_unknown_where_one_is_missing():
    assert weighted([(Decimal(1), Decimal("9.00")), (Decimal(1), Decimal("9.01"))]) == Decimal("9.01")
    assert weighted([(Decimal(1), None)]) is None
    assert weighted([]) is None


def test_B01_an_occupation_is_owed_until_accepted_ground_answers_for_it(county, officer, chief):
    owed = occupied(county, officer, paddy_m2=Decimal(200))
    assert Finding.objects.open().get(rule="B01").details["area"] == "1000.00"
    ground = accepted(county, officer, chief, "1500", paddy_m2=Decimal(150))
    used(ground, owed, "1000", officer, paddy_m2=Decimal(150))
    assert Finding.objects.open().get(rule="B01").details["variant"] == "paddy"
    more = accepted(county, officer, chief, "100", paddy_m2=Decimal(100))
    used(more, owed, "50", officer, paddy_m2=Decimal(50))
    assert not Finding.objects.open().filter(rule="B01").exists()
    assert not balances([owed], day("2025-12-31"))[0].in_debt
    assert unused(ground) == (Decimal(500), Decimal(0))
    now()


def test_B01_every_square_metre_of_a_supplement_answers_once(county, officer, chief):
    ground = accepted(county, officer, chief)
    first, second = occupied(county, officer), occupied(county, officer)
    used(ground, first, "600", officer)
    with pytest.raises(BadInput, match="400.00"):
        used(ground, second, "400.01", officer)
    land.use(ground, second, "400.01")
    with pytest.raises(IntegrityError, match="is used for"), transaction.atomic():
        now()
    transaction.set_rollback(True)


def test_a_supplement_answers_from_its_acceptance_on_and_not_for_more_than_is_owed(county, officer, chief):
    owed = occupied(county, officer)
    planned = compensation.plan_supplement(division=county, name="未验收", paper=PAPER, by=officer)
    with pytest.raises(BadInput, match="not accepted"):
        used(planned, owed, "10", officer)
    ground = accepted(county, officer, chief, "2000", accepted_on=day("2025-03-02"))
    with pytest.raises(BadInput, match="not accepted"):
        used(ground, owed, "10", officer, day=day("2025-03-01"))
    with pytest.raises(BadInput, match="1,000.00"):
        used(ground, owed, "1000.01", officer)


def test_the_county_accepts_and_the_land_officer_writes(county, officer, chief):
    planned = compensation.plan_supplement(division=county, name="补充耕地", paper=PAPER, by=officer)
    acceptance = Acceptance(accepted_on=day("2025-01-05"), accepted_m2=Decimal(10))
    with pytest.raises(NotAllowed):
        compensation.accept_supplement(supplement=planned, acceptance=acceptance, paper=PAPER, by=officer)
    with pytest.raises(NotAllowed):
        occupied(county, chief)
    compensation.accept_supplement(supplement=planned, acceptance=acceptance, paper=PAPER, by=chief)
    with pytest.raises(BadInput, match="already"):
        compensation.accept_supplement(supplement=planned, acceptance=acceptance, paper=PAPER, by=chief)


def test_B03_construction_names_who_owes_and_C07_an_exemption_names_its_document(county, officer):
    with pytest.raises(BadInput, match="B03"):
        occupied(county, officer, occupier=" ")
    owed = occupied(county, officer)
    with pytest.raises(BadInput, match="number of the document"):
        compensation.record_exemption(
            occupation=owed, exemption="disaster", m2=Decimal(100), paper=Paper(number=" "), by=officer
        )
    made = compensation.record_exemption(
        occupation=owed, exemption="disaster", m2=Decimal(100), paper=PAPER, by=officer
    )
    assert (made.owed_m2, made.area_m2) == (Decimal(900), Decimal(1000))


def test_ground_of_two_supplements_does_not_overlap_by_service_or_by_sql(county, officer):
    one = {"division": county, "paper": PAPER, "by": officer}
    compensation.plan_supplement(name="甲地", geom=land.ground(at(0, 0, 100, 100)), **one)
    compensation.plan_supplement(name="邻地", geom=land.ground(at(100, 0, 100, 100)), **one)
    with pytest.raises(BadInput, match="甲地"):
        compensation.plan_supplement(name="乙地", geom=land.ground(at(90, 90, 20, 20)), **one)
    with pytest.raises(IntegrityError, match="held already"), transaction.atomic():
        land.supplement(county, geom=land.ground(at(50, 50, 10, 10)))


def test_caps_replace_each_other_and_the_in_out_balance_is_history(county, officer):
    one = {"division": county, "paper": PAPER, "by": officer}
    records.set_cap(year=2025, cap_m2=Decimal(1000), **one)
    assert records.set_cap(year=2025, cap_m2=Decimal(2000), **one).cap_m2 == 2000
    made = records.record_in_out(year=2022, out_m2=Decimal(10), in_m2=Decimal(30), **one)
    assert made.balance_m2 == 20
    for year in (2020, 2025):
        with pytest.raises(BadInput, match="2021 to 2024"):
            records.record_in_out(year=year, out_m2=Decimal(10), in_m2=Decimal(30), **one)


def test_what_others_rest_on_is_not_taken_back(county, officer, chief):
    ground, owed = accepted(county, officer, chief), occupied(county, officer)
    use = used(ground, owed, "100", officer)
    for row in (ground, owed):
        with pytest.raises(BadInput, match="first"):
            compensation.take_back(row=row, by=officer, reason="登记有误")
    for row in (use, ground, owed):
        compensation.take_back(row=row, by=officer, reason="登记有误")
    assert SupplementUse.objects.in_force().count() == 0
    assert Act.objects.filter(verb="land_taken_back").count() == 3
    now()


def test_P09_finds_a_designation_that_is_too_small(county, officer):
    records.designate(
        division=county,
        designation=Designation(
            name="补划", occupied_m2=Decimal(100), designated_on=day("2025-03-01"), area_m2=Decimal(99)
        ),
        paper=PAPER,
        by=officer,
    )
    assert Finding.objects.open().get(rule="P09").details["wanted"] == "100.00"


# --- linked increase and decrease


@pytest.fixture
def project(county, officer):
    plan = Plan(
        name="小寨项目区", approval_no="云自然资〔2023〕7号", approved_on=day("2023-02-28"),
        demolish_m2=Decimal(5000), new_build_m2=Decimal(3000), base_year=2022,
    )  # fmt: skip
    return linkage.register_linkage(division=county, plan=plan, by=officer)


def accept(project, m2, on, chief):
    return linkage.accept_reclaimed(project=project, m2=Decimal(m2), day=day(on), paper=PAPER, by=chief)


def sell(project, m2, on, by):
    return linkage.sell_surplus(
        project=project, m2=Decimal(m2), day=day(on), buyer="昆明市", price_yuan=Decimal("450000"),
        paper=PAPER, by=by,
    )  # fmt: skip


def test_G01_a_project_is_due_after_three_years_and_builds_no_more_than_it_reclaims(project, county, officer):
    assert project.due_on == day("2026-02-28")
    plan = Plan(
        name="大寨项目区", approval_no="云自然资〔2023〕8号", approved_on=day("2023-02-28"),
        demolish_m2=Decimal(100), new_build_m2=Decimal("100.01"), base_year=2022,
    )  # fmt: skip
    with pytest.raises(BadInput, match="G01"):
        linkage.register_linkage(division=county, plan=plan, by=officer)


def test_G01_surplus_is_sold_only_once_it_is_there_whatever_the_order_of_entry(project, officer, chief):
    accept(project, "3000", "2024-01-01", chief)
    accept(project, "1500", "2025-01-01", chief)
    sell(project, "1000", "2025-02-01", officer)
    with pytest.raises(RuleBroken, match="2024-06-01"):
        sell(project, "1", "2024-06-01", officer)  # back-dated: there was none yet
    with pytest.raises(RuleBroken, match="0.01"):
        sell(project, "500.01", "2025-03-01", officer)
    standing = standings([project], day("2025-12-31"))[0]
    assert (standing.surplus_m2, standing.left_m2) == (Decimal(1500), Decimal(500))
    assert standing.income_yuan == Decimal("450000.00")
    land.surplus(project, "sold", "0.01", "2024-12-31")
    with pytest.raises(IntegrityError, match="given away on 2024-12-31"), transaction.atomic():
        now()
    transaction.set_rollback(True)


def test_surplus_that_is_kept_as_quota_cannot_be_sold_and_goes_back_with_its_quota(
    project, county, officer, chief
):
    accept(project, "4000", "2025-01-01", chief)
    account = land.account(county, "linkage_surplus")
    keep = {"project": project, "m2": Decimal(800), "day": day("2025-02-01"), "paper": PAPER, "by": officer}
    with pytest.raises(BadInput, match="Choose an account"):
        linkage.keep_surplus(account=land.account(county), **keep)
    kept = linkage.keep_surplus(account=account, **keep)
    with pytest.raises(RuleBroken, match="G01"):
        sell(project, "200.01", "2025-03-01", officer)
    linkage.take_back_move(move=kept, by=officer, reason="登记有误")
    assert QuotaEntry.objects.in_force().count() == 0
    assert first_below([account.pk]) == {}
    sell(project, "1000", "2025-03-01", officer)
    now()


def test_an_acceptance_on_which_a_sale_rests_is_not_taken_back(project, officer, chief):
    first = accept(project, "4000", "2025-01-01", chief)
    sold = sell(project, "1000", "2025-02-01", officer)
    with pytest.raises(RuleBroken, match="G01"):
        linkage.take_back_move(move=first, by=officer, reason="登记有误")
    with pytest.raises(BadInput, match="first"):
        linkage.take_back_project(project=project, by=officer, reason="登记有误")
    for move in (sold, first):
        linkage.take_back_move(move=move, by=officer, reason="登记有误")
    linkage.take_back_project(project=project, by=officer, reason="登记有误")
    now()


def test_no_ground_is_demolished_for_two_projects(project, county, officer):
    one = {"role": "demolish", "m2": Decimal(10000), "by": officer}
    linkage.add_plot(project=project, name="旧宅", geom=land.ground(at(0, 0, 100, 100)), **one)
    other = land.linkage(county, name="另一项目区")
    with pytest.raises(BadInput, match="旧宅"):
        linkage.add_plot(project=other, name="重复", geom=land.ground(at(50, 0, 100, 100)), **one)
    with pytest.raises(IntegrityError, match="held already"), transaction.atomic():
        land.plot(other, at(50, 0, 100, 100))
    linkage.add_plot(
        project=other, name="建新", geom=land.ground(at(50, 0, 100, 100)), **one | {"role": "new_build"}
    )
    first = LinkagePlot.objects.get(name="旧宅")
    linkage.take_back_plot(plot=first, by=officer, reason="范围有误")
    linkage.add_plot(project=other, name="重测", geom=land.ground(at(50, 200, 100, 100)), **one)


def test_no_more_is_accepted_than_was_approved_and_projects_are_not_rewritten(project, chief):
    accept(project, "5000", "2025-01-01", chief)
    with pytest.raises(BadInput, match="5,000.00"):
        accept(project, "0.01", "2025-01-02", chief)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE land_linkageproject SET new_build_m2 = 0")
