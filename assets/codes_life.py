"""The life of an asset 资产全生命周期: its acts, and the table of what may follow what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from assets.codes import AssetClass
from registry.codes import STANDING, UnitState

S = UnitState
ALL = frozenset(AssetClass)
NOT_HOUSEHOLD = frozenset({AssetClass.OPERATING, AssetClass.PUBLIC_WELFARE})
HOUSEHOLD = frozenset({AssetClass.HOUSEHOLD})


class LifeAct(models.TextChoices):
    """What happens to an asset on a day. 中文：生命周期事项"""

    BUILD = "build", _("building begun")  # 开工建设
    ACCEPT = "accept", _("acceptance passed")  # 竣工验收
    CONFIRM_RIGHTS = "confirm_rights", _("rights confirmed by notice and paper")  # 确权
    HAND_OVER = "hand_over", _("handed over by list")  # 移交
    PUT_IN_USE = "put_in_use", _("put into service")  # 投入使用
    REPORT_IDLE = "report_idle", _("found idle")  # 报告闲置
    REPORT_INEFFICIENT = "report_inefficient", _("found inefficient")  # 报告低效
    REPORT_DAMAGE = "report_damage", _("damage reported")  # 报告损毁
    PLAN_RECOVERY = "plan_recovery", _("plan of recovery set")  # 制定盘活方案
    RECOVER = "recover", _("back in use")  # 恢复使用
    REPORT_MISUSE = "report_misuse", _("another use found than approved")  # 发现改变用途
    SETTLE_USE = "settle_use", _("use approved or restored")  # 用途获批或恢复
    REQUEST_DISPOSAL = "request_disposal", _("disposal requested")  # 申请处置
    APPROVE_DISPOSAL = "approve_disposal", _("disposal approved")  # 处置审批
    REFUSE_DISPOSAL = "refuse_disposal", _("disposal refused or withdrawn")  # 处置不予批准、撤回
    DISPOSE = "dispose", _("disposal carried out")  # 执行处置
    WRITE_OFF = "write_off", _("written off")  # 核销
    BOOK_PROCEEDS = "book_proceeds", _("proceeds booked")  # 处置收入入账
    LEAVE_OUT = "leave_out", _("declared outside the scope")  # 认定不纳入范围
    REPORT_RUIN = "report_ruin", _("ruin reported to the authority")  # 向主管部门报告报废
    CONSUME = "consume", _("used up")  # 自然消耗
    REPORT_LOST = "report_lost", _("loss reported")  # 报告流失
    FIND_AGAIN = "find_again", _("found again")  # 追回


class Manner(models.TextChoices):
    """How an asset was disposed of. 中文：处置方式"""

    SALE = "sale", _("sold")  # 出售
    TRANSFER = "transfer", _("transferred without payment")  # 无偿划转
    EXCHANGE = "exchange", _("exchanged")  # 置换
    DONATION = "donation", _("donated")  # 捐赠
    DEMOLITION = "demolition", _("demolished")  # 拆除
    SCRAP = "scrap", _("scrapped")  # 报废
    DESTROYED = "destroyed", _("destroyed by disaster")  # 灾毁


SOLD = (Manner.SALE, Manner.TRANSFER, Manner.EXCHANGE, Manner.DONATION)
GONE = (Manner.DEMOLITION, Manner.SCRAP, Manner.DESTROYED)
MANNERS = {LifeAct.DISPOSE: SOLD, LifeAct.WRITE_OFF: GONE}  # what an act may say


class ProceedsUse(models.TextChoices):
    """What proceeds of a disposal are for. 中文：处置收入用途"""

    CONSOLIDATION = "consolidation", _("consolidation of poverty relief")  # 巩固拓展脱贫攻坚成果
    UPKEEP = "upkeep", _("operation and upkeep of projects")  # 项目运行管护
    WELFARE = "welfare", _("public welfare of the village")  # 村级公益事业
    RESERVE = "reserve", _("reserve and welfare fund")  # 公积公益金
    NEW_ASSET = "new_asset", _("another asset of the owner")  # 再投入形成资产
    OTHER = "other", _("something else")  # 其他用途


class Office(models.TextChoices):
    """Who approves a disposal. 中文：审批环节"""

    VILLAGERS = "villagers", _("villagers' resolution")  # 村民（成员）决议
    TOWNSHIP = "township", _("township government")  # 乡镇人民政府
    SECTOR = "sector", _("sector department")  # 行业主管部门
    FINANCE = "finance", _("finance department")  # 财政部门


IN_HANDS = frozenset({S.VESTED, S.HANDED_OVER, S.IN_USE, S.IDLE, S.INEFFICIENT, S.DAMAGED, S.RECOVERING})
AT_WORK = frozenset({S.HANDED_OVER, S.IN_USE, S.IDLE, S.INEFFICIENT, S.RECOVERING})
LASTING = STANDING - {S.DISPOSAL_PENDING}


@dataclass(frozen=True, kw_only=True)
class Transition:
    """One act of the table.

    ``before``: the states in which it may happen. ``after``: the state it leads to; None leaves the state as
    it is; ``back`` leads to the state that held before the act it answers (refused: requested; found: lost).
    ``keeps``: states in which it happens without changing them. ``at_home``: where a household's own asset
    may be in other states (it disposes of it itself). ``needs``: the permission of who does it.
    ``asks``: the fields of its form (``choices``: the words one of them may be); those in ``must`` have to be
    filled. ``paper``: it rests on a document.
    """

    act: LifeAct
    before: frozenset[UnitState]
    after: UnitState | None = None
    back: LifeAct | None = None
    keeps: frozenset[UnitState] = frozenset()
    at_home: frozenset[UnitState] = frozenset()
    classes: frozenset[AssetClass] = ALL
    needs: str = "register_unit"
    asks: tuple[str, ...] = ()
    must: tuple[str, ...] = ()
    paper: bool = False
    reason: bool = False
    icon: str = "edit"
    choices: Mapping[str, Any] = field(default_factory=dict)

    def target(self, state: str) -> str | None:
        """The state after the act in a state; None where the act goes back to an earlier one."""
        if self.back is not None:
            return None
        return state if state in self.keeps or self.after is None else str(self.after)

    def states(self, asset_class: str) -> frozenset[UnitState]:
        """The states in which it may happen to an asset of a class."""
        if asset_class not in self.classes:
            return frozenset()
        if self.at_home and asset_class == AssetClass.HOUSEHOLD:
            return self.at_home
        return self.before | self.keeps


TABLE: dict[str, Transition] = {
    str(row.act): row
    for row in (
        Transition(act=LifeAct.BUILD, before=frozenset({S.PLANNED}), after=S.BUILDING, paper=True,
                   icon="tool"),
        Transition(act=LifeAct.ACCEPT, before=frozenset({S.BUILDING}), after=S.ACCEPTED, paper=True,
                   asks=("amount", "attended_by"), must=("amount",), icon="check"),
        Transition(act=LifeAct.CONFIRM_RIGHTS, before=frozenset({S.ACCEPTED}), after=S.VESTED,
                   keeps=LASTING - {S.ACCEPTED}, paper=True, icon="seal"),
        Transition(act=LifeAct.HAND_OVER, before=frozenset({S.VESTED}), after=S.HANDED_OVER,
                   keeps=LASTING - {S.VESTED, S.ACCEPTED}, paper=True,
                   asks=("giver", "receiver", "party_kind"), must=("giver", "receiver"), icon="people"),
        Transition(act=LifeAct.PUT_IN_USE, before=frozenset({S.HANDED_OVER}),
                   at_home=frozenset({S.VESTED, S.HANDED_OVER}),
                   after=S.IN_USE, icon="check"),
        Transition(act=LifeAct.REPORT_IDLE, before=frozenset({S.IN_USE, S.INEFFICIENT, S.RECOVERING}),
                   after=S.IDLE, classes=NOT_HOUSEHOLD, reason=True, icon="clock"),
        Transition(act=LifeAct.REPORT_INEFFICIENT, before=frozenset({S.IN_USE, S.IDLE, S.RECOVERING}),
                   after=S.INEFFICIENT, classes=NOT_HOUSEHOLD, reason=True, icon="warning"),
        Transition(act=LifeAct.REPORT_DAMAGE, before=AT_WORK | {S.VESTED}, after=S.DAMAGED, reason=True,
                   icon="tool"),
        Transition(act=LifeAct.PLAN_RECOVERY, before=frozenset({S.IDLE, S.INEFFICIENT, S.DAMAGED}),
                   after=S.RECOVERING, keeps=frozenset({S.RECOVERING}), classes=NOT_HOUSEHOLD,
                   asks=("measure", "deadline", "person"), must=("measure", "deadline", "person"),
                   icon="calendar"),
        Transition(act=LifeAct.RECOVER,
                   before=frozenset({S.IDLE, S.INEFFICIENT, S.DAMAGED, S.RECOVERING}), after=S.IN_USE,
                   reason=True, icon="check"),
        Transition(act=LifeAct.REPORT_MISUSE, before=AT_WORK, classes=NOT_HOUSEHOLD, asks=("use",),
                   must=("use",), reason=True, icon="warning"),
        Transition(act=LifeAct.SETTLE_USE, before=LASTING, classes=NOT_HOUSEHOLD, asks=("use",),
                   must=("use",), paper=True, icon="check"),
        Transition(act=LifeAct.REQUEST_DISPOSAL, before=IN_HANDS | {S.LOST}, after=S.DISPOSAL_PENDING,
                   classes=NOT_HOUSEHOLD, reason=True, paper=True, icon="file"),
        Transition(act=LifeAct.APPROVE_DISPOSAL, before=frozenset({S.DISPOSAL_PENDING}),
                   classes=NOT_HOUSEHOLD, needs="approve_disposal", asks=("office", "decision"),
                   must=("office",), icon="seal"),
        Transition(act=LifeAct.REFUSE_DISPOSAL, before=frozenset({S.DISPOSAL_PENDING}),
                   back=LifeAct.REQUEST_DISPOSAL, classes=NOT_HOUSEHOLD, needs="approve_disposal",
                   reason=True, icon="stop"),
        Transition(act=LifeAct.DISPOSE, before=frozenset({S.DISPOSAL_PENDING}), at_home=IN_HANDS,
                   after=S.DISPOSED, asks=("manner", "receiver", "party_kind", "amount"),
                   must=("manner", "amount"), paper=True, icon="money"),
        Transition(act=LifeAct.WRITE_OFF, before=frozenset({S.DISPOSAL_PENDING}), at_home=IN_HANDS,
                   after=S.DISPOSED, asks=("manner", "amount"), must=("manner",), paper=True, icon="done"),
        Transition(act=LifeAct.BOOK_PROCEEDS, before=frozenset({S.DISPOSED}), classes=NOT_HOUSEHOLD,
                   asks=("amount", "receiver", "party_kind", "use"), must=("amount", "receiver", "use"),
                   choices={"use": ProceedsUse}, paper=True, icon="money"),
        Transition(act=LifeAct.LEAVE_OUT, before=LASTING, paper=True, reason=True, icon="filter"),
        Transition(act=LifeAct.REPORT_RUIN, before=frozenset({S.DAMAGED, S.DISPOSAL_PENDING}),
                   classes=NOT_HOUSEHOLD, paper=True, icon="export"),
        Transition(act=LifeAct.CONSUME, before=LASTING, after=S.CONSUMED, classes=HOUSEHOLD, reason=True,
                   icon="done"),
        Transition(act=LifeAct.REPORT_LOST, before=STANDING, after=S.LOST, reason=True, icon="no-pin"),
        Transition(act=LifeAct.FIND_AGAIN, before=frozenset({S.LOST}), back=LifeAct.REPORT_LOST, reason=True,
                   icon="eye"),
    )
}  # fmt: skip
# Observations: what a clerk sees and the plain change of state may record, without more than a reason.
OBSERVED = (LifeAct.REPORT_IDLE, LifeAct.REPORT_INEFFICIENT, LifeAct.REPORT_DAMAGE)
ENDING = (LifeAct.DISPOSE, LifeAct.WRITE_OFF, LifeAct.CONSUME)
