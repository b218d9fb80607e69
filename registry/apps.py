"""registry 登记簿: divisions, parties, units, entries, sources, acts, rules, findings, imports, access."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegistryConfig(AppConfig):
    name = "registry"
    verbose_name = _("Registry")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the kernel's rules and keep the shipped parameters in the database."""
        from django.db.models.signals import post_migrate

        from . import registrations  # noqa: F401
        from .rules.parameters import install_defaults

        post_migrate.connect(lambda **_kwargs: install_defaults(), sender=self, weak=False)
