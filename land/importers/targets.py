"""Importer of targets: places with the farmland that each must keep. 中文：耕地保护目标导入

A place is found by its code, else by its name and what it lies in. The unit of the areas stands in the heads
of the columns (亩, 万亩, 公顷); without one the file is asked about, never guessed.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from land.models import RetentionTarget, TargetKind
from land.services.targets import TargetLine, problems, set_targets, take_back_targets
from registry.codes import Level
from registry.importers import Importer
from registry.importers.lines import FileLine, returned_rows
from registry.models import Act, Division, ImportBatch, ImportRow, RowAction, SourceKind, User
from registry.queries.places import Places
from registry.readers.table import (
    DateValue,
    Field,
    LedgerTable,
    Table,
    read_ledger,
)
from registry.services.imports import readable_path
from registry.services.sources import register_source

CENT = Decimal("0.01")
UNITS = (("万亩", Decimal(10_000)), ("公顷", Decimal(15)), ("平方米", Decimal("0.0015")), ("亩", Decimal(1)))
KINDS = {
    "年度": TargetKind.ANNUAL,
    "年度目标": TargetKind.ANNUAL,
    "规划期末": TargetKind.PLANNING_END,
    "规划目标": TargetKind.PLANNING_END,
    "规划期末目标": TargetKind.PLANNING_END,
}
AREAS = ("retained_mu", "pbf_mu")
PLACES = ((Level.VILLAGE, "village"), (Level.TOWNSHIP, "township"), (Level.COUNTY, "county"))


def _field(name: str, heads: str, kind: str = "text", **more: Any) -> Field:
    return Field(name, tuple(heads.split()), kind, **more)


TARGETS = Table(
    kind="targets",
    identity=("retained_mu", "pbf_mu"),
    fields=(
        _field("code", "行政区代码 区划代码 行政区划代码 单位代码", "division_code"),
        _field("name", "行政区名称 行政区 单位名称 单位 名称 区域"),
        _field("county", "县 县（市） 县级 所在县"),
        _field("township", "乡镇 乡（镇） 所在乡镇 乡镇名称"),
        _field("village", "村 行政村 村（社区） 村名称"),
        _field("year", "目标年份 年份 年度 目标年", "integer"),
        _field("kind", "目标类型 目标类别 类型", "choice", choices=KINDS),
        _field("retained_mu", "耕地保有量 耕地保有量目标 耕地保护任务 耕地保护目标 耕地目标", "number"),
        _field(
            "pbf_mu",
            "永久基本农田保护面积 永久基本农田 永久基本农田保护任务 永久基本农田保护目标 基本农田保护面积",
            "number",
        ),
        _field("number", "文号 依据文号 下达文号"),
        _field("title", "依据 依据文件 文件名称 下达文件"),
        _field("issuer", "发文单位 下达单位"),
        _field("issued_on", "发文日期 下达日期 文件日期", "date"),
    ),
)


@dataclass
class Line(FileLine):
    """A row of the file on its way to a target."""

    place: Division | None = None


class TargetsImporter(Importer):
    """Targets of farmland, broken down to townships and villages."""

    kind = "ledger:targets"
    verb = "import_targets"
    label = gettext_lazy("farmland targets")
    options = ("mapping",)
    table = TARGETS

    def stage(self, batch: ImportBatch, path: Path) -> None:
        ledger = read_ledger(path, TARGETS, mapping=batch.options.get("mapping"))
        lines = Line.of(ledger)
        batch.errors += _without_unit(lines)
        places = Places()
        for line in lines:
            _judge(line, places, batch)
        _refuse_twins(lines)
        _compare(lines)
        _count(batch, ledger, lines)
        ImportRow.objects.bulk_create([_staged(batch, line) for line in lines], batch_size=1000)

    def apply(self, batch: ImportBatch, *, by: User | None) -> None:
        rows = batch.staged.filter(action__in=[RowAction.CREATE, RowAction.CHANGE]).order_by("id")
        values = [row.values for row in rows]
        divisions = Division.objects.in_bulk({one["division"] for one in values})
        lines = [_target_line(one, divisions[one["division"]], batch, by) for one in values]
        set_targets(lines, by=by, batch=batch)

    def reverse(self, batch: ImportBatch, *, by: User | None, act: Act) -> None:
        take_back_targets(batch, act=act)

    def rejects(self, batch: ImportBatch) -> tuple[str, bytes] | None:
        return returned_rows(
            batch, lambda: read_ledger(readable_path(batch), TARGETS, mapping=batch.options.get("mapping"))
        )


def _factor(title: str) -> Decimal | None:
    return next((factor for word, factor in UNITS if word in title), None)


def _without_unit(lines: list[Line]) -> list[dict[str, Any]]:
    """The whole file is asked about where a column of areas does not say its unit."""
    titles = {line.titles[name] for line in lines for name in AREAS if name in line.titles}
    return [
        {
            "row": None,
            "column": title,
            "value": None,
            "code": "unit",
            "message": _(
                "The column “%(title)s” does not say its unit. Write 亩, 万亩 or 公顷 into its head."
            )
            % {"title": title},
        }
        for title in sorted(titles)
        if _factor(title) is None
    ]


def _judge(line: Line, places: Places, batch: ImportBatch) -> None:
    line.place = _place(line, places, batch)
    values = line.source.values
    found: dict[str, Any] = {"year": values.get("year"), "kind": values.get("kind") or TargetKind.ANNUAL}
    for name in AREAS:
        number = values.get(name)
        factor = _factor(line.titles.get(name, ""))
        known = number is not None and factor is not None
        found[name] = (number * factor).quantize(CENT, ROUND_HALF_UP) if known else None
    if not batch.errors:
        for name, sentence in problems(found).items():
            if not any(error["field"] == name for error in line.errors):
                line.refuse(name, "bad_target", sentence)
    if not line.text("number") and not line.text("title"):
        line.refuse("number", "no_source", _("Each target rests on a document: give its number or title."))
    line.values = found


def _place(line: Line, places: Places, batch: ImportBatch) -> Division | None:
    code = line.text("code")
    if code:
        found = places.coded(code)
        if found is None:
            line.refuse("code", "no_division", _("No division has the code %(code)s.") % {"code": code})
        return found
    within = batch.division
    named = [(level, line.text(column), column) for level, column in PLACES if line.text(column)]
    chosen: Division | None = None
    for level, name, column in reversed(named):
        chosen = _one(line, places, name, [level], chosen or within, column)
        if chosen is None:
            return None
    if line.text("name") and chosen is None:
        levels = [Level.COUNTY, Level.TOWNSHIP, Level.VILLAGE]
        chosen = _one(line, places, line.text("name"), levels, within, "name")
    elif chosen is None:
        line.refuse("name", "no_division", _("The row names no place."))
    return chosen


def _one(
    line: Line, places: Places, name: str, levels: list[Level], within: Division | None, column: str
) -> Division | None:
    found = [place for level in levels for place in places.named(name, level, within)]
    if within is not None and not found and within.level in levels:
        found = [within] if name in (within.name, "合计", "全县", "全乡", "全镇") else []
    if len(found) == 1:
        return found[0]
    if found:
        said = _("Several places are called %(name)s. Give the code, or the place above.")
        line.refuse(column, "several_divisions", said % {"name": name})
        return None
    near = "、".join(places.near(name, levels[-1], within)) or _("none")
    said = _("No place is called %(name)s. Alike: %(near)s.")
    line.refuse(column, "no_division", said % {"name": name, "near": near})
    return None


def _key(line: Line) -> tuple[int, int, str] | None:
    if line.errors or line.place is None:
        return None
    return line.place.pk, line.values["year"], line.values["kind"]


def _refuse_twins(lines: list[Line]) -> None:
    first: dict[Any, Line] = {}
    for line in lines:
        key = _key(line)
        if key is not None and first.setdefault(key, line) is not line:
            row = first[key].source.row
            said = _("Row %(row)d states a target of the same place, year and kind.")
            line.refuse("year", "duplicate_row", said % {"row": row})


def _compare(lines: list[Line]) -> None:
    """What the register has already: unchanged, or to be replaced. One query."""
    rows = RetentionTarget.objects.in_force().filter(
        division__in={line.place.pk for line in lines if line.place is not None}
    )
    known = {(row.division_id, row.year, row.kind): row for row in rows.select_related("source")}
    for line in lines:
        if line.errors:
            line.action = RowAction.REJECT
            continue
        old = known.get(_key(line))  # type: ignore[arg-type]
        if old is not None:
            same = all(getattr(old, name) == line.values[name] for name in AREAS)
            paper = old.source.number == line.text("number") or not line.text("number")
            line.action = RowAction.KEEP if same and paper else RowAction.CHANGE


def _count(batch: ImportBatch, ledger: LedgerTable, lines: list[Line]) -> None:
    actions = Counter(line.action for line in lines)
    batch.rows = len(lines)
    batch.accepted = actions[RowAction.CREATE] + actions[RowAction.CHANGE]
    batch.changed, batch.unchanged = actions[RowAction.CHANGE], actions[RowAction.KEEP]
    if not lines:
        batch.errors.append(
            {"row": None, "column": None, "value": None, "code": "no_rows",
             "message": _("The file has a head but no row under it.")}
        )  # fmt: skip
    header = ledger.header
    batch.totals = {
        "sheet": ledger.sheets[0].sheet.name,
        "header_row": header.first,
        "columns": {column.title: column.field.name for column in header.known if column.field},
        "unknown_columns": [column.title for column in ledger.unknown_columns],
        "new": actions[RowAction.CREATE],
        "notes": list(ledger.notes),
    }


def _staged(batch: ImportBatch, line: Line) -> ImportRow:
    issued = line.source.values.get("issued_on")
    return ImportRow(
        batch=batch,
        sheet=line.source.sheet[:80],
        row=line.source.row,
        label=line.place.name if line.place else line.text("name")[:80],
        action=line.action if not batch.errors else RowAction.REJECT,
        raw={title: "" if value is None else str(value) for title, value in line.source.raw.items()},
        values={
            "division": line.place.pk if line.place else None,
            "year": line.values.get("year"),
            "kind": line.values.get("kind"),
            **{name: str(v) if (v := line.values.get(name)) is not None else None for name in AREAS},
            "number": line.text("number"),
            "title": line.text("title"),
            "issuer": line.text("issuer"),
            "issued_on": issued.value.isoformat() if isinstance(issued, DateValue) else None,
        },
        errors=line.errors,
    )


def _target_line(
    values: dict[str, Any], division: Division, batch: ImportBatch, by: User | None
) -> TargetLine:
    place = batch.division or division
    source = register_source(
        kind=SourceKind.DECISION,
        division=place,
        by=by,
        number=values["number"],
        title=values["title"],
        issuer=values["issuer"],
        issued_on=dt.date.fromisoformat(values["issued_on"]) if values["issued_on"] else None,
        batch=batch,
    )
    areas = {name: Decimal(values[name]) if values[name] else None for name in AREAS}
    return TargetLine(division=division, year=values["year"], kind=values["kind"], source=source, **areas)


IMPORTER = TargetsImporter()
