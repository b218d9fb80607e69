"""Import a ledger from a spreadsheet."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from registry.importers import all_importers
from registry.management.base import JsonCommand
from registry.management.importing import run_import
from registry.queries.divisions import division_by_code

PREFIX = "ledger:"


class Command(JsonCommand):
    help = "Import a ledger (.xlsx, .xls, .csv) of a kind; a dry run without --apply."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("file", metavar="FILE")
        parser.add_argument(
            "--kind",
            required=True,
            help="assets, roads, water_works, relocation_sites, centres, projects, upkeep, parties",
        )
        parser.add_argument("--mapping", metavar="M.json", help="head row, columns and unit of the file")
        parser.add_argument("--division", metavar="CODE", help="the division that the file is about")
        parser.add_argument("--system", default="nbs", choices=["nbs", "mca", "survey"], help="code system")
        parser.add_argument("--apply", action="store_true", help="write the facts of the good rows")

    def answer(self, **options: Any) -> tuple[Any, int]:
        kinds = [
            importer.kind.removeprefix(PREFIX) for importer in all_importers() if PREFIX in importer.kind
        ]
        if options["kind"] not in kinds:
            raise CommandError(
                _("There is no ledger kind %(kind)s. Kinds: %(kinds)s.")
                % {"kind": options["kind"], "kinds": ", ".join(kinds)}
            )
        code = options["division"]
        return run_import(
            kind=f"{PREFIX}{options['kind']}",
            path=options["file"],
            options={"mapping": self.mapping(options["mapping"])} if options["mapping"] else {},
            apply=options["apply"],
            division=division_by_code(code, options["system"]) if code else None,
        )

    @staticmethod
    def mapping(path: str) -> dict[str, Any]:
        try:
            found = json.loads(Path(path).read_text(encoding="utf-8"))
        except OSError as error:
            raise CommandError(
                _("The mapping %(path)s cannot be read (%(why)s).") % {"path": path, "why": error.strerror}
            ) from error
        except ValueError as error:
            raise CommandError(_("The mapping %(path)s is not JSON.") % {"path": path}) from error
        if not isinstance(found, dict):
            raise CommandError(_("The mapping %(path)s is not a JSON object.") % {"path": path})
        return found
