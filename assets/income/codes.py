"""Code lists of contracts and distributions. 中文：合同与分配代码"""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ContractMode(models.TextChoices):
    """How an asset earns. 中文：经营方式"""

    CONTRACTING = "contracting", _("contracting")  # 承包
    LEASE = "lease", _("lease")  # 租赁
    EQUITY = "equity", _("equity")  # 入股
    ENTRUSTED = "entrusted", _("entrusted operation")  # 托管（委托经营）
    OWN_OPERATION = "own_operation", _("own operation")  # 自营
    DEBT = "debt", _("lent money")  # 债权（资金借出）


BY_OTHERS = (
    ContractMode.CONTRACTING, ContractMode.LEASE, ContractMode.EQUITY, ContractMode.ENTRUSTED,
)  # fmt: skip


class DueKind(models.TextChoices):
    """What a due is for. 中文：应收款项类型"""

    FEE = "fee", _("contracting fee")  # 承包费
    RENT = "rent", _("rent")  # 租金
    GUARANTEED = "guaranteed", _("guaranteed minimum")  # 保底收益
    DIVIDEND = "dividend", _("dividend")  # 分红
    MANAGEMENT = "management", _("income of entrusted operation")  # 托管收益
    PROFIT = "profit", _("profit of own operation")  # 自营收益
    INTEREST = "interest", _("interest")  # 利息
    PRINCIPAL = "principal", _("principal")  # 本金


KIND_OF_MODE: dict[str, str] = {
    ContractMode.CONTRACTING: DueKind.FEE,
    ContractMode.LEASE: DueKind.RENT,
    ContractMode.EQUITY: DueKind.GUARANTEED,
    ContractMode.ENTRUSTED: DueKind.MANAGEMENT,
    ContractMode.OWN_OPERATION: DueKind.PROFIT,
}


class Rhythm(models.IntegerChoices):
    """Months that one due covers. 中文：收款周期"""

    ONCE = 0, _("once for the whole term")  # 一次性
    MONTH = 1, _("monthly")  # 按月
    QUARTER = 3, _("quarterly")  # 按季
    HALF_YEAR = 6, _("half-yearly")  # 按半年
    YEAR = 12, _("yearly")  # 按年


class Timing(models.TextChoices):
    """When the due of a period falls. 中文：先付后付"""

    ADVANCE = "advance", _("in advance")  # 先付
    ARREARS = "arrears", _("in arrears")  # 后付


class Repayment(models.TextChoices):
    """How lent money comes back. 中文：还本方式"""

    AT_END = "at_end", _("principal at the end")  # 到期还本
    EQUAL_PARTS = "equal_parts", _("principal in equal parts")  # 等额本金


class AmendmentKind(models.TextChoices):
    """What changes a signed contract. 中文：合同变更类型"""

    AMOUNT = "amount", _("amount changed")  # 变更金额
    INDEXED = "indexed", _("amount indexed")  # 指数调整
    TERM = "term", _("term changed")  # 变更期限
    TERMINATED = "terminated", _("terminated early")  # 提前终止


class IncomeUse(models.TextChoices):
    """What income is used for. 中文：收益用途

    The five uses of the policy, and the costs that come before them (运行成本). ``OTHER`` is what a file
    says that is none of them; INC-07 finds it.
    """

    UPKEEP = "upkeep", _("operation and upkeep of projects")  # 项目运行管护
    CONSOLIDATION = "consolidation", _("consolidating the results of poverty relief")  # 巩固拓展脱贫攻坚成果
    VILLAGE_WELFARE = "village_welfare", _("public works of the village")  # 村级公益事业
    MEMBERS = "members", _("distribution to members")  # 成员分配
    RESERVE = "reserve", _("reserve and welfare fund")  # 公积公益金
    COST = "cost", _("operating cost")  # 经营成本
    TAX = "tax", _("tax")  # 税费
    LAND_RENT = "land_rent", _("rent of land")  # 土地租金
    INSURANCE = "insurance", _("insurance")  # 保险费
    DEBT_SERVICE = "debt_service", _("debt service")  # 偿还债务
    OTHER = "other", _("other use")  # 其他用途


ALLOWED_USES = frozenset(IncomeUse) - {IncomeUse.OTHER}


class LineBasis(models.TextChoices):
    """Why a payee gets what he gets. 中文：分配依据"""

    SHARE = "share", _("quantified share")  # 量化份额
    POST = "post", _("public-welfare post")  # 公益性岗位
    LABOUR = "labour", _("paid labour")  # 劳务报酬
    REWARD = "reward", _("reward or support with a reason")  # 奖励补助
    EQUAL = "equal", _("equal amount a head")  # 平均分配
    VILLAGE = "village", _("receiving village")  # 受益村
    WORKS = "works", _("public works")  # 公益项目


class PoolFigure(models.TextChoices):
    """What goes into the account of a pool. 中文：收益池科目"""

    RECEIVED = "received", _("received without a bank line here")  # 未经本系统流水的收入
    COST = "cost", _("upkeep and operating cost")  # 管护经营支出
    TAX = "tax", pgettext_lazy("figure of a pool", "tax")  # 税费
    LOSS = "loss", _("loss carried forward")  # 结转亏损


class PaymentState(models.TextChoices):
    """State of a payment. 中文：付款状态"""

    ORDERED = "ordered", _("ordered from the bank")  # 已提交银行
    PAID = "paid", _("paid")  # 已支付
    FAILED = "failed", pgettext_lazy("state of a payment", "came back")  # 退票


class LinkKind(models.TextChoices):
    """How an asset helps farmers. 中文：联农带农方式"""

    DIVIDEND = "dividend", _("dividend")  # 收益分红
    JOBS = "jobs", _("jobs")  # 带动就业
    PURCHASE = "purchase", _("purchase of produce")  # 订单收购
    COOPERATION = "cooperation", _("cooperation")  # 合作经营
    LEASED_LAND = "leased_land", _("rent of land")  # 土地流转


class IncomeSource(models.TextChoices):
    """What the income of a collective comes from. 中文：村集体收入来源

    The modes of contracts; what pools of others gave it; and what is no operating income (``BESIDE``).
    """

    CONTRACTING = "contracting", _("contracting")  # 发包收入
    LEASE = "lease", _("lease")  # 租赁收入
    EQUITY = "equity", _("equity")  # 入股分红
    ENTRUSTED = "entrusted", _("entrusted operation")  # 托管收益
    OWN_OPERATION = "own_operation", _("own operation")  # 自营收益
    DEBT = "debt", _("interest of lent money")  # 借出资金利息
    POOLED = "pooled", _("share in pooled income")  # 统筹分配收入
    GRANT = "grant", _("grant of an office")  # 财政补助
    INTEREST = "interest", _("interest of the bank")  # 存款利息
    OTHER = "other", _("other")  # 其他收入


BESIDE = (IncomeSource.GRANT, IncomeSource.INTEREST, IncomeSource.OTHER)  # 非经营性收入
