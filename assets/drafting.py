"""Naming a keeper as a clerk drafts it 草拟管护落实: the form of the officer, read again when accepted."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from assets.forms import KeeperForm
from assets.services.keepers import name_keeper_on_paper
from registry import display
from registry.errors import BadInput
from registry.forms_entries import problems
from registry.models import SourceKind, Unit, User
from registry.services import drafts

VERB = "keeper_named"
UNSAID = ("phone",)  # personal data stays out of drafts; the officer enters it


def act(*, by: User, unit: Unit, payload: dict[str, Any]) -> Any:
    """Name the keeper that a draft proposes. Raises ``BadInput`` with all that does not fit."""
    form = KeeperForm(payload, bodies=[])
    if not form.is_valid():
        raise BadInput(problems(form), "draft_does_not_fit")
    return name_keeper_on_paper(unit=unit, by=by, **form.cleaned_data)


def describe(unit: Unit, payload: dict[str, Any], names: bool) -> list[tuple[Any, Any, Any]]:
    """What a draft would change, in words."""
    form = KeeperForm(payload, bodies=[])
    kinds = {"source_kind": dict(SourceKind.choices)}
    told = []
    for field in form:
        value = field.data
        if not value or field.name == "body_kind":
            continue
        if field.name == "person_name" and not names:
            value = display.masked(value)
        told.append((field.label, "", kinds.get(field.name, {}).get(value, value)))
    return told


drafts.register(drafts.Draftable(verb=VERB, label=_("Name a keeper"), act=act, describe=describe))
