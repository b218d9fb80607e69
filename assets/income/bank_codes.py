"""Code lists of bank accounts, lines and matches. 中文：账户与对账代码"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.codes import PartyKind

PRIVATE_HOLDERS = (PartyKind.PERSON, PartyKind.HOUSEHOLD)  # a natural person stands behind the account


class AccountKind(models.TextChoices):
    """Kind of a bank account. 中文：账户性质"""

    BASIC = "basic", _("basic account")  # 基本存款账户
    GENERAL = "general", _("general account")  # 一般存款账户
    SPECIAL = "special", _("special account")  # 专用存款账户
    ENTRUSTED = "entrusted", _("account kept by the township for villages")  # 村账乡代管账户
    PERSONAL = "personal", _("personal account")  # 个人结算账户


class MatchKind(models.TextChoices):
    """What a part of a bank line is for. 中文：款项性质"""

    DUE = "due", _("settles a receivable")  # 收回应收
    ADVANCE = "advance", _("advance for a contract")  # 预收
    DEPOSIT = "deposit", _("deposit of a contract")  # 押金
    REFUND = "refund", _("paid back to the payer")  # 退款
    REVERSAL = "reversal", _("reverses another line")  # 冲正
    PAYMENT = "payment", _("payment of a distribution")  # 分配付款
    RETURNED = "returned", _("payment that came back")  # 退票
    INTEREST = "interest", _("interest of the bank")  # 利息
    FEE = "fee", _("fee of the bank")  # 手续费
    COST = "cost", _("upkeep and operating cost")  # 管护经营支出
    TAX = "tax", _("tax")  # 税费
    GRANT = "grant", _("grant of an office")  # 财政补助
    TRANSFER = "transfer", _("between own accounts")  # 内部转账
    OTHER = "other", _("other")  # 其他


WITHOUT_DUE = (
    MatchKind.PAYMENT,
    MatchKind.RETURNED,
    MatchKind.INTEREST,
    MatchKind.FEE,
    MatchKind.COST,
    MatchKind.TAX,
    MatchKind.GRANT,
    MatchKind.TRANSFER,
    MatchKind.OTHER,
)  # what a person says of a line that settles nothing of a contract


class MatchRule(models.TextChoices):
    """By which rule a match was made; a match says why it stands. 中文：匹配依据"""

    MEMO_PERIOD = "memo_period", _("the memo names contract and period")  # 附言载明合同与期间
    MEMO_CONTRACT = "memo_contract", _("the memo names the contract; its oldest open due has this amount")
    # 附言载明合同，金额与最早到期一致
    MEMO_SEVERAL = "memo_several", _("the memo names these dues, and they add up")  # 附言载明多期且合计一致
    MEMO_PART = "memo_part", _("the memo names contract and a part payment")  # 附言载明部分付款
    PAYER_AMOUNT = "payer_amount", _("payer, amount and window fit one contract alone")
    # 付款人、金额、期间唯一一致
    PAYMENT_RUN = "payment_run", _("the memo names the batch, or payee and account are those of the payment")
    # 附言载明付款批次，或户名账号一致
    REVERSED = "reversed", _("the bank reverses a line of the same amount")  # 银行冲正
    PERSON = "person", _("settled by a person")  # 人工确认
    CORRECTION = "correction", _("correction of a closed month")  # 已结账月份更正
