"""GeoJSON, parsed by json and shapely alone: no string of the file reaches GDAL. 中文：GeoJSON 读取

RFC 7946 says longitude and latitude on WGS 84; a ``crs`` member is obeyed only where it is one of the known
names of a coordinate system (urn:ogc:def:crs:EPSG::4490, EPSG:4544, CRS84, ...).
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext as _
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from .errors import EmptyLayer, FileTooLarge, UnreadableLayer
from .source import Batch, drop_z

MAX_BYTES = 128 * 1024**2
KNOWN_CRS = re.compile(
    r"^(?:urn:(?:ogc|x-ogc):def:crs:EPSG:[\d.]*:|EPSG:|http://www\.opengis\.net/def/crs/EPSG/0/)(\d{4,6})$"
)
CRS84 = re.compile(r"CRS:?84$|/CRS84$")
SHAPE_ERRORS = (
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    IndexError,
    RecursionError,
    shapely.errors.ShapelyError,
)


class GeoJsonSource:
    """All features of one GeoJSON text, in memory."""

    def __init__(self, path: Path, encoding: str | None = None) -> None:
        self.path = path
        self.notes: list[str] = []
        self.name = path.stem
        self.layers = [self.name]
        document = self._parse(encoding)
        self.srid_member, self.crs_text = self._crs(document)
        self._features = list(self._members(document))
        if not self._features:
            raise EmptyLayer(_("%(name)s holds no feature.") % {"name": path.name})
        self.feature_count = len(self._features)
        self._build()

    def _parse(self, encoding: str | None) -> dict[str, Any]:
        if self.path.stat().st_size > MAX_BYTES:
            raise FileTooLarge(
                _("%(name)s is larger than %(limit)d MB. Send it as a GeoPackage.")
                % {"name": self.path.name, "limit": MAX_BYTES // 1024**2}
            )
        content = _decode(self.path, encoding)
        try:
            document = json.loads(content)
        except (ValueError, RecursionError) as error:
            raise UnreadableLayer(
                _("%(name)s is not valid JSON: %(where)s.") % {"name": self.path.name, "where": _where(error)}
            ) from error
        if not isinstance(document, dict) or "type" not in document:
            raise UnreadableLayer(_("%(name)s is JSON, but not GeoJSON.") % {"name": self.path.name})
        return document

    def _crs(self, document: dict[str, Any]) -> tuple[int | None, str]:
        """The SRID a known ``crs`` member names, and the member as text."""
        member = document.get("crs")
        properties = member.get("properties") if isinstance(member, dict) else None
        name = str(properties.get("name", "")) if isinstance(properties, dict) else ""
        match = KNOWN_CRS.match(name)
        if match:
            return int(match[1]), name
        if name and not CRS84.search(name):
            self.notes.append(
                _("The coordinate system “%(name)s” in the file is not a known one.") % {"name": name[:80]}
            )
            return None, name[:200]
        return 4326 if name else None, name

    def _members(self, document: dict[str, Any]) -> Iterator[dict[str, Any]]:
        kind = document.get("type")
        if kind == "FeatureCollection":
            features = document.get("features")
            if not isinstance(features, list):
                raise UnreadableLayer(_("%(name)s has no list of features.") % {"name": self.path.name})
            yield from (f if isinstance(f, dict) else {} for f in features)
        elif kind == "Feature":
            yield document
        elif "coordinates" in document or "geometries" in document:
            yield {"type": "Feature", "properties": {}, "geometry": document}
        else:
            raise UnreadableLayer(_("%(name)s is JSON, but not GeoJSON.") % {"name": self.path.name})

    def _build(self) -> None:
        self._problems: dict[int, str] = {}
        built = np.empty(self.feature_count, dtype=object)
        for index, feature in enumerate(self._features):
            built[index] = self._shape(index + 1, feature.get("geometry"))
        self._geometries, had_z = drop_z(built)
        if had_z:
            self.notes.append(_("The layer has heights or measures; they are dropped."))
        kinds = sorted({g.geom_type for g in self._geometries if g is not None})
        self.geometry_type = kinds[0] if len(kinds) == 1 else "Unknown"
        bounds = shapely.bounds(self._geometries)
        finite = bounds[np.isfinite(bounds).all(axis=1)]
        self.bounds = (
            (*finite[:, :2].min(axis=0).tolist(), *finite[:, 2:].max(axis=0).tolist())
            if len(finite)
            else None
        )
        names: dict[str, None] = {}
        for feature in self._features:
            names.update(dict.fromkeys(str(key) for key in self._attributes(feature)))
        self.fields = list(names)

    def _shape(self, number: int, geometry: Any) -> BaseGeometry | None:
        if not geometry:
            self._problems[number] = _("The feature has no shape.")
            return None
        try:
            return shape(geometry)
        except SHAPE_ERRORS:
            self._problems[number] = _("The shape is broken: its coordinates do not form a geometry.")
            return None

    @staticmethod
    def _attributes(feature: dict[str, Any]) -> dict[str, Any]:
        properties = feature.get("properties")
        attributes = dict(properties) if isinstance(properties, dict) else {}
        if "id" in feature and "id" not in attributes:
            attributes["id"] = feature["id"]
        return attributes

    def read(self, start: int, size: int) -> Batch:
        """Features ``start`` (from 0) and following, at most ``size``."""
        part = self._features[start : start + size]
        attributes = [self._attributes(feature) for feature in part]
        columns: dict[str, np.ndarray] = {}
        for name in self.fields:
            columns[name] = np.empty(len(part), dtype=object)
            columns[name][:] = [_plain(values.get(name)) for values in attributes]
        numbers = np.arange(start + 1, start + 1 + len(part))
        problems = {n: why for n, why in self._problems.items() if start < n <= start + len(part)}
        return Batch(numbers, columns, self._geometries[start : start + size], problems)


def _plain(value: Any) -> Any:
    """A value a column can hold; halves of surrogate pairs and NUL cannot be stored as text."""
    if isinstance(value, (dict, list)):
        value = json.dumps(value, ensure_ascii=False)
    if isinstance(value, str):
        return value.encode("utf-8", errors="replace").decode("utf-8").replace("\0", "")
    return value


def _decode(path: Path, encoding: str | None) -> str:
    """UTF-8 as the standard says; GB18030 where old tools wrote it. :raises UnreadableLayer:"""
    raw = path.read_bytes()
    for codec in [encoding] if encoding else ["utf-8-sig", "gb18030"]:
        try:
            return raw.decode(codec)
        except (UnicodeDecodeError, LookupError):
            continue
    raise UnreadableLayer(
        _("%(name)s is not valid JSON: %(where)s.")
        % {"name": path.name, "where": _("its text is neither UTF-8 nor GB18030")}
    )


def _where(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return _("line %(line)d, column %(column)d") % {"line": error.lineno, "column": error.colno}
    if isinstance(error, RecursionError):
        return _("it is nested too deeply")
    return _("a number in it is too long")
