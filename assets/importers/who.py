"""Which kind of party does a name mean, and where does it belong? 中文：主体类型与所在区划"""

from __future__ import annotations

import re
from functools import lru_cache

from registry.codes import PRIVATE_KINDS, Level, PartyKind
from registry.models import Division
from registry.queries.places import Places, plain, stem
from registry.services.parties import PartyAsk

# Endings and marks, the telling ones first: 村集体经济组织 before 合作社 before bodies of government.
MARKS: tuple[tuple[str, str], ...] = (
    (PartyKind.VILLAGE_COLLECTIVE, r"^(集体|集体所有|村级|村级集体|村)$"),
    (PartyKind.GOVERNMENT, r"^(国有|国家|国家所有|政府|县级|乡级|镇级|乡镇)$"),
    (PartyKind.GROUP, r"^(个人|农户个人|户主|到户|各户|本户)$|(脱贫|贫困|搬迁|立卡|受益|住|用|监测|低保)户$"),
    (
        PartyKind.VILLAGE_COLLECTIVE,
        r"股份经济合作(联合)?社|股份合作经济|经济(联合|合作)(总|联)?社|集体经济组织|村集体|经合社",
    ),
    (PartyKind.VILLAGE_COMMITTEE, r"村委会|村民委员会|居委会|居民委员会|社区$"),
    (PartyKind.COOPERATIVE, r"合作社|协会$"),
    (PartyKind.COMPANY, r"公司|企业|集团|工厂|厂$|商行|经营部|个体|门店|超市"),
    (PartyKind.GROUP, r"\d+\s*户|农户$|群众|村民$|全体|[、;；]|等\d*(户|人)"),
    (PartyKind.VILLAGE_COMMITTEE, r"(村民)?小组$"),
    (
        PartyKind.GOVERNMENT,
        r"政府|局$|办$|办公室|委员会|管委会|中心$|站$|所$|学校|小学|中学|幼儿园|卫生院|医院|卫生室"
        r"|大队$|乡$|镇$|县$|街道",
    ),
    (PartyKind.VILLAGE_COLLECTIVE, r"村$|寨$"),
    (PartyKind.OPERATOR, r"基地|农场|庄园|家庭农场|种植|养殖|大户"),
)
PERSON = re.compile(r"^[\u4e00-\u9fff]{2,4}$|^[\u4e00-\u9fff]{1,12}·[\u4e00-\u9fff·]{1,12}$")


@lru_cache(maxsize=20_000)
def kind_of(name: str, *, household: bool = False) -> str:
    """The kind that a name tells; ``household``: a person's name stands for a household here."""
    text = plain(name)
    generic = any(re.search(marks, text) for _kind, marks in MARKS[:3])
    if household and not generic and len(text) <= 3 and PERSON.match(text):
        return PartyKind.HOUSEHOLD
    for kind, marks in MARKS:
        if re.search(marks, text):
            return kind
    if PERSON.match(text) or PERSON.match(name.strip()):
        return PartyKind.HOUSEHOLD if household else PartyKind.PERSON
    return PartyKind.OPERATOR


def home_of(kind: str, name: str, place: Division, places: Places) -> Division:
    """The division where a party of this name belongs, seen from a row's place."""
    village = places.above(place, Level.VILLAGE)
    township = places.above(place, Level.TOWNSHIP)
    county = places.above(place, Level.COUNTY)
    text = plain(name)
    if kind in PRIVATE_KINDS or kind == PartyKind.GROUP:
        return village or township or place
    if kind in (PartyKind.VILLAGE_COLLECTIVE, PartyKind.VILLAGE_COMMITTEE):
        return _named_in(text, Level.VILLAGE, township or county, places) or village or township or place
    named = _named_in(text, Level.TOWNSHIP, county, places)
    if named is not None:
        return named
    of_county = county is not None and (
        stem(county.name)[:2] in text or text.startswith("县") or "县" in text
    )
    if kind == PartyKind.GOVERNMENT and county is not None and (of_county or text.endswith("局")):
        return county
    return township or county or place


def _named_in(text: str, level: str, within: Division | None, places: Places) -> Division | None:
    """The place of a level whose name the text contains, the longest name first."""
    hits = [
        (len(short), place)
        for short, place in places.stems[level]
        if len(short) > 1 and short in text and (within is None or place.path.startswith(within.path))
    ]
    return max(hits, key=lambda hit: hit[0])[1] if hits else None


def ask_for(
    name: str, place: Division, places: Places, *, kind: str = "", household: bool = False, phone: str = ""
) -> PartyAsk:
    """The party that a cell of a row names."""
    found = kind or kind_of(name, household=household)
    homes = places.homes
    if (home := homes.get((found, name, place.pk))) is None:
        home = homes[found, name, place.pk] = home_of(found, name, place, places).pk
    return PartyAsk(found, name.strip(), home, phone=phone)
