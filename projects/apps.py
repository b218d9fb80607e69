"""projects 项目: what was planned and paid for."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProjectsConfig(AppConfig):
    name = "projects"
    verbose_name = _("Projects")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register this app's rules, panels, imports and tasks with the registry."""
        from . import registrations  # noqa: F401
