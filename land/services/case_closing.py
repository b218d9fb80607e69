"""Look again, close, reopen; and the days that do not count. 中文：复核、销号、重新办理、中止计时"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from land.case_codes import PauseKind, Stage
from land.models import Case, CasePause, ClosureRecord
from land.queries.cases import areas_by_method, verification_of
from registry import clock
from registry.errors import BadInput, RegistryError
from registry.models import Shape, Source, Unit, User
from registry.reasons import too_short
from registry.rules.engine import evaluate_units, refuse_broken

from .case_splitting import sums_differ
from .case_steps import ZERO, lock, refuse_step, step, write


@transaction.atomic
def review(
    *, case: Case, on: dt.date, by: User | None, note: str = "", source: Source | None = None
) -> Case:  # fmt: skip
    """Image, drone or eyes show that the rectification was done. 中文：复核"""
    held = lock(case, by, "work_case")
    if not note.strip():
        raise BadInput(_("Say what was seen (image, drone, on the spot) and on what it rests."), "note")
    step(held, Stage.REVIEWED, on=on, by=by, note=note, source=source, verb="case_reviewed")
    return held


@transaction.atomic
def close(*, case: Case, on: dt.date, by: User | None, note: str = "") -> Case:
    """Close a case: all of its area is dealt with, and another person than the verifier closes it. 中文：销号

    Raises ``RegistryError`` (E02).
    """
    held = lock(case, by, "close_case")
    refuse_step(held, Stage.CLOSED, on)
    verification, areas = verification_of(held), areas_by_method(held)
    if by is None or verification is None or verification.by_id == by.pk:
        raise RegistryError(
            _("E02: a case is closed by another person than the one who verified it in the field."), "E02"
        )
    if sum(areas.values(), ZERO) != held.area_m2:
        raise RegistryError(f"E02: {sums_differ(held, sum(areas.values(), ZERO))}", "E02")
    said = {method: str(area) for method, area in areas.items()}
    made = step(held, Stage.CLOSED, on=on, by=by, note=note, verb="case_closed", after={"areas": said})
    ClosureRecord.objects.create(step=made, verifier=verification.by, closer=by, areas=said)
    refuse_broken(on=on, units=[held.unit_id])
    return held


EARLY = (Stage.CLUE_ISSUED, Stage.ACCEPTED, Stage.OFFICE_REVIEW)


@transaction.atomic
def withdraw(*, case: Case, on: dt.date, by: User | None, note: str) -> Case:
    """Take back a case that was opened by mistake, before anybody went there. 中文：撤销立案

    It stays in the book with the reason. The clue of a layer is not taken back: it ends by its outcome.
    Raises ``BadInput``.
    """
    held = lock(case, by, "close_case")
    if held.stage not in EARLY:
        raise BadInput(_("The case was verified in the field; close it by its outcome."), "stage")
    if held.clue_number is not None:
        raise BadInput(_("The clue of a layer is not taken back; say its outcome."), "clue")
    if too_short(note):
        raise BadInput(_("Say why the case is taken back; it stands in the book."), "note")
    act = write(held, "case_withdrawn", on=on, by=by, note=note, before={"stage": held.stage})
    Shape.objects.filter(unit=held.unit_id, annulled=None).update(annulled=act)
    Unit.objects.filter(pk=held.unit_id).update(annulled=act)
    evaluate_units([held.unit_id], as_of=clock.today())
    return held


@transaction.atomic
def reopen(*, case: Case, on: dt.date, by: User | None, note: str) -> Case:
    """Take a reviewed or closed case up again, with the reason. 中文：重新办理"""
    held = lock(case, by, "close_case")
    if too_short(note):
        raise BadInput(_("Say why the case is taken up again; it stands in the book."), "note")
    step(held, Stage.REOPENED, on=on, by=by, note=note, verb="case_reopened")
    return held


@transaction.atomic
def pause(*, case: Case, kind: str, on: dt.date, by: User | None, source: Source | None = None) -> CasePause:
    """Stop the clock of a case: appraisal, hearing, public notice. 中文：中止计时"""
    held = lock(case, by, "work_case")
    if kind not in PauseKind.values:
        raise BadInput(_("Say why the clock stands: appraisal, hearing or notice."), "kind")
    if on > clock.today() or CasePause.objects.filter(case=held, valid__endswith__gt=on).exists():
        raise BadInput(_("The day lies in the future or in another pause."), "on")
    if CasePause.objects.filter(case=held, valid__upper_inf=True).exists():
        raise RegistryError(_("The clock of this case stands already."), "stands")
    made = CasePause.objects.create(case=held, kind=kind, valid=DateRange(on, None), source=source)
    write(held, "case_paused", on=on, by=by, source=source, after={"kind": kind})
    return made


@transaction.atomic
def resume(*, case: Case, on: dt.date, by: User | None) -> CasePause:
    """The clock goes on from a day. 中文：恢复计时"""
    held = lock(case, by, "work_case")
    standing = CasePause.objects.select_for_update().filter(case=held, valid__upper_inf=True).first()
    if standing is None:
        raise RegistryError(_("The clock of this case does not stand."), "does_not_stand")
    begin = standing.valid.lower
    if begin is None or on <= begin or on > clock.today():
        raise BadInput(_("The clock goes on after %(day)s, today at the latest.") % {"day": begin}, "on")
    standing.valid = DateRange(begin, on)
    standing.save(update_fields=["valid"])
    write(held, "case_resumed", on=on, by=by, before={"kind": standing.kind, "from": begin.isoformat()})
    return standing
