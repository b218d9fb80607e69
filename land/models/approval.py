"""Approvals of conversion and expropriation 农转用、征收批复: what was allowed, and by whom."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from pgtrigger import ReadOnly

from registry.models.history import tracked
from registry.models.marks import kept, marks
from registry.models.scope import ScopedQuerySet

from .balance_triggers import approval_charged_once


class ApprovalKind(models.TextChoices):
    """What an approval allows. 中文：批复类型"""

    CONVERSION = "conversion", _("conversion of agricultural land")  # 农用地转用
    EXPROPRIATION = "expropriation", _("expropriation")  # 土地征收
    BOTH = "both", _("conversion and expropriation")  # 农用地转用和土地征收


class ApprovalLevel(models.TextChoices):
    """Who approved. 中文：批准机关级别"""

    STATE_COUNCIL = "state_council", _("State Council")  # 国务院
    PROVINCE = "province", _("provincial government")  # 省级人民政府
    PREFECTURE = "prefecture", _("prefecture government")  # 州市人民政府
    COUNTY = "county", _("county government")  # 县级人民政府


class ProjectTag(models.TextChoices):
    """What a project is for; the special quota serves the first two alone. 中文：项目类别"""

    CONSOLIDATION = "consolidation", _("consolidating poverty relief")  # 巩固拓展脱贫攻坚成果
    REVITALISATION = "revitalisation", _("rural revitalisation")  # 乡村振兴
    OTHER = "other", _("other project")  # 其他项目


SPECIAL_TAGS = frozenset({ProjectTag.CONSOLIDATION, ProjectTag.REVITALISATION})


class FarmlandBasis(models.TextChoices):
    """On what basis basic farmland is occupied. 中文：占用永久基本农田依据"""

    ORDINARY = "ordinary", _("ordinary project")  # 一般项目
    NATIONAL = "national", _("national key project")  # 国家重大建设项目
    POVERTY = "poverty", _("pre-review privilege of poverty counties")  # 脱贫县用地预审特例


class ApprovalQuerySet(ScopedQuerySet):
    def in_force(self) -> ApprovalQuerySet:
        return self.filter(annulled=None)


def area(label: object, **kwargs: object) -> models.DecimalField:
    """An area in m² with two decimals."""
    return models.DecimalField(label, max_digits=15, decimal_places=2, **kwargs)  # type: ignore[arg-type]


def grade(label: object, **kwargs: object) -> models.DecimalField:
    """An area-weighted quality grade; 1 is the best."""
    return models.DecimalField(label, max_digits=4, decimal_places=2, null=True, blank=True, **kwargs)  # type: ignore[arg-type]


@tracked()
class ConversionApproval(models.Model):
    """An approval with its areas by class. 中文：农转用、征收批复

    ``new_construction_m2`` is what the quota bears: agricultural and unused land that becomes construction
    land; nothing where land is expropriated without being converted. ``linkage_m2`` of it is borne by the
    linked increase and decrease of ``linkage`` and by no account.
    """

    division = models.ForeignKey(
        "registry.Division", models.PROTECT, related_name="conversion_approvals", verbose_name=_("division")
    )  # 行政区划
    approval_no = models.CharField(_("approval number"), max_length=120)  # 批准文号
    kind = models.CharField(_("kind"), max_length=16, choices=ApprovalKind.choices)  # 批复类型
    level = models.CharField(_("approved by"), max_length=16, choices=ApprovalLevel.choices)  # 批准机关级别
    approved_on = models.DateField(_("approved on"))  # 批准日期
    project_name = models.CharField(_("project"), max_length=200)  # 项目名称
    tag = models.CharField(_("project category"), max_length=16, choices=ProjectTag.choices)  # 项目类别
    unit = models.ForeignKey(
        "registry.Unit",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="conversion_approvals",
        verbose_name=_("registered thing"),
    )  # 登记单元
    farmland_m2 = area(_("farmland (m²)"), default=0)  # 耕地
    paddy_m2 = area(_("of it paddy (m²)"), default=0)  # 其中水田
    pbf_m2 = area(_("of it permanent basic farmland (m²)"), default=0)  # 其中永久基本农田
    other_agri_m2 = area(_("other agricultural land (m²)"), default=0)  # 其他农用地
    unused_m2 = area(_("unused land (m²)"), default=0)  # 未利用地
    construction_m2 = area(_("construction land (m²)"), default=0)  # 建设用地
    new_construction_m2 = area(_("new construction land (m²)"))  # 新增建设用地
    basis = models.CharField(
        _("basis for basic farmland"), max_length=16, choices=FarmlandBasis.choices, default="ordinary"
    )  # 占用永久基本农田依据
    basis_no = models.CharField(_("number of the basis"), max_length=120, blank=True)  # 依据文号
    basis_on = models.DateField(_("date of the basis"), null=True, blank=True)  # 依据日期
    linkage = models.ForeignKey(
        "land.LinkageProject",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="approvals",
        verbose_name=_("linkage project"),
    )  # 增减挂钩项目区
    linkage_m2 = area(_("borne by the linkage project (m²)"), default=0)  # 使用挂钩周转指标
    source = models.ForeignKey(
        "registry.Source", models.PROTECT, related_name="+", verbose_name=_("document")
    )  # 依据
    batch = models.ForeignKey("registry.ImportBatch", models.PROTECT, null=True, blank=True, related_name="+")
    annulled = models.ForeignKey("registry.Act", models.PROTECT, null=True, blank=True, related_name="+")

    objects = ApprovalQuerySet.as_manager()

    class Meta:
        verbose_name = _("land approval")
        verbose_name_plural = _("land approvals")
        ordering = ["-approved_on", "-id"]
        indexes = [models.Index(fields=["division", "approved_on"], name="approval_scope")]
        constraints = [
            models.UniqueConstraint(
                fields=["division", "approval_no", "kind"],
                condition=Q(annulled=None),
                name="approval_once",
                violation_error_message=_("This approval is registered already."),
            ),
            models.CheckConstraint(
                condition=Q(farmland_m2__gte=0, paddy_m2__gte=0, pbf_m2__gte=0, other_agri_m2__gte=0)
                & Q(unused_m2__gte=0, construction_m2__gte=0, linkage_m2__gte=0)
                & Q(paddy_m2__lte=F("farmland_m2"), pbf_m2__lte=F("farmland_m2")),
                name="approval_areas_fit",
                violation_error_message=_("Paddy and basic farmland are part of the farmland."),
            ),
            models.CheckConstraint(
                condition=Q(kind="expropriation", new_construction_m2=0)
                | (
                    ~Q(kind="expropriation")
                    & Q(new_construction_m2=F("farmland_m2") + F("other_agri_m2") + F("unused_m2"))
                ),
                name="approval_new_construction",
            ),
            models.CheckConstraint(
                condition=Q(linkage_m2=0)
                | Q(linkage__isnull=False, linkage_m2__lte=F("new_construction_m2")),
                name="approval_linkage_fits",
            ),
        ]
        triggers = [
            *marks("place", "division_id"),
            ReadOnly(name="append_only", exclude=["annulled"]),
            approval_charged_once("id"),
            kept(),
        ]

    def __str__(self) -> str:
        return f"{self.approval_no} {self.project_name}"

    @property
    def total_m2(self) -> Decimal:
        """All the land of the approval."""
        return self.farmland_m2 + self.other_agri_m2 + self.unused_m2 + self.construction_m2

    @property
    def borne_by_quota_m2(self) -> Decimal:
        """What accounts must bear of it."""
        return self.new_construction_m2 - self.linkage_m2

    @property
    def converts(self) -> bool:
        return self.kind != ApprovalKind.EXPROPRIATION

    @property
    def expropriates(self) -> bool:
        return self.kind != ApprovalKind.CONVERSION
