"""Who owns the income of what on a day."""

from typing import Any

from registry.management.base import JsonCommand, iso_instant
from registry.queries.entries import income_owners


class Command(JsonCommand):
    help = "Who owns the income of each unit on a day, in which share."

    def add_arguments(self, parser: Any) -> None:
        self.add_scope(parser)
        parser.add_argument(
            "--as-recorded",
            type=iso_instant,
            metavar="INSTANT",
            help="what the book said then (default: now)",
        )

    def answer(self, **options: Any) -> tuple[Any, int]:
        return income_owners(*self.scope(options), recorded=options["as_recorded"]), 0
