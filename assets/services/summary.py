"""Publish a summary: its figures are frozen, and its totals must agree (REG-10). 中文：公布资产汇总"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from assets.models import PublishedSummary
from assets.queries_summary import figures
from assets.rules.identity import SUMMARY_TOLERANCE
from assets.summary import problems
from registry import access, clock
from registry.errors import BadInput, RuleBroken
from registry.models import Division, Source, User
from registry.rules import parameters
from registry.rules.engine import evaluate_subjects
from registry.services.acts import record_act


@transaction.atomic
def publish_summary(
    *,
    division: Division,
    period: str,
    as_of: dt.date,
    by: User | None,
    given: dict[str, Any] | None = None,
    source: Source | None = None,
) -> PublishedSummary:
    """Publish the summary of a division as of a day; ``given``: figures of another office, as it sent them.

    Raises ``RuleBroken`` (REG-10) where by class, by holder and total do not agree; ``BadInput`` for a day
    that is not over yet and for a summary that is published already.
    """
    access.require(by, "publish_notice", division)
    if as_of > clock.today():
        raise BadInput(_("The period is not over yet; publish the summary afterwards."), "future")
    told = given if given is not None else figures(division, as_of)
    value = parameters.resolver([SUMMARY_TOLERANCE], as_of)(SUMMARY_TOLERANCE, division.path)
    found = problems(told, Decimal(str(value)))
    if found:
        raise RuleBroken(
            _(
                "REG-10: the totals by class, by holder and together differ (%(what)s). "
                "Find the difference first."
            )
            % {"what": "、".join(found)},
            "REG-10",
        )
    try:
        with transaction.atomic():
            made = PublishedSummary.objects.create(
                division=division, period=period, as_of=as_of, published_on=clock.today(), figures=told,
                source=source,
            )  # fmt: skip
    except IntegrityError as error:
        raise BadInput(_("The summary of that period is published already."), "published") from error
    record_act(
        by=by,
        verb="summary_published",
        division=division,
        subject=f"summary:{made.pk}",
        effective_on=as_of,
        source=source,
        after={"period": period, "as_of": as_of.isoformat(), **told["total"]},
    )
    evaluate_subjects(divisions=[division.pk])
    return made
