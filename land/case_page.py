"""What the page of a case shows: where it stands, until when, the steps, the evidence. 中文：案件详情"""

from __future__ import annotations

import datetime as dt
from typing import Any

import shapely
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from land.case_codes import CLEAN, Outcome, RectifyMethod, Stage
from land.models import Case, CasePart, CaseRectification, Verification, VintageKind
from land.papers import sketch
from land.queries.cases import BEFORE, NEW, UNKNOWN, deadlines, tags_of
from land.redline import LABELS
from registry import access, badges, display
from registry.badges import Badge
from registry.codes import PRIVATE_KINDS
from registry.models import Finding, Party, Shape, Source
from registry.unit_panels import spoken

LOOKS = {
    Stage.CLUE_ISSUED: ("inbox", "todo"),
    Stage.ACCEPTED: ("check", "act"),
    Stage.OFFICE_REVIEW: ("layers", "act"),
    Stage.FIELD_VERIFIED: ("pin", "act"),
    Stage.UNCHANGED: ("done", "good"),
    Stage.LAWFUL: ("done", "good"),
    Stage.NOT_NEW: ("history", "calm"),
    Stage.SUSPECTED: ("warning", "todo"),
    Stage.CONFIRMED: ("seal", "alarm"),
    Stage.RECTIFYING: ("tool", "act"),
    Stage.REVIEWED: ("eye", "info"),
    Stage.CLOSED: ("done", "good"),
    Stage.REOPENED: ("undo", "todo"),
}
TAGS = {
    NEW: Badge(gettext_lazy("Building begun after the ban"), "warning", "todo"),  # “八不准”新增
    BEFORE: Badge(gettext_lazy("Building begun before the ban"), "history", "calm"),  # 存量
    UNKNOWN: Badge(gettext_lazy("Begin of building unknown"), "question", "unknown"),  # 动工日期不详
}
PAUSED = Badge(gettext_lazy("The clock stands"), "clock", "calm")  # 中止计时


def stage_badge(stage: str) -> Badge:
    """The badge of a stage or an outcome."""
    icon, tone = LOOKS[Stage(stage)]
    return Badge(Stage(stage).label, icon, tone)


def party_name(party: Party | None, user: Any, case: Case) -> str | None:
    """The name of the party, masked where it is a private person's and the reader may not see it."""
    if party is None:
        return None
    private = party.kind in PRIVATE_KINDS and not access.may(user, "see_personal", case.unit.division)
    return display.masked(party.name) if private else party.name


def due_of(case: Case, today: dt.date) -> dict[str, Any] | None:
    """Until when the case must go on, as a note of the page; None for a closed case."""
    limit = deadlines([case]).get(case.pk)
    if limit is None:
        return None
    if limit.paused:
        return {"tone": "info", "text": _("The clock of this case stands."), "late": False}
    if limit.due is None:
        words = _("Until when it must go on is not known: the public holidays of the year are not entered.")
        return {"tone": "act", "text": words, "late": False}
    late = limit.late_on(today)
    words = _("Overdue: it should have gone on by %(day)s (%(ago)s).") if late else _(
        "It must go on by %(day)s (%(ago)s)."
    )  # fmt: skip
    said = words % {"day": limit.due, "ago": display.days_ago(limit.due, today)}
    return {"tone": "alarm" if late else "info", "text": said, "late": late}


def facts_of(case: Case, user: Any) -> list[tuple[Any, Any]]:
    """What is known of a case."""
    ground = case.ground.get("verdict")
    verdict = str(LABELS[ground]) if ground in LABELS else (_("no shape") if ground else None)
    from_finding = case.finding_id and reverse("finding", args=[case.finding_id])
    rows = [
        (_("where the clue comes from"), case.get_origin_display()),
        (_("clue number"), case.clue_id or None),
        (_("area of the clue"), display.area(case.area_m2)),
        (_("party of the case"), party_name(case.party, user, case)),
        (_("image or discovery"), display.day(case.found_on)),
        (_("building began"), display.day(case.began_on)),
        (_("what is there"), case.note or None),
        (_("red line"), verdict),
        (_("red line when building began"), _event(case)),
        (_("on permanent basic farmland"), display.area(case.basic_farmland_m2)),
        (_("on cultivated land"), display.area(case.farmland_m2)),
        (_("confirmed on"), display.day(case.confirmed_on) if case.confirmed_on else None),
    ]
    if from_finding:
        rows.append((_("finding"), f"#{case.finding_id}"))
    return [row for row in rows if row[1] not in (None, display.DASH)]


def layers_of(case: Case) -> list[str]:
    """The layers that the check in the office rests on, in words."""
    found = [layer.rpartition(" ") for layer in case.ground.get("vintages", ())]
    return [f"{VintageKind(kind).label} {year}" for kind, _blank, year in found if kind in VintageKind.values]


def _event(case: Case) -> str | None:
    """The verdict by the layers of the day on which building began, where they said something else (P05)."""
    then = case.ground.get("event")
    return f"{LABELS[then['verdict']]}（{then['day']}）" if then else None


def drawing(case: Case) -> dict[str, Any] | None:
    """The outline with its drawn parts; None for a case without one. Two queries."""
    shape = Shape.objects.in_force().filter(unit=case.unit_id).order_by("-valid").first()
    if shape is None:
        return None
    parts = CasePart.objects.filter(verification__case=case, verification__annulled=None, geom__isnull=False)
    pieces = [_Drawn(shapely.from_wkb(bytes(part.geom.wkb))) for part in parts if part.outcome == "suspected"]
    return sketch(shapely.from_wkb(bytes(shape.geom.wkb)), tuple(pieces))  # type: ignore[arg-type]


class _Drawn:
    """What ``sketch`` takes of a piece."""

    def __init__(self, geometry: Any) -> None:
        self.geometry = geometry


def rounds_of(case: Case) -> list[dict[str, Any]]:
    """Field verifications, the one in force first, with pictures and parts. Three queries."""
    rows = Verification.objects.filter(case=case).select_related("by", "source")
    rows = rows.prefetch_related("evidence__file__preview", "parts")
    found = [
        {
            "row": row,
            "over": row.annulled_id is not None,
            "pictures": list(row.evidence.all()),
            "parts": [(part, stage_badge(part.outcome)) for part in row.parts.all()],
        }
        for row in rows
    ]
    return sorted(found, key=lambda one: (one["over"], -one["row"].pk))


def methods_of(case: Case) -> list[tuple[Any, Any]]:
    """How the clue is dealt with."""
    rows = CaseRectification.objects.in_force().filter(case=case)
    return [(RectifyMethod(row.method).label, row.area_m2) for row in rows]


def events_of(case: Case) -> list[dict[str, Any]]:
    """Steps of a case, the latest first. One query."""
    return [
        {
            "on": step.day,
            "title": str(step.get_stage_display()),
            "note": step.note,
            "by": step.by.get_full_name() if step.by else _("command line"),
            "source": step.source,
        }
        for step in case.steps.select_related("by", "source").order_by("-number")
    ]


def findings_of(case: Case, user: Any) -> list[dict[str, Any]]:
    """Open findings on the case. One query."""
    rows = Finding.objects.open().filter(unit=case.unit_id).select_related("division", "unit").defer("place")
    return [spoken(row, user) for row in rows]


def outcome_badges(case: Case) -> list[Badge]:
    """What was found, where the stage does not say it: suspected, or confirmed since."""
    found = Stage.CONFIRMED if case.confirmed_on else case.outcome
    return [stage_badge(found)] if found and found != case.stage else []


def badges_of(case: Case) -> list[Badge]:
    """Where it stands, the outcome, and the tag by the day on which building began (E04)."""
    found = [stage_badge(case.stage), *outcome_badges(case)]
    if case.outcome == Outcome.SUSPECTED or (case.began_on and case.outcome not in CLEAN):
        found.append(TAGS[tags_of([case])[case.pk]])
    return found


def progress_of(case: Case) -> tuple[list[Any], int]:
    """The way of a case in six steps, and which of them it is at."""
    names = [_("clue issued"), _("check in the office"), _("field verification"), _("outcome"),
             _("How it is dealt with"), _("case closed")]  # fmt: skip
    at = {
        Stage.CLUE_ISSUED: 1, Stage.ACCEPTED: 2, Stage.OFFICE_REVIEW: 3, Stage.FIELD_VERIFIED: 4,
        Stage.SUSPECTED: 4, Stage.REOPENED: 2, Stage.REVIEWED: 6, Stage.CLOSED: 7,
    }  # fmt: skip
    return names, at.get(Stage(case.stage), 5)


def documents_of(case: Case) -> list[Source]:
    """Papers of the case: of its steps and its verification. One query."""
    return list(
        Source.objects.filter(pk__in=case.steps.exclude(source=None).values("source"))
        .order_by("-pk")
        .distinct()
    )


OVERDUE = badges.OVERDUE
