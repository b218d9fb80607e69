"""CSV in the encodings and with the separators that offices produce. 中文：CSV 读取"""

import csv
import io
import re
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from registry.readers import text
from registry.readers.errors import ReadError

from .guard import unguarded
from .sheets import MAX_CELLS, Sheet

SEPARATORS = ",\t;|，；"
FORCED_TEXT = re.compile(r'^="(.*)"$')


def decode(raw: bytes, name: str) -> str:
    """The text of a CSV: by its byte order mark, else UTF-8 or GB18030, whichever reads as Chinese.

    :raises ReadError:
    """
    for mark, codec in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if raw.startswith(mark):
            codecs = [codec]
            break
    else:
        best = text.trial(text.non_ascii(raw.splitlines()))
        codecs = [best or "utf-8", "gb18030"]
    for codec in codecs:
        try:
            return raw.decode(codec)
        except UnicodeDecodeError:
            continue
    raise ReadError(
        _("The text of %(name)s is neither UTF-8 nor GB18030. Save it as .xlsx.") % {"name": name},
        code="encoding",
    )


def _separator(content: str) -> str:
    lines = [line for line in content.splitlines()[:60] if line.strip()]
    counts = {mark: sorted(line.count(mark) for line in lines) for mark in SEPARATORS}
    return max(SEPARATORS, key=lambda mark: (counts[mark][len(counts[mark]) // 2], sum(counts[mark])))


def _cell(value: str) -> Any:
    match = FORCED_TEXT.match(value)
    value = unguarded(match[1] if match else value)
    return value if value.strip() else None


def read_csv(path: Path) -> list[Sheet]:
    """The one sheet of a CSV; every value is text. :raises ReadError:"""
    content = decode(path.read_bytes(), path.name)
    if "\0" in content:
        raise ReadError(
            _("%(name)s holds NUL characters; it is not a text file.") % {"name": path.name},
            code="not_a_spreadsheet",
        )
    try:
        reader = csv.reader(io.StringIO(content, newline=""), delimiter=_separator(content))
        rows = [[_cell(value) for value in row] for row in reader]
    except csv.Error as error:
        raise ReadError(
            _("%(name)s cannot be taken apart into columns (line %(line)d).")
            % {"name": path.name, "line": content.count("\n") + 1},
            code="unreadable",
        ) from error
    width = max((len(row) for row in rows), default=0)
    if width * len(rows) > MAX_CELLS:
        raise ReadError(
            _("%(name)s has %(rows)d rows and %(columns)d columns: too many for one import.")
            % {"name": path.name, "rows": len(rows), "columns": width},
            code="too_large",
        )
    return [Sheet(path.stem, [row + [None] * (width - len(row)) for row in rows])]
