"""Named acts: the verb in the book and the sentence people read. Apps register theirs when they load."""

from typing import Any

from django.utils.translation import gettext_lazy as _

VERBS: dict[str, Any] = {
    "unit_registered": _("registered"),  # 登记
    "unit_changed": _("ledger facts changed"),  # 变更登记
    "unit_placed": _("put on the map"),  # 上图
    "unit_state": _("state changed"),  # 状态变更
    "entry_opened": _("entry opened"),  # 登记事项设立
    "entry_ended": _("entry ended"),  # 登记事项终止
    "entry_corrected": _("entry corrected"),  # 登记事项更正
    "batch_applied": _("file imported"),  # 文件导入
    "batch_reversed": _("import reversed"),  # 撤销导入
    "finding_worked": _("finding worked on"),  # 问题处理
    "personal_read": _("personal data looked at"),  # 查看个人信息
    "division_changed": _("division changed"),  # 区划变更
    "party_changed": _("party changed"),  # 主体信息变更
    "party_left": _("party has left"),  # 主体离任、注销
    "go_live_set": _("go-live date set"),  # 设定启用日期
}


def register(verb: str, sentence: Any) -> None:
    """Add a verb; the same verb twice is a mistake."""
    if verb in VERBS:
        raise ValueError(f"act registered twice: {verb}")
    VERBS[verb] = sentence


def sentence(verb: str) -> str:
    """The sentence of a verb in the reader's language."""
    return str(VERBS.get(verb, verb))
