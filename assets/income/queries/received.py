"""What was received for dues: the sum of the matches of bank lines, and nothing else. 中文：实收"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.apps import apps
from django.db.models import DecimalField, F, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

ZERO = Decimal("0.00")
MONEY = DecimalField(max_digits=14, decimal_places=2)


def with_received(dues: QuerySet) -> QuerySet:
    """Dues with ``received`` and ``open`` (what is still owed of them)."""
    nothing = Value(ZERO, output_field=MONEY)
    if (matches := _matches()) is None:
        return dues.annotate(received=nothing, open=F("amount") - F("written_off"))
    sums = matches.filter(due=OuterRef("pk")).order_by().values("due").annotate(s=Sum("amount")).values("s")
    received = Coalesce(Subquery(sums, output_field=MONEY), nothing)
    return dues.annotate(received=received, open=F("amount") - F("written_off") - received)


def received_of(keys: Iterable[int]) -> dict[int, Decimal]:
    """What was received, by due. One query."""
    if (matches := _matches()) is None:
        return {}
    rows = matches.filter(due__in=list(keys)).order_by().values_list("due").annotate(Sum("amount"))
    return dict(rows)


def _matches() -> QuerySet | None:
    """Matches that stand; an installation without bank lines has none."""
    if "match" not in apps.get_app_config("assets").models:
        return None
    return apps.get_model("assets", "Match").objects.in_force()
