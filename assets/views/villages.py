"""``/work/``: what waits for the asset manager, by village, each one click from the act. 中文：分村工作台"""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assets import queries
from assets.desk import due_here, due_tasks
from assets.work import findings_of, villages_of
from registry import clock, workbench
from registry.models import Division, Unit
from registry.unit_panels import spoken
from registry.views.generic import Page
from registry.workbench import Desk, Task

SHOWN = 100


class WorkView(Page):
    """All villages with their numbers; ``?village=``: what waits in one of them, each with its act."""

    verb = "register_unit"
    title = gettext_lazy("By village")
    template_name = "assets/work.html"

    @cached_property
    def village(self) -> Division | None:
        key = self.request.GET.get("village", "")
        if not key.isdigit():
            return None
        rows = Division.objects.visible_to(self.request.user).within(self.division)
        return get_object_or_404(rows, pk=int(key))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        desk = Desk(self.request.user, self.village or self.division, clock.today())
        if self.village is None:
            return super().get_context_data(villages=villages_of(desk), groups=None, **kwargs)
        waiting = groups(desk)
        more = {
            "village": self.village,
            "groups": waiting,
            "nothing": not any(group["tasks"] for group in waiting),
            "keeper_url": _bare("assets_keepers", desk),
            "inspect_url": f"{reverse('assets_inspections')}?below={self.village.pk}",
        }
        return super().get_context_data(villages=None, **more, **kwargs)


def _bare(name: str, desk: Desk) -> str:
    """The bulk act over the village's assets without a keeper."""
    query = f"asset_class=public_welfare&amiss=no_keeper&below={desk.division.pk}"
    return f"{reverse(name)}?{query}"


def groups(desk: Desk) -> list[dict[str, Any]]:
    """What is overdue, due, without a keeper, found: each thing with the act that settles it."""
    late = [key for key, _path, left in due_here(desk) if left < 0]
    due = [key for key, _path, left in due_here(desk) if left >= 0]
    bare = queries.without_keeper(desk.scoped(Unit.objects), desk.day).select_related("division")
    return [
        {
            "key": "overdue",
            "title": _("Inspections overdue"),
            "tasks": due_tasks(desk, late[:SHOWN]),
        },
        {
            "key": "due",
            "title": _("Inspections due"),
            "tasks": due_tasks(desk, due[:SHOWN]),
        },
        {
            "key": "unassigned",
            "title": _("Without a keeper"),
            "tasks": [_nobody(unit) for unit in bare[:SHOWN]],
        },
        {"key": "found", "title": _("Found, the newest first"), "tasks": _found(desk)},
    ]


def _nobody(unit: Unit) -> Task:
    return Task(
        title=unit.name,
        note=unit.code,
        url=reverse("name_keeper", args=[unit.pk]) + f"?next={reverse('unit', args=[unit.code])}",
        act=_("Name a keeper"),
        sign="no-person",
    )


def _found(desk: Desk) -> list[Task]:
    rows = findings_of(desk).filter(unit__isnull=False).exclude(rule__in=("UPK-01", "UPK-06"))
    tasks = []
    for finding in (
        rows.select_related("unit", "division").defer("place").order_by("-opened_on", "-pk")[:SHOWN]
    ):
        told, remedy = spoken(finding, desk.user), workbench.remedy_of(finding, desk.user)
        tasks.append(
            Task(
                title=finding.unit.name if finding.unit else told["title"],
                note=told["sentence"],
                url=told["url"] or reverse("finding", args=[finding.pk]),
                act=told["act"] or _("Look into it"),
                sign=remedy.sign if remedy else "finding",
            )
        )
    return tasks
