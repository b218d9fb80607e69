"""What the assets app puts on the workbench: inspections, defects, unplaced, income. 中文：工作台"""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db.models import Count, QuerySet, Sum, Value
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assets import due, queries
from assets.codes import AssetClass
from assets.models import Asset, Inspection
from registry import badges, display, workbench
from registry.codes import EntryCode, Role
from registry.models import Finding, Unit
from registry.navigation import NavItem
from registry.navigation import register as register_entry
from registry.queries.at_desk import at_desk, counted
from registry.queries.findings import sentence
from registry.workbench import SHOWN, Desk, Figure, Queue, Remedy, Task

KEEPERS = frozenset({Role.ASSET_MANAGER})
INSPECTORS = frozenset({Role.ASSET_MANAGER, Role.CLERK})
FINANCE = frozenset({Role.FINANCE_OFFICER})
WATCHERS = frozenset({Role.ASSET_MANAGER, Role.COUNTY, Role.AUDITOR, Role.FINANCE_OFFICER, Role.CLERK})


def looked_after(desk: Desk) -> list[tuple[int, int | None, str, bool, str]]:
    """Key, days left, path of the place, whether somebody keeps it up, and class: of all that is inspected by
    rule or plan, the longest overdue first. Four queries a desk."""
    if "looked_after" not in desk.memory:
        asked = due.due_keys(clocks_of(desk), "division__path", "kept", "asset__asset_class")
        desk.memory["looked_after"] = desk.ask(asked, desk.day)
    return desk.memory["looked_after"]


def due_here(desk: Desk) -> list[tuple[int, str, int]]:
    """(key, path of the place, days left) of units that somebody keeps up and whose inspection falls due
    within two weeks or is overdue, by plan and limit; the longest overdue first."""
    if "due" not in desk.memory:
        desk.memory["due"] = [
            (key, path, left)
            for key, left, path, kept, _class in looked_after(desk)
            if kept and left is not None and left <= due.AHEAD
        ]
    return desk.memory["due"]


def clocks_of(desk: Desk) -> due.Clocks:
    """What places say of the day; read once a desk."""
    if "clocks" not in desk.memory:
        desk.memory["clocks"] = due.clocks_on(desk.day)
    return desk.memory["clocks"]


def due_by_place(desk: Desk) -> dict[str, tuple[int, int]]:
    """By the path of a place: inspections overdue, and due within two weeks."""
    late, soon = Counter[str](), Counter[str]()
    for _key, path, left in due_here(desk):
        (late if left < 0 else soon)[path] += 1
    return {path: (late[path], soon[path]) for path in late.keys() | soon.keys()}


def collect_inspections(desk: Desk) -> list[list[Task]]:
    """Inspections: the longest overdue first. The clerk walks; the manager sees only what is not overdue yet,
    because the overdue ones come to him as findings."""
    manager = Role.ASSET_MANAGER in desk.roles
    return [due_tasks(desk, [key for key, _path, left in due_here(desk) if left >= 0 or not manager][:SHOWN])]


def due_tasks(desk: Desk, keys: list[int]) -> list[Task]:
    """A task for each of these units, the longest overdue first. One query."""
    units = due.due_rows(clocks_of(desk))(desk.day, *keys) if keys else []
    return [inspection_task(unit) for unit in sorted(units, key=lambda unit: (unit.due_in, unit.code))]


def inspection_task(unit: Any) -> Task:
    late = unit.due_in < 0
    days = abs(unit.due_in)
    said = {
        (True, True): _("%(place)s: inspected last on %(last)s; due %(days)d days ago."),
        (True, False): _("%(place)s: inspected last on %(last)s; due in %(days)d days."),
        (False, True): _("%(place)s: never inspected; due %(days)d days ago."),
        (False, False): _("%(place)s: never inspected; due in %(days)d days."),
    }
    note = said[unit.last_inspection is not None, late]
    return Task(
        title=unit.name,
        note=note % {"place": unit.division.name, "last": display.day(unit.last_inspection), "days": days},
        url=reverse("record_inspection", args=[unit.pk]) + "?next=/",
        act=_("Inspect"),
        sign="eye",
        badge=badges.badge_of("upkeep", "overdue" if late else "due"),
    )


def collect_defects(desk: Desk) -> list[list[Task]]:
    """Defects that an inspection found and nobody has handled."""
    rows = queries.unhandled_defects(desk.scoped(Inspection.objects), desk.day)
    return [
        [
            Task(
                title=found.unit.name,
                note=_("%(day)s: %(defect)s")
                % {"day": display.day(found.inspected_on), "defect": found.defect},
                url=reverse("unit", args=[found.unit.code]),
                act=_("Have it repaired"),
                sign="tool",
                badge=badges.badge_of("condition", found.condition),
            )
            for found in rows[:SHOWN]
        ]
    ]


def collect_income(desk: Desk) -> list[list[Task]]:
    """Operating assets whose income belongs to nobody yet, and those whose income shares are not whole."""
    rows = queries.without_income(desk.scoped(Unit.objects), desk.day).select_related("division")
    missing = [
        Task(
            title=unit.name,
            note=_("%(place)s: an operating asset in use, and nobody owns its income in the register.")
            % {"place": unit.division.name},
            url=reverse("unit", args=[unit.code]),
            act=_("Look into it"),
            sign="money",
            badge=badges.Badge(_("income right missing"), "question", "todo"),
        )
        for unit in rows[:SHOWN]
    ]
    return [missing, _broken_shares(desk)]


def broken_shares(desk: Desk) -> Any:
    """Open findings on income shares that do not sum to 1."""
    rows = desk.scoped(Finding.objects.open()).filter(rule="RIG-02", details__code=EntryCode.INCOME)
    return rows.filter(unit__isnull=False)


def _broken_shares(desk: Desk) -> list[Task]:
    rows = broken_shares(desk).select_related("unit").defer("place").order_by("baseline", "since", "id")
    return [
        Task(
            title=found.unit.name,
            note=sentence(found),
            url=reverse("unit", args=[found.unit.code]),
            act=_("Look into it"),
            sign="money",
            badge=badges.Badge(_("income shares not whole"), "warning", "act"),
        )
        for found in rows[:SHOWN]
    ]


def _registered(here: Any) -> QuerySet:
    rows = here(Asset.objects).filter(unit__annulled=None, unit__left_on=None).order_by()
    sums = rows.values(together=Value(1)).annotate(n=Count("pk"), value=Sum("original_value"))
    return sums.values_list("n", "value")


_REGISTERED = at_desk(_registered, values=0)
_UNPLACED = at_desk(lambda here, day: counted(queries.unplaced(here(Unit.objects), day)))
_NO_INCOME = at_desk(lambda here, day: counted(queries.without_income(here(Unit.objects), day)))


def read_assets(desk: Desk) -> dict[str, Any]:
    n, value = next(iter(desk.ask(_REGISTERED)), (0, None))
    return {
        "label": _("Assets registered"),
        "value": n,
        "kind": "count",
        "icon_name": "ledger",
        "note": display.wan(value),
        "url": reverse("assets"),
    }


def keepers_by_place(desk: Desk) -> dict[str, int]:
    """By the path of a place: public-welfare assets that nobody keeps up, as ``queries.without_keeper``."""
    rows = looked_after(desk)
    bare = Counter(row[2] for row in rows if not row[3] and row[4] == AssetClass.PUBLIC_WELFARE)
    return dict(bare)


def read_keepers(desk: Desk) -> dict[str, Any]:
    n = sum(keepers_by_place(desk).values())
    return {
        "label": _("Without a keeper"),
        "value": n,
        "kind": "count",
        "tone": "todo" if n else "",
        "icon_name": "no-person",
        "note": _("public-welfare assets"),
        "url": reverse("assets") + "?asset_class=public_welfare&amiss=no_keeper",
    }


def read_due(desk: Desk) -> dict[str, Any]:
    places = due_by_place(desk).values()
    counts = {"due": sum(soon for _late, soon in places), "late": sum(late for late, _soon in places)}
    return {
        "label": _("Inspections overdue"),
        "value": counts["late"],
        "kind": "count",
        "tone": "todo" if counts["late"] else "",
        "icon_name": "clock",
        "note": _("due within two weeks: %(n)d") % {"n": counts["due"]},
        "url": reverse("inspections_due") + "?when=overdue",
    }


def read_unplaced(desk: Desk) -> dict[str, Any]:
    n = desk.number(_UNPLACED, desk.day)
    return {
        "label": _("Not on the map"),
        "value": n,
        "kind": "count",
        "icon_name": "no-pin",
        "note": _("known to the village"),
        "url": reverse("placing"),
    }


def read_income(desk: Desk) -> dict[str, Any]:
    n = desk.number(_NO_INCOME, desk.day)
    return {
        "label": _("Income right missing"),
        "value": n,
        "kind": "count",
        "tone": "todo" if n else "",
        "icon_name": "money",
        "note": _("operating assets"),
        "url": reverse("assets") + "?asset_class=operating&amiss=no_income",
    }


def read_shares(desk: Desk) -> dict[str, Any]:
    n = broken_shares(desk).count()
    return {
        "label": _("Income shares not whole"),
        "value": n,
        "kind": "count",
        "tone": "todo" if n else "",
        "icon_name": "warning",
        "note": _("they do not sum to 1"),
        "url": reverse("findings") + "?rule=RIG-02",
    }


def _of_unit(name: str) -> Any:
    """The address of an act on the unit of a finding, when there is one."""
    return lambda finding: reverse(name, args=[finding.unit_id]) if finding.unit_id else None


workbench.register(
    Queue(key="inspections", order=20, roles=INSPECTORS, collect=collect_inspections),
    Queue(key="defects", order=30, roles=INSPECTORS, collect=collect_defects),
    Queue(key="income", order=15, roles=FINANCE, collect=collect_income),
    Figure(key="assets", order=5, roles=WATCHERS, read=read_assets),
    Figure(key="keepers", order=20, roles=KEEPERS, read=read_keepers),
    Figure(key="due", order=30, roles=INSPECTORS, read=read_due),
    Figure(key="unplaced", order=40, roles=KEEPERS, read=read_unplaced),
    Figure(key="income", order=50, roles=FINANCE, read=read_income),
    Figure(key="shares", order=55, roles=FINANCE, read=read_shares),
)
NAME = Remedy(
    act=gettext_lazy("Name a keeper"),
    url=_of_unit("name_keeper"),
    sign="no-person",
    verb="open_entry",
    order=10,
)
workbench.register_remedy("UPK-01", NAME)
workbench.register_remedy("UPK-02", NAME)
workbench.register_remedy(
    "UPK-06",
    Remedy(
        act=gettext_lazy("Inspect"),
        url=_of_unit("record_inspection"),
        sign="eye",
        verb="record_inspection",
        order=20,
    ),
)
workbench.register_remedy(
    "REG-06",
    Remedy(
        act=gettext_lazy("Put it on the map"), url=_of_unit("place_unit"), sign="no-pin", verb="place_unit"
    ),
)
register_entry(NavItem(label=gettext_lazy("Asset ledger"), url_name="assets", icon="ledger", order=20))
register_entry(
    NavItem(
        label=gettext_lazy("To be placed"), url_name="placing", icon="no-pin", verb="place_unit", order=50
    )
)
