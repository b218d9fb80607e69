"""Importer of official lists of divisions. 中文：行政区划代码表导入

A list has a code system (statistical or civil affairs). The first list makes the tree; a list of the other
system attaches its codes to the same places, found by level and name below the same parent, never by code:
the two official lists of one county give the same code to different towns.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry import clock
from registry.codes import LEVEL_ORDER, CodeSystem, Level
from registry.errors import BadInput, RegistryError
from registry.models import Act, ImportBatch, ImportRow, RowAction, User
from registry.queries.places import Places, plain, stem
from registry.readers.text import trial
from registry.services.division_codes import LENGTHS
from registry.services.divisions import PlaceLine, forget_codes, remove_places, restore_places, write_places

from .base import Importer
from .division_differences import differences

FIRST_DAY = dt.date(
    2012, 11, 8
)  # the register covers what was built since the 18th Congress (国办函〔2021〕51号)
DAYS = ("valid_from", "changed_from")
ROOTS = (Level.PROVINCE, Level.PREFECTURE, Level.COUNTY)
HEADS = {
    "level": ("level", "层级", "级别"),
    "code": ("code", "代码", "区划代码", "行政区划代码"),
    "name": ("name", "名称", "区划名称"),
    "parent_code": ("parent_code", "上级代码", "上级区划代码"),
    "households": ("households", "户数"),
    "people": ("people", "人口", "人口数"),
}
LEVEL_WORDS = {
    **{str(level): str(level) for level in Level},
    "省": "province", "州": "prefecture", "市": "prefecture", "州、市": "prefecture", "县": "county",
    "区": "county", "乡镇": "township", "乡": "township", "镇": "township", "街道": "township",
    "村": "village", "行政村": "village", "自然村": "natural_village",
}  # fmt: skip


@dataclass
class Line:
    """A line of the list with what was found wrong with it."""

    row: int
    raw: dict[str, str]
    level: str = ""
    code: str = ""
    name: str = ""
    parent_code: str = ""
    numbers: dict[str, Any] = field(default_factory=dict)
    errors: list[dict[str, Any]] = field(default_factory=list)
    place: PlaceLine | None = None

    def fault(self, column: str, code: str, message: str) -> None:
        self.errors.append(
            {"column": column, "value": self.raw.get(column, ""), "code": code, "message": message}
        )


class DivisionsImporter(Importer):
    """Official lists of divisions, as CSV. 中文：行政区划"""

    kind = "divisions"
    verb = "import_divisions"
    label = gettext_lazy("divisions")
    options = ("system", "valid_from")

    def stage(self, batch: ImportBatch, path: Path) -> None:
        lines = read_lines(path)
        system, day, changed_from = self._settings(batch)
        check(lines)
        places = Places()
        resolve(lines, system, places)
        actions = Counter(_action(line) for line in lines)
        batch.rows = len(lines)
        batch.accepted = actions[RowAction.CREATE] + actions[RowAction.CHANGE]
        batch.changed, batch.unchanged = actions[RowAction.CHANGE], actions[RowAction.KEEP]
        batch.totals = {
            **differences(lines, system, places),
            "system": system,
            "valid_from": day.isoformat(),
            "changed_from": changed_from.isoformat(),
            "new": actions[RowAction.CREATE],
            "levels": dict(Counter(line.level for line in lines if not line.errors)),
        }
        ImportRow.objects.bulk_create([_staged(batch, line) for line in lines], batch_size=1000)

    def apply(self, batch: ImportBatch, *, by: User | None) -> None:
        system = batch.totals["system"]
        day, changed_from = (dt.date.fromisoformat(batch.totals[key]) for key in DAYS)
        rows = list(batch.staged.exclude(action=RowAction.REJECT))
        lines = [Line(row=row.row, raw=row.raw, **row.values) for row in rows]
        resolve(lines, system, Places())
        if any(line.errors for line in lines):
            raise RegistryError(
                _("The divisions have changed since this file was read. Import it again."), "stale"
            )
        lines.sort(key=lambda line: LEVEL_ORDER.index(line.level))
        places = [line.place for line in lines if line.place]
        write_places(places, system=system, valid_from=day, changed_from=changed_from, by=by, batch=batch)
        batch.totals["codes"] = [place.code for place in places if place.code]

    def reverse(self, batch: ImportBatch, *, by: User | None, act: Act) -> None:
        days = [dt.date.fromisoformat(batch.totals[key]) for key in DAYS]
        remove_places(batch=batch)
        forget_codes(system=batch.totals["system"], days=days, codes=batch.totals["codes"])
        restore_places(batch=batch)

    @staticmethod
    def _settings(batch: ImportBatch) -> tuple[str, dt.date, dt.date]:
        """The list's system, and the days from which it holds: for what is new, and for what it changes.

        Without a stated day, new places and codes hold from the register's first day on; a code that
        replaces another one begins today.
        """
        system = batch.options.get("system") or CodeSystem.NBS
        if batch.options.get("valid_from"):
            day = dt.date.fromisoformat(str(batch.options["valid_from"]))
            return system, day, day
        return system, FIRST_DAY, clock.today()


def read_lines(path: Path) -> list[Line]:
    """The lines of a CSV with the columns level, code, name, parent_code. Raises ``BadInput``."""
    reader = csv.reader(io.StringIO(_text(path.read_bytes())))
    table = [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader]
    table = [(number, cells) for number, cells in table if any(cells)]
    if not table:
        raise BadInput(_("The file holds no rows."), "empty_file")
    columns = _columns(table[0][1])
    lines = []
    for number, cells in table[1:]:
        raw = {name: cells[place] if place < len(cells) else "" for name, place in columns.items()}
        lines.append(Line(row=number, raw=raw))
    if not lines:
        raise BadInput(_("The file holds a head and no rows."), "empty_file")
    return lines


def _text(content: bytes) -> str:
    marked = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    codec = "utf-16" if marked else trial([content]) or ""
    try:
        return content.decode("utf-8-sig" if codec == "utf-8" else codec)
    except (LookupError, UnicodeDecodeError) as error:
        raise BadInput(
            _("The file is not text in UTF-8 or GB18030. Save it as CSV and import it again."), "not_text"
        ) from error


def _columns(heads: list[str]) -> dict[str, int]:
    plain_heads = [head.lower().strip() for head in heads]
    found = {
        name: plain_heads.index(word)
        for name, words in HEADS.items()
        for word in reversed(words)
        if word in plain_heads
    }
    missing = [name for name in ("level", "code", "name", "parent_code") if name not in found]
    if missing:
        raise BadInput(
            _("The file has no column %(missing)s. A list of divisions has level, code, name, parent_code.")
            % {"missing": ", ".join(missing)},
            "no_column",
        )
    return found


def check(lines: list[Line]) -> None:
    """Check each line by itself and against the others of the list; all errors at once."""
    for line in lines:
        _check_one(line)
    first: dict[str, int] = {}
    for line in lines:
        if line.code and first.setdefault(line.code, line.row) != line.row:
            line.fault(
                "code",
                "duplicate_code",
                _("The code %(code)s stands in row %(row)s already. Each place has its own code.")
                % {"code": line.code, "row": first[line.code]},
            )


def _check_one(line: Line) -> None:
    raw = line.raw
    line.name, line.parent_code = raw["name"], raw["parent_code"]
    line.level = LEVEL_WORDS.get(raw["level"].lower(), "")
    if not line.level:
        line.fault(
            "level",
            "unknown_level",
            _("The level %(level)r is unknown. Levels: %(known)s.")
            % {"level": raw["level"], "known": ", ".join(LEVEL_ORDER)},
        )
    if not line.name:
        line.fault("name", "no_name", _("The name is missing."))
    _check_code(line)
    for column in ("households", "people"):
        _check_number(line, column)


def _check_code(line: Line) -> None:
    code = line.raw["code"]
    lengths = LENGTHS.get(line.level, ())  # type: ignore[call-overload]
    if lengths and len(code) in (12, 15) and len(code) > lengths[0] and not code[lengths[0] :].strip("0"):
        code = code[: lengths[0]]  # lists that fill every code up with zeros
    line.code = code
    if not re.fullmatch(r"\d+", code):
        line.fault("code", "bad_code", _("A code has digits only; found %(code)r.") % {"code": code})
    elif lengths and len(code) not in lengths:
        line.fault(
            "code",
            "code_length",
            _("The code of a %(level)s has %(want)s digits; %(code)s has %(found)d.")
            % {
                "level": Level(line.level).label,
                "want": "/".join(map(str, lengths)),
                "code": code,
                "found": len(code),
            },
        )


def _check_number(line: Line, column: str) -> None:
    text = line.raw.get(column, "")
    if not text:
        return
    if re.fullmatch(r"\d{1,9}(\.0+)?", text):
        line.numbers[column] = int(float(text))
    else:
        line.fault(column, "bad_number", _("A whole number is expected; found %(text)r.") % {"text": text})


def resolve(lines: list[Line], system: str, places: Places) -> None:
    """Find the parent of each line, and the place it speaks of; upper levels first."""
    by_code = {line.code: line for line in reversed(lines) if line.code}
    claimed: set[int] = set()
    order = [line for level in LEVEL_ORDER for line in lines if line.level == level]
    for line in order:
        if line.errors:
            continue
        parent = _parent(line, by_code, places, system)
        if not line.errors:
            _match(line, parent, places, system, claimed, lines)


def _parent(line: Line, by_code: dict[str, Line], places: Places, system: str) -> Any:
    above = by_code.get(line.parent_code)
    if above is not None and above is not line:
        if above.errors:
            line.fault(
                "parent_code",
                "parent_rejected",
                _("The parent %(code)s in row %(row)d cannot be taken; correct that row first.")
                % {"code": line.parent_code, "row": above.row},
            )
            return None
        parent: Any = above.place
    else:
        parent = places.coded(line.parent_code, system) or places.coded(
            line.parent_code.ljust(6, "0"), system
        )
    if parent is None and line.level not in ROOTS:
        line.fault(
            "parent_code",
            "no_parent",
            _("There is no place with the code %(code)s above this one, in the file or in the register.")
            % {"code": line.parent_code or "—"},
        )
    elif parent is not None:
        _check_parent(line, parent)
    return parent


def _check_parent(line: Line, parent: Any) -> None:
    if LEVEL_ORDER.index(parent.level) >= LEVEL_ORDER.index(line.level):
        line.fault(
            "parent_code",
            "parent_level",
            _("%(parent)s is a %(upper)s and cannot be above a %(level)s.")
            % {
                "parent": parent.name,
                "upper": Level(parent.level).label,
                "level": Level(line.level).label,
            },
        )
    elif not line.code.startswith(
        line.parent_code.rstrip("0") if len(line.parent_code) < 9 else line.parent_code
    ):
        line.fault(
            "code",
            "code_not_below_parent",
            _("The code %(code)s does not begin with the code %(parent)s of the place above it.")
            % {"code": line.code, "parent": line.parent_code},
        )


def _match(
    line: Line, parent: Any, places: Places, system: str, claimed: set[int], lines: list[Line]
) -> None:
    above = parent.division if isinstance(parent, PlaceLine) else parent
    same_name = None if parent is not None and above is None else _named(line, above, places, claimed, lines)
    same_code = places.holder(line.code, system)
    if same_code is not None and same_code.pk in places.ended:
        _fault_retired(line, same_code, places, system)
        return
    if same_name is None and same_code is not None and _may_rename(line, same_code, lines, claimed):
        same_name = same_code
    place = PlaceLine(level=line.level, name=line.name, parent=parent, division=same_name, **line.numbers)
    if same_code is None or same_code is not same_name:
        place.code = line.code
    if same_name is not None:
        claimed.add(same_name.pk)
        place.changes = _changes(line, place)
    line.place = place


def _fault_retired(line: Line, place: Any, places: Places, system: str) -> None:
    heir = places.coded(line.code, system)
    line.fault(
        "code",
        "code_retired",
        _(
            "The code %(code)s was that of %(place)s until %(day)s%(heir)s. Take the line out of the file, "
            "or give the place its present code."
        )
        % {
            "code": line.code,
            "place": place.name,
            "day": place.valid.upper,
            "heir": _(", now %(name)s") % {"name": heir.name} if heir else "",
        },
    )


def _named(line: Line, above: Any, places: Places, claimed: set[int], lines: list[Line]) -> Any:
    pool = [
        child
        for child in places.children[above.pk if above else None]
        if child.level == line.level and child.pk not in claimed
    ]
    whole = [child for child in pool if plain(child.name) == plain(line.name)]
    if whole:
        return whole[0]
    ends = [child for child in pool if stem(child.name) == stem(line.name)]
    return ends[0] if len(ends) == 1 and not _listed(ends[0], lines) else None


def _listed(place: Any, lines: list[Line]) -> bool:
    return any(line.level == place.level and plain(line.name) == plain(place.name) for line in lines)


def _may_rename(line: Line, place: Any, lines: list[Line], claimed: set[int]) -> bool:
    """The place of this code under another name: renamed, unless its old name stands in the list too."""
    return (
        place.level == line.level
        and place.pk not in claimed
        and not _listed(place, [other for other in lines if other is not line])
    )


def _changes(line: Line, place: PlaceLine) -> dict[str, Any]:
    division = place.division
    assert division is not None  # noqa: S101
    changes: dict[str, Any] = {}
    renamed = plain if place.code is None else stem  # endings differ between the systems: 新华村委会, 新华村
    if renamed(division.name) != renamed(line.name):
        changes["name"] = line.name
    above = place.parent_row()
    if place.parent is not None and (above is None or division.parent_id != above.pk):
        changes["parent"] = place.parent
    for column, value in line.numbers.items():
        if getattr(division, column) != value:
            changes[column] = value
    return changes


def _action(line: Line) -> str:
    if line.errors or line.place is None:
        return RowAction.REJECT
    if line.place.division is None:
        return RowAction.CREATE
    return RowAction.CHANGE if line.place.changes or line.place.code else RowAction.KEEP


def _staged(batch: ImportBatch, line: Line) -> ImportRow:
    return ImportRow(
        batch=batch,
        row=line.row,
        label=line.name[:255],
        action=_action(line),
        raw=line.raw,
        values={
            "level": line.level,
            "code": line.code,
            "name": line.name,
            "parent_code": line.parent_code,
            "numbers": line.numbers,
        },
        errors=line.errors,
    )
