"""The sub-type that an asset's name tells, where the ledger has no column for it. 中文：按名称识别资产类型"""

from __future__ import annotations

import re

from assets.codes import SUBTYPES_OF_CLASS, AssetClass

WORDS: tuple[tuple[str, str], ...] = (
    ("household_water", r"到户供水|入户水|户用水"),
    ("household_toilet", r"户厕|厕所"),
    ("renovated_housing", r"危改|危房"),
    ("housing", r"安置房|安置住房|搬迁住房|住房"),
    ("tv", r"广电|电视|户户通"),
    ("livestock", r"牛|羊|猪|鸡|鸭|鹅|兔|蜂|仔畜|种畜|畜禽"),
    ("seedling", r"苗"),
    ("small_machine", r"机具|农机|微耕机|割草机|粉碎机"),
    ("solar", r"光伏"),
    ("workshop", r"车间"),
    ("ecommerce", r"电商"),
    ("tourism", r"旅游|民宿|农家乐|景区|观景"),
    ("processing", r"加工|冷库|烘干|厂|仓|初制所|作坊|油坊|榨油|酒坊|生产线|设备"),
    ("equity", r"股权|入股|股金|债权|基金|资金|借款|分红"),
    ("farm_base", r"基地|大棚|养殖|种植|果|茶|鱼|圈舍|猪|羊|牛|鸡|鸭|蜂|菌|药材|蔬菜|稻|园区|农场|苗圃"),
    ("water_supply", r"饮水|供水|人饮|水厂|自来水|水池|水窖|管网"),
    ("irrigation", r"沟|渠|灌|坝|水窖|泵站|水利|堤|塘|高标准农田|机井|蓄水|小流域"),
    ("road", r"路(?!灯)|桥|巷道|硬化|涵|挡墙|护坡|停车场|客运站"),
    ("sanitation", r"公厕|垃圾|污水|环卫|化粪|卫生厕所|人居环境|绿化"),
    ("power", r"路灯|电力|变压器|供电|照明"),
    ("network", r"网络|宽带|通信|基站|广播"),
    ("education", r"学校|小学|中学|幼儿园|教学"),
    ("health", r"卫生室|卫生院|医院|诊所"),
    ("sport", r"球场|健身|体育"),
    ("culture", r"文化|广场|戏台|图书|村史馆|凉亭"),
    ("site_works", r"安置点"),
    ("service", r"活动室|活动场所|服务|办公|会议室|综合|党群|公房|养老|幸福院|消防|警务"),
    ("infrastructure", r"市场|商铺|门面|门市|铺面|商业|水电站|加油站|设施|用房"),
)


def subtype_from_name(name: str, asset_class: str) -> str | None:
    """The first sub-type of the class whose words the name holds."""
    allowed = SUBTYPES_OF_CLASS.get(AssetClass(asset_class), ())
    return next((code for code, words in WORDS if code in allowed and re.search(words, name)), None)
