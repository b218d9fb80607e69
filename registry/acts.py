"""Named acts: the verb in the book and the sentence people read. Apps register theirs when they load."""

from typing import Any

from django.utils.translation import gettext_lazy as _

VERBS: dict[str, Any] = {
    "unit_registered": _("registered"),  # 登记
    "unit_changed": _("ledger facts changed"),  # 变更登记
    "unit_placed": _("put on the map"),  # 上图
    "unit_state": _("state changed"),  # 状态变更
    "act_annulled": _("act annulled"),  # 撤销办理事项
    "entry_opened": _("entry opened"),  # 登记事项设立
    "entry_ended": _("entry ended"),  # 登记事项终止
    "entry_transferred": _("entry transferred"),  # 登记事项转移
    "entry_corrected": _("entry corrected"),  # 登记事项更正
    "draft_made": _("act drafted"),  # 草拟
    "draft_accepted": _("draft accepted"),  # 受理草拟事项
    "draft_returned": _("draft returned"),  # 退回草拟事项
    "draft_withdrawn": _("draft withdrawn"),  # 撤回草拟事项
    "batch_applied": _("file imported"),  # 文件导入
    "batch_reversed": _("import reversed"),  # 撤销导入
    "finding_taken_up": _("rectification begun"),  # 开始整改
    "finding_noted": _("rectification noted"),  # 记录整改情况
    "finding_assigned": _("finding assigned"),  # 交办问题
    "finding_closed": _("finding closed with evidence"),  # 整改销号
    "finding_waived": _("finding waived until a day"),  # 限期豁免
    "finding_reopened": _("finding reopened"),  # 重新打开问题
    "finding_put_back": _("finding to be verified again"),  # 退回待核实
    "finding_dismissed": _("finding not upheld"),  # 问题不成立
    "finding_entered": _("finding entered from a list"),  # 录入检查反馈问题
    "finding_changed": _("finding changed by its list"),  # 按清单变更问题
    "baseline_planned": _("plan for the baseline set"),  # 制定存量问题整改计划
    "personal_read": _("personal data looked at"),  # 查看个人信息
    "division_changed": _("division changed"),  # 区划变更
    "party_changed": _("party changed"),  # 主体信息变更
    "party_left": _("party has left"),  # 主体离任、注销
    "source_registered": _("document registered"),  # 依据登记
    "source_files_added": _("files added to a document"),  # 补充附件
    "paper_printed": _("paper printed for sealing"),  # 打印文书
    "paper_sealed": _("sealed paper filed"),  # 盖章件归档
    "go_live_set": _("go-live date set"),  # 设定启用日期
    "decision_registered": _("decision registered"),  # 登记议决
    "decision_changed": _("record of a decision changed"),  # 更正议决记录
    "notice_registered": _("public notice registered"),  # 登记公告公示
    "objection_raised": _("objection written down"),  # 登记异议
    "objection_answered": _("objection answered"),  # 答复异议
    "parameter_set": _("parameter set"),  # 设定参数
    "list_exported": _("list with names of persons exported"),  # 导出含个人姓名的列表
    "form_kept": _("form of a higher office set up"),  # 设置上级报表模板
    "form_filled": _("form of a higher office filled"),  # 填报上级报表
    "division_added": _("division added"),  # 新增区划
    "divisions_changed": _("divisions renamed, merged or split"),  # 区划更名、合并、拆分
    "unit_moved": _("moved to another division"),  # 调整所属区划
    "party_registered": _("party registered"),  # 登记主体
    "party_merged": _("records of one party merged"),  # 合并同一主体
    "members_set": _("members and shares set"),  # 登记成员及份额
    "handed_over": _("duties handed over"),  # 交接职责
    "personal_changed": _("personal data changed"),  # 变更个人信息
    "personal_erased": _("personal data erased"),  # 删除个人信息
    "grant_opened": _("role given"),  # 授予岗位
    "grant_ended": _("role ended"),  # 终止授权
    "user_created": _("account opened"),  # 开立账号
    "user_changed": _("account changed"),  # 变更账号
    "user_left": _("account closed"),  # 停用账号
}


def register(verb: str, sentence: Any) -> None:
    """Add a verb; the same verb twice is a mistake."""
    if verb in VERBS:
        raise ValueError(f"act registered twice: {verb}")
    VERBS[verb] = sentence


def sentence(verb: str) -> str:
    """The sentence of a verb in the reader's language."""
    return str(VERBS.get(verb, verb))
