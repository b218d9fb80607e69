"""The site while it runs: web server and background worker as children. Standard library only."""

import json
import os
import signal
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from urllib.parse import urlsplit

from registry.site.words import Trouble, tell

from .place import ROOT, Place, python_words
from .ports import LOOPBACK, is_loopback

PATIENCE = 90  # seconds until the first page
REFUSALS = 3  # answers other than 200 before it is given up
WORKER_PAUSE = 5  # seconds before a fallen worker is started again


class Stopped(Exception):
    """The person, or the system, asked to stop."""


def stop_on_signals() -> None:
    """INT, TERM and HUP raise Stopped, once, so that every `finally` runs."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)


def _stop(number: int, frame: FrameType | None) -> None:
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)  # a second Ctrl-C does not cut the putting away short
    raise Stopped


@dataclass(frozen=True)
class Site:
    """Where the site is served."""

    place: Place
    port: int
    bind: str = LOOPBACK
    cert: str = ""
    key: str = ""

    @property
    def url(self) -> str:
        """The address that a browser on this machine opens."""
        address = {"0.0.0.0": LOOPBACK, "::": "::1"}.get(self.bind, self.bind)  # noqa: S104
        host = f"[{address}]" if ":" in address else address
        return f"http{'s' if self.cert else ''}://{host}:{self.port}/"

    def check_certificate(self) -> None:
        """Refuse a certificate that cannot be used, before any work."""
        if not self.cert:
            return
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(self.cert, self.key)
        except (OSError, ssl.SSLError) as error:
            raise Trouble(
                f"The certificate {self.cert} with the key {self.key} cannot be used: {error}.",
                f"证书 {self.cert} 与私钥 {self.key} 无法使用：{error}。",
            ) from error

    def serve(self, ready: Callable[[], None]) -> None:
        """Run until stopped; `ready` is called once the site answers."""
        children = [self._server()]
        try:
            self._wait_until_it_answers(children[0])
            children.append(self._worker())
            ready()
            while children[0].poll() is None:
                time.sleep(0.5)
                if children[1].poll() is not None:
                    tell("the background worker fell; starting it again", "后台任务进程退出，重新启动")
                    time.sleep(WORKER_PAUSE)
                    children[1] = self._worker()
            raise Trouble("The web server ended by itself; see above.", "网站服务自行退出，原因见上。")
        except Stopped:
            tell("stopping ...", "正在停止……")
        finally:
            _end(children)

    def _server(self) -> subprocess.Popen[bytes]:
        words = ["-m", "registry.site.launch.server", self.bind, str(self.port)]
        environment = self.place.environment("app") | {"ALLOWED_HOSTS": ",".join(self._hosts())}
        if self.cert:
            words += [self.cert, self.key]
            environment["TIANZHANG_HTTPS"] = "1"
        return subprocess.Popen(python_words(*words), env=environment, cwd=ROOT, start_new_session=True)

    def _worker(self) -> subprocess.Popen[bytes]:
        words = python_words("-m", "registry.site.launch.worker")
        return subprocess.Popen(words, env=self.place.environment("app"), cwd=ROOT, start_new_session=True)

    def _hosts(self) -> list[str]:
        """Names under which the site may be called: those told, else this machine's own."""
        if os.environ.get("ALLOWED_HOSTS"):
            return [*os.environ["ALLOWED_HOSTS"].split(","), LOOPBACK]
        names = [LOOPBACK, "localhost", "[::1]"]
        if is_loopback(self.bind):
            return names
        public = urlsplit(os.environ.get("PUBLIC_URL", "")).hostname
        own = {self.bind, socket.gethostname(), *_own_addresses(), public or LOOPBACK}
        return names + sorted(f"[{name}]" if ":" in name else name for name in own)

    def _wait_until_it_answers(self, server: subprocess.Popen[bytes]) -> None:
        context = ssl._create_unverified_context() if self.cert else None  # noqa: S323 - our own child on this machine
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
        )
        end, said, refusals = time.monotonic() + PATIENCE, "", 0
        while time.monotonic() < end and refusals < REFUSALS:
            if server.poll() is not None:
                raise Trouble("The web server did not start; see above.", "网站服务未能启动，原因见上。")
            try:
                with opener.open(f"{self.url}healthz", timeout=10):
                    return
            except urllib.error.HTTPError as error:
                said, refusals = _message(error), refusals + 1
                time.sleep(1)
            except OSError as error:
                said = str(error)
            time.sleep(0.05)
        raise Trouble(f"The site does not answer: {said}", f"网站没有响应：{said}")


def _message(error: urllib.error.HTTPError) -> str:
    try:
        return str(json.load(error)["message"])
    except (ValueError, KeyError, TypeError):
        return str(error)


def _own_addresses() -> set[str]:
    """This machine's addresses, as far as they can be had without tools."""
    found = set()
    for family, far in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect((far, 9))  # sends nothing: it only asks which address would be used
                found.add(probe.getsockname()[0])
            except OSError:
                continue
    return found


def _end(children: list[subprocess.Popen[bytes]]) -> None:
    for child in children:
        if child.poll() is None:
            child.terminate()
    end = time.monotonic() + 10
    for child in children:
        try:
            child.wait(max(0.1, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
