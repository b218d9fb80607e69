"""What this app hangs on the registry when it loads: imports, parameters, the class tables."""

from typing import Any

from django.apps import apps
from django.db.models.signals import post_migrate

from land import (  # noqa: F401 (they register what pages show)
    desk,
    integrity,
    panels,
    papers,
    parameters,
    parameters_layers,
    registrations_cases,
    registrations_quotas,
    registrations_registers,
    registrations_targets,
    registrations_use,
)
from land.classes import install_classes
from land.importers import boundaries, layer
from registry import bench, importers
from registry.rules import parameters as registry_parameters


def _install(**_kwargs: Any) -> None:
    install_classes()


def _bench(options: Any) -> Any:
    """`./run bench land`; what it measures with is loaded then."""
    from land.bench.measure import measure

    return measure(options)


for importer in (*layer.IMPORTERS, boundaries.IMPORTER):
    importers.register(importer)
registry_parameters.register(*parameters.DEFAULTS, *parameters_layers.DEFAULTS)
bench.register("land", _bench)
post_migrate.connect(_install, sender=apps.get_app_config("land"), weak=False)
