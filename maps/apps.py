"""maps 地图: draws and serves everything; owns no domain data."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MapsConfig(AppConfig):
    name = "maps"
    verbose_name = _("Maps")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register this app's rules, panels, imports and tasks with the registry."""
        from . import registrations  # noqa: F401
