"""The totals of an import in words: amounts, unit, checked sums, leftovers. 中文：导入合计核对"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from registry import display
from registry.models import ImportBatch

CHECKS_SHOWN = 40


@dataclass(frozen=True)
class Check:
    """A total of the file beside the sum of its rows. ``ok`` is None where it cannot be told."""

    ok: bool | None
    message: str


@dataclass(frozen=True)
class Summary:
    """What the preview says above the rows."""

    facts: list[tuple[Any, Any]]
    unit: str
    unit_chosen: str
    checks: list[Check]
    notes: list[str]

    @property
    def agreeing(self) -> list[Check]:
        """Totals that agree with their rows."""
        return [check for check in self.checks if check.ok]

    @property
    def doubts(self) -> list[Check]:
        """Totals that differ, or that cannot be told."""
        return [check for check in self.checks if not check.ok]

    def __bool__(self) -> bool:
        return bool(self.facts or self.unit or self.checks or self.notes)


def summary_of(batch: ImportBatch) -> Summary:
    """The batch's totals as a person reads them; nothing for a batch without totals."""
    totals = batch.totals
    unit = totals.get("unit")
    unit = unit if isinstance(unit, dict) else {}
    return Summary(
        facts=[fact for fact in _facts(totals) if fact[1] not in (None, "", [], {})],
        unit=_unit_sentence(unit) if unit else "",
        unit_chosen=unit.get("value") or "",
        checks=_checks(totals.get("checks") or []),
        notes=_notes(totals),
    )


def remembered_of(batch: ImportBatch, table: Any) -> list[dict[str, Any]]:
    """The columns known from an earlier naming, with the field's title and who named it."""
    titles = {field.name: field.heads[0] for field in table.fields} if table is not None else {}
    return [
        {
            **column,
            "label": titles.get(column["field"], _("not imported")),
            "by": column["by"] or _("command line"),
        }
        for column in batch.totals.get("remembered") or []
    ]


def _facts(totals: dict[str, Any]) -> list[tuple[Any, Any]]:
    money, area = display.money, display.area
    return [
        (_("original value, good rows"), money(totals["value"]) if totals.get("value") else None),
        (
            _("original value, returned rows"),
            money(totals["value_refused"]) if _more(totals, "value_refused") else None,
        ),
        (_("without a place yet"), totals.get("unplaced")),
        (_("parties to be registered"), totals.get("new_parties")),
        (_("day of the ledger"), totals.get("ledger_day")),
        (_("new"), totals.get("new")),
        (_("in force since"), totals.get("valid_from")),
        (_("coordinate system"), f"EPSG:{totals['srid']}" if totals.get("srid") else None),
        (_("encoding"), totals.get("encoding")),
        (_("official area"), area(totals["official_m2"]) if totals.get("official_m2") else None),
        (_("stated area"), area(totals["stated_m2"]) if totals.get("stated_m2") else None),
        (_("counted area"), area(totals["counted_m2"]) if totals.get("counted_m2") else None),
    ]


def _more(totals: dict[str, Any], key: str) -> bool:
    number = display.as_decimal(totals.get(key))
    return number is not None and number > 0


def _unit_sentence(unit: dict[str, Any]) -> str:
    """In which unit the amounts were read, how that is known, and whether a total confirms it."""
    names = {"yuan": _("yuan"), "wan": _("ten thousand yuan")}
    if unit.get("value") not in names:
        return _("It is not known whether the amounts are yuan or ten thousand yuan. Say which.")
    found = {
        "mapping": _("as you said"),
        "head": _("by the column head"),
        "title": _("by the title of the sheet"),
        "total": _("by the totals of the file"),
        "memory": _("as somebody said for an earlier file"),
        "magnitude": _("by the size of the amounts"),
    }.get(unit.get("found") or "", "")
    sentence = _("The amounts are read as %(unit)s") % {"unit": names[unit["value"]]}
    sentence += f" ({found})" if found else ""
    if unit.get("confirmed"):
        return sentence + _("; the totals of the file confirm it.")
    return sentence + _("; no total of the file confirms it, so please look at the sums.")


def _checks(checks: list[dict[str, Any]]) -> list[Check]:
    """Totals that differ first."""
    telling = [
        check for check in checks if not (check.get("ok") and not display.as_decimal(check.get("stated")))
    ]
    ranked = sorted(telling, key=lambda check: {False: 0, None: 1, True: 2}[check.get("ok")])
    return [Check(check.get("ok"), _check_sentence(check)) for check in ranked[:CHECKS_SHOWN]]


def _check_sentence(check: dict[str, Any]) -> str:
    if check.get("message"):
        return check["message"]
    return _("%(label)s, row %(row)s, %(column)s: %(stated)s in the file, %(computed)s by its rows.") % {
        "label": check.get("label"),
        "row": check.get("row"),
        "column": check.get("column"),
        "stated": display.number(check.get("stated"), 2),
        "computed": display.number(check.get("computed"), 2),
    }


def _notes(totals: dict[str, Any]) -> list[str]:
    notes = [str(note) for note in totals.get("notes") or []]
    unknown = totals.get("unknown_columns") or []
    if unknown:
        notes.append(_("Columns that are not imported: %(columns)s.") % {"columns": "、".join(unknown)})
    return notes
