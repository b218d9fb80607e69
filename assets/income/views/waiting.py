"""What the finance workbench says is to be done, each with the page where it is done. 中文：财务待办"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assets.income.models.bank import BankAccount
from assets.income.parameters import EXPIRY_DAYS
from assets.income.queries import waiting
from assets.models import Contract, Distribution
from registry import clock, display
from registry.models import Division, Notice
from registry.rules.notices import RESULT_DAYS
from registry.rules.parameters import resolver
from registry.workbench import Task

SHOWN = 6
WORDS = {
    "decision": gettext_lazy("waits for its decision"),
    "notice": gettext_lazy("its plan is not published"),
    "payment": gettext_lazy("waits for its payments"),
    "result": gettext_lazy("its result is not published"),
}


def waiting_of(
    user: Any,
    division: Division,
    accounts: Sequence[BankAccount],
    reach: waiting.Reach,
    left: waiting.Left,
) -> dict[str, Any]:
    """What the cards show. Four queries, however much there is."""
    today = clock.today()
    resolve = resolver([EXPIRY_DAYS, RESULT_DAYS], today)
    seen = lambda rows: rows.visible_to(user).within(division)  # noqa: E731
    days = int(resolve(EXPIRY_DAYS, division.path))
    stages = waiting.stages(seen(Distribution.objects.in_force()))
    due = waiting.notices_due(seen(Notice.objects.in_force()), today)
    ending = waiting.ending(seen(Contract.objects.all()), today, days)
    months = waiting.months_to_close(accounts, reach, left, today)
    return {
        "ending": [_ending(contract, today) for contract in ending[:SHOWN]], "ending_count": len(ending),
        "stages": [_stage(stage) for stage in stages[:SHOWN]], "stage_count": len(stages),
        "failed": [_failed(stage) for stage in stages if stage.failed],
        "notices": [_notice(notice, _until(notice, resolve), today) for notice in due[:SHOWN]],
        "notice_count": len(due),
        "to_close": months, "ready": sum(1 for one in months if one.ready),
    }  # fmt: skip


def _until(notice: Notice, resolve: Any) -> dt.date:
    """The day by which the result of a plan is published."""
    return notice.closed_on + dt.timedelta(days=int(resolve(RESULT_DAYS, notice.division.path)))


def _ending(contract: Contract, today: dt.date) -> Task:
    left = (contract.term.upper - today).days
    return Task(
        title=f"{contract.number} {contract.title}",
        note=_("last day %(day)s, %(left)s days from now")
        % {"day": display.day(contract.last_day), "left": left},
        url=reverse("contract", args=[contract.pk]), act=_("Look"), sign="calendar",
    )  # fmt: skip


def act_of(stage: waiting.Stage) -> tuple[str, Any]:
    """Where a distribution is brought one step further, and the word for it."""
    made = stage.made
    if stage.waits == "decision":
        return reverse("distribution_approve", args=[made.pk]), _("Approve it")
    if stage.waits == "payment":
        return reverse("distribution_pay", args=[made.pk]), _("Order the payments")
    kind = "distribution_plan" if stage.waits == "notice" else "distribution_result"
    asked = {"kind": kind, "matter": made.number, "division": made.pool.division_id, "title": made.title}
    return f"{reverse('notice_new')}?{urlencode(asked)}", _("Publish")


def next_of(made: Distribution) -> dict[str, Any] | None:
    """What a distribution waits for, as its page says it. Two queries."""
    found = waiting.stages(Distribution.objects.filter(pk=made.pk))
    if not found:
        return None
    url, act = act_of(found[0])
    return {"word": WORDS[found[0].waits], "url": url, "act": act}


def _stage(stage: waiting.Stage) -> Task:
    made, word = stage.made, WORDS[stage.waits]
    return Task(
        title=f"{made.pool.division.name} {made.title}",
        note=f"{word} · {display.money(stage.open)}",
        url=reverse("distribution", args=[made.pk]), act=act_of(stage)[1], sign="people",
    )  # fmt: skip


def _failed(stage: waiting.Stage) -> Task:
    made = stage.made
    return Task(
        title=f"{made.pool.division.name} {made.title}",
        note=_("%(count)s payments came back; %(amount)s are to be ordered again")
        % {"count": stage.failed, "amount": display.money(stage.open)},
        url=reverse("distribution_pay", args=[made.pk]), act=_("Order again"), sign="undo",
    )  # fmt: skip


def _notice(notice: Notice, until: dt.date, today: dt.date) -> Task:
    late = until < today
    word = _("result due on %(day)s, late") if late else _("result due on %(day)s")
    return Task(
        title=f"{notice.division.name} {notice.title}", note=word % {"day": display.day(until)},
        url=reverse("notice", args=[notice.pk]), act=_("Publish the result"),
        sign="overdue" if late else "sheet",
    )  # fmt: skip
