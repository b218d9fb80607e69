"""What the life of an asset hangs into the kernel: rules, parameters, named acts, the table of states."""

from django.utils.translation import gettext_lazy as _

from assets import drafting_life, panels_life, papers_life, work  # noqa: F401 (pages)
from assets.codes_life import TABLE
from assets.models import LifeStep, PublishedSummary  # noqa: F401
from assets.rules import disposal, formation, identity, recovery
from assets.services.life import VERB, guard_state
from registry import acts, rules
from registry.codes import UnitKind
from registry.queries import recorded
from registry.rules import parameters
from registry.services.units import register_state_guard

rules.register(*formation.RULES, *identity.RULES, *disposal.RULES, *recovery.RULES)
parameters.register(*formation.PARAMETERS, *identity.PARAMETERS, *disposal.PARAMETERS, *recovery.PARAMETERS)
for _act, _row in TABLE.items():
    acts.register(f"{VERB}{_act}", _row.act.label)
recorded.register_state_verbs(*(f"{VERB}{act}" for act in TABLE))
acts.register("summary_published", _("summary of assets published"))  # 公布资产汇总
register_state_guard(UnitKind.ASSET, guard_state)
