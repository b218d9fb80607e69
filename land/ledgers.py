"""The ledgers of quotas and balances as offices keep them: their columns, and the words in them.

中文：指标、占补平衡、增减挂钩台账的列与用词. The first title and the first word of each are the customary
ones: files are written with them, and read with any of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from land.models.approval import ApprovalKind, ApprovalLevel, FarmlandBasis, ProjectTag
from land.models.compensation import Exemption, OccupationKind
from land.models.linkage import SurplusKind
from land.models.quota import MovementKind, QuotaKind
from registry.readers.table import Field, Table

TEXT, DAY, AREA, NUMBER, YEAR, CHOICE = "text", "day", "area", "number", "year", "choice"
READ_AS = {DAY: "date", AREA: "number", YEAR: "year"}
SQUARE_METRES = "平方米"
UNITS = (
    ("万亩", Decimal(20_000_000) / 3),
    ("公顷", Decimal(10_000)),
    (SQUARE_METRES, Decimal(1)),
    ("㎡", Decimal(1)),
    ("m²", Decimal(1)),
    ("m2", Decimal(1)),
    ("亩", Decimal(2000) / 3),
)


@dataclass(frozen=True)
class Col:
    """One column: the name of its value, its titles, how it is read, whether a row needs it."""

    name: str
    heads: str
    kind: str = TEXT
    needed: bool = False
    words: tuple[tuple[str, str], ...] = ()  # (code, words), the first word is written

    @property
    def head(self) -> str:
        """The title in a file of ours: areas carry their unit."""
        title = self.heads.split()[0]
        return f"{title}（{SQUARE_METRES}）" if self.kind == AREA else title

    @property
    def choices(self) -> dict[str, str]:
        return {word: str(code) for code, words in self.words for word in words.split()}

    def word(self, code: Any) -> str:
        """The customary word of a code."""
        return dict(self.words).get(code, "").split()[0] if code else ""


@dataclass(frozen=True)
class Ledger:
    """A ledger: what it is called, its columns after the place, and which of them tell a row."""

    key: str
    title: Any
    note: Any
    cols: tuple[Col, ...]
    identity: tuple[str, ...]

    @property
    def kind(self) -> str:
        return f"ledger:{self.key}"

    @property
    def all_cols(self) -> tuple[Col, ...]:
        return (*PLACE, *self.cols)

    @property
    def table(self) -> Table:
        """The columns as the reader of ledgers knows them."""
        fields = [
            Field(
                col.name,
                tuple(col.heads.split()),
                READ_AS.get(col.kind, col.kind),
                choices=col.choices or None,
            )
            for col in self.all_cols
        ]
        return Table(kind=self.key, fields=tuple(fields), identity=self.identity)


PLACE = (
    Col("code", "行政区代码 区划代码 行政区划代码"),
    Col("place", "行政区 行政区名称 所在行政区 单位名称 坐落"),
)
NUMBER_OF_PAPER = Col("number", "文号 依据文号 依据文件 下达文号", needed=True)
APPROVAL = Col("approval", "批准文号 批复文号 用地批复文号")
PADDY = Col("paddy_m2", "其中水田 水田面积", AREA)
GRADE = Col("grade", "平均等别 耕地等别 平均质量等别", NUMBER)

CONVERSIONS = Ledger(
    key="conversions",
    title=_("land approvals"),  # 用地批复台账
    note=_("conversion and expropriation, by class of land"),
    identity=("approval_no",),
    cols=(
        Col("approval_no", "批准文号 批复文号", needed=True),
        Col("kind", "批复类型", CHOICE, True, (
            (ApprovalKind.CONVERSION, "农用地转用 农转用"),
            (ApprovalKind.EXPROPRIATION, "土地征收 征收"),
            (ApprovalKind.BOTH, "农用地转用和土地征收 农转用和征收 转用并征收"),
        )),
        Col("level", "批准机关级别 批准机关", CHOICE, True, (
            (ApprovalLevel.STATE_COUNCIL, "国务院"),
            (ApprovalLevel.PROVINCE, "省级人民政府 省政府 省级"),
            (ApprovalLevel.PREFECTURE, "州市人民政府 州政府 市政府 州级 市级"),
            (ApprovalLevel.COUNTY, "县级人民政府 县政府 县级"),
        )),
        Col("approved_on", "批准日期 批复日期", DAY, True),
        Col("project_name", "项目名称 用地项目", needed=True),
        Col("tag", "项目类别", CHOICE, False, (
            (ProjectTag.CONSOLIDATION, "巩固拓展脱贫攻坚成果 巩固拓展"),
            (ProjectTag.REVITALISATION, "乡村振兴"),
            (ProjectTag.OTHER, "其他项目 其他"),
        )),
        Col("farmland_m2", "耕地 耕地面积", AREA),
        PADDY,
        Col("pbf_m2", "其中永久基本农田 永久基本农田", AREA),
        Col("other_agri_m2", "其他农用地", AREA),
        Col("unused_m2", "未利用地", AREA),
        Col("construction_m2", "建设用地", AREA),
        Col("basis", "占用永久基本农田依据", CHOICE, False, (
            (FarmlandBasis.ORDINARY, "一般项目"),
            (FarmlandBasis.NATIONAL, "国家重大建设项目"),
            (FarmlandBasis.POVERTY, "脱贫县用地预审特例"),
        )),
        Col("basis_no", "占用依据文号"),
        Col("basis_on", "占用依据日期", DAY),
        Col("linkage", "挂钩项目区 增减挂钩项目区"),
        Col("linkage_m2", "使用挂钩周转指标 使用挂钩指标", AREA),
    ),
)  # fmt: skip
QUOTAS = Ledger(
    key="quotas",
    title=_("quota movements"),  # 新增建设用地计划指标台账
    note=_("what came into the accounts, and what was used"),
    identity=("movement",),
    cols=(
        Col("kind", "指标类型", CHOICE, True, (
            (QuotaKind.POVERTY_SPECIAL, "脱贫县专项 专项指标 脱贫县专项指标"),
            (QuotaKind.GENERAL, "一般 一般指标 普通指标"),
            (QuotaKind.LINKAGE_SURPLUS, "增减挂钩节余 节余指标"),
            (QuotaKind.EXISTING_STOCK, "存量核定"),
        )),
        Col("year", "计划年度 年度", YEAR, True),
        Col("movement", "变动类型 指标变动", CHOICE, True, (
            (MovementKind.ALLOCATED, "下达"),
            (MovementKind.SHARED_OUT, "分解转出 分解下达"),
            (MovementKind.SHARED_IN, "分解转入"),
            (MovementKind.CARRIED_OUT, "结转下年"),
            (MovementKind.CARRIED_IN, "上年结转"),
            (MovementKind.CHARGED, "批文使用 使用"),
            (MovementKind.RESTORED, "批文核减退还 核减退还"),
            (MovementKind.RETURNED, "退回上级"),
            (MovementKind.LAPSED, "到期失效"),
        )),
        Col("day", "日期 变动日期", DAY, True),
        Col("m2", "面积 指标面积", AREA, True),
        Col("farmland_m2", "其中耕地", AREA),
        Col("other", "对方行政区 对方"),
        APPROVAL,
        Col("approval_kind", "批复类型", CHOICE, False, CONVERSIONS.cols[1].words),
        Col("number", "文号 依据文号 下达文号"),
        Col("remark", "备注"),
    ),
)  # fmt: skip
OCCUPATIONS = Ledger(
    key="occupations",
    title=_("occupied farmland"),  # 占用耕地台账
    note=_("farmland that asks for compensation, with its exemptions"),
    identity=("name",),
    cols=(
        Col("name", "占用项目 项目名称", needed=True),
        Col("kind", "占用类型", CHOICE, True, (
            (OccupationKind.CONSTRUCTION, "建设占用"),
            (OccupationKind.TREES, "造林种树"),
            (OccupationKind.ORCHARD, "种果种茶"),
            (OccupationKind.FARM_WORKS, "农田基础设施"),
            (OccupationKind.HOUSING, "农村村民住宅"),
        )),
        Col("occupier", "占用单位 用地单位"),
        Col("day", "占用日期", DAY, True),
        Col("m2", "占用耕地面积 面积", AREA, True),
        PADDY,
        GRADE,
        APPROVAL,
        Col("exemption", "免予补充情形", CHOICE, False, (
            (Exemption.ECOLOGICAL, "生态退耕"),
            (Exemption.DISASTER, "灾毁"),
            (Exemption.FLOODED, "永久淹没"),
        )),
        Col("exempt_m2", "免予补充面积", AREA),
        Col("exempt_paddy_m2", "免予补充水田", AREA),
        Col("exempt_number", "免予补充文号"),
        NUMBER_OF_PAPER,
    ),
)  # fmt: skip
SUPPLEMENTS = Ledger(
    key="supplements",
    title=_("supplement projects"),  # 补充耕地项目台账
    note=_("new farmland, with its acceptance"),
    identity=("name",),
    cols=(
        Col("name", "项目名称 补充耕地项目", needed=True),
        Col("planned_m2", "计划补充面积", AREA),
        NUMBER_OF_PAPER,
        Col("day", "验收日期", DAY),
        Col("m2", "验收面积", AREA),
        PADDY,
        GRADE,
        Col("slope_deg", "最大坡度", NUMBER),
        Col("acceptance_number", "验收文号"),
    ),
)
USES = Ledger(
    key="supplement_uses",
    title=_("what supplements answer for"),  # 补充耕地挂钩台账
    note=_("which accepted ground makes which occupation good"),
    identity=("occupation",),
    cols=(
        Col("occupation", "占用项目", needed=True),
        Col("occupied_on", "占用日期", DAY),
        Col("supplement", "补充耕地项目 补充项目", needed=True),
        Col("day", "挂钩日期 日期", DAY, True),
        Col("m2", "面积 挂钩面积", AREA, True),
        PADDY,
        NUMBER_OF_PAPER,
    ),
)
LINKAGES = Ledger(
    key="linkages",
    title=_("linkage projects"),  # 增减挂钩项目区台账
    note=_("what is reclaimed, and what is newly built on"),
    identity=("name",),
    cols=(
        Col("name", "项目区名称 项目区", needed=True),
        Col("approval_no", "批准文号", needed=True),
        Col("approved_on", "批准日期", DAY, True),
        Col("due_on", "归还期限 周转指标归还期限", DAY),
        Col("demolish_m2", "拆旧面积", AREA, True),
        Col("new_build_m2", "建新面积", AREA, True),
        Col("base_year", "基期年", YEAR, True),
    ),
)
SURPLUS = Ledger(
    key="surplus",
    title=_("surplus of linkage projects"),  # 增减挂钩节余指标台账
    note=_("reclaimed ground that was accepted, sold or kept"),
    identity=("name",),
    cols=(
        Col("name", "项目区名称 项目区", needed=True),
        Col("movement", "变动类型", CHOICE, True, (
            (SurplusKind.ACCEPTED, "复垦验收 验收"),
            (SurplusKind.SOLD, "交易转让 交易"),
            (SurplusKind.KEPT, "转入本县指标 转入指标"),
        )),
        Col("day", "日期", DAY, True),
        Col("m2", "面积", AREA, True),
        Col("buyer", "受让方"),
        Col("price_yuan", "交易价款 交易价款（元）", NUMBER),
        Col("account_place", "转入行政区"),
        Col("account_year", "转入计划年度", YEAR),
        NUMBER_OF_PAPER,
    ),
)  # fmt: skip
LEDGERS = (CONVERSIONS, QUOTAS, OCCUPATIONS, SUPPLEMENTS, USES, LINKAGES, SURPLUS)
BY_KEY = {ledger.key: ledger for ledger in LEDGERS}
