"""Insurance and loans on a unit's page, and what of them ends soon on the workbench. 中文：保险与贷款"""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assets.income.models.burdens import AssetLoan, InsurancePolicy
from assets.income.queries.burdens import LATER, OVER, falling, standing_loans, standing_policies
from assets.income.services.burdens import VERB
from assets.income.views.burdens import STATES
from assets.panels import asset_of
from registry import access, directory, display, panels, workbench
from registry.codes import Role
from registry.panels import Panel
from registry.queries.prepared import Prepared
from registry.queries.sheet import UnitSheet
from registry.workbench import Desk, Queue, Task

OFFICERS = frozenset({str(Role.FINANCE_OFFICER)})
_POLICIES = Prepared(lambda unit: standing_policies(InsurancePolicy.objects.filter(unit=unit)))
_LOANS = Prepared(lambda unit: standing_loans(AssetLoan.objects.filter(unit=unit)))


def burdens(sheet: UnitSheet) -> dict[str, Any] | None:
    """Policies and loans of the unit that stand, with their days. Three queries."""
    asset = asset_of(sheet)
    if asset is None:
        return None
    may = access.may(sheet.user, VERB, sheet.unit.division)
    found = falling(_POLICIES(sheet.unit.pk), _LOANS(sheet.unit.pk), sheet.day)
    if not found and not may:
        return None
    rows = [{"one": one, "badge": STATES[one.state]} for one in found]
    return {"rows": rows, "may_keep": may, "unit": sheet.unit}


def tasks(desk: Desk) -> list[list[Task]]:
    """What ended or ends within the county's days. Three queries."""
    policies, loans = desk.scoped(InsurancePolicy.objects), desk.scoped(AssetLoan.objects)
    found = falling(standing_policies(policies), standing_loans(loans), desk.day)
    return [[_task(one) for one in found if one.state != LATER]]


def _task(one: Any) -> Task:
    day = display.day(one.day)
    if one.loan:
        title = _("A loan falls due on %(day)s") if one.state != OVER else _("A loan fell due on %(day)s")
        act, url = _("Look at it"), reverse("unit", args=[one.row.unit.code])
    else:
        title = _("An insurance ends on %(day)s") if one.state != OVER else _("An insurance ended on %(day)s")
        act, url = _("Renew it"), reverse("insurance_new", args=[one.row.unit_id])
    note = f"{one.row.unit.name} · {one.row}"
    return Task(title=title % {"day": day}, note=note, url=url, act=act, sign="calendar")


workbench.register(Queue(key="burdens", order=45, roles=OFFICERS, collect=tasks))
panels.register(
    Panel(key="burdens", title=gettext_lazy("Insurance and loans"), order=27, icon="seal", verb="see_income",
          template="assets/unit/burdens.html", context=burdens),
)  # fmt: skip
directory.register(
    directory.Tile(
        label=gettext_lazy("Insurance and loans"), url_name="burdens", icon="seal", verb="see_income",
        order=44, note=gettext_lazy("policies and loans on assets, and when they end"),
    ),
)  # 保险与贷款  # fmt: skip
