"""How many persons works and sites serve, for the cost of upkeep per person. 中文：服务人口"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from assets import costs
from assets.models import SiteFigures, SiteWork, WaterWorks


def of_water_works(units: Iterable[int], day: dt.date) -> dict[int, int]:
    """Whom water works serve (实际服务人口). One query."""
    rows = WaterWorks.objects.standing(day).filter(unit__in=list(units), actual_people__isnull=False)
    return dict(rows.values_list("unit", "actual_people"))


def of_site_works(units: Iterable[int], day: dt.date) -> dict[int, int]:
    """Ancillary works serve the people of their site, as last counted. Two queries."""
    works = dict(SiteWork.objects.standing(day).filter(asset__in=list(units)).values_list("asset", "unit"))
    counted = SiteFigures.objects.in_force().filter(unit__in=set(works.values()), on__lte=day)
    people: dict[int, int] = defaultdict(int)
    for site, count in counted.order_by("on").values_list("unit", "people"):
        if count:
            people[site] = count
    return {asset: people[site] for asset, site in works.items() if site in people}


costs.register_served(of_site_works)
costs.register_served(of_water_works)
