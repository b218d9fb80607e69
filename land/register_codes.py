"""Code lists of the land registers: houses, point supply, idle land, certificates. 中文：用地台账代码"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class HouseState(models.TextChoices):
    """What is being done about a house on farmland. 中文：处置状态"""

    PENDING = "pending", _("to be dealt with")  # 待处置
    LEGALISING = "legalising", _("papers being completed")  # 补办手续中
    LEGALISED = "legalised", _("papers completed")  # 已补办手续
    RECTIFYING = "rectifying", _("rectification under way")  # 整改中
    RESTORED = "restored", _("demolished and cultivated")  # 已拆除复耕


class SupplyState(models.TextChoices):
    """How far a point supply is. 中文：供地状态"""

    APPROVED = "approved", pgettext_lazy("state of a supply", "approved")  # 已批准
    SUPPLIED = "supplied", _("land supplied")  # 已供地
    BUILT = "built", pgettext_lazy("state of a supply", "built")  # 已建成


class IdleKind(models.TextChoices):
    """What lies idle inside a village. 中文：闲置类型"""

    VACANT = "vacant", _("vacant land")  # 空闲地
    HOMESTEAD = "homestead", _("idle homestead")  # 闲置宅基地
    BUILDING = "building", _("idle construction land")  # 闲置建设用地


class IdleState(models.TextChoices):
    """Whether it is used again. 中文：盘活状态"""

    IDLE = "idle", pgettext_lazy("state of idle land", "idle")  # 闲置
    PLANNED = "planned", _("use planned")  # 拟利用
    USED = "used", _("used again")  # 已盘活


class CertificateKind(models.TextChoices):
    """What a certificate is of. 中文：不动产类型"""

    HOMESTEAD = "homestead", _("homestead with house")  # 宅基地及房屋
    COLLECTIVE = "collective", _("collective construction land")  # 集体建设用地


class CertificateState(models.TextChoices):
    """How far the registration is. 中文：登记状态"""

    SURVEYED = "surveyed", _("surveyed, not registered")  # 已调查未登记
    REGISTERED = "registered", _("certificate issued")  # 已登记颁证
    BARRED = "barred", _("cannot be registered")  # 暂不予登记
