"""The made land in the register: places, layers through its own import, footprints as units. 中文：入库"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from django.conf import settings
from django.db import connection, transaction
from django.test import override_settings

from land.bench import files
from land.bench.ground import Land
from land.models import Vintage
from land.services import vintages
from registry import geo
from registry.bench.generate import make_divisions
from registry.bench.report import seconds
from registry.management.importing import run_import
from registry.models import Division, DivisionCode, Unit
from registry.services.imports import reverse_batch


@dataclass(frozen=True)
class Loaded:
    """What stands in the register."""

    county: Division
    codes: list[str]
    seconds: dict[str, float]  # of each import
    files: dict[str, Path]

    def part(self, kind: str, year: int, parent: str = "land_parcel") -> str:
        return f"{parent}_{self.vintage(kind, year).pk}"

    def vintage(self, kind: str, year: int) -> Vintage:
        return Vintage.objects.in_force().get(kind=kind, year=year)


def places() -> tuple[Division, list[str]]:
    """The county and the codes of its villages, made once."""
    county, townships, _villages = make_divisions()
    rows = DivisionCode.objects.filter(division__parent__in=townships).order_by("code")
    return county, [str(code) for code in rows.values_list("code", flat=True)]


def load(
    land: Land, folder: Path, county: Division, codes: list[str], years: tuple[int, ...] = (2024, 2025)
) -> Loaded:
    """Write the files, import them as a user does, and register the footprints."""
    written: dict[str, Path] = {}
    if 2024 in years:
        written["parcels 2024"] = files.write_parcels(
            folder / "parcels_2024.gpkg", land.parcels, land.classes, land.villages, codes, 2024
        )
    if 2025 in years:
        written["parcels 2025"] = files.write_parcels(
            folder / "parcels_2025.gpkg", land.later, land.later_classes, land.later_villages, codes, 2025
        )
    written["basic_farmland 2024"] = files.write_zones(folder / "zones.gpkg", land.zones, codes, 2024)
    times = {name: seconds(lambda name=name: import_layer(name, written[name], county)) for name in written}
    _register(land.footprints, county)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return Loaded(county, codes, times, written)


def import_layer(name: str, path: Path, county: Division) -> None:
    """Bring a layer in by the product's command; ``name`` is its kind and year. Raises ``RuntimeError``."""
    kind, year = name.split()
    with override_settings(MAX_UPLOAD_BYTES=max(settings.MAX_UPLOAD_BYTES, path.stat().st_size)):
        answer, status = run_import(
            kind=f"layer:{kind}", path=str(path), options={"year": int(year)}, apply=True, division=county
        )
    if status:
        raise RuntimeError(f"{name}: {answer['errors'][:3]}")


def _register(footprints: np.ndarray, county: Division) -> None:
    """Units and their outlines, past the services: what is measured is what reads them."""
    begun = Unit.objects.count()
    record = geo.to_record(footprints, files.SRID)
    texts = shapely.to_wkb(shapely.set_srid(geo.promote(record), geo.RECORD_SRID), include_srid=True)
    head = b"PGCOPY\n\xff\r\n\0" + struct.pack(">ii", 0, 0)
    body = b"".join(struct.pack(">hiqi", 2, 8, n, len(text)) + text for n, text in enumerate(texts, 1))
    units = [
        Unit(code=f"BENCH-{begun + n}", kind="asset", name=f"测量 {n}", division=county)
        for n in range(1, len(footprints) + 1)
    ]
    Unit.objects.bulk_create(units, batch_size=2000)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("CREATE TEMP TABLE bench_shape (n bigint, geom geometry) ON COMMIT DROP")
        cursor.copy_expert(
            "COPY bench_shape FROM STDIN (FORMAT binary)", io.BytesIO(head + body + struct.pack(">h", -1))
        )
        cursor.execute(
            "INSERT INTO registry_shape (unit_id, geom, valid, source_srid, method)"
            " SELECT u.id, b.geom, '[2024-01-01,)', %s, 'survey' FROM bench_shape b"
            " JOIN registry_unit u ON u.code = 'BENCH-' || (b.n + %s)",
            [files.SRID, begun],
        )


@contextmanager
def without_rules() -> Iterator[None]:
    """Layers come in and the rules that rest on them are not read: they are measured elsewhere."""
    kept = vintages._rules_on_layers.copy()
    vintages._rules_on_layers.clear()
    try:
        yield
    finally:
        vintages._rules_on_layers.update(kept)


def clear(loaded: Loaded) -> None:
    """Take the layers back as a user does, and end the outlines: the next land finds an empty register."""
    for vintage in Vintage.objects.in_force().select_related("batch"):
        reverse_batch(vintage.batch, by=None)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE registry_shape SET valid = '[2024-01-01,2024-01-02)' WHERE upper_inf(valid)")
    for path in loaded.files.values():
        path.unlink()
