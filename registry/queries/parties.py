"""Readings of parties 主体: names as a user may read them, what one holds, its book, its likely twins."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from registry import access, display
from registry.codes import PRIVATE_KINDS, Role
from registry.models import Act, Division, Entry, Finding, Party, PartyMember
from registry.queries.places import plain

BOOK_SHOWN, ENTRIES_SHOWN, TWINS_SHOWN = 50, 200, 8


def shown_name(party: Party | None, user: Any) -> str:
    """The name of a party as this user may read it: a private person's is masked without the right to it."""
    if party is None:
        return display.DASH
    if party.kind not in PRIVATE_KINDS or user is None:
        return party.name
    return party.name if access.may(user, "see_personal", party.division) else display.masked(party.name)


def entries_of(party: Party, day: dt.date) -> list[Entry]:
    """Entries in which the party is holder, named person or debtor on a day. One query."""
    named = Q(party=party) | Q(agent=party) | Q(debtor=party)
    rows = Entry.objects.on(day).filter(named).select_related("unit__division", "party__division", "source")
    return list(rows.order_by("kind", "code", "unit__code")[:ENTRIES_SHOWN])


def members_on(party: Party, day: dt.date) -> list[PartyMember]:
    """Members of a group on a day, by name. One query."""
    rows = PartyMember.objects.filter(group=party, valid__contains=day)
    return list(rows.select_related("member__division").order_by("member__name", "pk"))


def memberships_of(party: Party) -> list[PartyMember]:
    """Groups that the party is or was a member of, the newest first. One query."""
    rows = PartyMember.objects.filter(member=party).select_related("group__division")
    return list(rows.order_by("-valid", "pk"))


def book_of(party: Party) -> list[Act]:
    """Acts on the party and on the records that were merged into it, newest first. Two queries."""
    merged = Party.objects.filter(merged_into=party).values_list("pk", flat=True)
    subjects = [f"party:{key}" for key in (party.pk, *merged)]
    return list(
        Act.objects.filter(subject__in=subjects).select_related("source").order_by("-id")[:BOOK_SHOWN]
    )


def twins_of(party: Party) -> list[Party]:
    """Records in the same village or township that are likely the same party: same plain name or code."""
    if party.merged_into_id:
        return []
    above = party.division.parent_id or party.division_id
    near = Q(division=party.division) | Q(division__parent=above) | Q(division=above)
    private = Q(kind__in=PRIVATE_KINDS)
    rows = Party.objects.standing().filter(near, private if party.kind in PRIVATE_KINDS else ~private)
    first = plain(party.name)[:1]
    rows = rows.exclude(pk=party.pk).filter(name__startswith=first).select_related("division")
    names = {plain(name) for name in (party.name, *party.former_names)}
    return [row for row in rows[:2000] if plain(row.name) in names][:TWINS_SHOWN]


def findable(rows: QuerySet, text: str, *, names: bool) -> QuerySet:
    """Parties by a piece of their name, a former name or their code; persons only where names may be read."""
    words = text.strip()
    named = Q(name__icontains=words) | Q(former_names__icontains=words)
    open_to = named if names else named & ~Q(kind__in=PRIVATE_KINDS)
    return rows.filter(open_to | Q(uscc__istartswith=words))


def handover_list(act: Act, user: Any) -> dict[str, Any]:
    """What an act of handing over moved, as its printed list says it. 中文：交接清单

    Names of private persons are masked for readers without the right to them. A handful of queries.
    """
    said = act.after or {}
    people = Party.objects.select_related("division").in_bulk([said["from"], said["to"]])
    keys = [line["new"] for line in said["entries"]]
    rows = Entry.objects.filter(pk__in=keys).select_related("unit__division", "party__division", "agent")
    findings = (
        Finding.objects.filter(pk__in=said["findings"]).select_related("unit", "division").defer("place")
    )
    return {
        "leaver": shown_name(people[said["from"]], user),
        "heir": shown_name(people[said["to"]], user),
        "on": dt.date.fromisoformat(said["on"]),
        "entries": [_handed(entry, said["to"], user) for entry in rows.order_by("unit__code", "code")],
        "findings": list(findings.order_by("pk")),
        "findings_given": said["findings_given"],
        "grants": _grants(said["grants"]),
    }


def _handed(entry: Entry, heir: int, user: Any) -> dict[str, Any]:
    return {
        "key": entry.pk,
        "unit": entry.unit,
        "what": entry.get_code_display(),
        "place": entry.unit.division.name,
        "as": _("named person") if entry.agent_id == heir else _("holder"),
        "holder": shown_name(entry.party, user),
        "share": display.share(entry),
        "period": display.period(entry.valid),
    }


def _grants(lines: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    lines = list(lines)
    places = Division.objects.in_bulk({line["division"] for line in lines})
    return [
        {"role": Role(line["role"]).label, "division": places[line["division"]], "given": line["given"]}
        for line in lines
    ]
