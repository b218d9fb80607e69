"""Quota accounts: no day below zero, no m² borne twice, special quota where it belongs; held twice over."""

import datetime as dt
import threading
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from land.models import ConstructionQuota, QuotaEntry
from land.queries.quotas import first_below, running, with_balance
from land.services.approvals import Approved, register_approval, take_back_approval
from land.services.charging import QuotaMisuse, charge, give_back
from land.services.filing import Paper
from land.services.quotas import Movement, move, open_account, take_back
from registry.errors import BadInput, NotAllowed, RuleBroken
from registry.models import Act, Finding, Parameter
from tests import factories as make

from . import holdings as land
from .holdings import day

PAPER = Paper(number="云自然资计〔2025〕3号", issued_on=dt.date(2025, 1, 20))
SPECIAL_2025 = Decimal(600 * 10000) / 15


def moving(kind, m2, on="2025-02-01", **fields):
    return Movement(kind=kind, m2=Decimal(m2), day=day(on), paper=PAPER, **fields)


def now():
    """Ask the database what it asks when a transaction ends."""
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
def general(county):
    return land.account(county)


# --- movements


def test_an_account_is_opened_once_moved_with_its_paper_and_read_with_its_running_balance(county, officer):
    account = open_account(division=county, kind="general", year=2025, by=officer)
    move(account=account, movement=moving("allocated", "5000"), by=officer)
    move(account=account, movement=moving("returned", "1200.50", "2025-05-01"), by=officer)
    assert [line.balance for line in running(account)] == [Decimal("5000.00"), Decimal("3799.50")]
    read = with_balance(ConstructionQuota.objects.all(), day("2025-04-30")).get()
    assert read.balance == Decimal("5000.00")
    assert QuotaEntry.objects.first().source.number == PAPER.number
    assert set(Act.objects.values_list("verb", flat=True)) == {"quota_opened", "quota_moved"}
    with pytest.raises(BadInput, match="open already"):
        open_account(division=county, kind="general", year=2025, by=officer)


def test_Q01_a_movement_that_would_leave_a_later_day_below_zero_is_refused_with_that_day(general, officer):
    move(account=general, movement=moving("allocated", "1000", "2025-02-01"), by=officer)
    move(account=general, movement=moving("returned", "900", "2025-06-01"), by=officer)
    with pytest.raises(BadInput, match="2025-06-01") as refused:  # back-dated: the day itself is in order
        move(account=general, movement=moving("lapsed", "200", "2025-03-01"), by=officer)
    assert "100.00" in str(refused.value)
    assert general.entries.count() == 2
    move(account=general, movement=moving("lapsed", "100", "2025-03-01"), by=officer)
    now()


def test_Q01_the_database_refuses_what_raw_rows_would_leave_below_zero(general):
    land.entry(general, "allocated", "1000", "2025-03-01")
    land.entry(general, "returned", "1000", "2025-03-01")  # the same day, in whatever order
    now()
    land.entry(general, "returned", "1", "2025-02-28")
    with pytest.raises(IntegrityError, match="falls to -1.00 m2 on 2025-02-28"), transaction.atomic():
        now()
    transaction.set_rollback(True)


def test_movements_are_neither_changed_nor_deleted_and_their_sign_is_that_of_their_kind(general):
    entry = land.entry(general, "allocated", "1000")
    for statement in (
        "UPDATE land_quotaentry SET amount_m2 = 2000",
        "UPDATE land_quotaentry SET day = '2024-01-01'",
        "DELETE FROM land_quotaentry",
        "UPDATE land_constructionquota SET year = 2024",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    with pytest.raises(IntegrityError, match="sign_of_kind"), transaction.atomic():
        QuotaEntry.objects.create(
            account=general, kind="lapsed", day=day("2025-02-01"), amount_m2=5, source=entry.source
        )


def test_taking_an_allocation_back_is_refused_while_it_is_used_up(general, officer):
    entry = move(account=general, movement=moving("allocated", "1000"), by=officer)
    used = move(account=general, movement=moving("returned", "400", "2025-05-01"), by=officer)
    with pytest.raises(BadInput, match="2025-05-01"):
        take_back(entry=entry, by=officer, reason="文号有误")
    take_back(entry=used, by=officer, reason="文号有误")
    take_back(entry=entry, by=officer, reason="文号有误")
    now()
    assert [line.balance for line in running(general)] == [None, None]
    with pytest.raises(BadInput, match="already"):
        take_back(entry=entry, by=officer, reason="文号有误")


def test_quota_is_shared_downwards_and_carried_to_the_next_year_on_both_sides_at_once(county, officer):
    town = make.township(county)
    top, below, later = land.account(county), land.account(town), land.account(county, year=2026)
    move(account=top, movement=moving("allocated", "1000"), by=officer)
    shared = move(account=top, movement=moving("shared_out", "300", other=below), by=officer)
    move(account=top, movement=moving("carried_out", "200", "2026-01-05", other=later), by=officer)
    read = {a.pk: a.balance for a in with_balance(ConstructionQuota.objects.all(), day("2026-02-01"))}
    assert read == {top.pk: Decimal(500), below.pk: Decimal(300), later.pk: Decimal(200)}
    with pytest.raises(BadInput, match="same kind"):
        move(account=below, movement=moving("shared_out", "10", other=top), by=officer)
    take_back(entry=shared, by=officer, reason="分解有误")
    now()
    assert below.entries.filter(annulled=None).count() == 0


def test_what_was_passed_down_is_taken_back_by_who_may_move_both_accounts(county, officer):
    town = make.township(county)
    top, below = land.account(county), land.account(town)
    move(account=top, movement=moving("allocated", "1000"), by=officer)
    move(account=top, movement=moving("shared_out", "300", other=below), by=officer)
    with pytest.raises(NotAllowed):
        take_back(entry=below.entries.get(), by=make.user("land_officer", town), reason="分解有误")
    take_back(entry=below.entries.get(), by=officer, reason="分解有误")
    assert QuotaEntry.objects.in_force().count() == 1
    now()


def test_farmland_is_part_of_what_moves(general, officer):
    with pytest.raises(BadInput, match="of farmland"):
        move(account=general, movement=moving("allocated", "10", farmland_m2=Decimal(11)), by=officer)


# --- approvals


def test_Q02_every_approved_m2_is_borne_once(general, officer, county):
    move(account=general, movement=moving("allocated", "5000"), by=officer)
    approval = land.approval(county)
    charge(approval=approval, account=general, m2=Decimal(600), day=day("2025-03-01"), by=officer)
    with pytest.raises(RuleBroken, match="400.00") as refused:
        charge(approval=approval, account=general, m2=Decimal(401), day=day("2025-03-01"), by=officer)
    assert refused.value.code == "Q02"
    other = land.account(county, kind="existing_stock")
    move(account=other, movement=moving("allocated", "5000"), by=officer)
    charge(approval=approval, account=other, m2=Decimal(400), day=day("2025-03-01"), by=officer)
    assert not Finding.objects.open().filter(rule="Q02").exists()
    land.entry(other, "charged", "1", "2025-03-02", approval=approval)
    with pytest.raises(IntegrityError, match="is charged with"), transaction.atomic():
        now()
    transaction.set_rollback(True)


def test_Q02_what_a_linkage_project_bears_no_account_bears(general, officer, county):
    move(account=general, movement=moving("allocated", "5000"), by=officer)
    project = land.linkage(county)
    approval = land.approval(county, linkage=project, linkage_m2=Decimal(700))
    with pytest.raises(RuleBroken, match="Q02"):
        charge(approval=approval, account=general, m2=Decimal(301), day=day("2025-03-01"), by=officer)
    charge(approval=approval, account=general, m2=Decimal(300), day=day("2025-03-01"), by=officer)
    now()


def test_quota_given_back_can_be_used_again_and_no_more_than_was_borne(general, officer, county):
    move(account=general, movement=moving("allocated", "1000"), by=officer)
    approval = land.approval(county)
    entry = charge(approval=approval, account=general, m2=Decimal(1000), day=day("2025-03-01"), by=officer)
    back = {"approval": approval, "account": general, "day": day("2025-04-01"), "paper": PAPER, "by": officer}
    with pytest.raises(BadInput, match="1,000.00"):
        give_back(m2=Decimal(1001), **back)
    give_back(m2=Decimal(1000), **back)
    with pytest.raises(BadInput, match="given back already"):
        take_back(entry=entry, by=officer, reason="文号有误")
    charge(approval=approval, account=general, m2=Decimal(1000), day=day("2025-05-01"), by=officer)
    now()


def test_an_approval_is_taken_back_only_when_no_account_bears_it(general, officer, county):
    move(account=general, movement=moving("allocated", "1000"), by=officer)
    approval = land.approval(county)
    entry = charge(approval=approval, account=general, m2=Decimal(1000), day=day("2025-03-01"), by=officer)
    with pytest.raises(BadInput, match="first"):
        take_back_approval(approval=approval, by=officer, reason="批文撤销")
    take_back(entry=entry, by=officer, reason="批文撤销")
    take_back_approval(approval=approval, by=officer, reason="批文撤销")
    with pytest.raises(BadInput, match="taken back"):
        charge(approval=approval, account=general, m2=Decimal(1), day=day("2025-03-01"), by=officer)
    now()


# --- special quota


def test_Q01_special_quota_for_another_project_is_a_diversion(county, officer):
    special = land.account(county, "poverty_special")
    move(account=special, movement=moving("allocated", "5000"), by=officer)
    with pytest.raises(QuotaMisuse, match="diversion"):
        charge(
            approval=land.approval(county, tag="other"), account=special, m2=Decimal(1000),
            day=day("2025-03-01"), by=officer,
        )  # fmt: skip
    charge(
        approval=land.approval(county, tag="consolidation"), account=special, m2=Decimal(1000),
        day=day("2025-03-01"), by=officer,
    )  # fmt: skip


def test_Q01_six_hundred_mu_a_year_until_2025_and_none_afterwards_unless_renewed(county, officer):
    special = land.account(county, "poverty_special")
    move(account=special, movement=moving("allocated", SPECIAL_2025 / 2), by=officer)
    village = land.account(make.township(county), "poverty_special")
    move(account=village, movement=moving("allocated", SPECIAL_2025 / 2), by=officer)
    with pytest.raises(RuleBroken, match="600.00"):
        move(account=village, movement=moving("allocated", "0.01"), by=officer)
    later = land.account(county, "poverty_special", 2026)
    with pytest.raises(RuleBroken, match="0.00"):
        move(account=later, movement=moving("allocated", "100", "2026-02-01"), by=officer)
    Parameter.objects.create(
        key="quota_special_mu", value=600, division=county, valid=make.period("2026-01-01"), source="续期文件"
    )
    move(account=later, movement=moving("allocated", "100", "2026-02-01"), by=officer)


def test_quota_of_a_year_that_lapses_is_not_used_in_the_next(county, officer):
    old = land.account(county, year=2024)
    move(account=old, movement=moving("allocated", "5000", "2024-03-01"), by=officer)
    with pytest.raises(BadInput, match="Carry it over"):
        charge(
            approval=land.approval(county), account=old, m2=Decimal(1000), day=day("2025-03-01"), by=officer
        )
    kept = land.account(county, "existing_stock", 2024)
    move(account=kept, movement=moving("allocated", "5000", "2024-03-01"), by=officer)
    charge(approval=land.approval(county), account=kept, m2=Decimal(1000), day=day("2025-03-01"), by=officer)


# --- who may


@pytest.mark.parametrize("role", ["county", "finance_officer", "asset_manager", "clerk", "auditor"])
def test_only_land_officers_move_quota(general, county, role):
    with pytest.raises(NotAllowed):
        move(account=general, movement=moving("allocated", "1"), by=make.user(role, county))


def test_a_land_officer_of_a_township_does_not_move_the_county_s_account(general, county):
    with pytest.raises(NotAllowed):
        move(
            account=general,
            movement=moving("allocated", "1"),
            by=make.user("land_officer", make.township(county)),
        )


# --- registering approvals


def approved(**fields):
    values = {
        "approval_no": "云政复〔2025〕9号", "kind": "both", "level": "province",
        "approved_on": day("2025-03-01"), "project_name": "产业园", "farmland_m2": Decimal(1000),
    }  # fmt: skip
    return Approved(**(values | fields))


def test_an_approval_is_registered_with_what_the_quota_bears_of_it(county, officer):
    made = register_approval(
        division=county,
        approved=approved(other_agri_m2=Decimal(200), construction_m2=Decimal(50), paddy_m2=Decimal(10)),
        by=officer,
    )
    assert (made.new_construction_m2, made.total_m2) == (Decimal("1200.00"), Decimal("1250.00"))
    assert Finding.objects.open().get(rule="Q02").details["variant"] == "short"
    alone = register_approval(division=county, approved=approved(kind="expropriation"), by=officer)
    assert alone.new_construction_m2 == 0
    with pytest.raises(BadInput, match="registered already"):
        register_approval(division=county, approved=approved(), by=officer)
    with pytest.raises(BadInput, match="part of the farmland"):
        register_approval(
            division=county, approved=approved(approval_no="x号1", pbf_m2=Decimal(1001)), by=officer
        )


def test_P06_and_P10_refuse_an_approval_from_the_go_live_day_on_and_record_what_is_older(county, officer):
    on_pbf = {"pbf_m2": Decimal(10)}
    with pytest.raises(RuleBroken, match="State Council"):
        register_approval(division=county, approved=approved(**on_pbf), by=officer)
    old = approved(approved_on=day("2024-12-31"), **on_pbf)
    register_approval(division=county, approved=old, by=officer)
    assert Finding.objects.open().get(rule="P06").baseline
    late = approved(
        approval_no="国函〔2025〕1号",
        level="state_council",
        basis="poverty",
        basis_on=day("2024-01-03"),
        **on_pbf,
    )
    with pytest.raises(RuleBroken, match="2024-01-02"):
        register_approval(division=county, approved=late, by=officer)


# --- whatever the order


MOVES = st.lists(
    st.tuples(
        st.sampled_from(["allocated", "carried_in", "returned", "lapsed"]),
        st.integers(1, 400),
        st.integers(0, 9),
        st.integers(0, 9),  # 0: the movement is an earlier one taken back
    ),
    max_size=14,
)


def ends_of_days(moves):
    """Balances by day as a plain sum, without any SQL."""
    return [sum(amount for amount, on in moves if on <= end) for end in sorted({on for _a, on in moves})]


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=MOVES)
def test_Q01_no_sequence_of_movements_in_any_order_of_days_leaves_a_day_below_zero(moves):
    """The database takes a movement exactly when no day ends below zero with it, and then only."""
    with transaction.atomic():
        account = land.account(make.county())
        paper, act = make.source(account.division), make.act(make.unit())
        stands = []
        for kind, m2, on, back in moves:
            amount = m2 if kind in ("allocated", "carried_in") else -m2
            undone = stands[m2 % len(stands)] if back == 0 and stands else None
            left = [row for row in stands if row is not undone]
            wanted = left if undone else [*left, (amount, on, None)]
            fits = all(end >= 0 for end in ends_of_days([row[:2] for row in wanted]))
            try:
                with transaction.atomic():
                    if undone:
                        QuotaEntry.objects.filter(pk=undone[2]).update(annulled=act)
                    else:
                        made = land.entry(
                            account, kind, m2, day("2025-01-01") + dt.timedelta(on), source=paper
                        )
                        wanted = [*left, (amount, on, made.pk)]
                    now()
            except IntegrityError:
                assert not fits
            else:
                assert fits
                stands = wanted
        assert first_below([account.pk]) == {}
        transaction.set_rollback(True)


# --- two officers at once


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("by_service", [True, False])
def test_two_officers_at_once_cannot_use_the_same_quota_twice(by_service):
    county = make.county()
    account = land.account(county)
    land.entry(account, "allocated", "1000")
    approvals = [land.approval(county) for _number in range(2)]
    paper = make.source(county)
    gate, results = threading.Barrier(2, timeout=20), []

    def use(approval):
        try:
            with transaction.atomic():
                gate.wait()
                if by_service:
                    charge(
                        approval=approval, account=account, m2=Decimal(1000), day=day("2025-03-01"), by=None
                    )
                else:
                    land.entry(account, "charged", "1000", "2025-03-01", approval=approval, source=paper)
            results.append("done")
        except (BadInput, IntegrityError) as error:
            results.append(type(error).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=use, args=(approval,)) for approval in approvals]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == sorted(["done", "BadInput" if by_service else "IntegrityError"])
    assert first_below([account.pk]) == {}


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_does_not_see_the_others_moves_no_quota():
    account = land.account(make.county())
    paper = make.source(account.division)

    def move_unseeing():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            land.entry(account, "allocated", "1000", source=paper)

    with pytest.raises(DatabaseError, match="READ COMMITTED"):
        move_unseeing()
