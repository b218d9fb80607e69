"""The signs of the register: for every stored code its word, its sign and its tone.

中文：标识（判定、严重程度、资产状态、管护状态、问题状态）。A badge never speaks by colour alone: tone, sign
and word always come together, and the tones stay apart for colour-blind eyes (tests/registry/test_ui.py).
This is presentation only: which code a thing has is decided by queries and rules.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from registry.codes import BatchState, DraftState, FindingState, Severity, UnitState


@dataclass(frozen=True)
class Badge:
    """How one code is shown. `tone` is a CSS modifier (css/tokens.css), `icon` a symbol of img/icons.svg."""

    word: Any
    icon: str
    tone: str
    hint: Any = ""


# 红线判定, worst first
VERDICTS = {
    "OCCUPIES": Badge(
        _("Occupies basic farmland"), "stop", "alarm", _("Stop: basic farmland is occupied.")
    ),  # 占用
    "INVALID": Badge(
        _("Invalid shape"), "broken", "broken", _("Redraw or repair the shape, then check again.")
    ),
    "NO_DATA": Badge(
        _("No data"), "question", "unknown", _("No data is never a pass: import the layer first.")
    ),
    "REVIEW": Badge(
        _("To be reviewed"), "warning", "act", _("A land officer has to look at this one.")
    ),  # 待复核
    "NOISE": Badge(
        _("Drawing noise"), "noise", "faint", _("A sliver within the accuracy of the survey.")
    ),  # 碎图斑
    "TOUCH": Badge(
        _("Touches the line"), "touch", "faint", _("It meets the line and takes no area.")
    ),  # 相接
    "NONE": Badge(
        _("Clear of the red line"), "done", "good", _("No basic farmland under this shape.")
    ),  # 未占用
}
VERDICT_ORDER = tuple(VERDICTS)

# 严重程度: E refuses the act, F must be rectified, W wants a look, I informs
SEVERITIES = {
    "E": Badge(capfirst(Severity.E.label), "stop", "alarm", _("The act is refused until this is put right.")),
    "F": Badge(capfirst(Severity.F.label), "finding", "todo", _("Somebody has to rectify it.")),
    "W": Badge(capfirst(Severity.W.label), "warning", "act", _("Worth a look; nothing is blocked.")),
    "I": Badge(capfirst(Severity.I.label), "info", "info", _("For information.")),
}


def _of_codes(choices: type, looks: dict[str, tuple[str, str]]) -> dict[str, Badge]:
    """Badges of a code list: the words are those of the list itself."""
    labels = dict(choices.choices)  # type: ignore[attr-defined]
    return {code: Badge(capfirst(labels[code]), icon, tone) for code, (icon, tone) in looks.items()}


# 问题状态
FINDING_STATES = _of_codes(
    FindingState,
    {
        "open": ("finding", "todo"),
        "rectifying": ("tool", "act"),
        "reopened": ("undo", "todo"),
        "waived": ("seal", "calm"),
        "closed": ("done", "good"),
        "dismissed": ("ring", "calm"),
    },
)

OVERDUE = Badge(_("Overdue"), "overdue", "todo")  # 逾期

# 资产状态 (life cycle)
UNIT_STATES = _of_codes(
    UnitState,
    {
        "planned": ("ring", "calm"),
        "building": ("half", "calm"),
        "accepted": ("check", "calm"),
        "vested": ("seal", "calm"),
        "handed_over": ("check", "calm"),
        "in_use": ("done", "good"),
        "idle": ("clock", "act"),
        "inefficient": ("half", "act"),
        "damaged": ("tool", "todo"),
        "recovering": ("undo", "info"),
        "disposal_pending": ("clock", "act"),
        "disposed": ("ring", "unknown"),
        "consumed": ("ring", "unknown"),
        "lost": ("stop", "alarm"),
    },
)

# 管护状态
UPKEEP_STATES = {
    "in_order": Badge(_("Upkeep in order"), "done", "good"),  # 管护正常
    "due": Badge(_("Inspection due"), "clock", "act"),  # 巡查到期
    "overdue": Badge(_("Inspection overdue"), "overdue", "todo"),  # 巡查逾期
    "no_keeper": Badge(_("No keeper"), "no-person", "alarm"),  # 无管护主体
    "keeper_left": Badge(_("Keeper has left"), "no-person", "todo"),  # 管护人离任
    "not_needed": Badge(_("Household's own care"), "home", "calm"),  # 农户自管
    "by_operator": Badge(_("Operator's own care"), "home", "calm"),  # 经营主体自管
}

# 巡查状况
CONDITIONS = {
    "good": Badge(_("In good condition"), "done", "good"),  # 完好
    "fair": Badge(_("In fair condition"), "half", "act"),  # 一般
    "damaged": Badge(_("Damaged"), "tool", "todo"),  # 损坏
    "out_of_use": Badge(_("Out of use"), "stop", "alarm"),  # 停用
}

# 导入批次状态
BATCH_STATES = _of_codes(
    BatchState,
    {
        "staged": ("half", "act"),
        "applied": ("done", "good"),
        "refused": ("stop", "alarm"),
        "reversed": ("undo", "unknown"),
    },
)

# 导入行状态
ROW_STATES = {
    "new": Badge(_("New row"), "plus", "good"),  # 新增
    "accepted": Badge(_("Row accepted"), "check", "good"),  # 通过
    "changed": Badge(_("Row changed"), "edit", "info"),  # 变更
    "unchanged": Badge(_("Row unchanged"), "ring", "calm"),  # 无变化
    "quarantined": Badge(_("Row set aside"), "broken", "broken"),  # 隔离
    "refused": Badge(_("Row refused"), "stop", "alarm"),  # 拒绝
}

# 附件状态
FILE_STATES = {
    "present": Badge(_("File in order"), "done", "good"),  # 文件完好
    "missing": Badge(_("Missing on disk"), "broken", "alarm"),  # 文件缺失
    "altered": Badge(_("Altered on disk"), "broken", "alarm"),  # 文件被改动
    "faulty": Badge(_("Missing or altered"), "broken", "alarm"),  # 文件缺失或被改动
}

# 待盖章文书
PAPER_STATES = {
    "waiting": Badge(_("Waiting for the seal"), "clock", "act"),  # 待盖章
    "sealed": Badge(_("Sealed and filed"), "seal", "good"),  # 已盖章归档
}

# 草拟事项
DRAFT_STATES = _of_codes(
    DraftState,
    {
        "waiting": ("clock", "act"),
        "accepted": ("done", "good"),
        "returned": ("undo", "todo"),
        "withdrawn": ("ring", "unknown"),
    },
)

KINDS: dict[str, dict[str, Badge]] = {
    "draft": DRAFT_STATES,
    "file": FILE_STATES,
    "paper": PAPER_STATES,
    "verdict": VERDICTS,
    "severity": SEVERITIES,
    "finding": FINDING_STATES,
    "unit": UNIT_STATES,
    "upkeep": UPKEEP_STATES,
    "condition": CONDITIONS,
    "batch": BATCH_STATES,
    "row": ROW_STATES,
}
TONES = ("alarm", "todo", "act", "good", "info", "faint", "broken", "unknown", "calm")


def badge_of(kind: str, code: str) -> Badge:
    """The badge of a stored code. An unknown code is shown as it is, in the tone of missing data."""
    return KINDS[kind].get(str(code)) or Badge(word=str(code), icon="question", tone="unknown")
