"""Code lists of the kernel. Stored values are lower-case English words; the Chinese label is the term."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Level(models.TextChoices):
    """Level of a division. 中文：行政层级"""

    PROVINCE = "province", _("province")  # 省
    PREFECTURE = "prefecture", _("prefecture")  # 州、市
    COUNTY = "county", _("county")  # 县
    TOWNSHIP = "township", _("township")  # 乡、镇
    VILLAGE = "village", pgettext_lazy("level of a division", "village")  # 行政村
    NATURAL_VILLAGE = "natural_village", _("natural village")  # 自然村


LEVEL_ORDER = [str(level) for level in Level]


class CodeSystem(models.TextChoices):
    """Code system of a division code. Two official lists of this county give one code to two towns."""

    NBS = "nbs", _("statistical code")  # 统计用区划代码
    MCA = "mca", _("civil affairs code")  # 民政部行政区划代码
    SURVEY = "survey", _("land survey code")  # 国土调查坐落单位代码


class PartyKind(models.TextChoices):
    """Kind of a party. 中文：主体类型"""

    GOVERNMENT = "government", _("government or public body")  # 机关事业单位
    VILLAGE_COLLECTIVE = "village_collective", _("village collective economic organisation")  # 村集体经济组织
    VILLAGE_COMMITTEE = "village_committee", _("villagers' committee")  # 村民委员会
    HOUSEHOLD = "household", _("household")  # 农户
    COMPANY = "company", _("company")  # 企业
    COOPERATIVE = "cooperative", _("cooperative")  # 合作社
    PERSON = "person", _("person")  # 个人
    OPERATOR = "operator", _("other operator")  # 其他经营主体
    GROUP = "group", _("group of parties")  # 群体（名单）


PRIVATE_KINDS = frozenset({PartyKind.HOUSEHOLD, PartyKind.PERSON})


class UnitKind(models.TextChoices):
    """Kind of a registered thing. 中文：登记单元类型"""

    ASSET = "asset", _("asset")  # 资产
    PROJECT = "project", _("project")  # 项目
    RELOCATION_SITE = "relocation_site", _("relocation site")  # 易地扶贫搬迁安置点
    PARCEL = "parcel", pgettext_lazy("kind of a unit", "parcel")  # 地块
    CASE = "case", _("case")  # 案件


class UnitState(models.TextChoices):
    """State of a unit: a projection of its acts. 中文：资产状态"""

    PLANNED = "planned", _("planned")  # 计划
    BUILDING = "building", _("under construction")  # 在建
    ACCEPTED = "accepted", pgettext_lazy("state of a unit", "accepted")  # 已验收
    VESTED = "vested", _("rights confirmed")  # 已确权
    HANDED_OVER = "handed_over", _("handed over")  # 已移交
    IN_USE = "in_use", _("in use")  # 在用
    IDLE = "idle", _("idle")  # 闲置
    INEFFICIENT = "inefficient", _("inefficient")  # 低效
    DAMAGED = "damaged", pgettext_lazy("state of a unit", "damaged")  # 损毁
    RECOVERING = "recovering", _("under recovery")  # 盘活中
    DISPOSAL_PENDING = "disposal_pending", _("disposal pending")  # 待处置
    DISPOSED = "disposed", _("disposed")  # 已处置
    CONSUMED = "consumed", _("consumed")  # 已消耗
    LOST = "lost", _("lost")  # 流失


BEFORE_USE = frozenset({UnitState.PLANNED, UnitState.BUILDING})
ENDED = frozenset({UnitState.DISPOSED, UnitState.CONSUMED, UnitState.LOST})
STANDING = frozenset(UnitState) - BEFORE_USE - ENDED


class EntryKind(models.TextChoices):
    """Which of the three facts an entry is (ISO 19152: RRR). 中文：登记事项"""

    RIGHT = "right", _("right")  # 权利
    DUTY = "duty", _("duty")  # 责任
    RESTRICTION = "restriction", _("restriction")  # 限制


class EntryCode(models.TextChoices):
    """What exactly is held. 中文：事项代码"""

    OWNERSHIP = "ownership", _("ownership")  # 所有权
    USE = "use", _("use right")  # 使用权
    OPERATION = "operation", _("operation right")  # 经营权
    INCOME = "income", _("income right")  # 收益权
    DISTRIBUTION = "distribution", _("distribution right")  # 分配权
    DISPOSAL = "disposal", _("disposal right")  # 处置权
    SUPERVISION = "supervision", _("supervision right")  # 监管权
    UPKEEP = "upkeep", _("upkeep duty")  # 管护责任
    CHIEF = "chief", _("farmland chief")  # 田长责任
    ROAD_CHIEF = "road_chief", _("road chief")  # 路长责任
    SUPERVISION_DUTY = "supervision_duty", _("supervision duty")  # 监管责任
    FARMLAND_RED_LINE = "farmland_red_line", _("permanent basic farmland")  # 永久基本农田
    ECOLOGICAL_RED_LINE = "ecological_red_line", _("ecological red line")  # 生态保护红线
    MORTGAGE = "mortgage", _("mortgage")  # 抵押
    EARMARKED_USE = "earmarked_use", _("earmarked use")  # 专项用途


KIND_OF_CODE: dict[str, str] = {
    **dict.fromkeys(
        ["ownership", "use", "operation", "income", "distribution", "disposal", "supervision"], "right"
    ),
    **dict.fromkeys(["upkeep", "chief", "road_chief", "supervision_duty"], "duty"),
    **dict.fromkeys(["farmland_red_line", "ecological_red_line", "mortgage", "earmarked_use"], "restriction"),
}
# On every day the shares of a whole code sum to 0 or 1; an exclusive code has one holder; others are plural.
WHOLE_CODES = ("ownership", "income", "upkeep")
EXCLUSIVE_CODES = ("operation", "distribution", "disposal", "chief")


class Severity(models.TextChoices):
    """Severity of a rule. 中文：严重程度"""

    E = "E", _("refused")  # 拒绝
    F = "F", _("finding")  # 问题
    W = "W", _("warning")  # 预警
    I = "I", _("information")  # 提示  # noqa: E741


class FindingState(models.TextChoices):
    """State of a finding. 中文：问题状态"""

    OPEN = "open", _("to be verified")  # 待核实
    RECTIFYING = "rectifying", _("being rectified")  # 整改中
    CLOSED = "closed", _("rectified")  # 已整改
    DISMISSED = "dismissed", _("not upheld")  # 不成立


OPEN_STATES = (FindingState.OPEN, FindingState.RECTIFYING)


class Reading(models.TextChoices):
    """What a rule read: a shortfall, or no data to judge by. No data is never a pass."""

    FOUND = "found", _("found")  # 不符
    NO_DATA = "no_data", _("no data")  # 无数据


class Role(models.TextChoices):
    """Roles of users. 中文：岗位"""

    ADMIN = "admin", _("administrator")  # 系统管理员
    COUNTY = "county", _("county supervisor")  # 县级主管
    ASSET_MANAGER = "asset_manager", _("asset manager")  # 资产管理员
    LAND_OFFICER = "land_officer", _("land officer")  # 国土员
    FINANCE_OFFICER = "finance_officer", _("finance officer")  # 财务人员
    CLERK = "clerk", _("village clerk")  # 村级文书
    AUDITOR = "auditor", _("auditor")  # 审计人员


class BatchState(models.TextChoices):
    """State of an import batch. 中文：导入批次状态"""

    STAGED = "staged", _("staged")  # 已暂存
    APPLIED = "applied", _("applied")  # 已入账
    REFUSED = "refused", pgettext_lazy("state of a batch", "refused")  # 已拒绝
    REVERSED = "reversed", _("reversed")  # 已撤销


class ShapeMethod(models.TextChoices):
    """How a geometry was taken. 中文：采集方式"""

    SURVEY = "survey", _("survey")  # 测绘
    IMPORTED = "imported", _("imported file")  # 文件导入
    LEDGER = "ledger", _("coordinates of the ledger")  # 台账坐标
    DRAWN = "drawn", _("drawn on screen")  # 图上绘制
    GPS = "gps", _("phone position")  # 手机定位


# Shapes of these origins indicate a place; they do not decide a red-line verdict.
INDICATIVE_METHODS = frozenset({ShapeMethod.DRAWN, ShapeMethod.GPS, ShapeMethod.LEDGER})
