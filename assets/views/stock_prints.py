"""Count sheets, labels with QR codes, the report of a stocktake: made for paper. 中文：清查表、标签、报告"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assets.models import StocktakeCount
from assets.stocktake_codes import Difference
from assets.stocktake_queries import progress_of, settlements_of, uncounted
from registry import clock, display, qr
from registry.errors import BadInput
from registry.views.generic import FIRST, Page
from registry.views.listing import list_view

from .stocktakes import CampaignMixin

MOST = 3000  # labels of one print
# Sticker papers on A4: how many on a sheet; their millimetres stand in labels.css.
PAPERS = {"24": gettext_lazy("24 on a sheet, 70 x 37 mm"), "10": gettext_lazy("10 on a sheet, 105 x 57 mm")}


class SheetView(CampaignMixin, Page):
    """``/stocktakes/<id>/sheet/``: the list of each village on pages of its own, to be filled by hand."""

    template_name = "assets/stock/sheet.html"

    def get_title(self) -> Any:
        return _("Count sheets")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lines = self.lines.filter(unit__isnull=False).order_by("division__path", "number")
        villages = [
            {"place": place, "lines": list(rows)}
            for place, rows in groupby(lines, lambda line: line.division)
        ]
        return super().get_context_data(campaign=self.campaign, villages=villages, **kwargs)


class LabelPage(Page):
    """Labels for sticker paper; the code on each leads to the page of the thing."""

    template_name = "assets/stock/labels.html"
    title = gettext_lazy("Labels")

    def things(self) -> Any:
        """(code, name, place) of what gets a label."""
        raise AssertionError("no labels")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        paper = self.request.GET.get("paper", "24")
        paper = paper if paper in PAPERS else "24"
        things = list(self.things()[: MOST + 1])
        if len(things) > MOST:
            raise BadInput(
                _("At most %(most)d labels are printed at once; choose a village or narrow the filter.")
                % {"most": MOST},
                "too_many",
            )
        labels = list(self._labels(things))
        size = int(paper)
        asked = self.request.GET.copy()
        papers = []
        for key, words in PAPERS.items():
            asked["paper"] = key
            papers.append({"label": words, "url": f"?{asked.urlencode()}", "active": key == paper})
        return super().get_context_data(
            sheets=[labels[first : first + size] for first in range(0, len(labels), size)],
            paper=paper,
            papers=papers,
            count=len(labels),
            **kwargs,
        )

    def _labels(self, things: list[tuple[str, str, str]]) -> Iterator[dict[str, Any]]:
        base = (settings.PUBLIC_URL or self.request.build_absolute_uri("/")).rstrip("/")
        for code, name, place in things:
            square = qr.square(f"{base}{reverse('unit', args=[code])}")
            yield {"code": code, "name": name, "place": place, "square": square}


class CampaignLabelsView(CampaignMixin, LabelPage):
    """``/stocktakes/<id>/labels/``: a label for each thing of the list."""

    def get_title(self) -> Any:
        return _("Labels")

    def things(self) -> Any:
        lines = self.lines.filter(unit__isnull=False).order_by("division__path", "number")
        return lines.values_list("unit__code", "name", "division__name")


class LedgerLabelsView(LabelPage):
    """``/assets/labels/``: labels for the assets that the filter of the ledger leaves."""

    def get_crumbs(self) -> list[tuple[Any, str]]:
        return [FIRST, (_("Asset ledger"), reverse("assets")), (self.get_title(), "")]

    def things(self) -> Any:
        rows, filled = list_view("assets", self.request).filtered()
        if filled.is_bound and not filled.is_valid():
            raise BadInput(_("The filter holds a value that does not exist. Go back to the list."), "filter")
        return rows.values_list("unit__code", "unit__name", "unit__division__name")


class ReportView(CampaignMixin, Page):
    """``/stocktakes/<id>/report/``: all counted as in the ledger, or what not and why. 中文：清查报告"""

    template_name = "assets/stock/report.html"

    def get_title(self) -> Any:
        return _("Report of the stocktake")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        reached = progress_of(self.lines)
        return super().get_context_data(
            campaign=self.campaign,
            reached=reached,
            agrees=not reached.uncounted and not reached.differences,
            rows=list(self.rows()),
            uncounted=list(uncounted(self.lines)),
            printed=clock.today(),
            **kwargs,
        )

    def rows(self) -> Iterator[dict[str, Any]]:
        """One row a difference, with the act that settled it."""
        counts = StocktakeCount.objects.filter(
            line__in=self.lines.order_by().values("pk"), annulled=None, differences__len__gt=0
        )
        found = list(counts.select_related("line__division", "line__unit").order_by("line__number"))
        done = settlements_of(count.pk for count in found)
        for count in found:
            for kind in count.differences:
                yield {
                    "line": count.line,
                    "kind": Difference(kind).label,
                    "ledger": _ledger(count, kind),
                    "counted": _counted(count, kind),
                    "settlement": done.get((count.pk, kind)),
                }


def _ledger(count: StocktakeCount, kind: str) -> str:
    line = count.line
    if kind == Difference.QUANTITY:
        return f"{line.quantity.normalize():f} {line.measure}" if line.quantity is not None else display.DASH
    if kind == Difference.CONDITION:
        return str(line.get_state_display())
    return display.DASH if kind == Difference.SURPLUS else _("in the ledger")


def _counted(count: StocktakeCount, kind: str) -> str:
    if kind == Difference.QUANTITY:
        return f"{count.quantity.normalize():f} {count.line.measure}" if count.quantity is not None else ""
    if kind == Difference.CONDITION:
        return str(count.get_condition_display())
    if kind == Difference.POSITION:
        return _("%(m)s m away") % {"m": count.distance_m}
    if kind == Difference.SURPLUS and count.quantity is not None:
        return f"{count.quantity.normalize():f} {count.line.measure}"
    return str(count.get_found_display())
