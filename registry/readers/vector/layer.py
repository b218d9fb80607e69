"""Opening a layer: what is in it, in which encoding and coordinate system, and its features in batches.

中文：打开图层
"""

import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from django.utils.translation import gettext as _

from registry import geo
from registry.readers import text

from .boundary_text import BoundaryTextSource
from .dataset import Dataset, find_dataset, part_of
from .datums import refused_datum
from .dbf import read_dbf
from .encoding import Encoding, detect_encoding
from .errors import FileTooLarge, WrongEncoding
from .geojson import GeoJsonSource
from .ogr import OgrSource
from .source import Batch, Feature, Source

MAX_FEATURES = 2_000_000
LOOK_AT = 300


@dataclass
class LayerFile:
    """One layer, opened. Close it (or use ``with``): an archive was unpacked into a temporary folder.

    ``srid`` is what the file or the user declares (None: nothing declared; see ``crs.resolve_srid``) and
    ``srid_source`` how it is known: option, prj, srs, crs-member, rfc7946, kml, header. ``encoding_source``
    is option, cpg, ldid, trial, ascii or format. ``bounds`` are in source coordinates, x east. ``notes`` are
    sentences.
    """

    path: Path
    kind: str
    source: Source
    encoding: str
    encoding_source: str
    srid: int | None
    srid_source: str | None
    crs_text: str
    refused: str | None
    profile: geo.CountyProfile
    notes: list[str] = field(default_factory=list)
    _folder: tempfile.TemporaryDirectory | None = None

    @property
    def name(self) -> str:
        """The chosen layer."""
        return self.source.name

    @property
    def layers(self) -> list[str]:
        """All layers of the dataset."""
        return self.source.layers

    @property
    def fields(self) -> list[str]:
        """Attribute names in file order."""
        return self.source.fields

    @property
    def feature_count(self) -> int:
        """How many features the file declares."""
        return self.source.feature_count

    @property
    def geometry_type(self) -> str:
        """As the file declares it, e.g. MultiPolygon."""
        return self.source.geometry_type

    @property
    def bounds(self) -> tuple[float, float, float, float] | None:
        """(min x, min y, max x, max y) in source coordinates; None when no shape has finite coordinates."""
        return self.source.bounds

    def batches(self, size: int = 5000) -> Iterator[Batch]:
        """The features in file order, ``size`` at a time; a batch iterates as (number, attributes, geometry).

        :raises UnreadableLayer: when the file breaks off.
        """
        start = 0
        while start < self.feature_count:
            batch = self.source.read(start, size)
            if not len(batch):
                return
            yield batch
            start += len(batch)

    def features(self, size: int = 5000) -> Iterator[Feature]:
        """The features one by one: (number from 1, attributes, geometry in source coordinates or None)."""
        for batch in self.batches(size):
            yield from batch

    def close(self) -> None:
        """Remove what was unpacked."""
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def __enter__(self) -> "LayerFile":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_layer(
    path: Path | str,
    *,
    layer: str | None = None,
    encoding: str | None = None,
    source_srid: int | None = None,
    profile: geo.CountyProfile | Mapping[str, Any],
) -> LayerFile:
    """Open a layer file, folder or archive.

    :param layer: which layer, where the file holds several.
    :param encoding: the user's word on a shapefile's text; checked against the bytes.
    :param source_srid: the user's word on the coordinate system; checked by ``crs.resolve_srid``.
    :param profile: the county profile, as ``geo.county()`` or as it stands in the settings.
    :raises ReadError: with a sentence; see ``vector.errors``.
    """
    county = profile if isinstance(profile, geo.CountyProfile) else geo.CountyProfile.from_dict(dict(profile))
    dataset, folder = find_dataset(Path(path), layer)
    try:
        opened = _open(dataset, layer, encoding, source_srid, county)
        _check_text(opened)
    except BaseException:
        if folder:
            folder.cleanup()
        raise
    opened.path, opened._folder = Path(path), folder
    return opened


def _open(
    dataset: Dataset,
    layer: str | None,
    encoding: str | None,
    source_srid: int | None,
    county: geo.CountyProfile,
) -> LayerFile:
    source, found = _source(dataset, layer, encoding)
    if source.feature_count > MAX_FEATURES:
        raise FileTooLarge(
            _("The layer has %(count)d features; at most %(limit)d are taken at once. Send it by township.")
            % {"count": source.feature_count, "limit": MAX_FEATURES}
        )
    crs_text = _prj_text(dataset.path) if dataset.kind == "shp" else source.crs_text
    srid, how = _declared_srid(dataset.kind, source, crs_text, county)
    notes = [*found.notes, *source.notes, *_overruled(srid, source_srid, crs_text)]
    return LayerFile(
        path=dataset.path,
        kind=dataset.kind,
        source=source,
        encoding=found.name,
        encoding_source=found.found,
        srid=source_srid or srid,
        srid_source="option" if source_srid else how,
        crs_text=crs_text,
        refused=refused_datum(source_srid or srid, "" if source_srid else crs_text),
        profile=county,
        notes=notes,
    )


def _overruled(srid: int | None, stated: int | None, crs_text: str) -> list[str]:
    """What the file says of its coordinate system where the user stated another one."""
    if not stated or stated == srid:
        return []
    datum = refused_datum(srid, crs_text)
    if datum:
        sentence = _("The file says %(datum)s; it is read as EPSG:%(chosen)d, as you stated.")
        return [sentence % {"datum": datum, "chosen": stated}]
    if not srid:
        return []
    sentence = _("The file says EPSG:%(file)d; it is read as EPSG:%(chosen)d, as you stated.")
    return [sentence % {"file": srid, "chosen": stated}]


def _source(dataset: Dataset, layer: str | None, encoding: str | None) -> tuple[Source, Encoding]:
    if dataset.kind == "geojson":
        codec = text.codec_name(encoding) if encoding else None
        return GeoJsonSource(dataset.path, codec), Encoding(codec or "utf-8", "option" if codec else "format")
    if dataset.kind == "txt":
        codec = text.codec_name(encoding) if encoding else None
        plots = BoundaryTextSource(dataset.path, codec)
        return plots, Encoding(plots.codec, "option" if codec else "trial")
    if dataset.kind == "shp":
        found = detect_encoding(read_dbf(part_of(dataset.path, ".dbf") or dataset.path), encoding)
        return OgrSource(dataset.path, layer, found), found
    return OgrSource(dataset.path, layer, None), Encoding("utf-8", "format")


def _prj_text(path: Path) -> str:
    prj = part_of(path, ".prj")
    return prj.read_bytes()[:20_000].decode("utf-8-sig", errors="replace").strip() if prj else ""


def _declared_srid(
    kind: str, source: Source, crs_text: str, county: geo.CountyProfile
) -> tuple[int | None, str | None]:
    """The SRID the file itself declares, and how; a system the county does not take keeps its number."""
    if isinstance(source, GeoJsonSource):
        if source.srid_member or source.crs_text:
            return source.srid_member, "crs-member"
        degrees = source.bounds is not None and max(abs(v) for v in source.bounds) <= 360
        return (4326, "rfc7946") if degrees else (None, None)
    if isinstance(source, BoundaryTextSource):
        return source.srid, "header" if source.srid else None
    if kind == "kml":
        return 4326, "kml"
    how = "prj" if kind == "shp" else "srs"
    authority = re.match(r"^EPSG:(\d+)$", crs_text)
    if authority:
        return int(authority[1]), how
    try:
        srid = geo.identify_srid(crs_text, county) if crs_text else None
    except geo.CrsError:
        return None, None
    return srid, how if srid else None


def _check_text(layer: LayerFile) -> None:
    """Text that was damaged before it came here, and encodings that were declared wrongly."""
    batch = layer.source.read(0, LOOK_AT)
    values = [v for c in batch.columns.values() if c.dtype == object for v in c if isinstance(v, str)]
    verdict = text.damage([*layer.fields, *values])
    if verdict is None:
        return
    example = next(v for v in [*layer.fields, *values] if any(ord(c) > 127 for c in v))
    if verdict == "lost":
        sentence = _("Characters were lost when this file was made (“%(example)s”). Export it again.")
    else:
        sentence = _(
            "The text is garbled (“%(example)s”): it was stored in the wrong encoding. Export it again."
        )
    raise WrongEncoding(sentence % {"example": example[:40]}, proposals=["GB18030", "UTF-8"])
