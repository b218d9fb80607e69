"""The task package comes back: the filled list, alone or in a ZIP with its photos. 中文：巡查任务包导入

The column 照片 names the files of a row (a.jpg、b.jpg), or a photo's own name begins with the asset code.
Rows without a day and a condition were not inspected and say nothing.
"""

from __future__ import annotations

import re
import tempfile
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assets.models import Inspection
from assets.services.inspections import keep_photos
from registry.errors import BadInput
from registry.models import ImportBatch, RowAction, User
from registry.services.imports import readable_path

from .columns import TASKS
from .inspections import UpkeepImporter
from .judging import Judge
from .sheetrow import SheetRow

BOOKS = (".xlsx", ".xls", ".csv")
PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff")
BETWEEN = re.compile(r"[、,，;；\s]+")
LARGEST = 600 * 1024 * 1024  # bytes of a package once it is unpacked
MOST = 3000


class TaskPackageImporter(UpkeepImporter):
    """A filled task package: inspections as in the ledger, with photos. 中文：巡查任务包"""

    kind = "ledger:inspection_tasks"
    label = gettext_lazy("filled inspection tasks (XLSX, or ZIP with photos)")
    table = TASKS

    def stage(self, batch: ImportBatch, path: Path) -> None:
        with unpacked(path) as (book, photos):
            self._photos = sorted(photos)
            super().stage(batch, book)
        batch.totals["photos"] = len(photos)

    def judge(self, rows: Sequence[SheetRow], judge: Judge, batch: ImportBatch) -> dict[str, Any]:
        done = [row for row in rows if _filled(row)]
        for row in rows:
            if not _filled(row):
                row.errors.clear()
                row.action = RowAction.KEEP
        told = super().judge(done, judge, batch)
        used = _give_photos(done, self._photos)
        return {**told, "not_inspected": len(rows) - len(done), "photos_unused": sorted(used)[:20]}

    def rejects(self, batch: ImportBatch) -> tuple[str, bytes] | None:
        """The rows given back come from the list in the package."""
        with unpacked(readable_path(batch)) as (book, _photos):
            return self.rejects_from(batch, lambda: book)

    def apply(self, batch: ImportBatch, *, by: User | None) -> None:
        super().apply(batch, by=by)
        wanted = {
            row.pk: row.values["photos"]
            for row in batch.staged.filter(action__in=[RowAction.CREATE, RowAction.CHANGE])
            if row.values.get("photos")
        }
        if not wanted:
            return
        made = _inspections(batch, wanted)
        with unpacked(readable_path(batch)) as (_book, photos):
            for pk, names in wanted.items():
                files = [(name, [photos[name].read_bytes()]) for name in names if name in photos]
                if files and pk in made:
                    keep_photos(made[pk], files, by=by)


def _filled(row: SheetRow) -> bool:
    return any(row.cell(name).strip() for name in ("inspected_on", "condition", "defect"))


def _give_photos(rows: Sequence[SheetRow], there: Sequence[str]) -> set[str]:
    """Each row its photos; what is named and not there is a remark. Gives the photos that nobody took."""
    plain = {name.lower(): name for name in there}
    left = set(there)
    for row in rows:
        named = [part for part in BETWEEN.split(row.text("photos")) if part]
        found = [plain[name.lower()] for name in named if name.lower() in plain]
        code = row.text("asset_code", 64)
        found += [name for name in there if code and name.startswith(code) and name not in found]
        missing = [name for name in named if name.lower() not in plain]
        if missing:
            row.remark(
                "photos", "photo_missing",
                _("These photos are not in the package: %(names)s.") % {"names": "、".join(missing[:5])},
            )  # fmt: skip
        row.values["photos"] = found
        left -= set(found)
    return left


def _inspections(batch: ImportBatch, wanted: dict[int, list[str]]) -> dict[int, Inspection]:
    """The inspection that each staged row has become. Two queries."""
    rows = list(batch.staged.filter(pk__in=wanted))
    found = Inspection.objects.in_force().filter(unit_id__in={row.unit_id for row in rows})
    by_key = {
        (one.unit_id, one.inspected_on.isoformat(), one.inspector): one
        for one in found.select_related("unit__division")
    }
    made = {}
    for row in rows:
        key = (row.unit_id, row.values["inspected_on"], row.values["inspector"])
        if key in by_key:
            made[row.pk] = by_key[key]
    return made


@contextmanager
def unpacked(path: Path) -> Iterator[tuple[Path, dict[str, Path]]]:
    """The list of a package and its photos by name. A list that is no ZIP is its own package.

    Raises ``BadInput`` for a package without a list, with several, or one that is too large.
    """
    with tempfile.TemporaryDirectory() as folder:
        if path.suffix.lower() in BOOKS or not zipfile.is_zipfile(path) or _is_workbook(path):
            yield path, {}
            return
        with zipfile.ZipFile(path) as archive:
            books, photos = _sort(archive)
            if len(books) != 1:
                raise BadInput(
                    _("The package holds %(n)d lists (XLSX); exactly one is expected.") % {"n": len(books)},
                    "package_lists",
                )
            book = _take(archive, books[0], Path(folder) / "list", 0)
            taken = {
                name: _take(archive, entry, Path(folder) / "photos", n)
                for n, (name, entry) in enumerate(photos.items())
            }
            yield book, taken


def _is_workbook(path: Path) -> bool:
    with zipfile.ZipFile(path) as archive:
        return "[Content_Types].xml" in archive.namelist()


def _sort(archive: zipfile.ZipFile) -> tuple[list[zipfile.ZipInfo], dict[str, zipfile.ZipInfo]]:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > MOST or sum(entry.file_size for entry in entries) > LARGEST:
        raise BadInput(_("The package is too large. Send it village by village."), "package_large")
    books, photos = [], {}
    by_end: dict[str, list[zipfile.ZipInfo]] = defaultdict(list)
    for entry in entries:
        by_end[PurePosixPath(entry.filename).suffix.lower()].append(entry)
    for end, found in by_end.items():
        if end in BOOKS:
            books += [entry for entry in found if not _name(entry).startswith(("~$", "."))]
        elif end in PICTURES:
            photos |= {_name(entry): entry for entry in found}
    return books, photos


def _name(entry: zipfile.ZipInfo) -> str:
    """The file's own name; names that Windows wrote in GBK are read as such."""
    name = entry.filename
    if not entry.flag_bits & 0x800:
        try:
            name = name.encode("cp437").decode("gbk")
        except (UnicodeEncodeError, UnicodeDecodeError):
            name = entry.filename
    return PurePosixPath(name.replace("\\", "/")).name


def _take(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, folder: Path, number: int) -> Path:
    """One entry on disk under a name of ours: names in archives are not to be trusted."""
    folder.mkdir(exist_ok=True)
    target = folder / f"{number}{PurePosixPath(entry.filename).suffix.lower()}"
    with archive.open(entry) as source, target.open("wb") as out:
        while chunk := source.read(1 << 20):
            out.write(chunk)
    return target
