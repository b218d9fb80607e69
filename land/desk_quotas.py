"""Where a finding on quotas and balances is put right: the page of the thing that it speaks of.

中文：整改入口
"""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from registry import workbench
from registry.workbench import Remedy

# by the middle of a subject's key, as "12/approval/34"
PAGES = {
    "approval": "land_approval",
    "linkage": "linkage_project",
    "occupation": "occupation",
    "pbf_supplement": "designation",
    "quota": "quota",
    "supplement": "supplement",
}
LISTS = {"cap": "compensation", "plot": "linkage", "quotaentry": "quotas", "special": "quotas"}
RULES = ("Q01", "Q02", "P06", "P09", "P10", "P12", "B01", "B02", "B03", "B04", "C07", "G01")


def page_of(finding: Any) -> str:
    """The address of what a finding speaks of; of the list where the thing has no page of its own."""
    _division, _slash, rest = finding.subject_key.partition("/")
    kind, _slash, key = rest.partition("/")
    if kind in PAGES and key.isdecimal():
        return reverse(PAGES[kind], args=[int(key)])
    return reverse(LISTS.get(kind, "quotas"))


for rule in RULES:
    workbench.register_remedy(rule, Remedy(act=_("Go to it"), url=page_of, sign="field", verb="see_quotas"))
