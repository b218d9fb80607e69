"""Pictures and other files as evidence: what they are, what they carry, what is shown of them."""

import datetime as dt
import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image
from PIL.TiffImagePlugin import IFDRational

from registry.errors import BadInput
from registry.services import images
from registry.services.sniffing import sniff
from tests import factories as make

BASE, GPS, IFD = ExifTags.Base, ExifTags.GPS, ExifTags.IFD


def zipped(*names: str, compress: int = zipfile.ZIP_STORED, **sizes: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compress) as archive:
        for name in names:
            archive.writestr(name, b"\0" * sizes.get("size", 5))
    return out.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500
WORKBOOK = "Workbook\0".encode("utf-16-le")
XLSX = zipped("[Content_Types].xml", "xl/workbook.xml")
DOCX = zipped("[Content_Types].xml", "word/document.xml")
EXE = b"MZ\x90\0" + b"\0" * 60
TAKEN = [
    ("a.jpg", make.picture("JPEG"), "image/jpeg"),
    ("A.JPEG", make.picture("JPEG"), "image/jpeg"),
    ("a.png", make.picture("PNG"), "image/png"),
    ("a.webp", make.picture("WEBP"), "image/webp"),
    ("a.tif", make.picture("TIFF"), "image/tiff"),
    ("a.pdf", make.picture("PDF"), "application/pdf"),
    ("a.ofd", zipped("OFD.xml"), "application/ofd"),
    ("a.xlsx", XLSX, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("a.docx", DOCX, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("a.xls", OLE + WORKBOOK, "application/vnd.ms-excel"),
    ("a.doc", OLE + "WordDocument\0".encode("utf-16-le"), "application/msword"),
    ("a.txt", "会议记录\r\n第一项".encode(), "text/plain"),
    ("a.txt", "会议记录".encode("gb18030"), "text/plain"),
    ("扫描件", make.picture("JPEG"), "image/jpeg"),
]
REFUSED = [
    ("a.jpg", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "heic"),
    ("a.heic", b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "heic"),
    ("a.jpg", make.picture("PNG"), "lying_extension"),
    ("a.pdf", make.picture("JPEG"), "lying_extension"),
    ("a.jpg.exe", make.picture("JPEG"), "lying_extension"),
    ("a.bat", b"del *.*\r\n", "lying_extension"),
    ("a.docx", XLSX, "lying_extension"),
    ("a.jpg", EXE, "program"),
    ("a.exe", EXE, "program"),
    ("a.txt", b"#!/bin/sh\nrm -rf /\n", "program"),
    ("a.txt", b"\x7fELF\x02\x01", "program"),
    ("a.html", b"<!DOCTYPE html><script>alert(1)</script>", "page"),
    ("a.txt", b"hello\n<script>alert(1)</script>", "page"),
    ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "page"),
    ("a.txt", b"<?php system('id'); ?>", "page"),
    ("a.zip", zipped("a.jpg"), "archive"),
    ("a.ofd", zipped("../OFD.xml"), "archive"),
    ("a.xlsx", zipped("[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"), "macros"),
    ("a.xls", OLE + WORKBOOK + "_VBA_PROJECT".encode("utf-16-le"), "macros"),
    ("a.msi", OLE, "unknown_kind"),
    ("a.txt", b"abc\0def", "unknown_kind"),
    ("a.bin", bytes(range(256)), "unknown_kind"),
    ("a.xlsx", b"PK\x03\x04 broken", "broken"),
    ("a.pdf", b"junk" + make.picture("PDF"), "unknown_kind"),
    ("a.gif", make.picture("GIF"), "unknown_kind"),
]


@pytest.mark.parametrize(("name", "data", "media_type"), TAKEN)
def test_a_file_is_told_by_its_bytes(tmp_path, name, data, media_type):
    path = tmp_path / "x"
    path.write_bytes(data)
    assert sniff(path, name).media_type == media_type


@pytest.mark.parametrize(("name", "data", "code"), REFUSED)
def test_what_is_no_evidence_is_refused_with_the_name(tmp_path, name, data, code):
    path = tmp_path / "x"
    path.write_bytes(data)
    with pytest.raises(BadInput) as refused:
        sniff(path, name)
    assert refused.value.code == code
    assert name in str(refused.value)


def test_a_bomb_in_office_dress_is_refused_unopened(tmp_path):
    path = tmp_path / "x"
    bomb = zipped("[Content_Types].xml", "xl/workbook.xml", compress=zipfile.ZIP_DEFLATED, size=70 * 1024**2)
    assert len(bomb) < 200_000
    path.write_bytes(bomb)
    with pytest.raises(BadInput) as refused:
        sniff(path, "a.xlsx")
    assert refused.value.code == "too_large"


# --- what a camera writes
def exif(camera=None, gps=None, orientation=None) -> Image.Exif:
    made = Image.Exif()
    made[BASE.Make] = "Camera"
    if orientation:
        made[BASE.Orientation] = orientation
    made.get_ifd(IFD.Exif).update(camera or {})
    made.get_ifd(IFD.GPSInfo).update(gps or {})
    return made


def place(lat=(23, 0, 36), lon=(103, 41, 24), sides="NE", **more) -> dict:
    return {
        GPS.GPSLatitudeRef: sides[0],
        GPS.GPSLatitude: lat,
        GPS.GPSLongitudeRef: sides[1],
        GPS.GPSLongitude: lon,
        **more,
    }


def read(tmp_path, data: bytes, media_type: str = "image/jpeg") -> images.Picture:
    path = tmp_path / "picture"
    path.write_bytes(data)
    return images.read_picture(path, media_type, "照片")


@pytest.mark.parametrize(("sides", "east", "north"), [("NE", 103.69, 23.01), ("SW", -103.69, -23.01)])
def test_position_is_kept_in_both_hemispheres(tmp_path, sides, east, north):
    found = read(tmp_path, make.picture(exif=exif(gps=place(sides=sides)))).taken_where
    assert (round(found.x, 9), round(found.y, 9), found.srid) == (east, north, 4490)


HOSTILE_PLACES = [
    place(lat=(95, 0, 0)),
    place(lon=(181, 0, 0)),
    place(lat=(0, 0, 0), lon=(0, 0, 0)),
    place(lat=(IFDRational(0, 0), 0, 0)),
    place(lat=(IFDRational(1, 0), 0, 0)),
    place(lat=(23, 75, 0)),
    place(sides="XX"),
    {GPS.GPSLatitude: (23, 0, 0)},
    place() | {GPS.GPSMapDatum: "GCJ-02"},
]


@pytest.mark.parametrize("gps", HOSTILE_PLACES)
def test_a_position_that_cannot_be_true_is_left_out(tmp_path, gps):
    assert read(tmp_path, make.picture(exif=exif(gps=gps))).taken_where is None


@given(
    st.lists(st.one_of(st.floats(), st.integers(), st.text(max_size=3), st.none()), max_size=4),
    st.text(max_size=2),
)
@settings(max_examples=60)
def test_whatever_stands_there_gives_degrees_or_nothing(parts, side):
    found = images._degrees(tuple(parts), side, "NS", 90)
    assert found is None or -90 <= found <= 90


@pytest.mark.parametrize(
    ("said", "offset", "utc"),
    [
        ("2025:06:01 09:30:00", None, "2025-06-01T01:30:00+00:00"),
        ("2025:06:01 09:30:00", "+00:00", "2025-06-01T09:30:00+00:00"),
        ("2025:06:01 09:30:00", "-05:00", "2025-06-01T14:30:00+00:00"),
        ("2025:06:01 09:30:00", "nonsense", "2025-06-01T01:30:00+00:00"),
        ("0000:00:00 00:00:00", None, None),
        ("1970:01:01 00:00:00", None, None),
        ("2999:01:01 00:00:00", None, None),
        ("yesterday", None, None),
    ],
)
def test_the_time_has_a_zone_or_is_left_out(tmp_path, said, offset, utc):
    camera = {BASE.DateTimeOriginal: said} | ({BASE.OffsetTimeOriginal: offset} if offset else {})
    found = read(tmp_path, make.picture(exif=exif(camera=camera))).taken_at
    assert (found and found.astimezone(dt.UTC).isoformat()) == utc


def test_the_preview_is_small_upright_and_bare(tmp_path):
    camera = {BASE.DateTimeOriginal: "2025:06:01 09:30:00"}
    data = make.picture(
        size=(3000, 1000), exif=exif(camera, place(), orientation=6), comment=b"secret of the camera"
    )
    found = read(tmp_path, data).preview
    shown = Image.open(io.BytesIO(found.data))
    assert shown.size == (533, 1600)  # turned by a quarter
    assert not dict(shown.getexif())
    assert not {"exif", "comment", "icc_profile", "xmp"} & set(shown.info)
    assert b"secret" not in found.data
    assert b"Exif" not in found.data


@pytest.mark.parametrize(
    ("kind", "mode", "shown"),
    [("PNG", "RGBA", "image/png"), ("PNG", "P", "image/jpeg"), ("PNG", "I;16", "image/jpeg"),
     ("TIFF", "CMYK", "image/jpeg"), ("TIFF", "1", "image/jpeg"), ("WEBP", "RGB", "image/jpeg")],
)  # fmt: skip
def test_every_mode_gives_a_preview(tmp_path, kind, mode, shown):
    data = make.picture(kind, mode=mode, colour=0)
    assert read(tmp_path, data, f"image/{kind.lower()}").preview.media_type == shown


def test_a_picture_without_anything_is_taken(tmp_path):
    found = read(tmp_path, make.picture())
    assert (found.taken_at, found.taken_where) == (None, None)
    assert found.preview.media_type == "image/jpeg"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF"])
def test_a_broken_picture_is_refused(tmp_path, kind):
    out = io.BytesIO()
    Image.effect_noise((400, 400), 80).convert("RGB").save(out, kind)
    whole = out.getvalue()
    assert read(tmp_path, whole, f"image/{kind.lower()}").preview
    with pytest.raises(BadInput) as refused:
        read(tmp_path, whole[: len(whole) // 2], f"image/{kind.lower()}")
    assert refused.value.code == "broken_image"


def test_a_picture_with_too_many_points_is_refused_undecoded(tmp_path, settings):
    settings.EVIDENCE_MAX_PIXELS = 10_000
    with pytest.raises(BadInput) as refused:
        read(tmp_path, make.picture("PNG", size=(101, 100)), "image/png")
    assert refused.value.code == "too_many_pixels"
    assert read(tmp_path, make.picture("PNG", size=(100, 100)), "image/png").preview
