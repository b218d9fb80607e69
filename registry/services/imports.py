"""Import batches: keep the file, stage it, apply it, reverse it; and the JSON that programs read."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pghistory
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from registry import access, clock, importers
from registry.codes import BatchState
from registry.errors import RegistryError
from registry.models import Act, Division, ImportBatch, RowAction, StoredFile, User
from registry.queries.dependents import later_acts, told
from registry.rules.engine import evaluate_units

from .acts import record_act
from .files import path_of
from .progress import mark, metered

MAX_LISTED = 1000
DEPENDENTS_SHOWN = 20
APPLIED_AT = 80  # per cent: the facts are written, the rules are read


def create_batch(
    *, kind: str, file: StoredFile, options: dict[str, Any], by: User | None, division: Division | None = None
) -> ImportBatch:
    """A batch for a stored file, not yet read. Raises ``NotAllowed``."""
    access.require(by, importers.get(kind).verb, division)
    if file.came_as not in ("", file.name):
        options = {**options, "file_name": file.came_as}
    return ImportBatch.objects.create(kind=kind, file=file, options=options, created_by=by, division=division)


def stage_batch(batch: ImportBatch) -> ImportBatch:
    """Read the file into staged rows. A file that cannot be taken leaves a refused batch that says why."""
    importer = importers.get(batch.kind)
    batch.staged.all().delete()
    batch.errors, batch.progress = [], 0
    try:
        with metered(batch.pk), transaction.atomic():
            importer.stage(batch, readable_path(batch))
    except RegistryError as error:
        batch.state = BatchState.REFUSED
        batch.errors = [
            {
                "row": None,
                "column": None,
                "value": None,
                "code": error.code,
                "message": str(error),
                "proposals": list(getattr(error, "proposals", [])),  # what may be declared instead
            }
        ]
        batch.rows = batch.accepted = batch.changed = batch.unchanged = batch.quarantined = 0
    else:
        batch.state = BatchState.REFUSED if batch.errors else BatchState.STAGED
    batch.progress = 100
    batch.save()
    return batch


def readable_path(batch: ImportBatch) -> Path:
    """A path of the stored bytes that carries the name under which they came (readers look at the ending)."""
    stored = path_of(batch.file)
    if not stored.exists():
        raise RegistryError(
            _("The stored file of batch %(id)d is missing on disk. Import the file again.")
            % {"id": batch.pk},
            "file_missing",
        )
    name = batch.options.get("file_name") or batch.file.name
    named = stored.parent / f"{stored.name}-named" / name
    if not named.exists():
        named.parent.mkdir(exist_ok=True)
        named.hardlink_to(stored)
    return named


def apply_batch(batch: ImportBatch, *, by: User | None) -> ImportBatch:
    """Write the facts of the good rows, all or none, and evaluate what they touch.

    Raises ``RegistryError`` when the batch is not staged (it may have been applied by someone else).
    """
    importer = importers.get(batch.kind)
    with metered(batch.pk), _recorded(batch, by), transaction.atomic():
        batch = locked_batch(batch.pk)
        access.require(by, importer.verb, batch.division)
        if batch.state != BatchState.STAGED:
            raise RegistryError(
                _("Batch %(id)d is %(state)s; only a staged batch can be applied.")
                % {"id": batch.pk, "state": BatchState(batch.state).label},
                "not_staged",
            )
        if not batch.accepted:
            raise RegistryError(
                _("Batch %(id)d has no row that can be applied. Correct the file and import it again.")
                % {"id": batch.pk},
                "nothing_to_apply",
            )
        try:
            with transaction.atomic():
                importer.apply(batch, by=by)
        except IntegrityError as error:
            raise RegistryError(
                _("The register has changed since this file was read. Import it again."), "stale"
            ) from error
        batch.state, batch.applied_at = BatchState.APPLIED, clock.now()
        batch.save()
        _record(batch, "batch_applied", by)
        importer.applied(batch, by=by)
        mark(APPLIED_AT)
        evaluate_units(touched_units(batch), as_of=clock.today())
    return batch


def locked_batch(key: int) -> ImportBatch:
    """The batch, held until the end of the transaction against everybody else who would change it.

    The lock lies beside the row: the row itself stays free for the marks of progress.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"batch:{key}"])
    return ImportBatch.objects.get(pk=key)


def touched_units(batch: ImportBatch) -> set[int]:
    """The units that a batch brought or changed."""
    changed = batch.staged.exclude(unit=None).exclude(action=RowAction.KEEP)
    return {*batch.units.values_list("pk", flat=True), *changed.values_list("unit_id", flat=True)}


def reverse_batch(batch: ImportBatch, *, by: User | None) -> ImportBatch:
    """Take an applied batch back as a whole. Raises ``RegistryError`` when later facts rest on it."""
    importer = importers.get(batch.kind)
    with _recorded(batch, by), transaction.atomic():
        batch = locked_batch(batch.pk)
        access.require(by, importer.verb, batch.division)
        if batch.state != BatchState.APPLIED:
            raise RegistryError(
                _("Batch %(id)d is %(state)s; only an applied batch can be reversed.")
                % {"id": batch.pk, "state": BatchState(batch.state).label},
                "not_applied",
            )
        refuse_later(batch)
        units = touched_units(batch)
        act = _record(batch, "batch_reversed", by)
        importer.reverse(batch, by=by, act=act)
        batch.state, batch.reversed_at = BatchState.REVERSED, clock.now()
        batch.save()
        evaluate_units(units, as_of=clock.today())
    return batch


def refuse_later(batch: ImportBatch) -> None:
    """Refuse where later acts rest on what a batch wrote, and say which. Raises ``RegistryError``."""
    later = later_acts(batch)
    if not later:
        return
    named = told(later[:DEPENDENTS_SHOWN], lambda at: timezone.localdate(at).isoformat())
    more = len(later) - DEPENDENTS_SHOWN
    if more > 0:
        named += _("; and %(count)d more") % {"count": more}
    raise RegistryError(
        _("%(count)d later acts rest on this import. Undo them first, then this batch: %(acts)s")
        % {"count": len(later), "acts": named},
        "later_facts",
    )


def _recorded(batch: ImportBatch, by: User | None) -> AbstractContextManager[Any]:
    """The history of what follows names the batch and the officer, in the worker too."""
    return pghistory.context(batch=batch.pk, user=by.pk if by else None)


def _record(batch: ImportBatch, verb: str, by: User | None) -> Act:
    return record_act(
        by=by,
        batch=batch,
        verb=verb,
        division=batch.division or Division.objects.order_by("path")[0],
        subject=f"batch:{batch.pk}",
        after=batch.totals,
    )


def document(batch: ImportBatch) -> dict[str, Any]:
    """The batch as programs read it."""
    errors = list(batch.errors)
    for row in batch.staged.exclude(errors=[]).order_by("id")[:MAX_LISTED]:
        errors += [{"sheet": row.sheet, "row": row.row, **error} for error in row.errors]
    return {
        "batch": batch.pk,
        "kind": batch.kind,
        "state": batch.state,
        "sha256": batch.file.sha256,
        "rows": batch.rows,
        "accepted": batch.accepted,
        "changed": batch.changed,
        "unchanged": batch.unchanged,
        "quarantined": batch.quarantined,
        "errors": errors,
        "warnings": [
            {"sheet": row.sheet, "row": row.row, **warning}
            for row in batch.staged.exclude(warnings=[]).order_by("id")[:MAX_LISTED]
            for warning in row.warnings
        ],
        "totals": batch.totals,
    }


def status(batch: ImportBatch) -> int:
    """Exit status of the surface: 0 nothing wrong, 1 something is wrong with the data."""
    wrong = batch.errors or batch.state == BatchState.REFUSED or batch.quarantined
    return int(bool(wrong) or batch.staged.exclude(errors=[]).exists())
