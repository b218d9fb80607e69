"""Contracts, what is due and what was paid, of the assets that operate. 中文：测量用合同与收款"""

from __future__ import annotations

from typing import Any

from assets.income.models.bank import BankAccount, BankLine, Statement
from assets.income.models.contract import Contract, ContractUnit
from assets.income.models.due import Due
from assets.income.models.links import BenefitLink
from assets.income.models.match import Match
from registry import clock
from registry.bench.generate import PARTIES, insert
from registry.models import Act, Decision, Division, Entry

from .lives import but

OF_ACCOUNT = (
    "assets_due d JOIN assets_contract c ON c.id = d.contract_id JOIN registry_party p ON p.id = d.payer_id"
    " WHERE c.account_holder_id = b.holder_id"
)
PAID = f"d.due_on < DATE '2026-09-01' AND {but(3, 5, 'd.id')}"
VILLAGE_OF = (
    "registry_unit u JOIN assets_asset a ON a.unit_id = u.id JOIN (SELECT division_id,"
    f" (min(id) - 1) / {PARTIES} * {PARTIES} + 1 AS first FROM registry_party GROUP BY 1) v"
    " ON v.division_id = u.division_id"
)


def contracts(cursor: Any) -> None:
    """Operating assets are let for five years to a company of the village, by a decision of the village."""
    insert(
        cursor,
        Decision,
        {
            "division_id": "d.id", "body": "'township'", "title": "'出租集体资产'",
            "matters": "'{}'", "held_on": "DATE '2023-06-01'",
        },
        "registry_division d WHERE d.level = 'village'",
    )  # fmt: skip
    insert(
        cursor,
        Contract,
        {
            "division_id": "u.division_id", "number": "'HT-' || u.id", "title": "u.name || '租赁合同'",
            "mode": "'lease'", "owner_id": "v.first + 1", "operator_id": "v.first + 2",
            "signed_on": "DATE '2023-07-01'", "term": "daterange('2023-07-01', '2028-07-01')",
            "amount": "round(a.original_value * 6 / 100, 2)", "decision_id": "o.id",
            "account_holder_id": "v.first + 1", "account_number": "'62000000' || (v.first + 1)",
            "source_id": "(SELECT min(id) FROM registry_source)",
        },
        f"{VILLAGE_OF} JOIN registry_decision o ON o.division_id = u.division_id"
        f" WHERE a.asset_class = 'operating' AND {but(4, 4)}",
    )  # fmt: skip
    of_unit = "assets_contract c JOIN registry_unit u ON c.number = 'HT-' || u.id"
    insert(cursor, ContractUnit, {"contract_id": "c.id", "unit_id": "u.id"}, of_unit)
    insert(
        cursor,
        Entry,
        {
            "unit_id": "u.id", "kind": "'right'", "code": "'operation'", "party_id": "c.operator_id",
            "share_num": "1", "share_den": "1", "valid": "daterange('2023-07-01', NULL)",
            "source_id": "c.source_id",
        },
        of_unit,
    )  # fmt: skip
    insert(
        cursor,
        BenefitLink,
        {"unit_id": "a.unit_id", "kind": "'dividend'", "households": "12", "valid": "'[2023-07-01,)'"},
        f"assets_asset a WHERE a.asset_class = 'operating' AND {but(3, 6, 'a.unit_id')}",
    )


def dues(cursor: Any) -> None:
    """A rent a year."""
    insert(
        cursor,
        Due,
        {
            "contract_id": "c.id", "number": "k + 1", "kind": "'rent'", "amount": "c.amount",
            "period": "daterange((lower(c.term) + k * INTERVAL '1 year')::date,"
            " (lower(c.term) + (k + 1) * INTERVAL '1 year')::date)",
            "due_on": "(lower(c.term) + k * INTERVAL '1 year')::date", "payer_id": "c.operator_id",
        },
        "assets_contract c, generate_series(0, 4) AS k",
    )  # fmt: skip


def statements(cursor: Any) -> None:
    """All but three rents in a hundred, paid on the day to the account of the village."""
    insert(
        cursor,
        BankAccount,
        {
            "division_id": "p.division_id", "holder_id": "p.id", "number": "'62000000' || p.id",
            "bank": "'测量农商行'", "kind": "'basic'", "opened_on": "DATE '2020-01-01'",
        },
        "registry_party p WHERE p.kind = 'village_collective'",
    )  # fmt: skip
    paid = f"(SELECT coalesce(sum(d.amount), 0) FROM {OF_ACCOUNT} AND {PAID})"
    insert(
        cursor,
        Statement,
        {
            "account_id": "b.id", "starts_on": "DATE '2023-01-01'", "ends_on": "DATE '2026-09-30'",
            "opening": "0", "credits": paid, "debits": "0", "closing": paid,
        },
        "assets_bankaccount b",
    )  # fmt: skip
    insert(
        cursor,
        BankLine,
        {
            "account_id": "b.id", "statement_id": "s.id", "row": "d.id", "booked_on": "d.due_on",
            "amount": "d.amount", "name": "p.name", "memo": "c.number", "fingerprint": "md5(d.id::text)",
        },
        f"assets_bankaccount b JOIN assets_statement s ON s.account_id = b.id, {OF_ACCOUNT} AND {PAID}",
    )  # fmt: skip


def matches(cursor: Any) -> None:
    """Every line settles its due."""
    act = Act.objects.create(
        verb="match", at=clock.now(), user_name="测量员", division=Division.objects.get(parent=None)
    )
    insert(
        cursor,
        Match,
        {
            "line_id": "l.id", "kind": "'due'", "due_id": "l.row", "amount": "l.amount",
            "booked_on": "l.booked_on", "rule": "'memo_contract'", "made_at": "now()", "act_id": str(act.pk),
        },
        "assets_bankline l",
    )  # fmt: skip


STEPS = (contracts, dues, statements, matches)
