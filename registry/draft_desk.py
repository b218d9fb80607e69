"""Drafts on the workbench: officers see what waits, clerks what came back. 中文：工作台·草拟事项"""

from __future__ import annotations

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from registry import badges, display, workbench
from registry.access import VERBS
from registry.codes import DraftState
from registry.models import Draft
from registry.services import drafts
from registry.workbench import SHOWN, Desk, Queue, Task

DAYS_SHOWN = dt.timedelta(days=30)  # how long a returned draft stays on its clerk's desk


def _label(draft: Draft) -> str:
    return str({found.verb: found.label for found in drafts.all_draftables()}.get(draft.verb, draft.verb))


def collect_waiting(desk: Desk) -> list[list[Task]]:
    """Drafts that wait for an officer, the oldest first. One query."""
    rows = desk.scoped(Draft.objects.waiting()).select_related("unit", "division", "drafted_by")
    return [
        [
            Task(
                title=draft.unit.name if draft.unit else draft.division.name,
                note=" · ".join(
                    [_label(draft), draft.drafted_by.get_full_name(), display.day(draft.drafted_at)]
                ),
                url=reverse("draft", args=[draft.pk]),
                act=_("Decide it"),
                sign="inbox",
                badge=badges.badge_of("draft", draft.state),
            )
            for draft in rows.order_by("drafted_at", "pk")[:SHOWN]
        ]
    ]


def collect_returned(desk: Desk) -> list[list[Task]]:
    """One's own drafts that came back of late, with the reason. One query."""
    since = desk.day - DAYS_SHOWN
    rows = desk.scoped(Draft.objects.filter(state=DraftState.RETURNED, drafted_by=desk.user))
    rows = rows.filter(decided_at__date__gte=since).select_related("unit", "division")
    return [
        [
            Task(
                title=draft.unit.name if draft.unit else draft.division.name,
                note=f"{_label(draft)} · {draft.reason}",
                url=reverse("draft", args=[draft.pk]),
                act=_("Read why"),
                sign="undo",
                badge=badges.badge_of("draft", draft.state),
            )
            for draft in rows.order_by("-decided_at")[:SHOWN]
        ]
    ]


workbench.register(
    Queue(key="drafts", order=5, roles=VERBS["decide_draft"], collect=collect_waiting),
    Queue(key="drafts_returned", order=5, roles=VERBS["draft_act"], collect=collect_returned),
)
