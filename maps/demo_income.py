"""The demo's year of income: contracts, accounts and pools by the services of officers. 中文：演示收益"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pghistory

from assets.income.services.amendments import Change, amend_contract, declare_due, terminate_contract
from assets.income.services.completing import complete_contract, record_link
from assets.income.services.contracts import Agreement, draft_contract, sign_contract
from assets.kinds_more import BY_KEY
from assets.models import Contract
from assets.services.own import OwnLine, record
from maps.demo_assemblies import facts_of, meeting_of
from maps.demo_burdens import set_burdens
from maps.demo_money import keep_accounts
from maps.demo_networks import typed
from maps.demo_pools import share_out
from registry.codes import PartyKind
from registry.models import Decision, Division, Party, Unit, User
from registry.queries.divisions import division_by_code
from registry.services.decisions import register_decision
from registry.services.notices import Posting, register_notice
from registry.services.parameters import set_parameter
from registry.services.parties import register_party

Bring = Callable[..., None]
MONEY = (
    "amount",
    "deposit",
    "escalation_percent",
    "output_percent",
    "equity_percent",
    "profit_percent",
    "in_kind_quantity",
    "in_kind_price",
    "principal",
    "annual_rate",
)
OFFICERS = {"532523205": "assets", "532523206": "assets2"}  # who keeps the contracts of a township
DEMO = "演示数据：县级核定"


def earn(folder: Path, bring: Bring, say: Callable[[str], None]) -> None:
    """Everything of ``income.json`` and its files, once."""
    facts = json.loads((folder / "income.json").read_text(encoding="utf-8"))
    if Contract.objects.exists():
        return
    users = {user.username: user for user in User.objects.filter(demo=True)}
    for key, value in facts["parameters"].items():
        county = division_by_code("532523")
        set_parameter(
            key=key, value=value, division=county, begin=dt.date(2020, 1, 1), source=DEMO, by=users["admin"]
        )
    meetings = _meetings(facts, users["admin"])
    bring("contracts_xinhua.xlsx", "ledger:contracts", "assets", {}, "532523205")
    bring("contracts_wantang.xlsx", "ledger:contracts", "assets2", {}, "532523206")
    book = _Book(facts, meetings, users)
    book.sign()
    say(f"contracts: {Contract.objects.count()}")
    say(f"bank lines: {keep_accounts(facts, bring, users)}")
    say(f"distributions: {share_out(facts, meetings, users)}")
    say(f"villages with a target of income: {set_burdens(facts, users)}")


def _meetings(facts: dict[str, Any], by: User) -> dict[str, Decision]:
    """Meetings and notices; the meetings by their titles."""
    lines = [*facts["decisions"], *facts["notices"]]
    places = {line["village"]: division_by_code(line["village"]) for line in lines}
    found: dict[str, Decision] = {}
    with pghistory.context(user=by.pk):
        for line in facts["decisions"]:
            meeting = meeting_of(line, places)
            found[line["title"]] = register_decision(division=places[line["village"]], meeting=meeting, by=by)
        for line in facts["notices"]:
            register_notice(division=places[line["village"]], posting=Posting(**facts_of(line)), by=by)
    return found


def day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


class _Book:
    """The contracts, each by the asset manager of its township."""

    def __init__(self, facts: dict[str, Any], meetings: dict[str, Decision], users: dict[str, User]) -> None:
        self.facts, self.meetings, self.users = facts, meetings, users
        codes = {line["unit"] for line in (*facts["deals"], *facts["links"])}
        rows = Unit.objects.in_force().filter(kind="asset", code__in=codes)
        self.units = {unit.code: unit for unit in rows.select_related("division")}
        self.deals = {line["number"]: line for line in facts["deals"]}

    def sign(self) -> None:
        for line in self.facts["deals"]:
            with pghistory.context(user=self.by(line["village"]).pk):
                contract = self._complete(line) if line["ledger"] else self._draft(line)
                for change in sorted(line["changes"], key=lambda change: change["on"]):
                    self._change(contract, change, self.by(line["village"]))
        for line in self.facts["drafts"]:
            old = self.deals[line["of"]]
            self._draft(
                old
                | {
                    "number": line["number"],
                    "title": old["title"] + "（续签）",
                    "signed_on": None,
                    "free": [],
                    "begins_on": self._soon(),
                    "ends_on": str(dt.date.fromisoformat(self._soon()) + dt.timedelta(days=1094)),
                    "values": {"platform_number": line["platform_number"]},
                }
            )
        for line in self.facts["lent"]:
            self._lend(line)
        self._links()
        self._grounds()

    def by(self, village: str) -> User:
        return self.users[OFFICERS[village[:9]]]

    def _soon(self) -> str:
        """The first day of this month."""
        return str(dt.date.fromisoformat(self.facts["today"]).replace(day=1))

    def _complete(self, line: dict[str, Any]) -> Contract:
        """A contract that its ledger brought: the decision is named on its page."""
        contract = Contract.objects.get(number=line["number"])
        decision = self._decision(line)
        if decision is not None:
            reason = "补充登记议决记录"
            complete_contract(
                contract=contract, by=self.by(line["village"]), reason=reason, decision=decision
            )
        return contract

    def _decision(self, line: dict[str, Any]) -> Decision | None:
        return self.meetings.get(line["decision"])

    def _draft(self, line: dict[str, Any]) -> Contract:
        """A contract that was entered on its page."""
        unit, by = self.units[line["unit"]], self.by(line["village"])
        values = {
            name: Decimal(v) if name in MONEY and v is not None else v for name, v in line["values"].items()
        }
        values |= {name: line[name] for name in ("number", "title", "mode", "rhythm", "timing")}
        values |= {
            "owner": self._party(line["owner"], unit.division),
            "decision": self._decision(line),
            "operator": self._party(line["operator"], unit.division) if line["operator"] else None,
            "amount": Decimal(line["amount"]) if line["amount"] else None,
        }
        if "guarantee_ends_on" in values:
            values["guarantee_ends_on"] = day(values["guarantee_ends_on"])
        if "sublet_to" in values:
            values["sublet_to"] = self._party(values["sublet_to"], unit.division)
        free = [(dt.date.fromisoformat(first), dt.date.fromisoformat(last)) for first, last in line["free"]]
        agreement = Agreement(
            begins_on=dt.date.fromisoformat(line["begins_on"]),
            ends_on=day(line["ends_on"]),
            values=values,
            parts=[(unit, Fraction(1))],
            free=free,
        )
        contract = draft_contract(division=unit.division, agreement=agreement, by=by)
        if line["signed_on"]:
            sign_contract(contract=contract, signed_on=dt.date.fromisoformat(line["signed_on"]), by=by)
        return contract

    def _party(self, name: str, place: Division) -> Party:
        """A body by its name; one that no list has brought is registered."""
        found = Party.objects.standing().filter(name=name).first()
        if found is not None:
            return found
        return register_party(kind=PartyKind.COOPERATIVE, name=name, division=place, by=self.users["admin"])

    def _change(self, contract: Contract, change: dict[str, Any], by: User) -> None:
        contract.refresh_from_db()
        on = dt.date.fromisoformat(change["on"])
        if change["kind"] == "end":
            terminate_contract(contract=contract, last_day=on, reason=change["reason"], by=by)
        elif change["kind"] == "amount":
            said = Change(
                kind="amount", effective_on=on, reason=change["reason"], amount=Decimal(change["amount"])
            )
            amend_contract(contract=contract, change=said, by=by)
        else:
            declare_due(
                contract=contract,
                kind="profit",
                begin=dt.date.fromisoformat(change["begin"]),
                end=on,
                due_on=on,
                amount=Decimal(change["amount"]),
                note="半年经营利润",
                by=by,
            )

    def _lend(self, line: dict[str, Any]) -> None:
        """Money lent for two years; interest comes every half-year."""
        old, begin = self.deals[line["of"]], dt.date.fromisoformat(line["begins_on"])
        self._draft(
            old
            | {
                "number": line["number"],
                "title": "集体资金借出合同",
                "mode": "debt",
                "operator": line["operator"],
                "signed_on": str(begin - dt.timedelta(days=3)),
                "begins_on": line["begins_on"],
                "amount": None,
                "rhythm": 6,
                "ends_on": str(begin + dt.timedelta(days=729)),
                "timing": "arrears",
                "free": [],
                "values": {
                    "principal": line["principal"],
                    "annual_rate": line["annual_rate"],
                    "repayment": "at_end",
                },
            }
        )

    def _grounds(self) -> None:
        """Filings and leases of the land under the farms, a kind at once."""
        for key in ("facility_land", "leased_land"):
            lines = [
                OwnLine(unit=self.units[code], values=typed(key, values, self.units))
                for code, of, values in self.facts["grounds"]
                if of == key
            ]
            record(BY_KEY[key], lines, by=self.users["assets"])

    def _links(self) -> None:
        for line in self.facts["links"]:
            unit = self.units[line["unit"]]
            record_link(
                unit=unit,
                kind=line["kind"],
                begins_on=dt.date.fromisoformat(line["begins_on"]),
                households=line["households"],
                by=self.by(unit.code),
            )
