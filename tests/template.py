"""The database as the migrations leave it: made once for a state of the code, copied for every process."""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from pathlib import Path

from django.core.management import call_command
from django.db import connection

ROOT = Path(__file__).resolve().parents[1]
LIKE = "as_migrated_"
OURS = "SELECT datname FROM pg_database WHERE datname LIKE %s || '%%'"


def as_migrated() -> str:
    """The name of the template; made by who asks first, while the others wait.

    Templates of another state of the code are dropped. What was begun and not finished has another name.
    """
    name = LIKE + _state()
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", [LIKE])  # ends with the session
        cursor.execute(OURS, [LIKE])
        kept = {row[0] for row in cursor.fetchall()}
        if name not in kept:
            for other in kept:
                cursor.execute(f'DROP DATABASE IF EXISTS "{other}"')
            cursor.execute(f'CREATE DATABASE "{LIKE}begun"')
            _migrate(f"{LIKE}begun")
            cursor.execute(f'ALTER DATABASE "{LIKE}begun" RENAME TO "{name}"')
    return name


def _migrate(name: str) -> None:
    settings, before = connection.settings_dict, connection.settings_dict["NAME"]
    connection.close()
    settings["NAME"] = name
    try:
        connection.prepare_database()
        call_command("migrate", verbosity=0, interactive=False)
    finally:
        connection.close()
        settings["NAME"] = before


def _state() -> str:
    """What the tables depend on: the migrations, what they read of the product, the packages they use."""
    said = hashlib.sha256()
    for pattern in ("*/migrations/*.py", "registry/models/*.py", "registry/grouped.py"):
        for path in sorted(ROOT.glob(pattern)):
            said.update(path.read_bytes())
    for package in ("django", "django-pghistory", "django-pgtrigger"):
        said.update(version(package).encode())
    return said.hexdigest()[:16]
