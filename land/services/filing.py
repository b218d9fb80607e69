"""What the services of quotas and balances share: papers, areas, days, and facts that are taken back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from registry import access, clock
from registry.errors import BadInput
from registry.models import Act, Division, Source, SourceKind, User
from registry.queries.divisions import ancestors_of_path
from registry.reasons import too_short
from registry.rules import Scope, rules_on
from registry.rules.engine import evaluate_again
from registry.services.acts import record_act
from registry.services.sources import register_source

CENT = Decimal("0.01")
MOST = Decimal("9999999999.99")  # m², more than any county


@dataclass(frozen=True, kw_only=True)
class Paper:
    """The document that a fact rests on: its number is asked for, the rest helps to find it."""

    number: str
    title: str = ""
    issued_on: dt.date | None = None


def filed(paper: Paper | Source, division: Division, by: User | None) -> Source:
    """The registered document of a paper. Raises ``BadInput`` where it has no number."""
    if isinstance(paper, Source):
        return paper
    if not paper.number.strip():
        raise BadInput(_("Give the number of the document that this rests on."), "paper_number")
    return register_source(
        kind=SourceKind.DECISION,
        division=division,
        by=by,
        number=paper.number,
        title=paper.title or paper.number,
        issued_on=paper.issued_on,
    )


def area(value: Any, field: str = "m2", *, zero: bool = False) -> Decimal:
    """m² with two decimals, half up.

    Raises ``BadInput`` for what is no area, and for nothing unless ``zero``.
    """
    made = Decimal(value).quantize(CENT, rounding=ROUND_HALF_UP)
    if made < 0 or (made == 0 and not zero) or made > MOST:
        raise BadInput(
            _("An area of %(area)s m² was given; expected is more than 0 m². Correct it.") % {"area": value},
            field,
        )
    return made


def not_in_future(day: dt.date, field: str = "day") -> None:
    """Raise ``BadInput`` for a day that has not come."""
    if day > clock.today():
        raise BadInput(
            _("%(day)s lies in the future. Give a day up to today, %(today)s.")
            % {"day": day, "today": clock.today()},
            field,
        )


def written(
    verb: str,
    row: Model,
    division: Division,
    by: User | None,
    *,
    on: dt.date | None = None,
    source: Source | None = None,
    reason: str = "",
    **after: Any,
) -> Act:
    """Write an act on a row into the book, and read again the rules over its place and those above."""
    act = record_act(
        by=by,
        verb=verb,
        division=division,
        subject=subject_of(row),
        effective_on=on,
        source=source,
        reason=reason,
        after={name: _plain(value) for name, value in after.items()},
    )
    read_again(division, row)
    return act


def read_again(division: Division, *rows: Model) -> None:
    """Read again, over a place and those above it, the rules that rows of these tables can turn."""
    read_places([division], [type(row) for row in rows])


def read_places(places: Iterable[Division], models: Iterable[type[Model]]) -> None:
    """The same for many places at once: after a file of movements. One reading, however many rows."""
    tables, today = {model._meta.db_table for model in models}, clock.today()
    ids = [rule.id for rule in rules_on(today) if rule.subject == "division" and rule.turned_by(tables)]
    keys = {key for place in places for key in ancestors_of_path(place.path)}
    evaluate_again(as_of=today, scope=Scope(divisions=tuple(sorted(keys))), rule_ids=ids)


def subject_of(row: Model) -> str:
    """How the book names a row: "quotaentry:12"."""
    return f"{row._meta.model_name}:{row.pk}"


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int | bool) else str(value)


@transaction.atomic
def annul(row: Any, division: Division, by: User | None, reason: str, *, also: tuple[Any, ...] = ()) -> Act:
    """Take a fact back by an act: it stays in the book and counts for nothing. 中文：撤回登记"""
    reason = reason.strip()
    if too_short(reason):
        raise BadInput(_("Say in a sentence why it is taken back."), "reason")
    if row.annulled_id is not None:
        raise BadInput(_("It was taken back already."), "annulled")
    access.require(by, "keep_quotas", division)
    act = record_act(
        by=by,
        verb="land_taken_back",
        division=division,
        subject=subject_of(row),
        source=getattr(row, "source", None),
        reason=reason,
        before={"row": str(row)},
    )
    for each in (row, *also):
        each.annulled = act
        each.save(update_fields=["annulled"])
    read_again(division, row, *also)
    return act
