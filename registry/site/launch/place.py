"""One installation: its folders, its database, its locks. Standard library only."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from registry.site.cluster import Cluster
from registry.site.locks import Lock
from registry.site.words import Trouble, tell, words

from .parent import PARENT

ROOT = Path(__file__).resolve().parents[3]
APPS = ("registry", "land", "projects", "assets", "maps")


@dataclass(frozen=True)
class Place:
    """Where the data live (`home`), and in which database (`database_url`; empty: the embedded one)."""

    home: Path
    database_url: str = ""

    @classmethod
    def here(cls) -> "Place":
        """The place that the environment names."""
        home = Path(os.environ.get("TIANZHANG_HOME") or ROOT / "var").resolve()
        return cls(home, os.environ.get("DATABASE_URL", ""))

    @property
    def embedded(self) -> bool:
        return not self.database_url

    @cached_property
    def cluster(self) -> Cluster:
        return Cluster(self.home)

    @property
    def files(self) -> Path:
        """The register's files; closed to others, for they hold personal data."""
        folder = self.home / "files"
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        return folder

    @property
    def database_name(self) -> str:
        """Name of the database in DATABASE_URL."""
        return unquote(urlsplit(self.database_url).path.lstrip("/"))

    @property
    def database_words(self) -> str:
        """The database for a person, without the password."""
        if self.embedded:
            return words(f"embedded, in {self.cluster.data}", f"内置，位于 {self.cluster.data}")
        parts = urlsplit(self.database_url)
        host = parse_qs(parts.query).get("host", [parts.hostname or ""])[0]
        return words(
            f"{self.database_name} on {host} (DATABASE_URL)",
            f"{host} 上的 {self.database_name}（DATABASE_URL）",
        )

    def environment(self, role: str) -> dict[str, str]:
        """The environment of a child process that works on the database as `owner` or `app`."""
        kept = {
            k: v
            for k, v in os.environ.items()
            if not (self.embedded and k.startswith("PG") and k != "PG_BINDIR")
        }
        python = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
        return kept | {
            "TIANZHANG_HOME": str(self.home),
            "TIANZHANG_ROLE": role,
            PARENT: str(os.getpid()),
            "DJANGO_SETTINGS_MODULE": "registry.site.settings",
            "PYTHONPATH": python,
        }

    @contextmanager
    def database(self) -> Iterator[None]:
        """The embedded database, up as long as anybody uses it; another one is taken as it is."""
        if not self.embedded:
            yield
            return
        use = Lock(self.home / "pg.use.lock")
        use.take(shared=True, wait=True)
        try:
            if self.cluster.start():
                tell("database up", "数据库已启动")
            if (self.home / "files.ready").exists():
                from .restore import finish

                finish(self)
            yield
        finally:
            if use.take():
                self.cluster.stop()
            use.release()

    @contextmanager
    def alone(self, what: str) -> Iterator[Lock]:
        """The site's lock: one demo, site or restore at a time. `what` is told to the second one."""
        lock = Lock(self.home / "site.lock")
        if not lock.take():
            pid, told = (lock.read() + ["?", "?"])[:2]
            raise Trouble(f"already running: pid {pid}, {told}", f"已在运行：进程 {pid}，{told}")
        lock.write(what)
        try:
            yield lock
        finally:
            lock.write("")
            lock.release()

    def pending_migrations(self) -> list[str]:
        """The product's own migrations that the embedded database has not seen (asked without Django)."""
        known = {
            f"{app}.{path.stem}" for app in APPS for path in (ROOT / app / "migrations").glob("[0-9]*.py")
        }
        return sorted(known - self.applied_migrations())

    def applied_migrations(self) -> set[str]:
        """Migrations recorded in the embedded database, `app.name`."""
        if not self.cluster.sql("SELECT to_regclass('django_migrations')", "registry"):
            return set()
        return set(self.cluster.sql("SELECT app || '.' || name FROM django_migrations", "registry").split())


def python_words(*rest: str) -> list[str]:
    """The command line of a child process in this environment."""
    return [sys.executable, *rest]
