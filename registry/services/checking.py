"""Check the kept files against what must stay true of them, and note what was found. 中文：附件核对"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q

from registry import clock
from registry.models import FileState, SourceFile, StoredFile

from .files import path_of

AT_ONCE = 500


def check_files(quick: bool = False) -> Iterator[dict[str, Any]]:
    """Files that are missing on disk or no longer what came in; the finding is kept with each file.

    ``quick`` compares sizes only and gives no file a clean bill it did not have; else every byte is read.
    """
    now = clock.now()
    seen: dict[str, list[int]] = {state: [] for state in FileState.values}
    evidence = SourceFile.objects.filter(Q(file=OuterRef("pk")) | Q(preview=OuterRef("pk")))
    for file in StoredFile.objects.annotate(evidence=Exists(evidence)).order_by("pk").iterator(AT_ONCE):
        state = state_of(file, quick)
        seen[state].append(file.pk)
        if state != FileState.PRESENT:
            yield {"sha256": file.sha256, "name": file.name, "what": str(state), "evidence": file.evidence}
    for state, keys in seen.items():
        for start in range(0, len(keys), AT_ONCE):
            StoredFile.objects.filter(pk__in=keys[start : start + AT_ONCE]).update(
                state=state, checked_at=now
            )


def check_strays(_quick: bool = False) -> Iterator[dict[str, Any]]:
    """Files in the store that the register knows nothing of, by path within it; none is ever removed here.

    What is being received just now, and the names under which readers open a kept file, are no strays.
    """
    known = set(StoredFile.objects.values_list("sha256", flat=True))
    for path in sorted(settings.FILES_DIR.rglob("*")):
        within = path.relative_to(settings.FILES_DIR)
        if path.is_dir() or within.parts[0].startswith("incoming-"):
            continue
        owner = within.parts[1].removesuffix("-named") if len(within.parts) > 2 else within.name
        if owner not in known or within.parts[0] != owner[:2]:
            yield {"file": within.as_posix(), "bytes": path.lstat().st_size, "what": "unknown"}


def state_of(file: StoredFile, quick: bool = False) -> str:
    """What is true of a file on disk now."""
    path = path_of(file)
    try:
        if path.stat().st_size != file.size:
            return FileState.ALTERED
        if quick:
            return FileState.ALTERED if file.state == FileState.ALTERED else FileState.PRESENT
        with path.open("rb") as source:
            same = hashlib.file_digest(source, "sha256").hexdigest() == file.sha256
    except OSError:
        return FileState.MISSING
    return FileState.PRESENT if same else FileState.ALTERED
