"""Land classes 地类 as dated tables with their scheme: no code is read without its scheme."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.utils.translation import gettext_lazy as _


class Scheme(models.TextChoices):
    """Classification scheme. 中文：地类体系"""

    SURVEY3 = "survey3", _("third survey working classification")  # 三调工作分类
    PLAN2023 = "plan2023", _("planning classification 2023")  # 用地用海分类


class ThreeClass(models.TextChoices):
    """The three classes of the land law. 中文：三大类"""

    AGRICULTURAL = "agricultural", _("agricultural land")  # 农用地
    CONSTRUCTION = "construction", _("construction land")  # 建设用地
    UNUSED = "unused", _("unused land")  # 未利用地


class LandClass(models.Model):
    """One class code of a scheme, for a period. 中文：地类"""

    scheme = models.CharField(_("scheme"), max_length=12, choices=Scheme.choices)  # 体系
    code = models.CharField(_("class code"), max_length=5)  # 地类编码
    name = models.CharField(_("class name"), max_length=60)  # 地类名称
    three_class = models.CharField(
        _("of the three classes"), max_length=14, choices=ThreeClass.choices
    )  # 三大类
    is_farmland = models.BooleanField(_("farmland"), default=False)  # 耕地
    is_paddy = models.BooleanField(_("paddy"), default=False)  # 水田
    valid = DateRangeField(_("validity"))  # 有效期

    class Meta:
        verbose_name = _("land class")
        verbose_name_plural = _("land classes")
        ordering = ["scheme", "code"]
        constraints = [
            ExclusionConstraint(
                name="landclass_one_meaning_a_day",
                expressions=[
                    ("scheme", RangeOperators.EQUAL),
                    ("code", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
