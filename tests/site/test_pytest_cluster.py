"""The tests' own clusters."""

import os
from pathlib import Path

from registry.site.cluster import Cluster
from registry.site.locks import Lock
from registry.site.pytest_cluster import ALONE, begin, end


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
    first = Lock(folder / "test.lock")
    first.take()
    cluster, lock = begin(folder)
    end(cluster, lock)
    first.release()
    assert not dead.data.exists()
