"""Who holds what, as a ledger row says it: parties, shares, the keeper. 中文：权属、份额与管护主体

A share that is not given is never guessed: several holders without shares are one group with the whole.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from assets.codes import AssetClass
from registry.codes import EntryCode, PartyKind
from registry.models import Division
from registry.queries.places import plain
from registry.readers.table import Holder
from registry.readers.table.people import ENDING_SHARE, HOLDS, SEPARATORS, shares_in_order
from registry.readers.table.plain import half_width
from registry.readers.table.problems import CellProblem
from registry.services.parties import PartyAsk

from .sheetrow import SheetRow
from .who import ask_for

if TYPE_CHECKING:
    from .judging import Judge

SHARED = (
    (EntryCode.OWNERSHIP, "owner", "owner_share"),
    (EntryCode.INCOME, "income_holder", "income_share"),
)
SINGLE = ((EntryCode.OPERATION, "operator"), (EntryCode.SUPERVISION, "supervisor"))


def judge_holders(row: SheetRow, judge: Judge, place: Division) -> None:
    """The row's entries as plain values: owners and income holders, operator, supervisor, keeper."""
    entries: list[dict[str, Any]] = []
    for code, field, share_field in SHARED:
        held = _shares(row, field, share_field)
        _judge_sum(row, code, field, held, judge, place)
        entries += [_entry(row, judge, place, code, name, share) for name, share in held]
    for code, field in SINGLE:
        name = row.text(field, 160)
        if name:
            entries.append(_entry(row, judge, place, code, name, Fraction(1)))
    keeper = _keeper(row, judge, place)
    row.values["entries"] = entries + ([keeper] if keeper else [])
    row.values["terms"] = _terms(row) if keeper else None


def _entry(
    row: SheetRow, judge: Judge, place: Division, code: str, name: str, share: Fraction
) -> dict[str, Any]:
    household = code == EntryCode.OWNERSHIP and row.values.get("asset_class") == AssetClass.HOUSEHOLD
    ask = ask_for(name[:160], place, judge.places, household=household)
    return {"code": str(code), "share": f"{share.numerator}/{share.denominator}", "party": party_values(ask)}


def party_values(ask: PartyAsk) -> dict[str, Any]:
    """An ask as plain values for the staged row."""
    found = {"kind": str(ask.kind), "name": ask.name, "division": ask.division_id}
    return found | ({"phone": ask.phone} if ask.phone else {})


def ask_of(values: dict[str, Any]) -> PartyAsk:
    """The ask that staged values stand for."""
    return PartyAsk(
        values["kind"], values["name"], values["division"], values.get("uscc", ""), values.get("phone", "")
    )


def _shares(row: SheetRow, field: str, share_field: str) -> list[tuple[str, Fraction]]:
    held = row.get(field)
    wrong_sum = row.take(field, "holders_sum")
    if wrong_sum is not None:
        held = _as_written(wrong_sum["value"])
    if held is None:
        return []
    holders = (Holder(str(held).strip()),) if isinstance(held, str) else tuple(held)
    if len(holders) == 1:
        return [(holders[0].name, holders[0].share or row.get(share_field) or Fraction(1))]
    holders = _with_column(row, holders, share_field)
    if all(holder.share is not None for holder in holders):
        return _together([(holder.name, holder.share or Fraction(0)) for holder in holders])
    row.remark(
        field,
        "shares_missing",
        _("Several holders without shares: taken as one group that holds the whole. Enter the shares."),
    )
    return [("、".join(holder.name for holder in holders), Fraction(1))]


def _with_column(row: SheetRow, holders: tuple[Holder, ...], share_field: str) -> tuple[Holder, ...]:
    """Holders without shares with those that the column of shares lists in their order (60%、40%; 3:2)."""
    listed = row.take(share_field, "share_form")
    if listed is None or any(holder.share is not None for holder in holders):
        return holders
    try:
        shares = shares_in_order(listed["value"])
    except CellProblem:
        shares = []
    if len(shares) != len(holders):
        row.errors.append(listed)
        return holders
    return tuple(Holder(holder.name, share) for holder, share in zip(holders, shares, strict=True))


def _as_written(text: str) -> tuple[Holder, ...]:
    """Holders whose shares do not make one whole, as they stand."""
    holders = []
    for part in SEPARATORS.split(half_width(text).replace(" ", "")):
        match = ENDING_SHARE.match(part.strip())
        if match:
            share = Fraction(match[2].rstrip("%％")) / 100 if match[2][-1] in "%％" else _fraction(match[2])
            holders.append(Holder(HOLDS.sub("", match[1]), share))
    return tuple(holders)


def _fraction(text: str) -> Fraction:
    if text.startswith("百分之"):
        return Fraction(text.removeprefix("百分之")) / 100
    return Fraction(text)


def _together(held: list[tuple[str, Fraction]]) -> list[tuple[str, Fraction]]:
    """The same holder named twice holds both shares."""
    totals: dict[str, tuple[str, Fraction]] = {}
    for name, share in held:
        first, known = totals.get(plain(name), (name, Fraction(0)))
        totals[plain(name)] = first, known + share
    return list(totals.values())


def _judge_sum(
    row: SheetRow,
    code: str,
    field: str,
    held: list[tuple[str, Fraction]],
    judge: Judge,
    place: Division,
) -> None:
    total = sum((share for _name, share in held), Fraction(0))
    if not held or total == 1:
        return
    message = _("RIG-02: the shares of %(code)s sum to %(total)s, not to 1. Correct the shares.") % {
        "code": EntryCode(code).label,
        "total": f"{float(total * 100):.6g}%",
    }
    if any(share > 1 for _name, share in held) or judge.after_go_live(place, row.keep["rights_from"]):
        row.refuse(field, "RIG-02", message)
    else:
        row.remark(field, "RIG-02", message)


def _keeper(row: SheetRow, judge: Judge, place: Division) -> dict[str, Any] | None:
    body, person = row.text("upkeep_body", 160), row.text("responsible_person", 160)
    if not body:
        if person:
            row.remark(
                "upkeep_body",
                "person_without_body",
                _("A person is named but no upkeep body; the duty was not taken. Write the body."),
                "",
            )
        return None
    found = _entry(row, judge, place, EntryCode.UPKEEP, body, Fraction(1))
    if person:
        first = person.split("、")[0]
        agent = ask_for(first, place, judge.places, kind=PartyKind.PERSON, phone=row.text("phone", 20))
        found["agent"] = party_values(agent)
    return found


def _terms(row: SheetRow) -> dict[str, Any]:
    budget = row.get("annual_budget")
    post = row.get("welfare_post")
    unread = row.take("welfare_post", "yes_no")
    if unread is not None:
        post = unread["value"]
    return {
        "annual_budget": None if budget is None else f"{budget:.2f}",
        "budget_source": row.text("budget_source", 120),
        "welfare_post": "公益性岗位" if post is True else "" if not post else str(post)[:60],
    }
