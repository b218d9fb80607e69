"""What roads, water works, relocation sites and own facts hang on the registry. 中文：专项登记注册"""

from django.utils.translation import gettext_lazy as _

from assets import desk_networks, desk_register, panels_own, served  # noqa: F401 (they register what pages show)
from assets.importers.roads import RoadsImporter, WaterImporter
from assets.importers.sites import CentresImporter, SitesImporter
from assets.kinds_more import KINDS
from assets.models import RelocationSite, RoadSection, SiteFigures, WaterWorks
from assets.parameters_networks import DEFAULTS
from assets.rules import coverage, facility_land, roads, site_people, sites, water
from assets.services.own import STRUCK, VERB
from registry import acts, directory, importers, navigation, rules
from registry.queries import timeline
from registry.rules import parameters, system

rules.register(*roads.RULES, *coverage.RULES, *water.RULES, *sites.RULES, *site_people.RULES)
rules.register(*facility_land.RULES)
parameters.register(*DEFAULTS)
WATCHED = (RelocationSite, RoadSection, SiteFigures, WaterWorks)  # what rules of these ledgers read first
for kind in KINDS:
    timeline.track(kind.model)
    if kind.model in WATCHED:
        system.watch(system.Watched(kind.model._meta.label, kind.title))

directory.register(
    directory.Tile(
        label=_("Rural roads"),
        url_name="roads",
        icon="road",
        note=_("routes, sections, chiefs, and who is connected"),
        order=11,
    ),  # 农村公路
    directory.Tile(
        label=_("Water works"),
        url_name="water_works",
        icon="water",
        note=_("people served, prices, quality of the water"),
        order=12,
    ),  # 供水工程
    directory.Tile(
        label=_("Relocation sites"),
        url_name="relocation_sites",
        icon="home",
        note=_("households, work, ancillary works"),
        order=13,
    ),  # 安置点
)
navigation.register(navigation.NavItem(label=_("Rural roads"), url_name="roads", icon="road", order=32))

importers.register(RoadsImporter())
importers.register(WaterImporter())
importers.register(SitesImporter())
importers.register(CentresImporter())

acts.register(VERB, _("own facts recorded"))  # 登记专项信息
acts.register(STRUCK, _("own facts taken back"))  # 撤回专项信息
acts.register("route_recorded", _("route recorded"))  # 登记路线
acts.register("centre_placed", _("centre of a place recorded"))  # 登记驻地位置
acts.register("zone_permitted", _("permit in a control zone recorded"))  # 登记建控区准许
