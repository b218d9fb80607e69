"""Backup and restore: everything or nothing."""

import tarfile
from argparse import Namespace
from pathlib import Path

import pytest

from registry.site.cluster import APP
from registry.site.launch import archive, backup, client, restore
from registry.site.launch.place import Place
from registry.site.words import Trouble

pytestmark = pytest.mark.usefixtures("english")
SHAPES = "SELECT count(*), round(sum(ST_Area(geom::geography))::numeric, 2) FROM shape"


@pytest.fixture
def register(place: Place) -> Place:
    """400 parcels, a generated column, a trigger, and two files, one with a Chinese name."""
    place.cluster.sql(
        """
        CREATE TABLE shape (id serial PRIMARY KEY, name text NOT NULL, geom geometry(Polygon, 4490) NOT NULL,
            area numeric GENERATED ALWAYS AS (round(ST_Area(geom::geography)::numeric, 2)) STORED,
            valid daterange NOT NULL, EXCLUDE USING gist (name WITH =, valid WITH &&));
        INSERT INTO shape (name, geom, valid) SELECT '图斑' || i,
            ST_MakeEnvelope(103.7 + i * 1e-4, 22.9, 103.70005 + i * 1e-4, 22.9001, 4490), '[2024-01-01,)'
            FROM generate_series(1, 400) i;
        CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql
            AS $$ BEGIN RAISE EXCEPTION 'append only'; END $$;
        CREATE TRIGGER keep BEFORE DELETE ON shape FOR EACH ROW EXECUTE FUNCTION keep();
        """,
        "registry",
    )
    (place.files / "2024").mkdir()
    (place.files / "2024/验收报告.pdf").write_bytes(b"%PDF" * 5000)
    (place.files / "b.xlsx").write_bytes(b"xlsx")
    (place.files / "2024/b-named.xlsx").hardlink_to(place.files / "b.xlsx")
    return place


def make(place: Place, folder: Path) -> Path:
    target = folder / "register.backup"
    backup.make(place, target)
    return target


def test_the_round_trip_brings_every_row_file_and_right_back(register: Place, folder: Path) -> None:
    before = client.sql(register, SHAPES)
    target = make(register, folder)
    register.cluster.sql(
        "ALTER TABLE shape DISABLE TRIGGER ALL; DELETE FROM shape; CREATE TABLE x ()", "registry"
    )
    (register.files / "b.xlsx").write_bytes(b"changed")  # and with it its second name
    (register.files / "later.jpg").write_bytes(b"jpg")
    restore.replace(register, target)
    assert client.sql(register, SHAPES) == before
    assert before.startswith("400|")
    assert (register.files / "2024/验收报告.pdf").read_bytes() == b"%PDF" * 5000
    assert (register.files / "b.xlsx").read_bytes() == b"xlsx"
    assert (register.files / "2024/b-named.xlsx").read_bytes() == b"xlsx"
    assert not (register.files / "later.jpg").exists()
    assert client.sql(register, "SELECT to_regclass('x')") == ""
    assert register.cluster.sql("SELECT count(*) FROM shape", "registry", APP) == "400"
    with pytest.raises(Trouble, match="append only"):
        client.sql(register, "DELETE FROM shape")
    with pytest.raises(Trouble, match="must be owner"):
        register.cluster.sql("DROP TABLE shape", "registry", APP)
    names = {path.name for path in register.home.iterdir()}
    assert not names & {"restore.dump", "files.unpacked", "files.ready", "files.old"}
    assert register.cluster.sql("SELECT count(*) FROM pg_database WHERE datname ~ '^registry_'") == "0"


def test_a_backup_is_for_its_owner_alone_and_says_what_is_in_it(register: Place, folder: Path) -> None:
    target = make(register, folder)
    assert target.stat().st_mode & 0o777 == 0o600
    manifest = archive.verify(target)
    assert set(manifest["members"]) == {
        "database.dump",
        "files/2024/b-named.xlsx",
        "files/2024/验收报告.pdf",
        "files/b.xlsx",
    }
    assert [path.name for path in folder.iterdir()] == ["register.backup"]
    assert "TABLE DATA public shape" in backup.listing(register, target)


def test_nothing_is_written_over(register: Place, folder: Path) -> None:
    target = make(register, folder)
    with pytest.raises(Trouble, match="exists already"):
        backup.check_target(target)
    with pytest.raises(Trouble, match="does not exist"):
        backup.check_target(folder / "no/such/folder.backup")


def test_a_dump_that_fails_leaves_no_file(register: Place, folder: Path) -> None:
    def fail(file: object) -> None:
        raise Trouble("pg_dump failed", "pg_dump 出错")

    with pytest.raises(Trouble, match="pg_dump failed"):
        archive.write(folder / "x.backup", fail, register.files, {})
    assert list(folder.iterdir()) == []


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[data.index(b"%PDF") + 1] ^= 1
    path.write_bytes(bytes(data))


def no_tar(path: Path) -> None:
    path.write_text("资产台账")


def empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("damage", [cut, flip, no_tar, empty])
def test_a_damaged_backup_is_refused_and_nothing_is_touched(register: Place, folder: Path, damage) -> None:
    target = make(register, folder)
    damage(target)
    with pytest.raises(Trouble, match="not a whole backup"):
        restore.check(register, Namespace(file=str(target), yes_database=""))
    assert client.sql(register, SHAPES).startswith("400|")


def test_a_member_that_would_land_elsewhere_is_refused(folder: Path) -> None:
    with tarfile.open(folder / "evil.backup", "w") as tar:
        archive._add_text(tar, "files/../../evil", "x")
    with pytest.raises(Trouble, match="not a whole backup"):
        archive.verify(folder / "evil.backup")


def test_a_restore_that_fails_half_way_leaves_the_register_as_it_was(
    register: Place, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = make(register, folder)
    client.sql(register, "UPDATE shape SET name = name || '号'")
    (register.files / "b.xlsx").write_bytes(b"newer")
    monkeypatch.setattr(restore, "GRANTS", "SELECT no_such_function()")
    with pytest.raises(Trouble, match="no_such_function"):
        restore.replace(register, target)
    assert client.sql(register, "SELECT count(*) FROM shape WHERE name LIKE '%号'") == "400"
    assert (register.files / "b.xlsx").read_bytes() == b"newer"


@pytest.mark.parametrize("switched", [True, False])
def test_a_kill_between_database_and_files_is_ended_at_the_next_start(
    register: Place, switched: bool
) -> None:
    ready = register.home / "files.ready"
    ready.mkdir()
    (ready / "restored.txt").write_text("restored")
    if switched:
        register.cluster.sql("CREATE DATABASE registry_old")
    restore.finish(register)
    assert not ready.exists()
    assert (register.files / "restored.txt").exists() is switched
    assert (register.files / "b.xlsx").exists() is not switched


def test_a_backup_of_a_newer_version_is_refused(register: Place, folder: Path) -> None:
    target = folder / "newer.backup"
    facts = {"version": "9.0", "migrations": ["registry.0001_extensions", "registry.9999_future"]}
    archive.write(target, lambda file: file.write(b"dump"), register.files, facts)
    with pytest.raises(Trouble, match=r"newer version \(9.0\): registry.9999_future"):
        restore.check(register, Namespace(file=str(target), yes_database=""))


def test_another_database_is_replaced_only_when_it_is_named(register: Place, folder: Path) -> None:
    target = make(register, folder)
    other = Place(register.home, "postgis://app:secret@db.local/county")
    for given in ("", "registry"):
        with pytest.raises(Trouble, match="--yes-database county") as told:
            restore.check(other, Namespace(file=str(target), yes_database=given))
        assert "secret" not in str(told.value)
    assert restore.check(other, Namespace(file=str(target), yes_database="county"))["members"]
    with pytest.raises(Trouble, match="names no database"):
        restore.check(register, Namespace(file=str(target), yes_database="county"))


def test_another_database_is_replaced_in_one_transaction_by_a_plain_role(
    register: Place, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = make(register, folder)
    cluster = register.cluster
    cluster.sql("DROP DATABASE IF EXISTS county WITH (FORCE)")
    cluster.sql("DROP ROLE IF EXISTS plain; CREATE ROLE plain LOGIN")
    cluster.sql("CREATE DATABASE county OWNER plain")
    cluster.sql("GRANT ALL ON SCHEMA public TO plain", "county")
    cluster.sql("CREATE TABLE shape (id int)", "county", "plain")
    other = Place(register.home, cluster.url("plain", "county"))
    restore.replace(other, target)
    assert client.sql(other, SHAPES) == client.sql(register, SHAPES)
    (register.files / "b.xlsx").write_bytes(b"newer")
    client.sql(other, "UPDATE shape SET name = name || '号'; CREATE VIEW leaning AS SELECT * FROM shape")
    with pytest.raises(Trouble, match="depend"):
        restore.replace(other, target)
    assert client.sql(other, "SELECT count(*) FROM leaning WHERE name LIKE '%号'") == "400"
    assert (register.files / "b.xlsx").read_bytes() == b"newer"
