"""Acts in the life of an asset as a clerk drafts them 草拟生命周期事项: the officer's form, read again."""

from __future__ import annotations

from typing import Any

from assets.codes_life import TABLE, Transition
from assets.forms_life import LifeForm
from assets.services.life import VERB
from assets.services.life_papers import record_on_paper
from registry.errors import BadInput
from registry.forms_entries import problems
from registry.models import Unit, User
from registry.services import drafts


def verb_of(act: str) -> str:
    """The name of an act in the book and among the drafts."""
    return f"{VERB}{act}"


def draftable(row: Transition) -> drafts.Draftable:
    """How a draft of this act is read again and told."""

    def act(*, by: User, unit: Unit, payload: dict[str, Any]) -> Any:
        form = LifeForm(payload, unit=unit, act=row.act)
        if not form.is_valid():
            raise BadInput(problems(form), "draft_does_not_fit")
        return record_on_paper(unit=unit, act=row.act, by=by, **form.said())

    def describe(unit: Unit, payload: dict[str, Any], names: bool) -> list[tuple[Any, Any, Any]]:
        return LifeForm(payload, unit=unit, act=row.act).summary(names)

    return drafts.Draftable(
        verb=verb_of(row.act),
        label=row.act.label,
        act=act,
        describe=describe,
        needs=lambda _payload: row.needs,
    )


drafts.register(*(draftable(row) for row in TABLE.values()))
