"""Invented people and bodies: names of the county's peoples, credit codes with a true check digit, phones."""

from dataclasses import dataclass, field

import numpy as np

from registry.demo.places import WANTANG, XINHUA, Place, villages_of
from registry.demo.settlements import Settlements

FAMILY = [
    "杨",
    "李",
    "王",
    "陶",
    "熊",
    "马",
    "罗",
    "项",
    "普",
    "白",
    "张",
    "侯",
    "古",
    "吴",
    "黄",
    "陈",
    "李",
    "杨",
    "王",
    "刀",
    "沙",
    "卢",
    "朱",
    "赵",
    "周",
    "高",
    "车",
    "龙",
]
GIVEN_1 = [
    "开",
    "正",
    "志",
    "文",
    "光",
    "国",
    "建",
    "云",
    "春",
    "秀",
    "小",
    "金",
    "明",
    "绍",
    "家",
    "永",
    "美",
    "华",
    "顺",
    "天",
    "学",
    "德",
    "兴",
    "自",
    "玉",
]
GIVEN_2 = [
    "荣",
    "福",
    "祥",
    "英",
    "芬",
    "兰",
    "昌",
    "贵",
    "强",
    "忠",
    "学",
    "琼",
    "花",
    "林",
    "平",
    "成",
    "才",
    "明",
    "芳",
    "发",
    "亮",
    "珍",
    "云",
    "生",
    "安",
    "山",
]
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
TOWNSHIP_NAMES = {XINHUA: "新华乡", WANTANG: "湾塘乡"}
COUNTY_GOVERNMENT = "屏边苗族自治县人民政府"
BUREAUS = {
    "road": "屏边县交通运输局", "irrigation": "屏边县水务局", "water_supply": "屏边县水务局",
    "education": "屏边县教育体育局", "sport": "屏边县教育体育局", "culture": "屏边县文化和旅游局",
    "health": "屏边县卫生健康局", "farm": "屏边县农业农村局", "housing": "屏边县住房和城乡建设局",
    "relocation": "屏边县发展和改革局", "energy": "屏边县发展和改革局", "civil": "屏边县民政局",
}  # fmt: skip
COOPERATIVES = [
    "屏边县{v}猕猴桃种植专业合作社", "屏边县{v}荔枝种植专业合作社", "屏边县{v}生猪养殖专业合作社",
    "屏边县{v}中药材种植专业合作社", "屏边县{v}茶叶专业合作社", "屏边县{v}林下草果专业合作社",
]  # fmt: skip
COMPANIES = [
    "屏边绿源农业开发有限公司",
    "红河滇南制衣有限公司",
    "屏边新光能源有限公司",
    "屏边苗岭旅游开发有限公司",
]


@dataclass(frozen=True)
class PartyRow:
    """One line of the list of parties."""

    name: str
    kind: str  # 主体类型 as offices write it
    uscc: str = ""
    division_code: str = ""
    village: str = ""
    identity: str = ""
    phone: str = ""


@dataclass
class People:
    """Everybody whom the papers of the demo name."""

    villages: dict[str, Place]
    keepers: dict[str, list[tuple[str, str]]]
    parties: dict[str, PartyRow] = field(default_factory=dict)
    serial: int = 0

    def collective(self, village: str) -> str:
        """The village collective economic organisation (村集体经济组织)."""
        return f"屏边县{self.township(village)}{self.villages[village].short}股份经济合作社"

    def committee(self, village: str) -> str:
        """The villagers' committee (村民委员会)."""
        return f"{self.township(village)}{self.villages[village].short.removesuffix('村')}村民委员会"

    def water_users(self, village: str) -> str:
        """The water users' association of a village (用水户协会)."""
        return f"{self.township(village)}{self.villages[village].short}用水户协会"

    def cooperative(self, village: str) -> str:
        """The cooperative that farms in a village."""
        pattern = COOPERATIVES[int(village[-1]) % len(COOPERATIVES)]
        return pattern.format(v=self.villages[village].short.removesuffix("村"))

    def government(self, village: str) -> str:
        """The township government over a village."""
        return f"屏边县{self.township(village)}人民政府"

    def township(self, village: str) -> str:
        """Name of the township of a village."""
        return TOWNSHIP_NAMES[village[:9]]

    def add(self, name: str, kind: str, village: str, prefix: str = "", phone: str = "") -> str:
        """Enter a party once; bodies with a prefix get a credit code (统一社会信用代码)."""
        if name not in self.parties:
            self.serial += 1
            code = credit_code(prefix, self.serial) if prefix else ""
            place = self.villages[village].short if village in self.villages else ""
            self.parties[name] = PartyRow(name, kind, code, village or "532523", place, "", phone)
        return name


def make_people(settlements: Settlements, rng: np.random.Generator) -> People:
    """Bodies of the county, the two townships and every village, and the keepers of each village."""
    places = {p.code: p for t in (XINHUA, WANTANG) for p in villages_of(t)}
    people = People(places, {})
    people.add(COUNTY_GOVERNMENT, "机关事业单位", "", "11")
    for name in sorted(set(BUREAUS.values())):
        people.add(name, "机关事业单位", "", "11")
    for name in COMPANIES:
        people.add(name, "企业", "", "91")
    for code in sorted({h.village for h in settlements.hamlets}):
        people.add(people.government(code), "机关事业单位", code[:9], "11")
        people.add(people.collective(code), "村集体经济组织", code, "N2")
        people.add(people.committee(code), "村民委员会", code, "55")
        people.add(people.water_users(code), "其他经营主体", code, "51")
        people.add(people.cooperative(code), "合作社", code, "93")
        people.keepers[code] = [(person_name(rng), phone(rng)) for _ in range(6)]
    return people


def person_name(rng: np.random.Generator) -> str:
    """An invented name."""
    given = str(rng.choice(GIVEN_1)) + (str(rng.choice(GIVEN_2)) if rng.uniform() < 0.9 else "")
    return str(rng.choice(FAMILY)) + given


def phone(rng: np.random.Generator) -> str:
    """A number in the right form that is nobody's: 1990000 and four digits."""
    return f"1990000{rng.integers(0, 10000):04d}"


def credit_code(prefix: str, serial: int) -> str:
    """A unified social credit code of county 532523 with its two check digits (GB 32100, GB 11714)."""
    body = f"D{serial:07d}"
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    rest = 11 - sum(letters.index(c) * w for c, w in zip(body, weights, strict=True)) % 11
    first = f"{prefix}532523{body}" + {10: "X", 11: "0"}.get(rest, str(rest))
    total = sum(USCC_ALPHABET.index(c) * pow(3, n, 31) for n, c in enumerate(first))
    return first + USCC_ALPHABET[(31 - total % 31) % 31]
