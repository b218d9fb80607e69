"""Record what a unit has of its own kind, one or many at once, and take it back. 中文：专项信息登记"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from assets.kinds import Kind
from assets.kinds_more import BY_KEY
from assets.models import Asset, Depreciation
from assets.models.details import Own
from registry import access, clock
from registry.errors import BadInput
from registry.models import Act, ImportBatch, Source, Unit, User
from registry.models.filling import insert_rows
from registry.rules import engine
from registry.services.acts import ActLine, record_act, record_acts
from registry.services.entries import lock_units

VERB, STRUCK = "own_facts_recorded", "own_facts_struck"
PERMISSION = "register_unit"
_MACHINERY = frozenset({"id", "unit", "batch", "annulled"})
# Of two fields the first is at most the second.
ORDERED = (
    ("start_stake", "end_stake", _lazy("A section ends at a higher stake than it begins.")),
    ("certificates", "flats", _lazy("There cannot be more certificates than flats.")),
    ("employed", "labour", _lazy("There cannot be more people in work than able to work.")),
    ("relocated", "jobs", _lazy("More relocated people than jobs were given.")),
    ("begins_on", "ends_on", _lazy("A claim ends after it begins.")),
    ("filed_on", "until", _lazy("A filing ends after it begins.")),
    ("farmland_m2", "area_m2", _lazy("Basic farmland is part of the farmland, farmland of the area.")),
    (
        "basic_farmland_m2",
        "farmland_m2",
        _lazy("Basic farmland is part of the farmland, farmland of the area."),
    ),
    ("closed_on", "restored_on", _lazy("The ground is restored after the facility is closed.")),
    ("leased_from", "leased_until", _lazy("A lease of land ends after it begins.")),
    ("on", "restored_on", _lazy("Land is restored after the houses are pulled down.")),
)


@dataclass(frozen=True, kw_only=True)
class OwnLine:
    """What is said of a unit: values by field; what is not among them stays as it is."""

    unit: Unit
    values: dict[str, Any] = field(default_factory=dict)


@transaction.atomic
def record(
    kind: Kind,
    lines: Sequence[OwnLine],
    *,
    by: User | None,
    reason: str = "",
    source: Source | None = None,
    batch: ImportBatch | None = None,
    judge: bool = True,
) -> list[Own]:
    """Write the own facts of units, all or none: new rows, and what differs in known ones.

    Raises ``BadInput`` with the field, ``NotAllowed``; by hand also ``RuleBroken`` for rules of severity E.
    Rows that say what stands there already leave no trace. ``judge`` False: more of the same act follows.
    """
    units = lock_units(line.unit.pk for line in lines)
    for unit in units.values():
        access.require(by, PERMISSION, unit.division)
    known = rows_of(kind, list(units), lock=True)
    fresh: list[Own] = []
    changed: list[tuple[Own, dict[str, Any]]] = []
    touched: list[Own] = []
    for line in lines:
        key = _key(kind, line.unit.pk, line.values)
        row = known.get(key)
        if row is None:
            row = known[key] = kind.model(unit=units[line.unit.pk], batch=batch, **line.values)
            fresh.append(row)
        elif (before := _set(row, line.values)) and row.pk is not None:
            changed.append((row, before))
        _refuse_impossible(kind, row)
        touched.append(row)
    _refuse_too_much(touched)
    insert_rows(fresh)
    names = {name for _row, before in changed for name in before}
    if changed:
        kind.model._default_manager.bulk_update(
            [row for row, _before in changed], sorted(names), batch_size=500
        )
    written = [(row, None) for row in fresh] + [(row, before) for row, before in changed]
    record_acts(
        [_act(kind, row, before, units, reason, source) for row, before in written], by=by, batch=batch
    )
    if batch is None and written and judge:
        _judge({row.unit_id for row, _before in written})
    return touched


def _judge(units: set[int]) -> None:
    """The rules on the units, once more; those of severity E refuse what was done today."""
    engine.evaluate_units(units, as_of=clock.today())
    engine.refuse_broken(on=clock.today(), units=units)


def rows_of(kind: Kind, units: Sequence[int], *, lock: bool = False) -> dict[tuple[Any, ...], Own]:
    """Rows in force by unit and what tells them apart. One query."""
    rows = kind.model._default_manager.filter(annulled=None, unit__in=units)
    if lock:
        rows = rows.select_for_update(of=("self",))
    return {(row.unit_id, *(getattr(row, name) for name in kind.keys)): row for row in rows.order_by("pk")}


def _refuse_too_much(rows: Sequence[Own]) -> None:
    """No more is written off than was there. One query where depreciation is recorded."""
    written_off = {row.unit_id: row.gone for row in rows if isinstance(row, Depreciation)}
    known = Asset.objects.filter(unit__in=written_off)
    for unit, value in known.values_list("unit_id", "original_value") if written_off else ():
        if value is not None and written_off[unit] > value:
            words = {"gone": f"{written_off[unit]:.2f}", "value": f"{value:.2f}"}
            raise BadInput(
                _("Written off are %(gone)s of an original value of %(value)s. Correct one of them.") % words,
                "written_off",
            )


def _key(kind: Kind, unit: int, values: dict[str, Any]) -> tuple[Any, ...]:
    columns: dict[str, Any] = {column.name: column for column in kind.model._meta.concrete_fields}
    return (unit, *(values.get(name, columns[name].get_default()) for name in kind.keys))


def _set(row: Own, values: dict[str, Any]) -> dict[str, Any]:
    """Set what differs; give what stood there before."""
    before = {}
    for name, value in values.items():
        if getattr(row, name) != value:
            before[name] = plain(row, name)
            setattr(row, name, value)
    return before


def _refuse_impossible(kind: Kind, row: Own) -> None:
    """Raise ``BadInput`` at the field where a value cannot stand, or several contradict each other."""
    for name, sentence in problems(kind, row).items():
        raise BadInput(sentence, name)


def problems(kind: Kind, row: Own) -> dict[str, str]:
    """What cannot stand in a row, a sentence by field; what the database would refuse is said before it does.

    No query: every check of the table is read over the row's own values.
    """
    found: dict[str, str] = {}
    names = {part.name for part in kind.parts}
    try:
        row.clean_fields(exclude={f.name for f in row._meta.fields} - names)
    except ValidationError as error:
        found = {name: " ".join(map(str, said)) for name, said in error.message_dict.items()}
    for name in names:
        value = getattr(row, f"{name}_id", None) if name == "asset" else getattr(row, name)
        if (
            isinstance(value, int | Decimal)
            and not isinstance(value, bool)
            and value < 0
            and name not in found
        ):
            found[name] = _("%(value)s was found; expected is 0 or more.") % {"value": value}
    for less, more, sentence in ORDERED:
        one, other = getattr(row, less, None), getattr(row, more, None)
        if one is not None and other is not None and one > other and more not in found:
            found[more] = str(sentence)
    return found


def plain(row: Own, name: str) -> Any:
    """A value as the book keeps it: JSON."""
    column: Any = row._meta.get_field(name)
    value = column.value_from_object(row)
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, dt.date) else value


def _act(
    kind: Kind,
    row: Own,
    before: dict[str, Any] | None,
    units: dict[int, Unit],
    reason: str,
    source: Source | None,
) -> ActLine:
    after = [f.name for f in row._meta.concrete_fields if f.name not in _MACHINERY]
    told = before if before is not None else dict.fromkeys(after)
    return ActLine(
        verb=VERB,
        division=units[row.unit_id].division_id,
        unit=row.unit_id,
        subject=f"own:{kind.key}:{row.pk}",
        reason=reason,
        source=source,
        effective_on=getattr(row, "on", None),
        before=before,
        after={name: value for name in told if (value := plain(row, name)) not in (None, "")},
    )


@transaction.atomic
def strike(kind: Kind, row: Own, *, by: User | None, reason: str) -> Own:
    """Take a row back by an act; it stays in the book and counts for nothing. 中文：撤回专项信息"""
    rows = kind.model._default_manager.filter(annulled=None).select_for_update(of=("self",))
    locked = rows.select_related("unit__division").filter(pk=row.pk).first()
    if locked is None:
        raise BadInput(_("It was taken back already."), "annulled")
    access.require(by, PERMISSION, locked.unit.division)
    if len(reason.strip()) < 2:
        raise BadInput(_("Say in a sentence why it is taken back."), "reason")
    locked.annulled = record_act(
        by=by,
        verb=STRUCK,
        division=locked.unit.division_id,
        unit=locked.unit_id,
        subject=f"own:{kind.key}:{locked.pk}",
        reason=reason.strip(),
        before={part.name: plain(locked, part.name) for part in kind.parts},
    )
    locked.save(update_fields=["annulled"])
    _judge({locked.unit_id})
    return locked


def take_back(batch: ImportBatch, act: Act) -> None:
    """Mark what a batch brought as taken back, and give what it changed its earlier values again."""
    for kind in BY_KEY.values():
        kind.model._default_manager.filter(batch=batch, annulled=None).update(annulled=act)
    acts = Act.objects.filter(batch=batch, verb=VERB, before__isnull=False).order_by("-id")
    before: dict[tuple[str, int], dict[str, Any]] = {}
    for done in acts:
        _own, key, pk = done.subject.split(":")
        before.setdefault((key, int(pk)), {}).update(done.before or {})
    for key in {key for key, _pk in before}:
        _restore(BY_KEY[key], {pk: values for (of, pk), values in before.items() if of == key})


def _restore(kind: Kind, before: dict[int, dict[str, Any]]) -> None:
    rows = list(kind.model._default_manager.filter(pk__in=before).order_by("pk"))
    names: set[str] = set()
    for row in rows:
        for name, value in before[row.pk].items():
            column: models.Field = row._meta.get_field(name)  # type: ignore[assignment]
            setattr(row, column.attname, value if column.is_relation else column.to_python(value))
            names.add(name)
    if names:
        kind.model._default_manager.bulk_update(rows, sorted(names), batch_size=500)
