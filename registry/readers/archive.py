"""Opening a ZIP that somebody sent, without trusting it. 中文：压缩包安全解压

Guards: number of members, size after unpacking (counted while unpacking, not believed), ratio, names that
climb out of the folder, encrypted members. File names of old Chinese tools are GBK without saying so.
"""

import shutil
import zipfile
import zlib
from pathlib import Path

from django.utils.translation import gettext as _

from .errors import ReadError

MAX_MEMBERS = 4000
MAX_UNPACKED = 2 * 1024**3
MAX_RATIO = 300
RATIO_FREE = 64 * 1024**2
CHUNK = 1024**2


def member_name(info: zipfile.ZipInfo) -> str:
    """The member's name; names without the UTF-8 flag are GB18030 where that decodes."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return info.filename


def check_members(archive: zipfile.ZipFile, max_unpacked: int = MAX_UNPACKED) -> list[zipfile.ZipInfo]:
    """The members that are files, after the guards on what the archive claims about itself."""
    members = [info for info in archive.infolist() if not info.is_dir()]
    if len(members) > MAX_MEMBERS:
        raise ReadError(
            _("The archive holds %(count)d files; at most %(limit)d are taken. Pack the layer alone.")
            % {"count": len(members), "limit": MAX_MEMBERS},
            code="too_large",
        )
    unpacked = sum(info.file_size for info in members)
    packed = sum(info.compress_size for info in members)
    if unpacked > max_unpacked or (unpacked > RATIO_FREE and unpacked > packed * MAX_RATIO):
        raise ReadError(
            _("The archive would grow to %(size)d MB when unpacked. It is not opened.")
            % {"size": unpacked // 1024**2},
            code="too_large",
        )
    if any(info.flag_bits & 0x1 for info in members):
        raise ReadError(
            _("The archive is protected by a password. Pack it again without one."), code="encrypted"
        )
    return members


def safe_parts(name: str) -> list[str] | None:
    """The path of a member inside the folder, or None when it tries to leave it."""
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".")]
    if name.startswith(("/", "\\")) or ".." in parts or any(":" in p or "\0" in p for p in parts):
        return None
    return parts or None


def unpack(path: Path, target: Path, max_unpacked: int = MAX_UNPACKED) -> None:
    """Unpack the archive into the folder; suffixes become lower case, so the parts of a shapefile meet."""
    try:
        with zipfile.ZipFile(path) as archive:
            left = max_unpacked
            for info in check_members(archive, max_unpacked):
                left = _unpack_member(archive, info, target, left)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise ReadError(
            _("%(name)s is not a readable ZIP archive. Pack it again or send the files themselves.")
            % {"name": path.name},
            code="unreadable",
        ) from error


def _unpack_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path, left: int) -> int:
    name = member_name(info)
    parts = safe_parts(name)
    if parts is None:
        raise ReadError(
            _("The archive holds a file with the path %(name)s, which leads out of it. It is not opened.")
            % {"name": name},
            code="unsafe_archive",
        )
    if "__MACOSX" in parts:
        return left
    stem, dot, suffix = parts[-1].rpartition(".")
    parts[-1] = f"{stem}{dot}{suffix.lower()}" if stem else parts[-1]
    place = target.joinpath(*parts)
    place.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(info) as source, place.open("wb") as sink:
        while chunk := source.read(CHUNK):
            left -= len(chunk)
            if left < 0:
                shutil.rmtree(target, ignore_errors=True)
                raise ReadError(
                    _("The archive grows beyond %(size)d MB when unpacked. It is not opened.")
                    % {"size": MAX_UNPACKED // 1024**2},
                    code="too_large",
                )
            sink.write(chunk)
    return left
