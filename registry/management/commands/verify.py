"""Is the register still what it was: evidence files, history, triggers, identities, layers?"""

from typing import Any

from django.utils.translation import gettext as _

from registry import integrity
from registry.management.base import JsonCommand


class Command(JsonCommand):
    help = "Verify evidence files, sealed papers, history, triggers, identities and layers."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--quick", action="store_true", help="sizes of files only, not their hashes")

    def answer(self, **options: Any) -> tuple[Any, int]:
        found = integrity.verify(quick=options["quick"], told=self.tell)
        return found, 0 if found["ok"] else 1

    def tell(self, name: str, wrong: int) -> None:
        said = _("%(n)d wrong") % {"n": wrong} if wrong else _("in order")
        self.stderr.write(f"{name}: {said}")
