"""The columns of an inspection's list and of the rectification ledger, with the titles offices give them.

中文：检查反馈问题清单、整改台账的列名对照。The first title is the customary one.
"""

from __future__ import annotations

from registry.codes import FindingOrigin, Role
from registry.readers.table import Field, Table


def _field(name: str, heads: str, kind: str = "text", group: str = "", **more: object) -> Field:
    return Field(name, tuple(heads.split()), kind, group, **more)  # type: ignore[arg-type]


def _words(by_code: dict[str, str]) -> dict[str, str]:
    """The code that each word stands for."""
    return {word: code for code, words in by_code.items() for word in words.split()}


YES, NO = "yes", "no"
WORK = "work"  # columns that may stand under one head, as 整改情况
DONE = _words(
    {
        YES: "是 已完成 完成 已整改 完成整改 已完成整改 整改完成 已销号 销号 已办结 办结 √",
        NO: (
            "否 未完成 整改中 正在整改 推进中 正在推进 持续整改 长期坚持 持续推进 基本完成 部分完成 未整改 "
            "未销号 × 未办结"
        ),
    }
)
# Words in the column of origins, or in a title of the sheet.
ORIGINS = {
    "系统规则": FindingOrigin.RULE,
    "巡察": FindingOrigin.INSPECTION,
    "巡视": FindingOrigin.INSPECTION,
    "审计": FindingOrigin.AUDIT,
    "后评估": FindingOrigin.REVIEW,
    "成效评估": FindingOrigin.REVIEW,
    "考核评估": FindingOrigin.REVIEW,
    "信访": FindingOrigin.PETITION,
    "举报": FindingOrigin.PETITION,
    "投诉": FindingOrigin.PETITION,
}
# Words in the column of bodies that must act.
OFFICES = {
    "财政": Role.FINANCE_OFFICER,
    "财务": Role.FINANCE_OFFICER,
    "经管": Role.FINANCE_OFFICER,
    "三资": Role.FINANCE_OFFICER,
    "自然资源": Role.LAND_OFFICER,
    "国土": Role.LAND_OFFICER,
    "规划": Role.LAND_OFFICER,
    "村委": Role.CLERK,
    "村民委员会": Role.CLERK,
}

FINDINGS = Table(
    kind="findings",
    identity=("text",),
    fields=(
        _field("seq", "序号 编号 问题序号"),
        _field("origin", "问题来源 来源 检查类型 反馈来源"),
        _field("checker", "检查单位 反馈单位 检查部门 巡察组 审计单位 检查组"),
        _field("number", "反馈文号 文号 检查文号 报告文号 文件号 反馈文件"),
        _field("fed_back_on", "反馈日期 反馈时间 检查日期 检查时间 发现时间", "date"),
        _field("problem_kind", "问题类型 问题类别 问题分类"),
        _field(
            "text",
            "具体问题 反馈问题 存在问题 发现问题 问题 问题描述 问题内容 主要问题 问题表现 反馈的具体问题 "
            "存在的问题 发现的问题 存在的具体问题",
        ),
        _field("asset_code", "涉及资产编码 资产编码", "code"),
        _field("asset_name", "涉及资产名称 涉及资产 资产名称 涉及项目 涉及资产编码/资产名称 涉及项目资产"),
        _field("township", "所在乡镇 乡镇 所属乡镇 涉及乡镇 乡（镇）"),
        _field("village", "所在村 村 行政村 涉及村 所属村 村（社区）"),
        _field("body", "责任单位 整改单位 整改责任单位 牵头单位 责任部门 整改主体"),
        _field("person", "责任人 整改责任人 整改负责人 责任领导 具体责任人", group=WORK),
        _field("measure", "整改措施 整改方案 整改举措", group=WORK),
        _field("due_on", "整改时限 完成时限 整改期限 整改完成时限 时限要求 计划完成时间", group=WORK),
        _field(
            "progress", "整改进展 整改情况 整改进度 进展情况 整改落实情况 整改进展情况 整改成效", group=WORK
        ),
        _field(
            "done",
            "是否完成 是否整改 是否完成整改 是否整改到位 是否销号 整改状态 完成情况",
            "choice",
            WORK,
            choices=DONE,
        ),
        _field("done_on", "完成时间 整改完成时间 完成日期 销号时间 销号日期", "date", WORK),
        _field("evidence", "佐证材料 印证材料 支撑材料 整改佐证 佐证", group=WORK),
        _field("remark", "备注 说明"),
        _field("finding", "问题编号 系统编号", "code"),
    ),
)
# The columns that the register fills, whatever the list said.
FILLED = ("person", "measure", "due_on", "progress", "done", "done_on", "evidence")
PROGRESS_COLUMNS = ("measure", "progress", "done", "done_on", "evidence")


def head_of(name: str) -> str:
    """The customary title of a column."""
    return FINDINGS.field(name).heads[0]


def word_in(words: dict[str, str], text: str) -> str:
    """The code of the first word that stands in a text, or nothing."""
    return next((str(code) for word, code in words.items() if word in text), "")


def origin_word(origin: str) -> str:
    """How a list calls where a finding comes from."""
    other = {FindingOrigin.INSPECTION: "巡察反馈", FindingOrigin.OTHER: "其他检查"}
    known = next((word for word, code in ORIGINS.items() if code == origin), "其他检查")
    return other.get(FindingOrigin(origin), known)
