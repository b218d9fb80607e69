"""Clusters of their own for the tests of the start-up tools."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.site.cluster import Cluster
from registry.site.launch.place import Place


@pytest.fixture(scope="session")
def shared_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """One small cluster, up for all tests of this folder; each test makes its own tables."""
    cluster = Cluster(tmp_path_factory.mktemp("home").resolve(), "pg", throwaway=True)
    cluster.start()
    yield cluster
    cluster.remove()


@pytest.fixture
def cluster(shared_cluster: Cluster) -> Cluster:
    """The small cluster with an empty database."""
    shared_cluster.recreate()
    return shared_cluster


@pytest.fixture
def place(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> Place:
    """An installation on the small cluster, with no files yet."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    place = Place(cluster.home)
    for path in sorted(place.files.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    return place


@pytest.fixture
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages of the start-up tools in English."""
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path.resolve()
