"""Contracts: drafted, signed, amended, ended; dues follow to the fen."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Sum

from assets.income.planning import proof
from assets.income.services.amendments import (
    Change,
    amend_contract,
    declare_due,
    terminate_contract,
    write_off,
)
from assets.income.services.contracts import Agreement, change_draft, draft_contract, sign_contract
from assets.models import Contract, ContractUnit, Due, Match
from registry import clock
from registry.errors import BadInput, NotAllowed, RuleBroken
from registry.models import Act, Entry
from tests import factories as make

from . import earning, money

pytestmark = pytest.mark.django_db


def day(text):
    return dt.date.fromisoformat(text)


def dues(contract):
    rows = contract.dues.in_force().order_by("due_on", "pk")
    return [
        (due.due_on.isoformat(), str(due.amount - due.written_off))
        for due in rows
        if due.amount > due.written_off
    ]


def settled(contract):
    """The dues sum to the contract as amended."""
    sums = contract.dues.in_force().aggregate(a=Sum("amount"), w=Sum("written_off"))
    return sums["a"] - sums["w"] == proof(contract, contract.amendments.in_force())


def pay(due, amount):
    """A bank line matched to a due."""
    account = money.account(due.contract.division)
    row = money.statement(account, [amount])
    line = row.lines.get() if hasattr(row, "lines") else account.lines.get()
    act = Act.objects.create(
        verb="money_matched", at=line_time(), user_name="make", division=due.contract.division
    )
    return Match.objects.create(
        line=line, kind="due", due=due, amount=Decimal(amount), booked_on=line.booked_on, rule="person",
        made_at=line_time(), act=act,
    )  # fmt: skip


def line_time():
    return clock.now()


def test_signing_makes_the_dues_and_puts_the_operator_into_the_register():
    contract = earning.contract()
    assert dues(contract) == [
        ("2024-01-01", "12000.00"), ("2025-01-01", "12000.00"), ("2026-01-01", "12000.00"),
    ]  # fmt: skip
    assert settled(contract)
    entry = Entry.objects.get(unit=contract.parts.get().unit, code="operation")
    assert (entry.party, entry.valid.lower, entry.valid.upper) == (contract.operator, earning.BEGIN, None)
    assert Act.objects.filter(subject=f"contract:{contract.pk}").count() == 2


def test_a_draft_has_no_dues_and_can_be_written_anew():
    contract = earning.contract(signed_on=None)
    assert not contract.dues.exists()
    part = contract.parts.get()
    values = {"amount": Decimal("15000"), "number": contract.number}
    agreement = Agreement(
        begins_on=earning.BEGIN, ends_on=day("2024-12-31"), values=values, parts=[(part.unit, Fraction(1))],
        free=[(day("2024-01-01"), day("2024-06-30"))],
    )  # fmt: skip
    change_draft(contract=contract, agreement=agreement, by=None)
    contract = sign_contract(contract=contract, signed_on=earning.SIGNED, by=None)
    assert dues(contract) == [("2024-01-01", "7500.00")]


def test_money_is_kept_in_kind():
    contract = earning.contract(
        mode="contracting", in_kind="稻谷", in_kind_quantity=Decimal("1500"), in_kind_measure="公斤",
        in_kind_price=Decimal("2.86"), amount=None,
    )  # fmt: skip
    assert contract.amount == Decimal("4290.00")
    assert contract.dues.first().kind == "fee"


def test_lent_money_has_interest_and_principal():
    contract = earning.contract(
        mode="debt", amount=None, principal=Decimal("30000"), annual_rate=Decimal(6), repayment="equal_parts"
    )
    found = contract.dues.order_by("due_on", "kind").values_list("kind", "amount")
    assert [(kind, str(amount)) for kind, amount in found][:2] == [
        ("interest", "1800.00"),
        ("principal", "10000.00"),
    ]
    assert settled(contract)


def test_the_guarantee_of_equity_ends_on_its_day():
    contract = earning.contract(
        mode="equity",
        exit_clause="期满原值退出",
        guarantee_ends_on=day("2025-12-31"),
        equity_percent=Decimal(20),
    )
    assert [due.kind for due in contract.dues.all()] == ["guaranteed"] * 2


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"end": day("2023-12-31")}, "ends_on"),
        ({"operator": None}, "refused"),
        ({"amount": Decimal(-1)}, "refused"),
    ],
)
def test_what_cannot_be_is_refused_with_its_sentence(wrong, code):
    with pytest.raises(BadInput) as refused:
        earning.contract(**wrong)
    assert refused.value.code == code
    assert str(refused.value)


def test_a_number_is_given_once():
    earning.contract(number="HT-1")
    with pytest.raises(BadInput, match="该合同编号已被其他合同使用"):
        earning.contract(number="HT-1")


def test_weights_make_one():
    one, other = earning.workshop(), earning.workshop()
    other.unit.division = one.unit.division
    other.unit.save()
    parts = [(one.unit, Fraction(1, 3)), (other.unit, Fraction(1, 3))]
    with pytest.raises(BadInput, match="2/3"):
        earning.contract(one, parts=parts)
    contract = earning.contract(one, parts=[(one.unit, Fraction(1, 3)), (other.unit, Fraction(2, 3))])
    assert contract.parts.count() == 2


@pytest.mark.django_db(transaction=True)
def test_the_database_holds_weights_to_one():
    contract = earning.contract(signed_on=None)
    part = contract.parts.get()
    rows = ContractUnit.objects.filter(pk=part.pk)
    with pytest.raises(DatabaseError, match="sum to 1/2"):
        rows.update(weight_den=2)


def test_a_signed_contract_stays():
    contract = earning.contract()
    rows = Contract.objects.filter(pk=contract.pk)
    for change in ({"amount": 1}, {"signed_on": None}, {"term": make.period("2020-01-01", "2027-01-01")}):
        with pytest.raises(DatabaseError, match="amend it"), transaction.atomic():
            rows.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        contract.parts.all().delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        Due.objects.filter(contract=contract).update(amount=Decimal(1))


def test_a_higher_amount_changes_the_future_alone():
    contract = earning.contract()
    amend_contract(
        contract=contract, by=None,
        change=Change(
            kind="amount", effective_on=day("2025-07-01"), amount=Decimal("18000"), reason="追加设备"
        ),
    )  # fmt: skip
    assert dues(contract) == [
        ("2024-01-01", "12000.00"), ("2025-01-01", "12000.00"), ("2025-01-01", "3000.00"),
        ("2026-01-01", "18000.00"),
    ]  # fmt: skip
    assert settled(contract)


def test_an_index_raises_what_follows():
    contract = earning.contract(escalation_years=1, escalation_percent=Decimal(5))
    amend_contract(
        contract=contract, by=None,
        change=Change(
            kind="indexed", effective_on=day("2026-01-01"), index_percent=Decimal("2.5"), reason="粮价指数"
        ),
    )  # fmt: skip
    assert dues(contract)[-1] == ("2026-01-01", "13560.75")  # 12,000 × 1.05 × 1.05 × 1.025
    assert settled(contract)


def test_a_longer_term_adds_dues():
    contract = earning.contract()
    change = Change(kind="term", effective_on=day("2026-06-01"), ends_on=day("2027-06-30"), reason="续期半年")
    amend_contract(contract=contract, change=change, by=None)
    contract.refresh_from_db()
    assert dues(contract)[-1] == ("2027-01-01", "6000.00")
    assert settled(contract)


def test_an_early_end_takes_the_future_and_ends_the_right():
    contract = earning.contract()
    terminate_contract(contract=contract, last_day=day("2025-06-30"), reason="承租方退租", by=None)
    contract.refresh_from_db()
    assert dues(contract) == [("2024-01-01", "12000.00"), ("2025-01-01", "6000.00")]
    assert settled(contract)
    assert Entry.objects.get(code="operation").valid.upper == day("2025-07-01")
    with pytest.raises(BadInput):
        terminate_contract(contract=contract, last_day=day("2025-06-30"), reason="承租方退租", by=None)


def test_more_paid_than_the_new_terms_ask_is_refused():
    contract = earning.contract()
    pay(contract.dues.get(due_on=day("2025-01-01")), "9000.00")
    with pytest.raises(BadInput, match=r"多 3000\.00 元"):
        terminate_contract(contract=contract, last_day=day("2025-06-30"), reason="承租方退租", by=None)
    assert dues(contract)[1] == ("2025-01-01", "12000.00")


def test_a_due_paid_in_advance_stays_and_gets_a_difference():
    contract = earning.contract()
    pay(contract.dues.get(due_on=day("2026-01-01")), "12000.00")
    change = Change(kind="amount", effective_on=day("2026-01-01"), amount=Decimal("12500"), reason="重新评估")
    amend_contract(contract=contract, change=change, by=None)
    assert dues(contract)[-2:] == [("2026-01-01", "12000.00"), ("2026-01-01", "500.00")]
    assert settled(contract)


@pytest.mark.parametrize(
    "change",
    [
        Change(kind="amount", effective_on=day("2030-01-01"), amount=Decimal(1), reason="租金调整"),
        Change(kind="amount", effective_on=day("2025-01-01"), reason="租金调整"),
        Change(kind="terminated", effective_on=day("2025-01-01"), reason="租金调整"),
        Change(kind="amount", effective_on=day("2025-01-01"), amount=Decimal(1), reason="无"),
    ],
)
def test_amendments_that_say_nothing_are_refused(change):
    with pytest.raises(BadInput):
        amend_contract(contract=earning.contract(), change=change, by=None)


def test_a_due_is_written_off_by_the_county_alone(cast):
    contract = earning.contract(earning.workshop(of=cast.village))
    due = contract.dues.first()
    with pytest.raises(NotAllowed):
        write_off(due=due, amount=Decimal(1), reason="企业已注销", by=cast.users["finance_officer"])
    write_off(due=due, amount=Decimal("2000"), reason="企业已注销", by=cast.users["county"])
    assert dues(contract)[0] == ("2024-01-01", "10000.00")
    with pytest.raises(BadInput, match=r"10000\.00"):
        write_off(due=due, amount=Decimal("10000.01"), reason="企业已注销", by=cast.users["county"])


def test_own_operation_declares_what_it_earned():
    contract = earning.contract(mode="own_operation", operator=None, amount=None, end=None)
    assert not contract.dues.exists()
    made = declare_due(
        contract=contract, kind="profit", begin=day("2024-01-01"), end=day("2024-12-31"),
        due_on=day("2025-01-31"), amount=Decimal("8642.10"), note="2024年度自营收益", by=None,
    )  # fmt: skip
    assert (made.payer, made.amount) == (contract.owner, Decimal("8642.10"))


def test_who_may(cast):
    asset = earning.workshop(of=cast.village)
    agreement = Agreement(
        begins_on=earning.BEGIN, ends_on=earning.END, parts=[(asset.unit, Fraction(1))],
        values={"number": "HT-9", "title": "租赁", "mode": "lease", "owner": make.party(),
                "amount": Decimal(1),
                "operator": make.party()},
    )  # fmt: skip
    for role in ("clerk", "auditor", "land_officer", "elsewhere", "nobody"):
        with pytest.raises(NotAllowed):
            draft_contract(division=cast.village, agreement=agreement, by=cast.users[role])
    made = draft_contract(division=cast.village, agreement=agreement, by=cast.users["finance_officer"])
    sign_contract(contract=made, signed_on=earning.SIGNED, by=cast.users["finance_officer"])
    assert not Entry.objects.filter(code="operation").exists()  # the asset manager opens rights


def test_a_lease_of_twenty_years_and_a_half_is_refused_since_go_live(cast):
    asset = earning.workshop(of=cast.village)
    decision = make.decision(cast.village, held_on=day("2026-01-05"))
    lease = {"begin": day("2026-02-01"), "signed_on": day("2026-01-20"), "decision": decision}
    with pytest.raises(RuleBroken, match="OPR-03"):
        earning.contract(asset, end=day("2046-07-31"), **lease)
    earning.contract(asset, end=day("2046-01-31"), **lease)  # twenty years exactly


def test_of_two_writers_one_signs():
    contract = earning.contract(signed_on=None)
    sign_contract(contract=contract, signed_on=earning.SIGNED, by=None)
    with pytest.raises(BadInput, match="签订"):
        sign_contract(contract=contract, signed_on=earning.SIGNED, by=None)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM assets_due")
        assert cursor.fetchone()[0] == 3
