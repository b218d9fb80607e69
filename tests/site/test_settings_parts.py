"""DATABASE_URL and the secret key."""

from pathlib import Path

import pytest
from django.db import connection

from registry.site import database
from registry.site.cluster import Cluster
from registry.site.database import DatabaseUrlError, parse
from registry.site.secret import secret_key


def test_an_address_with_every_part_is_understood() -> None:
    entry = parse("postgis://app:p%40ss@db.local:5433/registry?sslmode=require")
    assert entry["ENGINE"] == "django.contrib.gis.db.backends.postgis"
    assert (entry["HOST"], entry["PORT"], entry["NAME"]) == ("db.local", "5433", "registry")
    assert (entry["USER"], entry["PASSWORD"]) == ("app", "p@ss")
    assert entry["OPTIONS"] == {"sslmode": "require"}


def test_the_planner_is_set_for_pages_and_the_address_has_the_last_word() -> None:
    plain = database.planned(database.parse("postgis://u@h/db"))
    own = database.planned(database.parse("postgis://u@h/db?options=-c%20jit%3Don"))
    assert plain["OPTIONS"]["options"].startswith("-c jit=off -c ")
    assert own["OPTIONS"]["options"] == plain["OPTIONS"]["options"] + " -c jit=on"


@pytest.mark.django_db
def test_the_database_does_not_compile_the_queries_of_pages() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW jit")
        assert cursor.fetchone() == ("off",)


def test_a_socket_folder_is_given_as_host() -> None:
    assert parse("postgis://registry@/registry?host=%2Fsrv%2F%E7%94%B0%E8%B4%A6")["HOST"] == "/srv/田账"


def test_without_an_address_it_is_the_embedded_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIANZHANG_HOME", "/srv/registry")
    monkeypatch.setenv("TIANZHANG_ROLE", "app")
    entry = parse("")
    assert (entry["HOST"], entry["USER"]) == (str(Cluster(Path("/srv/registry")).socket), "registry_app")


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("mysql://app:secret@host/registry", "begins with mysql"),
        ("postgis://app:secret@host/", "names no database"),
        ("postgis://app:secret@host:70000/registry", "cannot be read"),
        ("postgis://app:secret@host/registry?sslmod=require", "unknown options sslmod"),
    ],
)
def test_a_wrong_address_is_told_without_the_password(url: str, told: str) -> None:
    with pytest.raises(DatabaseUrlError, match=told) as error:
        parse(url)
    assert "secret" not in str(error.value)


def test_the_key_is_made_once_for_its_owner_alone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    key = secret_key(folder)
    assert len(key) == 64
    assert secret_key(folder) == key
    assert (folder / "secret.key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in folder.iterdir()] == ["secret.key"]


def test_a_key_that_others_can_read_is_closed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    key = secret_key(folder)
    (folder / "secret.key").chmod(0o644)
    assert secret_key(folder) == key
    assert (folder / "secret.key").stat().st_mode & 0o777 == 0o600


def test_a_damaged_key_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    (folder / "secret.key").write_text("short")
    with pytest.raises(RuntimeError, match="damaged"):
        secret_key(folder)


def test_the_environment_s_key_is_taken_first(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "x" * 60)
    assert secret_key(folder) == "x" * 60
    assert not list(folder.iterdir())
