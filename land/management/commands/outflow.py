"""What became of the farmland between two survey years."""

from typing import Any

from land.services.flow import compare
from registry.management.base import JsonCommand


class Command(JsonCommand):
    help = "Farmland that flowed out and in between two survey years, proved to balance."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("old_year", type=int, metavar="OLD_YEAR")
        parser.add_argument("new_year", type=int, metavar="NEW_YEAR")
        self.add_scope(parser)

    def answer(self, **options: Any) -> tuple[Any, int]:
        _day, division = self.scope(options)
        flow = compare(options["old_year"], options["new_year"], division)
        return flow.as_dict(), 0
