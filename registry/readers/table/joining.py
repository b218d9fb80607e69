"""Several rows for one asset, one row for several: joined and split, and told. 中文：合并与拆分

Joined: consecutive rows with the same code, or the same name and place, where the value is merged or blank or
the sources differ: they are the funding lines of one asset. Split: a row that lists as many names or codes as
its quantity says; money goes to the parts by largest remainder, to the cent.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from .draft import Draft
from .heads import Table
from .people import Holder
from .problems import CellProblem
from .result import CellError, FundingLine

COUNTABLE = frozenset("口座处个栋幢间盏台套棵头只匹辆户眼条段孔架组座所")
CODE_RANGE = re.compile(r"^(.*?)(\d+)\s*(?:-|~|～|—|至|到)\s*(.*?)(\d+)$")
LIST_MARK = re.compile(r"[、,，;；\s]+")
MAX_PARTS = 200
CENTS = 100


@dataclass
class Record:
    """Drafts that are one asset, their values merged and money in yuan."""

    drafts: list[Draft]
    values: dict[str, Any]
    errors: list[CellError] = field(default_factory=list)
    warnings: list[CellError] = field(default_factory=list)
    explanations: list[str] = field(default_factory=list)
    part: tuple[int, int] | None = None

    def problem(self, name: str, code: str, message: str, value: Any = "") -> CellError:
        """A problem of one of the record's fields, at its first row."""
        return self.drafts[0].error(name, CellProblem(message, code), value)


def apportion(total: Decimal, weights: Sequence[int], start: int = 0) -> list[Decimal]:
    """Split yuan by weights so that the parts add up to the cent: largest remainder, ties from ``start`` on.

    :raises ValueError: when the weights do not sum to more than zero.
    """
    whole = sum(weights)
    if whole <= 0 or any(weight < 0 for weight in weights):
        raise ValueError("weights must be positive")
    cents = int(total * CENTS)
    shares = [divmod(cents * weight, whole) for weight in weights]
    left = cents - sum(share for share, _rest in shares)
    count = len(weights)
    order = sorted(range(count), key=lambda i: (-shares[i][1], (i - start) % count))
    extra = set(order[:left])
    return [Decimal(shares[i][0] + (i in extra)) / CENTS for i in range(count)]


# --- joining


def join(records: list[Record], table: Table) -> list[Record]:
    """Consecutive records of one asset as one, their funding lines together."""
    if not table.funding and not table.funding_pair and not table.shares:
        return records
    joined: list[Record] = []
    for record in records:
        if joined and _same_asset(joined[-1], record, table):
            _absorb(joined[-1], record, table)
        else:
            joined.append(record)
    for record in joined:
        if len(record.drafts) > 1:
            rows = "、".join(str(d.row) for d in record.drafts)
            record.explanations.append(
                _("Rows %(rows)s are one asset with %(count)d funding lines.")
                % {"rows": rows, "count": len(record.values.get("funding", ()))}
            )
    return joined


def _same_asset(first: Record, other: Record, table: Table) -> bool:
    one, two = first.drafts[0], other.drafts[0]
    if one.source is not two.source or two.row - first.drafts[-1].row > 2:
        return False
    if any(
        two.merged.get(name) == one.row or two.merged.get(name, -1) == one.merged.get(name)
        for name in table.identity
    ):
        return True
    if not any(name in two.values for name in table.identity):
        if table.value in other.values or other.errors:
            return False
        return bool(other.values.get("funding")) or any(name in other.values for name, _share in table.shares)
    code = two.values.get("asset_code")
    same_code = code is not None and code == one.values.get("asset_code")
    different_code = code is not None and not same_code
    same_name = two.values.get("name") is not None and two.values.get("name") == one.values.get("name")
    same_place = all(two.values.get(name) in (None, one.values.get(name)) for name in table.place)
    if different_code or not (same_code or (same_name and same_place)):
        return False
    return bool(other.values.get("funding")) and _value_continues(first, other, table)


def _value_continues(first: Record, other: Record, table: Table) -> bool:
    """Whether the second row's value is no value of its own: merged, blank, repeated, or just its funding."""
    value = other.values.get(table.value)
    if value is None or other.drafts[0].merged.get(table.value):
        return True
    sources = {line.source for line in first.values.get("funding", ())}
    new = all(line.source not in sources for line in other.values["funding"])
    own = sum((line.amount for line in other.values["funding"]), Decimal(0))
    return new and value in (first.values.get(table.value), own)


def _absorb(first: Record, other: Record, table: Table) -> None:
    funding = (*first.values.get("funding", ()), *other.values.get("funding", ()))
    if funding:
        first.values["funding"] = funding
    value, known = other.values.get(table.value), first.values.get(table.value)
    own = sum((line.amount for line in other.values.get("funding", ())), Decimal(0))
    merged = other.drafts[0].merged.get(table.value)
    if value is not None and known is not None and not merged and value == own and value != known:
        first.values[table.value] = known + value
    held = _join_holders(first, other, table)
    for name, new in other.values.items():
        if name in held:
            continue
        old = first.values.setdefault(name, new)
        if old != new and name not in (
            "funding",
            "seq",
            table.value,
            "funding_source",
            "funding_amount",
            "remark",
        ):
            first.warnings.append(
                other.problem(
                    name, "joined_differs", _("This row says otherwise than the asset's first row."), new
                )
            )
    first.drafts += other.drafts
    first.errors += other.errors
    first.warnings += other.warnings


def _join_holders(first: Record, other: Record, table: Table) -> set[str]:
    """Holders that go on in the next row stand beside the first ones, each with its own share."""
    joined: set[str] = set()
    for name, share in table.shares:
        old, new = _holders(first, name, share), _holders(other, name, share)
        fresh = [holder for holder in new if holder.name not in {known.name for known in old}]
        if not old or not fresh or other.drafts[0].merged.get(name):
            continue
        first.values[name] = (*old, *fresh)
        first.values.pop(share, None)
        joined |= {name, share}
    return joined


def _holders(record: Record, name: str, share: str) -> tuple[Holder, ...]:
    """The holders of a record; a single one has the share of the column beside it."""
    holders = tuple(record.values.get(name) or ())
    if len(holders) == 1 and holders[0].share is None:
        return (Holder(holders[0].name, record.values.get(share)),)
    return holders


# --- splitting


def split(records: list[Record], table: Table) -> list[Record]:
    """Records that list several assets as one record each."""
    parts: list[Record] = []
    for record in records:
        parts.extend(_split(record, table))
    return parts


def _split(record: Record, table: Table) -> list[Record]:
    quantity = record.values.get("quantity")
    names = [n for n in LIST_MARK.split(str(record.values.get("name") or "")) if n]
    count = int(quantity) if quantity is not None and quantity == int(quantity) else 0
    codes = code_list(str(record.values.get("asset_code") or ""), count)
    measure = str(record.values.get("measure") or "")
    if not 1 < count <= MAX_PARTS or (measure and measure[-1] not in COUNTABLE):
        return [record]
    by_name = len(names) == count
    if not by_name and len(codes) != count:
        if len(codes) > 1:
            message = _("%(codes)d codes are listed for a quantity of %(count)d.")
            found = {"codes": len(codes), "count": count}
            record.errors.append(record.problem("asset_code", "split_count", message % found))
        return [record]
    if len(codes) not in (0, 1, count):
        codes = []
    return _parts(record, table, names if by_name else [], codes if len(codes) == count else [], count)


def _parts(record: Record, table: Table, names: list[str], codes: list[str], count: int) -> list[Record]:
    base = str(record.values.get("name") or "")
    if not names:
        names = [f"{base}{i + 1}号" for i in range(count)]
    money = _split_money(record, table, count)
    explanation = _("Row %(row)d lists %(count)d assets: split, its value divided equally to the cent.") % {
        "row": record.drafts[0].row,
        "count": count,
    }
    parts: list[Record] = []
    for i in range(count):
        values = {**record.values, **money[i], "name": names[i], "quantity": Decimal(1)}
        if codes:
            values["asset_code"] = codes[i]
        elif i and "asset_code" in values:
            del values["asset_code"]
        parts.append(
            replace(
                record,
                values=values,
                errors=list(record.errors),
                warnings=list(record.warnings),
                explanations=[*record.explanations, explanation],
                part=(i + 1, count),
            )
        )
    return parts


def _split_money(record: Record, table: Table, count: int) -> list[dict[str, Any]]:
    """Money of each part; funding lines first, so that a part's value is the sum of its lines."""
    parts: list[dict[str, Any]] = [{} for _i in range(count)]
    start = 0
    lines: list[list[FundingLine]] = [[] for _i in range(count)]
    for line in record.values.get("funding", ()):
        amounts = apportion(line.amount, [1] * count, start)
        start = (start + int(line.amount * CENTS) % count) % count
        for i, amount in enumerate(amounts):
            lines[i].append(FundingLine(line.source, amount))
    funded = sum((line.amount for line in record.values.get("funding", ())), Decimal(0))
    money = {f.name for f in table.fields if f.kind == "money"}
    for name in money & set(record.values):
        amounts = apportion(record.values[name], [1] * count)
        if name == table.value and funded == record.values[name]:
            amounts = [sum((line.amount for line in lines[i]), Decimal(0)) for i in range(count)]
        for i in range(count):
            parts[i][name] = amounts[i]
    if "funding" in record.values:
        for i in range(count):
            parts[i]["funding"] = tuple(lines[i])
    return parts


def code_list(text: str, count: int) -> list[str]:
    """The codes that a cell lists: A001、A002, or A001-A003 where that makes ``count``; else the one code."""
    listed = [code for code in LIST_MARK.split(text) if code]
    if len(listed) > 1:
        return listed
    match = CODE_RANGE.match(text)
    if match and count > 1:
        prefix, first, again, last = match.groups()
        same = again in ("", prefix) and len(last) <= len(first)
        start, stop = int(first), int(first[: len(first) - len(last)] + last)
        if same and stop - start + 1 == count:
            return [f"{prefix}{number:0{len(first)}d}" for number in range(start, stop + 1)]
    return listed
