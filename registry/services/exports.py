"""Take a list away as a file: written to the disk, and into the book where it names people. 中文：列表导出"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from registry import access, clock, display
from registry.exporters import Format
from registry.exports import Export
from registry.models import Division, User

from .acts import record_act


def about(
    *, title: str, words: list[tuple[str, str]], division: Division, by: User, names: bool
) -> list[tuple[str, str]]:
    """What the sheet 说明 says of a list."""
    asked = "；".join(f"{label}: {value}" for label, value in words)
    return [
        (_("list"), title),
        (_("division"), division.name),
        (_("filter"), asked or _("none: everything")),
        (_("day"), display.day(clock.today())),
        (_("made at"), display.moment(clock.now())),
        (_("made by"), by.get_full_name()),
        (_("names of persons"), _("written out; the export stands in the book") if names else _("masked")),
        (_("made with"), str(settings.SITE_NAME)),
    ]


def take_away(
    *,
    export: Export,
    form: Format,
    page: str,
    query: str,
    division: Division,
    by: User | None,
    encoding: str = "utf-8",
) -> tuple[Any, int]:
    """Write the file; an open temporary file that is gone when it is closed, and the number of rows.

    An export that holds names of natural persons needs the right to see them in the whole division, and
    stands in the book with its filter and its number of rows. Raises ``NotAllowed``.
    """
    if export.personal:
        access.require(by, "see_personal", division)
    options = {"encoding": encoding} if form.key == "csv" else {}
    with tempfile.TemporaryDirectory(prefix="tianzhang-") as folder:
        path = Path(folder) / f"list.{form.key}"
        rows = form.write(export, path, **options)
        opened = path.open("rb")  # the bytes stay readable until it is closed
    if export.personal:
        record_act(
            by=by,
            verb="list_exported",
            division=division,
            subject=f"list:{page}"[:80],
            after={"list": page, "filter": query, "rows": rows, "format": form.key},
        )
    return opened, rows
