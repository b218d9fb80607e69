"""A stocktake that is closed and one that is open, and the collectives' account books, a few lines at fault."""

import datetime as dt
import json
import re
from decimal import Decimal
from pathlib import Path

from openpyxl import Workbook

from registry.demo.assets import Asset
from registry.demo.people import People
from registry.demo.places import XINHUA

SHARE = re.compile(r"^(.*?)\s*(\d+)%$")
YUAN = Decimal(10_000)  # the generator counts in 万元


def plant_stocktake(folder: Path, assets: list[Asset], people: People, truth, picker, today: dt.date) -> None:
    """Write `stocktake.json` and `book_values.xlsx`; what is at fault is noted in `truth`."""
    own = sorted(code for code in people.villages if code.startswith(XINHUA))
    counted, now = own[-1], own[0]
    missing = picker.take(1, lambda asset: asset.village == now)
    fewer = picker.take(1, lambda asset: asset.village == now and asset.quantity > 1)
    for asset in (*missing, *fewer):
        truth.note("STK-02", asset)
    campaigns = [
        {
            "village": counted, "title": f"{people.villages[counted].short}{today.year - 1}年度资产清查",
            "year": today.year - 1, "ledger_day": today - dt.timedelta(days=45), "close": True,
            "missing": [], "fewer": [asset.code for asset in picker.take(1, lambda a: a.village == counted)],
        },
        {
            "village": now, "title": f"{people.villages[now].short}{today.year}年度资产清查",
            "year": today.year, "ledger_day": today - dt.timedelta(days=6), "close": False,
            "missing": [asset.code for asset in missing], "fewer": [asset.code for asset in fewer],
        },
    ]  # fmt: skip
    text = json.dumps(campaigns, ensure_ascii=False, indent=1, default=str)
    (folder / "stocktake.json").write_text(text + "\n", encoding="utf-8")
    write_books(folder / "book_values.xlsx", assets, people, truth, picker, today)


def write_books(path: Path, assets: list[Asset], people: People, truth, picker, today: dt.date) -> None:
    """What the collectives' books say; one asset stands there with another value, one not at all."""
    collectives = {people.collective(village) for village in people.villages}
    whole = picker.take(2, lambda asset: asset.owner in collectives)
    for asset in whole:
        truth.note("STK-06", asset)
    book = Workbook(write_only=True)
    sheet = book.create_sheet("固定资产账")
    sheet.append(["村集体经济组织固定资产账（单位：元）"])
    sheet.append(["资产编码", "资产名称", "记账主体", "账面价值", "账面日期", "科目"])
    day = today.replace(day=1) - dt.timedelta(days=1)
    for asset in assets:
        for owner, share in _owners(asset):
            if owner not in collectives or asset in whole[1:]:
                continue
            value = asset.value * YUAN * share + (5000 if asset in whole else 0)
            sheet.append([asset.code, asset.name, owner, float(round(value, 2)), day, "151 固定资产"])
    book.save(path)


def _owners(asset: Asset) -> list[tuple[str, Decimal]]:
    """Owners with their shares: 甲 60%；乙 30%, or one name."""
    parts = [SHARE.match(part) for part in asset.owner.split("；")]
    if all(parts):
        return [(part[1], Decimal(part[2]) / 100) for part in parts if part]
    return [(asset.owner, Decimal(1))] if asset.owner else []
