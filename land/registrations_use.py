"""Rules on the use of protected and roadside farmland, registered. 中文：用途管制规则登记"""

from land import parameters_use
from land.models import VintageKind
from land.rules import use
from land.services.vintages import rules_read_layer
from registry import rules
from registry.rules import parameters

parameters.register(*parameters_use.DEFAULTS)
rules.register(*use.RULES)
rules_read_layer(VintageKind.PARCELS, "P07", "P13")
rules_read_layer(VintageKind.BASIC_FARMLAND, "P07")
