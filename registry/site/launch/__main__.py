"""The commands of `./run`, except test: `python -m registry.site.launch [--check] COMMAND ...`."""

import argparse
import os
import sys
from typing import NoReturn

from registry.site.words import Trouble, words

from . import commands
from .bench import SCALES
from .place import Place
from .ports import LOOPBACK
from .serving import Stopped, stop_on_signals


class Parser(argparse.ArgumentParser):
    """argparse that says in the person's language that the words are wrong."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(2, words(f"wrong usage: {message}\n", f"用法有误：{message}\n"))


def port_number(text: str) -> int:
    """A port, 1 to 65535."""
    if text.isdigit() and 0 < int(text) < 65536:
        return int(text)
    raise argparse.ArgumentTypeError(
        words(f"{text} is not a port (1 to 65535)", f"{text} 不是端口号（1 至 65535）")
    )


def parser() -> argparse.ArgumentParser:
    """All commands and their words."""
    top = Parser(prog="./run", add_help=False)
    command = top.add_subparsers(dest="command", required=True)
    demo = command.add_parser("demo")
    serve = command.add_parser("serve")
    for each in (demo, serve):
        each.add_argument("--port", type=port_number, default=os.environ.get("PORT") or None)
    for flag in ("--no-serve", "--fresh", "--json"):
        demo.add_argument(flag, action="store_true")
    serve.add_argument("--bind", default=LOOPBACK)
    serve.add_argument("--cert", default="")
    serve.add_argument("--key", default="")
    command.add_parser("stop")
    command.add_parser("status").add_argument("--json", action="store_true")
    command.add_parser("backup").add_argument("file")
    restore = command.add_parser("restore")
    restore.add_argument("file")
    restore.add_argument("--yes-database", default="")
    bench = command.add_parser("bench")
    bench.add_argument("names", nargs="*", metavar="NAME")
    bench.add_argument("--scale", choices=SCALES, default="county")
    bench.add_argument("--seed", type=int, default=20260101)
    bench.add_argument("--json", action="store_true")
    command.add_parser("manage").add_argument("words", nargs=argparse.REMAINDER)
    return top


def parse(argv: list[str]) -> argparse.Namespace:
    """The words as options; exits with 2 when they are wrong."""
    if argv[:1] == ["manage"]:  # everything after it is Django's, dashes included
        return argparse.Namespace(command="manage", words=argv[1:])
    top = parser()
    options = top.parse_args(argv)
    if options.command == "serve" and bool(options.cert) != bool(options.key):
        top.error("--cert and --key go together")
    return options


def main(argv: list[str]) -> int:
    """Run one command and give its exit status."""
    check, argv = argv[:1] == ["--check"], argv[1:] if argv[:1] == ["--check"] else argv
    options = parse(argv)
    stop_on_signals()
    try:
        if check:
            return commands.check(Place.here(), options)
        return commands.COMMANDS[options.command](Place.here(), options)
    except Stopped:
        return 130
    except Trouble as trouble:
        sys.stderr.write(f"{trouble}\n")
        return trouble.status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
