"""Who owns the income of what on a day."""

from typing import Any

from registry.management.base import JsonCommand
from registry.queries.entries import income_owners


class Command(JsonCommand):
    help = "Who owns the income of each unit on a day, in which share."

    def add_arguments(self, parser: Any) -> None:
        self.add_scope(parser)

    def answer(self, **options: Any) -> tuple[Any, int]:
        return income_owners(*self.scope(options)), 0
