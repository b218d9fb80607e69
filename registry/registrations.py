"""What the kernel itself hangs on the registry when it loads: its rules, parameters and navigation."""

from registry import desk, importers, navigation, rules, unit_panels  # noqa: F401 (pages)
from registry.importers.divisions import DivisionsImporter
from registry.rules import collective, decisions, geometry, notices, parameters, rights, system
from registry.rules.difference import DUE_DAYS

rules.register(*rights.RULES, *geometry.RULES, *collective.RULES)
rules.register(*decisions.RULES, *notices.RULES, *system.RULES)
parameters.register(
    *decisions.PARAMETERS,
    *notices.PARAMETERS,
    parameters.Default(
        key=DUE_DAYS,
        value={"E": 15, "F": 30, "W": 60, "I": 90},
        source="产品默认值；整改时限由县级按问题严重程度确定",
    )
)
importers.register(DivisionsImporter())
