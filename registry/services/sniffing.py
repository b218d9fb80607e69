"""What a file really is, by its bytes; the name has to agree. 中文：文件类型识别

Only kinds that an office files as evidence are taken. Programs, scripts, pages and drawings that a browser
would run (HTML, SVG), macros and archives are refused, whatever they are called.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.errors import BadInput
from registry.readers.archive import check_members

HEAD = 4096
MAX_UNPACKED = 500 * 1024**2
TAKEN = "JPG、PNG、WebP、TIFF、PDF、OFD、XLSX、DOCX、XLS、DOC、TXT"


@dataclass(frozen=True)
class FileType:
    """A kind of file that is kept. ``words`` say what it is; nameless files get the first extension."""

    media_type: str
    extensions: tuple[str, ...]
    words: Any

    @property
    def is_image(self) -> bool:
        return self.media_type.startswith("image/")


JPEG = FileType("image/jpeg", (".jpg", ".jpeg", ".jpe", ".jfif"), gettext_lazy("a JPEG picture"))
PNG = FileType("image/png", (".png",), gettext_lazy("a PNG picture"))
WEBP = FileType("image/webp", (".webp",), gettext_lazy("a WebP picture"))
TIFF = FileType("image/tiff", (".tif", ".tiff"), gettext_lazy("a TIFF picture"))
PDF = FileType("application/pdf", (".pdf",), gettext_lazy("a PDF document"))
OFD = FileType("application/ofd", (".ofd",), gettext_lazy("an OFD document"))
_OFFICE = "application/vnd.openxmlformats-officedocument."
XLSX = FileType(f"{_OFFICE}spreadsheetml.sheet", (".xlsx",), gettext_lazy("an XLSX workbook"))
DOCX = FileType(f"{_OFFICE}wordprocessingml.document", (".docx",), gettext_lazy("a DOCX document"))
XLS = FileType("application/vnd.ms-excel", (".xls", ".et"), gettext_lazy("an XLS workbook"))
DOC = FileType("application/msword", (".doc", ".wps"), gettext_lazy("a DOC document"))
TXT = FileType("text/plain", (".txt",), gettext_lazy("plain text"))

_HEADS = (
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"II*\x00", TIFF),
    (b"MM\x00*", TIFF),
    (b"%PDF-", PDF),
)
_HEIC = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis")
_PROGRAMS = (b"MZ", b"\x7fELF", b"\xfe\xed\xfa", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"#!")
_PAGE = re.compile(rb"<\s*(?:!doctype|html|head|body|script|svg|iframe|\?xml|\?php|%|x[sm]l)", re.IGNORECASE)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def sniff(path: Path, name: str) -> FileType:
    """The kind of a file by its bytes. Raises ``BadInput``: what was found, what is taken, what to do."""
    with path.open("rb") as source:
        head = source.read(HEAD)
    found = _by_head(head, name) or _by_inside(path, head, name)
    extension = Path(name).suffix.lower()
    if extension and extension not in found.extensions:
        raise BadInput(
            _(
                "“%(name)s” ends in %(extension)s, but its content is %(found)s. Give it the ending "
                "%(right)s, or bring the file that was meant."
            )
            % {"name": name, "extension": extension, "found": found.words, "right": found.extensions[0]},
            "lying_extension",
        )
    return found


def _by_head(head: bytes, name: str) -> FileType | None:
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC:
        raise BadInput(
            _(
                "“%(name)s” is a HEIC picture, which office computers cannot open. Choose JPEG (most "
                "compatible) in the camera settings of the phone, or save the picture as JPG, and bring it "
                "again."
            )
            % {"name": name},
            "heic",
        )
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return WEBP
    if head.startswith(_PROGRAMS):
        raise _refused(name, _("a program or a script"), "program")
    return next((kind for magic, kind in _HEADS if head.startswith(magic)), None)


def _by_inside(path: Path, head: bytes, name: str) -> FileType:
    if head.startswith(b"PK"):
        return _of_zip(path, name)
    if head.startswith(_OLE):
        return _of_ole(path.read_bytes(), name)
    if _PAGE.search(head):
        raise _refused(name, _("a web page or a drawing that a browser would run"), "page")
    if _is_text(path):
        return TXT
    raise _refused(name, _("of an unknown kind"), "unknown_kind")


def _refused(name: str, found: str, code: str) -> BadInput:
    sentence = _("“%(name)s” is %(found)s and is not taken as evidence. Bring it as one of: %(taken)s.")
    return BadInput(sentence % {"name": name, "found": found, "taken": TAKEN}, code)


def _of_zip(path: Path, name: str) -> FileType:
    """An office document inside an archive. Raises ``BadInput`` for bombs, macros and plain archives."""
    try:
        with zipfile.ZipFile(path) as archive:
            inside = {member.filename for member in check_members(archive, MAX_UNPACKED)}
    except (zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError) as error:
        raise _refused(name, _("a damaged archive"), "broken") from error
    if any(part.lower().endswith("vbaproject.bin") for part in inside):
        raise _macros(name)
    if "OFD.xml" in inside:
        return OFD
    if "[Content_Types].xml" in inside:
        if "xl/workbook.xml" in inside:
            return XLSX
        if "word/document.xml" in inside:
            return DOCX
    raise _refused(name, _("an archive"), "archive")


def _macros(name: str) -> BadInput:
    return BadInput(
        _("“%(name)s” holds macros. Save it without macros, or print it to PDF, and bring that.")
        % {"name": name},
        "macros",
    )


def _of_ole(data: bytes, name: str) -> FileType:
    """A workbook or document of the old binary format, by the names of its streams."""
    if "_VBA_PROJECT".encode("utf-16-le") in data:
        raise _macros(name)
    if any(word.encode("utf-16-le") in data for word in ("Workbook\0", "Book\0")):
        return XLS
    if "WordDocument\0".encode("utf-16-le") in data:
        return DOC
    raise _refused(name, _("of an unknown kind"), "unknown_kind")


def _is_text(path: Path) -> bool:
    data = path.read_bytes()
    if re.search(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]", data):
        return False
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return bool(data.decode(encoding))
        except UnicodeDecodeError:
            continue
    return False


def with_extension(name: str, found: FileType) -> str:
    """The name, with an extension where it came without one."""
    return name if Path(name).suffix else f"{name}{found.extensions[0]}"
