"""PostgreSQL's client programs on the configured database, embedded or not. Standard library only."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import IO, Any

from registry.site.database import parse
from registry.site.programs import LIB, as_account, clean_environment
from registry.site.words import Trouble

from .place import Place

VARIABLES = {
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "connect_timeout": "PGCONNECT_TIMEOUT",
    "application_name": "PGAPPNAME",
    "options": "PGOPTIONS",
}


def _program(name: str) -> Path:
    """The newest client program of this machine, for a server elsewhere."""
    folder = os.environ.get("PG_BINDIR")
    found = [Path(folder) / name] if folder else list(LIB.glob(f"*/bin/{name}"))
    found = sorted(filter(Path.exists, found), key=lambda path: int(re.sub(r"\D", "", path.parts[-3]) or 0))
    other = shutil.which(name)
    if found:
        return found[-1]
    if other:
        return Path(other)
    raise Trouble(
        f"{name} is not installed (package postgresql-client; not older than the server's).",
        f"未安装 {name}（软件包 postgresql-client，版本不得低于服务器）。",
        69,
    )


def _address(place: Place, database: str) -> dict[str, str]:
    """libpq's variables for the database: no password on any command line."""
    if place.embedded:
        socket = str(place.cluster.socket)
        return {
            "PGHOST": socket,
            "PGPORT": "5432",
            "PGUSER": "registry",
            "PGDATABASE": database or "registry",
        }
    entry = parse(place.database_url)
    told = {
        "PGHOST": entry["HOST"],
        "PGPORT": entry["PORT"],
        "PGUSER": entry["USER"],
        "PGPASSWORD": entry["PASSWORD"],
        "PGDATABASE": database or entry["NAME"],
    }
    told |= {VARIABLES[name]: value for name, value in entry["OPTIONS"].items()}
    return {name: value for name, value in told.items() if value}


def call(
    place: Place,
    name: str,
    *words: str,
    database: str = "",
    stdin: IO[Any] | int = subprocess.DEVNULL,
    stdout: IO[Any] | int = subprocess.PIPE,
) -> bytes:
    """Run one program; its standard output. Trouble with its last words when it fails."""
    program = place.cluster.programs / name if place.embedded else _program(name)
    done = subprocess.run(
        [program, *words],
        stdin=stdin,
        stdout=stdout,
        stderr=subprocess.PIPE,
        cwd="/",
        env=clean_environment() | _address(place, database),
        check=False,
        **(as_account(place.cluster.account) if place.embedded else {}),
    )
    if done.returncode:
        said = "\n".join(done.stderr.decode(errors="replace").strip().splitlines()[-5:])
        raise Trouble(f"{name} failed:\n{said}", f"{name} 出错：\n{said}")
    return done.stdout or b""


def sql(place: Place, statement: str, database: str = "") -> str:
    """Rows of one statement as text."""
    words = ("-XqAt", "-v", "ON_ERROR_STOP=1", "-c", statement)
    return call(place, "psql", *words, database=database).decode().strip()


def applied_migrations(place: Place) -> list[str]:
    """Migrations that the database has seen, `app.name`."""
    if not sql(place, "SELECT to_regclass('django_migrations')"):
        return []
    return sql(place, "SELECT app || '.' || name FROM django_migrations ORDER BY 1").split()
