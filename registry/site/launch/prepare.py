"""A child process, the owner's: tables and static files brought up to date, the demo loaded; JSON on stdout.

A first line of stdout, "serve" or "wait", tells as soon as tables and static files are ready whether pages
can be served while the rest goes on (the demo is there already and is only looked over). The JSON follows.

`python -m registry.site.launch.prepare [--migrate] [--demo] [--bind ADDRESS]`
"""

import argparse
import contextlib
import hashlib
import io
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from registry.site.words import Trouble, tell

from .parent import die_with_parent
from .ports import is_loopback


def main(argv: list[str]) -> int:
    """Do the steps asked for; 1 with a sentence on standard error when one is refused."""
    parser = argparse.ArgumentParser(prog="prepare")
    parser.add_argument("--migrate", action="store_true")
    parser.add_argument("--demo", action="store_true")
    parser.add_argument("--bind")
    words = parser.parse_args(argv)
    die_with_parent()
    import django
    from django.core.management import CommandError
    from django.db import DatabaseError

    from registry import row_security

    django.setup()
    row_security.whole_register()
    seconds: dict[str, float] = {}
    answer: dict[str, object] = {}
    try:
        _timed(seconds, "migrate", _migrate, words.migrate)
        _timed(seconds, "static", _collect_static)
        if words.demo:
            refuse_real_register()
        sys.stdout.write("serve\n" if words.demo and demo_is_loaded() else "wait\n")
        sys.stdout.flush()
        if words.demo:
            answer = _timed(seconds, "demo", _load_demo)
        if words.bind:
            refuse_demo_logins(words.bind)
    except Trouble as trouble:
        sys.stderr.write(f"{trouble}\n")
        return trouble.status
    except (CommandError, DatabaseError, OSError) as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        return 1
    answer["seconds"] = {**seconds, **_mapping(answer.get("seconds"))}
    json.dump(answer, sys.stdout, ensure_ascii=False)
    return 0


def _timed(seconds: dict[str, float], name: str, step: Callable[..., Any], *words: object) -> Any:
    begun = time.monotonic()
    try:
        return step(*words)
    finally:
        seconds[name] = round(time.monotonic() - begun, 2)


def _mapping(value: object) -> dict[str, float]:
    return value if isinstance(value, dict) else {}


def _migrate(allowed: bool) -> None:
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not plan:
        return
    if not allowed:
        raise Trouble(
            f"The database lacks {len(plan)} migrations of this version. Make a backup, then run"
            " ./run manage migrate.",
            f"数据库缺少本版本的 {len(plan)} 个迁移。请先备份，再执行 ./run manage migrate。",
        )
    tell(f"tables: {len(plan)} migrations ...", f"建表：{len(plan)} 个迁移……")
    call_command("migrate", verbosity=0, interactive=False)


def _static_fingerprint() -> str:
    from django.contrib.staticfiles.finders import get_finders

    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            seen = Path(storage.path(name)).stat()
            digest.update(f"{storage.path(name)}|{seen.st_size}|{seen.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _collect_static() -> None:
    """Copy the static files beside the data when any of them has changed."""
    from django.conf import settings
    from django.core.management import call_command

    stamp = settings.HOME / "static.stamp"
    fingerprint = _static_fingerprint()
    if settings.STATIC_ROOT.is_dir() and stamp.exists() and stamp.read_text(encoding="ascii") == fingerprint:
        return
    tell("static files ...", "静态文件……")
    stamp.unlink(missing_ok=True)
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    stamp.write_text(fingerprint, encoding="ascii")


def _load_demo() -> dict[str, object]:
    from django.core.management import call_command

    tell("demo township ...", "演示乡镇……")
    answer = io.StringIO()
    with contextlib.redirect_stdout(answer):
        call_command("demo", json=True)
    return json.loads(answer.getvalue())


def demo_is_loaded() -> bool:
    """Whether an earlier run loaded the demo to its end: its findings are there."""
    from django.apps import apps
    from django.contrib.auth import get_user_model

    findings = apps.get_model("registry", "Finding").objects
    return get_user_model().objects.filter(demo=True).exists() and findings.exists()


def refuse_real_register() -> None:
    """The demo never goes into a register with people of its own."""
    from django.contrib.auth import get_user_model

    users = get_user_model().objects
    if users.filter(demo=False).exists() and not users.filter(demo=True).exists():
        raise Trouble(
            "This register has users of its own, so the demo is not loaded into it. Choose another folder:"
            " TIANZHANG_HOME=/path/to/demo ./run demo",
            "本登记簿已有正式用户，不能载入演示数据。请另选目录：TIANZHANG_HOME=/目录 ./run demo",
        )


def refuse_demo_logins(address: str) -> None:
    """Demo logins have a known password: they are for this machine alone."""
    from django.conf import settings
    from django.contrib.auth import get_user_model

    public = settings.PUBLIC_URL.split("//")[-1].split("/")[0]
    if is_loopback(address) and (not public or is_loopback(public)):
        return
    if get_user_model().objects.filter(demo=True, is_active=True).exists():
        raise Trouble(
            "This register holds demo users, whose password everyone knows; it is not served on"
            f" {public or address}. Serve it on 127.0.0.1, deactivate them, or choose another folder"
            " with TIANZHANG_HOME.",
            f"本登记簿含演示账号（密码公开），不能在 {public or address} 上提供服务。"
            "请在 127.0.0.1 上运行、停用演示账号，或用 TIANZHANG_HOME 指定其他目录。",
        )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
