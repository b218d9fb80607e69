"""What may be done with a finding in which state: the one table of moves. 中文：问题办理流程"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.codes import LIVE_STATES, OPEN_STATES, FindingState


class FindingAct(models.TextChoices):
    """What an officer does with a finding. 中文：办理方式"""

    TAKE_UP = "take_up", _("Take it up")  # 开始整改
    NOTE = "note", _("Write a note")  # 记录进展
    ASSIGN = "assign", _("Assign it")  # 交办
    CLOSE = "close", _("Close with evidence")  # 整改销号
    WAIVE = "waive", _("Waive until a day")  # 限期豁免
    PUT_BACK = "put_back", _("Back to be verified")  # 退回待核实
    DISMISS = "dismiss", _("It is not upheld")  # 问题不成立
    REOPEN = "reopen", _("Reopen")  # 重新打开


@dataclass(frozen=True)
class Move:
    """One act: the permission, the states from which it leads, the state to which (None: it stays), the
    verb that stands in the book."""

    verb: str
    states: tuple[str, ...]
    to: FindingState | None
    word: str


ENDED_STATES = (FindingState.CLOSED, FindingState.DISMISSED)
MOVES: dict[str, Move] = {
    FindingAct.TAKE_UP: Move(
        "work_finding",
        (FindingState.OPEN, FindingState.REOPENED),
        FindingState.RECTIFYING,
        "finding_taken_up",
    ),
    FindingAct.NOTE: Move("note_finding", LIVE_STATES, None, "finding_noted"),
    FindingAct.ASSIGN: Move("direct_finding", OPEN_STATES, None, "finding_assigned"),
    FindingAct.CLOSE: Move("work_finding", LIVE_STATES, FindingState.CLOSED, "finding_closed"),
    FindingAct.WAIVE: Move("waive_finding", LIVE_STATES, FindingState.WAIVED, "finding_waived"),
    FindingAct.PUT_BACK: Move(
        "work_finding", (FindingState.RECTIFYING,), FindingState.OPEN, "finding_put_back"
    ),
    FindingAct.DISMISS: Move("work_finding", OPEN_STATES, FindingState.DISMISSED, "finding_dismissed"),
    FindingAct.REOPEN: Move(
        "direct_finding", (*ENDED_STATES, FindingState.WAIVED), FindingState.REOPENED, "finding_reopened"
    ),
}
