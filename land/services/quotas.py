"""Open quota accounts and move them. 中文：指标账户开立与变动

Every movement is written under a lock on the accounts that it touches, and refused with the day and the area
where one of them would end a day below zero: also a later day than its own. The database asks the same once
more when the transaction ends.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from land.models import ConstructionQuota, QuotaEntry
from land.models.quota import INCOMING, MovementKind, QuotaKind
from land.queries.quotas import first_below, special_allocated
from land.rules.quotas import special_limit
from registry import access, clock, display
from registry.codes import Level
from registry.errors import BadInput, RuleBroken
from registry.models import Division, ImportBatch, Source, User
from registry.queries.divisions import ancestors_of_path

from .filing import Paper, annul, area, filed, not_in_future, written

TWINS = {MovementKind.SHARED_OUT: MovementKind.SHARED_IN, MovementKind.CARRIED_OUT: MovementKind.CARRIED_IN}
BY_HAND = (MovementKind.ALLOCATED, MovementKind.RETURNED, MovementKind.LAPSED, *TWINS)


@dataclass(frozen=True, kw_only=True)
class Movement:
    """What moves an account by hand; ``other`` is the account that the area goes to. Area above zero."""

    kind: str
    m2: Decimal
    day: dt.date
    paper: Paper | Source
    other: ConstructionQuota | None = None
    farmland_m2: Decimal | None = None
    note: str = ""


@transaction.atomic
def open_account(
    *, division: Division, kind: str, year: int, by: User | None, note: str = "",
    batch: ImportBatch | None = None,
) -> ConstructionQuota:  # fmt: skip
    """The account of a place for a kind and a year. Raises ``BadInput`` where it is open already."""
    access.require(by, "keep_quotas", division)
    if kind not in QuotaKind.values:
        raise BadInput(_("Choose the kind of quota."), "kind")
    if not 2000 <= year <= clock.today().year + 1:
        raise BadInput(_("A plan year lies between 2000 and next year."), "year")
    if ConstructionQuota.objects.filter(division=division, kind=kind, year=year).exists():
        raise BadInput(_("This account is open already."), "year")
    account = ConstructionQuota.objects.create(
        division=division, kind=kind, year=year, note=note.strip()[:255], batch=batch
    )
    written("quota_opened", account, division, by, kind=kind, year=year)
    return account


def lock(*accounts: ConstructionQuota) -> dict[int, ConstructionQuota]:
    """The accounts, locked in the order of their keys: two officers never wait for each other."""
    rows = ConstructionQuota.objects.select_for_update(of=("self",)).select_related("division")
    return rows.order_by("pk").in_bulk([account.pk for account in accounts])


@transaction.atomic
def move(
    *, account: ConstructionQuota, movement: Movement, by: User | None, batch: ImportBatch | None = None
) -> QuotaEntry:
    """Write a movement, and its other side where it goes to another account. 中文：登记指标变动

    Raises ``BadInput`` with the day where an account would fall below zero; ``NotAllowed``.
    """
    if movement.kind not in BY_HAND:
        raise BadInput(_("Choose what moves the account."), "kind")
    not_in_future(movement.day)
    others = (movement.other,) if movement.other is not None else ()
    locked = lock(account, *others)
    account = locked[account.pk]
    access.require(by, "keep_quotas", account.division)
    other = _other_side(account, movement, locked)
    if other is not None:
        access.require(by, "keep_quotas", other.division)
    source = filed(movement.paper, account.division, by)
    entry = _write(account, movement, source, batch)
    if other is not None:
        _write(other, movement, source, batch, twin=entry)
    refuse_below([account, *([other] if other else [])], movement.day)
    if movement.kind == MovementKind.ALLOCATED:
        _refuse_above_special(account, by)
    after: dict[str, Any] = {"kind": movement.kind, "m2": entry.amount_m2, "account": str(account)}
    written("quota_moved", entry, account.division, by, on=entry.day, source=source, **after)
    return entry


def _other_side(
    account: ConstructionQuota, movement: Movement, locked: dict[int, ConstructionQuota]
) -> ConstructionQuota | None:
    """The account that the area goes to: of the same kind, below this one or of the next year."""
    if movement.kind not in TWINS:
        return None
    other = locked.get(movement.other.pk) if movement.other is not None else None
    fits = other is not None and other.pk != account.pk and other.kind == account.kind
    if fits and other is not None and movement.kind == MovementKind.SHARED_OUT:
        fits = other.year == account.year and other.division.path.startswith(account.division.path)
    elif fits and other is not None:
        fits = other.year == account.year + 1 and other.division_id == account.division_id
    if not fits:
        raise BadInput(
            _(
                "Choose the account that it goes to: of the same kind, in a place below in the same year, or "
                "of the same place in the next year. Open it first."
            ),
            "other",
        )
    return other


def _write(
    account: ConstructionQuota,
    movement: Movement,
    source: Source,
    batch: ImportBatch | None,
    twin: QuotaEntry | None = None,
) -> QuotaEntry:
    kind = MovementKind(movement.kind) if twin is None else TWINS[MovementKind(movement.kind)]
    m2 = area(movement.m2)
    refuse_farmland(movement.farmland_m2, m2)
    return QuotaEntry.objects.create(
        account=account,
        kind=kind,
        day=movement.day,
        amount_m2=m2 if kind in INCOMING else -m2,
        farmland_m2=movement.farmland_m2,
        twin=twin,
        note=movement.note.strip()[:255],
        source=source,
        batch=batch,
    )


def refuse_farmland(farmland_m2: Decimal | None, m2: Decimal) -> None:
    """Raise ``BadInput`` where farmland is more than the whole."""
    if farmland_m2 is not None and not 0 <= farmland_m2 <= m2:
        raise BadInput(
            _("%(part)s of farmland are more than the whole, %(whole)s. Correct one of them.")
            % {"part": display.m2(farmland_m2), "whole": display.m2(m2)},
            "farmland_m2",
        )


def refuse_below(accounts: Iterable[ConstructionQuota], day: dt.date) -> None:
    """Raise ``BadInput`` (Q01) where an account ends a day below zero, saying which and by how much."""
    known = {account.pk: account for account in accounts}
    for key, (when, balance) in first_below(known).items():
        raise BadInput(
            _(
                "Q01: the account %(account)s would fall to %(balance)s on %(when)s; it may not fall below "
                "zero on any day. Enter %(short)s less, or enter first what came in before."
            )
            % {
                "account": known[key],
                "balance": display.m2(balance),
                "when": when,
                "short": display.m2(-balance),
            },
            "m2",
        )


def _refuse_above_special(account: ConstructionQuota, by: User | None) -> None:
    """Raise ``RuleBroken`` (Q01) where a county is given more special quota for a year than the law gives."""
    if account.kind != QuotaKind.POVERTY_SPECIAL:
        return
    line = Division.objects.in_bulk(ancestors_of_path(account.division.path)).values()
    county = next((place for place in line if place.level == Level.COUNTY), account.division)
    Division.objects.select_for_update().get(pk=county.pk)  # its places are given special quota in turn
    total = special_allocated(county.path).get(account.year, Decimal(0))
    limit = special_limit(county.path, account.year)
    if total > limit.quantize(Decimal("0.01")):
        raise RuleBroken(
            _(
                "Q01: %(place)s would be given %(total)s of special quota for %(year)s; the parameter allows "
                "%(limit)s. Where the support was renewed, set the parameter with its document first."
            )
            % {
                "place": county.name,
                "total": display.mu(total),
                "year": account.year,
                "limit": display.mu(limit),
            },
            "Q01",
        )


@transaction.atomic
def take_back(*, entry: QuotaEntry, by: User | None, reason: str) -> None:
    """Take a movement back, with its other side; the balances are read without it. 中文：撤回指标变动

    Raises ``BadInput`` where an account would then end a day below zero.
    """
    entry = QuotaEntry.objects.select_related("account", "twin", "source", "approval").get(pk=entry.pk)
    twin = entry.twin or QuotaEntry.objects.filter(twin=entry).select_related("account").first()
    locked = lock(entry.account, *([twin.account] if twin else []))
    entry.refresh_from_db(fields=["annulled"])
    if hasattr(entry, "surplus") and entry.surplus.annulled_id is None:
        raise BadInput(_("It came from a linkage project; take it back there."), "surplus")
    division = locked[entry.account_id].division
    for account in locked.values():  # what was passed on is taken back by who may move both accounts
        access.require(by, "keep_quotas", account.division)
    annul(entry, division, by, reason, also=(twin,) if twin else ())
    refuse_below(locked.values(), entry.day)
    if entry.approval is not None and entry.kind == MovementKind.CHARGED:
        _refuse_given_back_alone(entry)


def _refuse_given_back_alone(entry: QuotaEntry) -> None:
    """What was given back rests on what was charged."""
    rows = QuotaEntry.objects.in_force().filter(approval=entry.approval_id, account=entry.account_id)
    if sum(rows.values_list("amount_m2", flat=True), Decimal(0)) > 0:
        raise BadInput(_("Part of it was given back already; take that back first."), "restored")
