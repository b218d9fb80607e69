"""The private PostGIS cluster of one home folder: made, started, asked, stopped. Standard library only.

It listens on a unix socket alone, in a folder of mode 0700, so every connection is trusted. Two roles:
`registry` owns the tables and migrates, `registry_app` (no superuser, not owner) serves.
"""

import contextlib
import hashlib
import os
import pwd
import shlex
import shutil
import stat
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

from .locks import Lock
from .programs import as_account, clean_environment, installed, server_account
from .words import Trouble

OWNER, APP, DATABASE = "registry", "registry_app", "registry"
EXTENSIONS = ("postgis", "btree_gist", "pg_trgm")
GRANTS = f"""
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {APP};
GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA public TO {APP};
REVOKE INSERT, UPDATE, DELETE ON spatial_ref_sys FROM {APP};
"""
PREPARE_TEMPLATE = (
    "".join(f"CREATE EXTENSION IF NOT EXISTS {name};\n" for name in EXTENSIONS)
    + f"""
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{APP}') THEN
    CREATE ROLE {APP} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE;
  END IF;
END $$;
ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} IN SCHEMA public
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APP};
ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} IN SCHEMA public
  GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO {APP};
"""
)


def _digest(home: Path) -> str:
    return hashlib.sha256(os.fsencode(home)).hexdigest()[:12]


def _within_reach(home: Path, account: pwd.struct_passwd) -> bool:
    folder = next(folder for folder in (home, *home.parents) if os.access(folder, os.F_OK))
    call = subprocess.run(["test", "-x", folder], cwd="/", check=False, **as_account(account))
    return call.returncode == 0


def base_folder(home: Path, name: str) -> Path:
    """Where the cluster's folders lie: in the home, or in /var/lib when the server's user cannot enter it."""
    elsewhere = Path(f"/var/lib/registry-{_digest(home)}")
    for folder in (home, elsewhere):
        if os.access(folder / name / "PG_VERSION", os.F_OK):
            return folder
    if os.geteuid() != 0 or _within_reach(home, server_account()):
        return home
    return elsewhere


@dataclass(frozen=True)
class Cluster:
    """One cluster. `throwaway` trades safety on power loss for speed (tests); `durable` keeps it (bench)."""

    home: Path
    name: str = "pg"
    throwaway: bool = False
    durable: bool = False

    @cached_property
    def base(self) -> Path:
        return base_folder(self.home, self.name)

    @property
    def data(self) -> Path:
        """The data folder of PostgreSQL."""
        return self.base / self.name

    @cached_property
    def socket(self) -> Path:
        """Folder of the socket; short: the kernel allows 107 bytes, and a Chinese character takes 3."""
        folder = self.base / f"{self.name}-socket"
        if len(os.fsencode(folder / ".s.PGSQL.5432")) <= 90:
            return folder
        return Path(f"/tmp/registry-{os.geteuid()}-{_digest(self.home / self.name)}-pg")  # noqa: S108

    @cached_property
    def account(self) -> pwd.struct_passwd:
        return server_account()

    @cached_property
    def programs(self) -> Path:
        """The server programs for this data folder: of its own version, or the newest for a new one."""
        found = installed()
        if not found:
            raise Trouble(
                "PostgreSQL with PostGIS is not installed (package postgresql-postgis);"
                " DATABASE_URL would do instead.",
                "未安装 PostgreSQL 与 PostGIS（软件包 postgresql-postgis）；"
                "也可用 DATABASE_URL 指定其他数据库。",
                69,
            )
        if not self.exists():
            return found[max(found)]
        version = int((self.data / "PG_VERSION").read_text(encoding="ascii"))
        if version not in found:
            raise Trouble(
                f"{self.data} was made by PostgreSQL {version}, but this machine has {max(found)}. Install"
                f" postgresql-{version}-postgis-3, run ./run backup FILE, move the folder away, and run"
                " ./run restore FILE. Nothing has been changed.",
                f"{self.data} 由 PostgreSQL {version} 创建，本机只有 {max(found)}。请安装"
                f" postgresql-{version}-postgis-3，执行 ./run backup 文件，移走该目录，再执行"
                " ./run restore 文件。数据未作任何改动。",
            )
        return found[version]

    def exists(self) -> bool:
        """Whether the data folder has been made; refuses one that belongs to somebody else."""
        try:
            made = (self.data / "PG_VERSION").exists()
            owner = self.data.stat().st_uid if made else self.account.pw_uid
        except PermissionError:
            made, owner = True, -1
        if owner != self.account.pw_uid:
            raise Trouble(
                f"{self.data} belongs to another user. Run as that user, or choose another folder"
                " with TIANZHANG_HOME.",
                f"{self.data} 属于另一用户。请以该用户运行，或用 TIANZHANG_HOME 指定其他目录。",
            )
        return made

    def url(self, role: str = OWNER, database: str = DATABASE) -> str:
        """The address for Django."""
        return f"postgis://{role}@/{database}?host={quote(str(self.socket), safe='')}"

    def run(self, program: str, *words: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run one of the server's programs as the server's user."""
        return subprocess.run(
            [self.programs / program, *words],
            input=stdin if stdin is not None else "",
            cwd="/",
            env=clean_environment(),
            capture_output=True,
            text=True,
            check=False,
            **as_account(self.account),
        )

    def sql(self, statements: str, database: str = "postgres", role: str = OWNER) -> str:
        """Run SQL; its rows as text, `|` between columns."""
        words = (
            "-X",
            "-q",
            "-A",
            "-t",
            "-v",
            "ON_ERROR_STOP=1",
            "-h",
            str(self.socket),
            "-p",
            "5432",
            "-U",
            role,
        )
        done = self.run("psql", *words, "-d", database, "-f", "-", stdin=statements)
        if done.returncode:
            raise Trouble(f"The database said: {done.stderr.strip()}", f"数据库报告：{done.stderr.strip()}")
        return done.stdout.strip()

    def pid(self) -> int | None:
        """Process id of the running server; a left-over postmaster.pid does not count (pids repeat)."""
        try:
            pid = int((self.data / "postmaster.pid").read_text(encoding="utf-8").split("\n", 1)[0])
            command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            ours = os.fsencode(self.data) in command or Path(f"/proc/{pid}/cwd").samefile(self.data)
        except (OSError, ValueError):
            return None
        return pid if ours and Path(os.fsdecode(command[0])).name in ("postgres", "postmaster") else None

    def start(self) -> bool:
        """Bring the cluster up, made first if need be; True when this call started it."""
        starting = Lock(self.home / f"{self.name}.start.lock")
        starting.take(wait=True)
        try:
            if not self.exists():
                self._initdb()
            started = self._start_server()
            if not self.sql(f"SELECT 1 FROM pg_database WHERE datname = '{DATABASE}'"):
                self.sql(PREPARE_TEMPLATE, "template1")
                self.sql(f"CREATE DATABASE {DATABASE}")
            return started
        finally:
            starting.release()

    def recreate(self) -> None:
        """Drop the database with all its rows and make it anew, empty."""
        self.sql(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        self.sql(f"CREATE DATABASE {DATABASE}")

    def stop(self) -> None:
        """Stop the server, if it runs."""
        if self.exists() and self.pid():
            self._checked("pg_ctl", "stop", "-D", str(self.data), "-m", "fast", "-w", "-t", "60")

    def remove(self) -> None:
        """Stop the server and remove its folders (throwaway clusters only)."""
        if self.throwaway:
            self.stop()
            for folder in (self.data, self.socket):
                shutil.rmtree(folder, ignore_errors=True)
            if self.base != self.home:
                with contextlib.suppress(OSError):
                    self.base.rmdir()

    def _initdb(self) -> None:
        new = self.base / f"{self.name}.new"
        shutil.rmtree(new, ignore_errors=True)
        self._own_folder(new)
        words = ["-D", str(new), "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-U", OWNER]
        self._checked("initdb", *words, *(["--no-sync"] if self.throwaway else []))
        new.rename(self.data)

    def _own_folder(self, folder: Path) -> None:
        """Make a folder of mode 0700 for the server's user; refuse one that is somebody else's."""
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            if not os.path.lexists(folder):
                folder.mkdir(mode=0o700)
                os.chown(folder, self.account.pw_uid, self.account.pw_gid)
            seen = folder.lstat()
        except OSError as error:
            raise Trouble(
                f"{folder} cannot be made ({error.strerror}). Check the folder's owner and the free space.",
                f"无法创建 {folder}（{error.strerror}）。请检查目录属主与磁盘空间。",
            ) from error
        if not stat.S_ISDIR(seen.st_mode) or seen.st_uid != self.account.pw_uid or seen.st_mode & 0o077:
            raise Trouble(
                f"{folder} is not a private folder of {self.account.pw_name}; remove it and try again.",
                f"{folder} 不是用户 {self.account.pw_name} 的私有目录；请删除后重试。",
            )

    def _start_server(self) -> bool:
        if self.pid():
            told = (self.data / "postmaster.pid").read_text(encoding="utf-8").split("\n")
            if len(told) > 4 and told[4] == str(self.socket):
                return False
            self.stop()  # the folder was moved while the server ran: its socket is elsewhere
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        self._own_folder(self.socket)
        log = self.data / "server.log"
        if log.exists() and log.stat().st_size > 10_000_000:
            log.unlink()
        options = " ".join(f"-c {shlex.quote(option)}" for option in self._options())
        self._checked(
            "pg_ctl", "start", "-D", str(self.data), "-l", str(log), "-w", "-t", "60", "-o", options
        )
        return True

    def _options(self) -> list[str]:
        folder = str(self.socket).replace('"', '""')
        options = [
            "listen_addresses=",
            "port=5432",
            f'unix_socket_directories="{folder}"',
            "unix_socket_permissions=0700",
            "max_connections=40",
            "timezone=Asia/Shanghai",
            "log_timezone=Asia/Shanghai",
            f"shared_buffers={_shared_megabytes()}MB",
            "max_wal_size=2GB",
            "wal_level=minimal",  # nothing is replicated; a layer that is loaded is written once
            "max_wal_senders=0",
        ]
        if self.throwaway and not self.durable:
            options += ["fsync=off", "full_page_writes=off", "synchronous_commit=off"]
        return options

    def _checked(self, program: str, *words: str) -> None:
        done = self.run(program, *words)
        if done.returncode:
            log = self.data / "server.log"
            tail = log.read_text(encoding="utf-8", errors="replace").splitlines()[-5:] if log.exists() else []
            said = "\n".join([done.stderr.strip(), *tail]).strip()
            raise Trouble(
                f"The embedded database failed ({program}):\n{said}",
                f"内置数据库出错（{program}）：\n{said}",
            )


def _shared_megabytes() -> int:
    """A sixteenth of the machine's memory, from 64 to 512 MB."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2**20
    return min(512, max(64, memory // 16))


def embedded_url(home: Path, role: str | None = None) -> str:
    """The embedded database's address for `owner` or `app` (default TIANZHANG_ROLE, else owner)."""
    role = role or os.environ.get("TIANZHANG_ROLE") or "owner"
    return Cluster(Path(home).resolve()).url({"owner": OWNER, "app": APP}[role])
