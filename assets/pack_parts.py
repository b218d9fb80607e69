"""The parts of an inspection pack that the register has: card, map, pictures, papers, notices, inspections.

中文：一资一档：资产卡、图形、照片、依据、合同、公示、巡查
"""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assets import pack
from assets.codes import AssetClass
from assets.models import Asset, Inspection, StocktakeCount, UpkeepTerms
from assets.pack import Collected, Item, Part, Reading
from assets.papers import entries_of, facts
from assets.sketch import sketch
from projects.models import FundingLine
from registry import display
from registry.codes import PRIVATE_KINDS, EntryCode, EntryKind
from registry.models import Act, Entry, Finding, Notice, Shape, SourceFile, SourceKind
from registry.queries.findings import sentence
from registry.rules.secrets import masked_text
from registry.services.files import path_of

INSPECTIONS = 200  # of one asset, the newest


def _of_units(rows: Iterable[Any], key: str = "unit_id") -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[getattr(row, key)].append(row)
    return found


def person(name: str, kind: str, reading: Reading) -> str:
    """A holder's name; a private person's is masked unless names may be written out."""
    return name if reading.names or kind not in PRIVATE_KINDS else display.masked(name)


# --- the card


def card(assets: Sequence[Asset], reading: Reading) -> Collected:
    """What the register says of the asset, on one printable page. Six queries."""
    units = [asset.unit_id for asset in assets]
    held = entries_of(units, *EntryCode.values)
    terms = {row.entry_id: row for row in UpkeepTerms.objects.filter(entry__unit__in=units)}
    money = _of_units(FundingLine.objects.in_force().filter(unit__in=units).order_by("id"))
    counts = StocktakeCount.objects.in_force().filter(line__unit__in=units).select_related("line__stocktake")
    counted = defaultdict(list)
    for count in counts.order_by("-counted_on", "-pk"):
        counted[count.line.unit_id].append(count)
    open_ones = Finding.objects.open().filter(unit__in=units).defer("place").order_by("severity", "since")
    found = _of_units(open_ones)
    made = Collected()
    for asset in assets:
        unit = asset.unit_id
        entries = held.get(unit, [])
        context = {
            "asset": asset,
            "facts": facts(asset),
            "rights": [_entry(entry, reading) for entry in entries if entry.kind != EntryKind.DUTY],
            "duties": [_entry(entry, reading, terms) for entry in entries if entry.kind == EntryKind.DUTY],
            "funding": [(line.get_source_display(), line.amount) for line in money[unit]],
            "counts": counted[unit],
            "findings": [sentence(finding) for finding in found[unit]],
            "day": reading.day,
        }
        made.add(unit, Item(_("asset card") + ".html", _page("assets/pack/card.html", context)))
        _say_missing(made, asset, entries)
    return made


def _page(template: str, context: dict[str, Any]) -> Any:
    return lambda: render_to_string(template, context).encode()


def _entry(entry: Entry, reading: Reading, terms: dict[int, UpkeepTerms] | None = None) -> dict[str, Any]:
    agent = entry.agent
    return {
        "what": entry.get_code_display(),
        "holder": person(entry.party.name, entry.party.kind, reading),
        "agent": person(agent.name, agent.kind, reading) if agent else "",
        "share": display.share(entry),
        "valid": display.period(entry.valid),
        "paper": (entry.source.number or entry.source.title) if entry.source else "",
        "terms": (terms or {}).get(entry.pk),
    }


def _say_missing(made: Collected, asset: Asset, entries: list[Entry]) -> None:
    codes = {entry.code for entry in entries}
    if EntryCode.OWNERSHIP not in codes:
        made.lack(asset.unit_id, _("owner"))
    if asset.asset_class == AssetClass.PUBLIC_WELFARE and EntryCode.UPKEEP not in codes:
        made.lack(asset.unit_id, _("upkeep body"))
    if asset.original_value is None:
        made.lack(asset.unit_id, _("original value (yuan)"))


# --- the map


def place(assets: Sequence[Asset], reading: Reading) -> Collected:
    """The geometry of record as GeoJSON (EPSG:4490) and as a sketch with its scale. One query."""
    made = Collected()
    shapes = Shape.objects.on(reading.day).filter(unit__in=[asset.unit_id for asset in assets])
    by_unit = {asset.unit_id: asset for asset in assets}
    for shape in shapes:
        asset = by_unit[shape.unit_id]
        feature = {
            "type": "Feature",
            "properties": {
                "code": asset.unit.code,
                "name": asset.unit.name,
                "method": shape.method,
                "area_m2": shape.area_m2,
                "length_m": shape.length_m,
            },
            "geometry": json.loads(shape.geom.json),
        }
        crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}}
        text = json.dumps(
            {"type": "FeatureCollection", "crs": crs, "features": [feature]}, ensure_ascii=False
        )
        made.add(shape.unit_id, Item(_("geometry") + ".geojson", text.encode()))
        picture = render_to_string("assets/pack/sketch.svg", sketch(shape.geom, asset.unit.name))
        made.add(shape.unit_id, Item(_("sketch") + ".svg", picture.encode()))
    return made


# --- pictures and papers


def _sources(units: list[int]) -> dict[int, dict[int, Any]]:
    """The documents on which each asset rests: of its entries, shapes, acts, counts. Four queries."""
    found: dict[int, dict[int, Any]] = defaultdict(dict)
    for model in (Entry, Shape):
        rows = model.objects.in_force().filter(unit__in=units, source__isnull=False).only("unit_id", "source")
        for row in rows.select_related("source"):
            found[row.unit_id][row.source_id] = row.source
    for act in Act.objects.filter(unit__in=units, source__isnull=False).select_related("source"):
        if act.unit_id is not None:
            found[act.unit_id][act.source_id] = act.source  # type: ignore[index]
    counts = StocktakeCount.objects.in_force().filter(line__unit__in=units, source__isnull=False)
    for count in counts.select_related("line", "source"):
        found[count.line.unit_id][count.source_id] = count.source  # type: ignore[index]
    return found


def documents(assets: Sequence[Asset], reading: Reading) -> Collected:
    """Pictures, contracts and other papers, byte for byte; a paper without a file is said. Five queries."""
    made = Collected()
    sources = _sources([asset.unit_id for asset in assets])
    keys = {key for found in sources.values() for key in found}
    files = SourceFile.objects.filter(source__in=keys).select_related("file").order_by("id")
    by_source = _of_units(files, "source_id")
    for asset in assets:
        pictures = 0
        for key, source in sources.get(asset.unit_id, {}).items():
            for kept in by_source.get(key, []):
                image = kept.media_type.startswith("image/")
                pictures += image
                made.add(asset.unit_id, _kept(kept, source, image))
            if key not in by_source:
                made.lack(asset.unit_id, _("file of: %(paper)s") % {"paper": source.number or source.title})
        if not pictures:
            made.lack(asset.unit_id, _("pictures"))
    return made


def _kept(kept: SourceFile, source: Any, image: bool) -> Item:
    folder = _("pictures") if image else _("papers")
    if source.kind == SourceKind.AGREEMENT:
        folder = _("contracts")
    name = PurePosixPath(kept.name or kept.file.name).name
    return Item(f"{folder}/{kept.pk}_{name}", path_of(kept.file), packed=True)


# --- notices, inspections


def notices(assets: Sequence[Asset], _reading: Reading) -> Collected:
    """Public notices of the asset with objections and answers; private numbers masked. Three queries."""
    made = Collected()
    units = {asset.unit_id for asset in assets}
    rows = Notice.objects.in_force().filter(units__in=units).distinct().order_by("opened_on", "id")
    for notice in rows.select_related("division").prefetch_related("units", "objections"):
        context = {"notice": notice, "text": masked_text(notice.text)}
        item = Item(
            f"{_('notices')}/{notice.pk}_{notice.opened_on}.html", _page("assets/pack/notice.html", context)
        )
        for unit in notice.units.all():
            if unit.pk in units:
                made.add(unit.pk, item)
    return made


def inspections(assets: Sequence[Asset], reading: Reading) -> Collected:
    """The newest inspections as a table. One query."""
    made = Collected()
    keys = [asset.unit_id for asset in assets]
    by_unit = _of_units(Inspection.objects.until(reading.day).filter(unit__in=keys))
    for unit, rows in by_unit.items():
        made.add(unit, Item(_("inspections") + ".csv", _table(rows[:INSPECTIONS], reading)))
    return made


def _table(rows: list[Inspection], reading: Reading) -> bytes:
    out = io.StringIO()
    sheet = csv.writer(out)
    sheet.writerow(
        [_("inspected on"), _("inspector"), _("condition"), _("defect"), _("handled on"), _("remark")]
    )
    for row in rows:
        who = row.inspector if reading.names else display.masked(row.inspector)
        sheet.writerow(
            [row.inspected_on, who, row.get_condition_display(), row.defect, row.handled_on or "", row.remark]
        )
    return b"\xef\xbb\xbf" + out.getvalue().encode()


pack.register(
    Part(key="card", label=gettext_lazy("asset card"), order=10, collect=card, needed=lambda _asset: True),
    Part(
        key="place",
        label=gettext_lazy("map and geometry"),
        order=20,
        collect=place,
        needed=lambda asset: asset.unit.shape_need == "required",
    ),
    Part(
        key="documents",
        label=gettext_lazy("papers"),
        order=30,
        collect=documents,
        needed=lambda _asset: True,
    ),
    Part(key="notices", label=gettext_lazy("public notices"), order=50, collect=notices),
    Part(
        key="inspections",
        label=gettext_lazy("inspections"),
        order=60,
        collect=inspections,
        needed=lambda asset: asset.asset_class == AssetClass.PUBLIC_WELFARE,
    ),
)
