"""What was received for dues: the sum of the matches of bank lines, and nothing else. 中文：实收"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import DecimalField, F, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from assets.models import Match

ZERO = Decimal("0.00")
MONEY = DecimalField(max_digits=14, decimal_places=2)


def with_received(dues: QuerySet) -> QuerySet:
    """Dues with ``received`` and ``open`` (what is still owed of them)."""
    sums = Match.objects.in_force().filter(due=OuterRef("pk")).order_by().values("due")
    total = Subquery(sums.annotate(s=Sum("amount")).values("s"), output_field=MONEY)
    received = Coalesce(total, Value(ZERO, output_field=MONEY))
    return dues.annotate(received=received, open=F("amount") - F("written_off") - received)


def received_of(keys: Iterable[int]) -> dict[int, Decimal]:
    """What was received, by due. One query."""
    rows = Match.objects.in_force().filter(due__in=list(keys)).order_by().values_list("due")
    return dict(rows.annotate(Sum("amount")))
