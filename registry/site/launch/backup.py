"""`./run backup FILE`: the whole register, files included, verified. Standard library only."""

import datetime as dt
import os
import subprocess
import tarfile
from argparse import Namespace
from pathlib import Path
from typing import IO, Any

from registry.site.words import Trouble, tell

from . import archive, client
from .place import Place

VERSION = "0.1.0"


def backup(place: Place, options: Namespace) -> int:
    """Write the backup; the site may go on meanwhile."""
    target = Path(os.path.abspath(options.file))
    check_target(target)
    with place.database():
        tell(
            f"backup of the database {place.database_words} ...", f"正在备份数据库：{place.database_words}……"
        )
        manifest = make(place, target)
    size = target.stat().st_size / 1_000_000
    count = len(manifest["members"]) - 1
    tell(
        f"{target}: {size:.1f} MB, database and {count} files, verified."
        " It holds personal data: keep it safe.",
        f"{target}：{size:.1f} MB，含数据库与 {count} 个文件，已校验。内含个人信息，请妥善保管。",
    )
    return 0


def check_target(target: Path) -> None:
    """Refuse to write over anything."""
    if target.exists():
        raise Trouble(f"{target} exists already; name another file.", f"{target} 已存在；请换一个文件名。")
    if not target.parent.is_dir():
        raise Trouble(f"The folder {target.parent} does not exist.", f"目录 {target.parent} 不存在。")


def make(place: Place, target: Path) -> dict[str, Any]:
    """The backup itself; gives its manifest. The database first: files are only ever added."""

    def dump(file: IO[bytes]) -> None:
        client.call(place, "pg_dump", "-Fc", "--no-password", stdout=file)

    facts = {
        "version": VERSION,
        "made": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),  # noqa: TID251 - no Django here
        "server": client.sql(place, "SHOW server_version"),
        "migrations": client.applied_migrations(place),
    }
    manifest = archive.write(target, dump, place.files, facts)
    listing(place, target)
    return manifest


def listing(place: Place, target: Path) -> str:
    """The dump's table of contents, read back from the backup: the dump is one that can be restored."""
    with tarfile.open(target, "r:") as tar:
        member = tar.getmember(archive.DUMP)
    with target.open("rb") as file:
        file.seek(member.offset_data)
        head = subprocess.Popen(  # noqa: S603
            ["head", "-c", str(member.size)], stdin=file, stdout=subprocess.PIPE
        )
        told = client.call(place, "pg_restore", "--list", stdin=head.stdout or subprocess.DEVNULL)
        head.kill()
        head.wait()
    return told.decode()
