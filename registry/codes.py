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
    REOPENED = "reopened", _("reopened")  # 重新打开
    WAIVED = "waived", _("waived until a day")  # 限期豁免
    CLOSED = "closed", _("rectified")  # 已整改
    DISMISSED = "dismissed", _("not upheld")  # 不成立


OPEN_STATES = (FindingState.OPEN, FindingState.RECTIFYING, FindingState.REOPENED)
# A waived finding is still true and still the same finding: it only waits for its day.
LIVE_STATES = (*OPEN_STATES, FindingState.WAIVED)


class FindingOrigin(models.TextChoices):
    """Where a finding comes from. 中文：问题来源"""

    RULE = "rule", _("rule of the register")  # 系统规则
    INSPECTION = "inspection", _("discipline inspection")  # 巡察反馈
    AUDIT = "audit", _("audit")  # 审计
    REVIEW = "review", _("evaluation after the transition")  # 后评估
    PETITION = "petition", _("petition or complaint")  # 信访
    OTHER = "other", _("other check")  # 其他检查


class DecisionBody(models.TextChoices):
    """Who decided. 中文：议事决策机构"""

    MEMBERS = "members", _("assembly of the members")  # 成员大会
    MEMBER_REPRESENTATIVES = (
        "member_representatives",
        _("assembly of members' representatives"),
    )  # 成员代表大会
    VILLAGERS = "villagers", _("villagers' meeting")  # 村民会议
    VILLAGER_REPRESENTATIVES = "villager_representatives", _("villagers' representatives")  # 村民代表会议
    TOWNSHIP = "township", _("township government")  # 乡镇人民政府
    COUNTY = "county", _("county government or bureau")  # 县级人民政府及部门


COLLECTIVE_BODIES = (DecisionBody.MEMBERS, DecisionBody.MEMBER_REPRESENTATIVES)
MEETING_BODIES = (*COLLECTIVE_BODIES, DecisionBody.VILLAGERS, DecisionBody.VILLAGER_REPRESENTATIVES)


class Matter(models.IntegerChoices):
    """Matters of the members' assembly (农村集体经济组织法第二十六条, items in its order). 中文：议决事项"""

    CHARTER = 1, _("charter")  # 制定、修改章程
    RULES = 2, _("internal rules")  # 内部管理制度
    MEMBERSHIP = 3, _("membership")  # 确认成员
    ELECTION = 4, _("election of board and supervisors")  # 选举、罢免
    REPORTS = 5, _("reports of board and supervisors")  # 审议工作报告
    PAY = 6, _("pay and appointment of officers")  # 报酬及聘任
    PLANS = 7, _("plans, accounts, distribution of income")  # 规划、预决算、收益分配方案
    QUANTIFICATION = 8, _("contracting of land, quantification of income shares")  # 承包、份额量化方案
    BUILDING_LAND = 9, _("collective building land")  # 集体经营性建设用地
    LAND_COMPENSATION = 10, _("land compensation")  # 土地补偿费
    INVESTMENT = 11, _("investment")  # 投资等重大事项
    MERGER = 12, _("merger or division of the collective")  # 合并、分立
    OTHER = 13, _("other matters of the charter")  # 其他事项


class NoticeKind(models.TextChoices):
    """What a public notice is about. 中文：公告公示类型"""

    INVENTORY = "inventory", _("inventory")  # 资产清查
    RIGHTS = "rights", _("confirmation of rights")  # 确权
    UPKEEP = "upkeep", _("upkeep list")  # 管护清单
    CONTRACT = "contract", _("operation contract")  # 经营合同
    DISTRIBUTION_PLAN = "distribution_plan", _("distribution plan")  # 收益分配方案
    DISTRIBUTION_RESULT = "distribution_result", _("distribution result")  # 收益分配结果
    DISPOSAL = "disposal", pgettext_lazy("kind of a notice", "disposal")  # 资产处置
    ANNUAL = "annual", _("annual publication")  # 年度公告
    FINANCE = "finance", _("financial publication")  # 财务公开


class DraftState(models.TextChoices):
    """State of a draft of a clerk. 中文：草拟状态"""

    WAITING = "waiting", _("waiting for an officer")  # 待受理
    ACCEPTED = "accepted", pgettext_lazy("state of a draft", "accepted")  # 已受理
    RETURNED = "returned", pgettext_lazy("state of a draft", "returned")  # 已退回
    WITHDRAWN = "withdrawn", _("withdrawn")  # 已撤回


class Succession(models.TextChoices):
    """How one division follows another. 中文：区划沿革"""

    RENAMED = "renamed", _("renamed")  # 更名
    MERGED = "merged", pgettext_lazy("a division", "merged")  # 合并
    SPLIT = "split", _("split")  # 拆分


class ShapeNeed(models.TextChoices):
    """Whether a unit has a place on the map. 中文：上图要求"""

    REQUIRED = "required", _("must be on the map")  # 应上图
    OPTIONAL = "optional", _("may be on the map")  # 可上图
    NONE = "none", _("has no place")  # 无图形（权益类）


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
    PUBLIC = "public", _("public")  # 公众


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
