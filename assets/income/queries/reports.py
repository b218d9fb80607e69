"""Receivable, received, distributed, balance; arrears by age; what money was used for. 中文：收益报表

Each figure is the sum of rows that its link shows. A due of several units is apportioned by their
weights: the
running sum of the weights is rounded down to the fen, so that the parts always make the whole.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from .distributed import called, distributed

ZERO = Decimal("0.00")
_SCOPE = "(p.path ^@ ANY(%(paths)s) AND p.path ^@ %(within)s)"
# Every due fallen and every match of the period, with its contract, its unit and its month.
_PARTS = """
unit_part AS (
  SELECT u.contract_id, u.unit_id,
         coalesce(sum(u.weight_num::numeric / u.weight_den) OVER before, 0) AS low,
         CASE WHEN row_number() OVER (PARTITION BY u.contract_id ORDER BY u.id DESC) = 1 THEN 1
              ELSE sum(u.weight_num::numeric / u.weight_den) OVER upto END AS high
    FROM assets_contractunit u
  WINDOW before AS (PARTITION BY u.contract_id ORDER BY u.id ROWS BETWEEN UNBOUNDED PRECEDING
    AND 1 PRECEDING),
         upto AS (PARTITION BY u.contract_id ORDER BY u.id))
"""
_OWN = f"""
SELECT c.id AS contract_id, c.division_id FROM assets_contract c
  JOIN registry_division p ON p.id = c.division_id WHERE {_SCOPE}
"""
_OWED = "WHERE annulled_id IS NULL AND due_on >= %(first)s AND due_on <= %(last)s"
_GOT = """
  FROM assets_match m JOIN assets_due d ON d.id = m.due_id
 WHERE m.undone_id IS NULL AND m.booked_on >= %(first)s AND m.booked_on <= %(last)s
"""
# Dues and matches of the period, each by itself, or summed by contract before anything else is asked of them.
_EACH = {
    "dues": f"SELECT contract_id, due_on AS day, amount, written_off FROM assets_due {_OWED}",
    "matches": f"SELECT d.contract_id, m.booked_on AS day, m.amount {_GOT}",
}
_SUMMED = {
    "dues": "SELECT contract_id, sum(amount) AS amount, sum(written_off) AS written_off"
    f" FROM assets_due {_OWED} GROUP BY 1",
    "matches": f"SELECT d.contract_id, sum(m.amount) AS amount {_GOT} GROUP BY 1",
}
# Receivable and received by what a report tells apart: a grain of contract, place and day. What an annulled
# contract owed is owed no more; what it received was received.
_FLOWS = f"""
own AS MATERIALIZED ({_OWN}),
owed AS MATERIALIZED ({_OWN} AND c.annulled_id IS NULL),
flow AS (
  SELECT {{grain}}, {{due}} AS due, 0::numeric AS got
    FROM ({{dues}}) f JOIN owed o USING (contract_id) {{group}}
  UNION ALL
  SELECT {{grain}}, 0, {{got}} FROM ({{matches}}) f JOIN own o USING (contract_id) {{group}})
"""
_COLUMNS = {"division_id": "o.division_id", "contract_id": "contract_id", "day": "f.day"}


def _flows(by: str, wide: bool, *columns: str) -> str:
    """The flows of a report by these columns; ``wide``: most contracts of the register are asked for.

    What is apportioned is every due and every match; else sums are enough.
    """
    rows = _SUMMED if wide and "day" not in columns and by != "asset" else _EACH
    due, got = "f.amount - f.written_off", "f.amount"
    parts = {"grain": ", ".join(_COLUMNS[column] for column in columns), **rows}
    if by == "asset":
        return _FLOWS.format(due=due, got=got, group="", **parts)
    return _FLOWS.format(due=f"sum({due})", got=f"sum({got})", group=f"GROUP BY {parts['grain']}", **parts)


# The village of a place: a natural village counts with the village it belongs to, a township for itself.
_VILLAGE = """
(SELECT a.id FROM registry_division a
  WHERE a.id = p.id OR (a.level = 'village' AND a.id = ANY(string_to_array(trim(p.path, '/'), '/')::bigint[]))
  ORDER BY a.level = 'village' DESC LIMIT 1)
"""
_BY = {
    "village": "SELECT v.id, v.name, '', sum(f.due), sum(f.got) FROM flow f"
    f" JOIN registry_division p ON p.id = f.division_id JOIN registry_division v ON v.id = {_VILLAGE}"
    " GROUP BY v.id, v.name, v.path ORDER BY v.path",
    "contract": "SELECT c.id, c.number, c.title, f.due, f.got"
    " FROM (SELECT contract_id, sum(due) AS due, sum(got) AS got FROM flow GROUP BY 1) f"
    ' JOIN assets_contract c ON c.id = f.contract_id ORDER BY f.due - f.got DESC, c.number COLLATE "C"',
    "asset": "SELECT u.id, u.name, u.code, sum((floor(f.due * 100 * s.high) - floor(f.due * 100 * "
    "s.low)) / 100),"
    " sum((floor(f.got * 100 * s.high) - floor(f.got * 100 * s.low)) / 100)"
    " FROM flow f JOIN unit_part s ON s.contract_id = f.contract_id JOIN registry_unit u ON u.id = s.unit_id"
    " GROUP BY u.id, u.name, u.code ORDER BY u.code",
    "month": "SELECT 0, to_char(f.day, 'YYYY-MM'), '', sum(f.due), sum(f.got)"
    " FROM flow f GROUP BY 2 ORDER BY 2",
}
_GRAIN = {
    "village": ("division_id",), "contract": ("contract_id",), "asset": ("contract_id",), "month": ("day",),
}  # fmt: skip
_BOTH = f"""
SELECT v.id, v.name, to_char(f.day, 'YYYY-MM'), sum(f.due), sum(f.got)
  FROM flow f JOIN registry_division p ON p.id = f.division_id JOIN registry_division v ON v.id = {_VILLAGE}
 GROUP BY v.id, v.name, v.path, 3 ORDER BY v.path
"""
_PAID = f"""
SELECT %(key)s, -sum(m.amount) FROM assets_match m JOIN assets_bankline l ON l.id = m.line_id
  JOIN assets_bankaccount b ON b.id = l.account_id JOIN registry_division p ON p.id = b.division_id
 WHERE m.undone_id IS NULL AND m.kind IN ('payment', 'returned') AND m.booked_on >= %(first)s
   AND m.booked_on <= %(last)s
   AND {_SCOPE} GROUP BY 1
"""
_PAID_BY = {"village": f"{_VILLAGE}::text", "month": "to_char(m.booked_on, 'YYYY-MM')"}
BY = {"village": _("village"), "contract": _("contract"), "asset": _("asset"), "month": _("month")}
AGES = ((0, 30), (31, 90), (91, 180), (181, 365), (366, None))
# Most dues are settled by one match of just their amount: sums are asked of the others alone.
_ARREARS = f"""
WITH own AS MATERIALIZED ({_OWN} AND c.annulled_id IS NULL),
near AS MATERIALIZED (
  SELECT DISTINCT d.id FROM assets_due d JOIN own o ON o.contract_id = d.contract_id
    LEFT JOIN assets_match m ON m.due_id = d.id AND m.undone_id IS NULL
   WHERE d.annulled_id IS NULL AND d.due_on <= %(day)s
     AND m.amount IS DISTINCT FROM d.amount - d.written_off)
SELECT y.id, y.name, y.kind, c.id, c.number, d.id, d.due_on, %(day)s::date - d.due_on, r.open
  FROM near JOIN assets_due d ON d.id = near.id JOIN assets_contract c ON c.id = d.contract_id
  JOIN registry_party y ON y.id = d.payer_id
  CROSS JOIN LATERAL (SELECT d.amount - d.written_off - coalesce(sum(m.amount), 0) AS open
                        FROM assets_match m WHERE m.due_id = d.id AND m.undone_id IS NULL) r
 WHERE r.open > 0
 ORDER BY d.due_on, d.id
"""
_USES = f"""
SELECT m.kind, -sum(m.amount) FROM assets_match m JOIN assets_bankline l ON l.id = m.line_id
  JOIN assets_bankaccount b ON b.id = l.account_id JOIN registry_division p ON p.id = b.division_id
 WHERE m.undone_id IS NULL AND l.amount < 0 AND m.booked_on >= %(first)s AND m.booked_on <= %(last)s
   AND {_SCOPE}
 GROUP BY m.kind ORDER BY 2 DESC
"""


@dataclass(frozen=True)
class Period:
    """From the first to the last day, both counted."""

    first: dt.date
    last: dt.date


@dataclass(slots=True)
class Row:
    """A line of the report; without a key it is what belongs to none of them."""

    key: int
    name: str
    note: str
    due: Decimal
    received: Decimal
    distributed: Decimal = ZERO

    @property
    def open(self) -> Decimal:
        return self.due - self.received

    @property
    def days(self) -> str:
        """Of a month: its first and last day, as an address has them."""
        year, month = map(int, self.name.split("-"))
        last = calendar.monthrange(year, month)[1]
        return f"first={self.name}-01&last={self.name}-{last}"

    @property
    def balance(self) -> Decimal:
        return self.received - self.distributed


@dataclass(frozen=True)
class Arrear:
    """An open due that has fallen."""

    party: int
    debtor: str
    party_kind: str
    contract: int
    number: str
    due: int
    due_on: dt.date
    days: int
    open: Decimal

    @property
    def age(self) -> int:
        return next(n for n, (_low, high) in enumerate(AGES) if high is None or self.days <= high)


def _values(paths: Sequence[str], within: str, **more: Any) -> dict[str, Any]:
    return {"paths": list(paths), "within": within, **more}


def _rows(sql: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def _wide(within: str) -> bool:
    """Whether a place is that of the whole register, or nearly so: it has nothing above it."""
    return within.count("/") <= 2


def report(by: str, period: Period, paths: Sequence[str], within: str) -> list[Row]:
    """Receivable, received and distributed of a period by village, contract, asset or month. Four queries.

    By asset and contract what was paid out of pools is apportioned (``queries.distributed``); the last row is
    what belongs to none of them, so that every way of telling apart gives the same totals.
    """
    values = _values(paths, within, first=period.first, last=period.last)
    parts = f"{_PARTS}, " if by == "asset" else ""
    rows = _rows(f"WITH {parts}{_flows(by, _wide(within), *_GRAIN[by])} {_BY[by]}", values)
    if by == "month":
        return _by_month(rows, _paid(by, values))
    if by == "village":
        return _with_paid(by, rows, {int(key): amount for key, amount in _paid(by, values).items()})
    paid, rest = distributed(by, period.first, period.last, paths, within)
    made = _with_paid(by, rows, paid)
    return [*made, Row(0, str(_("told apart by none")), "", ZERO, ZERO, rest)] if rest else made


def by_month_and_village(period: Period, paths: Sequence[str], within: str) -> tuple[list[Row], list[Row]]:
    """The reports by month and by village, for a page that shows both. Four queries."""
    values = _values(paths, within, first=period.first, last=period.last)
    months: dict[str, list[Any]] = {}
    villages: dict[int, list[Any]] = {}
    for key, name, month, due, got in _rows(
        f"WITH {_flows('both', False, 'division_id', 'day')} {_BOTH}", values
    ):
        of_month = months.setdefault(month, [0, month, "", ZERO, ZERO])
        of_village = villages.setdefault(key, [key, name, "", ZERO, ZERO])
        for row in (of_month, of_village):
            row[3] += due
            row[4] += got
    paid = {int(key): amount for key, amount in _paid("village", values).items()}
    return (
        _by_month([tuple(row) for row in months.values()], _paid("month", values)),
        _with_paid("village", [tuple(row) for row in villages.values()], paid),
    )


def _paid(by: str, values: dict[str, Any]) -> dict[str, Decimal]:
    return dict(_rows(_PAID.replace("%(key)s", _PAID_BY[by]), values))


def _by_month(rows: list[tuple[Any, ...]], paid: dict[str, Decimal]) -> list[Row]:
    """A month in which money only went out has its row too."""
    made = [Row(key, name, note, due, got, paid.pop(name, ZERO)) for key, name, note, due, got in rows]
    made += [Row(0, month, "", ZERO, ZERO, amount) for month, amount in paid.items()]
    return sorted(made, key=lambda row: row.name)


def _with_paid(by: str, rows: list[tuple[Any, ...]], paid: dict[int, Decimal]) -> list[Row]:
    """The rows with what was paid of each; a thing that was only paid from has a row of its own."""
    made = [Row(key, name, note, due, got, paid.pop(key, ZERO)) for key, name, note, due, got in rows]
    named = called(by, list(paid))
    return made + [Row(key, name, note, ZERO, ZERO, paid[key]) for key, (name, note) in named.items()]


def arrears(day: dt.date, paths: Sequence[str], within: str) -> list[Arrear]:
    """What is overdue on a day, the oldest first. One query."""
    return [Arrear(*row) for row in _rows(_ARREARS, _values(paths, within, day=day))]


def by_age(found: Sequence[Arrear]) -> list[Decimal]:
    """Sums of arrears by age. 中文：账龄分析"""
    sums = [ZERO] * len(AGES)
    for one in found:
        sums[one.age] += one.open
    return sums


def by_debtor(found: Sequence[Arrear]) -> list[tuple[str, str, int, Decimal, int]]:
    """Debtor, kind, number of dues, what is open and the days of the oldest; the largest first."""
    sums: dict[int, list[Any]] = {}
    for one in found:
        row = sums.setdefault(one.party, [one.debtor, one.party_kind, 0, ZERO, 0])
        row[2] += 1
        row[3] += one.open
        row[4] = max(row[4], one.days)
    return sorted((tuple(row) for row in sums.values()), key=lambda row: -row[3])


def uses(period: Period, paths: Sequence[str], within: str) -> list[tuple[str, Decimal]]:
    """What went out, by what it was for. One query. 中文：收益使用"""
    return [
        (kind, amount)
        for kind, amount in _rows(_USES, _values(paths, within, first=period.first, last=period.last))
    ]
