"""Set what a collective is to earn, state what it earned elsewhere, take either back. 中文：村集体收入登记"""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from assets.income.codes import IncomeSource
from assets.income.models.collectives import CollectiveTarget, OutsideIncome
from registry import access, clock
from registry.codes import PartyKind
from registry.errors import BadInput
from registry.models import Act, Party, Source, User
from registry.reasons import too_short
from registry.services.acts import record_act

TARGET, STATE = "set_income_target", "state_income"
FIRST_YEAR, AHEAD = 2012, 10
CENT = Decimal("0.01")


@transaction.atomic
def set_income_target(
    *, collective: Party, year: int, amount: Decimal, by: User | None, measures: str = "",
    source: Source | None = None,
) -> CollectiveTarget:  # fmt: skip
    """Set the target of a year; an earlier one of that year is taken back by this act. 中文：下达收入目标"""
    collective = _lock(collective, by, TARGET)
    _refuse_year(year, ahead=AHEAD)
    _refuse_amount(amount)
    before = CollectiveTarget.objects.in_force().filter(collective=collective, year=year).first()
    act = _record(
        "income_target_set", collective, by, {"year": year, "amount": str(amount)},
        {"amount": str(before.amount)} if before else None,
    )  # fmt: skip
    if before is not None:
        before.annulled = act
        before.save(update_fields=["annulled"])
    return CollectiveTarget.objects.create(
        division=collective.division, collective=collective, year=year, amount=amount,
        measures=measures.strip()[:255], source=source, act=act,
    )  # fmt: skip


@transaction.atomic
def state_income(
    *, collective: Party, year: int, kind: str, amount: Decimal, note: str, by: User | None
) -> OutsideIncome:
    """State income that no bank line here shows, once a year and source. 中文：补录收入"""
    collective = _lock(collective, by, STATE)
    _refuse_year(year)
    _refuse_amount(amount)
    if kind not in IncomeSource.values:
        raise BadInput(_("Choose what the income comes from."), "kind")
    if len(note.strip()) < 2:
        raise BadInput(_("Say where it stands: the book and its page."), "note")
    rows = OutsideIncome.objects.in_force().filter(collective=collective, year=year, kind=kind)
    if known := rows.first():
        raise BadInput(
            _("For %(year)s %(amount)s are stated from this source already. Take that back first.")
            % {"year": year, "amount": known.amount},
            "kind",
        )
    act = _record(
        "outside_income_stated", collective, by, {"year": year, "kind": kind, "amount": str(amount)}
    )
    return OutsideIncome.objects.create(
        division=collective.division, collective=collective, year=year, kind=kind, amount=amount,
        note=note.strip()[:255], act=act,
    )  # fmt: skip


@transaction.atomic
def take_income_back(*, stated: OutsideIncome, reason: str, by: User | None) -> Act:
    """What was stated wrongly counts no more, and stays in the book. 中文：撤回补录收入"""
    collective = _lock(stated.collective, by, STATE)
    row = OutsideIncome.objects.select_for_update(of=("self",)).get(pk=stated.pk)
    if too_short(reason):
        raise BadInput(_("Say in a sentence why."), "reason")
    if row.annulled_id is not None:
        raise BadInput(_("It was taken back already."), "annulled")
    row.annulled = _record(
        "outside_income_taken_back", collective, by, None,
        {"year": row.year, "kind": row.kind, "amount": str(row.amount)}, reason,
    )  # fmt: skip
    row.save(update_fields=["annulled"])
    return row.annulled


def _lock(collective: Party, by: User | None, verb: str) -> Party:
    """The collective under a lock, for a user who may write of its village."""
    rows = Party.objects.select_for_update(of=("self",), no_key=True).select_related("division")
    locked = rows.get(pk=collective.pk)
    if locked.kind != PartyKind.VILLAGE_COLLECTIVE or locked.division is None:
        raise BadInput(_("This is no village collective of a place in the register."), "collective")
    access.require(by, verb, locked.division)
    return locked


def _refuse_year(year: int, ahead: int = 0) -> None:
    last = clock.today().year + ahead
    if not FIRST_YEAR <= year <= last:
        raise BadInput(
            _("Give a year from %(first)d to %(last)d.") % {"first": FIRST_YEAR, "last": last}, "year"
        )


def _refuse_amount(amount: Decimal) -> None:
    if amount <= 0 or amount != amount.quantize(CENT):
        raise BadInput(_("Give an amount above zero with two decimals."), "amount")


def _record(
    verb: str, collective: Party, by: User | None, after: object, before: object = None, reason: str = ""
) -> Act:
    return record_act(
        by=by, verb=verb, division=collective.division, subject=f"party:{collective.pk}",
        reason=reason.strip(), before=before, after=after,
    )  # fmt: skip
