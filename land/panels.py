"""What the land app answers on a unit's page: what ground it stands on. 中文：占地情况

The answer is the red-line check itself, run on the unit's shape of the day.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from land.queries.ground import ground_under
from land.services.redline import footprints_of
from registry import badges, panels
from registry.panels import ANSWER, Panel
from registry.queries.sheet import UnitSheet

CLASSES_SHOWN = 4
TONES = {"OCCUPIES": "alarm", "REVIEW": "todo", "INVALID": "todo"}


def ground(sheet: UnitSheet) -> dict[str, Any] | None:
    """Verdict, areas by class and the years they were read from; "not checked" without a shape."""
    if sheet.shape is None:
        return {"placed": False}
    stands = ground_under(footprints_of([sheet.shape], sheet.day)[0], day=sheet.day)
    verdict = stands.verdict
    return {
        "placed": True,
        "badge": badges.badge_of("verdict", verdict.verdict),
        "tone": TONES.get(verdict.verdict, ""),
        "verdict": verdict,
        "classes": stands.classes[:CLASSES_SHOWN],
        "rest": len(stands.classes) - CLASSES_SHOWN,
        "survey_year": stands.survey_year,
        "zone_year": stands.zone_year,
        "notes": stands.run.notes,
    }


panels.register(
    Panel(
        key="ground",
        title=_("What ground does it stand on?"),
        order=30,
        slot=ANSWER,
        verb="see_parcels",
        template="land/unit/ground.html",
        context=ground,
    )
)
