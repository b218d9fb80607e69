"""The workbooks of the two townships, laid out as offices lay them out."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.merge import MergedCellRange
from openpyxl.worksheet.worksheet import Worksheet

from registry.demo.assets import FUNDS, Asset
from registry.demo.kinds import HOUSEHOLD, OPERATING, PUBLIC
from registry.demo.people import People

THIN = Border(*(Side(style="thin", color="999999") for _ in range(4)))
CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
MONEY_IN_WAN = {*FUNDS, "资金金额", "资产原值", "年管护经费"}
NUMERALS = "一二三四五六七八九十"
# (group head over several columns or "", columns)
IDENTITY = [("", ["序号", "资产编码", "资产名称", "资产类别", "资产类型", "项目编号", "项目名称", "项目年度"]),
            ("", ["村", "自然村", "规格型号", "数量", "计量单位"])]  # fmt: skip
DATES = [("", ["资产原值"]), ("形成与移交", ["建成日期", "验收日期", "移交日期"]), ("", ["产权归属"])]
BUSINESS = [("经营与收益", ["经营主体", "收益权人"])]
UPKEEP = [
    (
        "管护情况",
        ["管护主体", "管护责任人", "联系电话", "管护起始日期", "年管护经费", "经费来源", "公益性岗位"],
    )
]
TAIL = [
    ("", ["监管部门"]),
    ("坐标", ["经度", "纬度"]),
    ("", ["资产状态"]),
    ("确权", ["确权文号", "确权日期", "不动产单元号"]),
    ("", ["备注"]),
]
LAYOUTS = {
    OPERATING: IDENTITY + [("资金来源", FUNDS)] + DATES + BUSINESS + UPKEEP + TAIL,
    PUBLIC: IDENTITY + [("资金来源", FUNDS)] + DATES + UPKEEP + TAIL,
    HOUSEHOLD: IDENTITY + [("资金构成", ["资金来源", "资金金额"])] + DATES + TAIL,
}


@dataclass
class Sums:
    """Running totals of a sheet: what the office writes under a village and under the sheet."""

    village: dict[str, Decimal] = field(default_factory=dict)
    sheet: dict[str, Decimal] = field(default_factory=dict)

    def add(self, name: str, value: Decimal) -> None:
        for table in (self.village, self.sheet):
            table[name] = table.get(name, Decimal(0)) + value


def write_township_ledger(
    path: Path, assets: list[Asset], people: People, today: dt.date, points: dict
) -> dict:
    """Three sheets by class, amounts in 万元, sections and subtotals by village. Returns totals in yuan by sheet."""
    book = Workbook()
    book.remove(book.active)
    totals = {}
    for asset_class in (OPERATING, PUBLIC, HOUSEHOLD):
        own = [a for a in assets if a.asset_class == asset_class]
        sheet = book.create_sheet(f"{asset_class}资产")
        columns = _heads(
            sheet, f"屏边县新华乡帮扶项目资产台账（{asset_class}资产）", LAYOUTS[asset_class], today
        )
        sums = _body(sheet, own, columns, people, points)
        totals[asset_class] = str(sums.sheet.get("资产原值", Decimal(0)) * 10000)
    book.save(path)
    return totals


def _heads(sheet: Worksheet, title: str, layout: list, today: dt.date) -> list[str]:
    """Title rows and a head of two rows with merged cells."""
    columns = [name for _, names in layout for name in names]
    last = get_column_letter(len(columns))
    sheet.merge_cells(f"A1:{last}1")
    sheet["A1"], sheet["A1"].font, sheet["A1"].alignment = title, Font(size=16, bold=True), CENTRE
    sheet["A2"] = "填报单位：新华乡人民政府"
    sheet["H2"] = f"填报日期：{today.year}年{today.month}月{today.day}日"
    sheet.cell(2, len(columns) - 2, "单位：万元")
    at = 1
    for group, names in layout:
        if group:
            sheet.cell(3, at, group)
            sheet.merge_cells(start_row=3, start_column=at, end_row=3, end_column=at + len(names) - 1)
        for offset, name in enumerate(names):
            if group:
                sheet.cell(4, at + offset, name)
            else:
                sheet.cell(3, at + offset, name)
                sheet.merge_cells(start_row=3, start_column=at + offset, end_row=4, end_column=at + offset)
        at += len(names)
    for row in sheet.iter_rows(3, 4, 1, len(columns)):
        for cell in row:
            cell.font, cell.alignment, cell.border = Font(bold=True), CENTRE, THIN
    sheet.freeze_panes = "D5"
    return columns


def _body(sheet: Worksheet, assets: list[Asset], columns: list[str], people: People, points: dict) -> Sums:
    sums, serial = Sums(), 0
    villages = list(dict.fromkeys(a.village for a in sorted(assets, key=lambda a: a.village)))
    for number, village in enumerate(villages):
        sheet.append([f"{NUMERALS[number]}、{people.villages[village].short}"])
        top = sheet.max_row
        sheet.merge_cells(start_row=top, start_column=1, end_row=top, end_column=len(columns))
        sheet.cell(top, 1).font = Font(bold=True)
        sums.village = {}
        own = [a for a in assets if a.village == village]
        first = sheet.max_row + 1
        for asset in own:
            serial += 1
            _asset_rows(sheet, asset, serial, columns, people, points, sums)
        _merge_down(sheet, columns.index("村") + 1, first, sheet.max_row)
        _total(sheet, "小计", columns, sums.village)
    _total(sheet, "合计", columns, sums.sheet)
    return sums


def _asset_rows(sheet, asset: Asset, serial: int, columns, people: People, points, sums: Sums) -> None:
    """One row; where the funds have two columns, one row for each line of money, the other cells merged."""
    facts = facts_of(asset, people, points)
    facts["序号"] = serial
    sums.add("资产原值", asset.value)
    if "资金金额" not in columns:
        for name, value in asset.funding:
            sums.add(name, value)
            facts[name] = value
        sheet.append([_shown(facts.get(name)) for name in columns])
        return
    for position, (name, value) in enumerate(asset.funding):
        sums.add("资金金额", value)
        line = {"资金来源": name, "资金金额": value}
        sheet.append([_shown((facts | line if position == 0 else line).get(c)) for c in columns])
    last = sheet.max_row  # openpyxl looks at every cell for it
    for number, name in enumerate(columns, 1):
        if name not in {"资金来源", "资金金额", "村"}:
            _merge_down(sheet, number, last - len(asset.funding) + 1, last)


def facts_of(asset: Asset, people: People, points: dict) -> dict:
    """The cells of an asset by the head of their column."""
    lon, lat = points.get(asset.code, (None, None))
    return {
        "资产编码": asset.code, "资产名称": asset.name, "资产类别": asset.asset_class, "资产类型": asset.kind.subtype,
        "项目编号": asset.project_code, "项目名称": asset.project_name, "项目年度": asset.completed.year,
        "行政区划代码": asset.village, "乡镇": people.township(asset.village),
        "村": people.villages[asset.village].short, "自然村": asset.hamlet.name, "规格型号": asset.spec,
        "数量": asset.quantity, "计量单位": asset.kind.measure, "资产原值": asset.value,
        "建成日期": asset.completed, "验收日期": asset.accepted, "移交日期": asset.handed_over,
        "产权归属": asset.owner, "经营主体": asset.operator, "收益权人": asset.income_holder,
        "管护主体": asset.upkeep_body, "管护责任人": asset.person, "联系电话": asset.phone,
        "管护起始日期": asset.upkeep_from, "年管护经费": asset.budget, "经费来源": asset.budget_source,
        "公益性岗位": asset.post, "监管部门": asset.supervisor, "经度": lon, "纬度": lat, "资产状态": asset.state,
        "确权文号": asset.source_number, "确权日期": asset.source_date,
        "不动产单元号": asset.real_estate_code, "备注": asset.remark,
    }  # fmt: skip


def _shown(value):
    """A cell: numbers as numbers, dates as dates, nothing for nothing."""
    if isinstance(value, Decimal):
        return float(value)
    return None if value == "" else value


def _merge_down(sheet: Worksheet, column: int, first: int, last: int) -> None:
    """The cells of a column as one, the first value kept."""
    if last <= first:
        return
    for row in range(first + 1, last + 1):
        sheet.cell(row, column).value = None
    letter = get_column_letter(column)
    # merge_cells compares with every range so far; these ranges are apart by construction
    sheet.merged_cells.ranges.add(MergedCellRange(sheet, f"{letter}{first}:{letter}{last}"))
    sheet.cell(first, column).alignment = CENTRE


def _total(sheet: Worksheet, word: str, columns: list[str], table: dict[str, Decimal]) -> None:
    sheet.append([word if n == 0 else _shown(table.get(name)) for n, name in enumerate(columns)])
    for cell in sheet[sheet.max_row]:
        cell.font = Font(bold=True)


def write_neighbour_ledger(path: Path, assets: list[Asset], people: People, points: dict) -> None:
    """The neighbour's own form: one sheet, one head row, yuan, other order of columns, one plain table."""
    columns = [
        "序号", "行政区划代码", "乡镇", "村", "自然村", "资产名称", "资产编码", "资产类别", "资产类型", "项目名称", "项目编号",
        "项目年度", "规格型号", "数量", "计量单位", "资产原值", *FUNDS, "建成日期", "验收日期", "移交日期", "产权归属",
        "经营主体", "收益权人", "管护主体", "管护责任人", "联系电话", "管护起始日期", "年管护经费", "经费来源",
        "公益性岗位", "监管部门", "经度", "纬度", "资产状态", "确权文号", "确权日期", "不动产单元号", "备注",
    ]  # fmt: skip
    book = Workbook()
    sheet = book.active
    sheet.title = "台账"
    sheet.append(["湾塘乡帮扶（扶贫）项目资产登记台账"])
    sheet.append(["计量单位：元"])
    sheet.append(columns)
    total = Decimal(0)
    for serial, asset in enumerate(assets, 1):
        facts = facts_of(asset, people, points) | dict(asset.funding) | {"序号": serial}
        row = [facts.get(name) for name in columns]
        sheet.append([_in_yuan(name, value) for name, value in zip(columns, row, strict=True)])
        total += asset.value
    sheet.append(["合计", *[None] * 14, float(total * 10000)])
    book.save(path)


def _in_yuan(name: str, value):
    return float(value * 10000) if name in MONEY_IN_WAN and value is not None else _shown(value)


def write_parties(path: Path, people: People) -> None:
    """The list of parties with kinds and credit codes."""
    book = Workbook()
    sheet = book.active
    sheet.title = "主体名录"
    sheet.append(["名称", "主体类型", "统一社会信用代码", "行政区划代码", "村", "身份证号", "联系电话"])
    for row in people.parties.values():
        cells = [row.name, row.kind, row.uscc, row.division_code, row.village, row.identity, row.phone]
        sheet.append([_shown(cell) for cell in cells])
    book.save(path)
