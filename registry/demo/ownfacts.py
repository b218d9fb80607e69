"""What each kind of asset of the demo has of its own: works, buildings, plants, claims, what is grown."""

import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal

import shapely

from registry.demo.assets import Asset
from registry.demo.people import COMPANIES, People

Rows = Iterator[tuple[str, dict[str, object]]]
CROPS = {"集体猕猴桃基地": "猕猴桃", "蔬菜大棚": "辣椒", "生猪养殖小区": "青贮玉米"}
WITH_WALLS = ("生产加工设施", "扶贫车间", "房屋建筑", "综合服务", "教育", "卫生", "文化")
SERVING = (
    "环卫公厕",
    "公共厕所",
    "污水处理设施",
    "垃圾处理设施",
    "防洪设施",
    "寄递物流站点",
    "配电线路",
    "电力",
)
TARIFF, HOURS = Decimal("0.8500"), 1080  # yuan a kWh, full-load hours a year


def own_facts(assets: list[Asset], people: People, today: dt.date) -> list[list]:
    """Rows of unit, kind and values, for every asset whose kind has facts of its own."""
    rows = []
    for asset in assets:
        for subtypes, facts in MAKERS:
            if asset.kind.subtype in subtypes:
                rows += [[asset.code, key, values] for key, values in facts(asset, people, today)]
    return rows


def _serial(asset: Asset) -> int:
    """A number that the asset keeps: what varies from one to the next follows from it."""
    return asset.hamlet.number * 7 + int(asset.kind.number)


def _solar(asset: Asset, people: People, today: dt.date) -> Rows:
    power = 260 + _serial(asset) % 5 * 20
    yield "solar", {"capacity_kw": str(power), "grid_on": asset.accepted, "tariff": str(TARIFF),
                    "account": f"0532{_serial(asset):06d}"}  # fmt: skip
    for year in range(max(asset.completed.year + 1, today.year - 3), today.year):
        produced = Decimal(power * (HOURS - 15 * (today.year - year)))
        money = (produced * TARIFF).quantize(Decimal("0.01"))
        yield (
            "solar_years",
            {"on": dt.date(year, 12, 31), "generation_kwh": str(produced), "income": str(money)},
        )


def _claim(asset: Asset, people: People, today: dt.date) -> Rows:
    begin = asset.handed_over or asset.completed
    end = dt.date(today.year + 2 + _serial(asset) % 4, 12, 31)
    yield "claims", {
        "counterparty": COMPANIES[0], "percent": str(2 + _serial(asset) % 9), "begins_on": begin, "ends_on": end,
        "guarantee_until": end, "exit_clause": "期满按原值退还本金；提前退出须经成员大会同意",
    }  # fmt: skip


def _planting(asset: Asset, people: People, today: dt.date) -> Rows:
    """Company, cooperative and households of the last three seasons (双绑)."""
    crop = next((crop for word, crop in CROPS.items() if word in asset.name), "中药材")
    area = shapely.area(asset.shape) * 0.0015 if asset.shape is not None else 5.0
    for year in range(max(asset.completed.year + 1, today.year - 2), today.year + 1):
        yield "plantings", {
            "on": dt.date(year, 2, 20), "crop": crop, "grain": False, "area_mu": f"{area:.2f}", "company": COMPANIES[0],
            "cooperative": people.cooperative(asset.village), "households": 18 + _serial(asset) % 30,
        }  # fmt: skip


def _canal(asset: Asset, people: People, today: dt.date) -> Rows:
    length = shapely.length(asset.shape) / 1000 if asset.shape is not None else 0.0
    km = f"{length:.3f}" if length > 0.08 else None
    yield "irrigation", {
        "scale": "small", "source_name": "山箐水", "canal_km": km, "lined_km": km, "planting": "水稻、玉米轮作",
        "irrigated_mu": str(40 + _serial(asset) % 90), "built_year": asset.completed.year,
    }  # fmt: skip


def _walls(asset: Asset, people: People, today: dt.date) -> Rows:
    if asset.shape is None or shapely.get_dimensions(asset.shape) != 2 or "广场" in asset.name:
        return
    floors = 2 if "两层" in asset.spec or "框架" in asset.spec else 1
    structure = next((word for word in ("框架", "砖混", "钢结构") if word in asset.spec), "砖混")
    floor = shapely.area(asset.shape) * floors
    yield "buildings", {"floor_m2": f"{floor:.2f}", "structure": structure, "floors": floors, "danger": "A级"}


def _machine(asset: Asset, people: People, today: dt.date) -> Rows:
    yield "equipment", {
        "maker": asset.spec, "serial": f"{asset.completed.year}{_serial(asset):05d}", "life_years": 10,
        "keeper_place": asset.hamlet.name,
    }  # fmt: skip


def _works(asset: Asset, people: People, today: dt.date) -> Rows:
    line = asset.shape is not None and shapely.get_dimensions(asset.shape) == 1
    km = f"{shapely.length(asset.shape) / 1000:.3f}" if line else None
    yield "public_works", {
        "capacity": asset.spec, "length_km": km, "served_households": asset.hamlet.households, "running": True,
        "open_hours": "全天" if "厕" in asset.name else "",
    }  # fmt: skip


MAKERS: tuple[tuple[tuple[str, ...], Callable[[Asset, People, dt.date], Rows]], ...] = (
    (("光伏电站",), _solar),
    (("权益类",), _claim),
    (("农林牧渔产业基地",), _planting),
    (("农田水利",), _canal),
    (WITH_WALLS, _walls),
    (("设备", "小型机具"), _machine),
    (SERVING, _works),
)
