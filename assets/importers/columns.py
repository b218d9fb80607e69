"""The columns of the asset ledger and its sisters, with the titles that offices give them.

中文：资产台账、管护巡查、主体名录的列名对照。The first title is the customary one; the machinery that
compares them is ``registry.readers.table``. Words are separated by blanks; what a cell may say stands under
its code.
"""

from dataclasses import replace
from typing import Any

from registry.readers.table import Field, Table


def _words(by_code: dict[str, str]) -> dict[str, str]:
    """The code that each word stands for."""
    return {word: code for code, words in by_code.items() for word in words.split()}


def _field(name: str, heads: str, kind: str = "text", group: str = "", **more: Any) -> Field:
    return Field(name, tuple(heads.split()), kind, group, **more)


CLASSES = _words(
    {
        "operating": "经营性 经营性资产 经营类 经营类资产 经营 产业类 经营性项目资产",
        "public_welfare": (
            "公益性 公益性资产 公益类 公益类资产 公益 非经营性 非经营性资产 非经营 非经营类 基础设施类 "
            "公益性项目资产"
        ),
        "household": "到户类 到户类资产 到户 到户资产 确权到户类 确权到户 到户类项目资产",
    }
)

SUBTYPES = _words(
    {
        "farm_base": (
            "农林牧渔产业基地 产业基地 种植基地 养殖基地 大棚 种植养殖基地 种养殖基地 温室大棚 养殖场"
        ),
        "processing": "生产加工设施 加工设施 加工厂 冷库 厂房",
        "workshop": "扶贫车间 就业帮扶车间 帮扶车间 车间",
        "tourism": "经营性旅游设施 旅游设施",
        "ecommerce": "经营性电商设施 电商设施 电商服务设施",
        "infrastructure": "经营性基础设施",
        "solar": "光伏电站 光伏 村级光伏电站",
        "equity": "权益类 权益类资产 股权 债权 入股资金",
        "building": "房屋建筑 房屋 房屋建筑物 商铺 铺面",
        "equipment": "设备 机械设备 机器设备",
        "road": "道路交通 道路交通设施 交通 道路 农村道路 村组道路 交通道路 桥梁",
        "irrigation": "农田水利 农田水利设施 水利 水利设施 灌溉 灌溉设施 沟渠 水窖",
        "water_supply": "供水饮水 饮水安全 人饮工程 安全饮水 供水饮水设施 饮水工程 供水设施 农村供水",
        "sanitation": "环卫公厕 环卫 公厕 环卫设施 人居环境 垃圾污水处理",
        "education": "教育 教育设施",
        "culture": "文化 文化设施 文化体育",
        "sport": "体育 体育设施",
        "health": "卫生 卫生设施 卫生室",
        "power": "电力 电力设施 路灯 照明",
        "network": "网络 网络设施 通信",
        "service": "综合服务 综合服务设施 公共服务 村级活动场所 活动室",
        "site_works": "安置点配套 安置点配套设施 搬迁安置配套",
        "flood": "防洪设施 防洪 河堤 堤防 防洪堤",
        "sewage": "污水处理设施 污水处理 污水处理站",
        "waste": "垃圾处理设施 垃圾处理 垃圾收集 垃圾热解站",
        "toilet": "公共厕所 乡村公厕 旅游厕所",
        "parcel_station": "寄递物流站点 快递服务站 物流站点",
        "grid_line": "配电线路 农网线路 输电线路",
        "housing": "安置住房 易地搬迁住房 搬迁住房",
        "renovated_housing": "危改住房 危房改造",
        "household_water": "到户供水 户用供水",
        "household_toilet": "户厕 厕所革命",
        "tv": "广电设备 卫星电视",
        "livestock": "畜禽 牲畜",
        "seedling": "种苗 苗木",
        "small_machine": "小型机具 农机具",
    }
)

STATES = _words(
    {
        "planned": "规划 计划 拟建",
        "building": "在建 建设中",
        "accepted": "已验收 验收",
        "vested": "已确权 确权",
        "handed_over": "已移交 移交",
        "in_use": (
            "在用 使用中 正常使用 正常 良好 完好 运营中 使用 正常运行 运行正常 正常运营 使用良好 运行良好 "
            "较好 投入使用 已投入使用 发挥效益 自用"
        ),
        "idle": "闲置 停用 空置 未使用 未投入使用 停产 停运 弃用",
        "inefficient": "低效 低效运营 低效闲置 效益不佳 效益低 部分闲置",
        "damaged": "损毁 损坏 毁损 已损坏 部分损坏 部分损毁 需维修 待维修 严重损坏",
        "recovering": "盘活中 盘活",
        "disposal_pending": "待处置 拟处置 处置中",
        "disposed": "已处置 处置 报废 核销 已核销 已报废 已出售 已转让 已拆除 拆除",
        "consumed": "已消耗 消耗 自然消耗",
        "lost": "流失 灭失 已流失 已灭失",
    }
)

FUNDING_SOURCES = _words(
    {
        "central": (
            "中央 中央资金 中央财政 中央财政资金 中央衔接资金 中央财政衔接资金 中央专项 中央预算内 "
            "中央预算内投资"
        ),
        "province": "省级 省级资金 省级财政 省级财政资金 省 省级衔接资金 省财政",
        "prefecture": "州级 州级资金 州 州级财政 州级财政资金 州市级 市级 州财政 市级资金 州市级资金",
        "county": "县级 县级资金 县 县级财政 县级财政资金 县财政 县级配套 县级配套资金",
        "east_west": "东西部协作 东西部协作资金 沪滇协作 沪滇协作资金 沪滇 沪滇资金 帮扶协作",
        "bond": "债券 债券资金 地方政府债券 地方债 政府债券 一般债券 专项债券 专项债",
        "sector": "行业 行业资金 行业部门资金 部门资金 行业专项 整合资金 涉农整合资金",
        "relocation": "易地搬迁 易地搬迁资金 易地扶贫搬迁资金 易地扶贫搬迁 搬迁资金",
        "donation": "捐赠 捐赠资金 社会捐赠 社会捐赠资金 社会帮扶 社会帮扶资金 定点帮扶 定点帮扶资金",
        "other": (
            "其他 其他资金 其它 其它资金 自筹 自筹资金 群众自筹 村集体自筹 财政专项扶贫资金 专项扶贫资金 "
            "扶贫资金 财政扶贫资金 衔接资金 财政衔接资金 财政资金"
        ),
    }
)

CONDITIONS = _words(
    {
        "good": "完好 良好 正常 好 正常使用",
        "fair": "一般 基本完好 轻微损坏",
        "damaged": "损坏 损毁 破损 严重损坏",
        "out_of_use": "停用 闲置 废弃 报废",
    }
)

PARTY_KINDS = _words(
    {
        "government": "政府 机关 机关事业单位 行政机关 部门 事业单位 乡镇政府",
        "village_collective": "村集体 村集体经济组织 股份经济合作社 经济合作社 农村集体经济组织",
        "village_committee": "村委会 村民委员会",
        "household": "农户 户 家庭",
        "company": "企业 公司",
        "cooperative": "合作社 农民专业合作社 专业合作社",
        "person": "个人 自然人",
        "group": "群体 群体(名单) 农户群体 名单",
        "operator": "经营主体 其他经营主体 个体工商户 家庭农场 种植大户",
    }
)

SOURCES = ("central", "province", "prefecture", "county", "east_west", "bond", "sector", "relocation",
           "donation", "other")  # fmt: skip
VILLAGE_ENDINGS = ("村", "村委会", "村民委员会", "社区", "居委会")
TOWNSHIP_ENDINGS = ("乡", "镇", "街道", "街道办事处", "乡人民政府", "镇人民政府")
CLASS_ENDINGS = tuple(CLASSES)


def _source(code: str) -> Field:
    """A column of one source of funds; its titles are the words for the source, 中央资金 before 中央."""
    words = [word for word in FUNDING_SOURCES if FUNDING_SOURCES[word] == code]
    return Field(code, tuple(sorted(words, key=lambda word: not word.endswith("资金"))), "money", "funding")


PLACE = (
    _field("division_code", "行政区划代码 区划代码 行政区划编码 村级代码 统计用区划代码", "division_code"),
    _field("township", "乡镇 乡（镇） 所属乡镇 所在乡镇 乡镇名称 镇 乡 乡镇街道", "text", "place"),
    _field(
        "village",
        "村 行政村 所属村 所在村 村委会 村名 村社区 行政村社区 所在行政村 村级 村（社区） 乡镇村 所属村组",
        "text",
        "place",
    ),
)

ASSETS = Table(
    kind="assets",
    identity=("asset_code", "name"),
    value="original_value",
    funding=SOURCES,
    funding_pair=("funding_source", "funding_amount"),
    place=("village",),
    shares=(("owner", "owner_share"), ("income_holder", "income_share")),
    instead=(("name", "project_name"), ("original_value", "funding_total")),
    sections=(
        ("township", TOWNSHIP_ENDINGS),
        ("village", VILLAGE_ENDINGS),
        ("asset_class", CLASS_ENDINGS),
    ),
    fields=(
        _field("seq", "序号 编号 序 No 序列"),
        _field("asset_code", "资产编码 资产编号 资产代码 资产统一编码 资产卡片编号", "code"),
        _field("name", "资产名称 名称 资产（项目）名称 资产 资产名", "text", "asset"),
        _field(
            "asset_class",
            "资产类别 资产分类 类别 资产大类 资产性质 资产属性",
            "choice",
            "asset",
            choices=CLASSES,
        ),
        _field(
            "subtype",
            "资产类型 类型 资产子类 资产小类 资产细类 具体类型",
            "choice",
            "asset",
            choices=SUBTYPES,
        ),
        _field("project_code", "项目编号 项目编码 项目代码 项目库编号", "code", "project"),
        _field("project_name", "项目名称 所属项目 来源项目 形成资产的项目名称 项目", "text", "project"),
        _field(
            "project_year",
            "项目年度 年度 实施年度 建设年度 资金年度 项目实施年度 年份",
            "year",
            "project",
        ),
        *PLACE,
        _field(
            "natural_village",
            "自然村 村民小组 自然村组 小组 村小组 组 组别 自然村（组）",
            "text",
            "place",
        ),
        _field(
            "address",
            "地点 坐落 坐落位置 坐落地点 位置 地址 建设地点 详细地址 所在地 资产坐落",
            "text",
            "place",
        ),
        _field("spec", "规格型号 规格 型号 建设内容 建设规模 建设内容及规模 规模 结构规格", "text", "asset"),
        _field("quantity", "数量 资产数量 工程量 数量规模", "quantity", "asset"),
        _field("measure", "计量单位 单位 数量单位", "measure", "asset"),
        *(_source(code) for code in SOURCES),
        _field(
            "funding_source",
            "资金来源 资金渠道 投资来源 资金性质 资金类型",
            "choice",
            "funding",
            choices=FUNDING_SOURCES,
        ),
        _field("funding_amount", "资金金额 资金来源金额 投入金额 来源金额 金额 资金数额", "money", "funding"),
        _field(
            "funding_total",
            "资金合计 资金来源小计 资金来源合计 投入资金合计 资金总额 总投资 投资合计 投资总额 资金小计 "
            "资金规模 投资规模 项目资金 项目投资 总投入",
            "money",
            "funding",
        ),
        _field(
            "original_value",
            "资产原值 原值 资产价值 资产原始价值 账面原值 入账价值 资产金额 价值 形成资产原值",
            "money",
        ),
        _field(
            "completed_on",
            "建成日期 竣工日期 建成时间 竣工时间 完工日期 完工时间 投入使用日期 取得时间 取得日期 建成年月 "
            "竣工年月 建成年份 形成时间 资产形成时间 形成资产时间 形成日期 建设时间",
            "date",
        ),
        _field("accepted_on", "验收日期 验收时间 竣工验收日期 竣工验收时间", "date"),
        _field("handed_over_on", "移交日期 移交时间 资产移交时间 资产移交日期", "date"),
        _field(
            "owner",
            "产权归属 权属 所有权人 所有权归属 产权单位 产权主体 权属主体 所有权 产权所有人 产权人 "
            "确权主体 权属单位",
            "holders",
            "owner",
        ),
        _field("owner_share", "所有权份额 产权份额 产权比例 所有权比例", "share", "owner"),
        _field(
            "operator",
            "经营主体 经营单位 经营者 经营方 运营主体 承包人 承租人 经营权人 使用单位",
            "text",
            "operator",
            names=True,
        ),
        _field(
            "income_holder",
            "收益权人 收益权归属 收益主体 收益权 收益归属 受益主体 收益权主体 收益方 受益单位 收益分配对象",
            "holders",
            "income",
        ),
        _field("income_share", "收益权份额 收益份额 收益比例 收益权比例 收益分配比例", "share", "income"),
        _field(
            "upkeep_body",
            "管护主体 管护单位 管护责任主体 管护责任单位 管护主体名称 管护单位名称 后续管护主体 管护方",
            "text",
            "upkeep",
            names=True,
        ),
        _field(
            "responsible_person",
            "管护责任人 管护人 责任人 管护责任人姓名 管护人员 责任人姓名 具体责任人 管护员 管护负责人 姓名 "
            "管护责任人及电话 管护责任人及联系电话 责任人及电话 责任人及联系电话 管护人及电话",
            "person",
            "upkeep",
        ),
        _field("phone", "联系电话 电话 联系方式 手机 手机号 手机号码 电话号码 责任人电话", "phone", "upkeep"),
        _field(
            "upkeep_from",
            "管护起始日期 管护开始日期 管护开始时间 管护起始时间 管护期限起 管护起",
            "date",
            "upkeep",
        ),
        _field(
            "annual_budget",
            "年管护经费 管护经费 年度管护经费 管护费用 管护资金 年管护费",
            "money",
            "upkeep",
        ),
        _field("budget_source", "经费来源 管护经费来源 管护资金来源", "text", "upkeep"),
        _field("welfare_post", "公益性岗位 公益岗位 是否公益性岗位 是否公益岗", "yes_no", "upkeep"),
        _field(
            "supervisor",
            "监管部门 监管单位 监管主体 监督单位 行业主管部门 主管部门 监管责任部门 行业监管部门",
        ),
        _field("longitude", "经度 东经 坐标经度 lon lng X GPS经度", "degrees", "position"),
        _field("latitude", "纬度 北纬 坐标纬度 lat Y GPS纬度", "degrees", "position"),
        _field("coordinates", "坐标 经纬度 地理坐标 GPS坐标 坐标（经度,纬度）", "pair", "position"),
        _field(
            "state",
            "资产状态 状态 使用状态 资产现状 使用现状 运行状态 现状 使用情况",
            "choice",
            choices=STATES,
        ),
        _field("source_number", "确权文号 依据文号 确权文件文号 文号 确权依据 批准文号 确权文件"),
        _field("source_date", "确权日期 确权时间 文件日期 确权文件日期 确权登记日期", "date"),
        _field("settled_value", "决算金额 结算金额 工程结算金额 竣工决算金额 审定金额 决算价", "money"),
        _field("written_off", "累计折旧 已提折旧 累计折旧额 累计折旧及摊销 折旧", "money", "worth"),
        _field("impairment", "减值准备 资产减值准备 减值", "money", "worth"),
        _field("net_value", "净值 账面净值 资产净值 现值 资产现值 净额", "money", "worth"),
        _field("worth_on", "折旧截至日期 净值日期 折旧日期 价值截至日期", "date", "worth"),
        _field("appraisal_number", "评估报告编号 评估报告 评估报告号 评估报告文号", "text", "appraisal"),
        _field("appraised_on", "评估基准日 评估日期 评估时间 评估基准日期", "date", "appraisal"),
        _field("valuer", "评估机构 评估单位", "text", "appraisal"),
        _field("appraised_value", "评估价值 评估值 评估金额 评估价", "money", "appraisal"),
        _field("picture", "照片 资产照片 现场照片 图片 照片文件名 照片编号 照片名称", "text", "asset"),
        _field("real_estate_code", "不动产单元号 不动产单元代码 不动产单元编号 不动产权证单元号", "code"),
        _field("remark", "备注 说明 备注说明 其他说明"),
    ),
)

PAYERS = _words(
    {
        "budget": "财政资金 财政 公共财政 财政出资",
        "owner": "所有权人 产权人 产权单位",
        "body": "管护主体 管护单位 管护单位自筹",
        "income": "资产收益 经营收益 收益列支",
        "users": "受益户缴费 受益户 水费 群众缴费 用水户缴费",
        "operator": "经营主体 承租人 承包人",
        "other": "其他 社会捐赠",
    }
)

# The duty beside the inspections: 管护责任及约定
DUTY = (
    _field(
        "upkeep_body",
        "管护主体 管护单位 管护责任主体 管护责任单位 管护主体名称 管护单位名称 管护方",
        "text",
        "upkeep",
        names=True,
    ),
    _field(
        "responsible_person",
        "管护责任人 管护人 责任人 管护责任人姓名 管护人员 责任人姓名 具体责任人 管护员 管护负责人",
        "person",
        "upkeep",
    ),
    _field("phone", "联系电话 电话 联系方式 手机 手机号 手机号码 电话号码 责任人电话", "phone", "upkeep"),
    _field(
        "upkeep_from",
        "管护起始日期 管护开始日期 管护开始时间 管护起始时间 管护期限起 管护起",
        "date",
        "upkeep",
    ),
    _field("standard", "管护标准 管护要求 管护标准名称", "text", "upkeep"),
    _field("inspection_days", "巡查频次（天） 巡查频次 巡查周期（天） 巡查间隔（天）", "integer", "upkeep"),
    _field("annual_budget", "年管护经费 管护经费 年度管护经费 管护费用 管护资金 年管护费", "money", "upkeep"),
    _field("budget_source", "经费来源 管护经费来源 管护资金来源", "text", "upkeep"),
    _field("payer", "出资方 管护出资方 经费出资方", "choice", "upkeep", choices=PAYERS),
    _field("payer_reason", "财政出资理由 出资理由", "text", "upkeep"),
    _field("welfare_post", "公益性岗位 公益岗位 是否公益性岗位 是否公益岗", "yes_no", "upkeep"),
    _field("contract", "管护合同编号 管护协议编号 管护合同 管护协议", "text", "upkeep"),
    _field("supervisor", "管护监督 监督单位 监督主体 管护监督单位", "text", "upkeep"),
)

UPKEEP = Table(
    kind="upkeep",
    identity=("asset_code", "name"),
    sections=(("township", TOWNSHIP_ENDINGS), ("village", VILLAGE_ENDINGS)),
    fields=(
        _field("seq", "序号 编号 序"),
        _field("asset_code", "资产编码 资产编号 资产代码", "code"),
        _field("name", "资产名称 名称 资产", "text", "asset"),
        *PLACE,
        _field(
            "inspected_on",
            "巡查日期 巡查时间 检查日期 检查时间 巡护日期 巡护时间 日期",
            "date",
            "inspection",
        ),
        _field("inspector", "巡查人 巡查人员 检查人 检查人员 巡护人 巡护员 巡查员", "person", "inspection"),
        *DUTY,
        _field(
            "condition",
            "状况 资产状况 完好情况 资产现状 检查结果 巡查结果 运行状况 设施状况",
            "choice",
            "inspection",
            choices=CONDITIONS,
        ),
        _field("defect", "发现问题 存在问题 问题 问题描述 发现的问题 损坏情况", "text", "inspection"),
        _field(
            "handled_on",
            "处理日期 处理时间 整改日期 整改时间 维修日期 修复日期 完成日期",
            "date",
            "handling",
        ),
        _field("remark", "备注 说明 处理情况 处理措施"),
    ),
)

PARTIES = Table(
    kind="parties",
    identity=("name",),
    sections=(("township", TOWNSHIP_ENDINGS), ("village", VILLAGE_ENDINGS)),
    fields=(
        _field("seq", "序号 编号 序"),
        _field("name", "名称 主体名称 单位名称 姓名 户主姓名 机构名称 名称（姓名）", names=True),
        _field("party_kind", "主体类型 类型 主体性质 性质 类别 主体类别", "choice", choices=PARTY_KINDS),
        _field("uscc", "统一社会信用代码 社会信用代码 信用代码 统一信用代码 机构代码", "uscc"),
        *PLACE,
        _field("person_id", "身份证号 身份证号码 公民身份号码 身份证 证件号码 证件号", "person_id"),
        _field("phone", "电话 联系电话 联系方式 手机 手机号 手机号码", "phone"),
        _field("remark", "备注 说明"),
    ),
)

PROJECTS = Table(
    kind="projects",
    identity=("project_code", "name"),
    funding=SOURCES,
    place=("village",),
    sections=(("township", TOWNSHIP_ENDINGS), ("village", VILLAGE_ENDINGS)),
    fields=(
        _field("seq", "序号 编号 序"),
        _field("project_code", "项目编号 项目编码 项目代码 项目库编号", "code"),
        _field("name", "项目名称 名称 项目", "text", "project"),
        _field("project_year", "项目年度 年度 实施年度 建设年度 资金年度 年份", "year", "project"),
        *PLACE,
        _field("supervisor", "主管部门 项目主管部门 行业主管部门 监管部门 责任单位 实施单位"),
        *(_source(code) for code in SOURCES),
        _field(
            "funding_total",
            "资金合计 总投资 投资合计 资金总额 资金小计 项目资金 资金规模 投资规模 总投入 投资额",
            "money",
            "funding",
        ),
        _field("state", "项目状态 状态 建设状态 进度", "choice", choices=STATES),
        _field("remark", "备注 说明"),
    ),
)

TASKS = replace(
    UPKEEP,
    kind="inspection_tasks",
    fields=(*UPKEEP.fields, _field("photos", "照片 现场照片 照片文件 照片文件名")),
)

TABLES = {table.kind: table for table in (ASSETS, UPKEEP, PARTIES, PROJECTS)}
