"""Sample files of the demonstration, for people who want to try an import. 中文：示例文件"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from registry import access

FOLDER = "demo"
MESSY = _("A ledger as offices really keep it, mistakes included")
KINDS = {
    # file name: (importer, verb, what it is)
    "sample_messy_ledger.xlsx": ("ledger:assets", "import_ledger", MESSY),
}


@dataclass(frozen=True)
class Sample:
    """A file that lies ready."""

    name: str
    kind: str
    title: Any
    path: Path


def samples(user: Any) -> list[Sample]:
    """Sample files that lie on this installation and that the user may import."""
    folder = settings.HOME / FOLDER
    return [
        Sample(name, kind, title, folder / name)
        for name, (kind, verb, title) in KINDS.items()
        if (folder / name).is_file() and access.may(user, verb)
    ]
