"""Keep the land registers: enter, change, strike, and many rows out of a file. 中文：用地台账登记

A point supply is checked against the layers when it is entered: basic farmland and the ecological red line
refuse it; without a layer it is noted that nobody knows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import shapely
from django.contrib.gis.db.models.functions import Intersection
from django.contrib.gis.geos import GEOSGeometry
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import FloatField, Func, Sum
from django.utils.translation import gettext as _

from land.ground import Footprint
from land.models import FarmlandHouse, PointSupplyApproval, RegisterRow, VintageKind, Zone
from land.parameters import NOISE_M2
from land.parameters_cases import BAN_SINCE
from land.queries.vintages import vintages_for
from land.registers import BY_KEY, DAY, Register
from land.services.redline import check
from registry import access, clock
from registry.errors import BadInput
from registry.models import Act, Division, ImportBatch, User
from registry.models.filling import insert_rows
from registry.rules.parameters import timeline
from registry.services.acts import ActLine, record_act, record_acts

VERB = "keep_land_register"
OCCUPIED = ("OCCUPIES", "REVIEW")


class Areal(Func):
    """Ellipsoidal area of a geometry in m², to judge by; official areas are measured elsewhere."""

    template = "ST_Area(geography(%(expressions)s))"
    output_field = FloatField()


def problems(register: Register, values: dict[str, Any], place: Division) -> dict[str, str]:
    """What cannot stand in a row, a sentence by column. Forms and imports show them all at once."""
    found: dict[str, str] = {}
    for part in register.parts:
        value = values.get(part.name)
        if part.required and not value:
            found[part.name] = _("“%(column)s” is missing.") % {"column": part.label}
        if part.kind == DAY and value and value > clock.today():
            found[part.name] = _("The day lies in the future. Correct it.")
    built = values.get("on")
    if register.model is FarmlandHouse and built and "on" not in found:
        since = timeline([BAN_SINCE])(BAN_SINCE, place.path, built)
        if since and built >= dt.date.fromisoformat(since):
            found["on"] = _("Built on %(day)s, after the ban: open a case, it is no old house.") % {
                "day": built
            }
    try:
        row = register.model(division=place, **values)
        row.clean_fields(exclude=["division", "geom", "checked"])
        row.validate_constraints(exclude=["division"])
    except ValidationError as error:
        said = error.message_dict if hasattr(error, "error_dict") else {"__all__": error.messages}
        for name, messages in said.items():
            found.setdefault("area_m2" if name == "__all__" else name, " ".join(map(str, messages)))
    return found


def _refuse(register: Register, values: dict[str, Any], place: Division) -> None:
    for name, sentence in problems(register, values, place).items():
        raise BadInput(sentence, name)


@transaction.atomic
def keep(*, register: Register, division: Division, values: dict[str, Any], by: User | None) -> RegisterRow:
    """Enter a row. Raises ``BadInput`` with the column, ``NotAllowed``. 中文：登记台账"""
    access.require(by, VERB, division)
    _refuse(register, values, division)
    row = register.model(division=division, **values)
    if isinstance(row, PointSupplyApproval):
        row.checked = checked(row.geom, row.on or clock.today())
    row.save()
    record_act(by=by, verb="land_row_entered", **_said(register, row))
    return row


@transaction.atomic
def change(
    *, register: Register, row: RegisterRow, values: dict[str, Any], reason: str, by: User | None
) -> RegisterRow:
    """Change a row, with the reason. 中文：变更台账"""
    held = register.model.objects.in_force().select_for_update(of=("self",)).select_related("division")
    locked = held.get(pk=row.pk)
    access.require(by, VERB, locked.division)
    if len(reason.strip()) < 2:
        raise BadInput(_("Say why the row changes; it stands in the book."), "reason")
    before = describe(register, locked)
    _refuse(register, {**{part.name: getattr(locked, part.name) for part in register.parts}, **values},
            locked.division)  # fmt: skip
    for name, value in values.items():
        setattr(locked, name, value)
    locked.save(update_fields=list(values))
    record_act(
        by=by, verb="land_row_changed", reason=reason.strip(), before=before, **_said(register, locked)
    )
    return locked


@transaction.atomic
def strike(*, register: Register, row: RegisterRow, reason: str, by: User | None) -> None:
    """A row that should not be there; it stays in the book. 中文：撤销台账行"""
    held = register.model.objects.in_force().select_for_update(of=("self",)).select_related("division")
    locked = held.get(pk=row.pk)
    access.require(by, VERB, locked.division)
    if len(reason.strip()) < 2:
        raise BadInput(_("Say why the row is struck; it stands in the book."), "reason")
    act = record_act(by=by, verb="land_row_struck", reason=reason.strip(), **_said(register, locked))
    locked.annulled = act
    locked.save(update_fields=["annulled"])


@transaction.atomic
def load(
    *,
    register: Register,
    rows: Sequence[tuple[Division, dict[str, Any]]],
    batch: ImportBatch,
    by: User | None,
) -> list[RegisterRow]:
    """Enter the rows of a file, all or none; three statements for each thousand. 中文：台账批量导入"""
    for place in {division.pk: division for division, _values in rows}.values():
        access.require(by, VERB, place)
    made = insert_rows([register.model(division=place, batch=batch, **values) for place, values in rows])
    record_acts(
        [ActLine(verb="land_row_entered", **_said(register, row)) for row in made], by=by, batch=batch
    )  # fmt: skip
    return made


def take_back(*, register: Register, batch: ImportBatch, act: Act) -> int:
    """Mark the rows of a batch as taken back."""
    return register.model.objects.in_force().filter(batch=batch).update(annulled=act)


def describe(register: Register, row: RegisterRow) -> dict[str, Any]:
    """A row as the book has it; the name of a household is kept out of the book's text."""
    said = {part.name: getattr(row, part.name) for part in register.parts}
    if register.private:
        said.pop("holder")
    return {name: str(value) for name, value in said.items() if value not in (None, "")}


def _said(register: Register, row: RegisterRow) -> dict[str, Any]:
    return {
        "division": row.division_id,
        "subject": f"land_{register.key}:{row.pk}",
        "effective_on": row.on,
        "after": describe(register, row),
    }


# --- what a point supply may not stand on
def checked(geom: GEOSGeometry | None, day: dt.date) -> dict[str, Any]:
    """Basic farmland and ecological red line under a footprint (EPSG:4490), by the layers of a day.

    Raises ``BadInput`` where it stands on either; what no layer speaks of is NO_DATA, never in order.
    """
    if geom is None:
        return {"basic_farmland": "NO_SHAPE", "ecological_red_line": "NO_SHAPE"}
    footprint = Footprint(id="supply", geometry=shapely.from_wkb(bytes(geom.wkb)), accuracy="survey")
    verdict = check([footprint], day=day, totals=False).verdicts[0]
    if verdict.verdict in OCCUPIED:
        raise BadInput(
            _("Point supply takes no permanent basic farmland: %(why)s Move the footprint.")
            % {"why": verdict.sentence},
            "geom",
        )
    inside = ecological_m2(geom, day)
    limit = Decimal(str(timeline([NOISE_M2])(NOISE_M2, "", day) or 1))
    if inside is not None and inside > limit:
        raise BadInput(
            _("%(area)s m² of the footprint lie in the ecological red line. Move the footprint.")
            % {"area": inside},
            "geom",
        )
    eco = "NO_DATA" if inside is None else "NONE"
    return {"basic_farmland": verdict.verdict, "ecological_red_line": eco, "day": day.isoformat()}


def ecological_m2(geom: GEOSGeometry, day: dt.date) -> Decimal | None:
    """Area of a footprint in the ecological red line; None where no layer speaks of the day. Two queries."""
    chosen = vintages_for(VintageKind.ECOLOGICAL_RED_LINE, day)
    if not chosen.keys:
        return None
    rows = Zone.objects.filter(vintage__in=chosen.keys, geom__intersects=geom).order_by()
    total = rows.annotate(inside=Areal(Intersection("geom", geom))).aggregate(sum=Sum("inside"))["sum"]
    return Decimal(str(round(total or 0.0, 2)))


def register_of(key: str) -> Register:
    """A register by its key. Raises ``BadInput``."""
    if key not in BY_KEY:
        raise BadInput(_("There is no register “%(key)s”.") % {"key": key}, "no_register")
    return BY_KEY[key]
