"""Members of groups with their shares, dated 成员及份额: from a day on exactly these, summing to 1."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from registry import access, clock
from registry.codes import PRIVATE_KINDS, PartyKind
from registry.errors import BadInput
from registry.models import Entry, Party, PartyMember, Source, User
from registry.rules.engine import evaluate_units, refuse_broken

from .acts import record_act
from .identity import safe_name
from .personal import lock_party

GROUP_KINDS = frozenset(
    {PartyKind.GROUP, PartyKind.COOPERATIVE, PartyKind.VILLAGE_COLLECTIVE, PartyKind.COMPANY}
)


@dataclass(frozen=True)
class Wrong:
    """A day from which a group has members whose shares do not sum to 1."""

    day: dt.date
    total: Fraction


@transaction.atomic
def set_members(
    *,
    group: Party,
    on: dt.date,
    members: Sequence[tuple[Party, Fraction]],
    by: User | None,
    source: Source | None = None,
    reason: str = "",
) -> list[PartyMember]:
    """From ``on`` until the next recorded change, the group has exactly these members; none ends them all.

    Shares sum to exactly 1 on every day on which the group has members: else ``BadInput`` names the day and
    the sum, and nothing is written. A cooperative, a village collective, a company or a list (GROUP) has
    members; no party is a member of itself, directly or through others.
    """
    locked = lock_party(group)
    access.require(by, "edit_party", locked.division)
    _refuse_members(locked, members)
    rows = list(PartyMember.objects.select_for_update().filter(group=locked).order_by("pk"))
    until = min((day for row in rows for day in _days(row) if day > on), default=None)
    before = _described(row for row in rows if on in row.valid)
    wanted = {party.pk: share for party, share in members}
    kept = [row for row in rows if on in row.valid and wanted.get(row.member_id) == _share(row)]
    for row in kept:
        del wanted[row.member_id]
    _clear([row for row in rows if on in row.valid and row not in kept], on, until)
    _open(locked, wanted, on, until)
    now = list(PartyMember.objects.filter(group=locked))
    _refuse_sums(locked, now)
    current = [row for row in now if on in row.valid]
    record_act(
        by=by,
        verb="members_set",
        division=locked.division,
        subject=f"party:{locked.pk}",
        reason=reason,
        effective_on=on,
        source=source,
        before={"members": before},
        after={"members": _described(current)},
    )
    held = Entry.objects.in_force().filter(party=locked)
    units = set(held.values_list("unit_id", flat=True))
    refuse_broken(on=on, units=units)
    evaluate_units(units, as_of=clock.today())
    return current


def _open(group: Party, wanted: dict[int, Fraction], on: dt.date, until: dt.date | None) -> None:
    PartyMember.objects.bulk_create(
        PartyMember(
            group=group,
            member_id=key,
            share_num=share.numerator,
            share_den=share.denominator,
            valid=DateRange(on, until),
        )
        for key, share in wanted.items()
    )


def _clear(rows: list[PartyMember], on: dt.date, until: dt.date | None) -> None:
    """Take [on, until) out of memberships: what was before stays, what comes after goes on by itself."""
    ended = [row for row in rows if row.valid.lower and row.valid.lower < on]
    PartyMember.objects.filter(pk__in=[row.pk for row in rows if row not in ended]).delete()
    later = [
        PartyMember(
            group_id=row.group_id,
            member_id=row.member_id,
            share_num=row.share_num,
            share_den=row.share_den,
            valid=DateRange(until, row.valid.upper),
        )
        for row in rows
        if until and (row.valid.upper is None or row.valid.upper > until)
    ]
    for row in ended:
        row.valid = DateRange(row.valid.lower, on)
    PartyMember.objects.bulk_update(ended, ["valid"])
    PartyMember.objects.bulk_create(later)


def _days(row: PartyMember) -> list[dt.date]:
    return [day for day in (row.valid.lower, row.valid.upper) if day]


def _share(row: PartyMember) -> Fraction:
    return Fraction(row.share_num, row.share_den)


def _described(rows: Iterable[PartyMember]) -> dict[str, str]:
    """What the book says: the share by the member's number."""
    return {str(row.member_id): f"{row.share_num}/{row.share_den}" for row in rows}


def _refuse_members(group: Party, members: Sequence[tuple[Party, Fraction]]) -> None:
    if group.kind not in GROUP_KINDS:
        raise BadInput(
            _("%(group)s is %(kind)s and has no members. Members belong to: %(kinds)s.")
            % {
                "group": safe_name(group),
                "kind": PartyKind(group.kind).label,
                "kinds": "、".join(str(PartyKind(kind).label) for kind in sorted(GROUP_KINDS)),
            },
            "no_group",
        )
    seen: set[int] = set()
    for party, share in members:
        if party.pk in seen:
            raise BadInput(
                _("%(member)s stands twice among the members. Give one line with the whole share.")
                % {"member": safe_name(party)},
                "member_twice",
            )
        seen.add(party.pk)
        if not 0 < share <= 1:
            raise BadInput(
                _("The share of %(member)s is %(share)s; a share is more than 0 and at most 1, as 1/3.")
                % {"member": safe_name(party), "share": share},
                "share_range",
            )
        if party.merged_into_id:
            raise BadInput(
                _("%(member)s was merged into another record; choose that one.")
                % {"member": safe_name(party)},
                "merged",
            )
    _refuse_circle(group, {party.pk: party for party, _share in members})


def _refuse_circle(group: Party, members: dict[int, Party]) -> None:
    """No party is a member of itself, directly or through others; one query."""
    if not members:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """WITH RECURSIVE inside(top, id) AS (
                   SELECT id, id FROM registry_party WHERE id = ANY(%s)
                   UNION SELECT i.top, m.member_id
                         FROM inside i JOIN registry_partymember m ON m.group_id = i.id
               ) SELECT top FROM inside WHERE id = %s LIMIT 1""",
            [list(members), group.pk],
        )
        found = cursor.fetchone()
    if found:
        raise BadInput(
            _("%(group)s would be a member of itself through %(member)s. Leave that member out.")
            % {"group": safe_name(group), "member": safe_name(members[found[0]])},
            "member_of_itself",
        )


def wrong_sums(rows: Iterable[PartyMember]) -> list[Wrong]:
    """Days from which the shares of a group sum to neither 0 nor 1: a sweep over the change days."""
    days: dict[dt.date, Fraction] = defaultdict(Fraction)
    for row in rows:
        days[row.valid.lower or dt.date.min] += _share(row)
        if row.valid.upper:
            days[row.valid.upper] -= _share(row)
    wrong, total = [], Fraction(0)
    for day in sorted(days):
        total += days[day]
        if total not in (0, 1):
            wrong.append(Wrong(day, total))
    return wrong


def _refuse_sums(group: Party, rows: list[PartyMember]) -> None:
    found: list[Any] = wrong_sums(rows)
    if found:
        raise BadInput(
            _(
                "On %(day)s the shares of the members of %(group)s sum to %(total)s, not to 1. "
                "Correct the shares."
            )
            % {"day": found[0].day, "group": safe_name(group), "total": found[0].total},
            "member_shares",
        )


def may_have_members(party: Party) -> bool:
    """Whether a party of this kind has members."""
    return party.kind in GROUP_KINDS and party.kind not in PRIVATE_KINDS
