"""What a notice on a distribution hangs out: uses with their shares, who gets what. 中文：分配公示附表"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import gettext as _

from assets.income.codes import IncomeUse
from assets.income.queries.pools import by_use
from assets.models import Distribution
from registry import display, notice_sheets
from registry.codes import PRIVATE_KINDS, NoticeKind
from registry.models import Notice, Party
from registry.notice_sheets import SheetList

TENTH = Decimal("0.1")


def uses_of(made: Distribution) -> list[tuple[Any, Decimal, str]]:
    """Use, amount and share of everything that is given out, the reserve with it. 中文：用途及占比"""
    found = [(IncomeUse(use).label, amount) for use, amount in by_use([made.pk]).get(made.pk, {}).items()]
    if made.reserve:
        found.append((IncomeUse.RESERVE.label, made.reserve))
    total = sum((amount for _use, amount in found), Decimal(0))
    return [(label, amount, _share(amount, total)) for label, amount in found]


def _share(amount: Decimal, total: Decimal) -> str:
    if not total:
        return display.DASH
    return f"{(amount * 100 / total).quantize(TENTH, ROUND_HALF_UP):f}%"


def draw(notice: Notice) -> list[SheetList]:
    """The distribution whose matter number the notice has. Three queries."""
    rows = Distribution.objects.in_force().filter(number=notice.matter, pool__division=notice.division)
    made = rows.select_related("pool").first() if notice.matter else None
    if made is None:
        return []
    uses = uses_of(made)
    lines = list(made.lines.select_related("payee").order_by("pk"))
    money = {"label": _("amount (yuan)"), "kind": "num"}
    return [
        SheetList(
            title=_("Uses"),
            heads=[{"label": _("use")}, money, {"label": _("part of the whole"), "kind": "num"}],
            rows=[[label, display.grouped(amount), share] for label, amount, share in uses],
            total=[_("together"), display.grouped(made.total + made.reserve), ""],
        ),
        SheetList(
            title=_("Who gets what"),
            heads=[{"label": _("payee")}, {"label": _("why")}, money],
            rows=[
                [_named(line.payee), line.reason or line.get_basis_display(), display.grouped(line.amount)]
                for line in lines
            ],
            total=[_("together"), "", display.grouped(sum((line.amount for line in lines), Decimal(0)))],
        ),
    ]


def _named(party: Party | None) -> str:
    if party is None:
        return display.DASH
    return display.masked(party.name) if party.kind in PRIVATE_KINDS else party.name


for _kind in (NoticeKind.DISTRIBUTION_PLAN, NoticeKind.DISTRIBUTION_RESULT):
    notice_sheets.register(_kind, draw)
