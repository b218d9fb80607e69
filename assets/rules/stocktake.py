"""Rules on stocktakes: STK-01, STK-02, STK-06. 中文：清查盘点规则

行政事业性国有资产管理条例第三十四条（定期盘点）、第三十九条（账实不符的处理）；
浙江省农村集体资产管理条例（账实相符）.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Exists, Max, OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from assets.models import Asset, BookValue, StocktakeCount, StocktakeSettlement
from assets.parameters_stocktake import MAX_MONTHS
from assets.stocktake_codes import Difference, Found
from assets.stocktake_queries import latest_book_values
from registry.codes import EntryCode, PartyKind, Reading, Role
from registry.models import Entry
from registry.queries.divisions import go_live_by_division
from registry.rules import Context, Outcome, Row, Rule

from .standing import built_on, held, latest, row, standing

CENT = Decimal("0.01")
COLLECTIVES = (PartyKind.VILLAGE_COLLECTIVE,)
LEDGER_DIFFERENCES = (Difference.MISSING, Difference.QUANTITY)


def months_later(day: dt.date, months: int) -> dt.date:
    """The same day of the month that many months later; the last of the month where it has no such day."""
    number = day.year * 12 + day.month - 1 + months
    year, month = number // 12, number % 12 + 1
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def read_stk_01(context: Context) -> Outcome:
    """STK-01: not counted in a stocktake within the months allowed. Three queries.

    Counted is what was found or found missing; what was not reached was not counted. The clock starts at the
    last count, else at completion, never before the go-live date. Without any of them: NO_DATA.
    """
    counts = StocktakeCount.objects.in_force().filter(
        line__unit=OuterRef("unit"), counted_on__lte=context.as_of
    )
    seen = counts.exclude(found=Found.UNREACHED).order_by("-counted_on").values("counted_on")[:1]
    assets = list(standing(context).annotate(counted=Subquery(seen)))
    go_live = go_live_by_division({asset.unit.division_id for asset in assets})
    rows = [_not_counted(asset, go_live.get(asset.unit.division_id), context) for asset in assets]
    return Outcome(checked=len(assets), rows=[found for found in rows if found is not None])


def _not_counted(asset: Any, go_live: dt.date | None, context: Context) -> Row | None:
    months = int(context.value(MAX_MONTHS, asset.unit.division.path))
    start = latest([asset.counted or built_on(asset), go_live])
    if start is None:
        return row(asset, None, Reading.NO_DATA, months=months)
    due = months_later(start, months)
    if context.as_of <= due:
        return None
    details: dict[str, Any] = {
        "months": months,
        "last": asset.counted.isoformat() if asset.counted else None,
        "due": due.isoformat(),
    }
    if asset.counted is None:
        details["variant"] = "never"
    return row(asset, due + dt.timedelta(days=1), **details)


def read_stk_02(context: Context) -> Outcome:
    """STK-02: a count says missing or another quantity, and no act has settled it. Three queries.

    Surplus things have no unit: they stand in the campaign, which does not close before they are settled.
    """
    taken = StocktakeCount.objects.in_force().filter(
        line__unit__isnull=False, line__unit__annulled=None, counted_on__lte=context.as_of
    )
    counts = context.scope.limit(taken, division="line__division__path", unit="line__unit")
    differing = list(
        counts.filter(differences__overlap=[str(kind) for kind in LEDGER_DIFFERENCES])
        .select_related("line__unit", "line__stocktake")
        .order_by("line__unit__code", "counted_on", "pk")
    )
    rows = StocktakeSettlement.objects.filter(count__in=differing, settled_on__lte=context.as_of)
    settled = set(rows.values_list("count_id", "difference"))
    first: dict[int | None, Row] = {}
    for count in differing:
        for kind in LEDGER_DIFFERENCES:
            if kind in count.differences and (count.pk, kind) not in settled:
                first.setdefault(count.line.unit_id, _unsettled(count, kind))
    checked = context.counted(counts.order_by().values("line__unit").distinct())
    return Outcome(checked=checked, rows=list(first.values()))


def _unsettled(count: StocktakeCount, kind: str) -> Row:
    line: Any = count.line
    details = {
        "name": line.unit.name,
        "stocktake": line.stocktake.title,
        "campaign": line.stocktake_id,
        "day": count.counted_on.isoformat(),
    }
    if kind == Difference.QUANTITY:
        details |= {
            "variant": "quantity",
            "ledger": f"{line.quantity.normalize():f}",
            "counted": f"{count.quantity.normalize():f}",  # type: ignore[union-attr]
            "measure": line.measure,
        }
    return Row(
        subject_type="unit",
        subject_key=line.unit.code,
        unit_id=line.unit_id,
        division_id=line.unit.division_id,
        since=count.counted_on,
        details=details,
    )


def read_stk_06(context: Context) -> Outcome:
    """STK-06: the register's value of an owner's share is not what the owner's book says. Four queries.

    Of what village collectives own. An owner whose book is entered for other things but not for this one has
    not booked it; without any book of the owner, or with the value unknown: NO_DATA.
    """
    owned = standing(context).filter(
        Exists(held(context, EntryCode.OWNERSHIP).filter(unit=OuterRef("unit"), party__kind__in=COLLECTIVES))
    )
    assets = {asset.unit_id: asset for asset in owned}
    rights = held(context, EntryCode.OWNERSHIP).filter(party__kind__in=COLLECTIVES, unit__in=assets)
    entries = list(rights.select_related("party").order_by("unit__code", "id"))
    known = BookValue.objects.in_force().filter(owner__in={entry.party_id for entry in entries})
    books = {
        (book.unit_id, book.owner_id): book
        for book in latest_book_values(context.as_of, known.filter(unit__in=assets))
    }
    begun = dict(known.filter(on__lte=context.as_of).order_by().values_list("owner").annotate(last=Max("on")))
    by_unit: dict[int, list[Row]] = defaultdict(list)
    for entry in entries:
        book = books.get((entry.unit_id, entry.party_id))
        found = _against_book(assets[entry.unit_id], entry, book, begun)
        if found is not None:
            by_unit[entry.unit_id].append(found)
    return Outcome(
        checked=len(assets),
        rows=[min(rows, key=lambda one: one.reading == Reading.NO_DATA) for rows in by_unit.values()],
    )


def _against_book(
    asset: Asset, entry: Entry, book: BookValue | None, begun: dict[int, dt.date]
) -> Row | None:
    owner = entry.party.name
    if asset.original_value is None or entry.party_id not in begun:
        return row(asset, None, Reading.NO_DATA, owner=owner)
    mine = (asset.original_value * entry.share_num / entry.share_den).quantize(CENT, ROUND_HALF_UP)
    if book is None:
        day = begun[entry.party_id]
        return row(asset, day, variant="not_booked", owner=owner, value=f"{mine:f}", day=day.isoformat())
    if book.value == mine:
        return None
    return row(
        asset,
        book.on,
        owner=owner,
        value=f"{mine:f}",
        book=f"{book.value:f}",
        day=book.on.isoformat(),
    )


RULES = (
    Rule(
        id="STK-01",
        looks_at="assets_asset",
        title=_("not counted in time"),
        message=_("%(name)s was counted last on %(last)s; the next stocktake was due on %(due)s."),
        variants={"never": _("%(name)s was never counted; the first stocktake was due on %(due)s.")},
        no_data=_("%(name)s was never counted, and no date is known from which to count the months."),
        remedy=_("Open a stocktake of the village, and count it."),
        source="行政事业性国有资产管理条例第三十四条（月数为县级参数）",
        reads=frozenset({"assets_asset", "assets_stocktake", "assets_stocktakecount"}),
        read=read_stk_01,
        parameters=(MAX_MONTHS,),
    ),
    Rule(
        id="STK-02",
        title=_("stocktake and ledger differ"),
        message=_(
            "%(name)s was not there when it was counted on %(day)s (%(stocktake)s); no act settles it."
        ),
        variants={
            "quantity": _(
                "Of %(name)s the ledger has %(ledger)s %(measure)s, counted on %(day)s were %(counted)s; no "
                "act settles it."
            )
        },
        remedy=_("Settle the difference: adjust the ledger, report it lost, or explain it."),
        source="行政事业性国有资产管理条例第三十九条",
        reads=frozenset({"assets_stocktake", "assets_stocktakecount", "assets_stocktakesettlement"}),
        read=read_stk_02,
    ),
    Rule(
        id="STK-06",
        looks_at="assets_asset",
        title=_("register and account book differ"),
        message=_(
            "%(name)s: the register has %(value)s yuan, the account book of %(owner)s has %(book)s yuan on "
            "%(day)s."
        ),
        variants={
            "not_booked": _(
                "%(name)s (%(value)s yuan) is owned by %(owner)s and is not in its account book of %(day)s."
            )
        },
        no_data=_("%(name)s: its value or the account book of %(owner)s is not known."),
        remedy=_("Correct the wrong one of the two: the book by a voucher, or the value in the register."),
        source="浙江省农村集体资产管理条例；审计发现（固定资产未入账）",
        office=Role.FINANCE_OFFICER,
        reads=frozenset({"assets_asset", "assets_bookvalue", "registry_entry/ownership", "registry_party"}),
        read=read_stk_06,
    ),
)
