"""land 土地: parcels, protected zones and the red line."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LandConfig(AppConfig):
    name = "land"
    verbose_name = _("Land")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register this app's rules, panels, imports and tasks with the registry."""
        from . import registrations  # noqa: F401
