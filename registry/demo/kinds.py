"""The kinds of asset in the demo: what they are called, what they cost, who holds and who keeps them."""

from dataclasses import dataclass

OPERATING, PUBLIC, HOUSEHOLD = "经营性", "公益性", "到户类"
CLASS_DIGIT = {OPERATING: "1", PUBLIC: "2", HOUSEHOLD: "3"}


@dataclass(frozen=True)
class Kind:
    """One kind. `where`: homes, farm, wild, ways, canal, pipe, points, parcel or none; cost in 万元."""

    name: str
    asset_class: str
    subtype: str
    number: str
    where: str
    size: tuple[float, float]
    cost: tuple[float, float]
    spec: str
    measure: str
    owner: str
    keeper: str
    supervisor: str
    every_days: int = 90


def _public(name, subtype, number, where, size, cost, spec, measure, owner, keeper, supervisor, days=90):
    return Kind(
        name, PUBLIC, subtype, number, where, size, cost, spec, measure, owner, keeper, supervisor, days
    )


def _operating(name, subtype, number, where, size, cost, spec, measure, supervisor="farm", keeper="operator"):
    return Kind(
        name, OPERATING, subtype, number, where, size, cost, spec, measure, "collective", keeper, supervisor
    )


def _household(name, subtype, number, where, cost, spec, measure, supervisor="farm"):
    return Kind(
        name, HOUSEHOLD, subtype, number, where, (9, 8), cost, spec, measure, "households", "none", supervisor
    )


# The sections of the road network, by the level of the road.
OF_ROADS: dict[str, Kind] = {
    "X": _public("屏新公路{t}段改建工程（第{k}段）", "道路交通", "03", "network", (7, 0), (0, 0), "{spec}", "公里", "county", "government", "road", 30),
    "Y": _public("{t}乡至{v}公路硬化工程", "道路交通", "04", "network", (4.5, 0), (0, 0), "{spec}", "公里", "county", "government", "road", 30),
    "C": _public("{h}进村道路硬化工程", "道路交通", "01", "network", (4.5, 0), (0, 0), "{spec}", "公里", "county", "government", "road", 30),
}  # fmt: skip

# Of every hamlet: the kind and how many of a hundred hamlets have it.
OF_HAMLETS: list[tuple[int, Kind]] = [
    (92, _public("{h}串户路硬化工程", "道路交通", "02", "lane", (2.5, 0), (8, 32), "C20混凝土，宽2.5米", "公里", "county", "committee", "road", 30)),
    (96, _public("{h}饮水工程蓄水池", "供水饮水", "11", "homes", (9, 7), (6, 22), "钢筋混凝土，{n}立方米", "座", "collective", "water_users", "water_supply", 30)),
    (94, _public("{h}饮水工程输水管网", "供水饮水", "12", "pipe", (1, 0), (8, 45), "PE管DN63，{n}00米", "米", "collective", "water_users", "water_supply", 30)),
    (46, _public("{h}饮水工程取水口", "供水饮水", "13", "intake", (6, 4), (2, 9), "浆砌石取水坝，过滤池1个", "处", "collective", "water_users", "water_supply", 30)),
    (94, _public("{h}太阳能路灯", "综合服务", "61", "points", (0, 0), (6, 30), "{n}盏，LED 40W", "盏", "collective", "committee", "civil")),
    (92, _public("{h}公厕", "公共厕所", "31", "homes", (10, 7), (8, 20), "砖混，{n}平方米，4蹲位", "座", "collective", "committee", "housing")),
    (88, _public("{h}垃圾收集房", "垃圾处理设施", "32", "homes", (7, 5), (2, 8), "砖混，15平方米", "座", "collective", "committee", "housing")),
    (90, _public("{h}文化活动广场", "文化", "41", "homes", (32, 22), (15, 60), "{n}0平方米，含舞台", "个", "collective", "committee", "culture")),
    (44, _public("{h}污水处理设施", "污水处理设施", "33", "homes", (14, 9), (18, 55), "三格化粪池及氧化塘", "套", "collective", "committee", "housing")),
    (86, _public("{h}灌溉沟渠", "农田水利", "21", "canal", (1.6, 0), (10, 60), "三面光，断面0.5×0.5米", "公里", "collective", "water_users", "irrigation")),
    (46, _public("{h}灌溉蓄水池", "农田水利", "22", "farm", (12, 10), (5, 18), "{n}立方米", "座", "collective", "water_users", "irrigation")),
    (12, _household("{h}卫星电视接收设备（{n}户）", "广电设备", "77", "points", (1, 4), "户户通接收机", "户", "culture")),
    (16, _household("{h}微耕机（{n}户）", "小型机具", "78", "points", (2, 9), "170型微耕机", "户")),
    (66, _household("{h}危房改造（{n}户）", "危改住房", "71", "points", (12, 60), "砖混结构，户均80平方米", "户", "housing")),
    (62, _household("{h}户厕改造（{n}户）", "户厕", "72", "points", (3, 15), "水冲式卫生厕所", "户", "housing")),
    (70, _household("{h}生猪养殖扶持（{n}户）", "畜禽", "73", "none", (2, 16), "仔猪，户均4头", "头")),
    (48, _household("{h}猕猴桃种苗（{n}户）", "种苗", "74", "none", (2, 12), "红阳嫁接苗", "株")),
    (40, _household("{h}到户供水设施（{n}户）", "到户供水", "75", "points", (2, 9), "入户管道、水表", "户", "water_supply")),
]  # fmt: skip

# Of every village.
OF_VILLAGES: list[tuple[int, Kind]] = [
    (100, _public("{v}卫生室", "卫生", "51", "homes", (18, 10), (20, 50), "砖混两层，160平方米", "所", "committee", "committee", "health")),
    (100, _public("{v}小学教学楼", "教育", "52", "homes", (36, 14), (120, 320), "框架三层，1200平方米", "幢", "government", "government", "education")),
    (100, _public("{v}党群服务中心", "综合服务", "62", "homes", (24, 13), (60, 150), "框架两层，420平方米", "幢", "committee", "committee", "civil")),
    (100, _public("{v}文化活动室", "文化", "42", "homes", (20, 11), (15, 45), "砖混，180平方米", "间", "collective", "committee", "culture")),
    (100, _public("{v}灯光球场", "体育", "43", "homes", (30, 17), (12, 30), "标准篮球场1个", "个", "collective", "committee", "sport")),
    (56, _public("{v}移动通信基站配套", "网络", "63", "homes", (6, 6), (8, 24), "铁塔基础及光缆", "座", "government", "government", "energy")),
    (100, _public("{v}农网改造变压器", "电力", "64", "homes", (4, 4), (10, 30), "200kVA，台区改造", "台", "government", "government", "energy")),
    (100, _public("{v}大沟防渗工程", "农田水利", "23", "canal", (2.2, 0), (40, 130), "三面光，断面0.8×0.8米", "公里", "collective", "water_users", "irrigation")),
    (45, _public("{v}河堤护岸工程", "防洪设施", "24", "canal", (3, 0), (45, 160), "浆砌石护岸，高2.5米", "公里", "government", "committee", "irrigation")),
    (56, _public("{v}寄递物流服务站", "寄递物流站点", "65", "homes", (9, 6), (8, 22), "快递上架、取件，60平方米", "个", "collective", "committee", "civil")),
    (56, _public("{v}10千伏支线", "配电线路", "67", "pipe", (1, 0), (30, 90), "10kV，LGJ-70", "公里", "government", "government", "energy")),
    (34, _public("{v}环卫清运设施", "环卫公厕", "34", "homes", (8, 6), (9, 26), "勾臂车1辆、箱体{n}个", "套", "collective", "committee", "housing")),
    (34, _operating("{v}集体商铺", "房屋建筑", "14", "homes", (18, 9), (40, 120), "砖混两层，{n}0平方米", "幢")),
    (34, _operating("{v}农产品分拣设备", "设备", "15", "homes", (12, 8), (18, 60), "分拣线1条，{n}吨/日", "套")),
    (100, _operating("{v}集体猕猴桃基地", "农林牧渔产业基地", "01", "parcel", (0, 0), (60, 220), "标准化种植，滴灌", "亩")),
    (100, _operating("{v}蔬菜大棚", "农林牧渔产业基地", "02", "farm", (64, 30), (35, 110), "钢架大棚，{n}个", "个")),
    (100, _operating("{v}生猪养殖小区", "农林牧渔产业基地", "03", "wild", (58, 26), (70, 190), "圈舍1400平方米", "个")),
    (66, _operating("{v}农产品冷库", "生产加工设施", "11", "homes", (26, 15), (40, 120), "库容{n}0吨", "座")),
    (66, _operating("{v}就业帮扶车间", "扶贫车间", "12", "homes", (36, 16), (50, 160), "钢结构，560平方米", "幢", "relocation")),
    (34, _operating("{v}苗寨民宿", "经营性旅游设施", "21", "homes", (22, 14), (60, 180), "客房12间", "幢", "culture")),
    (34, _operating("{v}电商服务站", "经营性电商设施", "22", "homes", (14, 9), (12, 30), "门面80平方米", "间")),
    (34, _operating("{v}农贸市场", "经营性基础设施", "31", "homes", (40, 24), (80, 200), "钢架交易大棚", "个")),
    (100, _operating("{v}入股猕猴桃公司股权", "权益类", "51", "none", (0, 0), (30, 100), "入股资金，年保底分红", "股")),
]  # fmt: skip
SOLAR = _operating(
    "{v}村级光伏电站", "光伏电站", "41", "wild", (110, 62), (180, 420), "装机{n}0千瓦", "座", "energy"
)
SITE_HOUSING = _household(
    "安置点安置住房{k}幢（{n}户）", "安置住房", "76", "site", (420, 760), "框架六层", "户", "relocation"
)
SITE_WORKSHOP = _operating(
    "安置点就业帮扶车间", "扶贫车间", "13", "site", (0, 0), (180, 240), "两层，1600平方米", "幢", "relocation"
)
SITE_WORKS: list[tuple[str, tuple[float, float], tuple[float, float], str, str]] = [
    ("安置点内部道路", (0, 0), (90, 140), "C30混凝土，宽6米", "公里"),
    ("安置点供水管网", (0, 0), (40, 70), "PE管DN110", "米"),
    ("安置点污水处理站", (18, 12), (60, 110), "日处理80吨", "座"),
    ("安置点供电工程", (6, 6), (50, 90), "315kVA变压器2台", "台"),
    ("安置点垃圾收集站", (9, 7), (8, 15), "压缩式", "座"),
    ("安置点文化广场", (40, 26), (50, 90), "1000平方米", "个"),
    ("安置点幼儿园", (34, 18), (160, 240), "两层，6个班", "所"),
    ("安置点卫生室", (16, 10), (30, 50), "120平方米", "所"),
    ("安置点社区服务中心", (24, 14), (80, 130), "两层，460平方米", "幢"),
    ("安置点路灯", (0, 0), (12, 24), "36盏", "盏"),
]


def site_work(row: tuple[str, tuple[float, float], tuple[float, float], str, str]) -> Kind:
    """An ancillary work of the relocation site: an asset of its own with its own owner and keeper."""
    name, size, cost, spec, measure = row
    return _public(
        name, "安置点配套", "66", "site", size, cost, spec, measure, "government", "committee", "relocation"
    )
