"""Do the assets and the kernel still belong together? 中文：资产完整性"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import F, Q
from django.db.models.fields.json import KeyTextTransform

from assets.models import Asset, LifeStep, UpkeepTerms
from registry import clock, integrity
from registry.codes import EntryCode, UnitKind
from registry.models import Unit
from registry.queries.recorded import states_on


def assets(_quick: bool = False) -> Iterator[dict[str, Any]]:
    """Units of kind asset without their facts, facts at a unit of another kind, terms of what is no duty.

    Three statements.
    """
    for unit in Unit.objects.filter(kind=UnitKind.ASSET, asset=None, annulled=None).order_by("pk"):
        yield {"what": "unit_without_asset", "unit": unit.code}
    for asset in Asset.objects.filter(~Q(unit__kind=UnitKind.ASSET)).select_related("unit").order_by("pk"):
        yield {"what": "asset_of_another_kind", "unit": asset.unit.code}
    for terms in UpkeepTerms.objects.exclude(entry__code=EntryCode.UPKEEP).order_by("pk"):
        yield {"what": "terms_of_no_duty", "entry": terms.entry_id}


def states(_quick: bool = False) -> Iterator[dict[str, Any]]:
    """Assets whose state is not what their acts say of today, steps that say another state than their act.

    Two statements.
    """
    units = Unit.objects.filter(kind=UnitKind.ASSET, annulled=None)
    told = states_on(clock.today(), units).exclude(state_then=None).exclude(state=F("state_then"))
    for unit in told.order_by("pk"):
        yield {"what": "state_not_projected", "unit": unit.code, "state": unit.state, "acts": unit.state_then}
    steps = (
        LifeStep.objects.in_force()
        .exclude(state=F("state_before"))
        .annotate(said=KeyTextTransform("state", "written__after"))
    )
    for step in steps.exclude(state=F("said")).select_related("unit").order_by("pk"):
        yield {"what": "step_of_another_state", "unit": step.unit.code, "step": step.pk}


integrity.register("assets", assets)
integrity.register("states", states)
