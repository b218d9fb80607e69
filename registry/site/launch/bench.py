"""`./run bench NAME ...`: benchmarks in a database made for the run. Standard library only."""

import json
import os
import shutil
import subprocess
import sys
from argparse import Namespace
from pathlib import Path

from registry.site.cluster import Cluster
from registry.site.words import Trouble, tell

from .place import ROOT, Place, python_words

NAMES = ("kernel", "land", "assets", "income")
WITH_PEERS = ("land", "income")  # those whose peers have an environment of their own
SCALES = ("township", "county", "province")
DOCUMENT = ROOT / "docs" / "benchmarks.md"


def bench(place: Place, options: Namespace) -> int:
    """Run the benchmarks named (all of them), each on an empty cluster; renew their blocks."""
    check(options)
    answers = []
    for name in options.names or NAMES:
        tell(f"bench {name}, scale {options.scale} ...", f"性能测量 {name}，规模 {options.scale}……")
        answers.append(_one(place, name, options))
    if options.json:
        sys.stdout.write(
            json.dumps([json.loads(answer) for answer in answers], ensure_ascii=False, indent=1) + "\n"
        )
    else:
        sys.stdout.write("\n".join(answers))
        tell(f"written into {DOCUMENT}", f"已写入 {DOCUMENT}")
    return 0


def check(options: Namespace) -> None:
    """Refuse names that are none."""
    if unknown := sorted(set(options.names) - set(NAMES)):
        raise Trouble(
            f"There is no benchmark {', '.join(unknown)}; there are: {', '.join(NAMES)}.",
            f"没有名为 {', '.join(unknown)} 的性能测量；可用：{', '.join(NAMES)}。",
            2,
        )


def peers_python(place: Place) -> Path:
    """The Python of the peers' environment, made once and again when its lock has changed."""
    folder, lock = place.home / "bench-peers", ROOT / "requirements-bench.lock"
    python, stamp = folder / "bin" / "python", folder / "lock"
    wanted = lock.read_text(encoding="utf-8")
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return python
    tell(
        "packages of the peers (requirements-bench.lock) ...", "正在安装对照引擎（requirements-bench.lock）……"
    )
    pip = [str(python), "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]
    for step in (
        [sys.executable, "-m", "venv", "--clear", str(folder)],
        [*pip, "--only-binary=:all:", "--require-hashes", "-r", str(lock)],
    ):
        if subprocess.run(step, check=False).returncode:
            raise Trouble(
                "The peers could not be installed. Is there a network, and space on the disk?",
                "对照引擎安装失败。请检查网络与磁盘空间。",
                69,
            )
    stamp.write_text(wanted, encoding="utf-8")
    return python


def _one(place: Place, name: str, options: Namespace) -> str:
    """One benchmark in a cluster that waits for the disk as a real one does, and is removed afterwards."""
    folder = place.home / f"bench-{os.getpid()}"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "files").mkdir(parents=True)
    cluster = Cluster(folder, "pg", throwaway=True, durable=True)
    try:
        cluster.start()
        words = ["-m", "registry.bench", name, "--scale", options.scale, "--seed", str(options.seed)]
        words += ["--folder", str(folder), "--durable", "--write", str(DOCUMENT)]
        if name in WITH_PEERS:
            words += ["--peers", str(peers_python(place))]
        environment = place.environment("owner") | {
            "DATABASE_URL": cluster.url(),
            "TIANZHANG_HOME": str(folder),
        }
        done = subprocess.run(
            python_words(*words, *(["--json"] if options.json else [])),
            env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise Trouble(f"The benchmark {name} failed; see above.", f"性能测量 {name} 失败，原因见上。")
        return done.stdout
    finally:
        cluster.remove()
        shutil.rmtree(folder, ignore_errors=True)
