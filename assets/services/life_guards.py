"""What must hold before an act in the life of an asset: facts of the register and evidence. 中文：办理条件"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from assets.codes import AssetClass, AssetNature
from assets.codes_life import MANNERS, LifeAct, Manner, Office, Transition
from assets.models import Asset, LifeStep
from assets.queries_life import current_request
from assets.rules.disposal import APPROVALS, lacking
from registry.codes import MEETING_BODIES, EntryCode, NoticeKind
from registry.models import Entry, SourceKind, Unit
from registry.rules.notices import NOTICE_DAYS

from .life_known import Known

if TYPE_CHECKING:
    from .life import Said


@dataclass(frozen=True, kw_only=True)
class Case:
    """One act about to happen. ``known``: what the register holds, shared by the acts of a page."""

    unit: Unit
    asset: Asset
    row: Transition
    steps: list[LifeStep]
    said: Said
    known: Known

    @property
    def on(self) -> dt.date:
        return self.said.on

    @property
    def household(self) -> bool:
        return self.asset.asset_class == AssetClass.HOUSEHOLD

    @property
    def of_old(self) -> bool:
        """What happened before the place went live is recorded as it was; the rules then find what lacks."""
        start = self.known.go_live
        return start is not None and self.on < start

    def held(self, code: str) -> list[Entry]:
        return self.known.held(code)


def missing(case: Case) -> list[str]:
    """Everything that lacks for the act, each in a sentence; nothing lacks: an empty list."""
    return [*_unsaid(case), *(sentence for guard in GUARDS.get(case.row.act, ()) for sentence in guard(case))]


def missing_facts(case: Case) -> list[str]:
    """What the register itself lacks for the act, before anything is typed."""
    return [] if case.of_old else [s for guard in FACTS.get(case.row.act, ()) for s in guard(case)]


def _unsaid(case: Case) -> Iterator[str]:
    said: Any = case.said
    names = {field.name: field.verbose_name for field in LifeStep._meta.fields}
    lacks = [str(names[name]) for name in case.row.must if getattr(said, name) in (None, "")]
    if case.row.reason and not case.said.reason.strip():
        lacks.append(str(names["reason"]))
    if case.row.paper and case.said.source is None:
        lacks.append(_("the paper that it rests on"))
    if lacks:
        yield _("Give: %(what)s.") % {"what": "、".join(lacks)}


def _facts(case: Case) -> Iterator[str]:
    yield from missing_facts(case)


def acceptance(case: Case) -> Iterator[str]:
    """Small irrigation works are accepted with representatives of the farmers (农田水利条例第十六条)."""
    if case.asset.subtype == "irrigation" and not case.said.attended_by.strip():
        yield _("Name the farmers' representatives who took part: irrigation works are accepted with them.")


def owners_whole(case: Case) -> Iterator[str]:
    total = sum((entry.share for entry in case.held(EntryCode.OWNERSHIP)), Fraction(0))
    if total != 1:
        yield _("Register the owners first: on that day their shares sum to %(total)s, not to 1.") % {
            "total": total
        }


def notice_over(kind: str) -> Callable[[Case], Iterator[str]]:
    """A notice of the kind that names the unit has hung for its days and was over before."""

    def guard(case: Case) -> Iterator[str]:
        if case.household and kind == NoticeKind.DISPOSAL:
            return
        days = case.known.parameter(NOTICE_DAYS)
        wanted = int(days.get(kind, days.get("default", 0)))
        if not any(notice.days >= wanted for notice in case.known.notices if notice.kind == kind):
            yield _(
                "A notice (%(kind)s) that names it must have hung for %(days)d days and be over before."
            ) % {
                "kind": NoticeKind(kind).label,
                "days": wanted,
            }

    return guard


def two_hands(case: Case) -> Iterator[str]:
    if case.said.giver is not None and case.said.giver == case.said.receiver:
        yield _("Giver and receiver are the same; a handover has two hands.")
    if case.said.source is not None and case.said.source.kind != SourceKind.HANDOVER:
        yield _(
            "A handover rests on the handover list that both have signed; print it, have it signed, file it."
        )


def in_service(case: Case) -> Iterator[str]:
    """Who keeps it up, or who operates it, or the household: by the class of the asset."""
    if case.household:
        yield from owners_whole(case)
    elif case.asset.asset_class == AssetClass.PUBLIC_WELFARE:
        yield from _kept_up(case)
    elif not any(entry.source_id for entry in case.held(EntryCode.OPERATION)):
        yield _("Register who operates it, with the contract or the plan of its own operation, first.")


def _kept_up(case: Case) -> Iterator[str]:
    duties = case.held(EntryCode.UPKEEP)
    if not duties:
        yield _("Name who keeps it up first.")
        return
    if any(duty.agent_id is None for duty in duties):
        yield _("Name the person who answers for its upkeep first.")
    if not any(terms.budget_source for terms in case.known.terms):
        yield _("Say first where the money for its upkeep comes from.")


def plan(case: Case) -> Iterator[str]:
    if case.said.deadline is not None and case.said.deadline < case.on:
        yield _("The deadline lies before the day of the plan.")


def approval(case: Case) -> Iterator[str]:
    """Villagers resolve in a meeting that is registered; offices give their opinion on paper."""
    said = case.said
    if said.office == Office.VILLAGERS:
        decision = said.decision
        if decision is None:
            yield _("Choose the registered resolution of the meeting.")
        elif decision.body not in MEETING_BODIES or decision.annulled_id is not None:
            yield _(
                "Villagers resolve in a meeting of members or villagers; this decision is another body's."
            )
        elif not decision.units.filter(pk=case.unit.pk).exists():
            yield _("The resolution does not name this asset; add it to the record of the meeting.")
        elif decision.held_on > case.on:
            yield _("The meeting was held on %(day)s, after the day given.") % {"day": decision.held_on}
    elif said.office and said.source is None:
        yield _("Give the paper with the opinion of that office.")


def approvals_there(case: Case) -> Iterator[str]:
    """Every approval that the owner's kind requires stands since the request (DSP-01)."""
    if case.household:
        return
    request = current_request(case.steps)
    if request is None:
        return
    given = {
        step.office
        for step in case.steps
        if step.act == LifeAct.APPROVE_DISPOSAL and step.written_id > request.written_id
    }
    owners = {entry.party.kind for entry in case.held(EntryCode.OWNERSHIP)}
    found = lacking(case.known.parameter(APPROVALS), owners, given)
    if found:
        names = "、".join("/".join(str(Office(one).label) for one in group) for group in found)
        yield _("Approvals are missing: %(offices)s.") % {"offices": names}


def manner(allowed: tuple[Manner, ...]) -> Callable[[Case], Iterator[str]]:
    def guard(case: Case) -> Iterator[str]:
        if case.said.manner and case.said.manner not in allowed:
            yield _("Choose one of: %(manners)s.") % {"manners": "、".join(str(one.label) for one in allowed)}

    return guard


def biological(case: Case) -> Iterator[str]:
    if case.asset.nature != AssetNature.BIOLOGICAL:
        yield _(
            "Only livestock and plants are used up; anything else of a household is disposed of "
            "or written off."
        )


Guard = Callable[[Case], Iterator[str]]
# What the register must hold; pages say it before the form is opened.
FACTS: dict[LifeAct, tuple[Guard, ...]] = {
    LifeAct.CONFIRM_RIGHTS: (owners_whole, notice_over(NoticeKind.RIGHTS)),
    LifeAct.PUT_IN_USE: (in_service,),
    LifeAct.DISPOSE: (approvals_there, notice_over(NoticeKind.DISPOSAL)),
    LifeAct.WRITE_OFF: (approvals_there, notice_over(NoticeKind.DISPOSAL)),
    LifeAct.CONSUME: (biological,),
}
GUARDS: dict[LifeAct, tuple[Guard, ...]] = {
    LifeAct.ACCEPT: (acceptance,),
    LifeAct.CONFIRM_RIGHTS: (_facts,),
    LifeAct.HAND_OVER: (two_hands,),
    LifeAct.PUT_IN_USE: (_facts,),
    LifeAct.PLAN_RECOVERY: (plan,),
    LifeAct.APPROVE_DISPOSAL: (approval,),
    LifeAct.DISPOSE: (_facts, manner(MANNERS[LifeAct.DISPOSE])),
    LifeAct.WRITE_OFF: (_facts, manner(MANNERS[LifeAct.WRITE_OFF])),
    LifeAct.CONSUME: (biological,),
}
