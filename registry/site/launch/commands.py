"""What each word of `./run` does. Standard library only."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from argparse import Namespace
from collections.abc import Callable
from typing import Any

from registry.site.locks import Lock
from registry.site.words import Trouble, elapsed, tell, words

from . import backup, bench, restore, status
from .place import ROOT, Place, python_words
from .ports import check_address, choose, is_loopback
from .preparing import Preparation, prepare
from .serving import Site

# Commands that work on the tables themselves, or need none.
WITHOUT_TABLES = {
    "",
    "migrate",
    "makemigrations",
    "showmigrations",
    "sqlmigrate",
    "help",
    "--help",
    "--version",
}


def check(place: Place, options: Namespace) -> int:
    """What can be refused before any work: a port in use, a missing file, an unusable certificate."""
    serves = options.command in ("demo", "serve") and not getattr(options, "no_serve", False)
    if serves and not _served_already(place):
        _site(place, options)
    if options.command == "restore":
        restore.check(place, options)
    if options.command == "bench":
        bench.check(options)
    if options.command == "demo" and options.fresh and not place.embedded:
        raise Trouble(
            f"--fresh drops the embedded demo only; DATABASE_URL names {place.database_words}.",
            f"--fresh 只清空内置演示库；当前 DATABASE_URL 指向{place.database_words}。",
            2,
        )
    return 0


def _served_already(place: Place) -> bool:
    """Whether the lock is held: then its holder is named later, not the port that it has."""
    lock = Lock(place.home / "site.lock")
    free = lock.take()
    lock.release()
    return not free


def _site(place: Place, options: Namespace) -> Site:
    bind = getattr(options, "bind", "127.0.0.1")
    check_address(bind)
    site = Site(
        place,
        choose(options.port, bind),
        bind,
        os.path.abspath(options.cert) if getattr(options, "cert", "") else "",
        os.path.abspath(options.key) if getattr(options, "key", "") else "",
    )
    site.check_certificate()
    return site


def demo(place: Place, options: Namespace) -> int:
    """The demo township, loaded and served on this machine."""
    with place.alone(words("loading the demo", "正在载入演示数据")) as lock:
        site = None if options.no_serve else _site(place, options)
        with place.database():
            if options.fresh:
                _drop_demo(place)
            seconds = {"to_database": round(elapsed(), 2)}
            with Preparation(place, "--migrate", "--demo") as preparation:
                # Served at once when the demo is there already and only looked over, else when loaded.
                early = preparation.may_serve()
                answer = {} if early else preparation.answer()

                def ready() -> None:
                    seconds["to_first_page"] = round(elapsed(), 2)
                    tell("the site answers", "网站已启动")
                    lock.write(site.url if site else "")
                    told = preparation.answer() if early else answer
                    _tell_demo(place, options, told | {"url": site.url if site else None}, seconds)

                if site:
                    site.serve(ready)
                else:
                    told = preparation.answer() if early else answer
                    _tell_demo(place, options, told | {"url": None}, seconds)
    return 0


def _tell_demo(place: Place, options: Namespace, answer: dict[str, Any], seconds: dict[str, float]) -> None:
    answer["seconds"] = seconds | answer.get("seconds", {}) | {"total": round(elapsed(), 2)}
    if options.json:
        sys.stdout.write(json.dumps(answer, ensure_ascii=False, indent=1) + "\n")
        sys.stdout.flush()
    if not answer["url"]:
        tell("demo loaded", "演示数据已载入")
        return
    users = ", ".join(answer.get("users", []))
    stream = sys.stderr if options.json else sys.stdout
    stream.write(
        words(
            f"open {answer['url']}  log in as {users} (password demo)"
            f"  (Ctrl-C stops it; the data stay in {place.home})\n",
            f"open {answer['url']}  登录账号 {users}（密码 demo）  "
            f"（Ctrl-C 停止；数据保存在 {place.home}）\n",
        )
    )
    stream.flush()


def _drop_demo(place: Place) -> None:
    """Drop the demo database and its files; never one with people of its own."""
    if not place.embedded:
        raise Trouble("--fresh drops the embedded demo only.", "--fresh 只清空内置演示库。", 2)
    cluster = place.cluster
    if cluster.sql("SELECT to_regclass('registry_user')", "registry"):
        own = cluster.sql("SELECT count(*) FROM registry_user WHERE NOT demo", "registry")
        if own != "0":
            raise Trouble(
                f"This register has {own} users of its own; --fresh would drop it and is refused."
                " Choose another folder: TIANZHANG_HOME=/path/to/demo ./run demo",
                f"本登记簿有 {own} 个正式用户，--fresh 会清空它，已拒绝。请另选目录："
                "TIANZHANG_HOME=/目录 ./run demo",
            )
    cluster.recreate()
    for name in ("files", "demo"):
        shutil.rmtree(place.home / name, ignore_errors=True)
    tell("old demo dropped", "旧演示数据已清空")


def serve(place: Place, options: Namespace) -> int:
    """The site on the configured database."""
    with place.alone(words("starting", "正在启动")) as lock:
        site = _site(place, options)
        if not is_loopback(site.bind) and not site.cert:
            tell(
                "without --cert and --key, passwords cross the network unencrypted, and phones"
                " give no position",
                "未指定 --cert 与 --key：密码将明文传输，手机也无法定位",
            )
        with place.database():
            prepare(place, *(["--migrate"] if place.embedded else []), "--bind", site.bind)

            def ready() -> None:
                lock.write(site.url)
                tell(
                    f"the site answers, database {place.database_words}",
                    f"网站已启动，数据库：{place.database_words}",
                )
                sys.stdout.write(
                    words(f"open {site.url}  (Ctrl-C stops it)\n", f"open {site.url}  （Ctrl-C 停止）\n")
                )
                sys.stdout.flush()

            site.serve(ready)
    return 0


def manage(place: Place, options: Namespace) -> int:
    """A management command, with the embedded database up and its tables there; its own exit status."""
    name = options.words[0] if options.words else ""
    with place.database():
        if place.embedded and name not in WITHOUT_TABLES and place.pending_migrations():
            prepare(place, "--migrate")
        place.files  # noqa: B018
        child = subprocess.Popen(
            python_words(str(ROOT / "manage.py"), *options.words), env=place.environment("owner")
        )
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal tells the child itself
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda given, frame: child.send_signal(given))
        code = child.wait()
    return code if code >= 0 else 128 - code


def stop(place: Place, options: Namespace) -> int:
    """Stop the site and the embedded database; another database is named and left alone."""
    pid = status.site_process(place)
    if pid:
        os.kill(pid, signal.SIGTERM)
        end = time.monotonic() + 30
        while status.site_process(place) == pid and time.monotonic() < end:
            time.sleep(0.1)
        tell(f"site stopped (pid {pid})", f"网站已停止（进程 {pid}）")
    if not place.embedded:
        tell(
            f"left running: {place.database_words}; only the embedded database is stopped here",
            f"未停止：{place.database_words}；本命令只停止内置数据库",
        )
        return 0
    if place.cluster.pid():
        place.cluster.stop()
        tell("embedded database stopped", "内置数据库已停止")
    else:
        tell("the embedded database does not run", "内置数据库未在运行")
    return 0


COMMANDS: dict[str, Callable[[Place, Namespace], int]] = {
    "demo": demo,
    "serve": serve,
    "manage": manage,
    "stop": stop,
    "status": status.status,
    "backup": backup.backup,
    "restore": restore.restore,
    "bench": bench.bench,
}
