"""What farmland a place must keep, and who answers for it: targets 目标, chiefs 田长, pledges 责任书."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.models.history import tracked
from registry.models.marks import kept, marks
from registry.models.scope import ScopedQuerySet


class TargetKind(models.TextChoices):
    """Kind of a target. 中文：目标类型"""

    PLANNING_END = "planning_end", _("for the end of the planning period")  # 规划期末目标
    ANNUAL = "annual", _("for the year")  # 年度目标


class TargetQuerySet(ScopedQuerySet):
    def in_force(self) -> TargetQuerySet:
        """Targets that were neither replaced nor taken back."""
        return self.filter(annulled=None)


@tracked()
class RetentionTarget(models.Model):
    """The farmland and basic farmland that a division must keep, by a document. 中文：耕地保护目标

    Documents state mu; m² are what the survey gives. A target is not changed: another one takes its place,
    and the act that brought it stands in ``annulled``.
    """

    division = models.ForeignKey(
        "registry.Division", models.PROTECT, related_name="retention_targets", verbose_name=_("division")
    )  # 行政区划
    year = models.PositiveSmallIntegerField(_("year"))  # 目标年份
    kind = models.CharField(_("kind"), max_length=14, choices=TargetKind.choices)  # 目标类型
    retained_mu = models.DecimalField(
        _("farmland to be kept (mu)"), max_digits=14, decimal_places=2, null=True, blank=True
    )  # 耕地保有量
    pbf_mu = models.DecimalField(
        _("permanent basic farmland to be kept (mu)"), max_digits=14, decimal_places=2, null=True, blank=True
    )  # 永久基本农田保护面积
    source = models.ForeignKey(
        "registry.Source", models.PROTECT, related_name="retention_targets", verbose_name=_("source")
    )  # 依据
    batch = models.ForeignKey(
        "registry.ImportBatch", models.PROTECT, null=True, blank=True, related_name="retention_targets"
    )
    annulled = models.ForeignKey(
        "registry.Act", models.PROTECT, null=True, blank=True, related_name="annulled_targets"
    )

    objects = TargetQuerySet.as_manager()

    class Meta:
        verbose_name = _("retention target")
        verbose_name_plural = _("retention targets")
        ordering = ["division_id", "-year", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["division", "year", "kind"],
                condition=Q(annulled=None),
                name="retentiontarget_once",
                violation_error_message=_("This place has a target of this kind for this year."),
            ),
            models.CheckConstraint(
                condition=Q(year__gte=2000, year__lte=2100), name="retentiontarget_year_plausible"
            ),
            models.CheckConstraint(
                condition=(Q(retained_mu__isnull=False) | Q(pbf_mu__isnull=False))
                & (Q(retained_mu=None) | Q(retained_mu__gt=0))
                & (Q(pbf_mu=None) | Q(pbf_mu__gt=0)),
                name="retentiontarget_has_a_figure",
                violation_error_message=_("A target has at least one figure, and each is more than 0."),
            ),
        ]
        triggers = [*marks("division", "division_id"), kept()]

    def __str__(self) -> str:
        return f"{self.division_id} {self.year} {self.kind}"


class AreaQuerySet(ScopedQuerySet):
    pass


class ResponsibilityArea(models.Model):
    """The ground of a division as a registered thing, so that a chief can bear a duty on it. 中文：责任区

    One a division; the unit has no outline of its own, its ground is the division's.
    """

    division = models.OneToOneField(
        "registry.Division",
        models.PROTECT,
        related_name="responsibility_area",
        verbose_name=_("division"),
    )  # 行政区划
    unit = models.OneToOneField(
        "registry.Unit", models.PROTECT, related_name="responsibility_area", verbose_name=_("unit")
    )  # 登记单元

    objects = AreaQuerySet.as_manager()

    class Meta:
        verbose_name = _("responsibility area")
        verbose_name_plural = _("responsibility areas")
        triggers = [*marks("division", "division_id"), kept()]

    def __str__(self) -> str:
        return str(self.unit_id)


class PledgeQuerySet(ScopedQuerySet):
    def in_force(self) -> PledgeQuerySet:
        return self.filter(annulled=None)

    def signed(self) -> PledgeQuerySet:
        """Pledges whose signed and sealed scan is filed."""
        return self.in_force().filter(paper__scan__isnull=False)


@tracked()
class ResponsibilityPledge(models.Model):
    """A yearly pledge of a chief, its figures frozen when it was printed. 中文：耕地保护责任书

    What is signed is the paper; its scan is filed with it (``paper.scan``).
    """

    division = models.ForeignKey(
        "registry.Division", models.PROTECT, related_name="pledges", verbose_name=_("division")
    )  # 行政区划
    year = models.PositiveSmallIntegerField(_("year"))  # 年份
    chief = models.ForeignKey(
        "registry.Party", models.PROTECT, related_name="pledges", verbose_name=_("chief of the farmland")
    )  # 田长
    target = models.ForeignKey(
        RetentionTarget, models.PROTECT, related_name="pledges", verbose_name=_("target")
    )  # 目标
    retained_mu = models.DecimalField(
        _("farmland to be kept (mu)"), max_digits=14, decimal_places=2, null=True, blank=True
    )  # 耕地保有量
    pbf_mu = models.DecimalField(
        _("permanent basic farmland to be kept (mu)"), max_digits=14, decimal_places=2, null=True, blank=True
    )  # 永久基本农田保护面积
    survey_year = models.PositiveSmallIntegerField(_("survey year"), null=True, blank=True)  # 调查年份
    present_m2 = models.DecimalField(
        _("farmland by the survey (m²)"), max_digits=17, decimal_places=2, null=True, blank=True
    )  # 现状耕地面积
    paper = models.OneToOneField(
        "registry.Paper", models.PROTECT, related_name="pledge", verbose_name=_("paper")
    )  # 文书
    annulled = models.ForeignKey(
        "registry.Act", models.PROTECT, null=True, blank=True, related_name="annulled_pledges"
    )

    objects = PledgeQuerySet.as_manager()

    class Meta:
        verbose_name = _("responsibility pledge")
        verbose_name_plural = _("responsibility pledges")
        ordering = ["division_id", "-year", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["division", "year", "chief"],
                condition=Q(annulled=None),
                name="responsibilitypledge_once",
                violation_error_message=_("This chief has a pledge for this year."),
            ),
        ]
        triggers = [*marks("division", "division_id"), kept()]

    def __str__(self) -> str:
        return f"{self.division_id} {self.year}"


class ChiefLevel(models.TextChoices):
    """Level of a farmland chief. 中文：田长级别"""

    FIRST = "first", _("first level (county)")  # 一级田长
    SECOND = "second", _("second level (township)")  # 二级田长
    THIRD = "third", _("third level (village)")  # 三级田长


@tracked()
class ChiefTerm(models.Model):
    """What the duty of a farmland chief has beside its entry: level and office. 中文：田长任期"""

    entry = models.OneToOneField(
        "registry.Entry", models.PROTECT, related_name="chief_term", verbose_name=_("entry")
    )  # 登记事项
    division = models.ForeignKey(
        "registry.Division", models.PROTECT, related_name="chief_terms", verbose_name=_("division")
    )  # 行政区划
    level = models.CharField(_("level"), max_length=6, choices=ChiefLevel.choices)  # 级别
    office = models.CharField(_("office held"), max_length=60, blank=True)  # 职务

    class Meta:
        verbose_name = _("chief's term")
        verbose_name_plural = _("chiefs' terms")
        triggers = [*marks("division", "division_id"), kept()]

    def __str__(self) -> str:
        return f"{self.level} {self.entry_id}"
