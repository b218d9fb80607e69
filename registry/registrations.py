"""What the kernel itself hangs on the registry when it loads: its rules, parameters and navigation."""

from registry import importers, rules
from registry.importers.divisions import DivisionsImporter
from registry.rules import geometry, rights

rules.register(*rights.RULES, *geometry.RULES)
importers.register(DivisionsImporter())
