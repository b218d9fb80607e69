"""`./run` on machines that lack something: a stand-in checkout, and stand-ins for the machine's tools."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOLS = (
    "sh cat date awk readlink dirname mkdir df grep sed sha256sum cut tail stat flock rm env printf uname id"
)


@dataclass
class Machine:
    """A folder of tools that is the whole PATH, and a checkout with `run` and the locks."""

    folder: Path

    def tool(self, name: str, text: str) -> None:
        path = self.folder / "bin" / name
        path.unlink(missing_ok=True)
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)

    def run(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        kept = {"PATH": str(self.folder / "bin"), "HOME": str(self.folder), "LC_ALL": "C.UTF-8"}
        return subprocess.run(
            [self.folder / "checkout/run", *words],
            env=kept | environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )


@pytest.fixture
def machine(folder: Path) -> Machine:
    """No Python, no PostGIS to be seen (PG_BINDIR is unset), no apt, no sudo, plenty of disk."""
    (folder / "bin").mkdir()
    (folder / "checkout").mkdir()
    for name in TOOLS.split():
        (folder / "bin" / name).symlink_to(shutil.which(name) or f"/bin/{name}")
    for path in [ROOT / "run", *ROOT.glob("requirements*.lock"), *ROOT.glob("package*.json")]:
        shutil.copy(path, folder / "checkout")
    made = Machine(folder)
    made.tool("df", "echo head; echo /dev/x 9 9 ${FREE_KB:-99000000} 1% /")
    return made


def test_no_word_and_unknown_words_are_wrong_usage(machine: Machine) -> None:
    assert machine.run().returncode == 2
    told = machine.run("explode")
    assert told.returncode == 2
    assert "unknown command: explode" in told.stderr
    assert machine.run("help").returncode == 0


def test_words_are_chinese_where_the_terminal_is(machine: Machine) -> None:
    assert "未知命令：explode" in machine.run("explode", LC_ALL="zh_CN.UTF-8").stderr


def test_a_machine_that_is_not_debian_gets_the_list(machine: Machine) -> None:
    told = machine.run("test")
    assert told.returncode == 69
    assert "python3 python3-venv" in told.stderr
    assert "chromium fonts-noto-cjk" in told.stderr or shutil.which("chromium")


def test_without_rights_the_line_for_an_administrator_is_printed(machine: Machine) -> None:
    machine.tool("apt-get", "echo called >&2; exit 1")
    machine.tool("id", "echo 1000")
    told = machine.run("demo")
    assert told.returncode == 69
    assert "apt-get update && apt-get install -y --no-install-recommends python3 python3-venv" in told.stderr
    assert "called" not in told.stderr


def test_sudo_that_asks_no_password_is_used(machine: Machine) -> None:
    machine.tool("id", "echo 1000")
    machine.tool("apt-get", "echo installing")
    machine.tool("sudo", f'echo "$*" >> {machine.folder}/sudo.log; exit 0')
    assert machine.run("demo").returncode == 69
    called = (machine.folder / "sudo.log").read_text()
    assert "dpkg --configure -a" in called
    assert "APT::Update::Error-Mode=any" in called
    assert "--no-install-recommends python3 python3-venv" in called


def test_packages_that_cannot_be_had_are_told_with_the_last_words(machine: Machine) -> None:
    machine.tool("id", "echo 0")
    machine.tool("dpkg", "exit 0")
    machine.tool("apt-get", "echo 'E: Temporary failure resolving'; exit 100")
    told = machine.run("demo")
    assert told.returncode == 69
    assert "E: Temporary failure resolving" in told.stderr
    assert "Is there a network" in told.stderr
    assert (machine.folder / "checkout/var/log/apt.log").exists()


def test_packages_that_are_still_missing_afterwards_are_told(machine: Machine) -> None:
    machine.tool("id", "echo 0")
    machine.tool("dpkg", "exit 0")
    machine.tool("apt-get", "exit 0")
    told = machine.run("demo")
    assert told.returncode == 69
    assert "python3 python3-venv" in told.stderr


def test_a_small_disk_is_told_before_anything_is_installed(machine: Machine) -> None:
    machine.tool("id", "echo 0")
    machine.tool("apt-get", f"touch {machine.folder}/called")
    told = machine.run("demo", FREE_KB="300000")
    assert told.returncode == 69
    assert "has 292 MB free" in told.stderr
    assert not (machine.folder / "called").exists()
    machine.tool("dpkg", "exit 0")
    assert "has 292 MB free" not in machine.run("demo", FREE_KB="300000", SKIP_DISK_CHECK="1").stderr


def test_another_database_needs_no_postgresql_here(machine: Machine) -> None:
    told = machine.run("demo", DATABASE_URL="postgis://app@db.local/registry")
    assert told.returncode == 69
    assert "postgresql-postgis" not in told.stderr


def test_a_port_in_use_is_told_before_any_work(machine: Machine) -> None:
    shutil.copytree(ROOT / "registry/site", machine.folder / "checkout/registry/site")
    (machine.folder / "checkout/registry/__init__.py").touch()
    (machine.folder / "bin/python3").symlink_to(sys.executable)
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        told = machine.run("demo", "--port", str(server.getsockname()[1]))
    assert told.returncode == 1
    assert "is in use" in told.stderr
    assert not (machine.folder / "checkout/.venv").exists()


@pytest.mark.parametrize(
    "words",
    [
        ("demo", "--port", "x"),
        ("serve", "--cert", "a.pem"),
        ("backup",),
        ("status", "now"),
        ("demo", "--quick"),
    ],
)
def test_wrong_words_are_told_before_any_work(machine: Machine, words: tuple[str, ...]) -> None:
    shutil.copytree(ROOT / "registry/site", machine.folder / "checkout/registry/site")
    (machine.folder / "checkout/registry/__init__.py").touch()
    (machine.folder / "bin/python3").symlink_to(sys.executable)
    assert machine.run(*words).returncode == 2


def test_a_checkout_of_another_user_is_told(machine: Machine) -> None:
    checkout = machine.folder / "checkout"
    if os.geteuid() != 0:
        checkout.chmod(0o555)
        told = machine.run("demo")
        checkout.chmod(0o755)
    else:
        told = as_nobody(checkout)
    assert told.returncode == 1
    assert "must be writable; they belong to" in told.stderr


def as_nobody(checkout: Path) -> subprocess.CompletedProcess[str]:
    """`./run demo` by a user without rights, in a copy that he can reach."""
    with tempfile.TemporaryDirectory(dir="/tmp") as reachable:
        os.chmod(reachable, 0o755)  # noqa: S103
        shutil.copytree(checkout, f"{reachable}/checkout")
        return subprocess.run(
            [f"{reachable}/checkout/run", "demo"],
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
            capture_output=True,
            text=True,
            check=False,
            user=65534,
            group=65534,
            extra_groups=[],
            cwd="/",
        )
