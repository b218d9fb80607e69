"""Readings of enforcement cases: deadlines, pictures that count, areas by method. 中文：案件查询"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum

from land.case_codes import Outcome, Stage
from land.models import Case, CasePart, CasePause, CaseRectification, Verification
from land.parameters_cases import BAN_SINCE, CALENDAR, STAGE_DAYS
from land.workdays import Calendar, Deadline, Period, deadline
from registry.rules.parameters import timeline

NEW, BEFORE, UNKNOWN = "new", "before", "unknown"
WORD = "违法"  # is said of what was confirmed, and of nothing else (E01)
INSTEAD = "疑似问题"


def neutral(text: str) -> str:
    """A text that came from elsewhere, for what is not confirmed: the word is not said before (E01)."""
    return text.replace(f"疑似{WORD}", INSTEAD).replace(WORD, INSTEAD)


def ban_tag(began_on: dt.date | None, since: dt.date) -> str:
    """E04: 新增 when the building began on the day of the notice or later; unknown is not "before"."""
    if began_on is None:
        return UNKNOWN
    return NEW if began_on >= since else BEFORE


def tags_of(cases: Iterable[Case]) -> dict[int, str]:
    """The tag of each case (units and divisions at hand); one query."""
    value_of = timeline([BAN_SINCE])
    found = {}
    for case in cases:
        text = value_of(BAN_SINCE, case.unit.division.path, case.began_on or case.stage_since)
        since = dt.date.fromisoformat(text) if text else None
        found[case.pk] = UNKNOWN if since is None else ban_tag(case.began_on, since)
    return found


class Clocks:
    """Deadlines of many cases: the values that hold, the calendars, the pauses. Two queries in all."""

    def __init__(self, cases: Sequence[Case]) -> None:
        self.value_of = timeline([STAGE_DAYS, CALENDAR])
        self.pauses: dict[int, list[Period]] = defaultdict(list)
        self.calendars: dict[tuple[str, int], Calendar] = {}
        rows = CasePause.objects.filter(case__in=[case.pk for case in cases]).values_list("case", "valid")
        for key, valid in rows:
            if valid.lower is not None:
                self.pauses[key].append((valid.lower, valid.upper))

    def calendar(self, path: str, year: int) -> Calendar:
        """Working days of a year and the next, as they hold at a place."""
        if (path, year) not in self.calendars:
            held = [(one, self.value_of(CALENDAR, path, dt.date(one, 12, 31))) for one in (year, year + 1)]
            self.calendars[path, year] = Calendar.of(v for one, v in held if v and v["year"] == one)
        return self.calendars[path, year]

    def of(self, case: Case) -> Deadline | None:
        """The deadline of the stage a case is in; None where the stage has none. The unit is at hand."""
        path, since = case.unit.division.path, case.stage_since
        days = (self.value_of(STAGE_DAYS, path, since) or {}).get(case.stage)
        if days is None:
            return None
        return deadline(since, int(days), self.calendar(path, since.year), self.pauses[case.pk])


def deadlines(cases: Sequence[Case]) -> dict[int, Deadline]:
    """Deadline by case, of those that have one. Two queries."""
    clocks = Clocks(cases)
    found = ((case.pk, clocks.of(case)) for case in cases)
    return {key: due for key, due in found if due is not None}


def overdue_keys(rows: QuerySet[Case], day: dt.date) -> list[int]:
    """Keys of the open cases among some that are past their deadline. Three queries."""
    cases = list(rows.exclude(stage=Stage.CLOSED).select_related("unit__division").order_by())
    return [key for key, due in deadlines(cases).items() if due.late_on(day)]


def photos_that_count(cases: Iterable[int]) -> dict[int, int]:
    """Pictures with position, azimuth and time in the verification in force, by case. One query."""
    complete = Q(evidence__taken_at__isnull=False, evidence__taken_where__isnull=False)
    complete &= Q(evidence__azimuth__isnull=False)
    rows = Verification.objects.in_force().filter(case__in=list(cases)).order_by()
    return dict(rows.values_list("case").annotate(n=Count("evidence", filter=complete)))


def verification_of(case: Case) -> Verification | None:
    """The verification in force."""
    return Verification.objects.in_force().filter(case=case).select_related("by", "source").first()


def parts_by_outcome(case: Case) -> dict[str, Decimal]:
    """Areas of the parts of the verification in force, by outcome. One query."""
    rows = CasePart.objects.filter(verification__case=case, verification__annulled=None).order_by()
    return dict(rows.values_list("outcome").annotate(area=Sum("area_m2")))


def areas_by_method(case: Case) -> dict[str, Decimal]:
    """Areas of the rectification in force, by method. One query."""
    rows = CaseRectification.objects.in_force().filter(case=case).order_by("id")
    return dict(rows.values_list("method", "area_m2"))


def confirmed_areas(rows: QuerySet[Case]) -> QuerySet[Case]:
    """Cases with ``bad_m2``: the area of the parts that were suspected, in the verification in force."""
    bad = Q(verifications__annulled=None, verifications__parts__outcome=Outcome.SUSPECTED)
    return rows.annotate(bad_m2=Sum("verifications__parts__area_m2", filter=bad))


def unprocessed(rows: QuerySet[Case]) -> QuerySet[Case]:
    """Confirmed cases of known parties that are not closed: what is summed for P11."""
    open_ones = rows.filter(confirmed_on__isnull=False, party__isnull=False).exclude(stage=Stage.CLOSED)
    return confirmed_areas(open_ones.filter(unit__annulled=None))


def clues_left(vintage: Any) -> QuerySet:
    """Clues of a layer that have no case yet."""
    from land.models import Zone

    taken = Case.objects.filter(vintage=vintage).values_list("clue_number", flat=True)
    return Zone.objects.filter(vintage=vintage).exclude(number__in=list(taken)).order_by(F("number").asc())
