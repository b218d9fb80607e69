"""What the kernel itself hangs on the registry when it loads: its rules, parameters and navigation."""

from registry import rules
from registry.rules import geometry, rights

rules.register(*rights.RULES, *geometry.RULES)
