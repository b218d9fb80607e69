"""Put an inspection pack together: chunks of assets, one file after the other. 中文：资料包生成

Memory does not grow with the pack: assets are read in chunks, files are copied block by block, and the list
of hashes and the contents wait on the disk until they are written.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.translation import gettext as _

from assets import pack as packing
from assets.models import Asset, InspectionPack, PackState
from assets.pack import Item, Reading
from registry import clock
from registry.errors import RegistryError

CHUNK, KEPT_DAYS = 50, 30
BLOCK = 1 << 20


def path_of(pack: InspectionPack) -> Path:
    """Where the file of a pack lies: beside the evidence, never among it (it can be made again)."""
    return settings.FILES_DIR.parent / "packs" / f"{pack.pk}.zip"


def build(pack: InspectionPack) -> InspectionPack:
    """Put a pack together and write it to the disk. Raises ``RegistryError`` where nothing is left of it."""
    InspectionPack.objects.filter(pk=pack.pk).update(state=PackState.BUILDING, done=0, problem="")
    clear_old()
    target = path_of(pack)
    target.parent.mkdir(parents=True, exist_ok=True)
    with _Writer(target.with_suffix(".part")) as writer:
        lacking = _assets(pack, writer)
        writer.finish(pack)
    writer.path.replace(target)
    with target.open("rb") as whole:
        digest = hashlib.file_digest(whole, "sha256").hexdigest()
    pack.state, pack.ready_at, pack.done = PackState.READY, clock.now(), len(pack.units)
    pack.files, pack.lacking, pack.size, pack.sha256 = writer.count, lacking, target.stat().st_size, digest
    pack.save(update_fields=["state", "ready_at", "done", "files", "lacking", "size", "sha256"])
    return pack


def _assets(pack: InspectionPack, writer: _Writer) -> int:
    """The folders, chunk by chunk, with their lines of the contents; how many assets lack something."""
    reading = Reading(day=clock.today(), names=pack.names, user=pack.made_by)
    rows = Asset.objects.select_related("unit__division__parent", "project__unit")
    if pack.made_by is not None:
        rows = rows.visible_to(pack.made_by)
    number = lacking = 0
    for first in range(0, len(pack.units), CHUNK):
        keys = pack.units[first : first + CHUNK]
        assets = sorted(rows.filter(unit__in=keys, unit__annulled=None), key=lambda asset: asset.unit.code)
        items, missing = _collect(assets, reading)
        for asset in assets:
            number += 1
            folder = f"{number:05d}_{safe(asset.unit.code)}_{safe(asset.unit.name)}"
            written = [writer.add(f"{folder}/{item.name}", item) for item in items.get(asset.unit_id, [])]
            lost = [name for name, fine in written if not fine]
            lack = [*missing.get(asset.unit_id, []), *(_("file lost: %(name)s") % {"name": n} for n in lost)]
            lacking += bool(lack)
            writer.say(number, asset, len(written) - len(lost), lack)
        InspectionPack.objects.filter(pk=pack.pk).update(done=min(first + CHUNK, len(pack.units)))
    if not number:
        raise RegistryError(_("None of these assets can be seen any more."), "nothing")
    return lacking


def _collect(assets: Sequence[Asset], reading: Reading) -> tuple[dict[int, list[Item]], dict[int, list[str]]]:
    """The files of a chunk by asset, in the order of the parts, and what is missing."""
    items: dict[int, list[Item]] = {}
    missing: dict[int, list[str]] = {}
    for part in packing.parts():
        found = part.collect(assets, reading)
        for asset in assets:
            own = found.items.get(asset.unit_id, [])
            items.setdefault(asset.unit_id, []).extend(own)
            lack = found.missing.get(asset.unit_id, [])
            if not own and part.needed(asset):
                lack = [str(part.label), *lack]
            missing.setdefault(asset.unit_id, []).extend(lack)
    return items, missing


def safe(name: str) -> str:
    """A name as a folder may be called on any system."""
    clean = "".join("_" if sign in '\\/:*?"<>|' or ord(sign) < 32 else sign for sign in name)
    return clean.strip(". ")[:60] or "_"


class _Writer:
    """A ZIP on its way to the disk: each file once, its hash beside it, one block in memory at a time."""

    def __init__(self, path: Path) -> None:
        self.path, self.count = path, 0
        self.names: set[str] = set()

    def __enter__(self) -> _Writer:
        self.zip = zipfile.ZipFile(self.path, "w", allowZip64=True)
        self.sums = tempfile.TemporaryFile()
        self.lines = tempfile.TemporaryFile()
        return self

    def __exit__(self, *failed: Any) -> None:
        self.zip.close()
        self.sums.close()
        self.lines.close()
        if failed[0] is not None:
            self.path.unlink(missing_ok=True)

    def add(self, name: str, item: Item) -> tuple[str, bool]:
        """Write one file; False where its bytes are lost. A name that is taken gets a number."""
        name = self._free(name)
        how = zipfile.ZIP_STORED if item.packed else zipfile.ZIP_DEFLATED
        try:
            with _opened(item) as source:
                self._copy(name, source, how)
        except FileNotFoundError:
            return name, False
        return name, True

    def _free(self, name: str) -> str:
        stem, dot, ending = name.rpartition(".")
        tried, number = name, 1
        while tried in self.names:
            number += 1
            tried = f"{stem}_{number}{dot}{ending}"
        self.names.add(tried)
        return tried

    def _copy(self, name: str, source: Iterator[bytes], how: int) -> str:
        info = zipfile.ZipInfo(name, clock.now().timetuple()[:6])
        info.compress_type = how
        digest = hashlib.sha256()
        with self.zip.open(info, "w", force_zip64=True) as out:
            for block in source:
                digest.update(block)
                out.write(block)
        self.count += 1
        self.sums.write(f"{digest.hexdigest()}  {name}\n".encode())
        return digest.hexdigest()

    def say(self, number: int, asset: Asset, files: int, lack: list[str]) -> None:
        """The line of an asset in the contents."""
        row = "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n"
        unit = asset.unit
        words = "、".join(lack) or "—"
        self.lines.write(
            format_html(row, number, unit.name, unit.code, unit.division.name, files, words).encode()
        )

    def finish(self, pack: InspectionPack) -> None:
        """Contents, hashes, and what the pack is."""
        context = {"pack": pack, "day": clock.today(), "count": len(pack.units)}
        head = render_to_string("assets/pack/contents.html", context)
        self._copy(f"{_('contents')}.html", _blocks(self.lines, head.encode(), b"</table></body></html>"),
                   zipfile.ZIP_DEFLATED)  # fmt: skip
        self.sums.seek(0)
        sums = hashlib.file_digest(self.sums, "sha256").hexdigest()
        manifest = {
            "title": pack.title,
            "division": pack.division.name,
            "filter": pack.query,
            "matched": pack.matched,
            "assets": len(pack.units),
            "seed": pack.seed,
            "names": pack.names,
            "asked_by": pack.made_by.get_full_name() if pack.made_by else None,
            "made_at": clock.now().isoformat(),
            "files": self.count,
            "sha256sums": sums,
        }
        self.zip.writestr("SHA256SUMS.txt", b"".join(_blocks(self.sums)), zipfile.ZIP_DEFLATED)
        self.zip.writestr("manifest.json", json.dumps(manifest, ensure_ascii=False, indent=1))


@contextmanager
def _opened(item: Item) -> Iterator[Iterator[bytes]]:
    """The bytes of a file, block by block."""
    if isinstance(item.content, Path):
        with item.content.open("rb") as source:
            yield iter(lambda: source.read(BLOCK), b"")
        return
    yield iter([item.content if isinstance(item.content, bytes) else item.content()])


def _blocks(file: Any, before: bytes = b"", after: bytes = b"") -> Iterator[bytes]:
    file.seek(0)
    yield before
    yield from iter(lambda: file.read(BLOCK), b"")
    yield after


def clear_old() -> None:
    """Clear packs away that are older than a month; their rows stay."""
    limit = clock.now() - dt.timedelta(days=KEPT_DAYS)
    for old in InspectionPack.objects.filter(state=PackState.READY, ready_at__lt=limit).defer("units"):
        path_of(old).unlink(missing_ok=True)
        InspectionPack.objects.filter(pk=old.pk).update(state=PackState.CLEARED)
