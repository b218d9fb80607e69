"""Change what the ledger says of assets, and take a ledger back with its batch. 中文：台账变更与撤销"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from assets.models import Asset, Inspection
from projects.models import FundingLine
from projects.services.projects import write_funding
from registry import access, clock
from registry.errors import RegistryError
from registry.models import Act, Entry, ImportBatch, Unit, User
from registry.services.acts import ActLine, record_acts
from registry.services.entries import describe
from registry.services.units import annul_facts

from .ledger import ASSET_FIELDS, AssetFacts, place_at_points, write_entries

UNIT_FIELDS = ("name", "division", "state")
OWN_FIELDS = (*UNIT_FIELDS, *ASSET_FIELDS, "project", "funding")
DATES = ("completed_on", "accepted_on", "handed_over_on")


@transaction.atomic
def change_assets(
    rows: Sequence[tuple[AssetFacts, dict[str, list[Any]]]],
    *,
    by: User | None,
    reason: str = "",
    batch: ImportBatch | None = None,
) -> None:
    """Write the differences ({field: [before, after]}) between ledger rows and their assets, all or none.

    A changed holder ends the entries in force and opens new ones; where the new ones do not begin later, the
    earlier ones were wrong and are corrected.
    """
    if not rows:
        return
    units = Unit.objects.select_for_update(of=("self",)).select_related("division")
    locked = {
        unit.pk: unit
        for unit in units.filter(pk__in=[f.asset.unit_id for f, _c in rows if f.asset]).order_by("pk")
    }
    for unit in locked.values():
        access.require(by, "register_unit", unit.division)
    _change_fields(rows, locked, by=by, reason=reason, batch=batch)
    _change_entries(rows, locked, by=by, reason=reason, batch=batch)
    placed = [
        (locked[fact.asset.unit_id], fact) for fact, changes in rows if fact.asset and "place" in changes
    ]
    place_at_points(placed, by=by, batch=batch)


def _change_fields(
    rows: Sequence[tuple[AssetFacts, dict[str, list[Any]]]], locked: dict[int, Unit], **book: Any
) -> None:
    lines, units, assets = [], [], []
    reason = book.pop("reason")
    for fact, changes in rows:
        asset = fact.asset
        assert asset is not None  # noqa: S101
        unit = locked[asset.unit_id]
        own = {name: change for name, change in changes.items() if name in OWN_FIELDS}
        if not own:
            continue
        if "subtype" in own and asset.nature != fact.nature:
            own["nature"] = [asset.nature, fact.nature]
        for name, (_before, after) in own.items():
            if name not in ("project", "funding"):
                set_field(unit if name in UNIT_FIELDS else asset, name, after)
        if "project" in own:
            asset.project = fact.project
        units.append(unit)
        assets.append(asset)
        lines.append(
            ActLine(
                verb="unit_changed",
                division=unit.division_id,
                unit=unit.pk,
                subject=f"unit:{unit.code}",
                reason=reason,
                source=fact.source,
                before={name: before for name, (before, _after) in own.items()},
                after={name: after for name, (_before, after) in own.items()},
            )
        )
    Unit.objects.bulk_update(units, list(UNIT_FIELDS), batch_size=500)
    Asset.objects.bulk_update(assets, [*ASSET_FIELDS, "project"], batch_size=500)
    acts = {act.unit_id: act for act in record_acts(lines, **book)}
    _change_funding([fact for fact, changes in rows if "funding" in changes], acts, book["batch"])


def _change_funding(facts: list[AssetFacts], acts: dict[int | None, Act], batch: ImportBatch | None) -> None:
    """The old funding lines are marked with the act of the change; the new ones stand beside them."""
    units = {fact.asset.unit_id: fact for fact in facts if fact.asset}
    old = list(FundingLine.objects.in_force().filter(unit__in=units))
    for line in old:
        line.annulled = acts[line.unit_id]
    FundingLine.objects.bulk_update(old, ["annulled"], batch_size=500)
    write_funding(
        (
            (fact.asset.unit, fact.project or fact.asset.project, source, amount)
            for fact in facts
            if fact.asset
            for source, amount in fact.funding
        ),
        batch=batch,
    )


def set_field(row: Any, name: str, value: Any) -> None:
    """Set a field from its plain form in the book (dates ISO, money and quantities as text)."""
    if name == "division":
        row.division_id = value
        return
    if value is not None and name in DATES:
        value = dt.date.fromisoformat(value)
    elif value is not None and name in ("original_value", "settled_value", "quantity"):
        value = Decimal(value)
    setattr(row, name, value)


def _change_entries(
    rows: Sequence[tuple[AssetFacts, dict[str, list[Any]]]],
    locked: dict[int, Unit],
    *,
    by: User | None,
    reason: str,
    batch: ImportBatch | None,
) -> None:
    wanted = []  # (unit, fact, code, new holders)
    for fact, changes in rows:
        codes = {held.code for held in fact.held} & changes.keys()
        for code in sorted(codes):
            assert fact.asset is not None  # noqa: S101
            new = [held for held in fact.held if held.code == code]
            wanted.append((locked[fact.asset.unit_id], fact, code, new))
    current: dict[tuple[int, str], list[Entry]] = defaultdict(list)
    today = clock.today()
    for entry in Entry.objects.on(today).filter(unit__in={unit.pk for unit, *_rest in wanted}):
        current[entry.unit_id, entry.code].append(entry)
    ending: list[tuple[Entry, dt.date]] = []
    wrong: list[tuple[Entry, dt.date]] = []
    for unit, _fact, code, new in wanted:
        old = current[unit.pk, code]
        begin = max((entry.valid.lower for entry in old), default=None)
        day = new[0].valid_from
        if begin is not None and not begin < day <= today:
            day = today
        for held in new:
            held.valid_from = day
        (ending if begin is None or begin < day else wrong).extend((entry, day) for entry in old)
    _end(ending, locked, by=by, reason=reason, batch=batch)
    _correct(wrong, locked, by=by, reason=reason, batch=batch)
    write_entries([(unit, fact, new) for unit, fact, _c, new in wanted], by=by, reason=reason, batch=batch)


def _end(pairs: list[tuple[Entry, dt.date]], locked: dict[int, Unit], *, reason: str, **book: Any) -> None:
    lines = []
    for entry, day in pairs:
        before = describe(entry)
        entry.valid = DateRange(entry.valid.lower, day)
        lines.append(_line("entry_ended", entry, locked, reason, day, before, describe(entry)))
    Entry.objects.bulk_update([entry for entry, _day in pairs], ["valid"], batch_size=500)
    record_acts(lines, **book)


def _correct(
    pairs: list[tuple[Entry, dt.date]], locked: dict[int, Unit], *, reason: str, **book: Any
) -> None:
    lines = [
        _line("entry_corrected", entry, locked, reason, day, describe(entry), None) for entry, day in pairs
    ]
    for (entry, _day), act in zip(pairs, record_acts(lines, **book), strict=True):
        entry.annulled = act
    Entry.objects.bulk_update([entry for entry, _day in pairs], ["annulled"], batch_size=500)


def _line(
    verb: str, entry: Entry, locked: dict[int, Unit], reason: str, day: dt.date, before: Any, after: Any
) -> ActLine:
    return ActLine(
        verb=verb,
        division=locked[entry.unit_id].division_id,
        unit=entry.unit_id,
        subject=f"entry:{entry.pk}",
        reason=reason,
        effective_on=day,
        before=before,
        after=after,
    )


@transaction.atomic
def take_back_ledger(*, batch: ImportBatch, act: Act) -> None:
    """Mark what a ledger brought as taken back, and give what it changed its earlier facts again.

    Raises ``RegistryError`` when later facts rest on it.
    """
    refuse_used_projects(batch)
    annul_facts(
        batch=batch,
        act=act,
        more=[FundingLine.objects.filter(batch=batch), Inspection.objects.filter(batch=batch)],
    )
    _restore_entries(batch)
    _restore_fields(batch)


def refuse_used_projects(batch: ImportBatch) -> None:
    """Refuse where assets of later imports belong to projects of a batch. Raises ``RegistryError``."""
    used = (
        Asset.objects.in_force()
        .filter(project__unit__batch=batch)
        .exclude(unit__batch=batch)
        .exclude(unit__acts__in=Act.objects.filter(batch=batch, verb="unit_changed"))
        .select_related("unit", "project__unit")
        .first()
    )
    if used is not None and used.project is not None:
        raise RegistryError(
            _("%(unit)s of a later import belongs to the project %(project)s. Reverse that import first.")
            % {"unit": used.unit, "project": used.project.unit.name},
            "later_facts",
        )


def _restore_entries(batch: ImportBatch) -> None:
    ended = Act.objects.filter(batch=batch, verb="entry_ended").order_by("-id")
    before: dict[int, Any] = {int(act.subject.partition(":")[2]): act.before for act in ended}
    entries = list(Entry.objects.filter(pk__in=before))
    for entry in entries:
        until = before[entry.pk]["to"]
        entry.valid = DateRange(entry.valid.lower, dt.date.fromisoformat(until) if until else None)
    Entry.objects.bulk_update(entries, ["valid"], batch_size=500)
    Entry.objects.filter(annulled__batch=batch, annulled__verb="entry_corrected").update(annulled=None)


def _restore_fields(batch: ImportBatch) -> None:
    acts = Act.objects.filter(batch=batch, verb="unit_changed").order_by("-id").select_related("unit__asset")
    units: dict[int | None, Any] = {}
    assets: dict[int | None, Any] = {}
    for act in acts:
        unit = units.setdefault(act.unit_id, act.unit)
        asset = assets.setdefault(act.unit_id, unit.asset if unit else None)
        for name, value in (act.before or {}).items():
            if name != "funding":
                set_field(unit if name in UNIT_FIELDS else asset, name, value)
    FundingLine.objects.filter(annulled__in=acts).update(annulled=None)
    Unit.objects.bulk_update(units.values(), list(UNIT_FIELDS), batch_size=500)
    Asset.objects.bulk_update(assets.values(), [*ASSET_FIELDS, "project"], batch_size=500)
