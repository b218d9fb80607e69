"""What runs where. Standard library only."""

import json
import platform
import subprocess
import sys
from argparse import Namespace

from registry.site.locks import Lock
from registry.site.words import words

from .place import ROOT, Place, python_words


def site_process(place: Place) -> int | None:
    """Process id of the `./run` that serves (or loads, or restores); None when the lock is free."""
    lock = Lock(place.home / "site.lock")
    if not lock.path.exists() or lock.take():
        lock.release()
        return None
    told = lock.read()
    lock.release()
    return int(told[0]) if told and told[0].isdigit() else None


def facts(place: Place) -> dict[str, object]:
    """Everything `./run status` tells, for programs."""
    pid = site_process(place)
    told = Lock(place.home / "site.lock").read()
    server = place.cluster.pid() if place.embedded and place.cluster.exists() else None
    return {
        "site": {"pid": pid, "url": told[1] if pid and len(told) > 1 else None},
        "database": {
            "embedded": place.embedded,
            "where": place.database_words,
            "pid": server,
            "version": place.cluster.sql("SHOW server_version") if server else None,
            "size": place.cluster.sql("SELECT pg_size_pretty(pg_database_size('registry'))")
            if server
            else None,
        },
        "home": str(place.home),
        "python": platform.python_version(),
        "libraries": _libraries(place),
    }


def _libraries(place: Place) -> dict[str, str]:
    asked = "import json; from registry.site import settings, native; print(json.dumps(native.versions()))"
    code = f"import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'registry.site.settings'; {asked}"
    done = subprocess.run(
        python_words("-c", code),
        env=place.environment("app"),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        return {"trouble": (done.stderr.strip().splitlines() or ["?"])[-1]}
    return json.loads(done.stdout)


def status(place: Place, options: Namespace) -> int:
    """Print what runs where."""
    told = facts(place)
    if options.json:
        sys.stdout.write(json.dumps(told, ensure_ascii=False, indent=1) + "\n")
        return 0
    site, database = _dict(told["site"]), _dict(told["database"])
    running = words(f"{site['url']}, pid {site['pid']}", f"{site['url']}，进程 {site['pid']}")
    up = f"pid {database['pid']}, PostgreSQL {database['version']}, {database['size']}"
    lines = [
        (words("site", "网站"), running if site["pid"] else words("not running", "未运行")),
        (words("database", "数据库"), str(database["where"])),
        ("", up if database["pid"] else words("not running", "未运行") if database["embedded"] else ""),
        (words("data", "数据目录"), str(told["home"])),
        ("Python", str(told["python"])),
        (words("libraries", "地理库"), ", ".join(f"{k} {v}" for k, v in _dict(told["libraries"]).items())),
    ]
    for name, value in lines:
        if value:
            sys.stdout.write(f"{name:10} {value}\n")
    return 0


def _dict(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}
