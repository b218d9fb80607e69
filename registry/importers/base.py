"""What an importer is: read -> stage every row with all its errors -> apply at once -> reverse as a whole."""

from __future__ import annotations

import abc
from pathlib import Path
from typing import Any

from registry.models import Act, ImportBatch, User


class Importer(abc.ABC):
    """Base of the importers; apps register instances when they load.

    ``kind`` is the batch's kind ("ledger:assets"), ``verb`` the permission that imports it, ``label`` the
    name people read, ``options`` the option names it understands.
    """

    kind: str
    verb: str
    label: Any
    options: tuple[str, ...] = ()

    @abc.abstractmethod
    def stage(self, batch: ImportBatch, path: Path) -> None:
        """Read the file, write ``ImportRow``s, set counts, totals and whole-file errors on the batch.

        Touches no fact. A ``RegistryError`` refuses the whole file. Must save nothing but rows and batch.
        """

    @abc.abstractmethod
    def apply(self, batch: ImportBatch, *, by: User | None) -> None:
        """Write the facts of the staged good rows; runs in one transaction."""

    @abc.abstractmethod
    def reverse(self, batch: ImportBatch, *, by: User | None, act: Act) -> None:
        """Take the facts of the batch back: marked with the act, never deleted; vintages are dropped."""

    def applied(self, batch: ImportBatch, *, by: User | None) -> None:  # noqa: B027  (nothing, for most)
        """What is to be remembered once the facts of the batch stand (columns that were named by hand)."""

    def origin(self, batch: ImportBatch) -> str:
        """Whose file it is, where columns are remembered for each giver apart (the bank of a statement)."""
        return ""

    def next_step(self, batch: ImportBatch) -> tuple[str, Any] | None:
        """Address and words of what is done next, once the facts of the batch stand."""
        return None

    def rejects(self, batch: ImportBatch) -> tuple[str, bytes] | None:
        """File name and bytes of the bad rows with the reasons beside them, where there is such a file."""
        return None


_IMPORTERS: dict[str, Importer] = {}


def register(importer: Importer) -> None:
    """Add an importer; the same kind twice is a mistake."""
    if importer.kind in _IMPORTERS:
        raise ValueError(f"importer registered twice: {importer.kind}")
    _IMPORTERS[importer.kind] = importer


def get(kind: str) -> Importer:
    return _IMPORTERS[kind]


def all_importers() -> list[Importer]:
    return [_IMPORTERS[kind] for kind in sorted(_IMPORTERS)]
