"""The life of an asset 资产全生命周期: what happened to it on which day, and on which evidence."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assets.codes_life import TABLE, LifeAct, Manner, Office
from registry.codes import UnitState
from registry.models.history import tracked
from registry.models.marks import kept, marks
from registry.models.scope import ScopedQuerySet


class LifeStepQuerySet(ScopedQuerySet):
    DIVISION = "unit__division"

    def in_force(self) -> LifeStepQuerySet:
        return self.filter(annulled=None)

    def until(self, day: dt.date) -> LifeStepQuerySet:
        return self.in_force().filter(on__lte=day)


def _of_the_table() -> Q:
    """Only what the table of transitions knows is written: act, state before, state after."""
    known = Q()
    for row in TABLE.values():
        froms = sorted(row.before | row.at_home)
        if row.back is not None:
            answered = TABLE[row.back]
            known |= Q(act=row.act, state_before__in=froms, state__in=sorted(answered.before))
        elif row.after is None:
            known |= Q(act=row.act, state_before__in=froms, state=F("state_before"))
        else:
            known |= Q(act=row.act, state_before__in=froms, state=row.after)
        if row.keeps:
            known |= Q(act=row.act, state_before__in=sorted(row.keeps), state=F("state_before"))
    return known


def _needs(act: LifeAct, condition: Q, name: str, sentence: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=~Q(act=act) | condition, name=f"lifestep_{name}", violation_error_message=sentence
    )


@tracked()
class LifeStep(models.Model):
    """One act in the life of an asset, with what it says and what it rests on. 中文：生命周期事项

    The state of a day is projected from the acts of the book (``written``), never edited; the step holds
    what the act says beyond the state. A wrong step is annulled by another act and stays readable.
    """

    unit = models.ForeignKey("registry.Unit", models.PROTECT, related_name="life", verbose_name=_("unit"))
    act = models.CharField(_("what happened"), max_length=20, choices=LifeAct.choices)  # 事项
    on = models.DateField(pgettext_lazy("of an event", "on the day"))  # 发生日期
    state_before = models.CharField(_("state before"), max_length=20, choices=UnitState.choices)  # 办理前状态
    state = models.CharField(_("state after"), max_length=20, choices=UnitState.choices)  # 办理后状态
    reason = models.CharField(_("reason"), max_length=255, blank=True)  # 原因
    measure = models.CharField(
        pgettext_lazy("for an idle asset", "measure"), max_length=255, blank=True
    )  # 盘活措施
    deadline = models.DateField(
        pgettext_lazy("for an idle asset", "deadline"), null=True, blank=True
    )  # 完成时限
    person = models.ForeignKey(
        "registry.Party",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("responsible person"),
    )  # 责任人
    giver = models.ForeignKey(
        "registry.Party", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("giver")
    )  # 移交方
    receiver = models.ForeignKey(
        "registry.Party",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("receiver"),
    )  # 接收方
    amount = models.DecimalField(
        _("amount (yuan)"), max_digits=14, decimal_places=2, null=True, blank=True
    )  # 金额：结算金额或处置收入
    attended_by = models.CharField(_("who took part"), max_length=120, blank=True)  # 参加验收人员
    use = models.CharField(_("use"), max_length=120, blank=True)  # 用途
    manner = models.CharField(
        _("manner of disposal"), max_length=16, choices=Manner.choices, blank=True
    )  # 处置方式
    office = models.CharField(
        pgettext_lazy("a disposal", "approved by"), max_length=12, choices=Office.choices, blank=True
    )  # 审批环节
    decision = models.ForeignKey(
        "registry.Decision",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decision"),
    )  # 议决记录
    source = models.ForeignKey(
        "registry.Source", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("source")
    )  # 依据
    written = models.OneToOneField("registry.Act", models.PROTECT, related_name="life_step")  # 登记簿记录
    annulled = models.ForeignKey(
        "registry.Act", models.PROTECT, null=True, blank=True, related_name="annulled_life_steps"
    )  # 撤销

    objects = LifeStepQuerySet.as_manager()

    class Meta:
        verbose_name = _("act in the life of an asset")
        verbose_name_plural = _("acts in the life of an asset")
        ordering = ["-on", "-id"]
        indexes = [
            models.Index(fields=["unit", "-on", "-id"], name="lifestep_latest"),
            models.Index(fields=["act", "on"], name="lifestep_act"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=_of_the_table(),
                name="lifestep_of_the_table",
                violation_error_message=_("This act does not follow on that state."),
            ),
            models.CheckConstraint(
                condition=Q(amount=None) | Q(amount__gte=Decimal("0")), name="lifestep_amount_not_negative"
            ),
            _needs(
                LifeAct.PLAN_RECOVERY,
                Q(deadline__gte=F("on"), person__isnull=False) & ~Q(measure=""),
                "plan_whole",
                _("A plan of recovery has its measure, its person and a deadline that is not past."),
            ),
            _needs(
                LifeAct.HAND_OVER,
                Q(giver__isnull=False, receiver__isnull=False) & ~Q(giver=F("receiver")),
                "two_hands",
                _("A handover has a giver and a receiver, and they are two."),
            ),
            _needs(
                LifeAct.APPROVE_DISPOSAL,
                ~Q(office="") & (Q(decision__isnull=False) | Q(source__isnull=False)),
                "approval_on_paper",
                _("An approval says who approves and on which paper."),
            ),
            _needs(
                LifeAct.DISPOSE,
                ~Q(manner="") & Q(amount__isnull=False),
                "proceeds_said",
                _("A disposal says how it was carried out and what it brought; nothing is 0."),
            ),
        ]
        triggers = [*marks("unit", "unit_id"), kept()]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.act} {self.on}"
