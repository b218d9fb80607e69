"""Import a survey layer."""

import re
from argparse import ArgumentTypeError
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from registry import importers
from registry.management.base import JsonCommand
from registry.management.importing import run_import
from registry.queries.divisions import division_by_code


def epsg(text: str) -> int:
    """ "EPSG:4544" or "4544" as its number."""
    match = re.fullmatch(r"(?:EPSG:)?(\d{4,6})", text.strip(), re.IGNORECASE)
    if not match:
        raise ArgumentTypeError(
            _("“%(text)s” is not a coordinate system like EPSG:4544.") % {"text": text[:40]}
        )
    return int(match[1])


def layer_kinds() -> list[str]:
    """The kinds that are registered, without their prefix."""
    kinds = [importer.kind for importer in importers.all_importers()]
    return [kind.removeprefix("layer:") for kind in kinds if kind.startswith("layer:")]


class Command(JsonCommand):
    help = "Import a layer: parcels, basic farmland, control lines, outlines, footprints."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("--as", dest="kind", required=True, choices=layer_kinds(), metavar="KIND")
        parser.add_argument("--year", type=int, metavar="Y", help="survey year")
        parser.add_argument("--layer", metavar="L", help="layer, where the file holds several")
        parser.add_argument("--source-crs", type=epsg, metavar="EPSG:N", help="declared coordinate system")
        parser.add_argument("--encoding", metavar="E", help="encoding of a shapefile's text")
        parser.add_argument("--division", metavar="CODE", help="the division that the layer covers")
        parser.add_argument("--system", choices=["nbs", "mca", "survey"], help="code system (default nbs)")
        parser.add_argument(
            "--own", action="store_true", help="made by the office: faults refuse rows instead of warning"
        )
        parser.add_argument("--apply", action="store_true", help="write the facts (default: dry run)")

    def answer(self, **options: Any) -> tuple[Any, int]:
        if options["year"] is None and options["kind"] != "footprints":
            raise CommandError(_("State the survey year of the layer with --year, such as --year 2024."))
        code = options["division"]
        division = division_by_code(code, options["system"] or "nbs") if code else None
        settings = {name: options[name] for name in ("year", "layer", "source_crs", "encoding", "system")}
        return run_import(
            kind=f"layer:{options['kind']}",
            path=options["file"],
            options={**settings, "official": not options["own"]},
            apply=options["apply"],
            division=division,
        )
