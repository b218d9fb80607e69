"""From the defect to the order, the work and the check by somebody else. 中文：派修、完工、验收、延期"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from assets.models import Inspection, Repair
from registry import access, clock
from registry.errors import BadInput, RegistryError
from registry.models import Act, Unit, User
from registry.rules.engine import evaluate_units
from registry.services.acts import record_act


@transaction.atomic
def order_repair(
    *,
    unit: Unit,
    ordered_on: dt.date,
    worker: str,
    due_on: dt.date,
    by: User | None,
    inspection: Inspection | None = None,
    defect: str = "",
    estimate: Decimal | None = None,
    payer: str = "",
    payer_name: str = "",
) -> Repair:
    """Order the repair of a defect: of an inspection, or one that was told otherwise. 中文：派修

    A defect that was put off is ordered on its own record.
    """
    locked = _lock_unit(unit, "order_repair", by)
    found_on = inspection.inspected_on if inspection else ordered_on
    _in_order(_("The order"), found_on, ordered_on, past=True)
    if due_on < ordered_on:
        raise BadInput(_("The work is to be done on or after the day of the order."), "due_on")
    if not worker.strip():
        raise BadInput(_("Say who repairs it."), "worker")
    values = {"ordered_on": ordered_on, "worker": worker.strip(), "due_on": due_on, "estimate": estimate,
              "payer": payer, "payer_name": payer_name.strip()}  # fmt: skip
    repair = _of_defect(inspection)
    if repair is not None and repair.ordered_on is not None:
        raise RegistryError(_("The repair of this defect is ordered already."), "ordered_already")
    if repair is None:
        repair = _make(locked, inspection, defect, found_on, values)
    else:
        _change(repair, values)
    return _book(repair, "repair_ordered", ordered_on, by)


@transaction.atomic
def put_off(
    *,
    unit: Unit,
    until: dt.date,
    reason: str,
    by: User | None,
    inspection: Inspection | None = None,
    repair: Repair | None = None,
) -> Repair:
    """Put a defect, or a repair that is not done, off until a day, with the reason. 中文：延期"""
    locked = _lock_unit(unit, "order_repair", by)
    if until <= clock.today():
        raise BadInput(_("It is put off until a day to come."), "until")
    if not reason.strip():
        raise BadInput(_("Say why it is put off."), "reason")
    values = {"deferred_until": until, "defer_reason": reason.strip()}
    repair = _lock(repair) if repair is not None else _of_defect(inspection)
    if repair is None:
        if inspection is None:
            raise BadInput(_("Choose the defect that is put off."), "inspection")
        repair = _make(locked, inspection, "", inspection.inspected_on, values)
    elif repair.done_on is not None:
        raise RegistryError(_("The repair is done; it cannot be put off."), "done_already")
    else:
        _change(repair, values)
    return _book(repair, "repair_put_off", clock.today(), by, reason)


@transaction.atomic
def report_done(
    *, repair: Repair, done_on: dt.date, done_by: str, work: str, cost: Decimal | None, by: User | None,
    payer: str = "", payer_name: str = "",
) -> Repair:  # fmt: skip
    """The work is done: when, by whom, what it cost and who pays. It waits for its check. 中文：完工"""
    locked = _lock(repair)
    access.require(by, "report_repair", locked.unit.division)
    if locked.ordered_on is None or locked.done_on is not None:
        raise RegistryError(
            _("Only an ordered repair that is not done yet can be reported done."), "not_ordered"
        )
    _in_order(_("The work"), locked.ordered_on, done_on, past=True)
    if not done_by.strip():
        raise BadInput(_("Say who did the work."), "done_by")
    values: dict[str, Any] = {
        "done_on": done_on,
        "done_by": done_by.strip(),
        "work": work.strip(),
        "cost": cost,
        "reported_by": by,
    }
    values |= {"payer": payer} if payer else {}
    values |= {"payer_name": payer_name.strip()} if payer_name.strip() else {}
    _change(locked, values)
    return _book(locked, "repair_done", done_on, by)


@transaction.atomic
def check_repair(
    *, repair: Repair, checked_on: dt.date, checked_by: str, good: bool, by: User | None, reason: str = ""
) -> Repair:
    """Somebody else than who did it looks at the work: it is good, or it is to be done again. 中文：验收"""
    locked = _lock(repair)
    access.require(by, "check_repair", locked.unit.division)
    if locked.done_on is None or locked.checked_on is not None:
        raise RegistryError(_("Only a repair that is done and not checked yet can be checked."), "not_done")
    _in_order(_("The check"), locked.done_on, checked_on, past=True)
    name = checked_by.strip()
    if name == locked.done_by or (by is not None and by.pk == locked.reported_by_id):
        raise BadInput(
            _("Who did the work or reported it done does not check it. Have somebody else check it."),
            "same_person",
        )
    if good:
        _change(locked, {"checked_on": checked_on, "checked_by": name, "checker": by})
        return _book(locked, "repair_checked", checked_on, by, reason)
    if not reason.strip():
        raise BadInput(_("Say what is not good enough."), "reason")
    _change(locked, {"done_on": None, "done_by": "", "reported_by": None})
    return _book(locked, "repair_sent_back", checked_on, by, reason)


@transaction.atomic
def strike_repair(*, repair: Repair, by: User | None, reason: str) -> Act:
    """Take a record back that was made by mistake; the defect waits again. 中文：撤销维修记录"""
    locked = _lock(repair)
    access.require(by, "order_repair", locked.unit.division)
    if locked.annulled_id is not None:
        raise RegistryError(_("The record is taken back already."), "annulled")
    if not reason.strip():
        raise BadInput(_("Say why the record is taken back."), "reason")
    act = record_act(
        by=by,
        verb="repair_struck",
        division=locked.unit.division_id,
        unit=locked.unit,
        subject=f"repair:{locked.pk}",
        reason=reason,
        before=describe(locked),
    )
    _change(locked, {"annulled": act})
    evaluate_units([locked.unit_id], as_of=clock.today())
    return act


def describe(repair: Repair) -> dict[str, Any]:
    """A repair as the book keeps it."""
    days = ("found_on", "ordered_on", "due_on", "deferred_until", "done_on", "checked_on")
    said: dict[str, Any] = {name: str(getattr(repair, name) or "") for name in days}
    said |= {name: getattr(repair, name) for name in ("defect", "worker", "payer", "done_by", "checked_by")}
    said |= {"cost": None if repair.cost is None else f"{repair.cost:.2f}"}
    return {name: value for name, value in said.items() if value not in ("", None)}


def _lock_unit(unit: Unit, verb: str, by: User | None) -> Unit:
    locked = Unit.objects.select_for_update(of=("self",)).select_related("division").get(pk=unit.pk)
    access.require(by, verb, locked.division)
    return locked


def _lock(repair: Repair) -> Repair:
    rows = Repair.objects.select_for_update(of=("self",)).select_related("unit__division")
    locked = rows.get(pk=repair.pk)
    if locked.annulled_id is not None:
        raise RegistryError(_("The record was taken back."), "annulled")
    return locked


def _of_defect(inspection: Inspection | None) -> Repair | None:
    """The record of a defect, locked, where there is one."""
    if inspection is None:
        return None
    rows = Repair.objects.in_force().select_for_update(of=("self",)).select_related("unit__division")
    return rows.filter(inspection=inspection).first()


def _make(
    unit: Unit, inspection: Inspection | None, defect: str, found_on: dt.date, values: dict[str, Any]
) -> Repair:
    if inspection is not None and (inspection.unit_id != unit.pk or inspection.annulled_id is not None):
        raise BadInput(_("The inspection is not one of this thing."), "inspection")
    what = defect.strip() or (inspection.defect if inspection else "")
    if not what:
        raise BadInput(_("Say what is broken."), "defect")
    try:
        with transaction.atomic():
            return Repair.objects.create(
                unit=unit, inspection=inspection, defect=what[:255], found_on=found_on, **values
            )
    except IntegrityError as error:
        raise RegistryError(
            _("The register refused the record: this defect has one already."), "twice"
        ) from error


def _change(repair: Repair, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(repair, name, value)
    repair.save(update_fields=list(values))


def _in_order(what: str, earlier: dt.date, day: dt.date, *, past: bool) -> None:
    if day < earlier:
        raise BadInput(
            _("%(what)s is dated %(day)s, before %(earlier)s. Check the dates.")
            % {"what": what, "day": day, "earlier": earlier},
            "dates",
        )
    if past and day > clock.today():
        raise BadInput(_("%(what)s is dated in the future. Check the date.") % {"what": what}, "future_date")


def _book(repair: Repair, verb: str, day: dt.date, by: User | None, reason: str = "") -> Repair:
    record_act(
        by=by,
        verb=verb,
        division=repair.unit.division_id,
        unit=repair.unit,
        subject=f"repair:{repair.pk}",
        reason=reason,
        effective_on=day,
        after=describe(repair),
    )
    evaluate_units([repair.unit_id], as_of=clock.today())
    return repair
