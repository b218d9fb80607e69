"""What is done with a place 区划维护: people, go-live date, natural villages; renamed, merged, split."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from registry import access
from registry.forms_people import (
    GoLiveForm,
    NaturalVillageForm,
    PeopleForm,
    RenameForm,
    SplitForm,
    VillageMergeForm,
)
from registry.models import Division
from registry.services.division_changes import (
    NewPlace,
    add_natural_village,
    rename_division,
    split_division,
)
from registry.services.divisions import set_go_live, set_people
from registry.services.village_merge import merge_villages, plan_merger

from .confirming import ConfirmPage
from .divisions import OnePlace
from .generic import ActionPage


class PlaceAct(OnePlace):
    """An act on one place: the permission holds for that place, not only somewhere."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        access.require(request.user, self.verb)
        access.require(request.user, self.verb, self.place)
        return super().dispatch(request, *args, **kwargs)


class PeopleView(PlaceAct, ActionPage):
    """``/divisions/<pk>/people/``"""

    verb = "count_people"
    form_class = PeopleForm
    title = _("Households and people")
    done = _("Recorded in the book.")

    def get_initial(self) -> dict[str, Any]:
        return {"households": self.place.households, "people": self.place.people}

    def act(self, form: forms.Form) -> None:
        set_people(division=self.place, by=self.request.user, **form.cleaned_data)  # type: ignore[arg-type]


class GoLiveView(PlaceAct, ActionPage):
    """``/divisions/<pk>/go-live/``"""

    verb = "administer"
    form_class = GoLiveForm
    title = _("Go-live date")
    done = _("Recorded in the book.")

    def get_initial(self) -> dict[str, Any]:
        return {"on": self.place.go_live}

    def act(self, form: forms.Form) -> None:
        set_go_live(division=self.place, by=self.request.user, **form.cleaned_data)  # type: ignore[arg-type]


class NaturalVillageView(PlaceAct, ActionPage):
    """``/divisions/<pk>/add/``"""

    verb = "edit_division"
    form_class = NaturalVillageForm
    title = _("Add a natural village")
    done = _("Recorded in the book.")

    def act(self, form: forms.Form) -> None:
        add_natural_village(village=self.place, by=self.request.user, **form.cleaned_data)  # type: ignore[arg-type]


class ChangePage(PlaceAct, ConfirmPage):
    """A change of places with its preview."""

    verb = "edit_division"
    confirm = _("Record the change")
    done = _("The change stands in the register; the earlier codes still lead to the new place.")
    preview_template = "registry/divisions/preview.html"
    successor: Division | None = None

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "place": self.place, "user": self.request.user}

    def common(self, form: forms.Form) -> dict[str, Any]:
        """Day, paper, reason and officer, as every change takes them."""
        values = {name: form.cleaned_data[name] for name in ("on", "source", "reason")}
        return {**values, "by": self.request.user}

    def ending(self, form: Any) -> list[Division]:
        """The places that end."""
        return [self.place]

    def preview(self, form: forms.Form) -> dict[str, Any]:
        return {"plan": plan_merger(old=self.ending(form), on=form.cleaned_data["on"])}

    def get_success_url(self) -> str:
        return reverse("division", args=[self.successor.pk]) if self.successor else super().get_success_url()


class RenameView(ChangePage):
    """``/divisions/<pk>/rename/``"""

    form_class = RenameForm
    title = _("Rename")
    lead = _("Another name from a day on. The place of the old name ends that day and still resolves.")

    def act(self, form: Any) -> None:
        self.successor = rename_division(
            division=self.place,
            name=form.cleaned_data["name"],
            codes=form.codes(),
            **self.common(form),
        )


class MergeView(ChangePage):
    """``/divisions/<pk>/merge/``: one act moves what the merged villages hold. 合村、合村不合账"""

    form_class = VillageMergeForm
    title = _("Merge villages")
    lead = _("One act moves the units of merged villages; the accounts stay apart, or are joined.")

    def ending(self, form: Any) -> list[Division]:
        return form.old()

    def act(self, form: Any) -> None:
        values = form.cleaned_data
        new = NewPlace(name=values["name"], codes=form.codes())
        self.successor = merge_villages(
            old=form.old(),
            into=values["into"] or new,
            accounts=values["accounts"],
            grants=values["grants"],
            collective_name=values["collective"],
            **self.common(form),
        )


class SplitView(ChangePage):
    """``/divisions/<pk>/split/``"""

    form_class = SplitForm
    title = _("Split")
    lead = _("One place becomes two from a day on; what lies below goes to one of them.")

    def act(self, form: Any) -> None:
        values = form.cleaned_data
        parts = [
            NewPlace(
                name=values["first_name"],
                codes=form.codes("first_code"),
                children=tuple(form.rest()),
                rest=True,
            ),
            NewPlace(
                name=values["second_name"],
                codes=form.codes("second_code"),
                children=tuple(values["children"]),
            ),
        ]
        self.successor = split_division(
            division=self.place, parts=parts, grants=values["grants"], **self.common(form)
        )[0]
