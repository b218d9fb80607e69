"""Load the demo township and evaluate every rule."""

from __future__ import annotations

from typing import Any

from maps import demo_loader
from registry.management.base import JsonCommand
from registry.site.words import elapsed


class Command(JsonCommand):
    help = "Load the demo township through the importers, evaluate every rule, sum up the findings."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--json", action="store_true", help="kept for symmetry: the answer is JSON")

    def answer(self, **options: Any) -> tuple[Any, int]:
        def say(words: str) -> None:
            self.stderr.write(f"[{elapsed():6.1f} s] {words}")

        answer = demo_loader.load(say)
        for line in demo_loader.summary(answer):
            self.stderr.write(line)
        return answer, 0
