"""Small files for the first page: a ledger with everything in it that can be wrong, and a shape to drop."""

import datetime as dt
import json
from pathlib import Path

import numpy as np
import shapely
from openpyxl import Workbook
from openpyxl.styles import Font

from registry import geo
from registry.demo.farmland import BasicFarmland
from registry.demo.gisfiles import write_gbk_shapefile
from registry.demo.people import People
from registry.demo.places import WORK, XINHUA
from registry.demo.settlements import Settlements
from registry.demo.survey import rectangle

COLUMNS = [
    "序号", "资产编码", "资产名称", "资产类别", "资产类型", "项目名称", "项目年度", "村", "自然村", "规格型号", "数量", "计量单位",
    "中央资金", "省级资金", "县级资金", "东西部协作资金", "资产原值", "建成日期", "移交日期", "产权归属", "收益权人", "管护主体",
    "管护责任人", "联系电话", "年管护经费", "监管部门", "资产状态", "备注",
]  # fmt: skip
GOOD = [
    ("村组道路硬化", "公益性", "道路交通", 46.0), ("饮水蓄水池", "公益性", "供水饮水", 12.5), ("灌溉沟渠", "公益性", "农田水利", 28.0),
    ("公厕", "公益性", "环卫公厕", 11.2), ("文化广场", "公益性", "文化", 33.0), ("篮球场", "公益性", "体育", 18.6),
    ("村卫生室", "公益性", "卫生", 36.0), ("变压器", "公益性", "电力", 21.0), ("蔬菜大棚", "经营性", "农林牧渔产业基地", 65.0),
    ("农产品冷库", "经营性", "生产加工设施", 88.0), ("就业帮扶车间", "经营性", "扶贫车间", 120.0), ("电商服务站", "经营性", "经营性电商设施", 16.0),
]  # fmt: skip


def write_samples(folder: Path, farm: BasicFarmland, settlements: Settlements, people: People) -> None:
    """Write the three files."""
    shape = site_shape(farm, settlements)
    degrees = geo.transform(shape, WORK, 4490)
    feature = {
        "type": "Feature", "properties": {"id": "1", "name": "拟建安置点二期"},
        "geometry": json.loads(shapely.to_geojson(degrees)),
    }  # fmt: skip
    text = json.dumps({"type": "FeatureCollection", "features": [feature]}, ensure_ascii=False)
    (folder / "sample_site.geojson").write_text(text + "\n", encoding="utf-8")
    columns = {"ID": np.array(["1"], dtype=object), "XMMC": np.array(["拟建安置点二期"], dtype=object)}
    write_gbk_shapefile(folder / "sample_site_gbk.zip", "用地范围", np.array([shape]), columns, WORK)
    write_messy_ledger(folder / "sample_messy_ledger.xlsx", people)


def site_shape(farm: BasicFarmland, settlements: Settlements) -> shapely.Geometry:
    """A building site near the first seat, about half of it on basic farmland."""
    seat = settlements.hamlets[0].xy
    big = np.flatnonzero(shapely.area(farm.shapes) > 9000)
    block = farm.shapes[big[int(np.argmin(shapely.distance(farm.shapes[big], shapely.points(seat))))]]
    ring = np.asarray(block.exterior.coords)
    return rectangle(ring[int(np.argmin(np.hypot(*(ring - seat).T)))], 92.0, 58.0, 0.7)


def messy_rows(people: People) -> list[dict]:
    """About thirty good rows and one of each fault, in two villages."""
    villages = [v for v in people.villages if v.startswith(XINHUA)][:3]
    rows: list[dict] = []
    for village in villages:
        for number, (name, asset_class, subtype, value) in enumerate(GOOD):
            rows.append(_good_row(people, village, number, name, asset_class, subtype, value))
    _spoil(rows, people)
    return rows


def _good_row(people: People, village: str, number: int, name, asset_class, subtype, value: float) -> dict:
    short, keeper = people.villages[village].short, people.keepers[village][number % 6]
    operating = asset_class == "经营性"
    return {
        "资产编码": f"{village}-9{number:02d}-2023-0001", "资产名称": f"{short}{name}", "资产类别": asset_class,
        "资产类型": subtype, "项目名称": f"2023年新华乡{short}{name}项目", "项目年度": 2023, "村": short,
        "自然村": None, "规格型号": "按设计", "数量": 1, "计量单位": "项", "中央资金": round(value * 0.6, 2),
        "省级资金": round(value - round(value * 0.6, 2), 2), "资产原值": value,
        "建成日期": dt.date(2023, 3 + number % 8, 12), "移交日期": dt.date(2024, 1, 10),
        "产权归属": people.collective(village), "收益权人": people.collective(village) if operating else None,
        "管护主体": people.committee(village), "管护责任人": keeper[0], "联系电话": keeper[1],
        "年管护经费": round(value * 0.01, 2), "监管部门": "屏边县农业农村局", "资产状态": "在用",
    }  # fmt: skip


def _spoil(rows: list[dict], people: People) -> None:
    """One fault a row; the remark says nothing of it, as in life."""
    first, second = (people.collective(v) for v in [v for v in people.villages if v.startswith(XINHUA)][:2])
    rows[1]["资产类别"] = "集体性"  # no such class
    rows[3]["资产类型"] = "光伏电站"  # not a sub-type of public welfare
    rows[9]["产权归属"] = f"{first} 60%；{second} 30%"  # shares of nine tenths
    rows[10]["省级资金"] = 30.0  # the lines do not make the value
    rows[13]["建成日期"] = "2023年13月5日"
    rows[15]["联系电话"] = "1990000"
    rows[17]["村"] = "不存在村"
    rows[20]["资产编码"] = rows[8]["资产编码"]  # twice the same code
    rows[22]["资产原值"] = "约88万"
    rows[14]["资产名称"] = rows[14]["资产名称"] + "、" + rows[14]["村"] + "取水口"  # two assets in one row
    rows[14]["数量"] = "1、1"
    rows[26]["产权归属"] = None
    rows[28]["管护责任人"] = rows[28]["联系电话"] = None
    rows[29]["建成日期"] = "2023.7.1"
    rows[30]["数量"] = None


def write_messy_ledger(path: Path, people: People) -> None:
    """Titles, a unit, a head in two rows, sections, funding lines under one another, and a total that is wrong."""
    book = Workbook()
    sheet = book.active
    sheet.title = "2023年"
    sheet.merge_cells("A1:AB1")
    sheet["A1"], sheet["A1"].font = "新华乡2023年度衔接资金项目资产登记表", Font(size=16, bold=True)
    sheet["A2"], sheet["Z2"] = "填报单位（盖章）：新华乡人民政府", "单位：万元"
    _head(sheet)
    rows, section = messy_rows(people), None
    for number, row in enumerate(rows):
        if number % len(GOOD) == 0:
            section = people.villages[row["资产编码"][:12]].short
            sheet.append([f"{'一二三'[number // len(GOOD)]}、{section}"])
            sheet.merge_cells(
                start_row=sheet.max_row, end_row=sheet.max_row, start_column=1, end_column=len(COLUMNS)
            )
        sheet.append([number + 1 if name == "序号" else row.get(name) for name in COLUMNS])
        if number % len(GOOD) == len(GOOD) - 1:
            own = rows[number + 1 - len(GOOD) : number + 1]
            _total(sheet, "小计", own)
            _merge_village(sheet, sheet.max_row - len(GOOD), sheet.max_row - 1, section)
    _total(sheet, "合计", rows[:-1])  # whoever added the last row did not correct the sum
    sheet.append(["填表人：", None, None, None, "审核人：", None, None, "填报日期：2024年1月15日"])
    book.save(path)


def _head(sheet) -> None:
    """Two rows of heads: the funds stand under a common head."""
    start, end = COLUMNS.index("中央资金") + 1, COLUMNS.index("东西部协作资金") + 1
    for column, name in enumerate(COLUMNS, 1):
        if start <= column <= end:
            sheet.cell(4, column, name)
        else:
            sheet.cell(3, column, name)
            sheet.merge_cells(start_row=3, end_row=4, start_column=column, end_column=column)
    sheet.cell(3, start, "资金来源")
    sheet.merge_cells(start_row=3, end_row=3, start_column=start, end_column=end)


def _total(sheet, word: str, rows: list[dict]) -> None:
    money = ["中央资金", "省级资金", "县级资金", "东西部协作资金", "资产原值"]
    sums = {name: sum(r[name] for r in rows if isinstance(r.get(name), int | float)) for name in money}
    sheet.append(
        [word if n == 0 else (round(sums[c], 2) if c in sums else None) for n, c in enumerate(COLUMNS)]
    )


def _merge_village(sheet, first: int, last: int, section: str) -> None:
    """The village once for its rows, but for a row whose village is another word."""
    column = COLUMNS.index("村") + 1
    start = first
    for row in range(first, last + 2):
        value = sheet.cell(row, column).value if row <= last else None
        if row > last or value != section:
            for blank in range(start + 1, row):
                sheet.cell(blank, column).value = None
            if row - 1 > start:
                sheet.merge_cells(start_row=start, end_row=row - 1, start_column=column, end_column=column)
            start = row + 1
