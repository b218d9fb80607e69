"""``/units/<id>/book-value/``: what the account book says of an asset, and taking it back. 中文：账面价值"""

from __future__ import annotations

from typing import Any

from django import forms
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assets.forms_stocktake import BookValueForm, ReasonForm
from assets.models import BookValue
from assets.services.book_values import VERB, Booked, enter_book_values, take_back_book_value
from registry import access, clock
from registry.codes import PRIVATE_KINDS, EntryCode
from registry.models import Entry, Party
from registry.views.generic import ActionPage

from .upkeep import UnitActionPage


class BookValueView(UnitActionPage):
    """Enter the value that the owner's book has at the end of a day."""

    verb = VERB
    form_class = BookValueForm
    submit = gettext_lazy("Enter the book value")
    done = gettext_lazy("The book value is entered.")

    def get_title(self) -> Any:
        return _("Enter the book value")

    @property
    def owners(self) -> Any:
        held = Entry.objects.on(clock.today()).filter(unit=self.unit, code=EntryCode.OWNERSHIP)
        return Party.objects.filter(pk__in=held.values("party")).exclude(kind__in=PRIVATE_KINDS)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "owners": self.owners}

    def get_initial(self) -> dict[str, Any]:
        return {"on": clock.today(), "owner": self.owners.first()}

    def act(self, form: forms.Form) -> None:
        enter_book_values([Booked(unit=self.unit, **form.cleaned_data)], by=self.request.user)  # type: ignore[arg-type]


class TakeBackView(ActionPage):
    """``/book-values/<id>/take-back/``"""

    verb = VERB
    title = gettext_lazy("Take the book value back")
    form_class = ReasonForm
    sign = "undo"
    submit = gettext_lazy("Take back")
    done = gettext_lazy("It is taken back; it stays in the book and counts for nothing.")
    kwargs: dict[str, Any]

    @cached_property
    def book(self) -> BookValue:
        rows = BookValue.objects.visible_to(self.request.user).in_force().select_related("unit__division")
        found = get_object_or_404(rows, pk=self.kwargs["pk"])
        access.require(self.request.user, VERB, found.unit.division)
        return found

    def act(self, form: forms.Form) -> None:
        take_back_book_value(book=self.book, by=self.request.user, **form.cleaned_data)  # type: ignore[arg-type]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"lead": self.book.unit.name}

    def fallback_url(self) -> str:
        return reverse("unit", args=[self.book.unit.code])
