"""``/land/plan/<code>/`` and ``/farmland/audit/``: other questions of the overlay. 中文：规划符合性"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from land.models import AuditLayer
from land.queries.audit import by_layer, by_village, latest, ranking
from land.services.audit import run
from land.services.conformity import Approved, Conformity, conformity
from registry import access, clock, display
from registry.models import Shape, Unit
from registry.views.generic import FIRST, Page

RANKED = 50


class PlanView(Page):
    """What plan and approvals say of the ground of a registered thing."""

    verb = "see_parcels"
    template_name = "land/plan.html"

    @cached_property
    def unit(self) -> Unit:
        found = self.scoped(Unit.objects).filter(code=self.kwargs["code"]).select_related("division").first()
        if found is None:
            raise Http404
        return found

    def get_title(self) -> Any:
        return _("Plan and approvals: %(name)s") % {"name": self.unit.name}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shape = Shape.objects.on(clock.today()).filter(unit=self.unit).first()
        outline = shape is not None and shape.geom.dims == 2
        answer = conformity(shape, clock.today()) if shape is not None and outline else None
        return super().get_context_data(
            unit=self.unit,
            crumbs=[FIRST, (self.unit.name, reverse("unit", args=[self.unit.code])), (_("Plan"), "")],
            answer=answer,
            rows=_rows(answer) if answer else [],
            **kwargs,
        )


def _rows(answer: Conformity) -> list[dict[str, Any]]:
    """Question, answer and figures of each layer."""
    return [
        _urban(answer),
        _ecological(answer),
        *_approved(answer.approved),
        {
            "question": _("Point supply of land"),
            "word": "、".join(answer.point_supplies) or _("no approval registered here"),
            "tone": "",
        },
    ]


def _urban(answer: Conformity) -> dict[str, Any]:
    found = answer.urban
    row: dict[str, Any] = {"question": _("Urban growth boundary"), "tone": ""}
    if found is None:
        return row | {"word": _("no layer is loaded")}
    outside = found.whole_m2 - found.m2
    return row | {
        "word": _("inside") if not outside else (_("outside") if not found.m2 else _("partly inside")),
        "figures": [(_("inside"), found.m2), (_("outside"), outside)],
        "year": found.year,
    }


def _ecological(answer: Conformity) -> dict[str, Any]:
    found = answer.ecological
    row: dict[str, Any] = {"question": _("Ecological red line"), "tone": ""}
    if found is None:
        return row | {"word": _("no layer is loaded")}
    if found.m2:
        return row | {
            "word": _("inside it"),
            "tone": "alarm",
            "figures": [(_("inside"), found.m2)],
            "year": found.year,
        }
    word = _("off it") if found.covered else _("the layer does not speak of all of this ground")
    return row | {"word": word, "tone": "" if found.covered else "todo", "year": found.year}


def _approved(found: Approved | None) -> list[dict[str, Any]]:
    question = _("Approved land")
    if found is None:
        return [{"question": question, "word": _("no layer is loaded"), "tone": ""}]
    if not found.measured_m2:
        return [{"question": question, "word": _("meets no approval"), "tone": "todo",
                 "figures": [(_("outside"), found.outside_m2)]}]  # fmt: skip
    figures: list[tuple[Any, Decimal]] = [
        (_("inside the approval"), found.inside_m2),
        (_("beyond the approval"), found.outside_m2),
        (_("approved and not used"), found.unbuilt_m2),
    ]
    if found.stated_m2 is not None:
        figures.append((_("approved, as stated"), found.stated_m2))
    rows = [
        {
            "question": question,
            "word": _("keeps to it") if not found.outside_m2 else _("goes beyond it"),
            "tone": "" if not found.outside_m2 else "todo",
            "figures": figures,
        }
    ]
    if found.before_approval and found.first_on:
        said = _("its outline is registered from before the approval of %(day)s")
        rows.append(
            {
                "question": _("Day of approval"),
                "word": said % {"day": found.first_on.isoformat()},
                "tone": "todo",
            }
        )
    return rows


class AuditView(Page):
    """The last audit of the division looked at: totals, villages, things ranked; POST runs it anew."""

    verb = "see_parcels"
    title = gettext_lazy("Audit of everything registered")
    template_name = "land/audit.html"
    crumbs = ((gettext_lazy("Layers"), "/layers/"),)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        access.require(request.user, "check_red_line", self.division)
        run(clock.today(), self.division)
        return HttpResponseRedirect(reverse("farmland_audit"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        audit = latest(self.division)
        return super().get_context_data(audit=audit, **(self._figures(audit) if audit else {}), **kwargs)

    def _figures(self, audit: Any) -> dict[str, Any]:
        layers = by_layer(audit, self.division)
        things = ranking(audit, self.division)
        return {
            "layers": [
                (label, *_pair(layers.get(value, (0, 0.0)))) for value, label in AuditLayer.choices
            ],
            "villages": [
                (row["village__name"] or _("not known"), AuditLayer(row["layer"]).label,
                 row["units"], _m2(row["area"]))
                for row in by_village(audit, self.division)
            ],
            "things": [{**row, "area": _m2(row["area"])} for row in things[:RANKED]],
            "more": max(things.count() - RANKED, 0),
            "when": display.moment(audit.made_at),
        }  # fmt: skip


def _m2(area: float) -> Decimal:
    return Decimal(repr(round(area, 2)))


def _pair(found: tuple[int, float]) -> tuple[int, Decimal]:
    return found[0], _m2(found[1])
