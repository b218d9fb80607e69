"""``/units/<pk>/history/``: what happened to a unit, and what it was on a chosen day. 中文：历史"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry import access, clock
from registry.forms import day_field
from registry.models import Unit
from registry.queries.standing import standing
from registry.queries.timeline import timeline

from .generic import FIRST, Page

SHOWN = 50


class InstantField(forms.CharField):
    """A day, or a day and time of day."""

    def clean(self, value: Any) -> dt.datetime | None:  # type: ignore[override]
        text = super().clean(value)
        if not text:
            return None
        try:
            return clock.instant(text)
        except ValueError as error:
            sentence = gettext_lazy("“%(text)s” is not a date or time like 2026-03-31 or 2026-03-31T17:30.")
            raise ValidationError(sentence, params={"text": text[:40]}) from error


class DayForm(forms.Form):
    """The day that is asked about, and since when the book must have known it."""

    on = day_field(gettext_lazy("on the day"), required=False)
    recorded = InstantField(
        label=gettext_lazy("as the book stood on"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        help_text=gettext_lazy("Empty: as it stands now."),
    )


class HistoryView(Page):
    """The unit on a chosen day, then the timeline of acts and of changes that no act explains."""

    template_name = "registry/unit/history_page.html"

    @cached_property
    def unit(self) -> Unit:
        rows = Unit.objects.visible_to(self.request.user).in_force().select_related("division")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get_title(self) -> Any:
        return _("History of %(unit)s") % {"unit": self.unit.name}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        unit, user = self.unit, self.request.user
        full = access.may(user, "see_personal", unit.division)
        money = access.may(user, "see_income", unit.division)
        form = DayForm(self.request.GET)
        asked = form.cleaned_data if form.is_valid() else {}
        day, recorded = asked.get("on") or clock.today(), asked.get("recorded")
        moments = Paginator(timeline(unit, full=full, money=money), SHOWN)
        return super().get_context_data(
            unit=unit,
            crumbs=[FIRST, (unit.name, reverse("unit", args=[unit.code])), (_("History"), "")],
            form=form,
            day=day,
            recorded=recorded,
            standing=standing(unit, day, recorded, full=full, money=money),
            page=moments.get_page(self.request.GET.get("page")),
            **kwargs,
        )
