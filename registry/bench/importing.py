"""A child process of `./run bench`, for its peak memory: a ledger comes in, or the peer's loop.

`python -m registry.bench.importing import|peer ROWS SEED FOLDER`, villages as JSON on standard input.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

PEER_ROWS = 1000


def main(argv: list[str]) -> int:
    """Do it, and write one line of JSON."""
    import django

    from registry import row_security

    django.setup()
    row_security.whole_register()
    mode, rows, seed, folder = argv[0], int(argv[1]), int(argv[2]), Path(argv[3])
    villages = [tuple(pair) for pair in json.load(sys.stdin)]
    answer = bring(folder, rows, seed, villages) if mode == "import" else row_by_row(folder, rows)
    answer["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(json.dumps(answer) + "\n")
    return 0


def bring(folder: Path, rows: int, seed: int, villages: list[Any]) -> dict[str, Any]:
    """Stage, preview, apply, as the pages do."""
    from registry.bench.ledger import write_ledger
    from registry.models import ImportBatch
    from registry.queries.import_summaries import summary_of
    from registry.queries.imports import parts_of, rows_of
    from registry.services.files import store_path
    from registry.services.imports import apply_batch, create_batch, stage_batch

    made = write_ledger(folder / "ledger.xlsx", rows, seed, villages)
    clock = [time.perf_counter()]
    batch = create_batch(kind="ledger:assets", file=store_path(made), options={}, by=None)
    stage_batch(batch)
    clock.append(time.perf_counter())
    batch = ImportBatch.objects.get(pk=batch.pk)
    summary_of(batch)
    for part in parts_of(batch):
        list(rows_of(batch, part.key)[:50])
    clock.append(time.perf_counter())
    apply_batch(batch, by=None)
    clock.append(time.perf_counter())
    steps = {
        name: clock[place + 1] - clock[place] for place, name in enumerate(("stage", "preview", "apply"))
    }
    return {"rows": rows, "accepted": ImportBatch.objects.get(pk=batch.pk).accepted, **steps}


def row_by_row(folder: Path, rows: int) -> dict[str, Any]:
    """The peer: openpyxl's rows, and one object after the other."""
    from django.contrib.gis.geos import Point
    from django.db.backends.postgresql.psycopg_any import DateRange
    from openpyxl import load_workbook

    from registry.models import Division, Entry, Party, Shape, Unit

    begun = time.perf_counter()
    sheet = load_workbook(folder / "ledger.xlsx").active
    count = 0
    for number, line in enumerate(sheet.iter_rows(min_row=3, values_only=True)):
        if number >= min(rows, PEER_ROWS):
            break
        cells = dict(zip([cell.value for cell in sheet[2]], line, strict=True))
        division = Division.objects.get(name=cells["村"])
        unit = Unit.objects.create(
            code=f"PEER-{number:06d}", kind="asset", name=cells["资产名称"], division=division
        )
        Shape.objects.create(
            unit=unit,
            geom=Point(cells["经度"], cells["纬度"], srid=4490),
            valid=DateRange(None, None),
            method="ledger",
        )
        for kind, code in (("right", "ownership"), ("right", "income"), ("duty", "upkeep"), ("right", "use")):
            party = Party.objects.get_or_create(
                name=cells["产权归属"], division=division, kind="village_collective"
            )[0]
            Entry.objects.create(
                unit=unit, kind=kind, code=code, party=party, valid=DateRange(division.valid.lower, None)
            )
        count += 1
    return {"rows": count, "seconds": time.perf_counter() - begun}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
