"""Register public notices, the objections to them and the answers. 中文：公告公示、异议及答复"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from registry import access, clock
from registry.codes import NoticeKind
from registry.errors import BadInput, RuleBroken
from registry.models import Decision, Division, Notice, Objection, Source, SourceKind, Unit, User
from registry.rules.engine import evaluate_subjects
from registry.rules.guard import refuse_broken
from registry.rules.secrets import find_secrets

from .acts import record_act
from .sources import register_source

LONGEST, MAX_TEXT = 366, 20_000  # days that a notice may hang; characters of its text


@dataclass(frozen=True, kw_only=True)
class Posting:
    """What is registered of a notice; ``covers_from`` to ``covers_to`` is what it reports on."""

    kind: str
    title: str
    opened_on: dt.date
    closed_on: dt.date
    text: str = ""
    place: str = ""
    channel: str = ""
    takes_effect_on: dt.date | None = None
    matter: str = ""
    covers_from: dt.date | None = None
    covers_to: dt.date | None = None
    decision: Decision | None = None
    paper_number: str = ""
    source: Source | None = None
    units: tuple[Unit, ...] = ()


COLUMNS = ("kind", "title", "opened_on", "closed_on", "text", "place", "channel", "takes_effect_on",
           "matter", "decision", "source")  # fmt: skip


@transaction.atomic
def register_notice(*, division: Division, posting: Posting, by: User | None) -> Notice:
    """Register a notice of a division. 中文：登记公告公示

    Raises ``RuleBroken`` (NOT-04) where its text shows private numbers, saying where; ``BadInput`` where days
    contradict each other; ``NotAllowed``. A notice that is too short is registered as it is: NOT-01 finds it.
    """
    access.require(by, "publish_notice", division)
    refuse_secrets(posting.title, posting.text, posting.place, posting.channel)
    for name, sentence in problems(
        {key: getattr(posting, key) for key in Posting.__dataclass_fields__}
    ).items():
        raise BadInput(sentence, name)
    _belongs(posting, division)
    values = {name: getattr(posting, name) for name in COLUMNS} | {"source": _paper(posting, division, by)}
    notice = Notice.objects.create(**values, division=division, covers=_covers(posting))
    notice.units.set(posting.units)
    refuse_broken(on=notice.opened_on, notices=[notice.pk])
    record_act(
        by=by,
        verb="notice_registered",
        division=division,
        subject=f"notice:{notice.pk}",
        effective_on=notice.opened_on,
        source=notice.source,
        after=describe(notice),
    )
    _evaluate(notice)
    return notice


def refuse_secrets(*texts: str) -> None:
    """Raise ``RuleBroken`` (NOT-04) where a public text shows private numbers; masked, and where."""
    for text in texts:
        secrets = find_secrets(text)
        if secrets:
            where = "、".join(
                _("%(what)s at sign %(at)d") % {"what": found.describe(), "at": found.at}
                for found in secrets[:5]
            )
            raise RuleBroken(
                _("NOT-04: the text shows private numbers: %(where)s. Mask them before it is published.")
                % {"where": where},
                "NOT-04",
            )


def problems(values: dict[str, Any]) -> dict[str, str]:
    """What cannot be in a notice, a sentence by field. The form shows them all at once."""
    found: dict[str, str] = {}
    if values.get("kind") not in NoticeKind.values:
        found["kind"] = _("Choose what the notice is about.")
    if not (values.get("title") or "").strip():
        found["title"] = _("Give the notice its title.")
    if len(values.get("text") or "") > MAX_TEXT:
        found["text"] = _("The text has more than %(most)d characters.") % {"most": MAX_TEXT}
    first, last = values.get("opened_on"), values.get("closed_on")
    if first and last and last < first:
        found["closed_on"] = _("The notice ends on %(last)s, before its first day %(first)s.") % {
            "first": first,
            "last": last,
        }
    elif first and last and (last - first).days > LONGEST:
        found["closed_on"] = _("A notice hangs for a year at most; check the years.")
    return found | _periods(values)


def _periods(values: dict[str, Any]) -> dict[str, str]:
    begin, end = values.get("covers_from"), values.get("covers_to")
    found: dict[str, str] = {}
    if bool(begin) != bool(end):
        found["covers_to" if begin else "covers_from"] = _("Give the first and the last day of the period.")
    elif begin and end and end < begin:
        found["covers_to"] = _("The period ends on %(last)s, before its first day %(first)s.") % {
            "first": begin,
            "last": end,
        }
    elif values.get("kind") == NoticeKind.FINANCE and not begin:
        found["covers_from"] = _("A financial publication says which period it reports on.")
    return found


def _belongs(posting: Posting, division: Division) -> None:
    """Units and decision of a notice lie in its place (or the place in that of the decision)."""
    for unit in posting.units:
        if not unit.division.path.startswith(division.path):
            raise BadInput(
                _("%(unit)s does not lie in %(division)s.") % {"unit": unit.name, "division": division.name},
                "units",
            )
    decided = posting.decision
    if decided is not None and not (
        decided.division.path.startswith(division.path) or division.path.startswith(decided.division.path)
    ):
        raise BadInput(_("The decision was taken in another place."), "decision")


def _paper(posting: Posting, division: Division, by: User | None) -> Source | None:
    if posting.source is not None or not posting.paper_number.strip():
        return posting.source
    number, title = posting.paper_number, posting.title
    return register_source(kind=SourceKind.OTHER, division=division, by=by, number=number, title=title)


def _covers(posting: Posting) -> DateRange | None:
    if posting.covers_from is None or posting.covers_to is None:
        return None
    return DateRange(posting.covers_from, posting.covers_to + dt.timedelta(days=1))


@transaction.atomic
def raise_objection(*, notice: Notice, raised_on: dt.date, text: str, by: User | None) -> Objection:
    """Write down an objection to a notice. 中文：登记异议"""
    locked = _lock(notice, by)
    text = text.strip()
    refuse_secrets(text)
    if not 2 <= len(text) <= 500:
        raise BadInput(_("Write down the objection in 2 to 500 characters."), "text")
    if not locked.opened_on <= raised_on <= clock.today():
        raise BadInput(
            _("An objection is raised from %(first)s on and not later than today.")
            % {"first": locked.opened_on},
            "raised_on",
        )
    made = Objection.objects.create(notice=locked, raised_on=raised_on, text=text)
    _write("objection_raised", locked, by, raised_on, {"objection": made.pk, "text": text})
    return made


@transaction.atomic
def answer_objection(
    *, objection: Objection, answered_on: dt.date, answer: str, by: User | None
) -> Objection:
    """Answer an objection, once. 中文：答复异议"""
    notice = _lock(objection.notice, by)
    locked = Objection.objects.select_for_update().get(pk=objection.pk)
    answer = answer.strip()
    refuse_secrets(answer)
    if locked.answered_on is not None:
        raise BadInput(_("This objection was answered on %(day)s.") % {"day": locked.answered_on}, "answered")
    if not 2 <= len(answer) <= 500:
        raise BadInput(_("Write the answer in 2 to 500 characters."), "answer")
    if not locked.raised_on <= answered_on <= clock.today():
        raise BadInput(
            _("The answer is given from %(first)s on and not later than today.")
            % {"first": locked.raised_on},
            "answered_on",
        )
    locked.answered_on, locked.answer = answered_on, answer
    locked.save(update_fields=["answered_on", "answer"])
    _write("objection_answered", notice, by, answered_on, {"objection": locked.pk, "answer": answer})
    return locked


def _lock(notice: Notice, by: User | None) -> Notice:
    locked = Notice.objects.select_for_update(of=("self",)).select_related("division").get(pk=notice.pk)
    access.require(by, "publish_notice", locked.division)
    return locked


def _write(verb: str, notice: Notice, by: User | None, on: dt.date, after: dict[str, Any]) -> None:
    subject = f"notice:{notice.pk}"
    record_act(by=by, verb=verb, division=notice.division, subject=subject, effective_on=on, after=after)
    _evaluate(notice)


def _evaluate(notice: Notice, units: Iterable[int] = ()) -> None:
    """Rules on the notice, on what its place has published, on the things it speaks of."""
    keys = [*units, *notice.units.values_list("pk", flat=True)]
    evaluate_subjects(notices=[notice.pk], divisions=[notice.division_id], units=keys)


def describe(notice: Notice) -> dict[str, Any]:
    """What the book says of a notice."""
    return {
        "kind": notice.kind,
        "title": notice.title,
        "from": notice.opened_on.isoformat(),
        "to": notice.closed_on.isoformat(),
        "effect": notice.takes_effect_on.isoformat() if notice.takes_effect_on else None,
        "matter": notice.matter,
        "decision": notice.decision_id,
        "units": sorted(notice.units.values_list("pk", flat=True)),
    }
