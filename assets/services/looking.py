"""Record one inspection, once, with what was seen item by item, where, and the photos. 中文：巡查登记"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.gis.geos import Point
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from assets.codes import ItemResult
from assets.models import Inspection, InspectionItem, StandardItem
from registry import access, clock
from registry.errors import BadInput, RegistryError
from registry.models import Source, SourceKind, Unit, User
from registry.rules.engine import evaluate_units
from registry.services.acts import record_act
from registry.services.sources import add_files, register_source

VERB = "record_inspection"
Photos = Sequence[tuple[str, Iterable[bytes]]]


@dataclass(frozen=True)
class Spot:
    """What the phone says beside the form: its own number for the entry, when and where it was noted."""

    client_id: uuid.UUID | None = None
    noted_at: dt.datetime | None = None
    position: Point | None = None
    accuracy_m: Decimal | None = None


@dataclass(frozen=True)
class Seen:
    """The result for one item of the standard."""

    item: int
    result: str
    value: Decimal | None = None


def record_inspection(
    *,
    unit: Unit,
    inspected_on: dt.date,
    condition: str,
    by: User | None,
    inspector: str = "",
    defect: str = "",
    handled_on: dt.date | None = None,
    remark: str = "",
    spot: Spot | None = None,
    seen: Sequence[Seen] = (),
    photos: Photos = (),
) -> Inspection:
    """Record an observation of a unit's condition. It changes no legal fact. 中文：巡查登记

    An entry that comes again under the number that the phone gave it is recorded once: the answer is the
    recorded one. Raises ``RegistryError`` for a day in the future, an inspection that is recorded already,
    and for a number that another unit's entry has.
    """
    access.require(by, VERB, unit.division)
    spot = spot or Spot()
    known = _sent_before(unit, spot)
    if known is not None:
        return known
    _refuse(unit, inspected_on)
    values: dict[str, Any] = {
        "inspected_on": inspected_on,
        "inspector": inspector or (by.get_full_name() if by else ""),
        "condition": condition,
        "defect": defect,
        "handled_on": handled_on,
        "remark": remark,
        **_of(spot),
    }
    try:
        with transaction.atomic():
            return _write(unit, values, seen, photos, by)
    except IntegrityError as error:
        sent = _sent_before(unit, spot)  # the same entry came twice at the same moment
        if sent is not None:
            return sent
        raise RegistryError(_sentence(error), "inspection_refused") from error


def _of(spot: Spot) -> dict[str, Any]:
    return {name: getattr(spot, name) for name in ("client_id", "noted_at", "position", "accuracy_m")}


def _sent_before(unit: Unit, spot: Spot) -> Inspection | None:
    if spot.client_id is None:
        return None
    known = Inspection.objects.filter(client_id=spot.client_id).first()
    if known is not None and known.unit_id != unit.pk:
        raise RegistryError(
            _("The number of this entry belongs to an inspection of another thing."), "client_id_taken"
        )
    return known


def _refuse(unit: Unit, day: dt.date) -> None:
    if day > clock.today():
        raise RegistryError(_("An inspection cannot lie in the future; check the date."), "future_date")
    if unit.annulled_id is not None:
        raise RegistryError(
            _("%(unit)s was taken back with its import; it cannot be inspected.") % {"unit": unit.name},
            "unit_annulled",
        )


def _write(
    unit: Unit, values: Mapping[str, Any], seen: Sequence[Seen], photos: Photos, by: User | None
) -> Inspection:
    evidence = photos_as_source(unit, values["inspected_on"], photos, by) if photos else None
    inspection = Inspection.objects.create(unit=unit, evidence=evidence, **values)
    _write_items(inspection, seen)
    record_act(
        by=by,
        verb="inspection_recorded",
        division=unit.division_id,
        unit=unit,
        subject=f"inspection:{inspection.pk}",
        effective_on=inspection.inspected_on,
        source=evidence,
        after={"condition": inspection.condition, "defect": inspection.defect},
    )
    evaluate_units([unit.pk], as_of=clock.today())
    return inspection


def photos_as_source(unit: Unit, day: dt.date, photos: Photos, by: User | None) -> Source:
    """The photos as a document of the place; what the camera did not write is missing, never refused."""
    title = _("Photos of the inspection of %(unit)s on %(day)s") % {"unit": unit.name, "day": day}
    source = register_source(
        kind=SourceKind.OTHER, division=unit.division, by=by, title=title[:255], issued_on=day, verb=VERB
    )
    add_files(source=source, files=photos, by=by, verb=VERB)
    return source


def _write_items(inspection: Inspection, seen: Sequence[Seen]) -> None:
    """The results; a measured value says itself whether it is good enough."""
    items = StandardItem.objects.in_bulk([one.item for one in seen])
    if len(items) < len({one.item for one in seen}):
        raise BadInput(_("An item of the form is not known any more. Load the form again."), "no_item")
    InspectionItem.objects.bulk_create(
        InspectionItem(
            inspection=inspection, item=items[one.item], value=one.value, result=judged(items[one.item], one)
        )
        for one in seen
    )


def judged(item: StandardItem, seen: Seen) -> str:
    """The result of an item: by its measure where one was taken, else as the person said."""
    if seen.value is None or (item.least is None and item.most is None):
        return seen.result
    low = item.least is not None and seen.value < item.least
    high = item.most is not None and seen.value > item.most
    return ItemResult.BAD if low or high else ItemResult.GOOD


def _sentence(error: IntegrityError) -> str:
    if "inspection_once" in str(error):
        return _("This inspection of that day by that person is recorded already.")
    if "inspection_handled_after" in str(error):
        return _("A defect cannot be handled before it is found; check the two dates.")
    return _("The inspection was refused by the register: %(why)s") % {"why": str(error).splitlines()[0]}
