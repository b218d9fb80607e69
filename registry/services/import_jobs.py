"""Imports from pages: the file is kept at once, the rest is left to the worker. 中文：导入任务"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from registry import access, importers, tasks
from registry.codes import BatchState
from registry.errors import RegistryError
from registry.models import Division, HeadAlias, ImportBatch, User

from .files import store_chunks
from .head_memory import forget_head, remember_heads
from .imports import create_batch, locked_batch


def receive_file(
    *,
    kind: str,
    chunks: Iterable[bytes],
    name: str,
    options: dict[str, Any],
    by: User,
    division: Division | None = None,
) -> ImportBatch:
    """Keep a file that came in through a page and have it read. Raises ``NotAllowed``, ``BadInput``."""
    access.require(by, importers.get(kind).verb, division)
    file = store_chunks(chunks, name=name)
    batch = create_batch(kind=kind, file=file, options=options, by=by, division=division)
    tasks.stage.enqueue(batch.pk, get_language() or "zh-hans")
    return batch


def read_again(*, batch: ImportBatch, options: dict[str, Any], by: User) -> ImportBatch:
    """Have the same file read again with other options (columns named by hand, amounts in 万元).

    Raises ``RegistryError`` for a batch whose facts already stand in the register.
    """
    with transaction.atomic():
        locked = locked_batch(batch.pk)
        access.require(by, importers.get(locked.kind).verb, locked.division)
        if locked.state not in (BatchState.STAGED, BatchState.REFUSED):
            raise RegistryError(
                _("Batch %(id)d is %(state)s; it cannot be read again. Import the file anew.")
                % {"id": locked.pk, "state": BatchState(locked.state).label},
                "not_staged",
            )
        locked.options = {**locked.options, **options}
        locked.state, locked.progress, locked.errors = BatchState.STAGED, 0, []
        locked.save(update_fields=["options", "state", "progress", "errors"])
    tasks.stage.enqueue(locked.pk, get_language() or "zh-hans")
    return locked


def name_columns(
    *, batch: ImportBatch, mapping: dict[str, Any], known: dict[str, str], by: User
) -> ImportBatch:
    """Have a file read again with columns named by hand; the titles are remembered for the next of its kind.

    ``known`` is what the reader takes the titles for by itself. Raises ``RegistryError``, ``NotAllowed``.
    """
    read = read_again(batch=batch, options={"mapping": mapping, "remembered": True}, by=by)
    remember_heads(
        kind=batch.kind,
        division=batch.division,
        named={title: field or "" for title, field in mapping["columns"].items()},
        known=known,
        unit=mapping.get("unit") or "",
        origin=importers.get(batch.kind).origin(batch),
        by=by,
    )
    return read


def forget_column(*, batch: ImportBatch, alias: int, by: User) -> ImportBatch:
    """Forget what a title was taken for, and have the file read again. Raises ``RegistryError``."""
    with transaction.atomic():
        known = HeadAlias.objects.filter(pk=alias, kind=batch.kind).first()
        if known is None:
            raise RegistryError(_("This column is no longer remembered."), "forgotten")
        forget_head(alias=known, by=by)
    return read_again(batch=batch, options={}, by=by)


def ask_to_apply(*, batch: ImportBatch, by: User) -> None:
    """Have the good rows of a staged batch written into the register by the worker."""
    with transaction.atomic():
        locked = locked_batch(batch.pk)
        access.require(by, importers.get(locked.kind).verb, locked.division)
        if locked.state != BatchState.STAGED or locked.progress < 100:
            raise RegistryError(
                _("Batch %(id)d is not ready to be applied. Look at its page again in a moment.")
                % {"id": locked.pk},
                "not_staged",
            )
        locked.progress, locked.errors = 0, []
        locked.save(update_fields=["progress", "errors"])
    tasks.apply.enqueue(locked.pk, by.pk, get_language() or "zh-hans")


def is_working(batch: ImportBatch) -> bool:
    """Whether the worker still has the batch in hand."""
    return batch.state == BatchState.STAGED and batch.progress < 100
