"""What roads, water works, relocation sites and own facts hang on the registry. 中文：专项登记注册"""

from django.utils.translation import gettext_lazy as _

from assets.kinds_more import KINDS
from assets.models import RelocationSite, RoadSection, SiteFigures, WaterWorks
from assets.parameters_networks import DEFAULTS
from assets.rules import coverage, roads, site_people, sites, water
from assets.services.own import STRUCK, VERB
from registry import acts, rules
from registry.queries import timeline
from registry.rules import parameters, system

rules.register(*roads.RULES, *coverage.RULES, *water.RULES, *sites.RULES, *site_people.RULES)
parameters.register(*DEFAULTS)
WATCHED = (RelocationSite, RoadSection, SiteFigures, WaterWorks)  # what rules of these ledgers read first
for kind in KINDS:
    timeline.track(kind.model)
    if kind.model in WATCHED:
        system.watch(system.Watched(kind.model._meta.label, kind.title))

acts.register(VERB, _("own facts recorded"))  # 登记专项信息
acts.register(STRUCK, _("own facts taken back"))  # 撤回专项信息
acts.register("route_recorded", _("route recorded"))  # 登记路线
acts.register("centre_placed", _("centre of a place recorded"))  # 登记驻地位置
acts.register("zone_permitted", _("permit in a control zone recorded"))  # 登记建控区准许
