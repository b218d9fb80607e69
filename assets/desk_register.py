"""Where the ledger's facts are corrected: on the asset's page, from its findings. 中文：台账更正入口"""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assets.panels import asset_of
from assets.services.own import PERMISSION
from registry import panels, workbench
from registry.codes import ENDED
from registry.panels import UnitAction
from registry.queries.sheet import UnitSheet
from registry.workbench import Remedy

FACTS = ("REG-04", "REG-09", "RIG-10")


def correct_url(sheet: UnitSheet) -> str | None:
    """An asset that has not ended can be corrected."""
    if asset_of(sheet) is None or sheet.unit.state in ENDED:
        return None
    return reverse("asset_correct", args=[sheet.unit.pk])


def _of(finding: Any) -> str:
    return reverse("asset_correct", args=[finding.unit_id])


panels.register(
    UnitAction(key="correct", label=_("Correct the ledger's facts"), order=55, icon="edit", url=correct_url,
               verb=PERMISSION)
)  # fmt: skip
workbench.register_remedy(
    "REG-12",
    Remedy(
        act=_("Register the asset"), url=lambda _finding: reverse("asset_new"), sign="plus", verb=PERMISSION
    ),
)
for rule in FACTS:
    workbench.register_remedy(
        rule, Remedy(act=_("Correct the ledger's facts"), url=_of, sign="edit", verb=PERMISSION)
    )
