"""What is due: list, calendar, task package, one record for a whole village. 中文：巡查到期"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assets import due
from assets.exporters.tasks import COLUMNS
from assets.filters_upkeep import BY_TIME, DueFilter
from assets.forms_upkeep import ManyInspectionsForm
from assets.services.inspections import record_for_all
from assets.tables_upkeep import DueTable
from registry import access, clock, display
from registry.models import Party, Unit
from registry.queries.keyed import Keyed
from registry.views.generic import BulkPage, ListPage, Page
from registry.views.listing import BulkAct

UPKEEP = (gettext_lazy("Upkeep"), "/inspections/")
CALENDAR_COLUMNS = ("code", "name", "person_id", "due_on", "every")
SHOWN, LISTED = 5, 40  # things of a day in its field of the calendar: at once, and when it is opened


class DueListView(ListPage):
    """``/inspections/``: what is due when, and by whom."""

    title = gettext_lazy("Inspections due")
    lead = gettext_lazy("What is to be looked at next, the longest overdue first.")
    model = Unit
    table_class = DueTable
    filterset_class = DueFilter
    noun = "asset"
    template_name = "assets/upkeep/due.html"
    export_columns = COLUMNS
    bulk_acts = (
        BulkAct(
            gettext_lazy("Record an inspection of all that match"),
            "inspections_record_many",
            "record_inspection",
            "eye",
        ),
    )

    def get_queryset(self) -> QuerySet:
        paths = access.scope_paths(self.request.user)
        rows = due.due_here(self.clocks, clock.today(), self.division.path, *paths)
        return rows.select_related("asset", "division__parent")

    @cached_property
    def clocks(self) -> due.Clocks:
        return due.clocks_on(clock.today())

    def get_table_data(self) -> Any:
        day = clock.today()
        read = partial(due.due_rows(self.clocks), day)
        return Keyed(self.object_list, "due_in", read=lambda keys: read(*keys), listed=self._listed(day))

    def _listed(self, day: dt.date) -> Callable[[], list[Any]] | None:
        """Keys of all that is due, or of what is due by its time alone; None: another filter is asked for."""
        paths, asked = access.scope_paths(self.request.user), self.narrowing
        fits = BY_TIME.get(asked.get("when", ""), lambda _left: True)
        if not paths or asked.keys() - {"when"} or asked.get("when", "overdue") not in BY_TIME:
            return None
        keys = due.due_keys(self.clocks)
        return lambda: [row for row in keys(self.division.path, day, *paths) if fits(row[1])]

    def get_table_kwargs(self) -> dict[str, Any]:
        return {**super().get_table_kwargs(), "names": access.may(self.request.user, "see_personal")}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        late = sum(left is not None and left < 0 for _key, left in context["table"].data.data.keys)
        query = self.filter_query()
        may = access.may(self.request.user, "record_inspection")
        return {
            **context,
            "extra": _("overdue: %(n)d") % {"n": late},
            "query": query,
            "may_record": may,
            "tabs": upkeep_tabs("inspections_due"),
        }


def upkeep_tabs(active: str) -> list[dict[str, Any]]:
    """The pages of upkeep beside each other."""
    named = (
        ("inspections_due", _("Due")),
        ("inspections_calendar", _("Calendar")),
        ("repairs", _("Repairs")),
        ("upkeep_villages", _("Five haves")),
        ("upkeep_costs", _("Cost")),
        ("inspection_plans", _("Plans")),
        ("upkeep_standards", _("Standards")),
    )
    return [{"label": label, "url": reverse(name), "active": name == active} for name, label in named]


class TasksView(DueListView):
    """``/inspections/tasks.xlsx``: the task package 巡查任务包, to be filled in where there is no network."""

    page_name = "inspections_due"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return self.export("xlsx")

    def export_title(self) -> str:
        return str(_("Inspection tasks"))


class CalendarView(Page):
    """``/inspections/calendar/``: a month of due days, for a person, a village or a township."""

    title = gettext_lazy("Calendar of inspections")
    crumbs = (UPKEEP,)
    template_name = "assets/upkeep/calendar.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = clock.today()
        first = month_of(self.request.GET.get("month", ""), today)
        last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
        rows = due.due_units(self.scoped(Unit.objects), today).order_by("due_on", "code")
        found = [row for row in rows.values_list(*CALENDAR_COLUMNS, named=True) if row.due_on is not None]
        people = self._people(found, access.may(self.request.user, "see_personal"))
        person = self.request.GET.get("person", "")
        if person.isdecimal():
            found = [unit for unit in found if str(unit.person_id) == person]
        days = due.by_day(found, first, last, today)
        return super().get_context_data(
            weeks=weeks_of(first, days, today),
            month=first,
            earlier=self._link(first - dt.timedelta(days=1), person),
            later=self._link(last + dt.timedelta(days=1), person),
            people=people,
            person=person,
            count=sum(len(units) for units in days.values()),
            place=self.division.name,
            tabs=upkeep_tabs("inspections_calendar"),
            **kwargs,
        )

    def _people(self, found: list[Any], names: bool) -> list[tuple[str, str]]:
        """The named persons of what is due here, by name."""
        keys = {unit.person_id for unit in found if unit.person_id}
        ordered = Party.objects.filter(pk__in=keys).order_by("name", "pk").values_list("pk", "name")
        return [(str(key), name if names else display.masked(name)) for key, name in ordered]

    def _link(self, day: dt.date, person: str) -> str:
        asked = {"month": f"{day:%Y-%m}"} | ({"person": person} if person else {})
        return f"?{urlencode(asked)}"


def month_of(text: str, today: dt.date) -> dt.date:
    """The first day of the month asked for; this month where nothing readable was asked."""
    try:
        year, month = (int(part) for part in text.split("-"))
        found = dt.date(year, month, 1)
    except ValueError:
        return today.replace(day=1)
    return found if 2000 <= found.year <= 2100 else today.replace(day=1)


def weeks_of(first: dt.date, days: dict[dt.date, list[Any]], today: dt.date) -> list[list[dict[str, Any]]]:
    """The weeks of a month, Monday first, each day with what is due on it."""
    made = calendar.Calendar().monthdatescalendar(first.year, first.month)
    return [
        [
            {
                "day": day,
                "inside": day.month == first.month,
                "today": day == today,
                **_things(days.get(day, []) if day.month == first.month else []),
            }
            for day in week
        ]
        for week in made
    ]


def _things(units: list[Any]) -> dict[str, Any]:
    """What is due on a day, as its field shows it; of many the list has the rest."""
    shown, folded = units[:SHOWN], units[SHOWN:LISTED]
    return {"count": len(units), "shown": shown, "folded": folded, "rest": len(units[LISTED:])}


class RecordManyView(BulkPage):
    """``/inspections/record/``: a walk through a village, nothing broken: one record for all that match."""

    verb = "record_inspection"
    list_name = "inspections_due"
    noun = "asset"
    title = gettext_lazy("Record an inspection of all that match")
    form_class = ManyInspectionsForm
    submit = gettext_lazy("Record it for all of them")
    done = gettext_lazy("The inspections are recorded.")
    crumbs = (UPKEEP,)

    def get_initial(self) -> dict[str, Any]:
        return {
            "inspected_on": clock.today(),
            "inspector": self.request.user.get_full_name(),
            "condition": "good",
        }

    def act(self, form: forms.Form) -> None:
        access.require(self.request.user, self.verb, self.division)
        record_for_all(self.chosen(), by=self.request.user, **form.cleaned_data)
