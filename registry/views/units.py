"""``/u/<code>``: the page of a registered thing, for the QR code on its label. 中文：登记单元页面"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from registry import clock, panels
from registry.models import Unit
from registry.panels import ANSWER, MAIN
from registry.queries.sheet import UnitSheet

from .generic import FIRST, Page


class UnitView(Page):
    """Four answers first: who keeps it up, who owns its income, what ground it stands on, what is wrong."""

    template_name = "registry/unit.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.unit = self.find()
        if self.unit is None:
            return render(request, "registry/unit_missing.html", {"code": kwargs["code"]}, status=404)
        return super().get(request, *args, **kwargs)

    def find(self) -> Unit | None:
        """The unit by its code, or by a code it once had."""
        rows = Unit.objects.visible_to(self.request.user).in_force().select_related("division__parent")
        code = self.kwargs["code"]
        return rows.filter(code=code).first() or rows.filter(former_codes__contains=[code]).first()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        unit = self.unit
        sheet = UnitSheet(unit, self.request.user, clock.today())
        place = unit.division
        return super().get_context_data(
            unit=unit,
            sheet=sheet,
            title=unit.name,
            crumbs=[FIRST, (place.name, ""), (unit.name, "")],
            lead=" · ".join([unit.code, *(part.name for part in (place.parent, place) if part)]),
            answers=panels.shown(sheet, ANSWER),
            panels=panels.shown(sheet, MAIN),
            actions=panels.actions(sheet),
            **kwargs,
        )
