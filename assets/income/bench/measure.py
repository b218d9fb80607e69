"""Measure the matching: right or wrong, how many by itself, how fast, and officers at once."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from assets.income.matching.engine import Outcome, Settled
from assets.income.models.match import Match
from assets.income.queries import identities, month_end, reports
from assets.income.services.matching import match_account
from registry import clock
from registry.bench.generate import make_divisions
from registry.bench.report import Options, Report, machine, seconds
from registry.rules.parameters import install_defaults

from . import county_year, loading, writers
from .generate import MIX, make
from .score import Score, score

# Receivables, bank lines, seconds of the fight.
SCALES = {
    "smoke": (300, 330, 1.0),
    "township": (5_000, 5_500, 10.0),
    "county": (100_000, 110_000, 60.0),
    "province": (200_000, 220_000, 60.0),
}
# Contracts of the year that is closed, and how often each page is asked for.
YEARS = {"smoke": (16, 2), "township": (375, 20), "county": (3_000, 20), "province": (3_000, 20)}
WRITERS = 8
DONE = ("settle", "undo", "run", "distribute")


def measure(options: Options) -> Report:
    """All figures of one run."""
    dues, lines, span = SCALES[options.scale]
    install_defaults()
    report = Report(
        "income",
        f"{dues:,} receivables, {lines:,} bank lines made with their truth ({_mix()}).",
        options.seed,
        machine(options.durable),
        clock.now().date().isoformat(),
    )
    county, _townships, _villages = make_divisions()
    county_year.measure_year(report, *YEARS[options.scale], county)  # before the other world fills the county
    world = make(dues, lines, options.seed)
    loaded = loading.load(world, county)
    report.add("lines delivered twice, recognised", f"{loaded.recognised:,} of {len(world.copies):,}")
    begun = time.perf_counter()
    run = match_account(account=loaded.account, by=None)
    took = time.perf_counter() - begun
    found = score(world, _outcome(loaded))
    _quality(report, found)
    _beside(report, options, world, found, took, len(loaded.lines), run.parts)
    _reports(report, loaded, county.path)
    _fight(report, loaded, span, options.seed)
    return report


def _mix() -> str:
    return ", ".join(f"{parts / 10:g} % {kind}" for kind, parts in MIX.items())


def _outcome(loaded: loading.Loaded) -> Outcome:
    """What stands in the database, in the keys of the world."""
    lines = {pk: key for key, pk in loaded.lines.items()}
    dues = {pk: key for key, pk in loaded.dues.items()}
    mine = Match.objects.in_force().filter(kind="due", line__account=loaded.account)
    rows = mine.values_list("line_id", "due_id", "amount", "rule")
    return Outcome(
        [Settled(lines[line], dues[due], int(amount * 100), rule) for line, due, amount, rule in rows]
    )


def _quality(report: Report, found: Score) -> None:
    report.add(
        "precision of automatic matches",
        f"{found.precision:.3%} of {found.matched:,} lines",
        note="bar 99.8 %",
    )
    strays = found.by_kind["stranger"] + found.by_kind["wrong"]
    report.add("automatic among strangers and wrong amounts", f"{strays}", note="bar 0")
    report.add("lines with a true due matched by themselves", f"{found.automatic:.2%}", note="bar 80 %")
    report.add(
        "of the rest, the right dues among the first three suggestions",
        f"{found.ranked:.2%} of {found.left:,} lines",
        note="bar 95 %",
    )


def _beside(
    report: Report, options: Options, world: Any, found: Score, took: float, lines: int, parts: int
) -> None:
    """Rows in PostGIS to matches in PostGIS, beside a script from files to a file."""
    answer, same = _peer(options, world), ""
    if answer is not None:
        theirs = _read(options.folder / "matches.csv")
        differ = sum(1 for key in found.made.keys() | theirs.keys() if found.made.get(key) != theirs.get(key))
        same = f"; {differ} lines decided differently"
    peer = f"{answer:.2f} s (pandas)" if answer else ""
    ratio = answer / took if answer else None
    value = f"{took:.2f} s, {lines / took:,.0f} lines/s, {parts:,} matches written"
    report.add(
        "one run, rows in PostGIS to matches in PostGIS", value, peer, ratio, f"bar 8 times the script{same}"
    )


def _read(path: Path) -> dict[int, dict[int, int]]:
    found: dict[int, dict[int, int]] = defaultdict(dict)
    for row in path.read_text(encoding="utf-8").splitlines()[1:]:
        line, due, fen, _rule = row.split(",")
        found[int(line)][int(due)] = int(fen)
    return found


def _peer(options: Options, world: Any) -> float | None:
    if options.peers is None:
        return None
    loading.write_files(world, options.folder)
    script = Path(__file__).with_name("peer.py")
    done = subprocess.run(
        [str(options.peers), "-I", str(script), str(options.folder)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return float(json.loads(done.stdout)["seconds"])


def _reports(report: Report, loaded: loading.Loaded, path: str) -> None:
    period = reports.Period(dt.date(2025, 1, 1), dt.date(2025, 12, 31))
    for by in reports.BY:
        took = seconds(lambda by=by: reports.report(by, period, [path], path))
        report.add(f"report by {by}", f"{took:.2f} s")
    report.add(
        "arrears with their ages", f"{seconds(lambda: reports.arrears(period.last, [path], path)):.2f} s"
    )
    month = dt.date(2025, 3, 1)
    took = seconds(
        lambda: (month_end.hindrances(loaded.account, month), month_end.reconciliation(loaded.account, month))
    )
    report.add("checklist and bank reconciliation statement of a month", f"{took:.2f} s")
    took = seconds(identities.broken)
    report.add("every identity asked over everything", f"{took:.2f} s")


def _fight(report: Report, loaded: loading.Loaded, span: float, seed: int) -> None:
    counts = writers.fight(loaded.account, span, WRITERS, seed)
    failed = sum(count for what, count in counts.items() if what.startswith("failed"))
    done = sum(counts[what] for what in DONE)
    wrong = sum(len(rows) for rows in identities.broken().values())
    report.add(
        f"{WRITERS} writers matching, undoing and distributing for {span:g} s: the same 40 lines, one pool",
        f"{done:,} acts done ({counts['distribute']:,} on the pool), "
        f"{counts['refused']:,} refused with a sentence, {failed} failed, "
        f"{wrong} identities broken",
        note="bar 0 and 0",
    )
