"""The papers that rows rest on: the numbered document of a row, else the ledger. 中文：台账依据"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from registry.models import Division, ImportBatch, Source, SourceFile, SourceKind


@transaction.atomic
def ensure_papers(
    rows: Sequence[tuple[int, dict[str, Any] | None]], *, batch: ImportBatch, day: str
) -> list[Source]:
    """The source of each row (division, {"number", "date"} or None), made where it is not registered yet.

    A document is known by its number; rows without one rest on the ledger, one source for the whole batch.
    """
    numbers = {said["number"]: (place, said) for place, said in reversed(rows) if said}
    known = {source.number: source for source in Source.objects.filter(number__in=numbers).order_by("-pk")}
    fresh = [
        Source(
            kind=SourceKind.DECISION,
            number=number,
            title=_("confirmation of rights"),
            issued_on=dt.date.fromisoformat(said["date"]) if said["date"] else None,
            division_id=place,
            batch=batch,
        )
        for number, (place, said) in numbers.items()
        if number not in known
    ]
    known |= {source.number: source for source in Source.objects.bulk_create(fresh, batch_size=1000)}
    ledger = _ledger_paper(rows, batch, day) if any(said is None for _place, said in rows) else None
    return [known[said["number"]] if said else ledger for _place, said in rows]  # type: ignore[misc]


def _ledger_paper(rows: Sequence[tuple[int, Any]], batch: ImportBatch, day: str) -> Source:
    """The ledger as a source, with the file as it came."""
    place = batch.division or Division.objects.get(pk=rows[0][0])
    source = Source.objects.create(
        kind=SourceKind.LEDGER,
        title=batch.file.name,
        issued_on=dt.date.fromisoformat(day),
        division=place,
        batch=batch,
    )
    SourceFile.objects.create(source=source, file=batch.file)
    return source
