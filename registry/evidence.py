"""What the kernel hangs up for evidence: checks of ``verify``, tiles, the button of a unit's page."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from registry import directory, integrity, panels
from registry.directory import Tile
from registry.panels import UnitAction
from registry.queries import integrity as reading
from registry.queries.sheet import UnitSheet
from registry.services.checking import check_files, check_strays


def papers_url(sheet: UnitSheet) -> str:
    return reverse("paper_make", args=["unit", sheet.unit.pk])


integrity.register("files", check_files)
integrity.register("strays", check_strays, harmless=True)
integrity.register("papers", reading.papers)
integrity.register("history", reading.history)
integrity.register("triggers", reading.triggers)
integrity.register("identities", reading.identities)
directory.register(
    Tile(
        label=_("Sources"),
        url_name="sources",
        icon="file",
        note=_("documents that facts rest on, with their files"),
        order=30,
    ),
    Tile(
        label=_("Papers to be sealed"),
        url_name="papers",
        icon="seal",
        note=_("printed from the data, filed again when sealed"),
        order=32,
    ),
)
panels.register(
    UnitAction(
        key="papers", label=_("Papers to be sealed"), order=60, icon="seal", url=papers_url, verb="seal_paper"
    )
)
