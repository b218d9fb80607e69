"""Words of farmland flow. 中文：耕地流出用语"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from land.flow import NON_AGRI, NON_GRAIN, UNCLASSIFIED, UNUSED

KIND_LABELS: dict[str, Any] = {
    NON_AGRI: gettext_lazy("to construction"),  # 非农化
    NON_GRAIN: gettext_lazy("to other agricultural use"),  # 非粮化
    UNUSED: gettext_lazy("to unused land"),  # 未利用
    UNCLASSIFIED: gettext_lazy("unclassified"),  # 未归类
}


def kind_label(kind: str) -> str:
    return str(KIND_LABELS[kind])


def class_title(code: str, names: dict[str, str]) -> str:
    """A class code with its name; ground of which a year says nothing is called so."""
    return f"{code} {names.get(code, '')}".strip() if code else _("not surveyed")
