"""Where findings on roads, water works and sites are put right. 中文：专项问题整改入口"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assets.services.own import PERMISSION
from registry import workbench
from registry.workbench import Remedy

OWN = {
    "roads": ("ROD-03", "ROD-07"),
    "water_works": ("WAT-01", "WAT-02", "WAT-03", "WAT-04", "WAT-05"),
    "irrigation": ("UPK-09",),
    "land_transfers": ("UPK-10",),
    "site_figures": ("REL-01", "REL-02", "REL-03"),
    "site_works": ("REL-04",),
    "old_houses": ("REL-05",),
    "sites": ("REL-06", "REL-07"),
    "workshop_jobs": ("REL-08",),
    "facility_land": ("LND-02",),
    "leased_land": ("LND-03",),
}


def _page(key: str) -> Callable[[Any], str]:
    """The form of the own facts that a finding speaks of."""
    return lambda finding: reverse("own_facts", args=[finding.unit_id, key])


for own_key, rules in OWN.items():
    for rule in rules:
        workbench.register_remedy(
            rule, Remedy(act=_("Correct the facts"), url=_page(own_key), sign="edit", verb=PERMISSION)
        )
for rule in ("ROD-01", "ROD-02"):
    workbench.register_remedy(
        rule,
        Remedy(
            act=_("See the villages"), url=lambda finding: reverse("road_villages"), sign="road", verb="view"
        ),
    )
workbench.register_remedy(
    "ROD-04",
    Remedy(
        act=_("Name the chiefs"),
        url=lambda finding: reverse("entry_new", args=[finding.unit_id]),
        sign="person",
        verb="open_entry",
    ),
)
workbench.register_remedy(
    "ROD-06",
    Remedy(
        act=_("Record the permit"),
        url=lambda finding: reverse("zone_permit", args=[finding.unit_id]),
        sign="seal",
        verb=PERMISSION,
    ),
)
