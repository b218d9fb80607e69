"""What this app hangs on the registry when it loads."""

from django.utils.translation import gettext_lazy as _

from assets import (  # noqa: F401 (they register what the pages show)
    desk,
    drafting,
    integrity,
    panels,
    papers,
    registrations_collectives,
    registrations_income,
    registrations_life,
    registrations_money,
    registrations_networks,
    registrations_upkeep,
)
from assets.importers import footprints
from assets.importers.assets import AssetsImporter
from assets.importers.inspections import UpkeepImporter
from assets.importers.parties import PartiesImporter
from assets.importers.projects import ProjectsImporter
from assets.models import Asset, UpkeepTerms
from assets.rules import breeding, land, ledger, rights, upkeep
from assets.services.upkeep import carry_terms
from registry import acts, importers, rules
from registry.queries import timeline
from registry.rules import collective, parameters, system
from registry.services.entry_changes import register_carrier

rules.register(*upkeep.RULES, *ledger.RULES, *land.RULES, *breeding.RULES, *rights.RULES)
collective.exempt(rights.household_units)
system.watch(
    system.Watched("assets.Asset", _("asset")),
    system.Watched(
        "assets.UpkeepTerms",
        _("upkeep terms"),
        "(SELECT d.unit_id FROM registry_entry d WHERE d.id = e.entry_id)",
    ),
)
importers.register(footprints.IMPORTER)
parameters.register(
    *land.PARAMETERS,
    *breeding.PARAMETERS,
    *rights.PARAMETERS,
    parameters.Default(
        key=upkeep.INSPECTION_DAYS,
        label=_("days between inspections, by sub-type"),
        unit=_("days"),
        value={"default": 90, "road": 30, "water_supply": 30, "irrigation": 90},
        source="产品默认值；农田水利条例第二十一条、农村公路条例未定天数，由县级确定",
    ),
    parameters.Default(
        key=ledger.GEOTAG_DAYS,
        label=_("days from completion to the place on the map"),
        unit=_("days"),
        value=31,
        source="产品默认值（建成后一个月内上图），由县级确定",
    ),
)

register_carrier(carry_terms)
timeline.track(Asset)
timeline.track(UpkeepTerms, "entry__unit")

acts.register("keeper_named", _("keeper named"))  # 落实管护
acts.register("inspection_recorded", _("inspection recorded"))  # 巡查登记

importers.register(AssetsImporter())
importers.register(UpkeepImporter())
importers.register(PartiesImporter())
importers.register(ProjectsImporter())

import assets.registrations_history  # noqa: E402,F401
import assets.registrations_stocktake  # noqa: E402,F401
