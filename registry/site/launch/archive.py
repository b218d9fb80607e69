"""The backup file: a tar of the database dump, the register's files, and last a manifest with every hash."""

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Any

from registry.site.words import Trouble

FORMAT, FORMAT_VERSION = "tianzhang-backup", 1
DUMP, MANIFEST, FILES = "database.dump", "manifest.json", "files/"


class _Hashing:
    """A file that is hashed while it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.digest, self.size = file, hashlib.sha256(), 0

    def read(self, size: int = -1) -> bytes:
        block = self.file.read(size)
        self.digest.update(block)
        self.size += len(block)
        return block


def write(
    target: Path, dump: Callable[[IO[bytes]], object], files: Path, facts: dict[str, Any]
) -> dict[str, Any]:
    """Write a whole backup to `target`, verified; nothing is left there when anything fails.

    `dump` writes the database into the open file it is given. Gives the manifest.
    """
    part, dumped = target.with_name(f"{target.name}.part"), target.with_name(f"{target.name}.dump.part")
    try:
        with _private(dumped) as file:
            dump(file)
        with _private(part) as file, tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
            members = {DUMP: _add(tar, DUMP, dumped)}
            for path in _regular_files(files):
                name = FILES + path.relative_to(files).as_posix()
                members[name] = _add(tar, name, path)
            manifest = {"format": FORMAT, "format_version": FORMAT_VERSION, **facts, "members": members}
            _add_text(tar, MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
        seen = verify(part)
        part.rename(target)
    except OSError as error:
        raise Trouble(
            f"The backup {target} could not be written: {error.strerror or error}. Nothing was left there.",
            f"备份文件 {target} 写入失败：{error.strerror or error}。未留下任何文件。",
        ) from error
    finally:
        for path in (dumped, part):
            path.unlink(missing_ok=True)
    return seen


@contextmanager
def _private(path: Path) -> Iterator[IO[bytes]]:
    """A new file for this user only, on the disk when the block ends."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def _regular_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def _add(tar: tarfile.TarFile, name: str, path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        seen = os.fstat(file.fileno())
        info = tarfile.TarInfo(name)  # by hand: tarfile would store a second hard link without its bytes
        info.size, info.mtime, info.mode = seen.st_size, int(seen.st_mtime), 0o600
        reader = _Hashing(file)
        tar.addfile(info, reader)  # type: ignore[arg-type]
    return {"size": reader.size, "sha256": reader.digest.hexdigest()}


def _add_text(tar: tarfile.TarFile, name: str, text: str) -> None:
    data = text.encode()
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(data), 0o600
    tar.addfile(info, io.BytesIO(data))


def verify(path: Path) -> dict[str, Any]:
    """The manifest of a backup that is whole: every member there, none more, each with its size and hash."""
    found: dict[str, dict[str, Any]] = {}
    manifest: dict[str, Any] = {}
    try:
        with tarfile.open(path, "r:") as tar:
            for member in tar:
                file = tar.extractfile(member)
                if file is None or not _harmless(member.name):
                    raise _not_whole(path, member.name)
                if member.name == MANIFEST:
                    manifest = json.load(file)
                    continue
                reader = _Hashing(file)
                while reader.read(1 << 20):
                    pass
                found[member.name] = {"size": reader.size, "sha256": reader.digest.hexdigest()}
    except FileNotFoundError:
        raise Trouble(f"{path} does not exist.", f"{path} 不存在。") from None
    except (OSError, tarfile.TarError, ValueError) as error:
        raise _not_whole(path, str(error)) from error
    _check(path, manifest, found)
    return manifest


def _check(path: Path, manifest: dict[str, Any], found: dict[str, dict[str, Any]]) -> None:
    if manifest.get("format") != FORMAT:
        raise _not_whole(path, MANIFEST)
    if manifest.get("format_version", 0) > FORMAT_VERSION:
        raise Trouble(
            f"{path} was made by a newer version ({manifest.get('version')}); restore it with that version.",
            f"{path} 由更新的版本（{manifest.get('version')}）创建；请用该版本恢复。",
        )
    told = manifest.get("members") or {}
    wrong = sorted(
        name for name in {*told, *found, DUMP} if told.get(name) != found.get(name) or name not in told
    )
    if wrong:
        raise _not_whole(path, ", ".join(wrong[:3]))


def _not_whole(path: Path, what: str) -> Trouble:
    return Trouble(
        f"{path} is not a whole backup of this product ({what}). Nothing has been changed.",
        f"{path} 不是完整的备份文件（{what}）。未作任何改动。",
    )


def _harmless(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return (
        not name.startswith("/")
        and ".." not in parts
        and (name in (DUMP, MANIFEST) or name.startswith(FILES))
    )


def unpack(path: Path, dump: Path, files: Path) -> None:
    """Lay the dump and the files of a verified backup down, for this user only."""
    files.mkdir(mode=0o700, parents=True)
    with tarfile.open(path, "r:") as tar:
        for member in tar:
            if member.name == MANIFEST:
                continue
            target = dump if member.name == DUMP else files / member.name.removeprefix(FILES)
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            file = tar.extractfile(member)
            if file is None or not _harmless(member.name):
                raise _not_whole(path, member.name)
            with _private(target) as out:
                while block := file.read(1 << 20):
                    out.write(block)
