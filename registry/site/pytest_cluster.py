"""pytest plugin: the tests' own throwaway PostGIS cluster and home, loaded before the settings.

Tests never see the files or the database of a register in this checkout. The plugin does nothing in
xdist's workers (they inherit both), and starts no cluster when DATABASE_URL names another server.
"""

import atexit
import os
import re
import shutil
import sys
from pathlib import Path

from .cluster import Cluster
from .locks import Lock
from .words import Trouble

ROOT = Path(__file__).resolve().parents[2]
ALONE, HOME = "pg-test", "test-home"


class _Session:
    """The cluster and the lock of this test run."""

    cluster: Cluster | None = None
    lock: Lock | None = None
    home: Path | None = None


def home() -> Path:
    """Where the clusters lie."""
    return Path(os.environ.get("TIANZHANG_HOME") or ROOT / "var").resolve()


def begin(folder: Path) -> tuple[Cluster, Lock]:
    """Start the kept test cluster, or one of this process's own while another run holds it."""
    lock = Lock(folder / "test.lock")
    alone = lock.take()
    _sweep(folder)
    cluster = Cluster(folder, ALONE if alone else f"{ALONE}-{os.getpid()}", throwaway=True)
    try:
        cluster.start()
    except Trouble:
        if not alone:
            raise
        cluster.remove()  # written without fsync: a power cut may have broken it, and it holds nothing
        cluster.start()
    return cluster, lock


def end(cluster: Cluster, lock: Lock) -> None:
    """Stop the cluster; remove it unless it is the kept one."""
    if cluster.name == ALONE:
        cluster.stop()
    else:
        cluster.remove()
        (cluster.home / f"{cluster.name}.start.lock").unlink(missing_ok=True)
    lock.release()


def _sweep(folder: Path) -> None:
    """Remove what killed test runs have left."""
    bases = {folder, Cluster(folder, ALONE).base}
    for path in (found for base in bases for found in [*base.glob(f"{ALONE}-*"), *base.glob(f"{HOME}-*")]):
        pid = re.fullmatch(rf"({ALONE}|{HOME})-(\d+)", path.name)
        if pid and not Path(f"/proc/{pid[2]}").exists():
            Cluster(folder, path.name, throwaway=True).remove()
            shutil.rmtree(path, ignore_errors=True)


def own_home(folder: Path) -> Path:
    """An empty home for the files of this test run."""
    made = folder / f"{HOME}-{os.getpid()}"
    (made / "static").mkdir(parents=True, exist_ok=True)  # whitenoise warns of a missing one
    return made


def pytest_addoption() -> None:
    """The tests' database comes up here: the only hook that pytest calls as soon as a plugin is known."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        return
    folder = home()
    try:
        if not os.environ.get("DATABASE_URL"):
            _Session.cluster, _Session.lock = begin(folder)
            os.environ["DATABASE_URL"] = _Session.cluster.url()
    except Trouble as trouble:
        sys.stderr.write(f"{trouble}\n")
        raise SystemExit(trouble.status) from trouble
    _Session.home = own_home(folder)
    os.environ["TIANZHANG_HOME"] = str(_Session.home)
    atexit.register(pytest_unconfigure)


def pytest_unconfigure() -> None:
    """After the last test."""
    if _Session.cluster and _Session.lock:
        end(_Session.cluster, _Session.lock)
        _Session.cluster = _Session.lock = None
    if _Session.home:
        shutil.rmtree(_Session.home, ignore_errors=True)
