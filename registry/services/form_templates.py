"""Forms of higher offices: keep a blank form, say what its columns mean, fill it and keep what was handed in.

中文：上级报表模板、填报、报送存档。A form is refused before it is opened when it is a bomb, holds macros, is
protected or has more cells than a form has (``registry.readers``). What was filled is frozen: its bytes by
hash, its filter, its number of rows.
"""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from registry import access, clock
from registry.errors import BadInput
from registry.exporters.forms import Mapping, fill, propose
from registry.exports import Column, Export
from registry.models import Division, FormFilling, FormTemplate, StoredFile, User
from registry.readers.archive import check_members
from registry.readers.errors import ReadError
from registry.readers.table import Sheet, read_sheets

from .acts import record_act
from .files import path_of, store_chunks, store_path

MOST_CELLS = 400_000
MOST_UNPACKED = 60 * 1024**2
NAMES = "names=1"  # in the filter of a filling: it holds names of natural persons
DECLARATIONS = (b"<!DOCTYPE", b"<!ENTITY")


def sheets_of(file: StoredFile) -> list[Sheet]:
    """The sheets of a blank form. Raises ``BadInput`` for a file that is no harmless .xlsx."""
    with tempfile.TemporaryDirectory(prefix="tianzhang-") as folder:
        path = Path(folder) / "form.xlsx"
        path.symlink_to(path_of(file).resolve())
        try:
            _refuse_hostile(path, file.name)
            sheets = read_sheets(path)
        except ReadError as error:
            raise BadInput(str(error), error.code) from error
    if sum(sheet.height * sheet.width for sheet in sheets) > MOST_CELLS:
        raise BadInput(
            _("%(name)s has too many cells for a blank form. Delete what stands far outside it.")
            % {"name": file.name},
            "too_large",
        )
    return sheets


def _refuse_hostile(path: Path, name: str) -> None:
    if not zipfile.is_zipfile(path):
        raise BadInput(
            _("%(name)s is no .xlsx workbook. Open it and save it as .xlsx.") % {"name": name}, "not_xlsx"
        )
    with zipfile.ZipFile(path) as archive:
        members = check_members(archive, MOST_UNPACKED)
        names = [info.filename for info in members]
        if any(part.startswith(("xl/charts/", "xl/drawings/drawing", "xl/embeddings/")) for part in names):
            raise BadInput(
                _("%(name)s holds pictures, charts or embedded files, which filling it would lose. "
                  "Delete them and upload the form again.") % {"name": name},
                "drawings",
            )  # fmt: skip
        for part in names:
            if part.endswith((".xml", ".rels", ".vml")) and _declares(archive, part):
                raise BadInput(
                    _("%(name)s holds a document type declaration; it is not opened.") % {"name": name},
                    "doctype",
                )


def _declares(archive: zipfile.ZipFile, part: str) -> bool:
    with archive.open(part) as stream:
        start = stream.read(64 * 1024)
    plain = start.replace(b"\x00", b"").upper()  # also what is written in UTF-16
    return any(mark in plain for mark in DECLARATIONS)


@transaction.atomic
def keep_form(
    *,
    name: str,
    page: str,
    columns: Sequence[Column],
    chunks: Iterable[bytes],
    file_name: str,
    division: Division,
    by: User | None,
) -> FormTemplate:
    """Keep a blank form for a list; its columns are proposed by their titles. Raises ``BadInput``."""
    access.require(by, "manage_forms", division)
    if not name.strip():
        raise BadInput(_("Give the form a name."), "no_name")
    file = store_chunks(chunks, name=file_name)
    mapping = propose(sheets_of(file), columns)
    form = FormTemplate.objects.create(
        name=name.strip()[:120], page=page, division=division, file=file, mapping=mapping.as_json()
    )
    _record(form, "form_kept", by, after=form.mapping)
    return form


@transaction.atomic
def map_form(
    *, form: FormTemplate, mapping: Mapping, columns: Sequence[Column], by: User | None
) -> FormTemplate:
    """Say what the columns of a form mean. Raises ``BadInput`` for what the form or the list has not."""
    locked = _locked(form, by)
    sheet = next((one for one in sheets_of(locked.file) if one.name == mapping.sheet), None)
    if sheet is None:
        raise BadInput(_("The form has no sheet %(sheet)s.") % {"sheet": mapping.sheet}, "no_sheet")
    known = {column.name for column in columns}
    if not mapping.columns or not set(mapping.columns.values()) <= known:
        raise BadInput(_("Say of at least one column of the form what comes into it."), "no_columns")
    if not 1 <= mapping.first_row <= max(sheet.height, 1) + 1:
        raise BadInput(
            _("The first row of data lies between 1 and %(last)d.") % {"last": sheet.height + 1}, "bad_row"
        )
    before, locked.mapping = locked.mapping, mapping.as_json()
    locked.save(update_fields=["mapping"])
    _record(locked, "form_kept", by, before=before, after=locked.mapping)
    return locked


@transaction.atomic
def retire_form(*, form: FormTemplate, by: User | None) -> None:
    """A form that is no longer used; what was handed in with it stays."""
    locked = _locked(form, by)
    locked.retired = True
    locked.save(update_fields=["retired"])
    _record(locked, "form_kept", by, after={"retired": True})


@transaction.atomic
def fill_form(
    *, form: FormTemplate, export: Export, query: str, division: Division, by: User | None
) -> FormFilling:
    """Fill a form with a list as it is filtered, and freeze it. Raises ``BadInput``, ``NotAllowed``."""
    access.require(by, "manage_forms", division)
    if export.personal:
        access.require(by, "see_personal", division)
    if form.retired:
        raise BadInput(_("This form is no longer used. Choose another one."), "retired")
    sheets_of(form.file)
    with tempfile.TemporaryDirectory(prefix="tianzhang-") as folder:
        target = Path(folder) / f"{form.name.replace('/', '_')[:60]} {clock.today()}.xlsx"
        rows = fill(path_of(form.file), Mapping.read(form.mapping), export, target)
        file = store_path(target)
    asked = "&".join(part for part in (query, NAMES if export.personal else "") if part)
    filling = FormFilling.objects.create(
        template=form, division=division, file=file, query=asked[:1000], rows=rows, made_by=by,
        made_at=clock.now(),
    )  # fmt: skip
    _record(
        form, "form_filled", by, division=division,
        after={"filling": filling.pk, "rows": rows, "filter": asked, "sha256": file.sha256},
    )  # fmt: skip
    return filling


@transaction.atomic
def open_filling(*, filling: FormFilling, by: User | None) -> Path:
    """The bytes that were handed in; a file with names of persons needs the right, and is recorded."""
    access.require(by, "manage_forms", filling.division)
    path = path_of(filling.file)
    if not path.exists():
        raise BadInput(_("The file is missing on disk. Restore it from the backup."), "file_missing")
    if NAMES in filling.query.split("&"):
        access.require(by, "see_personal", filling.division)
        record_act(
            by=by,
            verb="list_exported",
            division=filling.division_id,
            subject=f"filling:{filling.pk}",
            after={"list": filling.template.page, "filter": filling.query, "rows": filling.rows},
        )
    return path


def _locked(form: FormTemplate, by: User | None) -> FormTemplate:
    locked = FormTemplate.objects.select_for_update(of=("self",)).select_related("division", "file")
    found = locked.get(pk=form.pk)
    access.require(by, "manage_forms", found.division)
    return found


def _record(
    form: FormTemplate, verb: str, by: User | None, *, division: Division | None = None, **said: Any
) -> None:
    place = division.pk if division else form.division_id
    record_act(by=by, verb=verb, division=place, subject=f"form:{form.pk}", reason=form.name, **said)
