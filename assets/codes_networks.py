"""Code lists of roads, water works and relocation sites. 中文：农村公路、水利供水工程、安置点代码"""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class RoadLevel(models.TextChoices):
    """Administrative level of a route: the letter of its code (GB/T 917). 中文：路线行政等级"""

    COUNTY = "X", _("county road")  # 县道
    TOWNSHIP = "Y", _("township road")  # 乡道
    VILLAGE = "C", _("village road")  # 村道
    SPECIAL = "Z", _("special road")  # 专用公路


class RoadClass(models.TextChoices):
    """Technical class of a section (JTG 2111-2019 divides the fourth). 中文：技术等级"""

    FIRST = "first", _("class one")  # 一级
    SECOND = "second", _("class two")  # 二级
    THIRD = "third", _("class three")  # 三级
    FOURTH = "fourth", _("class four")  # 四级
    FOURTH_I = "fourth_1", _("class four (I)")  # 四级（Ⅰ类）
    FOURTH_II = "fourth_2", _("class four (II)")  # 四级（Ⅱ类）
    OUTSIDE = "outside", _("below the classes")  # 等外


class Surface(models.TextChoices):
    """Surface of a section. 中文：面层类型"""

    CEMENT = "cement", _("cement concrete")  # 水泥混凝土
    ASPHALT = "asphalt", _("asphalt")  # 沥青
    BLOCKS = "blocks", _("stone blocks")  # 块石、弹石
    GRAVEL = "gravel", _("gravel")  # 砂石
    EARTH = "earth", pgettext_lazy("surface of a road", "earth")  # 土路


class RoadPurpose(models.TextChoices):
    """What a road was built for. 中文：道路用途"""

    ACCESS = "access", _("access to a village")  # 通村通组
    INDUSTRY = "industry", _("industry road")  # 产业路
    RESOURCE = "resource", _("resource road")  # 资源路
    TOURISM = "tourism", _("tourism road")  # 旅游路


class ZoneReason(models.TextChoices):
    """Why something may stand in the control zone of a road. 中文：建筑控制区准许事由"""

    ROAD_WORKS = "road_works", _("works of the road itself")  # 公路附属设施
    BEFORE = "before", _("lawful before the zone was drawn")  # 划定前合法建筑
    PIPE = "pipe", _("permitted pipe or cable")  # 许可埋设管线


class WaterScale(models.TextChoices):
    """Scale of rural supply works. 中文：供水工程类型"""

    URBAN = "urban", _("extension of the town network")  # 城市管网延伸
    T1000_P10000 = "t1000_p10000", _("1,000 t a day or 10,000 people")  # 千吨万人
    P1000 = "p1000", _("1,000 people and more")  # 千人供水
    P100 = "p100", _("100 people and more")  # 百人以上
    CENTRAL = "central", _("other central supply")  # 其他集中式
    SPRING = "spring", _("mountain spring")  # 山泉水
    RAIN = "rain", _("collected rain")  # 雨水收集
    WELL = "well", _("well")  # 水井


class Grade(models.TextChoices):
    """How well a supply serves its users (T/CHES 18-2018). 中文：达标等次"""

    PASS = "pass", _("up to standard")  # 达标
    BASIC = "basic", _("basically up to standard")  # 基本达标
    FAIL = "fail", _("below standard")  # 未达标


class Charging(models.TextChoices):
    """How water is charged. 中文：计费方式"""

    METER = "meter", _("by meter")  # 按方计量
    HOUSEHOLD = "household", _("per household and year")  # 按户
    PERSON = "person", _("per person and year")  # 按人
    FREE = "free", _("not charged")  # 不收费


class IrrigationScale(models.TextChoices):
    """Scale of irrigation works (农田水利条例). 中文：农田水利工程规模"""

    SMALL = "small", _("small irrigation works")  # 小型
    MEDIUM = "medium", _("medium irrigation works")  # 中型
    LARGE = "large", _("large irrigation works")  # 大型


class SiteKind(models.TextChoices):
    """Where a relocation site stands. 中文：安置方式"""

    TOWN = "town", _("in the county town")  # 县城集中安置
    TOWNSHIP = "township", _("in a township seat")  # 集镇集中安置
    VILLAGE = "village", _("in a village")  # 行政村内安置
    SCATTERED = "scattered", _("scattered")  # 分散安置


class SiteWorkKind(models.TextChoices):
    """Kind of an ancillary work of a site. 中文：配套设施类型"""

    WATER = "water", _("water supply")  # 供水
    POWER = "power", _("power supply")  # 供电
    ROAD = "road", _("road of the site")  # 道路
    WASTE = "waste", _("sewage and waste")  # 污水垃圾
    SCHOOL = "school", _("school")  # 学校
    CLINIC = "clinic", _("clinic")  # 卫生室
    COMMUNITY = "community", _("community centre")  # 社区服务中心
    WORKSHOP = "workshop", _("workshop of the site")  # 帮扶车间
    OTHER = "other", _("other ancillary work")  # 其他


def _words(labels: dict[str, str]) -> dict[str, str]:
    """The code that each word of a file stands for; the first word of a code is the customary one."""
    return {word: code for code, words in labels.items() for word in words.split()}


WORDS: dict[str, dict[str, str]] = {
    "level": _words({"X": "县道", "Y": "乡道", "C": "村道", "Z": "专用公路 专用道"}),
    "technical_class": _words({
        "first": "一级", "second": "二级", "third": "三级", "fourth": "四级",
        "fourth_1": "四级（Ⅰ类） 四级(Ⅰ类) 四级Ⅰ类 四级(I类)",
        "fourth_2": "四级（Ⅱ类） 四级(Ⅱ类) 四级Ⅱ类 四级(II类)",
        "outside": "等外 等外公路 等外级",
    }),
    "surface": _words({
        "cement": "水泥混凝土 水泥 水泥路 混凝土 水泥砼", "asphalt": "沥青混凝土 沥青 沥青路 油路",
        "blocks": "块石 弹石 弹石路 石块", "gravel": "砂石 砂石路 碎石 泥结碎石",
        "earth": "土路 土质 无路面 素土",
    }),
    "purpose": _words({
        "access": "通村通组 通村 通组 通达 生活", "industry": "产业路 产业", "resource": "资源路 资源",
        "tourism": "旅游路 旅游",
    }),
    "scale": _words({
        "urban": "城市管网延伸 管网延伸 城市", "t1000_p10000": "千吨万人", "p1000": "千人供水 千人 千人以上",
        "p100": "百人以上 百人供水", "central": "其他集中式 千人以下 集中供水", "spring": "山泉水",
        "rain": "雨水收集 水窖", "well": "水井 农户自打井 大口井",
    }),
    "grade": _words({"pass": "达标", "basic": "基本达标", "fail": "未达标 不达标"}),
    "charging": _words({
        "meter": "按方计量 按方 计量 按量", "household": "按户 按户年", "person": "按人 按人年",
        "free": "不收费 免费 未收费",
    }),
    "irrigation_scale": _words({"small": "小型 小型农田水利", "medium": "中型", "large": "大型"}),
    "site_kind": _words({
        "town": "县城集中安置 县城安置 城镇安置", "township": "集镇集中安置 集镇安置",
        "village": "行政村内安置 村内安置 中心村安置",
        "scattered": "分散安置",
    }),
}  # fmt: skip


def word_for(name: str, code: str | None) -> str | None:
    """The customary word of a code in files."""
    return next((word for word, of in WORDS[name].items() if of == code), None)


class FacilityUse(models.TextChoices):
    """What agricultural facility land produces (自然资规〔2019〕4号). 中文：设施农业用地生产类型"""

    CROPS = "crops", _("growing of crops")  # 作物种植
    LIVESTOCK = "livestock", pgettext_lazy("use of facility land", "livestock")  # 畜禽养殖
    FISH = "fish", _("fish and other water animals")  # 水产养殖
