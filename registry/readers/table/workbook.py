"""Excel workbooks: the values by calamine, what surrounds them from the XML itself. 中文：Excel 读取

calamine makes room for every cell between the first and the last, so two cells at the corners of a sheet
would fill the memory: the extent is therefore taken from the XML before calamine sees the file.
"""

import posixpath
import re
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any
from xml.parsers import expat

from django.utils.translation import gettext as _

from registry.readers.archive import check_members
from registry.readers.errors import ReadError

from .sheets import MAX_CELLS, Merge, Sheet

MAX_UNPACKED = 400 * 1024**2
MAX_MERGES = 50_000
MAX_TEXT = 32_767
REFERENCE = re.compile(r"^\$?([A-Z]{1,3})\$?(\d{1,7})$")
OLD_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


@dataclass
class Structure:
    """What the XML of one sheet says beside its values."""

    height: int = 0
    width: int = 0
    hidden_rows: set[int] = field(default_factory=set)
    merges: list[Merge] = field(default_factory=list)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    uncached: set[tuple[int, int]] = field(default_factory=set)


def _unreadable(name: str) -> ReadError:
    return ReadError(
        _("%(name)s cannot be opened: it is damaged or no spreadsheet. Open it and save it as .xlsx.")
        % {"name": name},
        code="unreadable",
    )


def _encrypted(name: str) -> ReadError:
    return ReadError(
        _("%(name)s is protected by a password. Save it without one.") % {"name": name}, code="encrypted"
    )


def position(reference: str) -> tuple[int, int] | None:
    """Row and column, from 0, of a reference such as B3."""
    match = REFERENCE.match(reference)
    if not match:
        return None
    column = 0
    for char in match[1]:
        column = column * 26 + ord(char) - 64
    return int(match[2]) - 1, column - 1


class _Scanner:
    """Reads one sheet's XML as a stream of tags."""

    def __init__(self) -> None:
        self.found = Structure()
        self.row = self.column = -1
        self.kind = ""
        self.formula = self.value = self.in_value = (
            False  # value: there is such an element, even an empty one
        )
        self.text = ""
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.data
        self.parser.StartDoctypeDeclHandler = self.refuse
        self.parser.buffer_text = True

    def refuse(self, *_args: Any) -> None:
        raise ValueError("document type declaration")

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        if tag == "row":
            self.row = int(attributes.get("r", self.row + 2)) - 1
            self.column = -1
            if attributes.get("hidden") in ("1", "true"):
                self.found.hidden_rows.add(self.row + 1)
        elif tag == "c":
            place = position(attributes.get("r", ""))
            self.row, self.column = place or (self.row, self.column + 1)
            self.kind = attributes.get("t", "")
            self.formula = self.value = False
            self.text = ""
        elif tag == "f":
            self.formula = True
        elif tag in ("v", "is"):
            self.value, self.in_value = True, True
        elif tag == "mergeCell":
            self.merge(attributes.get("ref", ""))

    def data(self, text: str) -> None:
        if self.in_value:
            self.text += text
            _check_length(self.text)

    def end(self, tag: str) -> None:
        tag = tag.rpartition(":")[2]
        if tag in ("v", "is"):
            self.in_value = False
        elif tag == "c":
            if self.kind == "e":
                self.found.errors[self.row, self.column] = self.text
            if self.value or self.formula:
                self.found.height = max(self.found.height, self.row + 1)
                self.found.width = max(self.found.width, self.column + 1)
            if self.formula and not self.text and self.kind != "str":
                self.found.uncached.add((self.row, self.column))

    def merge(self, reference: str) -> None:
        first, _colon, last = reference.partition(":")
        start, stop = position(first), position(last or first)
        if start and stop and len(self.found.merges) < MAX_MERGES:
            self.found.merges.append(Merge(*start, *stop))


def _check_length(text: str) -> None:
    """Excel itself holds no longer text in a cell. :raises ReadError:"""
    if len(text) > MAX_TEXT:
        raise ReadError(
            _("A cell holds more than %(limit)d characters. Shorten it, or delete it.") % {"limit": MAX_TEXT},
            code="too_large",
        )


def scan(stream: IO[bytes]) -> Structure:
    """The structure of one sheet's XML. :raises expat.ExpatError, ValueError:"""
    scanner = _Scanner()
    while chunk := stream.read(1 << 20):
        scanner.parser.Parse(chunk)
    scanner.parser.Parse(b"", True)
    return scanner.found


def _elements(content: bytes, wanted: str) -> list[dict[str, str]]:
    """Attributes of all elements of a name in a small XML part."""
    found: list[dict[str, str]] = []
    parser = expat.ParserCreate()

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == wanted:
            found.append({key.rpartition(":")[2]: value for key, value in attributes.items()})

    def refuse(*_args: Any) -> None:
        raise ValueError("document type declaration")

    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = refuse
    parser.Parse(content, True)
    return found


def _structures(path: Path) -> dict[str, Structure]:
    """Structure by sheet name. :raises ReadError, KeyError, ValueError, expat.ExpatError, BadZipFile:"""
    with zipfile.ZipFile(path) as archive:
        names = {info.filename for info in check_members(archive, MAX_UNPACKED)}
        if any(name.endswith("vbaProject.bin") for name in names):
            raise ReadError(
                _("%(name)s contains macros. Save it as .xlsx without macros.") % {"name": path.name},
                code="macros",
            )
        if "xl/workbook.bin" in names or "content.xml" in names:
            raise ReadError(
                _("%(name)s is not an .xlsx workbook. Open it and save it as .xlsx.") % {"name": path.name},
                code="not_a_spreadsheet",
            )
        sheets = _elements(archive.read("xl/workbook.xml"), "sheet")
        relations = _elements(archive.read("xl/_rels/workbook.xml.rels"), "Relationship")
        targets = {r["Id"]: posixpath.normpath(posixpath.join("xl", r["Target"])) for r in relations}
        _scan_strings(archive, "xl/sharedStrings.xml")
        found: dict[str, Structure] = {}
        for sheet in sheets:
            part = targets.get(sheet.get("id", ""), "")
            part = part if part in names else part.removeprefix("xl/").lstrip("/")
            if part in names:
                with archive.open(part) as stream:
                    found[sheet["name"]] = scan(stream)
        return found


def _scan_strings(archive: zipfile.ZipFile, part: str) -> None:
    """Read the texts of a workbook to their end: a size that lies, entities, endless texts are found here.

    :raises BadZipFile, ReadError, ValueError, expat.ExpatError:
    """
    if part not in archive.namelist():
        return
    length = 0

    def start(tag: str, _attributes: dict[str, str]) -> None:
        nonlocal length
        if tag.rpartition(":")[2] == "si":
            length = 0

    def data(text: str) -> None:
        nonlocal length
        length += len(text)
        if length > MAX_TEXT:
            _check_length(text.ljust(length))

    def refuse(*_args: Any) -> None:
        raise ValueError("document type declaration")

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.CharacterDataHandler = start, data
    parser.StartDoctypeDeclHandler = refuse
    with archive.open(part) as stream:
        while chunk := stream.read(1 << 20):
            parser.Parse(chunk)
    parser.Parse(b"", True)


def _check_extent(path: Path, structures: dict[str, Structure]) -> None:
    for name, structure in structures.items():
        if structure.height * structure.width > MAX_CELLS:
            raise ReadError(
                _("The sheet %(sheet)s reaches to row %(row)d and column %(column)d. "
                  "Delete what stands far outside the table.")
                % {"sheet": name, "row": structure.height, "column": structure.width},
                code="too_large",
            )  # fmt: skip


def read_xlsx(path: Path) -> list[Sheet]:
    """The sheets of an .xlsx. :raises ReadError:"""
    try:
        structures = _structures(path)
    except (
        KeyError,
        ValueError,
        expat.ExpatError,
        zipfile.BadZipFile,
        EOFError,
        OSError,
        RuntimeError,
    ) as error:
        raise _unreadable(path.name) from error
    _check_extent(path, structures)
    return _values(path, structures)


def read_xls(path: Path) -> list[Sheet]:
    """The sheets of an old .xls; an encrypted .xlsx has the same first bytes. :raises ReadError:"""
    if OLD_ENCRYPTED in path.read_bytes()[: 1 << 20]:
        raise _encrypted(path.name)
    return _values(path, None)


def _values(path: Path, structures: dict[str, Structure] | None) -> list[Sheet]:
    import python_calamine as calamine

    try:
        with path.open("rb") as stream:  # by its bytes: the ending of the name may be another
            book = calamine.CalamineWorkbook.from_filelike(stream)
            return [
                _sheet(book.get_sheet_by_index(index), meta, structures[meta.name] if structures else None)
                for index, meta in enumerate(book.sheets_metadata)
                if meta.typ == calamine.SheetTypeEnum.WorkSheet
            ]
    except calamine.PasswordError as error:
        raise _encrypted(path.name) from error
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a panic in the parser is no Exception
        raise _unreadable(path.name) from error


def _sheet(opened: Any, meta: Any, structure: Structure | None) -> Sheet:
    structure = structure or Structure(
        merges=[Merge(*first, *last) for first, last in (opened.merged_cell_ranges or [])[:MAX_MERGES]]
    )
    rows = [[_plain(value) for value in row] for row in opened.to_python(skip_empty_area=False)]
    return Sheet(
        meta.name,
        rows,
        structure.merges,
        not str(meta.visible).endswith(".Visible"),
        frozenset(structure.hidden_rows),
        structure.errors,
        structure.uncached,
    )


def _plain(value: Any) -> Any:
    """Empty text is no value; numbers that are whole are whole numbers, as the eye sees them."""
    if isinstance(value, str):
        return value if value.strip() else None
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    return value
