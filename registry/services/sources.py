"""Register the documents that facts rest on. 中文：依据登记"""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from registry import access, clock
from registry.errors import BadInput
from registry.models import Division, ImportBatch, Source, SourceKind, User


def register_source(
    *,
    kind: str,
    division: Division,
    by: User | None,
    number: str = "",
    title: str = "",
    issuer: str = "",
    issued_on: dt.date | None = None,
    batch: ImportBatch | None = None,
) -> Source:
    """A document of a division: the registered one of the same kind, number and date, else a new one.

    A statement on historic facts (历史遗留认定) needs no number; every other paper needs a number or a title.
    """
    access.require(by, "open_entry", division)
    number, title = number.strip(), title.strip()
    if kind != SourceKind.LEGACY and not number and not title:
        raise BadInput(
            _("Give the number or the title of the document; where no paper is left, choose %(legacy)s.")
            % {"legacy": SourceKind.LEGACY.label},
            "no_source",
        )
    if issued_on and issued_on > clock.today():
        raise BadInput(_("The document is dated in the future; check the date."), "future_date")
    values = {
        "kind": kind,
        "number": number,
        "title": title or str(SourceKind(kind).label),
        "issuer": issuer.strip(),
        "issued_on": issued_on,
        "division": division,
    }
    known = Source.objects.filter(**values).first() if number else None
    return known or Source.objects.create(**values, batch=batch)
