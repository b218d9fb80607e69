"""Code lists of the assets app: class, nature, sub-type, condition. 中文：资产分类"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AssetClass(models.TextChoices):
    """Class of an asset (国办函〔2021〕51号). 中文：资产类别"""

    OPERATING = "operating", _("operating asset")  # 经营性资产
    PUBLIC_WELFARE = "public_welfare", _("public-welfare asset")  # 公益性资产
    HOUSEHOLD = "household", _("household asset")  # 到户类资产


class AssetNature(models.TextChoices):
    """Nature of an asset. 中文：资产性质"""

    FIXED = "fixed", _("fixed asset")  # 固定资产
    EQUITY = "equity", _("equity or claim")  # 权益类资产
    BIOLOGICAL = "biological", _("biological asset")  # 生物资产


class Subtype(models.TextChoices):
    """Sub-type of an asset. 中文：资产类型"""

    FARM_BASE = "farm_base", _("farming base")  # 农林牧渔产业基地
    PROCESSING = "processing", _("processing facility")  # 生产加工设施
    WORKSHOP = "workshop", _("workshop")  # 扶贫（就业帮扶）车间
    TOURISM = "tourism", _("tourism facility")  # 经营性旅游设施
    ECOMMERCE = "ecommerce", _("e-commerce facility")  # 经营性电商设施
    INFRASTRUCTURE = "infrastructure", _("operating infrastructure")  # 经营性基础设施
    SOLAR = "solar", _("solar plant")  # 光伏电站
    EQUITY = "equity", _("equity or claim asset")  # 权益类
    BUILDING = "building", _("building")  # 房屋建筑
    EQUIPMENT = "equipment", _("equipment")  # 设备
    ROAD = "road", _("road")  # 道路交通
    IRRIGATION = "irrigation", _("irrigation works")  # 农田水利
    WATER_SUPPLY = "water_supply", _("water supply works")  # 供水饮水
    SANITATION = "sanitation", _("sanitation")  # 环卫公厕
    EDUCATION = "education", _("education")  # 教育
    CULTURE = "culture", _("culture")  # 文化
    SPORT = "sport", _("sport")  # 体育
    HEALTH = "health", _("health")  # 卫生
    POWER = "power", _("power")  # 电力
    NETWORK = "network", _("network")  # 网络
    SERVICE = "service", _("public service building")  # 综合服务
    SITE_WORKS = "site_works", _("works of a relocation site")  # 安置点配套设施
    FLOOD = "flood", _("flood works")  # 防洪设施
    SEWAGE = "sewage", _("sewage works")  # 污水处理设施
    WASTE = "waste", _("waste works")  # 垃圾处理设施
    TOILET = "toilet", _("public toilet")  # 公共厕所
    PARCEL_STATION = "parcel_station", _("parcel station")  # 寄递物流站点
    GRID_LINE = "grid_line", _("grid line")  # 配电线路
    HOUSING = "housing", _("relocation housing")  # 安置住房
    RENOVATED_HOUSING = "renovated_housing", _("renovated housing")  # 危改住房
    HOUSEHOLD_WATER = "household_water", _("household water")  # 到户供水
    HOUSEHOLD_TOILET = "household_toilet", _("household toilet")  # 户厕
    TV = "tv", _("broadcast equipment")  # 广电设备
    LIVESTOCK = "livestock", _("livestock")  # 畜禽
    SEEDLING = "seedling", _("seedlings")  # 种苗
    SMALL_MACHINE = "small_machine", _("small machine")  # 小型机具


SUBTYPES_OF_CLASS: dict[str, tuple[str, ...]] = {
    AssetClass.OPERATING: (
        "farm_base", "processing", "workshop", "tourism", "ecommerce", "infrastructure", "solar", "equity",
        "building", "equipment",
    ),
    AssetClass.PUBLIC_WELFARE: (
        "road", "irrigation", "water_supply", "sanitation", "education", "culture", "sport", "health",
        "power", "network", "service", "site_works", "flood", "sewage", "waste", "toilet", "parcel_station",
        "grid_line",
    ),
    AssetClass.HOUSEHOLD: (
        "housing", "renovated_housing", "household_water", "household_toilet", "tv", "livestock",
        "seedling", "small_machine",
    ),
}  # fmt: skip
BIOLOGICAL_SUBTYPES = ("livestock", "seedling")
LINE_SUBTYPES = ("road", "irrigation", "water_supply", "power", "network", "flood", "grid_line")


class Condition(models.TextChoices):
    """Condition found by an inspection. 中文：状况"""

    GOOD = "good", _("good")  # 完好
    FAIR = "fair", _("fair")  # 一般
    DAMAGED = "damaged", _("damaged")  # 损坏
    OUT_OF_USE = "out_of_use", _("out of use")  # 停用


class ItemResult(models.TextChoices):
    """Result for one item of a standard. 中文：项目结果"""

    GOOD = "good", _("good enough")  # 合格
    BAD = "bad", _("not good enough")  # 不合格
    UNSEEN = "unseen", _("not looked at")  # 未查


class Payer(models.TextChoices):
    """Who pays for upkeep and repairs. 中文：出资方"""

    BUDGET = "budget", _("public budget")  # 财政资金
    OWNER = "owner", _("the owner")  # 所有权人
    BODY = "body", _("the upkeep body")  # 管护主体
    INCOME = "income", _("income of the asset")  # 资产收益
    USERS = "users", _("the users, by fees")  # 受益户缴费
    OPERATOR = "operator", _("the operator")  # 经营主体
    OTHER = "other", _("others")  # 其他
