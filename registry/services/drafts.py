"""Drafts of a clerk 草拟事项: without effect until an officer of the township accepts them as his own act."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from registry import access, clock
from registry.codes import DraftState
from registry.errors import BadInput, NotAllowed, RegistryError
from registry.models import Draft, Unit, User
from registry.reasons import too_short

from .acts import record_act


@dataclass(frozen=True, kw_only=True)
class Draftable:
    """An act that a clerk may draft. ``payload`` is what its form holds, as text.

    ``act(by=, unit=, payload=)`` runs the service; ``describe(unit, payload, names)`` gives (what, before,
    after) in words, private persons masked unless ``names``; ``needs(payload)`` is the permission of the act.
    """

    verb: str
    label: Any
    act: Callable[..., Any]
    describe: Callable[..., list[tuple[Any, Any, Any]]]
    needs: Callable[[dict[str, Any]], str] = lambda payload: "open_entry"


_DRAFTABLES: dict[str, Draftable] = {}


def register(*draftables: Draftable) -> None:
    """Apps name the acts that may be drafted; the same verb twice is a mistake."""
    for draftable in draftables:
        if draftable.verb in _DRAFTABLES:
            raise ValueError(f"draftable registered twice: {draftable.verb}")
        _DRAFTABLES[draftable.verb] = draftable


def get(verb: str) -> Draftable:
    """The draftable of a verb. Raises ``BadInput`` for one that is not known."""
    if verb not in _DRAFTABLES:
        raise BadInput(_("“%(verb)s” cannot be drafted.") % {"verb": verb}, "not_draftable")
    return _DRAFTABLES[verb]


def all_draftables() -> list[Draftable]:
    """Draftable acts by verb."""
    return [_DRAFTABLES[verb] for verb in sorted(_DRAFTABLES)]


def may_only_draft(user: Any, verb: str, division: Any) -> bool:
    """Whether the user may draft the act in the division but not do it."""
    return not access.may(user, verb, division) and access.may(user, "draft_act", division)


def may_begin(user: Any, verb: str, division: Any) -> bool:
    """Whether the form of an act opens for the user: to do it, or to draft it."""
    return access.may(user, verb, division) or access.may(user, "draft_act", division)


@transaction.atomic
def draft(*, verb: str, unit: Unit, payload: dict[str, Any], by: User, note: str = "") -> Draft:
    """Keep a proposed act. Nothing else is written but its line in the book. 中文：草拟"""
    found = get(verb)
    access.require(by, "draft_act", unit.division)
    made = Draft.objects.create(
        verb=found.verb,
        division=unit.division,
        unit=unit,
        payload=payload,
        note=note[:255],
        drafted_by=by,
        drafted_at=clock.now(),
    )
    _record(made, "draft_made", by, note)
    return made


@transaction.atomic
def accept(*, draft: Draft, by: User) -> Draft:
    """Do what the draft proposes, as the officer's own act; all or nothing. 中文：受理

    Raises ``NotAllowed`` for whoever may not do the act himself, ``RegistryError`` for a draft that waits no
    longer, and whatever the act refuses: the draft then goes on waiting.
    """
    waiting = _waiting(draft)
    access.require(by, "decide_draft", waiting.division)
    if waiting.unit is None:
        raise RegistryError(_("The draft speaks of nothing in the register."), "no_unit")
    found = get(waiting.verb)
    access.require(by, found.needs(waiting.payload), waiting.unit.division)
    _record(waiting, "draft_accepted", by, waiting.note)
    found.act(by=by, unit=waiting.unit, payload=waiting.payload)
    return _decide(waiting, DraftState.ACCEPTED, by)


@transaction.atomic
def return_draft(*, draft: Draft, by: User, reason: str) -> Draft:
    """Give a draft back to its clerk with the reason. 中文：退回"""
    waiting = _waiting(draft)
    access.require(by, "decide_draft", waiting.division)
    if too_short(reason):
        raise BadInput(_("Say in a sentence what the clerk has to change."), "no_reason")
    waiting.reason = reason.strip()[:255]
    _record(waiting, "draft_returned", by, waiting.reason)
    return _decide(waiting, DraftState.RETURNED, by)


@transaction.atomic
def withdraw(*, draft: Draft, by: User) -> Draft:
    """The clerk takes his draft back. 中文：撤回"""
    waiting = _waiting(draft)
    if waiting.drafted_by_id != by.pk:
        raise NotAllowed(_("A draft is withdrawn by whoever drafted it."))
    _record(waiting, "draft_withdrawn", by, "")
    return _decide(waiting, DraftState.WITHDRAWN, by)


def _waiting(draft: Draft) -> Draft:
    rows = Draft.objects.select_for_update(of=("self",)).select_related("unit__division", "division")
    found = rows.get(pk=draft.pk)
    if found.state != DraftState.WAITING:
        raise RegistryError(
            _("The draft waits no longer: %(state)s on %(day)s.")
            % {
                "state": DraftState(found.state).label,
                "day": found.decided_at.date() if found.decided_at else "",
            },
            "not_waiting",
        )
    return found


def _decide(draft: Draft, state: str, by: User) -> Draft:
    draft.state, draft.decided_by, draft.decided_at = state, by, clock.now()
    draft.save(update_fields=["state", "decided_by", "decided_at", "reason"])
    return draft


def _record(draft: Draft, verb: str, by: User, reason: str) -> None:
    record_act(
        by=by,
        verb=verb,
        division=draft.division_id,
        unit=draft.unit,
        subject=f"draft:{draft.pk}",
        reason=reason,
        after={"draft": draft.pk, "act": draft.verb},
    )
