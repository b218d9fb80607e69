"""The site as a process: it answers, refuses, stops, and leaves nothing behind."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection

from registry.site.launch import ports

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("site").resolve()


@pytest.fixture
def environment(home: Path) -> dict[str, str]:
    """The tests' own database, named as an administrator would name it."""
    told = connection.settings_dict
    where = f"{told['USER']}:{told['PASSWORD']}@:{told['PORT']}/{told['NAME']}"
    url = f"postgis://{where}?host={quote(told['HOST'], '')}"
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("DJANGO", "PYTEST", "PORT"))}
    return kept | {"DATABASE_URL": url, "TIANZHANG_HOME": str(home), "LC_ALL": "C.UTF-8"}


def command(environment: dict[str, str], *words: str) -> subprocess.Popen[str]:
    line = [sys.executable, "-m", "registry.site.launch", *words]
    return subprocess.Popen(
        line,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )


@contextmanager
def site(environment: dict[str, str], port: int) -> Iterator[subprocess.Popen[str]]:
    """`./run serve`, once it has said where it is."""
    process = command(environment, "serve", "--port", str(port))
    try:
        assert process.stdout
        line = process.stdout.readline()
        assert line.startswith(f"open http://127.0.0.1:{port}/"), process.communicate(timeout=10)
        yield process
    finally:
        process.kill()
        process.wait()
        assert nothing_left_of(process.pid)


def nothing_left_of(pid: int) -> bool:
    """No process is left that was begun by this one; one that just begins ends as well."""
    told, end = f"TIANZHANG_PARENT={pid}".encode(), time.monotonic() + 30
    while time.monotonic() < end:
        if not any(told in _environment(folder).split(b"\0") for folder in Path("/proc").glob("[0-9]*")):
            return True
        time.sleep(0.1)
    return False


def _environment(process: Path) -> bytes:
    try:
        return (process / "environ").read_bytes()
    except OSError:  # gone, or another user's
        return b""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_free(port: int) -> bool:
    end = time.monotonic() + 15
    while time.monotonic() < end:
        if ports.is_free(port):
            return True
        time.sleep(0.1)
    return False


def test_the_site_answers_refuses_a_second_one_and_stops_clean(environment: dict[str, str]) -> None:
    port = free_port()
    with site(environment, port) as process:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10) as answer:  # noqa: S310
            assert json.load(answer) == {"status": "ok"}
        second = command(environment, "serve", "--port", str(port))
        said = second.communicate(timeout=30)[1]
        assert second.returncode == 1
        assert f"already running: pid {process.pid}, http://127.0.0.1:{port}/" in said
        told = command(environment, "status", "--json").communicate(timeout=30)[0]
        assert json.loads(told)["site"] == {"pid": process.pid, "url": f"http://127.0.0.1:{port}/"}
        assert "postgis://" not in told
        for _ in range(3):  # an impatient person
            process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 0
    assert ports.is_free(port)


def test_a_killed_site_leaves_no_server_on_the_port(environment: dict[str, str]) -> None:
    port = free_port()
    with site(environment, port) as process:
        process.kill()
        process.wait()
        assert wait_until_free(port)
        assert nothing_left_of(process.pid)


def test_stop_ends_the_site_and_names_the_database_that_it_leaves(environment: dict[str, str]) -> None:
    port = free_port()
    with site(environment, port) as process:
        stop = command(environment, "stop")
        said = stop.communicate(timeout=40)[1]
        assert stop.returncode == 0
        assert f"left running: {connection.settings_dict['NAME']} on" in said
        assert process.wait(timeout=20) == 0
    assert ports.is_free(port)


@pytest.fixture
def demo_user() -> Iterator[None]:
    """A demo account that other processes see: written by a connection of its own, removed afterwards."""
    beside = connection.copy()
    try:
        with beside.cursor() as cursor:
            cursor.execute(
                "INSERT INTO registry_user (username, password, is_superuser, first_name, last_name, email,"
                " is_staff, is_active, date_joined, full_name, demo, must_change_password)"
                " VALUES ('clerk', '!', false, '', '', '', false, true, now(), '', true, false)"
            )
        yield
        with beside.cursor() as cursor:
            cursor.execute("DELETE FROM registry_user WHERE username = 'clerk'")
    finally:
        beside.close()


@pytest.mark.usefixtures("demo_user")
@pytest.mark.parametrize(
    ("words", "more"),
    [(("--bind", "0.0.0.0"), {}), ((), {"PUBLIC_URL": "https://registry.example/"})],  # noqa: S104
)
def test_demo_logins_are_never_served_to_other_machines(
    environment: dict[str, str], words: tuple[str, ...], more: dict[str, str]
) -> None:
    refused = command(environment | more, "serve", "--port", str(free_port()), *words)
    said = refused.communicate(timeout=60)[1]
    assert refused.returncode == 1
    assert "demo users" in said
    assert "Nothing is served" in said


def test_a_certificate_that_cannot_be_used_is_told(environment: dict[str, str], folder: Path) -> None:
    (folder / "a.pem").write_text("not a certificate")
    words = ("--cert", str(folder / "a.pem"), "--key", str(folder / "a.pem"))
    refused = command(environment, "serve", "--port", str(free_port()), *words)
    assert "cannot be used" in refused.communicate(timeout=40)[1]
    assert refused.returncode == 1
