"""A year of a county's contracts: matched, closed month by month, and its pages. 中文：全县一年结账与页面"""

from __future__ import annotations

import calendar
import datetime as dt
import time
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client, override_settings
from django.urls import reverse

from assets.income.models.bank import BankAccount, BankLine, Statement
from assets.income.models.contract import Contract
from assets.income.models.due import Due
from assets.income.services.closing import close_month
from assets.income.services.matching import match_account
from registry.bench.report import Report, milliseconds, percentiles, seconds
from registry.bench.serving import serving
from registry.codes import Level, PartyKind, Role
from registry.models import Division, Grant, Party, User
from registry.models.filling import insert_rows
from registry.site.memory import settle

YEAR = 2025
RENT = Decimal("1000.00")
BAR_MS = 200


@dataclass(frozen=True)
class Held:
    """An account a township, with the contracts that are paid into it."""

    accounts: list[BankAccount]
    contracts: list[Contract]


def measure_year(report: Report, contracts: int, asked: int, county: Division) -> None:
    """Match a year of monthly rents, close its months, and ask for the pages of the finance officer."""
    towns = list(Division.objects.filter(parent=county, level=Level.TOWNSHIP).order_by("path"))
    with transaction.atomic():
        held = _load(towns, contracts)
    begun = time.perf_counter()
    for account in held.accounts:
        match_account(account=account, by=None)
    matched = time.perf_counter() - begun
    months = [dt.date(YEAR, month, 1) for month in range(1, 13)]
    times = [
        seconds(lambda account=account, month=month: close_month(account=account, month=month, by=None))
        for account in held.accounts
        for month in months
    ]
    lines = contracts * 12
    report.add(
        f"a year of {contracts:,} contracts: {lines:,} lines matched, {len(times)} months closed",
        f"{matched:.1f} s and {sum(times):.1f} s",
        note=f"a month {milliseconds(times)}",
    )
    settle()
    _pages(report, held, county, asked)


def _load(towns: Sequence[Division], count: int) -> Held:
    accounts: list[BankAccount] = []
    contracts: list[Contract] = []
    each = -(-count // len(towns))
    for nth, town in enumerate(towns):
        owner = Party.objects.create(
            kind=PartyKind.VILLAGE_COLLECTIVE, name=f"{town.name}股份经济合作社", division=town
        )
        account = BankAccount.objects.create(
            division=town, holder=owner, number=f"2453010104077{nth:04d}", bank="测量银行", kind="entrusted",
            opened_on=dt.date(YEAR, 1, 1),
        )  # fmt: skip
        accounts.append(account)
        contracts += _town(account, owner, min(each, count - len(contracts)), nth)
    return Held(accounts, contracts)


def _town(account: BankAccount, owner: Party, count: int, town: int) -> list[Contract]:
    """Leases of a year with a due a month, and statements that pay them all."""
    place = account.division
    names = [f"{town}{nth:04d}" for nth in range(count)]
    tenants = insert_rows([Party(kind="company", name=f"测量承租{n}有限公司", division=place) for n in names])
    term = DateRange(dt.date(YEAR, 1, 1), dt.date(YEAR + 1, 1, 1))
    made = insert_rows(
        [
            Contract(
                division=place, number=f"YZ{YEAR}-{name}", title="测量租赁", mode="lease", owner=owner,
                operator=tenant, term=term, amount=RENT * 12, rhythm=1, signed_on=dt.date(YEAR, 1, 1),
                account=account, account_number=account.number, account_holder=owner,
            )
            for name, tenant in zip(names, tenants, strict=True)
        ]
    )  # fmt: skip
    opening = Decimal("0.00")
    for month in range(1, 13):
        first = dt.date(YEAR, month, 1)
        last = first.replace(day=calendar.monthrange(YEAR, month)[1])
        insert_rows(
            [
                Due(contract=one, number=month, kind="rent", due_on=first, amount=RENT,
                    payer_id=one.operator_id, period=DateRange(first, last + dt.timedelta(days=1)))
                for one in made
            ]
        )  # fmt: skip
        opening = _statement(account, made, tenants, (first, last), opening)
    return made


def _statement(
    account: BankAccount, contracts: Sequence[Contract], tenants: Sequence[Party],
    days: tuple[dt.date, dt.date], opening: Decimal,
) -> Decimal:  # fmt: skip
    total = RENT * len(contracts)
    statement = Statement.objects.create(
        account=account, starts_on=days[0], ends_on=days[1], opening=opening, credits=total, debits=0,
        closing=opening + total,
    )  # fmt: skip
    insert_rows(
        [
            BankLine(
                account=account, statement=statement, row=nth, booked_on=days[0].replace(day=5), amount=RENT,
                name=tenant.name, memo=f"{one.number} {YEAR}年{days[0].month}月租金",
                fingerprint=f"{days[0]:%m}{one.pk:062d}",
            )
            for nth, (one, tenant) in enumerate(zip(contracts, tenants, strict=True))
        ]
    )  # fmt: skip
    return opening + total


def _pages(report: Report, held: Held, county: Division, asked: int) -> None:
    """Each page some times over, through the test client; other things each time."""
    officer = User.objects.create_user("bench-finance", full_name="测量会计")
    since = DateRange(dt.date(2020, 1, 1), None)
    Grant.objects.create(user=officer, role=Role.FINANCE_OFFICER, division=county, valid=since)
    middleware = [name for name in settings.MIDDLEWARE if not name.startswith("axes.")]
    slow = []
    with override_settings(ALLOWED_HOSTS=["*"], MIDDLEWARE=middleware), serving() as role:
        client = Client()
        client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
        client.post(reverse("division_switch"), {"division": county.pk})
        for what, urls in _addresses(held, asked).items():
            _ask(client, urls[0])
            times = [seconds(lambda url=url: _ask(client, url)) for url in urls]
            if percentiles(times)[1] * 1000 > BAR_MS:
                slow.append(what)
            report.add(f"page: {what}", milliseconds(times))
    over = ", ".join(slow) or "none"
    report.add(f"pages whose p95 is over {BAR_MS} ms", over, note=f"bar none; asked as {role}")


def _ask(client: Client, url: str) -> None:
    answer = client.get(url)
    if answer.status_code != 200:
        raise RuntimeError(f"{url}: {answer.status_code}")


def _addresses(held: Held, asked: int) -> dict[str, list[str]]:
    """The pages, each with the addresses that are asked for."""
    year = f"first={YEAR}-01-01&last={YEAR}-12-31"
    accounts = [held.accounts[nth % len(held.accounts)] for nth in range(asked)]
    contracts = [held.contracts[nth * 7 % len(held.contracts)] for nth in range(asked)]
    report = reverse("money_report")
    months = [(one.pk, f"{YEAR}-{nth % 12 + 1:02d}") for nth, one in enumerate(accounts)]
    return {
        "finance workbench": [reverse("money")] * asked,
        "report by village": [f"{report}?by=village&{year}"] * asked,
        "report by contract": [f"{report}?by=contract&{year}"] * asked,
        "report by asset": [f"{report}?by=asset&{year}"] * asked,
        "report by month": [f"{report}?by=month&{year}"] * asked,
        "arrears with their ages": [reverse("arrears")] * asked,
        "income of collectives": [reverse("collectives")] * asked,
        "contracts": [reverse("contracts")] * asked,
        "a contract": [reverse("contract", args=[one.pk]) for one in contracts],
        "an account": [reverse("bank_account", args=[one.pk]) for one in accounts],
        "month-end of an account": [reverse("month_end", args=pair) for pair in months],
        "matching": [reverse("matching", args=[one.pk]) for one in accounts],
    }
