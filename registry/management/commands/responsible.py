"""Who keeps what up on a day."""

from typing import Any

from registry.management.base import JsonCommand, iso_instant
from registry.queries.entries import responsible


class Command(JsonCommand):
    help = "Who keeps each unit up on a day: body, named person, since, until, share."

    def add_arguments(self, parser: Any) -> None:
        self.add_scope(parser)
        parser.add_argument(
            "--as-recorded",
            type=iso_instant,
            metavar="INSTANT",
            help="what the book said then (default: now)",
        )

    def answer(self, **options: Any) -> tuple[Any, int]:
        return responsible(*self.scope(options), recorded=options["as_recorded"]), 0
