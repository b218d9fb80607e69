"""The columns of the ledgers of roads, water works and relocation sites. 中文：道路、供水、安置点台账列名"""

from __future__ import annotations

from assets.codes_networks import WORDS
from assets.kinds import ROADS, SITE, SITE_FIGURES, WATER
from registry.readers.table import Field, Table

from .columns import PLACE, STATES, TOWNSHIP_ENDINGS, VILLAGE_ENDINGS, _field
from .own_values import fields_of

CHIEFS = {"village": "village_chief", "township": "township_chief", "county": "county_chief"}
_KEEPING: tuple[Field, ...] = (
    _field("owner", "产权归属 所有权人 产权单位 权属", "holders", "owner"),
    _field("upkeep_body", "管养单位名称 管护主体 管养单位 管护单位", "text", "upkeep", names=True),
    _field("responsible_person", "管护责任人 专管员 管水员 责任人", "person", "upkeep"),
    _field("phone", "联系电话 电话", "phone", "upkeep"),
    _field("upkeep_from", "管护起始日期 列养日期", "date", "upkeep"),
    _field("annual_budget", "年管护经费 年养护经费 管护经费 养护经费", "money", "upkeep"),
    _field("budget_source", "经费来源 养护资金来源", "text", "upkeep"),
    _field("state", "资产状态 使用状态 运行状态", "choice", choices=STATES),
)
_ASSET = (
    _field("seq", "序号 编号 序"),
    _field("asset_code", "资产编码 资产编号 资产代码", "code"),
)
_SECTIONS = (("township", TOWNSHIP_ENDINGS), ("village", VILLAGE_ENDINGS))

ROAD_TABLE = Table(
    kind="roads",
    identity=("asset_code", "name", "route_code"),
    sections=_SECTIONS,
    fields=(
        *_ASSET,
        _field("name", "资产名称 道路名称 路段名称", "text", "asset"),
        *PLACE,
        _field("route_code", "路线编码 路线编号 路线代码", "code"),
        _field("route_name", "路线名称 路线简称"),
        Field("level", ("行政等级", "公路类别", "路线行政等级"), "choice", choices=WORDS["level"]),
        *fields_of(ROADS),
        _field("village_chief", "村路长", "person", "chief"),
        _field("township_chief", "乡路长 镇路长 乡镇路长", "person", "chief"),
        _field("county_chief", "县路长 总路长", "person", "chief"),
        *_KEEPING,
    ),
)
WATER_TABLE = Table(
    kind="water_works",
    identity=("asset_code", "name"),
    sections=_SECTIONS,
    fields=(
        *_ASSET,
        _field("name", "工程名称 资产名称 供水工程名称 名称", "text", "asset"),
        *PLACE,
        *fields_of(WATER),
        *_KEEPING,
    ),
)
SITE_TABLE = Table(
    kind="relocation_sites",
    identity=("site_code", "name"),
    sections=_SECTIONS,
    fields=(
        _field("seq", "序号 编号 序"),
        _field("site_code", "安置点编码 安置点编号 安置点代码", "code"),
        _field("name", "安置点名称 安置点 名称", "text", "asset"),
        *PLACE,
        *fields_of(SITE),
        *fields_of(SITE_FIGURES, without=("remark",)),
    ),
)
CENTRE_TABLE = Table(
    kind="centres",
    identity=("division_code", "village", "natural_village"),
    sections=_SECTIONS,
    fields=(
        _field("seq", "序号 编号 序"),
        *PLACE,
        _field("natural_village", "自然村 村民小组 小组 自然村名称", "text", "place"),
        _field("longitude", "经度 东经 坐标经度", "degrees", "position"),
        _field("latitude", "纬度 北纬 坐标纬度", "degrees", "position"),
    ),
)
