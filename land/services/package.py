"""Farmland flow by the annual increment package, and the overlay held against it (C03, C06).

中文：按增量包分析耕地流出. The package says what became of each piece of ground; what it does not name has
stayed what the earlier survey says. Ground that came or went with the border of a division (XZQTZLX) is no
flow: it is summed apart, so that previous − outflow + inflow + moved in − moved out = current.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from land.area import official_areas, round_area
from land.flow import IN, OUT, ZERO, Doubt, Plot, Strand, exclusive
from land.models import LandClass, Vintage
from land.parameters_layers import PACKAGE_KEYS, PACKAGE_MU, PACKAGE_SHARE, TRANSFERS
from land.queries.increment import Base, Change, base_and_changes
from land.queries.vintages import describe
from land.services.outcome import (
    PACKAGE,
    Compared,
    Flow,
    classes_of,
    kinds_of,
    note_layers,
    on_the_outflow,
    prove_sums,
    refuse_unbalanced,
    summed,
)
from registry import geo
from registry.models import Division
from registry.rules.parameters import values_on

_CENT = Decimal("0.01")
_ROUNDING_M2 = Decimal("0.05")  # of a village: stated and measured pieces of the same ground
_MU_M2 = Decimal(10_000) / 15
Key = tuple[str, str]  # village and class


def by_package(
    years: tuple[int, int],
    olds: Sequence[Vintage],
    packs: Sequence[Vintage],
    paths: Sequence[str],
    division: Division | None,
) -> Flow:
    """The flow that the package states on the ground of the earlier survey. A dozen queries.

    Raises ``RegistryError`` ("C01") where the package takes more farmland from a village than it had.
    """
    day = dt.date(years[1], 12, 31)
    old_classes, new_classes = (classes_of(year) for year in years)
    farmland = {code for code, row in old_classes.items() if row.is_farmland}
    bases, changes = base_and_changes(olds, packs, paths, farmland)
    doubts: list[Doubt] = []
    changed = list(_strands(changes, old_classes, new_classes, day, doubts))
    flow = summed([*_stayed(bases, changed), *changed], kinds_of(new_classes))
    flow.years, flow.division, flow.doubts, flow.basis = years, division, doubts, PACKAGE
    flow.moves = _moves(changed)
    layers = on_the_outflow(flow, day)
    flow.vintages = tuple(describe(v) for v in (*olds, *packs, *layers))
    note_layers(flow)
    prove_sums(flow)
    return flow


def _strands(
    changes: Sequence[Change],
    old_classes: dict[str, LandClass],
    new_classes: dict[str, LandClass],
    day: dt.date,
    doubts: list[Doubt],
) -> Iterator[Strand]:
    """The rows as strands; ground that two rows have counts once, by the first (C03)."""
    types = values_on(PACKAGE_KEYS, day)[TRANSFERS]
    srid = geo.county().work_srid
    for going in (False, True):  # ground given by one division and got by another stands twice, rightly
        rows = [row for row in changes if _leaves(row, types) is going]
        news = [
            _plot(row.new_id or row.old_id, row.new_class, row.new_village, row, new_classes) for row in rows
        ]
        shapes = exclusive("package", news, [], srid, doubts)
        for row, new, shape in zip(rows, news, shapes, strict=True):
            gross = row.gross
            if shape is not row.geometry:
                gross = round_area(official_areas(np.array([shape], dtype=object), srid)[0])
            if gross <= 0:
                continue
            old = _plot(row.old_id, row.old_class, row.old_village, row, old_classes)
            yield Strand(
                old,
                None if going else new,
                gross,
                _counted(gross, row.old_ratio),
                ZERO if going else _counted(gross, row.new_ratio),
                shape,
                _transfer(row, types),
            )


def _transfer(row: Change, types: dict[str, list[str]]) -> str:
    if _leaves(row, types):
        return OUT
    return IN if row.from_elsewhere or row.transfer in types["in"] else ""


def _leaves(row: Change, types: dict[str, list[str]]) -> bool:
    out = row.transfer in types["out"] and row.transfer not in types["matrix"]
    return out or row.to_elsewhere


def _plot(key: str, code: str, village: str, row: Change, classes: dict[str, LandClass]) -> Plot:
    known = classes.get(code)
    farmland = bool(known and known.is_farmland)
    return Plot(key, code, village, row.gross, row.gross, farmland, row.geometry)


def _counted(gross: Decimal, ratio: Decimal) -> Decimal:
    return (gross * (1 - ratio)).quantize(_CENT, ROUND_HALF_UP)


def _stayed(bases: Iterable[Base], changed: Iterable[Strand]) -> Iterator[Strand]:
    """Farmland that no row names: what the survey has, less what the rows took. Raises ``RegistryError``."""
    gross: defaultdict[Key, Decimal] = defaultdict(Decimal)
    counted: defaultdict[Key, Decimal] = defaultdict(Decimal)
    for base in bases:
        gross[base.village, base.class_code] += base.gross
        counted[base.village, base.class_code] += base.counted
    pieces: defaultdict[Key, int] = defaultdict(int)
    for strand in changed:
        if strand.was and strand.transfer != IN and strand.old is not None:
            key = strand.old.village, strand.old.class_code
            gross[key] -= strand.gross
            counted[key] -= strand.counted_old
            pieces[key] += 1
    for key in sorted(gross):
        if gross[key] < -_ROUNDING_M2 - _CENT * pieces[key]:
            refuse_unbalanced(f"{key[0]}, {key[1]}", gross[key], ZERO)
        plot = Plot("", key[1], key[0], gross[key], counted[key], farmland=True)
        yield Strand(plot, plot, gross[key], counted[key], counted[key])


def _moves(changed: Iterable[Strand]) -> dict[Key, Decimal]:
    """Farmland that came from one village to another, by the codes on both sides of the rows; gross."""
    moves: defaultdict[Key, Decimal] = defaultdict(Decimal)
    for strand in changed:
        if strand.was and strand.old and strand.new and strand.old.village != strand.new.village:
            moves[strand.old.village, strand.new.village] += strand.gross
    return dict(moves)


# --- C06


def crosscheck(flow: Flow, overlaid: Flow) -> None:
    """C06: hold the overlay against the package, village by village, and say where they part."""
    limits = values_on(PACKAGE_KEYS, dt.date(flow.years[1], 12, 31))
    share, least = Decimal(limits[PACKAGE_SHARE]), Decimal(limits[PACKAGE_MU]) * _MU_M2
    for village in sorted(flow.villages.keys() | overlaid.villages.keys()):
        ours, theirs = _figures(flow, village), _figures(overlaid, village)
        differs = any(_differ(one, two, share, least) for one, two in zip(ours, theirs, strict=True))
        flow.crosscheck.append(Compared(village, ours, theirs, differs))
    flow.vintages += tuple(row for row in overlaid.vintages if row not in flow.vintages)
    if flow.differing:
        said = _(
            "C06: increment package and overlay part in %(n)d villages by more than %(share)s %% or %(mu)s "
            "mu: %(villages)s."
        )
        named = {
            "n": len(flow.differing),
            "share": f"{share * 100:f}".rstrip("0").rstrip("."),
            "mu": limits[PACKAGE_MU],
            "villages": "、".join(row.village for row in flow.differing[:12]),
        }
        flow.notes.append(said % named)
    _hold_against_survey(flow, overlaid)


def _figures(flow: Flow, village: str) -> tuple[Decimal, Decimal]:
    sums: Any = flow.villages.get(village)
    return (sums[0].outflow, sums[0].inflow) if sums else (ZERO, ZERO)


def _differ(one: Decimal, two: Decimal, share: Decimal, least: Decimal) -> bool:
    """By more than the share of the larger, or than the area; hundredths of rounding never."""
    apart = abs(one - two)
    return apart > _ROUNDING_M2 and (apart > share * max(one, two) or apart > least)


def _hold_against_survey(flow: Flow, overlaid: Flow) -> None:
    apart = flow.gross.current - overlaid.gross.current
    if abs(apart) > _ROUNDING_M2 + overlaid.gross.current * Decimal("0.000001"):
        flow.notes.append(
            _("The package leads to %(package)s m² of farmland, the survey of %(year)d has %(survey)s m².")
            % {
                "package": f"{flow.gross.current:.2f}",
                "year": flow.years[1],
                "survey": f"{overlaid.gross.current:.2f}",
            }
        )
