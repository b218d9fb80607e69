"""Pools and distributions: what may be given, to whom, to the fen; payments that come back."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from assets.income.codes import IncomeUse, LineBasis
from assets.income.forms_payments import OrderForm
from assets.income.queries.pools import account_of
from assets.income.services.distributions import (
    Share,
    approve_distribution,
    income_shares,
    member_shares,
    take_back_distribution,
)
from assets.income.services.payments import (
    Account,
    known_accounts,
    order_payments,
    settle_payments,
    to_pay,
)
from assets.income.services.pools import add_entry, open_pool, settle_pool
from assets.models import Distribution, DistributionLine, IncomePool, Payment
from registry.errors import BadInput, NotAllowed, RowsRefused, RuleBroken
from registry.models import PartyMember
from tests import factories as make

from . import earning
from .test_contracts import pay

pytestmark = pytest.mark.django_db
CARD = "6222020000000001"


def lines(made):
    return [str(line.amount) for line in made.lines.order_by("pk")]


def test_what_may_be_distributed():
    pool = earning.pool("100000.00", cost="12000.00", tax="3000.00", loss="5000.00")
    assert pool.distributable == Decimal("80000.00")
    made = earning.distribution(pool, total="60000.00", reserve="20000.00")
    assert lines(made) == ["30000.00", "30000.00"]
    assert account_of(pool).balance == 0


def test_received_counts_by_the_weight_of_the_unit():
    one, other = earning.workshop(), earning.workshop()
    other.unit.division = one.unit.division
    other.unit.save()
    owner = make.party(of=one.unit.division)
    contract = earning.contract(
        one,
        parts=[(one.unit, Fraction(1, 3)), (other.unit, Fraction(2, 3))],
        owner=owner,
        begin=dt.date(2026, 1, 1),
    )
    pay(contract.dues.first(), "9000.00")
    pool = open_pool(
        division=one.unit.division, owner=owner, year=2026, name="一号厂房", units=[one.unit], by=None
    )
    assert account_of(pool).distributable == Decimal("3000.00")


def test_nothing_is_approved_of_a_pool_that_is_not_settled():
    asset = earning.workshop()
    pool = open_pool(
        division=asset.unit.division,
        owner=make.party(),
        year=2025,
        name="未结算",
        units=[asset.unit],
        by=None,
    )
    with pytest.raises(BadInput, match="请先结算收益池"):
        earning.distribution(pool)


def test_INC04_a_fen_too_much_is_refused():
    pool = earning.pool("80000.00")
    with pytest.raises(RuleBroken, match="INC-04"):
        earning.distribution(pool, total="60000.01", reserve="20000.00")
    earning.distribution(pool, total="60000.00", reserve="20000.00", number="FP-ok")


def test_INC04_the_database_has_the_last_word():
    pool = earning.pool("80000.00")
    made = earning.distribution(pool)
    given, pools = Distribution.objects.filter(pk=made.pk), IncomePool.objects.filter(pk=pool.pk)
    with pytest.raises(DatabaseError, match="INC-04"), transaction.atomic():
        given.update(reserve=Decimal("20000.01"))
    with pytest.raises(DatabaseError, match="INC-04"), transaction.atomic():
        pools.update(received=Decimal("79999.99"))
    with pytest.raises(DatabaseError, match="INC-12"), transaction.atomic():
        given.update(total=Decimal("59999.99"))
    with pytest.raises(DatabaseError, match="approved"), transaction.atomic():
        DistributionLine.objects.filter(distribution=made).update(amount=Decimal(1))


def test_a_pool_is_not_settled_below_what_was_distributed():
    pool = earning.pool("80000.00")
    earning.distribution(pool)
    add_entry(
        pool=pool, figure="cost", day=dt.date(2025, 12, 1), amount=Decimal("0.01"), note="修缮", by=None
    )
    with pytest.raises(RuleBroken, match="INC-04"):
        settle_pool(pool=pool, settled_on=dt.date(2026, 1, 10), by=None)


def test_INC12_lines_that_do_not_sum_are_refused():
    with pytest.raises(RuleBroken, match="INC-12"):
        earning.distribution(
            shares=[Share(use="upkeep", basis="works", amount=Decimal("59999.99"))], total="60000.00"
        )


def test_golden_a_pooled_rent_for_three_weak_villages():
    """400,000 yuan: 240,000 for upkeep, 160,000 by the township to three villages, to the fen."""
    town = make.township()
    asset = earning.workshop(of=make.village(town))
    pool = earning.pool("400000.00", of=asset, division=town)
    villages = [make.village(town, f"第{n}村委会") for n in range(3)]
    shares = [
        Share(use=IncomeUse.UPKEEP, basis=LineBasis.WORKS, amount=Decimal("240000"), reason="项目运行管护")
    ]
    shares += [
        Share(use=IncomeUse.CONSOLIDATION, basis=LineBasis.VILLAGE, payee=make.party(of=v)) for v in villages
    ]
    decision = make.decision(town, body="township", members_total=None, present=None, in_favour=None)
    made = earning.distribution(
        pool, total="400000.00", reserve="0", reserve_waived="乡镇统筹", shares=shares, level="township",
        decision=decision,
    )  # fmt: skip
    assert lines(made) == ["240000.00", "53333.34", "53333.33", "53333.33"]


def test_golden_b_members_by_quantified_shares():
    """1,285,600 yuan: 20 % reserve, 15 % welfare, 65 % to members: 200 yuan a share of 4,178.2."""
    pool = earning.pool("1285600.00")
    for name, share in (("李一", Fraction("1500.2")), ("李二", Fraction(2000)), ("李三", Fraction(678))):
        PartyMember.objects.create(
            group=pool.owner, member=make.person(name, of=pool.division),
            share_num=(share / Fraction("4178.2")).numerator,
            share_den=(share / Fraction("4178.2")).denominator, valid=make.period("2020-01-01"),
        )  # fmt: skip
    shares = [Share(use=IncomeUse.VILLAGE_WELFARE, basis=LineBasis.WORKS, amount=Decimal("192840.00"))]
    shares += member_shares(pool.owner, dt.date(2026, 5, 20))
    made = earning.distribution(pool, total="1028480.00", reserve="257120.00", shares=shares)
    assert lines(made) == ["192840.00", "300040.00", "400000.00", "135600.00"]
    assert account_of(pool).balance == 0


def test_the_income_right_decides_and_not_the_ownership():
    pool = earning.pool()
    asset = pool.units.get()
    owner, village = make.party("所有者"), make.party("收益村")
    make.entry(asset, "ownership", owner)
    make.entry(asset, "income", village, share=Fraction(3, 5))
    make.entry(asset, "income", owner, share=Fraction(2, 5), end="2026-01-01")
    found = {share.payee.name: share.weight for share in income_shares(pool, dt.date(2025, 12, 31))}
    assert found == {"收益村": Fraction(3, 5), "所有者": Fraction(2, 5)}
    assert [share.payee.name for share in income_shares(pool, dt.date(2026, 1, 1))] == ["收益村"]


def test_a_decision_that_did_not_carry_approves_nothing():
    pool = earning.pool()
    lost = make.decision(pool.division, in_favour=199)
    with pytest.raises(BadInput, match="199"):
        earning.distribution(pool, decision=lost)


def test_a_decision_comes_before_the_approval():
    pool = earning.pool()
    late = make.decision(pool.division, held_on=dt.date(2026, 6, 1))
    with pytest.raises(BadInput, match="2026-06-01"):
        earning.distribution(pool, decision=late)


def test_the_income_of_an_asset_is_in_one_pool():
    asset = earning.workshop()
    first = earning.pool(of=asset)
    with pytest.raises(BadInput, match="已在收益池"):
        earning.pool(of=asset, owner=first.owner, name="又一池")


def test_the_page_that_orders_says_who_gets_how_much(as_, cast):
    made = earning.distribution(earning.pool(of=earning.workshop(of=cast.village)))
    page = as_("finance_officer").get(reverse("distribution_pay", args=[made.pk]))
    waiting = list(to_pay(made))
    assert page.context["total"] == sum(line.amount for line in waiting) > 0
    for line in waiting:
        assert f"{line.amount:,.2f}" in page.content.decode()


def test_payments_are_ordered_come_back_and_are_ordered_again():
    made = earning.distribution()
    line = to_pay(made).get()
    accounts = {line.pk: Account(line.payee.name, CARD)}
    first = order_payments(distribution=made, accounts=accounts, ordered_on=dt.date(2026, 5, 26), by=None)
    with pytest.raises(BadInput, match="已提交"):
        order_payments(distribution=made, accounts=accounts, ordered_on=dt.date(2026, 5, 26), by=None)
    settle_payments(payments=first, paid=False, on=dt.date(2026, 5, 28), failure="账号户名不符", by=None)
    assert to_pay(made).get() == line
    again = order_payments(distribution=made, accounts=accounts, ordered_on=dt.date(2026, 5, 29), by=None)
    settle_payments(payments=again, paid=True, on=dt.date(2026, 5, 30), by=None)
    assert list(Payment.objects.order_by("pk").values_list("state", flat=True)) == ["failed", "paid"]
    assert account_of(made.pool).paid == Decimal("30000.00")
    with pytest.raises(BadInput, match="不能撤销|不能撤回"):
        take_back_distribution(distribution=made, reason="方案有误", by=None)


def test_everybody_is_paid_to_his_own_account():
    made = earning.distribution()
    line = to_pay(made).get()
    for account in (Account("别人", CARD), Account(line.payee.name, "12")):
        with pytest.raises(RowsRefused):
            order_payments(
                distribution=made, accounts={line.pk: account}, ordered_on=dt.date(2026, 5, 26), by=None
            )
    assert not Payment.objects.exists()


def test_a_plan_that_is_taken_back_frees_the_pool():
    pool = earning.pool("80000.00")
    made = earning.distribution(pool)
    take_back_distribution(distribution=made, reason="重新议决", by=None)
    earning.distribution(pool, number="FP-2")
    with pytest.raises(BadInput):
        approve_distribution(distribution=made, approved_on=dt.date(2026, 5, 26), by=None)


def test_who_may(cast):
    pool = earning.pool(of=earning.workshop(of=cast.village))
    for role in ("asset_manager", "clerk", "auditor", "elsewhere"):
        with pytest.raises(NotAllowed):
            settle_pool(pool=pool, settled_on=dt.date(2026, 1, 1), by=cast.users[role])
    settle_pool(pool=pool, settled_on=dt.date(2026, 1, 1), by=cast.users["finance_officer"])


def paid_once(line):
    """The payee has an account from a payment of before."""
    accounts = {line.pk: Account(line.payee.name, CARD)}
    done = order_payments(
        distribution=line.distribution, accounts=accounts, ordered_on=dt.date(2026, 5, 26), by=None
    )
    settle_payments(payments=done, paid=True, on=dt.date(2026, 5, 27), by=None)


def order_form(lines, text=None, known=None):
    data = {"ordered_on": "2026-05-26", "accounts": text} if text is not None else None
    return OrderForm(data, lines=lines, known=known or {})


@pytest.fixture
def payees():
    """Three lines: two persons of one name, and one person of another."""
    pool = earning.pool()
    shares = [
        Share(
            use="upkeep", basis="post", payee=make.person(name), amount=Decimal("900.00"), reason="公益岗位"
        )
        for name in ("王强", "王强", "李秀英")
    ]
    made = earning.distribution(pool, shares=shares, total="2700.00")
    return list(to_pay(made).select_related("payee", "distribution").order_by("pk"))


def test_the_list_of_payees_stands_in_the_form_with_the_end_of_the_account_paid_last(payees):
    paid_once(payees[2])
    known = known_accounts(line.payee_id for line in payees)
    form = order_form(payees, known=known)
    assert form["accounts"].value() == f"1，王强，\n2，王强，\n3，李秀英，****{CARD[-4:]}"
    assert CARD not in str(form)
    filled = order_form(payees, f"1，王强，{CARD[:-1]}1\n2，王强，\n3，李秀英，****{CARD[-4:]}\n", known)
    assert filled.is_valid()
    assert {key: one.number for key, one in filled.cleaned_data["accounts"].items()} == {
        payees[0].pk: f"{CARD[:-1]}1", payees[2].pk: CARD,
    }  # fmt: skip


@pytest.mark.parametrize(("text", "says"), [
    (f"张三，{CARD}", "张三"),
    (f"王强，{CARD}", "2"),
    (f"3，王强，{CARD}", "3"),
    (f"9，李秀英，{CARD}", "9"),
    ("李秀英，", "账号"),
    ("", "必填"),
])  # fmt: skip
def test_a_name_that_is_nobodys_or_two_peoples_and_a_list_without_accounts_are_refused(payees, text, says):
    form = order_form(payees, text)
    assert not form.is_valid()
    assert says in str(form.errors["accounts"])


def test_a_name_that_one_payee_alone_has_needs_no_place(payees):
    form = order_form(payees, f"李秀英\t{CARD}")
    assert form.is_valid()
    assert [*form.cleaned_data["accounts"]] == [payees[2].pk]
