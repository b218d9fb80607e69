"""The header and the raw text of a .dbf, to decide its encoding before GDAL decodes it. 中文：属性表"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from .errors import UnreadableLayer

# Language driver ids (LDID) that say something definite.
LDID_CODECS = {0x4D: "gb18030", 0x7A: "gb18030", 0x4F: "big5", 0x78: "big5", 0x03: "cp1252", 0x57: None}
SAMPLE_RECORDS = 4000


@dataclass(frozen=True)
class DbfField:
    """A column: its name as bytes, its type letter, where it stands in a record."""

    name: bytes
    kind: str
    offset: int
    length: int


@dataclass(frozen=True)
class Dbf:
    """What the header says."""

    path: Path
    records: int
    header_length: int
    record_length: int
    ldid: int
    fields: tuple[DbfField, ...]

    def text_sample(self) -> Iterator[bytes]:
        """Field names and text values of up to 4,000 records spread evenly over the table."""
        yield from (field.name for field in self.fields)
        columns = [f for f in self.fields if f.kind == "C"]
        step = max(1, self.records // SAMPLE_RECORDS)
        with self.path.open("rb") as stream:
            for number in range(0, self.records, step):
                stream.seek(self.header_length + number * self.record_length)
                record = stream.read(self.record_length)
                for field in columns:
                    value = record[field.offset : field.offset + field.length].rstrip(b" \0")
                    if value:
                        yield value.split(b"\0", 1)[0]


def read_dbf(path: Path) -> Dbf:
    """Parse the header.

    :raises UnreadableLayer: when it is not a dBase table.
    """
    with path.open("rb") as stream:
        head = stream.read(32)
        if len(head) < 32 or head[0] & 0x07 != 3:
            raise UnreadableLayer(
                _("%(name)s is not a dBase table. Export the shapefile again.") % {"name": path.name}
            )
        records, header_length, record_length = struct.unpack("<IHH", head[4:12])
        raw = stream.read(max(0, header_length - 32))
    fields: list[DbfField] = []
    offset = 1
    for start in range(0, len(raw) - 31, 32):
        if raw[start] in (0x0D, 0x00):
            break
        entry = raw[start : start + 32]
        length = entry[16]
        fields.append(DbfField(entry[:11].split(b"\0", 1)[0], chr(entry[11]), offset, length))
        offset += length
    return Dbf(path, records, header_length, record_length, head[29], tuple(fields))
