"""What the asset ledger says of worth and pictures: depreciation, what is left, valuation reports.

中文：台账中的折旧、净值、评估与照片。They become dated facts beside the asset (``assets.models.worth``). What
is left is never kept: it follows from the original value, and is taken where the ledger says it alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from assets.kinds import Kind
from assets.kinds_more import APPRAISALS, DEPRECIATION
from assets.models import Depreciation
from assets.queries_worth import newest, pictures_of
from assets.services.own import plain, problems, rows_of
from registry.models import ImportBatch, RowAction, User

from .judging import Judge
from .own_values import typed, write
from .sheetrow import SheetRow, plain_value

# The columns of the ledger that say the parts of a fact.
COLUMNS: dict[str, dict[str, str]] = {
    DEPRECIATION.key: {"on": "worth_on", "written_off": "written_off", "impairment": "impairment"},
    APPRAISALS.key: {
        "on": "appraised_on", "number": "appraisal_number", "valuer": "valuer", "value": "appraised_value"
    },
}  # fmt: skip
KINDS = (DEPRECIATION, APPRAISALS)


def judge_worth(row: SheetRow, judge: Judge) -> None:
    """The facts of worth that a row states, as plain values under ``worth``; what contradicts is refused."""
    depreciation, appraisal = _depreciation(row), _appraisal(row)
    row.values["worth_dated"] = row.date("worth_on") is not None
    if depreciation:
        depreciation["on"] = row.date("worth_on") or judge.ledger_day
    stated = {DEPRECIATION.key: depreciation, APPRAISALS.key: appraisal}
    for kind in KINDS:
        values = stated[kind.key]
        for name, sentence in problems(kind, kind.model(**values)).items() if values else ():
            row.refuse(COLUMNS[kind.key].get(name, name), "own_value", sentence)
        day = values.get("on")
        if day is not None and day > judge.today:
            column = COLUMNS[kind.key]["on"]
            row.refuse(column, "future_date", _("The date lies in the future. Correct it."))
    row.values["worth"] = {
        key: {name: plain_value(value) for name, value in values.items()}
        for key, values in stated.items()
        if values
    }


def _depreciation(row: SheetRow) -> dict[str, Any]:
    """What is written off: as stated, or the original value less what is left."""
    said = {name: row.get(name) for name in ("written_off", "impairment", "net_value")}
    if all(value is None for value in said.values()):
        return {}
    off, impairment, net = said["written_off"], said["impairment"], said["net_value"]
    value = row.values.get("value")
    if value is None:
        if off is None:
            row.remark(
                "net_value", "net_without_value",
                _("What is left says nothing without the original value; it was left out."),
            )  # fmt: skip
            return {}
        return _told(off, impairment)
    original = Decimal(value)
    if off is None:
        off = original - (impairment or 0) - net if net is not None else Decimal(0)
    left = original - off - (impairment or 0)
    if off < 0 or left < 0 or (net is not None and net != left):
        message = _(
            "Original value %(value)s less what is written off %(off)s leaves %(left)s; stated is %(net)s. "
            "Correct one of them."
        )
        words = {
            "value": f"{original:.2f}", "off": f"{off + (impairment or 0):.2f}", "left": f"{left:.2f}",
            "net": "—" if net is None else f"{net:.2f}",
        }  # fmt: skip
        row.refuse("net_value" if net is not None else "written_off", "net_value", message % words)
        return {}
    return _told(off, impairment)


def _told(off: Decimal, impairment: Decimal | None) -> dict[str, Any]:
    return {"written_off": off} | ({} if impairment is None else {"impairment": impairment})


def _appraisal(row: SheetRow) -> dict[str, Any]:
    """A report is known by its number; a value without one is no report."""
    number, value = row.text("appraisal_number", 80), row.get("appraised_value")
    if not number:
        if value is not None:
            row.remark(
                "appraisal_number", "report_without_number",
                _("The valuation report has no number; its value was left out."),
            )  # fmt: skip
        return {}
    day = row.date("appraised_on")
    if value is None or day is None:
        row.refuse(
            "appraised_value" if value is None else "appraised_on", "report_incomplete",
            _("A valuation report needs its number, its day of reference and the value."),
        )  # fmt: skip
        return {}
    valuer = row.text("valuer", 160)
    return {"number": number, "on": day, "value": value} | ({"valuer": valuer} if valuer else {})


def compare_worth(rows: Sequence[SheetRow]) -> None:
    """Note what the facts of worth would change. A query for each kind that any row states."""
    for kind in KINDS:
        telling = [row for row in rows if row.good and row.values["worth"].get(kind.key)]
        if not telling:
            continue
        units = [row.unit_id for row in telling if row.unit_id]
        known = rows_of(kind, units)
        last = newest(Depreciation, units) if kind is DEPRECIATION else {}
        for row in telling:
            if row.unit_id is not None:
                _compare(kind, row, known, last.get(row.unit_id))


def _compare(kind: Kind, row: SheetRow, known: dict[tuple[Any, ...], Any], last: Any) -> None:
    """A depreciation without a date that says what the newest one says is the same one."""
    values = typed(kind, row.values["worth"][kind.key])
    there = known.get((row.unit_id, *(values.get(name) for name in kind.keys)))
    if there is None and last is not None and not row.values["worth_dated"] and _same(last, values):
        del row.values["worth"][kind.key]
        return
    changes = row.values.setdefault("changes", {})
    for name, value in values.items():
        if there is None or getattr(there, name) != value:
            before = plain(there, name) if there is not None else None
            changes[f"own_{COLUMNS[kind.key][name]}"] = [before, row.values["worth"][kind.key][name]]
    if changes and row.action == RowAction.KEEP:
        row.action = RowAction.CHANGE


def _same(last: Any, values: dict[str, Any]) -> bool:
    return all(getattr(last, name) == value for name, value in values.items() if name != "on")


def write_worth(batch: ImportBatch, by: User | None) -> None:
    """Write the facts of worth of the staged rows."""
    staged = batch.staged.filter(action__in=[RowAction.CREATE, RowAction.CHANGE])
    told = {key for row in staged.values_list("values__worth", flat=True) for key in row or {}}
    for kind in KINDS:
        if kind.key in told:
            write(kind, batch, kind.key, by, within="worth")


def settle_pictures(rows: Sequence[SheetRow]) -> None:
    """A picture that is on file is no news; another one is kept by its name until it comes. One query."""
    naming = [row for row in rows if row.good and row.values["picture"] and row.unit_id]
    known = pictures_of([row.unit_id for row in naming if row.unit_id]) if naming else {}
    for row in naming:
        if row.values["picture"] in {name[:120] for name in known.get(row.unit_id or 0, [])}:
            row.values["picture"] = ""
