"""A child process of `./run bench`: makes the tables of an empty database and runs the benchmarks named.

`python -m registry.bench NAME ... --scale SCALE --seed N --folder FOLDER [--durable] [--json] [--write FILE]`
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path


def main(argv: list[str]) -> int:
    """Run them one after the other, each on a fresh database; the answers go to standard output."""
    words = argparse.ArgumentParser(prog="bench")
    words.add_argument("name")
    words.add_argument("--scale", default="county")
    words.add_argument("--seed", type=int, default=20260101)
    words.add_argument("--folder", type=Path, required=True)
    words.add_argument("--durable", action="store_true")
    words.add_argument("--json", action="store_true")
    words.add_argument("--write", type=Path)
    words.add_argument("--peers", type=Path)
    given = words.parse_args(argv)
    import django

    from registry import row_security

    django.setup()
    row_security.whole_register()
    from django.core.management import call_command

    from registry.bench import benches
    from registry.bench.report import Options, write_block

    call_command("migrate", verbosity=0, interactive=False)
    report = benches()[given.name](Options(given.scale, given.seed, given.folder, given.durable, given.peers))
    if given.write:
        write_block(given.write, report)
    if given.json:
        sys.stdout.write(json.dumps(report.as_json(), ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(report.block() + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
