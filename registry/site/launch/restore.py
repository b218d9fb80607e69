"""`./run restore FILE`: a verified backup takes the register's place, wholly or not at all."""

import os
import shutil
import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

from registry.site.cluster import DATABASE, GRANTS
from registry.site.words import Trouble, tell, words

from . import archive, client
from .place import APPS, ROOT, Place
from .preparing import prepare

# Lines of a dump's contents that a plain role may not restore: they belong to the extensions.
ADMINISTRATORS = (" EXTENSION ", " SCHEMA - public ", " TABLE DATA public spatial_ref_sys ")
NEW, OLD = f"{DATABASE}_new", f"{DATABASE}_old"


def check(place: Place, options: Namespace) -> dict[str, Any]:
    """Refuse what can be refused before anything is touched; gives the manifest."""
    if not place.embedded and options.yes_database != place.database_name:
        raise Trouble(
            f"DATABASE_URL names {place.database_words}; its register would be replaced. If that is meant:"
            f" ./run restore FILE --yes-database {place.database_name}",
            f"DATABASE_URL 指向{place.database_words}，其登记簿将被替换。如确需恢复："
            f"./run restore 文件 --yes-database {place.database_name}",
        )
    if place.embedded and options.yes_database:
        raise Trouble(
            f"--yes-database {options.yes_database} is given, but DATABASE_URL names no database; the"
            " embedded one would be replaced. Set DATABASE_URL, or leave the word out.",
            f"指定了 --yes-database {options.yes_database}，但未设置 DATABASE_URL。"
            "请设置 DATABASE_URL，或去掉该参数（恢复到内置数据库）。",
            2,
        )
    path = Path(os.path.abspath(options.file))
    manifest = archive.verify(path)
    _refuse_newer(path, manifest)
    return manifest


def _refuse_newer(path: Path, manifest: dict[str, Any]) -> None:
    ours = {f"{app}.{found.stem}" for app in APPS for found in (ROOT / app / "migrations").glob("[0-9]*.py")}
    told = {name for name in manifest.get("migrations", []) if name.split(".", 1)[0] in APPS}
    if unknown := sorted(told - ours):
        raise Trouble(
            f"{path} was made by a newer version ({manifest.get('version')}): {', '.join(unknown[:3])} is"
            " unknown here. Restore it with that version. Nothing has been changed.",
            f"{path} 由更新的版本（{manifest.get('version')}）创建，本版本不认识 {', '.join(unknown[:3])}。"
            "请用该版本恢复。未作任何改动。",
        )


def restore(place: Place, options: Namespace) -> int:
    """Verify, lay down beside, then change over."""
    path = Path(os.path.abspath(options.file))
    tell(f"checking {path} ...", f"正在校验 {path}……")
    manifest = check(place, options)
    with place.alone(words("restoring a backup", "正在恢复备份")), place.database():
        replace(place, path)
        prepare(place, "--migrate")
    tell(
        f"restored the register of {manifest['made']} ({len(manifest['members']) - 1} files)"
        f" into the database {place.database_words}",
        f"已恢复 {manifest['made']} 的登记簿（{len(manifest['members']) - 1} 个文件），"
        f"数据库：{place.database_words}",
    )
    sys.stdout.flush()
    return 0


def replace(place: Place, path: Path) -> None:
    """Put a verified backup in the place of the register."""
    dump, files = place.home / "restore.dump", place.home / "files.unpacked"
    shutil.rmtree(files, ignore_errors=True)
    try:
        archive.unpack(path, dump, files)
        if place.embedded:
            _load_beside(place, dump)
            files.rename(place.home / "files.ready")
            _change_over(place)
            finish(place)
        else:
            _load_over(place, dump)
            files.rename(place.home / "files.ready")
            _swap_files(place.home)
    except OSError as error:
        raise Trouble(
            f"The backup could not be laid down: {error.strerror or error}. The register is as it was.",
            f"备份无法展开：{error.strerror or error}。登记簿未改动。",
        ) from error
    finally:
        dump.unlink(missing_ok=True)
        shutil.rmtree(files, ignore_errors=True)


def _load_beside(place: Place, dump: Path) -> None:
    cluster = place.cluster
    cluster.sql(f"DROP DATABASE IF EXISTS {NEW} WITH (FORCE)")
    cluster.sql(f"CREATE DATABASE {NEW}")
    try:
        with dump.open("rb") as file:
            flags = ("--exit-on-error", "--no-owner", "--no-privileges")
            client.call(place, "pg_restore", *flags, "-d", NEW, stdin=file, database=NEW)
        cluster.sql(GRANTS, NEW)
    except Trouble:
        cluster.sql(f"DROP DATABASE IF EXISTS {NEW} WITH (FORCE)")
        raise


def _change_over(place: Place) -> None:
    """Both renames in one transaction: there is never no register, nor two."""
    cluster = place.cluster
    cluster.sql(f"DROP DATABASE IF EXISTS {OLD} WITH (FORCE)")
    others = (
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname IN ('{DATABASE}', '{NEW}')"
    )
    cluster.sql(
        f"{others};\nBEGIN;\nALTER DATABASE {DATABASE} RENAME TO {OLD};\n"
        f"ALTER DATABASE {NEW} RENAME TO {DATABASE};\nCOMMIT;"
    )


def finish(place: Place) -> None:
    """End a restore that was cut off: the files follow the database, whichever of the two it is."""
    if not (place.home / "files.ready").is_dir():
        return
    if place.cluster.sql(f"SELECT 1 FROM pg_database WHERE datname = '{OLD}'"):
        _swap_files(place.home)
        place.cluster.sql(f"DROP DATABASE {OLD} WITH (FORCE)")
    else:
        shutil.rmtree(place.home / "files.ready")


def _swap_files(home: Path) -> None:
    shutil.rmtree(home / "files.old", ignore_errors=True)
    if (home / "files").exists():
        (home / "files").rename(home / "files.old")
    (home / "files.ready").rename(home / "files")
    shutil.rmtree(home / "files.old", ignore_errors=True)


def _load_over(place: Place, dump: Path) -> None:
    """Into a database of another server, in one transaction; its extensions stay as they are."""
    with dump.open("rb") as file:
        listed = client.call(place, "pg_restore", "--list", stdin=file).decode()
    kept = [line for line in listed.splitlines() if not any(word in line for word in ADMINISTRATORS)]
    contents = dump.with_suffix(".list")
    contents.write_text("\n".join(kept) + "\n", encoding="utf-8")
    flags = (
        "--clean",
        "--if-exists",
        "--single-transaction",
        "--exit-on-error",
        "--no-owner",
        "--no-privileges",
    )
    try:
        with dump.open("rb") as file:
            target = ("-d", place.database_name, "-L", str(contents))
            client.call(place, "pg_restore", *flags, *target, stdin=file)
    finally:
        contents.unlink(missing_ok=True)
