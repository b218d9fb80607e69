"""Import an official list of divisions."""

from typing import Any

from registry.management.base import JsonCommand, iso_date
from registry.management.importing import run_import


class Command(JsonCommand):
    help = "Import a list of divisions (columns level, code, name, parent_code); a dry run without --apply."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("file", metavar="FILE.csv")
        parser.add_argument("--system", default="nbs", choices=["nbs", "mca"], help="code system of the list")
        parser.add_argument("--valid-from", type=iso_date, metavar="DATE", help="first day of the list")
        parser.add_argument("--apply", action="store_true", help="write the facts")

    def answer(self, **options: Any) -> tuple[Any, int]:
        day = options["valid_from"]
        settings = {"system": options["system"], "valid_from": day.isoformat() if day else None}
        return run_import(kind="divisions", path=options["file"], options=settings, apply=options["apply"])
