"""Farmland outflow between two survey years, proved. 中文：耕地流出分析

The command, the page and the workbook ask here. Where the annual increment package of the later year is
loaded the figures are the package's, and the overlay of the two surveys is held against them (C06); else the
overlay answers. C01 is proved against the sums of the layers, for the whole and for each village; a run that
does not prove itself is refused.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from land.flow import NOWHERE, ZERO, Plot, Strand, weave, whole
from land.models import Vintage
from land.queries.flow import SideBySide, side_by_side, surveys
from land.queries.increment import packages
from land.queries.vintages import describe
from land.services.outcome import (
    Flow,
    Outflow,
    classes_of,
    kinds_of,
    nested,
    note_layers,
    on_the_outflow,
    prove_sums,
    refuse_unbalanced,
    summed,
)
from land.services.package import by_package, crosscheck
from registry import geo
from registry.errors import BadInput
from registry.models import Division

_CENT = Decimal("0.01")


def compare(old_year: int, new_year: int, division: Division | None = None) -> Flow:
    """What became of the farmland of a division (default: of all that both years speak of).

    About thirty queries. Raises ``BadInput`` where a year is not loaded or the years do not ascend, and
    ``RegistryError`` ("C01") when the sums do not prove themselves.
    """
    if not old_year < new_year:
        raise BadInput(
            _("%(old)d is not before %(new)d: name the earlier survey year first.")
            % {"old": old_year, "new": new_year},
            "years",
        )
    years, olds, news = (old_year, new_year), surveys(old_year), surveys(new_year)
    packs = packages(new_year) if new_year == old_year + 1 else []
    if not packs:
        return _overlaid(years, olds, news, division)
    paths = _paths(olds, news or packs, division, years)
    covered = [path for path in paths if any(path.startswith(pack.division.path) for pack in packs)]
    if covered != paths:
        flow = _overlaid(years, olds, news, division)
        flow.notes.append(
            _("The increment package does not speak of all of this ground: the overlay answers.")
        )
        return flow
    flow = by_package(years, olds, packs, paths, division)
    if news:
        crosscheck(flow, _overlaid(years, olds, news, division))
    else:
        said = _("No survey of %(year)d is loaded: nothing can be held against the increment package.")
        flow.notes.append(said % {"year": new_year})
    return flow


def _overlaid(
    years: tuple[int, int], olds: Sequence[Vintage], news: Sequence[Vintage], division: Division | None
) -> Flow:
    """The comparison by laying the two surveys over each other."""
    paths = _paths(olds, news, division, years)
    old_classes, new_classes = (classes_of(year) for year in years)
    farmland = tuple(
        {code for code, row in found.items() if row.is_farmland} for found in (old_classes, new_classes)
    )
    read = side_by_side(olds, news, paths, (farmland[0], farmland[1]))
    woven = weave(read.olds, read.news, geo.county().work_srid, list(read.beside))
    strands = [*(whole(old, new, new.geometry) for old, new in read.turned), *woven.strands]
    flow = summed([*_unchanged(read), *strands], kinds_of(new_classes))
    flow.years, flow.division, flow.doubts = years, division, woven.doubts
    layers = on_the_outflow(flow, dt.date(years[1], 12, 31))
    flow.vintages = tuple(describe(v) for v in (*olds, *news, *layers))
    _note(flow, strands)
    note_layers(flow)
    _prove(flow, read)
    return flow


def _paths(
    olds: Sequence[Vintage], news: Sequence[Vintage], division: Division | None, years: tuple[int, int]
) -> list[str]:
    """The places that both years speak of, within the division."""
    for year, found in zip(years, (olds, news), strict=True):
        if not found:
            raise BadInput(
                _("No land survey of %(year)d is loaded. Import its parcels, or name another year.")
                % {"year": year},
                "no_survey",
            )
    both = [_deeper(o.division.path, n.division.path) for o in olds for n in news]
    paths = {path for path in both if path}
    if division is not None:
        paths = {path for path in (_deeper(path, division.path) for path in paths) if path}
    if not paths:
        place = division.name if division else _("any division")
        raise BadInput(
            _("The surveys of %(old)d and %(new)d do not both speak of %(place)s.")
            % {"old": years[0], "new": years[1], "place": place},
            "no_survey",
        )
    return sorted(paths)


def _deeper(one: str, two: str) -> str:
    if one.startswith(two):
        return one
    return two if two.startswith(one) else ""


def _unchanged(read: SideBySide) -> Iterator[Strand]:
    for row in read.same:
        yield from _same(row)


def _same(row: Any) -> list[Strand]:
    """Sums of unchanged farmland as strands: what the ridges gave and took beside what stayed."""
    old = Plot("", row.old_class, row.village, row.gross, row.counted, farmland=True)
    new = Plot("", row.new_class, row.village, row.gross, row.counted, farmland=True)
    strands = [Strand(old, new, row.gross, row.counted - row.less, row.counted - row.less)]
    if row.less:
        strands.append(Strand(old, new, ZERO, row.less, ZERO))
    if row.more:
        strands.append(Strand(old, new, ZERO, ZERO, row.more))
    return strands


# --- proof


def _note(flow: Flow, strands: Sequence[Strand]) -> None:
    lost = sum((s.gross for s in strands if s.new is None), ZERO)
    made = sum((s.gross for s in strands if s.old is None), ZERO)
    flow.uncovered = {"old": lost, "new": made}
    if lost or made:
        flow.notes.append(
            _(
                "The two surveys do not cover the same ground: %(lost)s m² of the earlier are missing in the "
                "later, %(made)s m² of the later were missing before. "
                "Farmland among it counts as unclassified."
            )
            % {"lost": f"{lost:.2f}", "made": f"{made:.2f}"}
        )


def _prove(flow: Flow, read: SideBySide) -> None:
    """C01, C02: the sums prove themselves, and agree with both layers within rounding. Raises otherwise."""
    prove_sums(flow)
    parts = len(read.olds) + len(read.news) + len(flow.outflows) + 10
    twice = sum((doubt.area_m2 for doubt in flow.doubts), ZERO)
    for side, measured in (("o", flow.gross.previous), ("n", flow.gross.current)):
        layer = read.totals[side][0]
        allowed = _CENT * parts * 4 + layer * Decimal("0.000001")
        if not -allowed <= layer - measured <= allowed + twice:
            refuse_unbalanced("", measured, layer)


__all__ = ["NOWHERE", "Flow", "Outflow", "compare", "nested"]
