"""Pictures as evidence: what they carry is read and kept as data; what pages show is encoded anew without it.

The original is never written again. Positions of phones are WGS 84; within the accuracy of a phone that is
EPSG:4490, so they are kept as they are. Values that cannot be true are left out, never refused.
"""

from __future__ import annotations

import datetime as dt
import io
import math
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.gis.geos import Point
from django.utils.timezone import get_default_timezone
from django.utils.translation import gettext as _
from PIL import ExifTags, Image, ImageOps

from registry import clock
from registry.errors import BadInput

PREVIEW_SIDE = 1600
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/tiff": "TIFF"}
DATUMS = ("", "WGS-84", "WGS84", "CGCS2000")
FIRST_YEAR = 1995  # of a camera that writes the time
BROKEN = (
    OSError, SyntaxError, ValueError, EOFError, LookupError, TypeError, AttributeError, ArithmeticError,
    MemoryError, struct.error, zlib.error, Image.DecompressionBombError,
)  # fmt: skip


@dataclass(frozen=True)
class Preview:
    """A picture for the page: small, upright, without anything that the camera wrote into it."""

    data: bytes
    media_type: str


@dataclass(frozen=True)
class Picture:
    """What a picture shows and carries."""

    preview: Preview | None
    taken_at: dt.datetime | None
    taken_where: Point | None


@contextmanager
def opened(path: Path, media_type: str, name: str) -> Iterator[Image.Image]:
    """A picture within the limits, not decoded yet. Raises ``BadInput`` for one that is broken or too big."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path, formats=[FORMATS[media_type]]) as image:
                _within_limits(image, name)
                yield image
    except BROKEN as error:
        raise BadInput(
            _("The picture “%(name)s” is damaged and cannot be shown. Take or save it again.")
            % {"name": name},
            "broken_image",
        ) from error


def _within_limits(image: Image.Image, name: str) -> None:
    width, height = image.size
    limit = settings.EVIDENCE_MAX_PIXELS
    if width * height > limit:
        raise BadInput(
            _(
                "The picture “%(name)s” has %(width)d × %(height)d points; at most %(limit)d million are "
                "taken. Scan it more coarsely."
            )
            % {"name": name, "width": width, "height": height, "limit": limit // 1_000_000},
            "too_many_pixels",
        )


def read_picture(path: Path, media_type: str, name: str) -> Picture:
    """Preview, time and position of a picture. Raises ``BadInput`` for one that is broken or too big."""
    with opened(path, media_type, name) as image:
        exif = _exif(image)
        image.draft("RGB", (PREVIEW_SIDE, PREVIEW_SIDE))  # a big JPEG is decoded small
        preview = make_preview(ImageOps.exif_transpose(image))
    return Picture(preview, taken_at(exif), taken_where(exif))


def make_preview(image: Image.Image) -> Preview:
    """A picture encoded anew, at most 1600 points wide and high."""
    if image.mode.startswith("I"):
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    clear = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    plain = image.convert("RGBA" if clear else "L" if image.mode in ("1", "L") else "RGB")
    plain.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE))
    bare = Image.new(plain.mode, plain.size)
    bare.paste(plain)
    out = io.BytesIO()
    if clear:
        bare.save(out, "PNG")
        return Preview(out.getvalue(), "image/png")
    bare.save(out, "JPEG", quality=82)
    return Preview(out.getvalue(), "image/jpeg")


# --- what the camera wrote
def _exif(image: Image.Image) -> dict[str, dict[int, Any]]:
    """The fields of the camera and of the position; empty where they cannot be read."""
    try:
        exif = image.getexif()
        return {
            "camera": dict(exif.get_ifd(ExifTags.IFD.Exif)),
            "gps": dict(exif.get_ifd(ExifTags.IFD.GPSInfo)),
        }
    except BROKEN:
        return {"camera": {}, "gps": {}}


def taken_at(exif: dict[str, dict[int, Any]]) -> dt.datetime | None:
    """When it was taken: with the offset the camera wrote, else in the time of the office."""
    camera = exif["camera"]
    said = _text(camera.get(ExifTags.Base.DateTimeOriginal))
    try:
        moment = dt.datetime.strptime(said[:19], "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 (the zone follows)
    except ValueError:
        return None
    moment = moment.replace(tzinfo=_zone(_text(camera.get(ExifTags.Base.OffsetTimeOriginal))))
    real = moment.year >= FIRST_YEAR and moment <= clock.now() + dt.timedelta(days=1)
    return moment if real else None


def _zone(offset: str) -> dt.tzinfo:
    """+08:00 as a zone; the office's where nothing readable is written."""
    try:
        return dt.datetime.strptime(offset, "%z").tzinfo or get_default_timezone()
    except ValueError:
        return get_default_timezone()


def taken_where(exif: dict[str, dict[int, Any]]) -> Point | None:
    """Where it was taken (EPSG:4490), in either hemisphere; None for a position that cannot be true."""
    gps = exif["gps"]
    if _text(gps.get(ExifTags.GPS.GPSMapDatum)).upper() not in DATUMS:
        return None
    tags = ExifTags.GPS
    lat = _degrees(gps.get(tags.GPSLatitude), _text(gps.get(tags.GPSLatitudeRef)), "NS", 90)
    lon = _degrees(gps.get(tags.GPSLongitude), _text(gps.get(tags.GPSLongitudeRef)), "EW", 180)
    if lat is None or lon is None or (lat == 0 and lon == 0):
        return None
    return Point(lon, lat, srid=4490)


def facing(path: Path, media_type: str, name: str) -> float | None:
    """Which way the camera looked, in degrees from north (方位角); None where it did not write it."""
    with opened(path, media_type, name) as image:
        said = _exif(image)["gps"].get(ExifTags.GPS.GPSImgDirection)
    try:
        turned = float(said)  # type: ignore[arg-type]
    except (TypeError, ValueError, ArithmeticError):
        return None
    return turned if math.isfinite(turned) and 0 <= turned <= 360 else None


def _degrees(parts: Any, side: str, sides: str, limit: int) -> float | None:
    """Degrees, minutes, seconds with a side as one number, or None."""
    try:
        degrees, minutes, seconds = (float(part) for part in parts)
    except (TypeError, ValueError, ArithmeticError):
        return None
    value = degrees + minutes / 60 + seconds / 3600
    if not math.isfinite(value) or min(degrees, minutes, seconds) < 0 or minutes >= 60 or seconds >= 60:
        return None
    if value > limit or len(side) != 1 or side.upper() not in sides:
        return None
    return -value if side.upper() == sides[1] else value


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        value = value.decode("ascii", "ignore")
    return value.replace("\0", "").strip() if isinstance(value, str) else ""
