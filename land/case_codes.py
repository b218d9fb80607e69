"""Code lists of enforcement cases, and which stage may follow which. 中文：案件代码"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CaseOrigin(models.TextChoices):
    """Where a case comes from. 中文：线索来源"""

    CLUE = "clue", _("clue polygon of monitoring")  # 监测图斑
    REPORT = "report", _("report of a citizen")  # 群众举报
    PATROL = "patrol", _("found on patrol")  # 巡查发现
    FINDING = "finding", _("finding of the register")  # 系统问题
    ASSIGNED = "assigned", _("assigned by a higher office")  # 上级交办


class Stage(models.TextChoices):
    """Stage of a case; the latest step says it. 中文：办理阶段"""

    CLUE_ISSUED = "clue_issued", _("clue issued")  # 线索下发
    ACCEPTED = "accepted", pgettext_lazy("stage of a case", "accepted")  # 已受理
    OFFICE_REVIEW = "office_review", _("checked in the office")  # 内业核查
    FIELD_VERIFIED = "field_verified", _("verified in the field")  # 实地核查
    UNCHANGED = "unchanged", _("not changed on the ground")  # 实地未变化
    LAWFUL = "lawful", _("lawful")  # 合法
    NOT_NEW = "not_new", _("not new")  # 非新增
    SUSPECTED = "suspected", _("suspected")  # 疑似问题
    CONFIRMED = "confirmed", _("confirmed")  # 已认定
    RECTIFYING = "rectifying", pgettext_lazy("stage of a case", "being rectified")  # 整改处置
    REVIEWED = "reviewed", pgettext_lazy("stage of a case", "reviewed")  # 已复核
    CLOSED = "closed", pgettext_lazy("stage of a case", "closed")  # 已销号
    REOPENED = "reopened", pgettext_lazy("stage of a case", "reopened")  # 重新办理


CLEAN = (Stage.UNCHANGED, Stage.LAWFUL, Stage.NOT_NEW)
OUTCOMES = (*CLEAN, Stage.SUSPECTED)
GRAVEST_FIRST = (Stage.SUSPECTED, Stage.NOT_NEW, Stage.LAWFUL, Stage.UNCHANGED)
FOLLOWS: dict[str, tuple[str, ...]] = {
    "": (Stage.CLUE_ISSUED,),
    Stage.CLUE_ISSUED: (Stage.ACCEPTED,),
    Stage.ACCEPTED: (Stage.OFFICE_REVIEW,),
    Stage.OFFICE_REVIEW: (Stage.FIELD_VERIFIED,),
    Stage.FIELD_VERIFIED: (*OUTCOMES, Stage.OFFICE_REVIEW),
    Stage.UNCHANGED: (Stage.RECTIFYING, Stage.OFFICE_REVIEW),
    Stage.LAWFUL: (Stage.RECTIFYING, Stage.OFFICE_REVIEW),
    Stage.NOT_NEW: (Stage.RECTIFYING, Stage.OFFICE_REVIEW),
    Stage.SUSPECTED: (Stage.CONFIRMED, Stage.OFFICE_REVIEW),
    Stage.CONFIRMED: (Stage.RECTIFYING,),
    Stage.RECTIFYING: (Stage.REVIEWED,),
    Stage.REVIEWED: (Stage.CLOSED, Stage.REOPENED),
    Stage.CLOSED: (Stage.REOPENED,),
    Stage.REOPENED: (Stage.OFFICE_REVIEW, Stage.RECTIFYING),
}
AT_WORK = tuple(stage for stage in Stage if stage != Stage.CLOSED)


class Outcome(models.TextChoices):
    """What the field verification says of (a part of) a clue. 中文：核查结论"""

    UNCHANGED = "unchanged", Stage.UNCHANGED.label
    LAWFUL = "lawful", Stage.LAWFUL.label
    NOT_NEW = "not_new", Stage.NOT_NEW.label
    SUSPECTED = "suspected", Stage.SUSPECTED.label


class RectifyMethod(models.TextChoices):
    """How (a part of) a clue was dealt with; every method once a case. 中文：整改方式"""

    PROVEN = "proven", _("shown to be in order")  # 举证无问题
    DEMOLISH_RESTORE = "demolish_restore", _("demolished and cultivated again")  # 拆除复耕
    RESTORE_CULTIVATION = "restore_cultivation", _("cultivation restored")  # 恢复耕种
    QUOTA_DEDUCTED = "quota_deducted", _("deducted from the compensation quota")  # 核减占补指标
    IN_OUT_BALANCE = "in_out_balance", _("in-out balance")  # 进出平衡
    OTHER = "other", pgettext_lazy("method of rectification", "other")  # 其他


class PauseKind(models.TextChoices):
    """Why the clock of a case stands. 中文：不计入期限事由"""

    APPRAISAL = "appraisal", _("appraisal")  # 鉴定
    HEARING = "hearing", _("hearing")  # 听证
    NOTICE = "notice", _("service by public notice")  # 公告送达
