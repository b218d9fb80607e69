"""Open a stocktake with its frozen list, end the count, close it. 中文：启动清查、清点完成、结束清查"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Prefetch
from django.utils.translation import gettext as _

from assets.models import Stocktake, StocktakeLine
from assets.parameters_stocktake import POSITION_M
from assets.stocktake_codes import RUNNING, CampaignState
from assets.stocktake_queries import Progress, progress_of
from registry import access, clock
from registry.codes import STANDING, UnitKind
from registry.errors import BadInput, RegistryError
from registry.models import Division, Shape, Source, Unit, User
from registry.models.filling import insert_rows
from registry.queries.recorded import states_on
from registry.reasons import too_short
from registry.rules import parameters
from registry.services.acts import record_act

VERB = "take_stock"


@transaction.atomic
def open_stocktake(
    *,
    division: Division,
    title: str,
    period_from: dt.date,
    period_to: dt.date,
    ledger_day: dt.date,
    by: User | None,
    source: Source | None = None,
) -> Stocktake:
    """Freeze the ledger of a day as the list to be counted. 中文：启动清查

    On the list stands what is in the register on that day, accepted or later and not ended, with its facts as
    the book has them now. Raises ``BadInput``, ``RegistryError`` for a period that has its stocktake.
    """
    access.require(by, VERB, division)
    _refuse_days(title, period_from, period_to, ledger_day)
    limit = parameters.resolver([POSITION_M], ledger_day)(POSITION_M, division.path)
    try:
        with transaction.atomic():
            made = Stocktake.objects.create(
                division=division,
                title=title.strip(),
                period=DateRange(period_from, period_to + dt.timedelta(days=1)),
                ledger_day=ledger_day,
                position_limit_m=limit,
                opened_on=clock.today(),
                source=source,
            )
    except IntegrityError as error:
        raise RegistryError(
            _("%(division)s has a stocktake for (part of) that period already; go on with that one.")
            % {"division": division.name},
            "period_taken",
        ) from error
    lines = _freeze(made, division, ledger_day)
    if not lines:
        raise BadInput(
            _("The ledger of %(division)s holds nothing that could be counted on %(day)s.")
            % {"division": division.name, "day": ledger_day},
            "ledger_day",
        )
    made.state = CampaignState.COUNTING
    made.save(update_fields=["state"])
    _record("stocktake_opened", made, by, {"lines": lines, "ledger_day": ledger_day.isoformat()}, source)
    return made


def _refuse_days(title: str, begin: dt.date, end: dt.date, day: dt.date) -> None:
    if not 2 <= len(title.strip()) <= 120:
        raise BadInput(_("Give the stocktake a title of 2 to 120 characters."), "title")
    if end < begin:
        raise BadInput(_("The period ends before it begins; check the two days."), "period_to")
    if day > clock.today():
        raise BadInput(_("The ledger is frozen as of today or an earlier day."), "ledger_day")


def _freeze(stocktake: Stocktake, division: Division, day: dt.date) -> int:
    """Write the list, in the order of places and codes. Three statements for a thousand lines."""
    units = Unit.objects.on(day).within(division).filter(kind=UnitKind.ASSET, asset__isnull=False)
    shapes = Shape.objects.on(day).only("pk", "unit")
    rows = (
        states_on(day, units)
        .filter(state_then__in=STANDING)
        .select_related("asset")
        .prefetch_related(Prefetch("shapes", queryset=shapes, to_attr="of_the_day"))
        .order_by("division__path", "code")
    )
    return len(insert_rows([_line(stocktake, number, unit) for number, unit in enumerate(rows, start=1)]))


def _line(stocktake: Stocktake, number: int, unit: Any) -> StocktakeLine:
    asset, shape = unit.asset, unit.of_the_day[0] if unit.of_the_day else None
    return StocktakeLine(
        stocktake=stocktake,
        number=number,
        unit=unit,
        division_id=unit.division_id,
        code=unit.code,
        name=unit.name,
        subtype=asset.subtype,
        address=asset.address,
        quantity=asset.quantity,
        measure=asset.measure,
        value=asset.original_value,
        state=unit.state_then,
        shape=shape,
    )


@transaction.atomic
def end_count(*, stocktake: Stocktake, by: User | None) -> Stocktake:
    """Every line is counted: what is left are the differences. 中文：清点完成"""
    held = lock(stocktake, by)
    if held.state != CampaignState.COUNTING:
        raise RegistryError(_("This stocktake is not being counted."), "not_counting")
    refuse_uncounted(progress_of(held.lines.all()))
    held.state, held.counted_on = CampaignState.SETTLING, clock.today()
    held.save(update_fields=["state", "counted_on"])
    _record("stocktake_counted", held, by, summary(held))
    return held


@transaction.atomic
def close_stocktake(*, stocktake: Stocktake, by: User | None) -> Stocktake:
    """Close a stocktake whose every difference was settled by an act. 中文：结束清查"""
    held = lock(stocktake, by)
    if held.state != CampaignState.SETTLING:
        raise RegistryError(_("End the count first; then settle the differences."), "not_settling")
    reached = progress_of(held.lines.all())
    refuse_uncounted(reached)
    if reached.unsettled:
        raise RegistryError(
            _("%(n)d differences are not settled yet. Each needs an act: adjust, correct, report, explain.")
            % {"n": reached.unsettled},
            "unsettled",
        )
    held.state, held.closed_on = CampaignState.CLOSED, clock.today()
    held.save(update_fields=["state", "closed_on"])
    _record("stocktake_closed", held, by, summary(held))
    return held


def refuse_uncounted(reached: Progress) -> None:
    if reached.uncounted:
        raise RegistryError(
            _(
                "%(n)d of %(all)d lines are not counted yet. Count them, or record for each that it was not "
                "reached and why."
            )
            % {"n": reached.uncounted, "all": reached.lines},
            "uncounted",
        )


@transaction.atomic
def take_back_stocktake(*, stocktake: Stocktake, reason: str, by: User | None) -> Stocktake:
    """Take a campaign back that should not have been opened. 中文：撤销清查"""
    held = lock(stocktake, by)
    if too_short(reason):
        raise BadInput(_("Say why the stocktake is taken back; it stands in the book."), "reason")
    if held.state not in RUNNING:
        raise RegistryError(_("A closed stocktake stays in the book as it is."), "closed")
    held.annulled = _record("stocktake_taken_back", held, by, summary(held), reason=reason)
    held.save(update_fields=["annulled"])
    return held


def lock(stocktake: Stocktake, by: User | None) -> Stocktake:
    """The campaign's row, locked, for who may run it. Raises ``NotAllowed``, ``RegistryError``."""
    rows = Stocktake.objects.select_for_update(of=("self",)).select_related("division")
    held = rows.get(pk=stocktake.pk)
    access.require(by, VERB, held.division)
    if held.annulled_id is not None:
        raise RegistryError(_("This stocktake was taken back."), "taken_back")
    return held


def summary(stocktake: Stocktake) -> dict[str, Any]:
    """The numbers of a campaign as the book keeps them."""
    reached = progress_of(stocktake.lines.all())
    return {
        "lines": reached.lines,
        "surplus": reached.surplus,
        "agree": reached.agree,
        "differences": dict(reached.differences),
        "settled": dict(reached.settled),
    }


def _record(
    verb: str, made: Stocktake, by: User | None, after: Any, source: Source | None = None, reason: str = ""
) -> Any:
    return record_act(
        by=by,
        verb=verb,
        division=made.division,
        subject=f"stocktake:{made.pk}",
        reason=reason,
        effective_on=clock.today(),
        source=source,
        after=after,
    )
