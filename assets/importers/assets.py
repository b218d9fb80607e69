"""Importer of the asset ledger. 中文：资产台账导入"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assets.models import Asset
from assets.services.changes import change_assets, take_back_ledger
from assets.services.ledger import AssetFacts, HeldBy, register_assets
from assets.services.own import take_back
from assets.services.papers import ensure_papers
from projects.services.projects import ProjectAsk, ensure_projects
from registry import clock
from registry.codes import Level, UnitKind
from registry.errors import RegistryError
from registry.models import Act, Entry, ImportBatch, ImportRow, RowAction, Shape, Unit, User
from registry.queries.places import Places
from registry.readers.table import LedgerRow
from registry.services.parties import PartyAsk, PartyBook
from registry.services.progress import between, mark

from .columns import ASSETS
from .holders import ask_of
from .judging import Judge, judge_asset
from .ledger import LedgerImporter, missing_from
from .matching import TEXTS, Register, find_changes, refuse_twins
from .sheetrow import SheetRow
from .worth import compare_worth, judge_worth, settle_pictures, write_worth

AT_ONCE = 2000
STALE = gettext_lazy(
    "Row %(row)d, %(name)s: the register has changed since it was read. Import the file again."
)
MANY = 500  # new rows that make the statistics of the tables stale


class AssetsImporter(LedgerImporter):
    """The ledger of assets: units, money, rights, duties and places. 中文：资产台账"""

    kind = "ledger:assets"
    label = gettext_lazy("asset ledger")
    table = ASSETS

    def judge(self, rows: Sequence[SheetRow], judge: Judge, batch: ImportBatch) -> dict[str, Any]:
        told = between(50, 80)
        for number, row in enumerate(rows):
            self.judge_row(row, judge)
            told(number, len(rows))
        refuse_twins(rows)
        book = self.compare(rows, judge.today)
        return {
            "ledger_day": judge.ledger_day.isoformat(),
            "system": judge.where.system,
            "new_parties": len(book.new),
            "missing": missing_from(rows, judge, UnitKind.ASSET),
            **summary(rows),
        }

    def judge_row(self, row: SheetRow, judge: Judge) -> None:
        """What one row says, and everything wrong with it."""
        judge_asset(row, judge)
        judge_worth(row, judge)

    def compare(self, rows: Sequence[SheetRow], day: dt.date) -> PartyBook:
        """The assets that rows mean, and what would change; the parties that they name."""
        Register(rows, day).match(rows)
        self.matched(rows)
        settle_pictures(rows)
        book = PartyBook(asks_of([row.values for row in rows if row.good]))
        find_changes(rows, book, day)
        compare_worth(rows)
        return book

    def matched(self, rows: Sequence[SheetRow]) -> None:
        """What a ledger of one kind adds to its rows, once they have met their assets."""

    def apply(self, batch: ImportBatch, *, by: User | None) -> None:
        staged = list(batch.staged.filter(action__in=[RowAction.CREATE, RowAction.CHANGE]).order_by("id"))
        self.refuse_stale(staged)
        facts = _facts(staged, batch, by)
        mark(15)
        pairs = list(zip(staged, facts, strict=True))
        reason = _("imported from %(file)s") % {"file": batch.file.name}
        new = [(row, fact) for row, fact in pairs if row.action == RowAction.CREATE]
        made = _registered([fact for _row, fact in new], by=by, reason=reason, batch=batch)
        changed = [(fact, row.values["changes"]) for row, fact in pairs if row.action == RowAction.CHANGE]
        change_assets(changed, by=by, reason=reason, batch=batch)
        for (row, _fact), asset in zip(new, made, strict=True):
            row.unit_id = asset.unit_id
        ImportRow.objects.bulk_update([row for row, _fact in new], ["unit"], batch_size=500)
        write_worth(batch, by)
        if len(new) >= MANY:
            _count_tables()

    def refuse_stale(self, staged: Sequence[ImportRow]) -> None:
        """Compare the staged rows with the register once more: it may have changed since the file was read.

        Raises ``RegistryError`` where a new row is there by now, or a changed one is not what it was.
        """
        rows = [
            SheetRow(LedgerRow(row.sheet, (row.row,), {}, part=row.values["part"]), {}, dict(row.values))
            for row in staged
        ]
        self.compare(rows, clock.today())
        for row, known in zip(rows, staged, strict=True):
            same = row.action == known.action and row.unit_id == known.unit_id
            if not same or row.values.get("changes") != known.values.get("changes"):
                raise RegistryError(STALE % {"name": known.label, "row": known.row}, "stale")

    def reverse(self, batch: ImportBatch, *, by: User | None, act: Act) -> None:
        take_back(batch, act)
        take_back_ledger(batch=batch, act=act)


def _registered(facts: list[AssetFacts], **book: Any) -> list[Asset]:
    """New assets, a few thousand at a time, so that memory stays bounded and those who wait see it move."""
    made: list[Asset] = []
    told = between(15, 75)
    for first in range(0, len(facts), AT_ONCE):
        made += register_assets(facts[first : first + AT_ONCE], **book)
        told(len(made), len(facts))
    return made


def _count_tables() -> None:
    """Let the planner know the tables anew: the rules read them in the same transaction."""
    names = ", ".join(
        connection.ops.quote_name(model._meta.db_table) for model in (Unit, Entry, Asset, Shape)
    )
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {names}")


def asks_of(values: Sequence[dict[str, Any]]) -> list[PartyAsk]:
    """The parties that rows name."""
    asks = []
    for row in values:
        for line in row["entries"]:
            asks.append(ask_of(line["party"]))
            if line.get("agent"):
                asks.append(ask_of(line["agent"]))
    return asks


def summary(rows: Sequence[SheetRow]) -> dict[str, Any]:
    """Counts and sums of the good rows, by class; what is refused stands apart."""
    by_class: dict[str, list[Decimal | int]] = defaultdict(lambda: [0, Decimal(0)])
    total = refused = Decimal(0)
    unplaced = 0
    for row in rows:
        value = Decimal(row.values.get("value") or 0)
        if not row.good:
            refused += value or Decimal(row.get("original_value") or 0)
            continue
        total += value
        by_class[row.values["asset_class"]][0] += 1
        by_class[row.values["asset_class"]][1] += value
        unplaced += row.action == RowAction.CREATE and not row.values["point"]
    return {
        "value": f"{total:.2f}",
        "value_refused": f"{refused:.2f}",
        "by_class": {
            name: {"count": count, "value": f"{value:.2f}"} for name, (count, value) in by_class.items()
        },
        "unplaced": unplaced,
    }


def _facts(staged: Sequence[ImportRow], batch: ImportBatch, by: User | None) -> list[AssetFacts]:
    """What the staged rows say, with the parties, papers and projects that they name."""
    places = Places()
    values = [row.values for row in staged]
    book = PartyBook(asks_of(values))
    book.register(by=by, batch=batch)
    papers = ensure_papers(
        [(row["division"], row["source"]) for row in values], batch=batch, day=batch.totals["ledger_day"]
    )
    asks = [_project_ask(row, places) for row in values]
    projects = ensure_projects([ask for ask in asks if ask], by=by, batch=batch)
    units = {row.unit_id for row in staged if row.unit_id}
    assets = {asset.unit_id: asset for asset in Asset.objects.filter(unit__in=units).select_related("unit")}
    facts = []
    for row, ask, paper in zip(staged, asks, papers, strict=True):
        fact = facts_of(row.values, places, book)
        fact.project = projects[ask.key] if ask else None
        fact.source = paper
        fact.origin = {"file": batch.file.name, "sheet": row.sheet, "rows": row.values["rows"]}
        fact.asset = assets.get(row.unit_id) if row.unit_id else None
        facts.append(fact)
    return facts


def _project_ask(values: dict[str, Any], places: Places) -> ProjectAsk | None:
    said = values["project"]
    if not said:
        return None
    place = places.by_pk[values["division"]]
    township = places.above(place, Level.TOWNSHIP) or place
    return ProjectAsk(said["name"], township.pk, said["code"], said["year"])


def facts_of(values: dict[str, Any], places: Places, book: PartyBook) -> AssetFacts:
    """Staged values as typed facts."""
    fields = {
        "original_value": _decimal(values["value"]),
        "settled_value": _decimal(values["settled_value"]),
        "quantity": _decimal(values["quantity"]),
        **{name: values[name] for name in TEXTS},
        **{name: _date(values[name]) for name in ("completed_on", "accepted_on", "handed_over_on")},
    }
    terms = values["terms"]
    return AssetFacts(
        name=values["name"],
        code=values["code"],
        division=places.by_pk[values["division"]],
        asset_class=values["asset_class"],
        subtype=values["subtype"],
        nature=values["nature"],
        state=values["state"],
        since=_date(values["since"]),
        year=values["year"],
        fields=fields,
        funding=[(source, Decimal(amount)) for source, amount in values["funding"]],
        point=tuple(values["point"]) if values["point"] else None,
        held=[_held(line, values, book) for line in values["entries"]],
        terms=terms and {**terms, "annual_budget": _decimal(terms["annual_budget"])},
        placed_from=_date(values["rights_from"]),
    )


def _held(line: dict[str, Any], values: dict[str, Any], book: PartyBook) -> HeldBy:
    begin = values["upkeep_from"] if line["code"] == "upkeep" else values["rights_from"]
    return HeldBy(
        code=line["code"],
        party=book[ask_of(line["party"])],
        agent=book[ask_of(line["agent"])] if line.get("agent") else None,
        share=Fraction(line["share"]),
        valid_from=dt.date.fromisoformat(begin),
    )


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _date(text: str | None) -> dt.date | None:
    return None if text is None else dt.date.fromisoformat(text)
