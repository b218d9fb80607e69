"""Readings of the documents: which have their files, and what rests on each. 中文：依据查询"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet

from registry import access
from registry.codes import EntryCode
from registry.models import Act, Decision, Entry, FileState, Notice, Paper, Shape, Source, SourceFile

SHOWN = 50  # of each kind of fact


def listed(rows: QuerySet) -> QuerySet:
    """Documents with the number of their files and whether one of them is missing or altered. One query."""
    bad = SourceFile.objects.filter(source=OuterRef("pk")).exclude(file__state=FileState.PRESENT)
    return rows.annotate(files_count=Count("files"), faulty=Exists(bad)).select_related("division")


@dataclass
class Resting:
    """Facts that rest on a document, each kind at most ``SHOWN`` long."""

    entries: list[Entry] = field(default_factory=list)
    shapes: list[Shape] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    papers: list[Paper] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)


def resting_on(source: Source, user: Any) -> Resting:
    """What rests on a document, as far as the user may see it. Six queries."""
    entries = Entry.objects.visible_to(user).in_force().filter(source=source)
    if not access.may(user, "see_income", source.division):
        entries = entries.exclude(code__in=[EntryCode.INCOME, EntryCode.DISTRIBUTION])
    shapes = Shape.objects.visible_to(user).in_force().filter(source=source).defer("geom")
    notices = Notice.objects.visible_to(user).filter(source=source)
    acts = Act.objects.visible_to(user).filter(source=source).exclude(subject=f"source:{source.pk}")
    return Resting(
        entries=list(entries.select_related("unit", "party").order_by("unit__code", "code")[:SHOWN]),
        shapes=list(shapes.select_related("unit").order_by("unit__code")[:SHOWN]),
        decisions=list(Decision.objects.visible_to(user).filter(source=source).order_by("-held_on")[:SHOWN]),
        notices=list(notices.order_by("-pk")[:SHOWN]),
        papers=list(Paper.objects.visible_to(user).filter(scan=source).select_related("unit")[:SHOWN]),
        acts=list(acts.select_related("unit")[:SHOWN]),
    )
