"""The tests' own clusters."""

import os
from pathlib import Path

from django.conf import settings

from registry.site.cluster import Cluster
from registry.site.locks import Lock
from registry.site.pytest_cluster import ALONE, HOME, begin, end


def test_a_second_run_at_the_same_time_gets_a_cluster_of_its_own_and_removes_it(folder: Path) -> None:
    folder.chmod(0o755)
    first = Lock(folder / "test.lock")
    assert first.take()
    cluster, lock = begin(folder)
    assert cluster.name == f"{ALONE}-{os.getpid()}"
    assert cluster.sql("SHOW fsync") == "off"
    end(cluster, lock)
    assert not cluster.data.exists()
    first.release()


def test_what_a_killed_run_left_is_swept_away(folder: Path) -> None:
    folder.chmod(0o755)
    dead = Cluster(folder, f"{ALONE}-99999999", throwaway=True)
    dead.data.mkdir(parents=True)
    (dead.data / "PG_VERSION").write_text("15\n")
    os.chown(dead.data, dead.account.pw_uid, dead.account.pw_gid)
    (folder / f"{HOME}-99999999" / "files").mkdir(parents=True)
    first = Lock(folder / "test.lock")
    first.take()
    cluster, lock = begin(folder)
    end(cluster, lock)
    first.release()
    assert not dead.data.exists()
    assert not (folder / f"{HOME}-99999999").exists()


def test_the_tests_files_are_not_those_of_a_register() -> None:
    assert settings.HOME.name.startswith(HOME)
    assert settings.FILES_DIR.is_relative_to(settings.HOME)
