"""What the maps app hangs on the registry when it loads."""

from django.utils.translation import gettext_lazy as _

from maps import panels  # noqa: F401 - hangs the map on the unit page
from registry.navigation import NavItem, register

register(NavItem(label=_("Map"), url_name="map", icon="map", order=30))
register(NavItem(label=_("Red line"), url_name="redline", icon="redline", verb="check_red_line", order=40))
