"""Keep files byte for byte under their SHA-256."""

from __future__ import annotations

import hashlib
import mimetypes
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from registry.errors import BadInput
from registry.models import StoredFile


def path_of(file: StoredFile) -> Path:
    """Where the bytes of a stored file lie."""
    return settings.FILES_DIR / file.sha256[:2] / file.sha256


@dataclass(frozen=True)
class Received:
    """Bytes that have come and are not kept yet."""

    path: Path
    sha256: str
    size: int


@contextmanager
def receive(chunks: Iterable[bytes], *, limit: int | None = None) -> Iterator[Received]:
    """A stream of bytes on disk, to be looked at before it is kept; what is not kept is gone afterwards.

    Raises ``BadInput`` for an empty file, one over the size limit, or a full disk.
    """
    settings.FILES_DIR.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=settings.FILES_DIR, prefix="incoming-")
    try:
        with os.fdopen(handle, "wb") as out:
            sha256, size = _copy(chunks, out, limit or settings.MAX_UPLOAD_BYTES)
        yield Received(Path(temporary), sha256, size)
    except OSError as error:
        raise BadInput(
            _("The file could not be stored (%(why)s). Free some disk space and try again.")
            % {"why": error.strerror},
            "not_stored",
        ) from error
    finally:
        Path(temporary).unlink(missing_ok=True)


def _copy(chunks: Iterable[bytes], out: Any, limit: int) -> tuple[str, int]:
    """Hash and size of what was copied."""
    digest, size = hashlib.sha256(), 0
    for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise BadInput(
                _(
                    "The file is larger than %(limit)d MB. Split it, or ask the administrator "
                    "to raise the limit."
                )
                % {"limit": limit // 1024 // 1024},
                "too_large",
            )
        digest.update(chunk)
        out.write(chunk)
    if not size:
        raise BadInput(_("The file is empty. Choose the file again."), "empty_file")
    return digest.hexdigest(), size


def keep(received: Received, *, name: str, media_type: str = "") -> StoredFile:
    """Keep bytes that have come under their hash; the same bytes are kept once."""
    target = settings.FILES_DIR / received.sha256[:2] / received.sha256
    target.parent.mkdir(parents=True, exist_ok=True)
    os.replace(received.path, target)
    return _row(received.sha256, name, received.size, media_type)


def store_chunks(chunks: Iterable[bytes], *, name: str, media_type: str = "") -> StoredFile:
    """Keep a stream of bytes; the same bytes are kept once.

    Raises ``BadInput`` for an empty file, one over the size limit, or a full disk.
    """
    with receive(chunks) as received:
        return keep(received, name=name, media_type=media_type)


def clean_name(name: str) -> str:
    """The last part of a file name, without folders and NUL; never empty."""
    clean = os.path.basename(name.replace("\\", "/")).replace("\x00", "").strip(". ")
    return clean.encode()[-200:].decode(errors="ignore") or "file"


def _row(sha256: str, name: str, size: int, media_type: str) -> StoredFile:
    clean = clean_name(name)
    media_type = media_type or mimetypes.guess_type(clean)[0] or "application/octet-stream"
    row, _created = StoredFile.objects.get_or_create(
        sha256=sha256, defaults={"name": clean, "size": size, "media_type": media_type}
    )
    row.came_as = clean
    return row


PARTS_OF_A_SHAPEFILE = (".shp", ".shx", ".dbf", ".prj", ".cpg", ".qix", ".sbn", ".sbx")
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)


def _pack_shapefile(path: Path, target: Path) -> Path:
    """All parts of a shapefile in one archive; the same parts give the same bytes."""
    parts = [
        part
        for part in sorted(path.parent.iterdir())
        if part.stem == path.stem and part.suffix.lower() in PARTS_OF_A_SHAPEFILE
    ]
    with zipfile.ZipFile(target, "w") as archive:
        for part in parts:
            entry = zipfile.ZipInfo(part.name, _ZIP_EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, part.read_bytes())
    return target


def store_path(path: Path) -> StoredFile:
    """Keep a file of the disk; a folder (a file geodatabase) or a shapefile with its parts as a zip of it."""
    if path.suffix.lower() == ".shp" and path.is_file():
        with tempfile.TemporaryDirectory() as folder:
            return store_path(_pack_shapefile(path, Path(folder) / f"{path.stem}.zip"))
    if path.is_dir():
        with tempfile.TemporaryDirectory() as folder:
            packed = Path(shutil.make_archive(str(Path(folder) / path.name), "zip", path.parent, path.name))
            return store_path(packed)
    try:
        with path.open("rb") as source:
            return store_chunks(iter(lambda: source.read(1 << 20), b""), name=path.name)
    except FileNotFoundError as error:
        raise BadInput(_("There is no file %(path)s.") % {"path": path}, "no_file") from error
    except PermissionError as error:
        raise BadInput(_("The file %(path)s may not be read.") % {"path": path}, "no_file") from error


def copy_upload(upload: Any, folder: Path) -> Path:
    """An uploaded file on disk under its own (cleaned) name, for readers that need a path. Not kept."""
    target = folder / clean_name(upload.name)
    with target.open("wb") as out:
        for chunk in upload.chunks():
            out.write(chunk)
    return target
