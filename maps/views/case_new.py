"""``/cases/new/``: a case by hand, its outline drawn on the map beside the form. 中文：新建图斑"""

from __future__ import annotations

from typing import Any

from land.views.case_acts import CaseNewView
from maps import queries
from maps.views.pages import render_map, script_options
from registry.context import chosen_division


class CaseNewMapView(CaseNewView):
    """What is drawn is written into the form's outline, and what is typed there is drawn."""

    template_name = "maps/case_new.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        bounds = queries.bounds_of(chosen_division(self.request), self.request.user)
        options = script_options(outline="id_outline")
        return super().get_context_data(**kwargs) | {
            "map": render_map(self.request, bounds, options, hidden=("units",), draw=True)
        }
