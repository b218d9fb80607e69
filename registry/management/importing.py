"""The part that the import commands share: keep the file, stage it, apply it where asked."""

from pathlib import Path
from typing import Any

from registry.codes import BatchState
from registry.models import Division
from registry.services.files import store_path
from registry.services.imports import apply_batch, create_batch, document, stage_batch, status


def run_import(
    *, kind: str, path: str, options: dict[str, Any], apply: bool, division: Division | None = None
) -> tuple[dict[str, Any], int]:
    """Answer and exit status of an import command. Without ``apply`` it is a dry run."""
    file = store_path(Path(path))
    batch = create_batch(kind=kind, file=file, options=options, by=None, division=division)
    stage_batch(batch)
    if apply and batch.state == BatchState.STAGED and batch.accepted:
        batch = apply_batch(batch, by=None)
    return document(batch), status(batch)
