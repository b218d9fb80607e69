"""What the kernel itself hangs on the registry when it loads: its rules, parameters and navigation."""

from registry import desk, importers, navigation, rules, unit_panels  # noqa: F401 (pages)
from registry.importers.divisions import DivisionsImporter
from registry.rules import geometry, rights

rules.register(*rights.RULES, *geometry.RULES)
importers.register(DivisionsImporter())
