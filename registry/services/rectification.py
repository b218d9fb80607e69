"""Notes on how findings are put right: measures, progress, evidence. 中文：整改记录"""

from __future__ import annotations

import datetime as dt

from django.db.models import Q
from django.db.models.functions import Length
from django.utils.translation import gettext as _

from registry import clock
from registry.errors import BadInput
from registry.models import Act, Finding, Rectification, RectificationKind, Source, User

MIN_NOTE, MAX_NOTE = 4, 500
MIN_EVIDENCE = 10


def subject_of(finding: Finding) -> str:
    """How the book names a finding."""
    return f"finding:{finding.pk}"


def write_note(
    *,
    finding: Finding,
    by: User | None,
    kind: str,
    text: str,
    source: Source | None = None,
    on: dt.date | None = None,
) -> Rectification:
    """A note on a finding that the caller holds locked. Raises ``BadInput``."""
    text = text.strip()
    if not text and source is not None:
        text = str(source)[:MAX_NOTE]
    if not MIN_NOTE <= len(text) <= MAX_NOTE:
        raise BadInput(
            _("The note has %(found)d characters; write a sentence of %(least)d to %(most)d.")
            % {"found": len(text), "least": MIN_NOTE, "most": MAX_NOTE},
            "note_length",
        )
    return Rectification.objects.create(
        finding=finding,
        kind=RectificationKind(kind),
        on=on or clock.today(),
        text=text,
        source=source,
        by=by,
        at=clock.now(),
    )


def evidence_of(finding: Finding) -> Rectification | None:
    """The latest evidence that is worth the name, written since the finding was closed last."""
    rows = Rectification.objects.in_force().filter(finding=finding, kind=RectificationKind.EVIDENCE)
    rows = rows.annotate(length=Length("text")).filter(Q(source__isnull=False) | Q(length__gte=MIN_EVIDENCE))
    closed = Act.objects.filter(subject=subject_of(finding), verb="finding_closed").order_by("-id")
    last = closed.values_list("at", flat=True).first()
    if last is not None:
        rows = rows.filter(at__gt=last)
    return rows.select_related("source").order_by("-id").first()
