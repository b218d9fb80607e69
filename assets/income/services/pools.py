"""Open pools of income, write their costs, settle them. 中文：收益池开立、记账与结算"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from assets.income.codes import PoolFigure
from assets.income.queries.pools import account_of
from assets.models import IncomePool, PoolEntry
from registry import access, clock
from registry.errors import BadInput, RuleBroken
from registry.models import Act, Division, ImportBatch, Party, Source, Unit, User
from registry.rules.engine import evaluate_subjects
from registry.services.acts import record_act

from .amounts import refuse_parts_of_fen

VERB = "keep_pool"
ZERO = Decimal(0)


@transaction.atomic
def open_pool(
    *, division: Division, owner: Party, year: int, name: str, units: Sequence[Unit], by: User | None,
    batch: ImportBatch | None = None,
) -> IncomePool:  # fmt: skip
    """Open the pool of an asset or a group of assets for a year. 中文：开立收益池"""
    access.require(by, VERB, division)
    if not 2000 <= year <= clock.today().year:
        raise BadInput(
            _("Income of %(year)s cannot be settled yet; check the year.") % {"year": year}, "year"
        )
    if not units:
        raise BadInput(_("Name the assets whose income it is."), "units")
    for unit in units:
        if not unit.division.path.startswith(division.path):
            raise BadInput(
                _("%(unit)s does not lie in %(division)s.") % {"unit": unit.name, "division": division.name},
                "units",
            )
    _refuse_twice(units, owner, year)
    try:
        with transaction.atomic():
            pool = IncomePool.objects.create(
                division=division, owner=owner, year=year, name=name.strip(), batch=batch
            )
    except IntegrityError as error:
        raise BadInput(_("This pool is open already."), "name") from error
    pool.units.set(units)
    book("pool_opened", pool, by, year=year, units=sorted(unit.code for unit in units))
    return pool


@transaction.atomic
def add_entry(
    *, pool: IncomePool, figure: str, day: dt.date, amount: Decimal, note: str, by: User | None,
    source: Source | None = None,
) -> PoolEntry:  # fmt: skip
    """Write a cost, a tax, a loss, or what came in without a bank line here. 中文：登记收益池明细"""
    pool = lock_pool(pool, by)
    refuse_parts_of_fen(amount)
    if figure not in PoolFigure.values or amount <= 0 or not note.strip():
        raise BadInput(_("Choose the figure, give an amount above 0 and say what it is."), "amount")
    if day > clock.today():
        raise BadInput(_("It cannot lie in the future; check the date."), "day")
    entry = PoolEntry.objects.create(
        pool=pool, figure=figure, day=day, amount=amount, note=note.strip()[:255], source=source
    )
    book("pool_entry", pool, by, on=day, figure=figure, amount=str(amount))
    return entry


@transaction.atomic
def settle_pool(*, pool: IncomePool, settled_on: dt.date, by: User | None) -> IncomePool:
    """Settle a pool: what may be distributed is fixed from the matches and entries of now. 中文：结算收益池

    A pool may be settled again when more has come in. Raises ``RuleBroken`` (INC-04) where less would then be
    there than was distributed.
    """
    pool = lock_pool(pool, by)
    if settled_on > clock.today():
        raise BadInput(_("It cannot lie in the future; check the date."), "settled_on")
    account = account_of(pool)
    if account.approved > account.distributable:
        raise RuleBroken(
            _(
                "INC-04: %(given)s yuan of this pool were distributed already, and %(held)s would be left to "
                "distribute. Take a distribution back first."
            )
            % {"given": account.approved, "held": account.distributable},
            "INC-04",
        )
    figures = {name: account.figures.get(name, ZERO) for name in PoolFigure.values}
    pool.received = account.all_received
    pool.cost, pool.tax, pool.loss = (figures[name] for name in ("cost", "tax", "loss"))
    pool.settled_on = settled_on
    pool.settled = book(
        "pool_settled", pool, by, on=settled_on, received=str(pool.received),
        distributable=str(pool.distributable),
    )  # fmt: skip
    pool.save(update_fields=["received", "cost", "tax", "loss", "settled", "settled_on"])
    read_again(pool)
    return pool


def lock_pool(pool: IncomePool, by: User | None, verb: str = VERB) -> IncomePool:
    """The pool under a lock, for a user who may."""
    rows = IncomePool.objects.select_for_update(of=("self",), no_key=True).select_related("division", "owner")
    locked = rows.get(pk=pool.pk)
    access.require(by, verb, locked.division)
    if locked.annulled_id is not None:
        raise BadInput(_("This pool was taken back."), "annulled")
    return locked


def book(
    verb: str, pool: IncomePool, by: User | None, *, on: dt.date | None = None, subject: str = "",
    reason: str = "", **after: Any,
) -> Act:  # fmt: skip
    """An act on a pool or on something of it."""
    return record_act(
        by=by, verb=verb, division=pool.division, subject=subject or f"pool:{pool.pk}", reason=reason,
        effective_on=on, after={"pool": str(pool), **after},
    )  # fmt: skip


def read_again(pool: IncomePool) -> None:
    """The rules over the place of a pool."""
    evaluate_subjects(divisions=[pool.division_id])


def _refuse_twice(units: Sequence[Unit], owner: Party, year: int) -> None:
    """The income of an asset is in one pool of a year."""
    twice = IncomePool.objects.in_force().filter(owner=owner, year=year, units__in=units).first()
    if twice is not None:
        raise BadInput(
            _("The income of %(year)s of one of these assets is in the pool %(pool)s already.")
            % {"year": year, "pool": twice.name},
            "units",
        )
