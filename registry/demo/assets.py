"""The assets of the two townships in good order: what was built, from which money, whose it is, who keeps it."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np
import shapely

from registry.demo.kinds import (
    CLASS_DIGIT,
    HOUSEHOLD,
    OF_HAMLETS,
    OF_VILLAGES,
    OPERATING,
    PUBLIC,
    SITE_HOUSING,
    SITE_WORKS,
    SITE_WORKSHOP,
    SOLAR,
    Kind,
    site_work,
)
from registry.demo.people import BUREAUS, COMPANIES, COUNTY_GOVERNMENT, People
from registry.demo.places import XINHUA
from registry.demo.placing import Ground, inside_point, place
from registry.demo.settlements import Hamlet
from registry.demo.survey import rectangle

FUNDS = ["中央资金", "省级资金", "州级资金", "县级资金", "东西部协作资金", "债券资金", "行业资金", "捐赠资金"]
YEARS = np.arange(2013, 2026)
YEAR_WEIGHTS = np.array([2, 3, 5, 9, 13, 15, 14, 11, 8, 7, 5, 4, 4], dtype=float)
IN_USE = "在用"


@dataclass
class Asset:
    """One asset with everything that the ledger says about it; money in 万元."""

    code: str
    name: str
    kind: Kind
    hamlet: Hamlet
    value: Decimal
    funding: list[tuple[str, Decimal]]
    completed: dt.date
    project_code: str = ""
    project_name: str = ""
    spec: str = ""
    quantity: Decimal = Decimal(1)
    accepted: dt.date | None = None
    handed_over: dt.date | None = None
    owner: str = ""
    operator: str = ""
    income_holder: str = ""
    upkeep_body: str = ""
    person: str = ""
    phone: str = ""
    upkeep_from: dt.date | None = None
    budget: Decimal | None = None
    budget_source: str = ""
    post: str = ""
    supervisor: str = ""
    state: str = IN_USE
    source_number: str = ""
    source_date: dt.date | None = None
    real_estate_code: str = ""
    remark: str = ""
    shape: shapely.Geometry | None = None
    placed: str = "footprint"  # footprint, coordinates (in the ledger) or none
    joined_with: list["Asset"] = field(default_factory=list)

    @property
    def village(self) -> str:
        return self.hamlet.village

    @property
    def asset_class(self) -> str:
        return self.kind.asset_class


@dataclass
class Maker:
    """Counts the codes and projects while assets are made."""

    ground: Ground
    people: People
    rng: np.random.Generator
    serials: dict[str, int] = field(default_factory=dict)
    projects: dict[str, str] = field(default_factory=dict)

    def code(self, kind: Kind, village: str, year: int) -> str:
        """Village, class and kind, year, running number."""
        key = f"{village}-{CLASS_DIGIT[kind.asset_class]}{kind.number}-{year}"
        self.serials[key] = self.serials.get(key, 0) + 1
        return f"{key}-{self.serials[key]:04d}"

    def project(self, kind: Kind, hamlet: Hamlet, year: int) -> tuple[str, str]:
        """One project for each village, year and kind of work."""
        place_name = self.people.township(hamlet.village) + self.people.villages[hamlet.village].short
        name = f"{year}年{place_name}{kind.subtype}项目"
        number = self.projects.setdefault(name, f"XM{hamlet.village[6:]}-{year}-{len(self.projects) + 1:03d}")
        return number, name


def make_assets(maker: Maker) -> list[Asset]:
    """All assets of both townships but the roads; of Wantang a few, being imported for comparison."""
    ground, people, rng = maker.ground, maker.people, maker.rng
    assets: list[Asset] = []
    seats = set(ground.people.seats.values())
    for hamlet in ground.people.hamlets:
        here = hamlet.village.startswith(XINHUA)
        for percent, kind in OF_HAMLETS:
            if rng.uniform() * 100 < (percent if here else percent * 0.12):
                assets.append(make_asset(maker, kind, hamlet))
        if hamlet.number in seats:
            for percent, kind in OF_VILLAGES:
                if rng.uniform() * 100 < (percent if here else percent * 0.17):
                    assets.append(make_asset(maker, kind, hamlet))
    seat = ground.people.hamlets[0]
    shared = [h for h in ground.people.hamlets if h.number in seats and h.village.startswith(XINHUA)]
    for hamlet in shared[1:4]:
        assets.append(make_asset(maker, SOLAR, hamlet))
    assets += relocation_site(maker, seat)
    _incomes(assets, people, [h.village for h in shared])
    return assets


def make_asset(maker: Maker, kind: Kind, hamlet: Hamlet, shape=None, **words) -> Asset:
    """One asset in good order."""
    rng, people = maker.rng, maker.people
    year = int(rng.choice(YEARS, p=YEAR_WEIGHTS / YEAR_WEIGHTS.sum()))
    completed = dt.date(year, int(rng.integers(2, 12)), int(rng.integers(1, 28)))
    number = int(rng.integers(6, 36))
    words = {"h": hamlet.name, "v": people.villages[hamlet.village].short, "n": number, **words}
    value = Decimal(int(rng.uniform(*kind.cost) * 100)) / 100
    project_code, project_name = maker.project(kind, hamlet, year)
    shape = shape if shape is not None else place(maker.ground, kind, hamlet)
    asset = Asset(
        maker.code(kind, hamlet.village, year), kind.name.format(**words), kind, hamlet, value,
        _funding(value, year, rng), completed, project_code, project_name, kind.spec.format(**words),
        _quantity(kind, shape, number), shape=shape, placed="none" if shape is None else "footprint",
    )  # fmt: skip
    asset.accepted = completed + dt.timedelta(days=int(rng.integers(10, 40)))
    asset.handed_over = asset.accepted + dt.timedelta(days=int(rng.integers(5, 60)))
    _rights(asset, maker, number)
    _upkeep(asset, maker)
    return asset


def _funding(value: Decimal, year: int, rng: np.random.Generator) -> list[tuple[str, Decimal]]:
    """One to three lines whose sum is the value."""
    first = "中央资金" if rng.uniform() < 0.55 else "省级资金"
    others = ["州级资金", "县级资金", "行业资金"] + (["东西部协作资金"] * 2 if year >= 2017 else ["捐赠资金"])
    picked = [first, *dict.fromkeys(rng.permutation(others)[: int(rng.integers(0, 3))].tolist())]
    lines, rest = [], value
    for name in picked[1:]:
        part = (value * Decimal(int(rng.integers(8, 30))) / 100).quantize(Decimal("0.01"))
        lines.append((name, part))
        rest -= part
    return [(first, rest), *lines]


def _quantity(kind: Kind, shape, number: int) -> Decimal:
    """What the unit of measure counts: length of lines, area in mu, households, else one."""
    if kind.measure == "公里" and shape is not None:
        return Decimal(round(shapely.length(shape) / 1000, 2)).quantize(Decimal("0.01"))
    if kind.measure == "米" and shape is not None:
        return Decimal(round(shapely.length(shape)))
    if kind.measure == "亩" and shape is not None:
        return Decimal(round(shapely.area(shape) * 0.0015, 1)).quantize(Decimal("0.1"))
    if kind.measure in {"户", "盏"}:
        return Decimal(number)
    return Decimal(number * 4) if kind.measure in {"头", "株"} else Decimal(1)


def _rights(asset: Asset, maker: Maker, number: int) -> None:
    """Owner, paper, supervisor; for operating assets operator and income right holder."""
    people, kind, village = maker.people, asset.kind, asset.village
    holders = {
        "county": COUNTY_GOVERNMENT, "government": people.government(village),
        "committee": people.committee(village), "collective": people.collective(village),
    }  # fmt: skip
    if kind.owner == "households":
        name = f"{people.villages[village].short}{asset.hamlet.name}{number}户"
        asset.owner = people.add(name, "群体（名单）", village)
    else:
        asset.owner = holders[kind.owner]
    asset.supervisor = BUREAUS[kind.supervisor]
    asset.source_date = asset.handed_over
    asset.source_number = paper_number(asset, int(maker.rng.integers(1, 60)))
    if kind.asset_class == OPERATING:
        asset.operator = _operator(asset, people, maker.rng)
        asset.income_holder = people.collective(village)


def paper_number(asset: Asset, part: int) -> str:
    """The number of the paper that confirms the rights: papers of one day are numbered on, none has two dates."""
    day = asset.source_date or asset.completed
    office = "新" if asset.village.startswith(XINHUA) else "湾"
    return f"{office}政确〔{day.year}〕{day.timetuple().tm_yday:03d}{part:02d}号"


def _operator(asset: Asset, people: People, rng: np.random.Generator) -> str:
    companies = {
        "光伏电站": COMPANIES[2],
        "扶贫车间": COMPANIES[1],
        "经营性旅游设施": COMPANIES[3],
        "权益类": COMPANIES[0],
    }
    if asset.kind.subtype in companies:
        return companies[asset.kind.subtype]
    return people.cooperative(asset.village) if rng.uniform() < 0.7 else people.collective(asset.village)


def _upkeep(asset: Asset, maker: Maker) -> None:
    """The keeper, a named person with a phone, since when, with which money."""
    people, kind, village = maker.people, asset.kind, asset.village
    bodies = {
        "government": people.government(village), "committee": people.committee(village),
        "water_users": people.water_users(village), "operator": asset.operator, "none": "",
    }  # fmt: skip
    asset.upkeep_body = bodies[kind.keeper]
    if not asset.upkeep_body:
        return
    keepers = people.keepers[village]
    asset.person, asset.phone = keepers[asset.hamlet.number % len(keepers)]
    asset.upkeep_from = asset.handed_over
    asset.budget = max(Decimal("0.05"), (asset.value * Decimal("0.012")).quantize(Decimal("0.01")))
    own = "经营收益" if kind.asset_class == OPERATING else "村集体收入"
    asset.budget_source = own if kind.keeper != "government" else "县级财政"
    asset.post = "是" if kind.asset_class == PUBLIC and maker.rng.uniform() < 0.45 else "否"


def _incomes(assets: list[Asset], people: People, villages: list[str]) -> None:
    """Income of some assets belongs to several villages: joint ones 60/40, pooled ones among three."""
    joint = [a for a in assets if a.kind.subtype in {"扶贫车间", "生产加工设施"} and a.village in villages]
    for asset in joint[::2]:
        other = villages[(villages.index(asset.village) + 1) % len(villages)]
        asset.income_holder = f"{people.collective(asset.village)} 60%；{people.collective(other)} 40%"
        asset.remark = "两村联建，按出资比例分享收益"
    for asset in (a for a in assets if a.kind.subtype == "光伏电站"):
        start = villages.index(asset.village)
        names = [people.collective(villages[(start + n) % len(villages)]) for n in (0, 3, 5)]
        shares = zip(names, ("40%", "30%", "30%"), strict=True)
        asset.income_holder = "；".join(f"{name} {share}" for name, share in shares)
        asset.remark = "收益由乡统筹，分配方案见新政发〔2022〕18号"


def relocation_site(maker: Maker, seat: Hamlet) -> list[Asset]:
    """The relocation site by the seat: four blocks of flats, a workshop, and ten ancillary works."""
    ground = maker.ground
    spots = seat.xy + maker.rng.uniform(-650, 650, (300, 2))
    home = np.array([village == seat.village for village in ground.village_at(spots)])
    away = np.hypot(*(spots - seat.xy).T) > 260
    high = ground.terrain.above_stream.at(spots) > 18
    cost = np.where(
        home & away & high, ground.terrain.slope.at(spots) + 0.002 * ground.cover.to_way.at(spots), 9
    )
    centre = spots[int(np.argmin(cost))]
    turn = float(maker.rng.uniform(0, np.pi))
    spin = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    at = lambda x, y: centre + np.array([x, y]) @ spin  # noqa: E731
    assets = []
    for number in range(4):
        flats = rectangle(at(-54 + 36 * number, 34), 30, 13, turn)
        asset = make_asset(maker, SITE_HOUSING, seat, flats, k=number + 1, n=24)
        assets.append(asset)
    assets.append(make_asset(maker, SITE_WORKSHOP, seat, rectangle(at(-40, -40), 46, 20, turn)))
    lanes = [np.round([at(-75, 12), at(75, 12)], 4), np.round([at(-75, -12), at(75, -12)], 4)]
    for number, row in enumerate(SITE_WORKS):
        if row[1][0]:
            shape = rectangle(at(-70 + 20 * number, -66 if number % 2 else -14), *row[1], turn)
        elif "路灯" in row[0]:
            shape = shapely.multipoints(np.round([at(x, 6) for x in range(-72, 73, 24)], 4))
        else:
            shape = shapely.linestrings(lanes[0 if "道路" in row[0] else 1])
        assets.append(make_asset(maker, site_work(row), seat, shape))
    for asset in assets:
        asset.remark = "新华乡易地扶贫搬迁集中安置点"
    return assets


def coordinates(asset: Asset) -> np.ndarray:
    """A point of the asset in the working plane: of its shape, else of its hamlet."""
    return inside_point(asset.shape) if asset.shape is not None else asset.hamlet.xy


def is_household(asset: Asset) -> bool:
    """True for assets of the household class."""
    return asset.asset_class == HOUSEHOLD
