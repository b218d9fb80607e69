"""Load the demo township and evaluate every rule."""

from __future__ import annotations

import time
from typing import Any

from maps import demo_loader
from registry.management.base import JsonCommand


class Command(JsonCommand):
    help = "Load the demo township through the importers, evaluate every rule, sum up the findings."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--json", action="store_true", help="kept for symmetry: the answer is JSON")

    def answer(self, **options: Any) -> tuple[Any, int]:
        start = time.monotonic()

        def say(words: str) -> None:
            self.stderr.write(f"[{time.monotonic() - start:5.1f} s] {words}")

        answer = demo_loader.load(say)
        for line in demo_loader.summary(answer):
            self.stderr.write(line)
        return answer, 0
