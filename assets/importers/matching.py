"""Is a row's asset in the register already, and what would change? 中文：与登记簿比对

By code, else by name, place and sub-type (and year, where both know it). Rows of one name are matched to
units of one name so that equal values meet; what a row leaves blank never changes.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from assets.models import Asset
from projects.models import FundingLine
from registry.models import Entry, RowAction, Unit
from registry.queries.places import plain
from registry.services.parties import PartyBook

from .holders import ask_of
from .sheetrow import SheetRow

TEXTS = ("address", "spec", "measure", "real_estate_code", "picture", "remark")
DATES = ("completed_on", "accepted_on", "handed_over_on")


def refuse_twins(rows: Sequence[SheetRow]) -> None:
    """Refuse a second row with the same code, or one that repeats an earlier row wholly (REG-09)."""
    by_code: dict[str, SheetRow] = {}
    by_facts: dict[tuple, SheetRow] = {}
    names: Counter[tuple] = Counter()
    for row in rows:
        if not row.good:
            continue
        code = row.values["code"]
        first = by_code.setdefault(code, row) if code else row
        if first is not row:
            row.refuse("asset_code", "REG-09", _twin(_("asset code"), code, first))
            continue
        first = row if code else by_facts.setdefault(_facts(row), row)
        if first is not row:
            row.refuse("name", "REG-09", _twin(_("asset"), row.values["name"], first))
            continue
        names[_key(row)] += 1
        if names[_key(row)] == 2 and not code:
            row.remark(
                "name",
                "REG-09",
                _("Another row has the same name, place and sub-type. Check that it is another asset."),
            )


def _twin(what: str, name: str, first: SheetRow) -> str:
    return _("REG-09: the %(what)s %(name)s stands in row %(row)d already.") % {
        "what": what,
        "name": name,
        "row": first.source.row,
    }


def _facts(row: SheetRow) -> tuple:
    values = row.values
    return (
        *_key(row), values["year"], values["value"], values["spec"], values["address"], values["quantity"],
        values["completed_on"], str(values["point"]), row.source.part, str(values["funding"]),
    )  # fmt: skip


def _key(row: SheetRow) -> tuple:
    values = row.values
    return plain(values["name"]), values["division"], values["subtype"]


class Register:
    """Assets of the register that rows may mean. Four queries."""

    def __init__(self, rows: Sequence[SheetRow], day: dt.date) -> None:
        good = [row for row in rows if row.good]
        codes = {row.values["code"] for row in good if row.values["code"]}
        divisions = {row.values["division"] for row in good}
        assets = Asset.objects.filter(unit__annulled=None).select_related("unit", "project__unit")
        self.by_code: dict[str, Asset] = {}
        self.by_key: dict[tuple, list[Asset]] = defaultdict(list)
        for asset in assets.filter(unit__division__in=divisions) | assets.filter(unit__code__in=codes):
            for code in (asset.unit.code, *asset.unit.former_codes):
                self.by_code.setdefault(code, asset)
            if asset.unit.left_on is None:
                unit = asset.unit
                self.by_key[plain(unit.name), unit.division_id, asset.subtype].append(asset)
        self.foreign = set(
            Unit.objects.in_force().filter(code__in=codes, asset=None).values_list("code", flat=True)
        )
        self.day = day

    def match(self, rows: Sequence[SheetRow]) -> None:
        """Give each good row its asset (``row.keep["asset"]``), or refuse it."""
        taken: set[int] = set()
        waiting: dict[tuple, list[SheetRow]] = defaultdict(list)
        for row in rows:
            if not row.good:
                continue
            code = row.values["code"]
            asset = self.by_code.get(code) if code else None
            if asset is not None:
                self._take(row, asset, taken)
            elif code in self.foreign:
                row.refuse(
                    "asset_code",
                    "code_taken",
                    _("The code %(code)s belongs to a unit that is no asset.") % {"code": code},
                )
            elif not code:
                waiting[_key(row)].append(row)
            elif not row.values["name"]:
                row.refuse("name", "no_name", _("The asset is not in the register and has no name."))
        for key, group in waiting.items():
            self._pair(group, [a for a in self.by_key.get(key, []) if a.pk not in taken], taken)

    def _pair(self, rows: list[SheetRow], assets: list[Asset], taken: set[int]) -> None:
        """Rows and assets of one name: those that are most alike first."""
        for wanted in (3, 2, 1):
            for row in [row for row in rows if "asset" not in row.keep]:
                found = next((a for a in assets if a.pk not in taken and _alike(row, a) >= wanted), None)
                if found is not None:
                    self._take(row, found, taken)

    def _take(self, row: SheetRow, asset: Asset, taken: set[int]) -> None:
        if asset.pk in taken:
            row.refuse(
                "asset_code",
                "REG-09",
                _("REG-09: two rows of this file mean %(unit)s.") % {"unit": asset.unit},
            )
            return
        taken.add(asset.pk)
        row.keep["asset"] = asset
        row.unit_id = asset.unit_id


def _alike(row: SheetRow, asset: Asset) -> int:
    """0: another year, so another asset; 1: may be; 2: the same year or value; 3: both."""
    year, value = row.values["year"], row.values["value"]
    known = asset.project.year if asset.project else None
    if year and known and year != known:
        return 0
    same_value = value is not None and asset.original_value == Decimal(value)
    return 1 + bool(year and year == known) + same_value


def find_changes(rows: Sequence[SheetRow], book: PartyBook, day: dt.date) -> None:
    """What applying would do with each good row: ``row.action`` and ``values["changes"]``. Four queries."""
    units = [row.unit_id for row in rows if row.good and row.unit_id]
    held: dict[tuple[int, str], list[Entry]] = defaultdict(list)
    current = Entry.objects.on(day).filter(unit__in=units)
    for entry in current.select_related("party", "agent", "upkeep_terms"):
        held[entry.unit_id, entry.code].append(entry)
    placed = set(
        Unit.objects.filter(pk__in=units, shapes__annulled=None, shapes__isnull=False).values_list(
            "pk", flat=True
        )
    )
    funded: dict[int, list[list[str]]] = defaultdict(list)
    for line in FundingLine.objects.in_force().filter(unit__in=units):
        funded[line.unit_id].append([line.source, f"{line.amount:.2f}"])
    for row in rows:
        if not row.good:
            row.action = RowAction.REJECT
            continue
        asset = row.keep.get("asset")
        if asset is None:
            row.action = RowAction.CREATE
            continue
        changes = field_changes(row.values, asset) | entry_changes(row.values, held, asset.unit_id, book)
        new, old = sorted(row.values["funding"]), sorted(funded[asset.unit_id])
        if new and new != old:
            changes["funding"] = [old, new]
        if row.values["project"] and asset.project_id is None:
            changes["project"] = [None, row.values["project"]["name"]]
        if row.values["point"] and asset.unit_id not in placed:
            changes["place"] = [None, row.values["point"]]
        row.values["changes"] = changes
        row.action = RowAction.CHANGE if changes else RowAction.KEEP


def field_changes(values: dict[str, Any], asset: Asset) -> dict[str, list[Any]]:
    """Fields that differ, with before and after; blank cells change nothing."""
    changes: dict[str, list[Any]] = {}

    def note(field: str, old: Any, new: Any) -> None:
        if new not in (None, "") and old != new:
            changes[field] = [old, new]

    unit = asset.unit
    note("name", unit.name, values["name"])
    note("division", unit.division_id, values["division"])
    note("state", unit.state, values["state"])
    note("asset_class", asset.asset_class, values["asset_class"])
    note("subtype", asset.subtype, values["subtype"])
    note("original_value", _money(asset.original_value), values["value"])
    note("settled_value", _money(asset.settled_value), values["settled_value"])
    quantity = None if asset.quantity is None else f"{asset.quantity.normalize():f}"
    new_quantity = None if values["quantity"] is None else f"{Decimal(values['quantity']).normalize():f}"
    note("quantity", quantity, new_quantity)
    for field in TEXTS:
        note(field, getattr(asset, field), values[field])
    for field in DATES:
        known = getattr(asset, field)
        note(field, known.isoformat() if known else None, values[field])
    return changes


def _money(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:.2f}"


def entry_changes(
    values: dict[str, Any], held: dict[tuple[int, str], list[Entry]], unit: int, book: PartyBook
) -> dict[str, list[Any]]:
    """Rights and duties whose holders differ from those in force, by code."""
    said: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in values["entries"]:
        said[line["code"]].append(line)
    changes: dict[str, list[Any]] = {}
    for code, lines in said.items():
        current = held.get((unit, code), [])
        named = any(line.get("agent") for line in lines)
        old = sorted(_held(entry, named) for entry in current)
        new = sorted(_said(line, book, named) for line in lines)
        if [item[0] for item in old] != [item[0] for item in new]:
            changes[code] = [[item[1] for item in old], [item[1] for item in new]]
    return changes


def _held(entry: Entry, named: bool) -> tuple[str, str]:
    """Mark and words of an entry in force; the person counts only where the file names one."""
    agent = entry.agent
    mark = f"{entry.party_id}|{entry.share}|{agent.pk if agent and named else 0}"
    person = f"（{agent.name}）" if agent else ""
    return mark, f"{entry.party.name}{person} {entry.share}"


def _said(line: dict[str, Any], book: PartyBook, named: bool) -> tuple[str, str]:
    party = book.find(ask_of(line["party"]))
    agent = book.find(ask_of(line["agent"])) if line.get("agent") else None
    person = f"（{line['agent']['name']}）" if line.get("agent") else ""
    unknown = "?" if line.get("agent") else 0
    mark = f"{party.pk if party else '?'}|{Fraction(line['share'])}|{agent.pk if agent else unknown}"
    return mark, f"{line['party']['name']}{person} {line['share']}"
