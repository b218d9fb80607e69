"""Filters of the upkeep lists (django-filter)."""

from __future__ import annotations

from collections.abc import Callable

import django_filters as filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from assets.codes import Payer, Subtype
from assets.due import AHEAD
from assets.models import Repair
from registry import clock
from registry.models import Unit

# What "when" means by the days left; the filter asks the database the same.
BY_TIME: dict[str, Callable[[int | None], bool]] = {
    "overdue": lambda left: left is not None and left < 0,
    "soon": lambda left: left is not None and left <= AHEAD,
    "unknown": lambda left: left is None,
}


class DueFilter(filters.FilterSet):
    """Name or code, who is to look, kind of thing, and when."""

    q = filters.CharFilter(label=_("name or code"), method="by_words")
    person = filters.CharFilter(label=_("responsible person"), method="by_person")
    subtype = filters.ChoiceFilter(
        label=_("sub-type"), field_name="asset__subtype", choices=Subtype.choices, empty_label=_("all")
    )
    when = filters.ChoiceFilter(
        label=_("when"),
        method="by_time",
        choices=[
            ("overdue", _("overdue")),
            ("soon", _("overdue or due within two weeks")),
            ("nobody", _("nobody is named")),
            ("unknown", _("nothing to count from")),
        ],
        empty_label=_("all"),
    )

    class Meta:
        model = Unit
        fields: list[str] = []

    def by_words(self, rows: QuerySet, _name: str, value: str) -> QuerySet:
        words = value.strip()
        return rows.filter(Q(name__icontains=words) | Q(code__icontains=words))

    def by_person(self, rows: QuerySet, _name: str, value: str) -> QuerySet:
        """The whole name: parts of names would tell those who may not see them."""
        return rows.filter(person=value.strip())

    def by_time(self, rows: QuerySet, _name: str, value: str) -> QuerySet:
        return {
            "overdue": lambda: rows.filter(due_in__lt=0),
            "soon": lambda: rows.filter(due_in__lte=AHEAD),
            "nobody": lambda: rows.filter(person_id=None),
            "unknown": lambda: rows.filter(due_in=None),
        }[value]()


class RepairFilter(filters.FilterSet):
    """Name or code, what has become of it, who pays."""

    q = filters.CharFilter(label=_("name or code"), method="by_words")
    state = filters.ChoiceFilter(
        label=_("state"),
        method="by_state",
        choices=[
            ("ordered", _("ordered")),
            ("late", _("not done in time")),
            ("deferred", _("put off")),
            ("done", _("done, to be checked")),
            ("checked", _("checked")),
        ],
        empty_label=_("all"),
    )
    payer = filters.ChoiceFilter(label=_("who pays"), choices=Payer.choices, empty_label=_("all"))

    class Meta:
        model = Repair
        fields: list[str] = []

    def by_words(self, rows: QuerySet, _name: str, value: str) -> QuerySet:
        words = value.strip()
        return rows.filter(Q(unit__name__icontains=words) | Q(unit__code__icontains=words))

    def by_state(self, rows: QuerySet, _name: str, value: str) -> QuerySet:
        """As ``Repair.state`` says it, in SQL."""
        day = clock.today()
        going = Q(checked_on=None, done_on=None)
        off, not_off = Q(deferred_until__gte=day), Q(deferred_until=None) | Q(deferred_until__lt=day)
        late = Q(ordered_on=None) | Q(due_on__lt=day)
        in_time = Q(ordered_on__isnull=False) & (Q(due_on=None) | Q(due_on__gte=day))
        return rows.filter(
            {
                "checked": Q(checked_on__isnull=False),
                "done": Q(checked_on=None, done_on__isnull=False),
                "deferred": going & off,
                "late": going & not_off & late,
                "ordered": going & not_off & in_time,
            }[value]
        )
