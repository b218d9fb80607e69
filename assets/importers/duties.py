"""Upkeep duties of a ledger row: who keeps it up from when, on which terms. 中文：管护责任导入

A row of the upkeep ledger states a duty, an inspection, or both. A duty with the same body and person changes
the terms that the row fills in; another body or person is a new duty from its first day on.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from assets.services.duties import DutyFacts
from assets.services.upkeep import NOT_WORDS
from registry import display
from registry.codes import EntryCode, PartyKind
from registry.models import Entry, RowAction, Unit
from registry.queries.places import plain
from registry.services.parties import PartyAsk, PartyBook

from .holders import ask_of, party_values
from .judging import Judge
from .sheetrow import SheetRow, plain_value
from .who import ask_for

LONGEST = {"standard": 200, "budget_source": 120, "contract": 120, "supervisor": 120, "payer_reason": 200}


def states_duty(row: SheetRow) -> bool:
    return bool(row.text("upkeep_body", 160))


def read_posts(rows: Sequence[SheetRow]) -> None:
    """A post may be named as well as said yes or no to: what is named is no fault of the row."""
    for row in rows:
        unread = row.take("welfare_post", "yes_no")
        if unread is not None:
            row.values["post"] = unread["value"]


def judge_duties(rows: Sequence[SheetRow], judge: Judge) -> None:
    """What each good row changes of the duty that holds: ``values["duty"]``. Two queries."""
    wanted = [row for row in rows if row.good and states_duty(row)]
    current: dict[int, list[Entry]] = defaultdict(list)
    held = Entry.objects.on(judge.today).filter(
        unit__in={row.unit_id for row in wanted}, code=EntryCode.UPKEEP
    )
    for entry in held.select_related("party", "agent", "upkeep_terms").order_by("id"):
        current[entry.unit_id].append(entry)
    units = Unit.objects.in_bulk({row.unit_id for row in wanted})
    first: dict[int, SheetRow] = {}
    for row in wanted:
        row.values["duty"] = None
        known = first.setdefault(row.unit_id or 0, row)
        if known is not row:
            _same_as(row, known)
            continue
        _judge(row, current[row.unit_id or 0], units[row.unit_id or 0], judge)


def _same_as(row: SheetRow, first: SheetRow) -> None:
    """Several inspections of one thing repeat its duty; another duty of the same thing is refused."""
    names = ("upkeep_body", "responsible_person")
    if any(row.text(name, 160) != first.text(name, 160) for name in names):
        row.refuse(
            "upkeep_body",
            "duty_twice",
            _("Row %(row)d names another keeper of the same thing.") % {"row": first.source.row},
        )


def _judge(row: SheetRow, current: list[Entry], unit: Unit, judge: Judge) -> None:
    said = _said(row)
    same = next((entry for entry in current if _same(row, entry)), None)
    if same is not None:
        terms = getattr(same, "upkeep_terms", None)
        old = {name: plain_value(getattr(terms, name, None)) for name in said}
        changes = {name: [old[name], value] for name, value in said.items() if old[name] != value}
        if changes:
            row.values["duty"] = {"entry": same.pk, "terms": said}
            row.values["changes"] = changes
        return
    begin = row.date("upkeep_from")
    if masked(row):
        row.refuse(
            "responsible_person",
            "masked",
            _("The name of the responsible person is hidden by asterisks. Write it in full."),
        )
    elif begin is None:
        row.refuse("upkeep_from", "no_date", _("A new keeper needs the day from which the duty holds."))
    elif any(entry.valid.lower >= begin for entry in current):
        row.refuse(
            "upkeep_from",
            "later_duty",
            _("The duty that holds began on %(day)s. Write a later day for the new keeper.")
            % {"day": max(entry.valid.lower for entry in current)},
        )
    else:
        row.values["duty"] = _new(row, unit, judge, begin) | {"terms": said}


def _new(row: SheetRow, unit: Unit, judge: Judge, begin: dt.date) -> dict[str, Any]:
    place, person = judge.places.by_pk[unit.division_id], row.text("responsible_person", 160)
    found = {
        "from": begin.isoformat(),
        "body": party_values(_ask(row.text("upkeep_body", 160), place, judge)),
    }
    if person:
        agent = ask_for(
            person.split("、")[0], place, judge.places, kind=PartyKind.PERSON, phone=row.text("phone", 20)
        )
        found["person"] = party_values(agent)
    return found


def _ask(name: str, place: Any, judge: Judge) -> PartyAsk:
    return ask_for(name, place, judge.places)


def masked(row: SheetRow) -> str:
    """The cell of the responsible person in which asterisks hide the name; "" where nothing is hidden."""
    found = (w["value"] for w in row.warnings if w["code"] == "masked" and w["field"] == "responsible_person")
    return next(found, "")


def _same(row: SheetRow, entry: Entry) -> bool:
    """The same body and, where the row names one, the same person."""
    if plain(entry.party.name) != plain(row.text("upkeep_body", 160)):
        return False
    name = entry.agent.name if entry.agent else ""
    shown, said = masked(row), row.text("responsible_person", 160)
    if shown:
        return display.masked(name) == shown
    return not said or plain(name) == plain(said.split("、")[0])


def _said(row: SheetRow) -> dict[str, Any]:
    """The terms that the row fills in, as plain values."""
    post = row.values.pop("post", None) or row.get("welfare_post")
    budget, days = row.get("annual_budget"), row.get("inspection_days")
    said: dict[str, Any] = {
        "annual_budget": None if budget is None else f"{budget:.2f}",
        "inspection_days": None if days is None else int(days),
        "welfare_post": "公益性岗位" if post is True else "" if not post else str(post)[:60],
        "payer": row.get("payer") or "",
        **{name: row.text(name, longest) for name, longest in LONGEST.items()},
    }
    if said["inspection_days"] is not None and not 1 <= said["inspection_days"] <= 366:
        row.refuse("inspection_days", "days", _("A frequency is a number of days from 1 to 366."))
    return {name: value for name, value in said.items() if value not in (None, "")}


def action_of(row: SheetRow, looked: str | None) -> str:
    """What the row does, its inspection (None: none) and its duty together."""
    duty = row.values.get("duty")
    told = [looked] if looked else []
    if duty:
        told.append(RowAction.CHANGE if "entry" in duty else RowAction.CREATE)
    for action in (RowAction.CREATE, RowAction.CHANGE):
        if action in told:
            return action
    return RowAction.KEEP


def asks_of(staged: Iterable[Any]) -> list[PartyAsk]:
    """The parties that staged duties name."""
    duties = [row.values["duty"] for row in staged if row.values.get("duty")]
    return [ask_of(duty[key]) for duty in duties for key in ("body", "person") if key in duty]


def duty_facts(staged: Iterable[Any], units: dict[int, Unit], book: PartyBook) -> list[DutyFacts]:
    """Staged duties as typed facts."""
    facts = []
    for row in staged:
        duty = row.values.get("duty")
        if not duty:
            continue
        terms = {name: _typed(name, value) for name, value in duty["terms"].items()}
        fact = DutyFacts(unit=units[row.unit_id], terms=terms, entry_id=duty.get("entry"))
        if "body" in duty:
            fact.body = book[ask_of(duty["body"])]
            fact.person = book[ask_of(duty["person"])] if "person" in duty else None
            fact.valid_from = dt.date.fromisoformat(duty["from"])
        facts.append(fact)
    return facts


def _typed(name: str, value: Any) -> Any:
    return Decimal(value) if name in NOT_WORDS and name == "annual_budget" else value
