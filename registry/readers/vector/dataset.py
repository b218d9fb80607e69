"""Which dataset is in this file, folder or archive? 中文：识别数据文件

The kind is decided by suffix *and* by the first bytes, because GDAL opens a file by its content and would
follow what a disguised one points to.
"""

import struct
import tempfile
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from registry.readers.archive import unpack

from .boundary_text import MARK, is_boundary_text
from .dbf import read_dbf
from .errors import FileTooLarge, SeveralLayers, UnreadableLayer

MAX_BYTES = 2 * 1024**3
SUFFIXES = {
    ".shp": "shp", ".gpkg": "gpkg", ".geojson": "geojson", ".json": "geojson", ".kml": "kml", ".txt": "txt",
}  # fmt: skip
ARCHIVES = {".zip", ".kmz"}
SHP_MAGIC = struct.pack(">i", 9994)


@dataclass(frozen=True)
class Dataset:
    """A dataset on disk: ``kind`` is shp, gpkg, gdb, geojson, kml or txt; ``label`` its name for people."""

    kind: str
    path: Path

    @property
    def label(self) -> str:
        """What the user called it."""
        return self.path.name


def find_dataset(path: Path, layer: str | None) -> tuple[Dataset, tempfile.TemporaryDirectory | None]:
    """The dataset meant by ``path`` (and ``layer``), unpacked where needed.

    :raises UnreadableLayer, SeveralLayers, FileTooLarge, ReadError:
    """
    if not path.exists():
        raise UnreadableLayer(_("%(name)s does not exist.") % {"name": path.name})
    if path.is_file() and path.stat().st_size > MAX_BYTES:
        raise FileTooLarge(
            _("%(name)s is larger than %(limit)d MB. Send it by township.")
            % {"name": path.name, "limit": MAX_BYTES // 1024**2}
        )
    suffix = path.suffix.lower()
    if path.is_dir() and suffix == ".gdb":
        return _checked(Dataset("gdb", path)), None
    if path.is_dir():
        return _checked(_choose(path, layer, path.name)), None
    if suffix in ARCHIVES:
        folder = tempfile.TemporaryDirectory(prefix="layer-")
        try:
            unpack(path, Path(folder.name))
            return _checked(_choose(Path(folder.name), layer, path.name)), folder
        except BaseException:
            folder.cleanup()
            raise
    if suffix in SUFFIXES:
        return _checked(Dataset(SUFFIXES[suffix], path)), None
    raise UnreadableLayer(
        _("%(name)s is not a layer this program reads. It takes shapefiles (zipped, all parts), "
          "GeoPackage, File Geodatabase, GeoJSON, KML and boundary points (TXT).") % {"name": path.name},
        code="unknown_format",
    )  # fmt: skip


def _datasets_in(folder: Path) -> list[Dataset]:
    found: list[Dataset] = []
    for place in sorted(folder.rglob("*")):
        inside_gdb = any(parent.suffix.lower() == ".gdb" for parent in place.relative_to(folder).parents)
        if inside_gdb or place.name.startswith("._"):
            continue
        if place.is_dir() and place.suffix.lower() == ".gdb":
            found.append(Dataset("gdb", place))
        elif place.suffix.lower() == ".txt" and not is_boundary_text(place):
            continue
        elif place.is_file() and place.suffix.lower() in SUFFIXES:
            found.append(Dataset(SUFFIXES[place.suffix.lower()], place))
    return found


def _choose(folder: Path, layer: str | None, label: str) -> Dataset:
    found = _datasets_in(folder)
    if not found:
        raise UnreadableLayer(
            _("%(name)s holds no layer: a .shp with .shx and .dbf, a .gpkg, .gdb, .geojson or .kml.")
            % {"name": label}
        )
    chosen = [d for d in found if layer in (d.path.stem, d.path.name)] if layer else found
    if not chosen and len(found) == 1:
        return found[0]
    if len(chosen) == 1:
        return chosen[0]
    names = [d.path.stem for d in found]
    raise SeveralLayers(
        _("%(name)s holds several layers: %(layers)s. Choose one.")
        % {"name": label, "layers": "、".join(names)},
        proposals=names,
    )


def _checked(dataset: Dataset) -> Dataset:
    checks = {
        "shp": _check_shapefile,
        "gpkg": _check_geopackage,
        "kml": _check_kml,
        "gdb": _check_gdb,
        "txt": _check_boundary_text,
    }
    check = checks.get(dataset.kind)
    if check:
        check(dataset.path)
    return dataset


def _starts_with(path: Path, magic: bytes) -> bool:
    with path.open("rb") as stream:
        return stream.read(len(magic)) == magic


def part_of(path: Path, suffix: str) -> Path | None:
    """The sibling of a .shp with this suffix, in whatever case."""
    wanted = (path.stem + suffix).lower()
    return next((p for p in path.parent.iterdir() if p.name.lower() == wanted), None)


def _check_shapefile(path: Path) -> None:
    parts = {suffix: part_of(path, suffix) for suffix in (".shx", ".dbf")}
    missing = [suffix for suffix, part in parts.items() if part is None]
    if missing:
        raise UnreadableLayer(
            _("%(name)s came without %(parts)s. A shapefile is several files: send them together, zipped.")
            % {"name": path.name, "parts": "、".join(missing)},
            code="parts_missing",
        )
    if not _starts_with(path, SHP_MAGIC):
        raise UnreadableLayer(_("%(name)s is not a shapefile, whatever its name says.") % {"name": path.name})
    shx, dbf = parts[".shx"], parts[".dbf"]
    shapes = max(0, (shx.stat().st_size - 100) // 8) if shx else 0
    records = read_dbf(dbf).records if dbf else 0
    if shapes != records:
        raise UnreadableLayer(
            _("%(name)s has %(shapes)d shapes but %(records)d attribute rows: "
              "its parts come from different exports. Export it again.")
            % {"name": path.name, "shapes": shapes, "records": records},
            code="parts_differ",
        )  # fmt: skip


def _check_geopackage(path: Path) -> None:
    if not _starts_with(path, b"SQLite format 3\0"):
        raise UnreadableLayer(
            _("%(name)s is not a GeoPackage, whatever its name says.") % {"name": path.name}
        )


def _check_kml(path: Path) -> None:
    with path.open("rb") as stream:
        start = stream.read(4096)
        rest = stream.read()
    lowered = start.lower()
    if b"<!doctype" in lowered or b"<!entity" in lowered or b"<!entity" in rest.lower():
        raise UnreadableLayer(
            _("%(name)s declares XML entities; such a KML is not opened.") % {"name": path.name}
        )
    if b"<kml" not in lowered:
        raise UnreadableLayer(_("%(name)s is not a KML file, whatever its name says.") % {"name": path.name})


def _check_boundary_text(path: Path) -> None:
    if not is_boundary_text(path):
        raise UnreadableLayer(
            _("%(name)s is not a file of boundary points: it has no section %(mark)s.")
            % {"name": path.name, "mark": MARK},
            code="unknown_format",
        )


def _check_gdb(path: Path) -> None:
    if not any(p.suffix.lower() == ".gdbtable" for p in path.iterdir()):
        raise UnreadableLayer(
            _("%(name)s is not a File Geodatabase: its .gdbtable files are missing. Pack the whole folder.")
            % {"name": path.name}
        )
