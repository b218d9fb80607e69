"""Who keeps what up on a day."""

from typing import Any

from registry.management.base import JsonCommand
from registry.queries.entries import responsible


class Command(JsonCommand):
    help = "Who keeps each unit up on a day: body, named person, since, until, share."

    def add_arguments(self, parser: Any) -> None:
        self.add_scope(parser)

    def answer(self, **options: Any) -> tuple[Any, int]:
        return responsible(*self.scope(options)), 0
