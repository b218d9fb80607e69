"""Shapefile, GeoPackage, File Geodatabase and KML through pyogrio, batch by batch.

pyogrio is imported on use: it takes a second. The attributes of a shapefile are read byte-true (as Latin-1)
and decoded here: GDAL drops a value with a character that does not fit and warns once per process; here it
costs that one character and is reported at its feature.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext as _

from registry.readers import text

from .encoding import Encoding
from .errors import EmptyLayer, SeveralLayers, UnreadableLayer
from .source import Batch

BYTE_TRUE = "ISO-8859-1"


@contextmanager
def _gdal(path: Path) -> Iterator[None]:
    """GDAL's complaints as one sentence; its warnings are looked at per feature, not shouted."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except (RuntimeError, ValueError, OSError) as error:
        raise UnreadableLayer(
            _("%(name)s cannot be read: it is damaged or not what its name says.") % {"name": path.name}
        ) from error


class OgrSource:
    """A layer opened by GDAL."""

    def __init__(self, path: Path, layer: str | None, encoding: Encoding | None) -> None:
        self.path = path
        self.encoding = encoding
        self.notes: list[str] = []
        self.layers, self.name = self._pick(layer)
        info = self._info()
        names = [str(name) for name in info["fields"]]
        self.fields = self._field_names(names)
        self.feature_count = int(info["features"])
        self.geometry_type = str(info["geometry_type"])
        self.bounds = info["total_bounds"]
        self.crs_text = str(info["crs"] or "")
        if self.geometry_type.endswith((" Z", " M", " ZM")) or self.geometry_type.startswith("2.5D"):
            self.notes.append(_("The layer has heights or measures; they are dropped."))
        if not self.feature_count:
            raise EmptyLayer(_("The layer %(name)s is empty.") % {"name": self.name})

    def _pick(self, wanted: str | None) -> tuple[list[str], str]:
        import pyogrio

        with _gdal(self.path):
            listed = pyogrio.list_layers(self.path)
        layers = [str(name) for name, kind in listed if kind is not None]
        if not layers:
            raise EmptyLayer(
                _("%(name)s holds no layer with shapes, only tables.") % {"name": self.path.name}
            )
        if wanted in layers:
            return layers, str(wanted)
        if len(layers) == 1 and (wanted is None or self.path.suffix.lower() == ".shp"):
            return layers, layers[0]
        found = {"name": self.path.name, "layers": "、".join(layers), "wanted": wanted}
        if wanted:
            sentence = _("%(name)s has no layer %(wanted)s. It holds: %(layers)s.") % found
        else:
            sentence = _("%(name)s holds several layers: %(layers)s. Choose one.") % found
        raise SeveralLayers(sentence, proposals=layers)

    @property
    def _transport(self) -> str | None:
        return BYTE_TRUE if self.encoding else None

    def _info(self) -> dict[str, Any]:
        import pyogrio

        with _gdal(self.path):
            return pyogrio.read_info(
                self.path,
                layer=self.name,
                encoding=self._transport,
                force_feature_count=True,
                force_total_bounds=True,
            )

    def _field_names(self, names: list[str]) -> list[str]:
        """Decoded and distinct: a Chinese name cut after 10 bytes may lose its last character."""
        if self.encoding is None:
            return names
        distinct: list[str] = []
        for name in names:
            decoded = name
            if all(ord(c) < 256 for c in name) and any(ord(c) > 127 for c in name):
                decoded = text.decode(name.encode("latin-1"), self.encoding.codec)[0]
            while decoded in distinct:
                decoded += "_"
            distinct.append(decoded)
        return distinct

    def read(self, start: int, size: int) -> Batch:
        """Features ``start`` (from 0) and following, at most ``size``."""
        problems: dict[int, str] = {}
        with _gdal(self.path):
            wkb, data = self._raw(start, size)
        if self.encoding:
            data = [self._decode(c, start, problems) if c.dtype == object else c for c in data]
        numbers = np.arange(start + 1, start + 1 + len(wkb))
        geometries = shapely.from_wkb(wkb, on_invalid="ignore")
        for index in np.flatnonzero(shapely.is_missing(geometries)).tolist():
            lost = wkb[index] is not None
            problems[start + 1 + index] = (
                _("The shape is broken: a ring has fewer than four points or does not close.")
                if lost
                else _("The feature has no shape.")
            )
        return Batch(numbers, dict(zip(self.fields, data, strict=True)), geometries, problems)

    def _raw(self, start: int, size: int) -> tuple[np.ndarray, list[np.ndarray]]:
        from pyogrio import raw

        result = raw.read(
            self.path,
            layer=self.name,
            encoding=self._transport,
            force_2d=True,
            skip_features=start,
            max_features=size,
        )
        return result[2], result[3]

    def _decode(self, column: np.ndarray, start: int, problems: dict[int, str]) -> np.ndarray:
        """The column decoded; equal values once."""
        codec = self.encoding.codec if self.encoding else "utf-8"
        known: dict[str, tuple[str, bool]] = {}
        decoded = column.copy()
        for index, value in enumerate(column):
            if not isinstance(value, str) or value.isascii():
                continue
            if value not in known:
                known[value] = text.decode(value.encode("latin-1", errors="replace"), codec)
            decoded[index], whole = known[value]
            if not whole:
                problems[start + 1 + index] = _(
                    "The text “%(text)s” has characters that are not %(encoding)s."
                ) % {"text": decoded[index], "encoding": text.display_name(codec)}
        return decoded
