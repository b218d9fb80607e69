"""Rules read over whole layers, registered. 中文：图层规则登记"""

from land import parameters_use
from land.models import VintageKind
from land.rules import flow, use
from land.services.vintages import rules_read_layer
from registry import rules
from registry.rules import parameters

parameters.register(*parameters_use.DEFAULTS)
rules.register(*use.RULES, *flow.RULES)
rules_read_layer(VintageKind.PARCELS, "P07", "P13", "C06")
rules_read_layer(VintageKind.BASIC_FARMLAND, "P07")
rules_read_layer(VintageKind.INCREMENT, "C06")
