"""Importers of the land registers: a list of an office for each. 中文：用地台账导入

The columns are those of the register; the village says where a row belongs. A row that the register holds
already (same village, holder and number) is left as it is.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from land.registers import AREA, CHOICE, DAY, REGISTERS, Register
from land.services.registers import VERB, load, problems, take_back
from registry.codes import Level
from registry.errors import RegistryError
from registry.importers import Importer
from registry.importers.lines import FileLine, returned_rows
from registry.models import Act, Division, ImportBatch, ImportRow, RowAction, User
from registry.queries.places import Places
from registry.readers.table import Field, LedgerTable, Table, read_ledger
from registry.services.imports import readable_path

CENT = Decimal("0.01")
KINDS = {AREA: "number", DAY: "date", CHOICE: "choice"}
VILLAGE = Field("village", ("村", "行政村", "所在村", "村委会", "村（社区）", "坐落村"))
TOWNSHIP = Field("township", ("乡镇", "所在乡镇", "乡（镇）"))


def table_of(register: Register) -> Table:
    """The columns of a register as the reader of ledgers knows them."""
    fields = [
        Field(part.name, tuple(part.heads.split()), KINDS.get(part.kind, "text"),
              choices=register.words.get(part.name), names=part.name == "holder" and register.private)
        for part in register.parts
    ]  # fmt: skip
    return Table(kind=register.key, fields=(TOWNSHIP, VILLAGE, *fields), identity=("holder",))


@dataclass
class Line(FileLine):
    """A row of the file with its place."""

    division: Division | None = None


class RegisterImporter(Importer):
    """A list of one register, from .xlsx, .xls or .csv."""

    verb = VERB
    options = ("mapping",)

    def __init__(self, register: Register) -> None:
        self.register = register
        self.kind, self.label = f"ledger:{register.key}", register.title
        self.table = table_of(register)

    def stage(self, batch: ImportBatch, path: Path) -> None:
        ledger = self.read(batch, path)
        lines = self.judge(ledger, batch)
        if not lines:
            raise RegistryError(_("The file has a head but no row under it."), "no_rows")
        actions = Counter(line.action for line in lines)
        batch.rows, batch.accepted = len(lines), actions[RowAction.CREATE]
        batch.unchanged = actions[RowAction.KEEP]
        batch.totals = {
            "columns": {column.title: column.field.name for column in ledger.header.known if column.field},
            "unknown_columns": [column.title for column in ledger.unknown_columns],
            "new": actions[RowAction.CREATE],
        }
        ImportRow.objects.bulk_create([_staged(batch, line) for line in lines], batch_size=1000)

    def read(self, batch: ImportBatch, path: Path) -> LedgerTable:
        return read_ledger(path, self.table, mapping=batch.options.get("mapping"))

    def judge(self, ledger: LedgerTable, batch: ImportBatch) -> list[Line]:
        """Every row with all its errors; what is there already is left."""
        places, known = Places(), self._known(batch)
        lines = Line.of(ledger)
        for line in lines:
            _place(line, places, batch.division)
            self._values(line)
            if line.division is not None and not line.errors:
                key = (line.division.pk, line.values["holder"], line.values.get("number") or "")
                line.action = RowAction.KEEP if key in known else RowAction.CREATE
                known.add(key)
            if line.errors:
                line.action = RowAction.REJECT
        return lines

    def _known(self, batch: ImportBatch) -> set[tuple[int, str, str]]:
        rows: Any = self.register.model.objects.in_force()  # type: ignore[attr-defined]
        if batch.division is not None:
            rows = rows.within(batch.division)
        return set(rows.values_list("division", "holder", "number"))

    def _values(self, line: Line) -> None:
        for part in self.register.parts:
            value = line.source.values.get(part.name)
            if value is None:
                continue
            if part.kind == AREA:
                value = Decimal(str(value)).quantize(CENT, rounding=ROUND_HALF_UP)
            elif part.kind == DAY:
                value = value.value
            else:
                value = str(value).strip()
            line.values[part.name] = value
        if line.division is not None and not line.errors:
            for name, sentence in problems(self.register, line.values, line.division).items():
                line.refuse(name, f"bad_{name}", sentence)

    def apply(self, batch: ImportBatch, *, by: User | None) -> None:
        staged = list(batch.staged.filter(action=RowAction.CREATE).order_by("id"))
        places = Division.objects.in_bulk({row.values["division"] for row in staged})
        rows = []
        for row in staged:
            values = {name: value for name, value in row.values.items() if name != "division"}
            typed = {name: self.register.model._meta.get_field(name).to_python(value)
                     for name, value in values.items()}  # fmt: skip
            rows.append((places[row.values["division"]], typed))
        load(register=self.register, rows=rows, batch=batch, by=by)

    def reverse(self, batch: ImportBatch, *, by: User | None, act: Act) -> None:
        take_back(register=self.register, batch=batch, act=act)

    def rejects(self, batch: ImportBatch) -> tuple[str, bytes] | None:
        return returned_rows(batch, lambda: self.read(batch, readable_path(batch)))


def _place(line: Line, places: Places, within: Division | None) -> None:
    """The village of a row, below the township it names or the division of the batch."""
    values = line.source.values
    village, township = str(values.get("village") or ""), str(values.get("township") or "")
    if not village:
        line.refuse("village", "no_village", _("The village is missing."))
        return
    if township:
        towns = places.named(township, Level.TOWNSHIP, within) or places.named(township, Level.TOWNSHIP)
        within = towns[0] if len(towns) == 1 else within
    found = places.named(village, Level.VILLAGE, within)
    if len(found) == 1:
        line.division = found[0]
        return
    near = "、".join(places.near(village, Level.VILLAGE, within))
    words = _("“%(name)s” is no village here, or several; like it are %(near)s.")
    line.refuse("village", "village_unknown", words % {"name": village, "near": near or "—"})


def _staged(batch: ImportBatch, line: Line) -> ImportRow:
    values = {name: str(value) for name, value in line.values.items()}
    if line.division is not None:
        values["division"] = line.division.pk  # type: ignore[assignment]
    return ImportRow(
        batch=batch,
        sheet=line.source.sheet[:80],
        row=line.source.row,
        label=line.values.get("number") or "",
        action=line.action,
        raw={title: "" if value is None else str(value) for title, value in line.source.raw.items()},
        values=values,
        errors=line.errors,
    )


IMPORTERS = tuple(RegisterImporter(register) for register in REGISTERS)
