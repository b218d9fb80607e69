"""The four registers as data: their columns, their states, which of them count as done. 中文：台账定义"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from land.models import FarmlandHouse, IdleLand, LandCertificate, PointSupplyApproval, RegisterRow
from land.register_codes import (
    CertificateKind,
    CertificateState,
    HouseState,
    IdleKind,
    IdleState,
    SupplyState,
)

AREA, DAY, TEXT, CHOICE = "area", "day", "text", "choice"


@dataclass(frozen=True, kw_only=True)
class Part:
    """One column of a register. ``heads``: its titles in files, the customary one first."""

    name: str
    label: Any
    heads: str
    kind: str = TEXT
    required: bool = False


@dataclass(frozen=True, kw_only=True)
class Register:
    """A register. ``done``: states that count for the rate; ``rate``: what the rate is called."""

    key: str
    url_name: str
    title: Any
    lead: Any
    icon: str
    model: type[RegisterRow]
    parts: tuple[Part, ...]
    done: tuple[str, ...]
    rate: Any
    words: dict[str, dict[str, str]]  # choice words of files by column
    private: bool = True  # the holder is a household

    def part(self, name: str) -> Part:
        return next(part for part in self.parts if part.name == name)


def _words(labels: dict[str, str]) -> dict[str, str]:
    return {word: code for code, words in labels.items() for word in words.split()}


HOLDER = Part(name="holder", label=_("head of the household"), heads="户主 户主姓名 权利人 姓名 建房户",
              required=True)  # fmt: skip
NOTE = Part(name="note", label=_("note"), heads="备注 说明")
REGISTERS = (
    Register(
        key="houses",
        url_name="farmland_houses",
        title=_("Houses on farmland"),  # 乱占耕地建房存量
        lead=_("Houses built on farmland before the ban, and what is done about each."),
        icon="home",
        model=FarmlandHouse,
        parts=(
            HOLDER,
            Part(name="number", label=_("number of the row"), heads="编号 图斑编号 序列号"),
            Part(name="on", label=_("built on"), heads="建成时间 建房时间 建成日期 动工时间", kind=DAY),
            Part(name="area_m2", label=_("area (m²)"), heads="占地面积 建房占地面积 面积 用地面积",
                 kind=AREA),
            Part(name="farmland_m2", label=_("farmland (m²)"), heads="占用耕地面积 占耕地面积 耕地面积",
                 kind=AREA),
            Part(name="basic_farmland_m2", label=_("permanent basic farmland (m²)"),
                 heads="占用永久基本农田面积 永久基本农田面积 基本农田面积", kind=AREA),
            Part(name="state", label=_("state"), heads="处置状态 处置情况 整改情况 状态", kind=CHOICE),
            NOTE,
        ),
        done=(HouseState.LEGALISED, HouseState.RESTORED),
        rate=_("dealt with"),
        words={"state": _words({
            HouseState.PENDING: "待处置 未处置 待分类处置", HouseState.LEGALISING: "补办手续中 正在补办",
            HouseState.LEGALISED: "已补办手续 补办手续 已完善手续", HouseState.RECTIFYING: "整改中 正在整改",
            HouseState.RESTORED: "已拆除复耕 拆除复耕 已复耕 已拆除",
        })},
    ),
    Register(
        key="supplies",
        url_name="point_supplies",
        title=_("Point supply of land"),  # 点状供地
        lead=_("Land supplied for the footprint alone: never on basic farmland, never in the red line."),
        icon="pin",
        model=PointSupplyApproval,
        parts=(
            Part(name="holder", label=_("project or user of the land"),
                 heads="项目名称 用地单位 用地项目", required=True),
            Part(name="number", label=_("number of the approval"), heads="批准文号 文号 供地文号"),
            Part(name="on", label=_("approved on"), heads="批准日期 批准时间 供地时间", kind=DAY),
            Part(name="area_m2", label=_("footprint (m²)"), heads="供地面积 点状供地面积 建设用地面积",
                 kind=AREA),
            Part(name="project_m2", label=_("area of the whole project (m²)"), heads="项目总面积 项目面积",
                 kind=AREA),
            Part(name="state", label=_("state"), heads="供地状态 状态", kind=CHOICE),
            NOTE,
        ),
        done=(SupplyState.BUILT,),
        rate=_("built on"),
        words={"state": _words({
            SupplyState.APPROVED: "已批准 批准", SupplyState.SUPPLIED: "已供地 供地",
            SupplyState.BUILT: "已建成 建成",
        })},
        private=False,
    ),
    Register(
        key="idle",
        url_name="idle_land",
        title=_("Idle land in villages"),  # 村庄内空闲地
        lead=_("Vacant and idle land inside the villages, to be used before new land is taken."),
        icon="field",
        model=IdleLand,
        parts=(
            Part(name="holder", label=_("holder"), heads="权利人 使用人 户主 权属单位", required=True),
            Part(name="number", label=_("number of the row"), heads="编号 地块编号 宗地号"),
            Part(name="kind", label=_("kind"), heads="类型 闲置类型 土地类型", kind=CHOICE),
            Part(name="area_m2", label=_("area (m²)"), heads="面积 闲置面积 地块面积", kind=AREA),
            Part(name="on", label=_("idle since"), heads="闲置时间 闲置起始时间", kind=DAY),
            Part(name="state", label=_("state"), heads="盘活状态 利用情况 状态", kind=CHOICE),
            NOTE,
        ),
        done=(IdleState.USED,),
        rate=_("used again"),
        words={
            "kind": _words({
                IdleKind.VACANT: "空闲地 空闲土地", IdleKind.HOMESTEAD: "闲置宅基地 宅基地",
                IdleKind.BUILDING: "闲置建设用地 集体建设用地 建设用地",
            }),
            "state": _words({
                IdleState.IDLE: "闲置 未利用", IdleState.PLANNED: "拟利用 计划利用",
                IdleState.USED: "已盘活 已利用",
            }),
        },
    ),
    Register(
        key="certificates",
        url_name="land_certificates",
        title=_("Homestead certificates"),  # 房地一体确权登记
        lead=_("Homesteads and collective construction land: surveyed, registered, certificate issued."),
        icon="seal",
        model=LandCertificate,
        parts=(
            HOLDER,
            Part(name="kind", label=_("kind"), heads="类型 不动产类型", kind=CHOICE),
            Part(name="number", label=_("number of the certificate"), heads="不动产权证号 证号 证书编号"),
            Part(name="area_m2", label=_("area of the land (m²)"), heads="宗地面积 宅基地面积 土地面积",
                 kind=AREA),
            Part(name="house_m2", label=_("area of the house (m²)"), heads="房屋建筑面积 建筑面积 房屋面积",
                 kind=AREA),
            Part(name="on", label=_("registered on"), heads="登记日期 登记时间 发证日期", kind=DAY),
            Part(name="state", label=_("state"), heads="登记状态 登记情况 状态", kind=CHOICE),
            NOTE,
        ),
        done=(CertificateState.REGISTERED,),
        rate=_("certificate issued"),
        words={
            "kind": _words({
                CertificateKind.HOMESTEAD: "宅基地 宅基地及房屋", CertificateKind.COLLECTIVE: "集体建设用地",
            }),
            "state": _words({
                CertificateState.SURVEYED: "已调查未登记 未登记 已调查", CertificateState.REGISTERED:
                "已登记颁证 已登记 已颁证 已发证", CertificateState.BARRED: "暂不予登记 不予登记",
            }),
        },
    ),
)  # fmt: skip
BY_KEY = {register.key: register for register in REGISTERS}
