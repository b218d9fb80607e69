"""The database programs of this machine, and the user that runs them. Standard library only."""

import os
import pwd
import re
import subprocess
from pathlib import Path
from typing import Any

from .words import Trouble

SHARE, LIB = Path("/usr/share/postgresql"), Path("/usr/lib/postgresql")
LIBRARY_VARIABLES = ("PROJ_DATA", "PROJ_LIB", "GDAL_DATA")


def installed() -> dict[int, Path]:
    """Folders of server programs, by major version, of which the PostGIS files are there too."""
    if os.environ.get("PG_BINDIR"):
        folder = Path(os.environ["PG_BINDIR"])
        told = subprocess.run([folder / "postgres", "-V"], capture_output=True, text=True, check=False).stdout
        found = re.search(r"\d+", told)
        return {int(found[0]): folder} if found else {}
    versions = (path.parts[-3] for path in SHARE.glob("*/extension/postgis.control"))
    return {int(v): LIB / v / "bin" for v in versions if v.isdigit() and (LIB / v / "bin/initdb").exists()}


def clean_environment() -> dict[str, str]:
    """The environment for database programs: nothing that steers libpq, GDAL or PROJ from outside."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("PG") and name not in LIBRARY_VARIABLES and not name.startswith("LC_")
    }
    return kept | {"LC_ALL": "C.UTF-8"}


def server_account() -> pwd.struct_passwd:
    """Who runs the server: this user, or `postgres` when this user is root (PostgreSQL refuses root)."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        raise Trouble(
            "The user postgres is missing; install postgresql-postgis.",
            "缺少系统用户 postgres；请安装 postgresql-postgis。",
            69,
        ) from None


def as_account(account: pwd.struct_passwd) -> dict[str, Any]:
    """Words for subprocess that run a program as that user (root only)."""
    if os.geteuid() != 0:
        return {}
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
