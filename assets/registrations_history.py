"""In whose words the acts of this app are told: the tables they speak of. 中文：办理记录的用语"""

from __future__ import annotations

from django.db import models

from assets.codes_life import TABLE
from assets.income.models.links import BenefitLink
from assets.kinds_more import BY_KEY
from assets.models import (
    Asset,
    Inspection,
    InspectionPlan,
    LifeStep,
    Repair,
    RoadRoute,
    StocktakeCount,
    UpkeepTerms,
    ZonePermit,
)
from assets.services.life import VERB as LIFE
from assets.services.own import STRUCK, VERB
from registry.models import Act
from registry.queries import wording

SPEAKS: dict[str, type[models.Model]] = {
    "unit_changed": Asset,
    "upkeep_terms_set": UpkeepTerms,
    "inspection_recorded": Inspection,
    "inspection_planned": InspectionPlan,
    "stock_counted": StocktakeCount,
    "link_recorded": BenefitLink,
    "route_recorded": RoadRoute,
    "zone_permitted": ZonePermit,
    **dict.fromkeys(
        ("repair_ordered", "repair_put_off", "repair_done", "repair_checked", "repair_sent_back"), Repair
    ),
    **{f"{LIFE}{act}": LifeStep for act in TABLE},
}


def kind_of(act: Act) -> type[models.Model] | None:
    """The table of own facts that an act names: ``own:<kind>:<row>``."""
    own, _colon, rest = act.subject.partition(":")
    kind = BY_KEY.get(rest.partition(":")[0]) if own == "own" else None
    return kind.model if kind is not None else None


def _always(model: type[models.Model]) -> wording.Describer:
    return lambda _act: model


for _verb, _model in SPEAKS.items():
    wording.describe(_verb, _always(_model))
for _verb in (VERB, STRUCK):
    wording.describe(_verb, kind_of)
