"""`./run bench kernel`: who keeps what up, the rules, a ledger that comes in. 中文：登记簿内核测量"""

from __future__ import annotations

import datetime as dt
import gc
import json
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pghistory
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from registry import clock, row_security
from registry.codes import EntryCode
from registry.models import Division, Entry, Unit
from registry.queries.entries import holders_on, holders_recorded
from registry.rules import all_rules
from registry.rules.changed import evaluate_changed
from registry.rules.engine import evaluate

from .generate import County, make_county
from .report import Options, Report, machine, milliseconds, percentiles, seconds

DAYS = {"today": None, "2023-06-30": dt.date(2023, 6, 30)}
RUNS, PEER_RUNS, EDITS = 50, 5, 50
SAMPLE = 2000  # units that the peer of the rules looks at
LEDGER = {"smoke": 60, "township": 2000, "county": 20_000, "province": 20_000}


def measure(options: Options) -> Report:
    """Make the county and measure; the report names machine, data and seed."""
    made: list[County] = []
    making = seconds(lambda: made.append(make_county(options.scale, options.seed)))
    county = made[0]
    report = Report(
        name="kernel",
        data=(
            f"{county.units:,} units, {county.entries:,} entries, {county.events:,} rows of five years of"
            f" history, 8 townships of 10 villages ({options.scale}), made in {making:.0f} s."
        ),
        seed=options.seed,
        machine=machine(options.durable),
        measured_on=clock.now().strftime("%Y-%m-%d %H:%M"),
    )
    smoke = options.scale == "smoke"
    gc.collect()
    keepers(report, county, runs=3 if smoke else RUNS, peer_runs=1 if smoke else PEER_RUNS)
    guard(report, county, runs=3 if smoke else RUNS)
    rules(report, county, edits=2 if smoke else EDITS)
    if not smoke:
        ledger(report, county, options)
    return report


# --- who keeps what up


def keepers(report: Report, county: County, *, runs: int, peer_runs: int) -> None:
    """The kernel's query beside one query a unit; turn by turn, so that both meet the same machine."""
    for words, day in DAYS.items():
        on = day or clock.today()
        sizes = []
        for town in (county.large, county.small):
            ask = _ask(on, town)
            with CaptureQueriesContext(
                connection,
            ) as caught:
                rows = ask()
            sizes.append((town, ask, len(rows), len(caught)))
        (town, ask, count, queries), (_small, _ask_small, few, queries_few) = sizes
        mine, theirs = [], []
        for turn in range(runs):
            mine.append(seconds(ask))
            if turn * peer_runs // runs != (turn + 1) * peer_runs // runs:
                theirs.append(seconds(lambda town=town, on=on: one_by_one(on, town)))
        report.add(
            f"who keeps up what in a township of {town.units_held:,} units, {words}",  # type: ignore[attr-defined]
            milliseconds(mine),
            f"a loop over the units, three queries each: {milliseconds(theirs)} ({len(theirs)} runs)",
            percentiles(theirs)[0] / percentiles(mine)[0],
            f"{count:,} rows; {_counted(queries)}, and for {few:,} rows {_counted(queries_few)}; {runs} runs",
        )
    instant = clock.now() - dt.timedelta(days=2 * 365)
    recorded = [
        seconds(
            lambda: holders_recorded(
                DAYS["2023-06-30"] or instant.date(), EntryCode.UPKEEP, county.large, instant
            )
        )
        for _turn in range(runs)
    ]
    report.add(
        "the same for 2023-06-30, as the book said it two years ago",
        milliseconds(recorded),
        note=f"three queries over the history; {runs} runs",
    )


def _counted(queries: int) -> str:
    return "1 query" if queries == 1 else f"{queries} queries"


def _ask(day: dt.date, town: Division) -> Callable[[], list[Entry]]:
    town.units_held = Unit.objects.within(town).count()  # type: ignore[attr-defined]
    return lambda: list(holders_on(day, EntryCode.UPKEEP, town))


def one_by_one(day: dt.date, town: Division) -> list[tuple[str, str, str]]:
    """The peer: what is written where nobody thinks of queries."""
    found = []
    for unit in Unit.objects.within(town).order_by("code"):
        for entry in Entry.objects.on(day).filter(unit=unit, code=EntryCode.UPKEEP):
            found.append((unit.code, entry.party.name, entry.agent.name if entry.agent else ""))
    return found


# --- the second guard


def guard(report: Report, county: County, *, runs: int) -> None:
    """Telephones of a township's people, as the owner reads them and through row-level security."""
    from registry.models import PersonalData

    def read() -> int:
        return len(list(PersonalData.objects.filter(party__division__path__startswith=county.large.path)))

    free = [seconds(read) for _turn in range(runs)]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = 'registry_app'")
        if not cursor.fetchone():
            return
        cursor.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO registry_app")
        cursor.execute("SET LOCAL ROLE registry_app")
        row_security.say(county.large.path)
        count = read()
        guarded = [seconds(read) for _turn in range(runs)]
        said = [seconds(lambda: row_security.say(county.large.path)) for _turn in range(runs)]
    row_security.say(row_security.EVERYTHING)
    report.add(
        f"row-level security: the {count:,} telephones of a township",
        milliseconds(guarded),
        f"without it: {milliseconds(free)}",
        percentiles(free)[0] / percentiles(guarded)[0],
        f"telling the database whose request it is: {milliseconds(said)} a request",
    )


# --- the rules


def kernel_rules() -> list[str]:
    """Rules whose facts the kernel holds."""
    return [rule.id for rule in all_rules() if rule.read.__module__.startswith("registry.")]


def rules(report: Report, county: County, *, edits: int) -> None:
    """Everything at once, a second time when nothing has changed, and after single edits."""
    today, names = clock.today(), kernel_rules()
    tallies: list[dict[str, Any]] = []
    first = seconds(lambda: tallies.append(evaluate(as_of=today)))
    again = seconds(lambda: evaluate(as_of=today, rule_ids=names))
    checked = sum(tallies[0][name]["checked"] for name in names)
    found = sum(tallies[0][name]["open"] for name in names)
    report.add(
        f"all {len(names)} rules of the kernel over {county.units:,} units",
        f"{again:.1f} s, {checked / again:,.0f} rows a second",
        note=f"{checked:,} rows read, {found:,} findings; the first time, all rules of the product and"
        f" findings written, {first:.1f} s",
    )
    _one_rule(report, county, today)
    _edits(report, county, today, edits)


def _one_rule(report: Report, county: County, today: dt.date) -> None:
    """RIG-02, that shares add up, beside a loop over a sample of the units."""
    sample = min(SAMPLE, county.units)
    mine = seconds(lambda: evaluate(as_of=today, rule_ids=["RIG-02"]))
    theirs = seconds(lambda: _shares_one_by_one(sample, today)) * county.units / sample
    report.add(
        f"one of them alone, RIG-02 (shares add up), over {county.units:,} units",
        f"{mine:.1f} s",
        f"a loop over objects: {theirs:.1f} s",
        theirs / mine,
        f"the peer looked at {sample:,} units and is extrapolated",
    )


def _shares_one_by_one(count: int, day: dt.date) -> list[str]:
    """The peer: one object after the other, the same verdict."""
    wrong = []
    for unit in Unit.objects.filter(left_on=None, annulled=None).order_by("pk")[:count]:
        for code in ("ownership", "income", "upkeep"):
            rows = Entry.objects.in_force().filter(unit=unit, code=code)
            days = {day for row in rows for day in (row.valid.lower, row.valid.upper) if day} | {day}
            totals = {sum(row.share for row in rows if day in _Held(row.valid)) for day in days}
            if totals - {0, 1}:
                wrong.append(unit.code)
    return wrong


class _Held:
    """A half-open range of days."""

    def __init__(self, valid: Any) -> None:
        self.lower, self.upper = valid.lower, valid.upper

    def __contains__(self, day: dt.date) -> bool:
        return self.lower <= day and (self.upper is None or day < self.upper)


def _edits(report: Report, county: County, today: dt.date, edits: int) -> None:
    """One share is changed, committed, and the rules are brought up to it; many times."""
    evaluate_changed(as_of=today)
    keys = list(
        Entry.objects.within(county.county)
        .filter(code=EntryCode.INCOME)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    step = max(1, len(keys) // edits)
    times = []
    for number, key in enumerate(keys[::step][:edits]):
        with pghistory.context(user=0, reason="bench"):
            Entry.objects.filter(pk=key).update(share_num=1 + number % 2, share_den=2)
        times.append(seconds(lambda: evaluate_changed(as_of=today)))
    report.add(
        "the rules again after one edit (a share changed)",
        milliseconds(times),
        note=f"every rule of the product that the edit can turn; {len(times)} edits; the bar is 100 ms",
    )


# --- a ledger comes in


def ledger(report: Report, county: County, options: Options) -> None:
    """A ledger of 20,000 rows is staged, looked at, applied, in a process of its own; and row by row."""
    rows = LEDGER[options.scale]
    for mode in ("import", "peer"):
        words = [
            sys.executable,
            "-m",
            "registry.bench.importing",
            mode,
            str(rows),
            str(options.seed),
            str(options.folder),
        ]
        done = subprocess.run(
            words,
            input=json.dumps(county.villages),
            capture_output=True,
            text=True,
            check=False,
            env=os.environ | {"TIANZHANG_HOME": str(options.folder)},
        )
        if done.returncode:
            raise RuntimeError(done.stderr[-2000:])
        answer = json.loads(done.stdout.splitlines()[-1])
        if mode == "import":
            mine = answer
            continue
        _say_import(report, mine, answer)


def _say_import(report: Report, mine: dict[str, Any], peer: dict[str, Any]) -> None:
    rows, whole = mine["rows"], mine["stage"] + mine["preview"] + mine["apply"]
    report.add(
        f"a ledger of {rows:,} rows comes in",
        f"{whole:.1f} s: staged {mine['stage']:.1f} s, looked at {mine['preview']:.2f} s, applied with"
        f" the rules {mine['apply']:.1f} s; {rows / whole:,.0f} rows a second,"
        f" peak memory {mine['peak_mb']:,.0f} MB",
        "a loop over openpyxl, objects created one by one, nothing checked:"
        f" {peer['rows'] / peer['seconds']:,.0f} rows a second, {peer['peak_mb']:,.0f} MB",
        (rows / whole) / (peer["rows"] / peer["seconds"]),
        f"{mine['accepted']:,} rows accepted; the peer wrote {peer['rows']:,} rows: a unit, a point, four"
        " entries",
    )
