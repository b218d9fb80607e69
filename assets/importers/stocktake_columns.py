"""The columns of a count sheet and of an account book's list of assets. 中文：清查表、账面资产清单列名对照"""

from registry.readers.table import Table

from .columns import CONDITIONS, PLACE, TOWNSHIP_ENDINGS, VILLAGE_ENDINGS, _field, _words

FOUND = _words(
    {
        "present": "在 有 存在 实有 相符 账实相符 √ 是",
        "absent": "不在 无 缺失 盘亏 丢失 不存在 × 否",
        "unreached": "未到现场 未核到 未清点 未核实",
    }
)
SURPLUS = "盘盈"

COUNTS = Table(
    kind="stocktake",
    identity=("asset_code", "name"),
    sections=(("township", TOWNSHIP_ENDINGS), ("village", VILLAGE_ENDINGS)),
    fields=(
        _field("seq", "序号 编号 序"),
        _field("asset_code", "资产编码 资产编号 资产代码", "code"),
        _field("name", "资产名称 名称 资产", "text", "asset"),
        *PLACE,
        _field("found", "清查结果 盘点结果 清点结果 是否存在 实物情况", "choice", "count",
               choices=FOUND | {SURPLUS: "surplus"}),
        _field("quantity", "实点数量 清点数量 实盘数量 实有数量 清查数量", "number", "count"),
        _field("measure", "计量单位 单位"),
        _field("condition", "实物状况 清查状况 现状 状况", "choice", "count", choices=CONDITIONS),
        _field("longitude", "实测经度 经度", "degrees"),
        _field("latitude", "实测纬度 纬度", "degrees"),
        _field("counter", "清点人 盘点人 清查人", "text", "count"),
        _field("counted_on", "清点日期 盘点日期 清查日期", "date", "count"),
        _field("remark", "清查备注 备注 说明 差异原因"),
    ),
)  # fmt: skip

BOOK = Table(
    kind="book_values",
    identity=("asset_code", "name"),
    sections=(("township", TOWNSHIP_ENDINGS), ("village", VILLAGE_ENDINGS)),
    fields=(
        _field("seq", "序号 编号 序"),
        _field("asset_code", "资产编码 资产编号 资产代码", "code"),
        _field("name", "资产名称 名称 资产", "text", "asset"),
        *PLACE,
        _field("owner", "记账主体 账套 核算单位 集体经济组织 所有权人 产权归属", "text", "book"),
        _field(
            "value", "账面价值 账面原值 账面价值（元） 账面原值（元） 固定资产原值 账面余额", "money", "book"
        ),
        _field("on", "账面日期 记账日期 截至日期 账面时点", "date", "book"),
        _field("account", "科目 账页 会计科目 凭证号 卡片编号"),
    ),
)
