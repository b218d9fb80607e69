"""Code lists of stocktakes: how far a campaign is, what was found, how it differs, how that was settled.

中文：清查盘点代码
"""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assets.codes import Condition
from registry.codes import UnitState


class CampaignState(models.TextChoices):
    """How far a campaign is. 中文：清查进度"""

    OPENING = "opening", _("list being frozen")  # 生成清单
    COUNTING = "counting", _("being counted")  # 清点中
    SETTLING = "settling", _("differences being settled")  # 处理差异
    CLOSED = "closed", pgettext_lazy("stocktake", "closed")  # 已结束


STEPS = {
    CampaignState.OPENING: (CampaignState.COUNTING,),
    CampaignState.COUNTING: (CampaignState.SETTLING,),
    CampaignState.SETTLING: (CampaignState.CLOSED,),
    CampaignState.CLOSED: (),
}
RUNNING = (CampaignState.COUNTING, CampaignState.SETTLING)


class Found(models.TextChoices):
    """What the counter saw. 中文：清查结果"""

    PRESENT = "present", _("it is there")  # 在
    ABSENT = "absent", _("absent")  # 不在
    UNREACHED = "unreached", _("not reached")  # 未到现场


class Difference(models.TextChoices):
    """In what a count differs from the frozen list. 中文：差异类型"""

    MISSING = "missing", pgettext_lazy("at a stocktake", "missing")  # 盘亏
    SURPLUS = "surplus", _("surplus")  # 盘盈
    QUANTITY = "quantity", _("other quantity")  # 数量不符
    CONDITION = "condition", _("other condition")  # 状况不符
    POSITION = "position", _("elsewhere")  # 位置不符
    UNREACHED = "unreached", _("not reached")  # 未核到


class Means(models.TextChoices):
    """The act that settles a difference. 中文：处理方式"""

    ADJUST = "adjust", _("adjust the ledger")  # 调整台账
    PLACE = "place", _("correct the position")  # 更正位置
    LOST = "lost", _("report it lost")  # 报告流失
    REGISTER = "register", _("register it")  # 补登入账
    EXPLAIN = "explain", _("explain it")  # 说明原因


MEANS_OF: dict[str, tuple[str, ...]] = {
    Difference.MISSING: (Means.LOST, Means.EXPLAIN),
    Difference.SURPLUS: (Means.REGISTER, Means.EXPLAIN),
    Difference.QUANTITY: (Means.ADJUST, Means.EXPLAIN),
    Difference.CONDITION: (Means.ADJUST, Means.EXPLAIN),
    Difference.POSITION: (Means.PLACE, Means.EXPLAIN),
    Difference.UNREACHED: (Means.EXPLAIN,),
}
# What the ledger may say of a thing that was found in a condition: anything else is a difference.
STATES_OF_CONDITION: dict[str, tuple[str, ...]] = {
    Condition.DAMAGED: (UnitState.DAMAGED, UnitState.DISPOSAL_PENDING),
    Condition.OUT_OF_USE: (
        UnitState.IDLE, UnitState.DAMAGED, UnitState.RECOVERING, UnitState.DISPOSAL_PENDING,
    ),
}  # fmt: skip
SOUND = (Condition.GOOD, Condition.FAIR)  # of these the ledger may say anything but damaged
STATE_AFTER: dict[str, str] = {
    Condition.GOOD: UnitState.IN_USE,
    Condition.FAIR: UnitState.IN_USE,
    Condition.DAMAGED: UnitState.DAMAGED,
    Condition.OUT_OF_USE: UnitState.IDLE,
}
