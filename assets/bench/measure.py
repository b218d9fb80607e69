"""`./run bench assets`: pages with five years of upkeep behind them, export, rules. 中文：资产页面测量"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import override_settings
from django.urls import reverse

from registry import clock
from registry.bench.report import Options, Report, machine, milliseconds, percentiles, seconds
from registry.bench.serving import serving
from registry.models import Unit
from registry.rules import all_rules
from registry.rules.engine import evaluate
from registry.site.memory import settle

from .made import Held, make

RUNS, BAR_MS = 60, 150
# One line measures another page: what it is, its address (a unit's code stands for {code}), its query.
PAGES: tuple[tuple[str, str, str], ...] = (
    ("findings of UPK-06 (inspections overdue)", "/findings/", "?rule=UPK-06"),
    ("due list of one township, every thing with its day", "/inspections/", ""),
    ("due list, overdue alone", "/inspections/", "?when=overdue"),
    ("calendar of inspections of a month", "/inspections/calendar/", ""),
    ("workbench of the asset manager", "/", ""),
    ("what waits by village", "/work/", ""),
    ("asset page", "/u/{code}", ""),
    ("ledger, first page", "/assets/", ""),
    ("ledger, filtered by class, sub-type and state", "/assets/",
     "?asset_class=public_welfare&subtype=road&state=in_use"),
    ("ledger, part of a name", "/assets/", "?q=9号"),
    ("ledger, those nobody keeps up", "/assets/", "?amiss=no_keeper"),
    ("ledger, those with an open finding", "/assets/", "?amiss=finding"),
)  # fmt: skip


def measure(options: Options) -> Report:
    """Make the register and measure; the report names machine, data and seed."""
    made: list[Held] = []
    making = seconds(lambda: made.append(make(options.scale, options.seed, options.folder)))
    held = made[0]
    report = Report(
        name="assets",
        data=(
            f"{held.assets:,} assets with {held.inspections:,} inspections of five years, 8 townships of 10"
            f" villages ({options.scale}), the township looked at has"
            f" {Unit.objects.within(held.county.large).count():,} of them; made in {making:.0f} s. Pages are"
            " answered by the whole server (middleware, templates, the role of row security) without the"
            " network."
        ),
        seed=options.seed,
        machine=machine(options.durable),
        measured_on=clock.now().strftime("%Y-%m-%d %H:%M"),
    )
    runs = 3 if options.scale == "smoke" else RUNS
    rules(report, held)
    settle()
    pages(report, held, runs)
    export(report, held)
    return report


def rules(report: Report, held: Held) -> None:
    """Every rule of the assets app over the whole county, a first time and when nothing has changed."""
    names = [rule.id for rule in all_rules() if rule.read.__module__.startswith("assets.")]
    tallies: list[dict[str, Any]] = []
    first = seconds(lambda: tallies.append(evaluate(as_of=clock.today())))
    again = seconds(lambda: evaluate(as_of=clock.today(), rule_ids=names))
    asked = [
        tallies[0][name] for name in names if name in tallies[0]
    ]  # rules on a layer ask where there is one
    checked = sum(tally["checked"] for tally in asked)
    found = sum(tally["open"] for tally in asked)
    report.add(
        f"all {len(asked)} rules of the assets over {held.assets:,} assets",
        f"{again:.1f} s",
        note=f"{checked:,} rows read, {found:,} findings; the first time, with all rules of the product and"
        f" the findings written, {first:.1f} s",
    )
    worst = sorted(((seconds(_rule(name)), name) for name in names), reverse=True)[:3]
    report.add("the three that take longest", ", ".join(f"{name} {taken:.2f} s" for taken, name in worst))


def _rule(name: str) -> Callable[[], Any]:
    return lambda: evaluate(as_of=clock.today(), rule_ids=[name])


def pages(report: Report, held: Held, runs: int) -> None:
    """Each page many times over, other things each time; queries beside it, for few rows and for many."""
    codes = list(Unit.objects.within(held.county.large).order_by("?").values_list("code", flat=True)[:runs])
    here = Unit.objects.within(held.county.small).values_list("code", flat=True).first()
    with override_settings(ALLOWED_HOSTS=["*"], MIDDLEWARE=_middleware()), serving():
        client = Client()
        client.force_login(held.officer, backend="django.contrib.auth.backends.ModelBackend")
        client.post(reverse("division_switch"), {"division": held.county.large.pk})
        for what, path, query in PAGES:
            urls = [path.format(code=code) + query for code in codes]
            report.add(f"{what}", *_page(client, held, urls, path.format(code=here) + query))


def _middleware() -> list[str]:
    """The server's, without the protection against guessing passwords (it writes a row a sign-in)."""
    return [name for name in settings.MIDDLEWARE if not name.startswith("axes.")]


def _page(client: Client, held: Held, urls: list[str], small: str) -> tuple[str, str, None, str]:
    def ask(url: str) -> None:
        answer = client.get(url)
        if answer.status_code != 200:
            raise RuntimeError(f"{url}: {answer.status_code}")

    ask(urls[0])
    many = _queries(lambda: ask(urls[0]))
    times = [seconds(lambda url=url: ask(url)) for url in urls]
    client.post(reverse("division_switch"), {"division": held.county.small.pk})
    few = _queries(lambda: ask(small))
    client.post(reverse("division_switch"), {"division": held.county.large.pk})
    within = "within" if percentiles(times)[1] * 1000 <= BAR_MS else "over"
    note = f"{many} queries, in a township of a tenth {few}; {len(urls)} runs; {within} the bar of"
    return milliseconds(times), "", None, f"{note} {BAR_MS} ms"


def _queries(act: Callable[[], Any]) -> int:
    """How many statements an act sends to the database."""
    sent: list[str] = []

    def send(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        sent.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(send):
        act()
    return len(sent)


def export(report: Report, held: Held) -> None:
    """The whole ledger as a workbook."""
    with override_settings(ALLOWED_HOSTS=["*"], MIDDLEWARE=_middleware()), serving():
        client = Client()
        client.force_login(held.officer, backend="django.contrib.auth.backends.ModelBackend")
        client.post(reverse("division_switch"), {"division": held.county.county.pk})
        sizes: list[int] = []

        def take() -> None:
            answer = client.get(reverse("assets") + "?export=xlsx")
            sizes.append(sum(len(part) for part in answer.streaming_content))  # type: ignore[attr-defined]

        asked = _queries(take)
        taken = min(seconds(take) for _turn in range(3))
    report.add(
        f"export of {held.assets:,} rows as XLSX",
        f"{taken:.1f} s, {held.assets / taken:,.0f} rows a second",
        note=f"{sizes[-1] / 2**20:.1f} MB, {asked} queries",
    )
