"""The demo site as a newcomer gets it: its own embedded cluster, loaded through the importers, served.

Started once for the session by the same entry that ``./run demo`` uses.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from registry.site.cluster import Cluster

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_MS = 120_000  # a page on a machine that does other things too
SIZES = {"phone": {"width": 390, "height": 844}, "desktop": {"width": 1366, "height": 860}}


@dataclass
class Site:
    """A running demo site."""

    url: str
    home: Path
    env: dict[str, str]
    answer: dict[str, Any]
    seconds: float

    def manage(self, *words: str) -> tuple[int, Any, str]:
        """Exit status, JSON answer (None when there is none) and the words of a management command."""
        done = subprocess.run(
            [sys.executable, "-m", "registry.site.launch", "manage", *words],
            cwd=ROOT, env=self.env, capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        try:
            document = json.loads(done.stdout)
        except json.JSONDecodeError:
            document = None
        return done.returncode, document, done.stderr

    @property
    def truth(self) -> dict[str, Any]:
        return json.loads((self.home / "demo" / "truth.json").read_text(encoding="utf-8"))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _environment(home: Path) -> dict[str, str]:
    env = {key: value for key, value in os.environ.items() if not key.startswith(("PG", "DATABASE_URL"))}
    env.pop("DJANGO_SETTINGS_MODULE", None)
    return {**env, "TIANZHANG_HOME": str(home), "LANG": "C.UTF-8"}


def _wait_until_served(url: str, process: subprocess.Popen, log: Path, limit: float = 900) -> None:
    end = time.monotonic() + limit
    while time.monotonic() < end:
        if process.poll() is not None:
            pytest.fail(f"the demo ended with {process.returncode}:\n{log.read_text()[-3000:]}")
        try:
            with urllib.request.urlopen(f"{url}healthz", timeout=2) as answer:  # noqa: S310 - loopback
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.3)
    pytest.fail(f"the demo was not served within {limit} s:\n{log.read_text()[-3000:]}")


def _answer(out: Path, limit: float = 120) -> dict[str, Any]:
    """The JSON answer, which is printed soon after the first page."""
    end = time.monotonic() + limit
    while time.monotonic() < end:
        text = out.read_text(encoding="utf-8")
        try:
            return json.JSONDecoder().raw_decode(text[text.index("{") :])[0]
        except ValueError:
            time.sleep(0.1)
    pytest.fail(f"the demo printed no answer:\n{text}")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demo, served on a free port of this machine until the session ends."""
    home = tmp_path_factory.mktemp("home")
    log, out = home / "demo.err", home / "demo.out"
    port = _free_port()
    env = _environment(home)
    start = time.monotonic()
    with log.open("wb") as err, out.open("wb") as std:
        process = subprocess.Popen(
            [sys.executable, "-m", "registry.site.launch", "demo", "--port", str(port), "--json"],
            cwd=ROOT, env=env, stdout=std, stderr=err,
        )  # fmt: skip
    url = f"http://127.0.0.1:{port}/"
    try:
        _wait_until_served(url, process, log)
        yield Site(url, home, env, _answer(out), time.monotonic() - start)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
        Cluster(home.resolve(), throwaway=True).remove()  # as root it lies in /var/lib, not in the home


@dataclass
class Watch:
    """What a page did that it must not: requests to other hosts, errors of the console, broken answers."""

    foreign: list[str]
    errors: list[str]

    def check(self) -> None:
        assert self.foreign == []
        assert self.errors == []


def watch(page: Any, url: str) -> Watch:
    """Follow every request and every console message of a page."""
    seen = Watch([], [])

    def on_request(request: Any) -> None:
        if not request.url.startswith((url, "data:", "blob:")):
            seen.foreign.append(request.url)

    page.on("request", on_request)
    page.on("console", lambda m: seen.errors.append(f"{page.url}: {m.text}") if m.type == "error" else None)
    page.on("pageerror", lambda error: seen.errors.append(f"{page.url}: {error}"))
    page.on(
        "response",
        lambda r: seen.errors.append(f"{r.status} {r.url}") if r.status >= 500 else None,
    )
    return seen


@pytest.fixture
def visit(site: Site, browser: Any) -> Iterator[Any]:
    """``visit(user, size)`` gives a signed-in page; at the end it must have behaved."""
    opened: list[tuple[Any, Watch]] = []

    def open_page(user: str | None = None, size: str = "desktop", language: str = "zh-CN") -> Any:
        context = browser.new_context(viewport=SIZES[size], locale=language, has_touch=size == "phone")
        page = context.new_page()
        page.set_default_navigation_timeout(PATIENCE_MS)
        page.set_default_timeout(PATIENCE_MS)
        opened.append((context, watch(page, site.url)))
        page.goto(f"{site.url}login/")
        if user:
            mark = page.locator(f"input[name=username][value={user}]")
            page.locator("form", has=mark).locator("button").first.click()
            page.wait_for_url(lambda address: "/login/" not in address)
        return page

    yield open_page
    for context, seen in opened:
        context.close()
        seen.check()
