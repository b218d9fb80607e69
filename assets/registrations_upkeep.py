"""What upkeep hangs on the registry when it loads: rules, parameters, acts, lists, tables to watch."""

from django.utils.translation import gettext_lazy as _

from assets import desk_upkeep, panels_upkeep, parameters_upkeep  # noqa: F401 (they register what pages show)
from assets.importers.tasks import TaskPackageImporter
from assets.models import Repair
from assets.rules import upkeep_terms, upkeep_work
from registry import acts, importers, rules
from registry.directory import Tile
from registry.directory import register as directory_register
from registry.navigation import NavItem
from registry.navigation import register as navigation_register
from registry.queries import timeline
from registry.rules import parameters, system

rules.register(*upkeep_terms.RULES, *upkeep_work.RULES)
parameters.register(*parameters_upkeep.DEFAULTS)
importers.register(TaskPackageImporter())
system.watch(system.Watched("assets.Repair", _("repair")))
timeline.track(Repair)

acts.register("upkeep_terms_set", _("terms of upkeep set"))  # 补充管护约定
acts.register("upkeep_standard_set", _("upkeep standard set"))  # 设定管护标准
acts.register("inspection_planned", _("inspections planned"))  # 设定巡查计划
acts.register("repair_ordered", _("repair ordered"))  # 派修
acts.register("repair_put_off", _("repair put off"))  # 延期维修
acts.register("repair_done", _("repair reported done"))  # 报完工
acts.register("repair_checked", _("repair checked"))  # 维修验收
acts.register("repair_sent_back", _("repair sent back"))  # 维修返工
acts.register("repair_struck", _("record of a repair taken back"))  # 撤销维修记录

navigation_register(NavItem(label=_("Upkeep"), url_name="inspections_due", icon="eye", order=25))
directory_register(
    Tile(
        label=_("Repairs"), url_name="repairs", icon="tool", order=31,
        note=_("Defects, orders, what was done, who checked it and what it cost."),
    ),
    Tile(
        label=_("Five haves by village"), url_name="upkeep_villages", icon="seal", order=32,
        note=_("Rules, standard, team, money and supervision of upkeep, scored."),
    ),
    Tile(
        label=_("Cost of upkeep"), url_name="upkeep_costs", icon="money", order=33,
        note=_("What upkeep has cost per asset, per kilometre and per person served."),
    ),
    Tile(
        label=_("Inspection plans"), url_name="inspection_plans", icon="clock", order=34,
        note=_("Every how many days what is looked at."),
    ),
    Tile(
        label=_("Upkeep standards"), url_name="upkeep_standards", icon="check", order=35,
        note=_("What is looked at, and how much of it is good enough."),
    ),
)  # fmt: skip
