"""How much of a clue is dealt with in which way. 中文：整改处置"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from land.case_codes import CLEAN, RectifyMethod, Stage
from land.models import Case, CaseRectification
from land.queries.cases import areas_by_method, parts_by_outcome
from registry import display
from registry.errors import BadInput
from registry.models import Act, Source, User

from .case_splitting import sums_differ
from .case_steps import ZERO, lock, refuse_words, step, write


@transaction.atomic
def rectify(
    *, case: Case, areas: dict[str, Decimal], on: dt.date, by: User | None, note: str = "",
    source: Source | None = None,
) -> Case:  # fmt: skip
    """How much is dealt with in which way; the areas make the clue exactly. 中文：整改处置

    Called again while it is being rectified, the new areas take the place of the earlier ones.
    """
    held = lock(case, by, "work_case")
    chosen = {method: area for method, area in areas.items() if area}
    _fits(held, chosen)
    before = {method: str(area) for method, area in areas_by_method(held).items()}
    after = {method: str(area) for method, area in chosen.items()}
    if held.stage == Stage.RECTIFYING:
        refuse_words(held, note)
        act = write(held, "case_rectification_changed", on=on, by=by, note=note, source=source,
                    before=before, after=after)  # fmt: skip
    else:
        step(
            held, Stage.RECTIFYING, on=on, by=by, note=note, source=source, verb="case_rectified", after=after
        )
        act = Act.objects.filter(unit=held.unit_id).order_by("-id")[0]
    CaseRectification.objects.in_force().filter(case=held).update(annulled=act)
    CaseRectification.objects.bulk_create(
        [CaseRectification(case=held, method=method, area_m2=area) for method, area in chosen.items()]
    )
    return held


def _fits(case: Case, areas: dict[str, Decimal]) -> None:
    """Raise ``BadInput`` where methods are unknown, do not make the clue, or prove what was confirmed."""
    if set(areas) - set(RectifyMethod.values) or any(area < 0 for area in areas.values()):
        raise BadInput(_("Give every method its area; an area is not negative."), "areas")
    if sum(areas.values(), ZERO) != case.area_m2:
        raise BadInput(f"E02: {sums_differ(case, sum(areas.values(), ZERO))}", "areas")
    parts = parts_by_outcome(case)
    clean = sum((parts.get(stage, ZERO) for stage in CLEAN), ZERO)
    proven = areas.get(RectifyMethod.PROVEN, ZERO)
    if parts and proven > clean:
        raise BadInput(
            _("%(proven)s are said to be in order; the verification found %(clean)s in order.")
            % {"proven": display.m2(proven), "clean": display.m2(clean)},
            "areas",
        )
