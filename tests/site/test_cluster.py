"""The embedded cluster: made, started, guarded."""

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from registry.site import cluster as module
from registry.site import programs
from registry.site.cluster import APP, GRANTS, Cluster, base_folder
from registry.site.words import Trouble

pytestmark = pytest.mark.usefixtures("english")


def test_the_serving_role_reads_and_writes_rows_but_owns_nothing(cluster: Cluster) -> None:
    cluster.sql("CREATE TABLE asset (id serial PRIMARY KEY, name text)", "registry")
    cluster.sql("INSERT INTO asset (name) VALUES ('光伏电站')", "registry", APP)
    assert cluster.sql("SELECT name FROM asset", "registry", APP) == "光伏电站"
    for statement in ("DROP TABLE asset", "TRUNCATE asset", "ALTER TABLE asset DISABLE TRIGGER ALL"):
        with pytest.raises(Trouble, match="must be owner|permission denied"):
            cluster.sql(statement, "registry", APP)
    assert cluster.sql(f"SELECT rolsuper, rolcreatedb FROM pg_roles WHERE rolname = '{APP}'") == "f|f"


def test_grants_given_again_keep_the_coordinate_systems_read_only(cluster: Cluster) -> None:
    cluster.sql(GRANTS, "registry")
    assert cluster.sql("SELECT count(*) > 0 FROM spatial_ref_sys WHERE srid = 4490", "registry", APP) == "t"
    with pytest.raises(Trouble, match="permission denied"):
        cluster.sql("DELETE FROM spatial_ref_sys", "registry", APP)


def test_a_new_database_has_the_extensions_already(cluster: Cluster) -> None:
    names = "SELECT string_agg(extname, ' ' ORDER BY extname) FROM pg_extension WHERE extname <> 'plpgsql'"
    assert cluster.sql(names, "registry") == "btree_gist pg_trgm postgis"


def test_nothing_but_the_socket_is_listened_on_and_only_its_owner_may_enter(cluster: Cluster) -> None:
    assert cluster.sql("SHOW listen_addresses") == ""
    assert cluster.sql("SHOW timezone") == "Asia/Shanghai"
    assert cluster.socket.stat().st_mode & 0o077 == 0


def test_starting_a_running_cluster_changes_nothing(cluster: Cluster) -> None:
    pid = cluster.pid()
    assert cluster.start() is False
    assert cluster.pid() == pid


def test_a_leftover_pid_file_of_another_program_does_not_count(folder: Path) -> None:
    left = Cluster(folder)
    (folder / "pg").mkdir()
    (folder / "pg/postmaster.pid").write_text(f"{os.getpid()}\n{folder / 'pg'}\n")
    assert left.pid() is None


def test_data_of_another_postgresql_version_are_named_and_left_alone(folder: Path) -> None:
    old = Cluster(folder)
    (folder / "pg").mkdir(mode=0o700)
    (folder / "pg/PG_VERSION").write_text("9\n")
    os.chown(folder / "pg", old.account.pw_uid, old.account.pw_gid)
    with pytest.raises(Trouble, match="postgresql-9-postgis-3") as told:
        old.start()
    assert told.value.status == 1
    assert (folder / "pg/PG_VERSION").read_text() == "9\n"


def test_data_of_another_user_are_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    somebody = SimpleNamespace(pw_uid=os.geteuid() + 1, pw_gid=os.getegid(), pw_name="somebody")
    monkeypatch.setattr(module, "server_account", lambda: somebody)
    (folder / "pg").mkdir()
    (folder / "pg/PG_VERSION").write_text("15\n")
    with pytest.raises(Trouble, match="belongs to another user"):
        Cluster(folder).exists()


def test_a_path_too_long_for_a_socket_moves_the_socket_to_the_temporary_folder(folder: Path) -> None:
    short, long = Cluster(Path("/srv/registry")), Cluster(Path("/srv") / ("扶贫项目资产" * 6))
    assert short.socket == Path("/srv/registry/pg-socket")
    assert str(long.socket).startswith(f"/tmp/registry-{os.geteuid()}-")
    assert len(os.fsencode(long.socket / ".s.PGSQL.5432")) <= 90


def test_a_socket_folder_that_others_may_enter_is_refused(folder: Path) -> None:
    open_to_all = folder / "pg-socket"
    open_to_all.mkdir()
    open_to_all.chmod(0o777)
    with pytest.raises(Trouble, match="not a private folder"):
        Cluster(folder)._own_folder(open_to_all)


def test_a_home_closed_to_the_server_puts_the_data_in_var_lib(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module.os, "geteuid", lambda: 0)
    monkeypatch.setattr(module, "server_account", lambda: None)
    monkeypatch.setattr(module, "_within_reach", lambda home, account: False)
    assert base_folder(folder, "pg").parent == Path("/var/lib")
    (folder / "pg").mkdir()
    (folder / "pg/PG_VERSION").write_text("15\n")
    assert base_folder(folder, "pg") == folder, "existing data are never left behind"


def test_a_folder_is_within_reach_when_the_server_s_user_may_enter_it(folder: Path) -> None:
    account = programs.server_account()
    assert module._within_reach(Path("/"), account)
    assert module._within_reach(Path("/no/such/folder/below/the/root"), account)
    (folder / "closed").mkdir(mode=0o000)
    assert not module._within_reach(folder / "closed", account)


def test_a_kill_inside_initdb_leaves_nothing_half(folder: Path) -> None:
    folder.chmod(0o755)
    again = Cluster(folder, throwaway=True)
    (again.base / "pg.new").mkdir(parents=True)
    (again.base / "pg.new/PG_VERSION").write_text("15\n")
    try:
        assert again.start() is True
        assert again.sql("SELECT 1") == "1"
    finally:
        again.remove()
    assert not again.data.exists()


def test_without_postgis_the_package_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "installed", dict)
    with pytest.raises(Trouble, match="postgresql-postgis") as told:
        _ = Cluster(folder).programs
    assert told.value.status == 69


def test_a_server_without_postgis_is_not_taken(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PG_BINDIR", raising=False)
    for version, file in (("15", "postgis.control"), ("17", "plpgsql.control")):
        (folder / "share" / version / "extension").mkdir(parents=True)
        (folder / "share" / version / "extension" / file).touch()
        (folder / "lib" / version / "bin").mkdir(parents=True)
        (folder / "lib" / version / "bin/initdb").touch()
    monkeypatch.setattr(programs, "SHARE", folder / "share")
    monkeypatch.setattr(programs, "LIB", folder / "lib")
    assert list(programs.installed()) == [15]


def test_database_programs_get_no_variables_that_steer_them(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PGPORT", "PGOPTIONS", "PROJ_DATA", "GDAL_DATA", "LC_MESSAGES"):
        monkeypatch.setenv(name, "x")
    left = programs.clean_environment()
    assert not {"PGPORT", "PGOPTIONS", "PROJ_DATA", "GDAL_DATA", "LC_MESSAGES"} & set(left)
    assert left["LC_ALL"] == "C.UTF-8"


def test_only_throwaway_clusters_can_be_removed(cluster: Cluster) -> None:
    kept = Cluster(cluster.home, cluster.name)
    kept.remove()
    assert kept.data.exists()
