"""The operator, the contracts and the dues on a unit's page. 中文：登记单元页面的合同"""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy

from assets.codes import AssetClass
from assets.income.queries.received import ZERO, with_received
from assets.income.views.contracts import STANDING, shown, standing_of
from assets.models import Contract, Due
from assets.panels import asset_of
from registry import panels
from registry.panels import Panel, UnitAction
from registry.queries.prepared import Prepared
from registry.queries.sheet import UnitSheet

SHOWN = 6

_CONTRACTS = Prepared(
    lambda unit: Contract.objects.in_force().filter(parts__unit=unit)
    .select_related("operator").order_by("-term")[:SHOWN]
)  # fmt: skip
_LATE = Prepared(
    lambda day, *contracts: with_received(
        Due.objects.owed().filter(contract__in=contracts, due_on__lt=day)
    ).values_list("contract", "open")
)


def contracts(sheet: UnitSheet) -> dict[str, Any] | None:
    """Contracts on the unit, the latest first, with what is open of each. Two queries."""
    found = _CONTRACTS(sheet.unit.pk)
    if not found:
        return None
    late: dict[int, Any] = {}
    for contract, still in _LATE(sheet.day, *(contract.pk for contract in found)):
        late[contract] = late.get(contract, ZERO) + max(still, ZERO)
    return {
        "contracts": [
            {
                "contract": contract,
                "operator": shown(contract.operator, sheet.names),
                "badge": STANDING[standing_of(contract)],
                "late": late.get(contract.pk, ZERO),
            }
            for contract in found
        ]
    }


def link_url(sheet: UnitSheet) -> str | None:
    """Where to record a benefit link: of operating assets alone."""
    asset = asset_of(sheet)
    operating = asset is not None and asset.asset_class == AssetClass.OPERATING
    return reverse("benefit_link", args=[sheet.unit.pk]) if operating else None


panels.register(
    Panel(key="contracts", title=gettext_lazy("Contracts and dues"), order=25, icon="seal", verb="see_income",
          template="assets/unit/contracts.html", context=contracts),
    UnitAction(key="benefit_link", label=gettext_lazy("Record a benefit link"), order=25, icon="people",
               url=link_url, verb="keep_contract"),
)  # fmt: skip
