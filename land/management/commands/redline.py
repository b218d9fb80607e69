"""The red-line check of a file of shapes."""

import datetime as dt
from pathlib import Path
from typing import Any

from land.importers.footprints import read_footprints
from land.management.commands.import_layer import epsg
from land.redline import PASSES
from land.services import redline
from registry import clock
from registry.management.base import JsonCommand, iso_date


class Command(JsonCommand):
    help = "Does a shape touch permanent basic farmland? Exit status 1 for any verdict but NONE and TOUCH."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("file", metavar="FILE", help="GeoJSON, GeoPackage, zipped shapefile")
        parser.add_argument("--year", type=int, metavar="Y", help="layers of this year at the latest")
        parser.add_argument("--date", type=iso_date, metavar="D", help="the day of the event (default today)")
        parser.add_argument("--scope", choices=[redline.LAYER, redline.PROJECT], default=redline.LAYER)
        parser.add_argument("--source-crs", type=epsg, metavar="EPSG:N", help="declared coordinate system")
        parser.add_argument("--encoding", metavar="E", help="encoding of a shapefile's text")
        parser.add_argument("--layer", metavar="L", help="layer, where the file holds several")
        parser.add_argument(
            "--mixed-years", action="store_true", help="basic farmland and parcels may be of different years"
        )
        parser.add_argument("--id-field", metavar="F", help="field that names the shapes")

    def answer(self, **options: Any) -> tuple[Any, int]:
        footprints, ids = read_footprints(
            Path(options["file"]),
            layer=options["layer"],
            source_srid=options["source_crs"],
            encoding=options["encoding"],
            id_field=options["id_field"],
        )
        year, day = options["year"], options["date"]
        if day is None:
            day = dt.date(year, 12, 31) if year else clock.today()
        run = redline.check(
            footprints, day=day, year=year, scope=options["scope"], mixed_years=options["mixed_years"]
        )
        return redline.with_ids(run, ids).as_dict(), int(run.verdict not in PASSES)
