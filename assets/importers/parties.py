"""Importer of lists of parties. 中文：主体名录导入"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.codes import PRIVATE_KINDS
from registry.models import Act, ImportBatch, RowAction, User
from registry.services.parties import PartyAsk, PartyBook, fill_parties, take_back_parties

from .columns import PARTIES
from .judging import Judge
from .ledger import LedgerImporter
from .sheetrow import SheetRow
from .where import PlaceProblem
from .who import home_of, kind_of

FILLED = ("uscc", "phone", "id_number")


class PartiesImporter(LedgerImporter):
    """Who can hold a right or bear a duty: bodies with their credit codes, persons apart. 中文：主体名录"""

    kind = "ledger:parties"
    label = gettext_lazy("list of parties")
    table = PARTIES

    def judge(self, rows: Sequence[SheetRow], judge: Judge, batch: ImportBatch) -> dict[str, Any]:
        for row in rows:
            _judge(row, judge)
        _refuse_twins(rows)
        book = PartyBook(ask_of_row(row.values) for row in rows if row.good and not row.keep["masked"])
        for row in rows:
            row.action = _action(row, book) if row.good else RowAction.REJECT
        kinds: dict[str, int] = {}
        for row in rows:
            if row.good:
                kinds[row.values["kind"]] = kinds.get(row.values["kind"], 0) + 1
        return {"kinds": kinds}

    def apply(self, batch: ImportBatch, *, by: User | None) -> None:
        staged = batch.staged.filter(action__in=[RowAction.CREATE, RowAction.CHANGE]).order_by("id")
        asks = [ask_of_row(row.values) for row in staged]
        book = PartyBook(asks)
        fill_parties([(book.find(ask), ask) for ask in asks], by=by, batch=batch)
        book.register(by=by, batch=batch)

    def reverse(self, batch: ImportBatch, *, by: User | None, act: Act) -> None:
        take_back_parties(batch=batch)


def _judge(row: SheetRow, judge: Judge) -> None:
    name = row.text("name", 160)
    kind = row.get("party_kind") or kind_of(name)
    row.values |= {
        "name": name,
        "kind": str(kind),
        "uscc": row.text("uscc", 18),
        "phone": row.text("phone", 20),
        "id_number": row.text("person_id", 18),
    }
    masked = any(w["code"] == "masked" and w["field"] == "name" for w in row.warnings)
    row.keep["masked"] = masked
    if not name and not masked and not row.broken("name"):
        row.refuse("name", "no_name", _("The name is missing."))
    if row.values["id_number"] and kind not in PRIVATE_KINDS:
        row.refuse(
            "person_id",
            "id_of_body",
            _("An identity number belongs to a person; correct the kind or the number."),
        )
    if row.values["uscc"] and kind in PRIVATE_KINDS:
        row.refuse(
            "uscc", "code_of_person", _("A credit code belongs to a body; correct the kind or the code.")
        )
    if row.broken("division_code"):
        return
    try:
        place = judge.find_place(row)
    except PlaceProblem as problem:
        row.refuse(problem.field, problem.code, problem)
        return
    stated = any(row.get(field) for field in ("village", "division_code"))
    row.values["division"] = place.pk if stated else home_of(kind, name, place, judge.places).pk


def ask_of_row(values: dict[str, Any]) -> PartyAsk:
    """The ask of a staged row."""
    return PartyAsk(
        values["kind"],
        values["name"],
        values["division"],
        values["uscc"],
        values["phone"],
        values["id_number"],
    )


def _refuse_twins(rows: Sequence[SheetRow]) -> None:
    seen: dict[Any, SheetRow] = {}
    for row in rows:
        if not row.good or row.keep["masked"]:
            continue
        keys: list[tuple[str, Any]] = [("name", ask_of_row(row.values).key)]
        keys += [(field, row.values[name]) for field, name in (("uscc", "uscc"), ("person_id", "id_number"))]
        for field, key in keys:
            first = seen.setdefault((field, key), row) if key else row
            if first is not row:
                row.refuse(
                    field,
                    "duplicate_row",
                    _("Row %(row)d names the same party.") % {"row": first.source.row},
                )
                break


def _action(row: SheetRow, book: PartyBook) -> str:
    if row.keep["masked"]:
        return RowAction.KEEP  # nobody can be told from it, nothing is written
    party = book.find(ask_of_row(row.values))
    if party is None:
        return RowAction.CREATE
    personal = book.secrets.get(party.pk)
    held = {
        "uscc": party.uscc,
        "phone": personal.phone if personal else "",
        "id_number": personal.id_number if personal else "",
    }
    if party.name != row.values["name"]:
        row.remark(
            "name",
            "name_differs",
            _("The register knows this credit code as %(name)s; the name stays.") % {"name": party.name},
        )
    fresh = [name for name in FILLED if row.values[name] and not held[name]]
    for name in FILLED:
        if row.values[name] and held[name] and row.values[name] != held[name]:
            row.remark(
                "person_id" if name == "id_number" else name,
                "differs",
                _("The register holds another value; it was left as it is."),
            )
    row.values["changes"] = {name: [None, "•••" if name != "uscc" else row.values[name]] for name in fresh}
    return RowAction.CHANGE if fresh else RowAction.KEEP
