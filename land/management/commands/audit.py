"""Everything registered against basic farmland and farmland, for screening."""

from typing import Any

from land.queries.audit import totals
from land.services.audit import run
from registry.management.base import JsonCommand


class Command(JsonCommand):
    help = "Audit every registered outline against basic farmland and farmland, in audit grade."

    def add_arguments(self, parser: Any) -> None:
        self.add_scope(parser)

    def answer(self, **options: Any) -> tuple[Any, int]:
        day, division = self.scope(options)
        answer = totals(run(day, division))
        return answer, int(bool(answer["units_on_basic_farmland"]))
