"""Importers of relocation sites and of the centres of places. 中文：安置点台账、驻地位置导入"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.gis.geos import Point
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assets.kinds import SITE, SITE_FIGURES
from assets.models import Centre
from assets.rules.site_people import counts_problem
from assets.services.changes import take_back_ledger
from assets.services.own import take_back
from assets.services.roads import place_centres, read_network, take_back_centres
from assets.services.sites import register_sites
from registry.codes import Level, UnitKind
from registry.models import Act, Division, ImportBatch, ImportRow, RowAction, Unit, User
from registry.queries.places import plain

from .columns_networks import CENTRE_TABLE, SITE_TABLE
from .judging import Judge
from .ledger import LedgerImporter
from .own_values import compare, said, write
from .sheetrow import SheetRow, plain_value
from .where import PlaceProblem

COUNTED = ("households", "people", "registered_households", "registered_people")


class SitesImporter(LedgerImporter):
    """Relocation sites with the figures of a month. 中文：易地扶贫搬迁安置点台账"""

    kind = "ledger:relocation_sites"
    label = gettext_lazy("ledger of relocation sites")
    table = SITE_TABLE

    def judge(self, rows: Sequence[SheetRow], judge: Judge, batch: ImportBatch) -> dict[str, Any]:
        for row in rows:
            _judge(row, judge)
        _refuse_twins(rows)
        _match(rows)
        compare(SITE, rows, "own")
        compare(SITE_FIGURES, [row for row in rows if row.good and row.values["figures"]], "figures")
        return {"sites": len({row.values.get("name") for row in rows if row.good})}

    def apply(self, batch: ImportBatch, *, by: User | None) -> None:
        staged = list(batch.staged.filter(action=RowAction.CREATE).order_by("id"))
        places = Division.objects.in_bulk({row.values["division"] for row in staged})
        sites = {_site_key(row.values): row.values for row in staged}  # several months of one site
        made = register_sites(
            [(said["name"], places[said["division"]], said["code"]) for said in sites.values()],
            by=by,
            batch=batch,
            reason=_("imported from %(file)s") % {"file": batch.file.name},
        )
        units = dict(zip(sites, made, strict=True))
        for row in staged:
            row.unit_id = units[_site_key(row.values)].pk
        ImportRow.objects.bulk_update(staged, ["unit"], batch_size=500)
        write(SITE, batch, "own", by)
        write(SITE_FIGURES, batch, "figures", by)

    def reverse(self, batch: ImportBatch, *, by: User | None, act: Act) -> None:
        take_back(batch, act)
        take_back_ledger(batch=batch, act=act)


def _site_key(values: dict[str, Any]) -> tuple[str, int]:
    """What tells the sites of a file apart."""
    return values["code"] or plain(values["name"]), values["division"]


def _judge(row: SheetRow, judge: Judge) -> None:
    own, counted = said(SITE, row), said(SITE_FIGURES, row, without=("remark",))
    row.values |= {
        "name": row.text("name", 200),
        "code": row.text("site_code", 40),
        "own": {name: plain_value(value) for name, value in own.items()},
        "figures": {name: plain_value(value) for name, value in counted.items()},
    }
    if counted and "on" not in counted:
        row.values["figures"]["on"] = judge.ledger_day.isoformat()
    if list(row.values["figures"]) == ["on"]:
        row.values["figures"] = {}
    if not row.values["name"] and not row.broken("name"):
        row.refuse("name", "no_name", _("The site has no name."))
    try:
        place = judge.find_place(row)
    except PlaceProblem as problem:
        row.refuse(problem.field, problem.code, problem)
        return
    row.values["division"] = place.pk
    if row.values["figures"] and not row.errors:
        _judge_counts(row, judge, place)


def _judge_counts(row: SheetRow, judge: Judge, place: Division) -> None:
    """REL-01 refuses counts from after go-live; earlier ones are recorded as they are."""
    figures = SITE_FIGURES.model(**{name: row.get(name) for name in row.values["figures"] if name != "on"})
    if not counts_problem(figures):  # type: ignore[arg-type]
        return
    day = row.date("on") or judge.ledger_day
    message = _("REL-01: registered and accompanying households and people must make the total. Correct it.")
    (row.refuse if judge.after_go_live(place, day) else row.remark)("households", "REL-01", message)


def _refuse_twins(rows: Sequence[SheetRow]) -> None:
    first: dict[Any, SheetRow] = {}
    for row in rows:
        if not row.good:
            continue
        day = row.values["figures"].get("on")
        key = (*_site_key(row.values), day)
        known = first.setdefault(key, row)
        if known is not row:
            row.refuse(
                "name",
                "duplicate_row",
                _("Row %(row)d says the same of this site.") % {"row": known.source.row},
            )


def _match(rows: Sequence[SheetRow]) -> None:
    """The sites of the rows by code, else by name and place. One query."""
    sites = Unit.objects.in_force().filter(kind=UnitKind.RELOCATION_SITE)
    by_code: dict[str, Unit] = {}
    by_name: dict[tuple[str, int], Unit] = {}
    for unit in sites:
        by_code[unit.code] = unit
        by_name[plain(unit.name), unit.division_id] = unit
    for row in rows:
        if not row.good:
            row.action = RowAction.REJECT
            continue
        found = by_code.get(row.values["code"]) or by_name.get(
            (plain(row.values["name"]), row.values["division"])
        )
        row.unit_id = found.pk if found else None
        row.action = RowAction.KEEP if found else RowAction.CREATE


class CentresImporter(LedgerImporter):
    """Where people live: the middle of natural villages, the seats of townships. 中文：驻地位置"""

    kind = "ledger:centres"
    verb = "import_ledger"
    label = gettext_lazy("centres of villages and townships")
    table = CENTRE_TABLE

    def judge(self, rows: Sequence[SheetRow], judge: Judge, batch: ImportBatch) -> dict[str, Any]:
        for row in rows:
            _judge_centre(row, judge)
        known = {
            centre.division_id: [centre.geom.x, centre.geom.y]
            for centre in Centre.objects.in_force().filter(
                division__in=[r.values.get("division") for r in rows if r.good]
            )
        }
        for row in rows:
            if not row.good:
                row.action = RowAction.REJECT
                continue
            there = known.get(row.values["division"])
            same = there == row.values["point"]
            row.values["changes"] = {} if same or there is None else {"place": [there, row.values["point"]]}
            row.action = RowAction.KEEP if same else RowAction.CHANGE if there else RowAction.CREATE
        return {}

    def apply(self, batch: ImportBatch, *, by: User | None) -> None:
        staged = list(batch.staged.filter(action__in=[RowAction.CREATE, RowAction.CHANGE]).order_by("id"))
        places = Division.objects.in_bulk([row.values["division"] for row in staged])
        rows = [
            (places[r.values["division"]], Point(r.values["point"][0], r.values["point"][1], srid=4490))
            for r in staged
        ]
        place_centres(rows, by=by, batch=batch)
        read_network()

    def reverse(self, batch: ImportBatch, *, by: User | None, act: Act) -> None:
        take_back_centres(batch, act)


def _judge_centre(row: SheetRow, judge: Judge) -> None:
    lon, lat = row.get("longitude"), row.get("latitude")
    row.values["point"] = [float(lon), float(lat)] if lon is not None and lat is not None else None
    if row.values["point"] is None and not row.errors:
        row.refuse("longitude", "no_point", _("Longitude and latitude are missing."))
    try:
        place = judge.find_place(row)
    except PlaceProblem as problem:
        row.refuse(problem.field, problem.code, problem)
        return
    name = row.text("natural_village", 120)
    if name and place.level == Level.VILLAGE:
        inner = [child for child in judge.places.children[place.pk] if plain(child.name) == plain(name)]
        if len(inner) != 1:
            row.refuse("natural_village", "place_unknown", _("%(village)s has no natural village %(name)s.")
                       % {"village": place.name, "name": name})  # fmt: skip
            return
        place = inner[0]
    row.values |= {"division": place.pk, "name": place.name}
