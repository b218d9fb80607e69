"""Record what was found of a line, and what was found that no line speaks of. 中文：清点登记、盘盈登记"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.gis.geos import Point
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from assets.codes import Condition
from assets.models import Stocktake, StocktakeCount, StocktakeLine
from assets.stocktake_codes import RUNNING, Found
from registry import access, clock, geo
from registry.errors import BadInput, RegistryError
from registry.models import Act, Division, ImportBatch, Source, SourceKind, User
from registry.models.filling import insert_rows
from registry.rules.engine import evaluate_units
from registry.services.acts import ActLine, record_acts
from registry.services.sources import add_files, register_source

VERB = "count_stock"
Files = Sequence[tuple[str, Iterable[bytes]]]


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What the counter saw. ``place`` is EPSG:4490."""

    found: str
    counted_on: dt.date
    counter: str
    quantity: Decimal | None = None
    condition: str = ""
    place: Point | None = None
    accuracy_m: Decimal | None = None
    note: str = ""


def problems(line: StocktakeLine, seen: Seen) -> dict[str, str]:
    """What cannot be of a count, a sentence by field; the form and the import show them all at once."""
    found: dict[str, str] = {}
    if seen.found not in Found.values:
        return {"found": _("Say whether it is there.")}
    there = seen.found == Found.PRESENT
    if there and seen.condition not in Condition.values:
        found["condition"] = _("Say in which condition it is.")
    if there and line.unit_id and line.quantity is not None and seen.quantity is None:
        found["quantity"] = _("Count it: the ledger has %(n)s %(measure)s.") % {
            "n": f"{line.quantity.normalize():f}", "measure": line.measure,
        }  # fmt: skip
    if seen.quantity is not None and (not there or seen.quantity <= 0):
        found["quantity"] = _("What is there has a quantity of more than zero; what is not there has none.")
    if not there and not seen.note.strip():
        found["note"] = _("Say why it is not there or was not reached.")
    if not seen.counter.strip():
        found["counter"] = _("Say who counted.")
    return found | _when_and_where(line, seen)


def _when_and_where(line: StocktakeLine, seen: Seen) -> dict[str, str]:
    found = {}
    first, today = line.stocktake.ledger_day, clock.today()
    if not first <= seen.counted_on <= today:
        found["counted_on"] = _("It is counted between %(first)s, the day of the ledger, and today.") % {
            "first": first
        }
    if seen.place is not None:
        x, y = seen.place.x, seen.place.y
        if not geo.check_bounds((x, y, x, y)):
            found["place"] = _("The position lies outside the county; it is left out or taken again.")
    return found


@transaction.atomic
def record_count(
    *, line: StocktakeLine, seen: Seen, by: User | None, files: Files = ()
) -> StocktakeCount:  # fmt: skip
    """Record the count of a line with its pictures; one that was counted is counted again. 中文：清点登记"""
    sources = {line.pk: _pictures(line.division, line.name, seen, files, by)} if files else {}
    return record_counts([(line, seen)], by=by, sources=sources)[0]


def _pictures(division: Division, name: str, seen: Seen, files: Files, by: User | None) -> Source:
    """The pictures of a count as a document of the place."""
    title = _("Pictures of the stocktake: %(name)s, %(day)s") % {"name": name, "day": seen.counted_on}
    source = register_source(
        kind=SourceKind.OTHER,
        division=division,
        title=title[:255],
        issued_on=seen.counted_on,
        by=by,
        verb=VERB,
    )
    add_files(source=source, files=files, by=by, verb=VERB)
    return source


@transaction.atomic
def record_counts(
    pairs: Sequence[tuple[StocktakeLine, Seen]],
    *,
    by: User | None,
    batch: ImportBatch | None = None,
    sources: dict[int, Source] | None = None,
    reason: str = "",
) -> list[StocktakeCount]:
    """Record counts of lines, all or none; one act a line. Raises ``BadInput``, ``RegistryError``."""
    lines = _lock({line.pk for line, _seen in pairs}, by)
    for line, seen in pairs:
        for name, sentence in problems(lines[line.pk], seen).items():
            raise BadInput(f"{line.name}: {sentence}" if len(pairs) > 1 else sentence, name)
    earlier = {
        count.line_id: count
        for count in StocktakeCount.objects.select_for_update().filter(line__in=lines, annulled=None)
    }
    acts = record_acts(
        [_act(lines[line.pk], seen, earlier.get(line.pk), reason) for line, seen in pairs],
        by=by,
        batch=batch,
    )
    for (line, _seen), act in zip(pairs, acts, strict=True):
        if line.pk in earlier:
            earlier[line.pk].annulled = act
    StocktakeCount.objects.bulk_update(earlier.values(), ["annulled"], batch_size=500)
    given = sources or {}
    made = insert_rows(
        [
            StocktakeCount(line=lines[line.pk], source=given.get(line.pk), batch=batch, **vars(seen))
            for line, seen in pairs
        ]
    )
    evaluate_units([line.unit_id for line in lines.values() if line.unit_id], as_of=clock.today())
    return list(StocktakeCount.objects.filter(pk__in=[row.pk for row in made]).order_by("pk"))


def _lock(keys: set[int], by: User | None) -> dict[int, StocktakeLine]:
    """Lines of running campaigns by key; the campaigns are held, so that none of them closes meanwhile."""
    rows = StocktakeLine.objects.filter(pk__in=keys).select_related("stocktake", "division", "unit")
    lines = {line.pk: line for line in rows}
    campaigns = Stocktake.objects.select_for_update().filter(
        pk__in={line.stocktake_id for line in lines.values()}
    )
    held = {campaign.pk: campaign for campaign in campaigns.order_by("pk")}
    for line in lines.values():
        access.require(by, VERB, line.division)
        line.stocktake = held[line.stocktake_id]
        refuse_over(line.stocktake)
    return lines


def refuse_over(stocktake: Stocktake) -> None:
    """Raise ``RegistryError`` where a campaign takes no counts."""
    if stocktake.annulled_id is not None or stocktake.state not in RUNNING:
        raise RegistryError(
            _("%(title)s is over; it takes no counts. Open a new stocktake.") % {"title": stocktake.title},
            "over",
        )


def _act(line: StocktakeLine, seen: Seen, earlier: StocktakeCount | None, reason: str = "") -> ActLine:
    return ActLine(
        verb="stock_counted",
        division=line.division_id,
        unit=line.unit_id,
        subject=f"stocktakeline:{line.pk}",
        reason=reason or seen.note,
        effective_on=seen.counted_on,
        before=described(earlier) if earlier else None,
        after={
            "found": seen.found,
            "quantity": _plain(seen.quantity),
            "condition": seen.condition,
            "stocktake": line.stocktake.title,
        },
    )


def _plain(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


def described(count: StocktakeCount) -> dict[str, Any]:
    """A count as the book keeps it."""
    return {
        "found": count.found,
        "quantity": _plain(count.quantity),
        "condition": count.condition,
        "differences": list(count.differences),
    }


@dataclass(frozen=True, kw_only=True)
class Surplus:
    """A thing that stands there and is on no list. 中文：盘盈"""

    name: str
    division: Division
    address: str = ""
    measure: str = ""


@transaction.atomic
def record_surplus(
    *,
    stocktake: Stocktake,
    thing: Surplus,
    seen: Seen,
    by: User | None,
    files: Files = (),
    batch: ImportBatch | None = None,
) -> StocktakeCount:
    """Record a thing that was found and is on no list. 中文：盘盈登记"""
    held = Stocktake.objects.select_for_update(of=("self",)).select_related("division").get(pk=stocktake.pk)
    access.require(by, VERB, thing.division)
    refuse_over(held)
    if not 2 <= len(thing.name.strip()) <= 200:
        raise BadInput(_("Say what was found in 2 to 200 characters."), "name")
    if not thing.division.path.startswith(held.division.path):
        raise BadInput(
            _("%(place)s does not lie in %(division)s, where this stocktake counts.")
            % {"place": thing.division.name, "division": held.division.name},
            "division",
        )
    last = held.lines.aggregate(last=Max("number"))["last"] or 0
    line = StocktakeLine.objects.create(
        stocktake=held,
        number=last + 1,
        division=thing.division,
        name=thing.name.strip(),
        address=thing.address,
        measure=thing.measure,
    )
    sources = {line.pk: _pictures(thing.division, thing.name, seen, files, by)} if files else {}
    return record_counts([(line, seen)], by=by, batch=batch, sources=sources)[0]


def take_back_counts(*, batch: ImportBatch, act: Act) -> None:
    """Mark the counts of a batch as taken back; those that they replaced stand again.

    Raises ``RegistryError`` where a difference of them is settled or the campaign is closed: later acts rest
    on them.
    """
    counts = StocktakeCount.objects.filter(batch=batch, annulled=None)
    settled = counts.filter(settlements__isnull=False).select_related("line").first()
    if settled is not None:
        raise RegistryError(
            _("A difference of %(name)s was settled after this import; it cannot be reversed.")
            % {"name": settled.line.name},
            "later_facts",
        )
    for campaign in Stocktake.objects.select_for_update().filter(lines__counts__in=counts.values("pk")):
        refuse_over(campaign)
    lines = list(counts.values_list("line_id", flat=True))
    counts.update(annulled=act)
    earlier = StocktakeCount.objects.filter(
        line__in=lines, annulled__batch=batch, annulled__verb="stock_counted"
    )
    earlier.exclude(batch=batch).update(annulled=None)
