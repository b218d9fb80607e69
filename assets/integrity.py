"""Do the assets and the kernel still belong together? 中文：资产完整性"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Q

from assets.models import Asset, UpkeepTerms
from registry import integrity
from registry.codes import EntryCode, UnitKind
from registry.models import Unit


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


integrity.register("assets", assets)
