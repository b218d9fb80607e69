"""assets 资产: what was built: upkeep, income, stocktake, disposal."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AssetsConfig(AppConfig):
    name = "assets"
    verbose_name = _("Assets")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register this app's rules, panels, imports and tasks with the registry."""
        from . import registrations  # noqa: F401
