"""What the maps app hangs on a unit's page."""

from django.utils.translation import gettext_lazy as _

from registry import panels
from registry.queries.sheet import UnitSheet


def _map(sheet: UnitSheet) -> dict[str, object] | None:
    return None if sheet.shape is None else {"unit": sheet.unit, "shape": sheet.shape}


panels.register(
    panels.Panel(
        key="map",
        title=_("On the map"),
        order=6,
        slot=panels.ANSWER,
        template="maps/unit_panel.html",
        context=_map,
    )
)
