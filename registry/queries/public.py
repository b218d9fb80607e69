"""What the public may read: notices that hang today. 中文：公开查询"""

from __future__ import annotations

import datetime as dt

from django.db.models import Prefetch, QuerySet

from registry.models import Notice, Objection


def hanging(day: dt.date) -> QuerySet[Notice]:
    """Notices whose first day has come and whose last is not over, with their place; what was said against
    them and the answers come along. Drafted, past and annulled notices are nobody's business."""
    rows = Notice.objects.in_force().filter(opened_on__lte=day, closed_on__gte=day)
    said = Objection.objects.order_by("raised_on", "pk")
    return (
        rows.select_related("division__parent")
        .prefetch_related(Prefetch("objections", said))
        .order_by("closed_on", "pk")
    )
