"""Papers that need seals 待盖章文书: printed from the data with a code, found by it when the scan comes.

Apps register their kinds. The content is frozen as JSON when the paper is made, in Chinese, the language of
the office: what was sealed stays readable after the facts have moved on.

Keys of the frozen data, all of them optional (drawn by ``registry/papers/form.html``): ``lead`` sentence
above; ``facts`` [[label, value]]; ``sections`` [{"title", "heads", "rows", "total", "note"}]; ``text``
[paragraph]; ``notes`` [sentence]; ``seals`` [{"role", "name"}] in place of those of the kind.
A private person's name is written as ``person(name)`` wherever a value may stand; only those who may see it
read it in full.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from registry import access, clock, display
from registry.codes import PRIVATE_KINDS
from registry.errors import BadInput, RegistryError
from registry.models import Act, Division, Paper, Party, Source, SourceKind, Unit, User

from .acts import record_act

SIGNS = "23456789ABCDEFGHJKLMNPQRSTVWXYZ"  # without I, O, U, 0 and 1, which people mistake; 31 is a prime
LENGTH = 8
CODE = re.compile(f"TZ-([{SIGNS}]{{{LENGTH}}})(?![0-9A-Z])")
OFFICE_LANGUAGE = "zh-hans"
PERSONAL = "see_personal"


@dataclass(frozen=True, kw_only=True)
class PaperKind:
    """A kind of paper. 中文：文书类型

    ``build`` gives the content for its subject, ``of`` says what that is: "unit", "division" or "act".
    ``verb`` is the permission to print and to file the scan, ``reads`` the one to read it, ``names`` the one
    to read private persons on it in full; ``seals`` are the parties that put theirs on it; the scan is filed
    as a source of ``source_kind``.
    """

    key: str
    title: Any
    build: Callable[[Any], dict[str, Any]]
    verb: str = "print_paper"
    seals: tuple[Any, ...] = ()
    template: str = "registry/papers/form.html"
    of: str = "unit"
    reads: str = "view"
    names: str = PERSONAL
    source_kind: str = SourceKind.OTHER
    fits: Callable[[Any], bool] = lambda _subject: True
    note: Any = ""


_KINDS: dict[str, PaperKind] = {}


def register(*kinds: PaperKind) -> None:
    """Add kinds of papers; the same key twice is a mistake."""
    for kind in kinds:
        if kind.key in _KINDS:
            raise ValueError(f"kind of paper registered twice: {kind.key}")
        _KINDS[kind.key] = kind


def all_kinds() -> list[PaperKind]:
    """Every kind, in the order in which the apps registered them."""
    return list(_KINDS.values())


def kind_of(key: str) -> PaperKind:
    """A kind by its key. Raises ``BadInput`` where no app answers for it."""
    if key not in _KINDS:
        raise BadInput(_("There is no kind of paper “%(key)s”.") % {"key": key}, "no_kind")
    return _KINDS[key]


def kinds_to_read(user: Any) -> list[str]:
    """Kinds that the user's roles may read."""
    return [kind.key for kind in _KINDS.values() if access.may(user, kind.reads)]


def reads_names(kind: PaperKind, user: Any, place: Division) -> bool:
    """Whether the user reads private persons on a paper of this kind in full (ADR 0014)."""
    return any(access.may(user, verb, place) for verb in {kind.names, PERSONAL})


# --- codes
def check_sign(signs: str) -> str:
    """The last sign of a code: it finds one wrong sign, and two that changed places. 中文：校验码"""
    total = sum(SIGNS.index(sign) * weight for weight, sign in enumerate(signs, start=1))
    return SIGNS[total % len(SIGNS)]


def new_code() -> str:
    """A code that cannot be guessed: TZ- and eight signs, the last of which checks the others."""
    signs = "".join(secrets.choice(SIGNS) for _place in range(LENGTH - 1))
    return f"TZ-{signs}{check_sign(signs)}"


def codes_in(text: str) -> list[str]:
    """Codes of papers that stand in a text (a web address, a line that was typed), the right ones only."""
    found = [match.group(1) for match in CODE.finditer(text.upper())]
    return [f"TZ-{signs}" for signs in dict.fromkeys(found) if check_sign(signs[:-1]) == signs[-1]]


def clean_code(typed: str) -> str:
    """The code that somebody typed. Raises ``BadInput`` for one that no paper can have."""
    text = re.sub(r"[\s–—-]+", "", typed.strip().upper())
    found = codes_in(f"TZ-{text.removeprefix('TZ')}")
    if not found:
        raise BadInput(
            _(
                "“%(code)s” is no paper code. It looks like TZ-7K3M9QPX and stands under the square sign "
                "on the paper; compare it sign by sign."
            )
            % {"code": typed.strip()[:40]},
            "no_paper_code",
        )
    return found[0]


# --- names
def person(name: str) -> dict[str, str]:
    """A private person's name in the content of a paper."""
    return {"person": name}


def named(party: Party | None) -> Any:
    """The name of a party in the content of a paper; households and persons are private."""
    if party is None:
        return ""
    return person(party.name) if party.kind in PRIVATE_KINDS else party.name


def spoken(value: Any, *, names: bool) -> Any:
    """The content as a reader sees it: names of private persons in full, or masked."""
    if isinstance(value, dict):
        if value.keys() == {"person"}:
            return value["person"] if names else display.masked(value["person"])
        return {key: spoken(part, names=names) for key, part in value.items()}
    return [spoken(part, names=names) for part in value] if isinstance(value, list) else value


def has_names(value: Any) -> bool:
    """Whether the content holds the name of a private person."""
    if isinstance(value, dict):
        return value.keys() == {"person"} or any(has_names(part) for part in value.values())
    return isinstance(value, list) and any(has_names(part) for part in value)


# --- printing
@transaction.atomic
def print_paper(
    *,
    kind: str,
    by: User | None,
    unit: Unit | None = None,
    division: Division | None = None,
    act: Act | None = None,
    subject: Any = None,
) -> Paper:
    """Make a paper: the content of the day, frozen, under a code of its own; the book says who made it.

    ``subject`` is what the kind builds from, where it is neither the unit, the division nor the act.
    Raises ``NotAllowed``, and ``BadInput`` where the kind does not fit the subject.
    """
    chosen = kind_of(kind)
    about = subject or unit or division or act
    place = division or (unit.division if unit else act.division if act else None)
    if about is None or place is None:
        raise BadInput(_("Say which thing or place the paper is about."), "no_subject")
    access.require(by, chosen.verb, place)
    if not chosen.fits(about):
        raise BadInput(
            _("%(paper)s is not made for this one. Choose another paper.") % {"paper": chosen.title},
            "does_not_fit",
        )
    with translation.override(OFFICE_LANGUAGE):
        title = str(chosen.title)
    data = content(chosen, about)
    paper = Paper.objects.create(
        code=new_code(),
        kind=chosen.key,
        title=title,
        division=place,
        unit=unit,
        act=act,
        data=data,
        printed_at=clock.now(),
        printed_by=by,
    )
    _record("paper_printed", paper, by)
    return paper


def content(kind: PaperKind, about: Any) -> dict[str, Any]:
    """What a paper of a kind would say of its subject today, in the language of the office."""
    with translation.override(OFFICE_LANGUAGE):
        data = {**kind.build(about)}
        data.setdefault("seals", [{"role": str(role), "name": ""} for role in kind.seals])
    return data


def _record(verb: str, paper: Paper, by: User | None, **more: Any) -> None:
    after = {"paper": paper.code, "kind": paper.title} | ({"act": paper.act_id} if paper.act_id else {})
    record_act(
        by=by,
        verb=verb,
        division=paper.division_id,
        unit=paper.unit_id,
        subject=f"paper:{paper.code}",
        after=after,
        **more,
    )


# --- the sealed scan
@transaction.atomic
def seal_paper(*, paper: Paper, scan: Source, by: User | None, reason: str = "") -> Paper:
    """The sealed scan of a paper has come. Another one replaces it with a reason only; the first stays filed.

    Raises ``RegistryError`` for a second scan without a reason.
    """
    paper = Paper.objects.select_for_update(of=("self",)).select_related("division").get(pk=paper.pk)
    access.require(by, kind_of(paper.kind).verb, paper.division)
    if paper.scan_id == scan.pk:
        return paper
    before = {"scan": paper.scan_id} if paper.scan_id else None
    if before and not reason.strip():
        raise RegistryError(
            _(
                "%(paper)s %(code)s already has its sealed scan. To put another one in its place, give the "
                "reason; the first stays filed."
            )
            % {"paper": paper.title, "code": paper.code},
            "sealed_already",
        )
    paper.scan = scan
    paper.save(update_fields=["scan"])
    _record("paper_sealed", paper, by, source=scan, reason=reason.strip(), before=before)
    return paper
