"""CSV in the encodings and with the separators that offices produce. 中文：CSV 读取"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from registry.readers import text
from registry.readers.errors import ReadError

from .guard import unguarded
from .sheets import MAX_CELLS, Sheet

MAX_COLUMNS = 2000
LONGEST_SAMPLE = 2000  # bytes of one line by which its encoding is judged
SAMPLE = 200_000  # characters by which the separator is told
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
        best = text.trial(text.non_ascii(line[:LONGEST_SAMPLE] for line in raw.splitlines()))
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
    lines = [line for line in content[:SAMPLE].splitlines()[:60] if line.strip()]
    counts = {mark: sorted(line.count(mark) for line in lines) for mark in SEPARATORS}
    return max(SEPARATORS, key=lambda mark: (counts[mark][len(counts[mark]) // 2], sum(counts[mark])))


def _rows(reader: Iterable[list[str]], name: str) -> Iterator[list[Any]]:
    """The rows, until they are too many or too wide. :raises ReadError:"""
    cells = 0
    for number, row in enumerate(reader, start=1):
        cells += len(row)
        if len(row) > MAX_COLUMNS or cells > MAX_CELLS:
            raise _too_large(name, number, len(row))
        yield [_cell(value) for value in row]


def _too_large(name: str, rows: int, columns: int) -> ReadError:
    return ReadError(
        _("%(name)s has %(rows)d rows and %(columns)d columns: too many for one import.")
        % {"name": name, "rows": rows, "columns": columns},
        code="too_large",
    )


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
        rows = list(_rows(reader, path.name))
    except csv.Error as error:
        raise ReadError(
            _("%(name)s cannot be taken apart into columns (line %(line)d).")
            % {"name": path.name, "line": content.count("\n") + 1},
            code="unreadable",
        ) from error
    width = max((len(row) for row in rows), default=0)
    if width * len(rows) > MAX_CELLS:
        raise _too_large(path.name, len(rows), width)
    return [Sheet(path.stem, [row + [None] * (width - len(row)) for row in rows])]
