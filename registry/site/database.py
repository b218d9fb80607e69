"""DATABASE_URL as Django's database settings."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from .cluster import embedded_url

ROOT = Path(__file__).resolve().parents[2]
SCHEMES = ("postgis", "postgres", "postgresql")
# Pages ask small answers of long queries: compiling them (jit) takes seconds and saves milliseconds.
# What they read lies in memory, or on disks without arms: a page by its key costs little more than the next.
# A report adds up some ten thousand rows: that is done in memory.
PLANNING = "-c jit=off -c random_page_cost=1.1 -c work_mem=16MB"
OPTIONS = ("sslmode", "sslrootcert", "sslcert", "sslkey", "connect_timeout", "application_name", "options")


class DatabaseUrlError(ValueError):
    """DATABASE_URL is not understood; the message never repeats it, for it may hold a password."""


def parse(url: str | None = None) -> dict[str, Any]:
    """The DATABASES entry of `postgis://user:password@host:port/name?sslmode=...` or `...?host=<folder>`.

    Without an address: the embedded database's, in the role that TIANZHANG_ROLE names.
    Errors: DatabaseUrlError, one sentence naming the part that is wrong.
    """
    if not url:
        url = embedded_url(Path(os.environ.get("TIANZHANG_HOME") or ROOT / "var"))
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise DatabaseUrlError(f"DATABASE_URL cannot be read: {error}.") from error
    if parts.scheme not in SCHEMES:
        raise DatabaseUrlError(
            f"DATABASE_URL begins with {parts.scheme or 'nothing'}://, expected postgis://user:password@host:5432/name."
        )
    name = unquote(parts.path.lstrip("/"))
    if not name:
        raise DatabaseUrlError(
            "DATABASE_URL names no database, expected postgis://user:password@host:5432/name."
        )
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    host = query.pop("host", None) or unquote(parts.hostname or "")
    if unknown := sorted(set(query) - set(OPTIONS)):
        raise DatabaseUrlError(
            f"DATABASE_URL has unknown options {', '.join(unknown)}; known: {', '.join(OPTIONS)}."
        )
    return {
        "ENGINE": "django.contrib.gis.db.backends.postgis",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(port or 5432),
        "OPTIONS": query,
    }


def planned(entry: dict[str, Any]) -> dict[str, Any]:
    """The entry with the planner set for pages; what DATABASE_URL says of it comes later and holds."""
    given = entry["OPTIONS"].get("options", "")
    return entry | {"OPTIONS": entry["OPTIONS"] | {"options": f"{PLANNING} {given}".strip()}}
