"""What a row of the asset ledger says, judged: class, place, money, dates. 中文：资产台账行校验

Rules of severity E refuse a row whose facts begin after the division's go-live date; earlier facts are taken
as they are, with a remark, and the rules find them (the truth can be recorded). REG-01 and REG-02 always
refuse: an asset without class or with a foreign sub-type cannot be recorded at all.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from assets.codes import BIOLOGICAL_SUBTYPES, SUBTYPES_OF_CLASS, AssetClass, AssetNature, Subtype
from registry.codes import UnitState
from registry.models import Division
from registry.queries.places import Places

from .guesses import subtype_from_name
from .holders import judge_holders
from .sheetrow import SheetRow, plain_value
from .where import PlaceProblem, Where

BUILT = ("completed_on", "accepted_on", "handed_over_on")


@dataclass
class Judge:
    """What rows are judged by: the places, the go-live dates, today, and the day of the ledger."""

    places: Places
    where: Where
    go_live: dict[int, dt.date]
    today: dt.date
    ledger_day: dt.date
    near: dict[str, Division] = field(default_factory=dict)  # the township that a sheet's title names

    def find_place(self, row: SheetRow) -> Division:
        """The place of a row. :raises PlaceProblem:"""
        return self.where.find(row.source.values, self.near.get(row.source.sheet))

    def after_go_live(self, division: Division, day: dt.date) -> bool:
        """Whether facts of that day are answered for: rules of severity E refuse them."""
        start = self.go_live.get(division.pk)
        return start is not None and day >= start


def judge_asset(row: SheetRow, judge: Judge) -> None:
    """Fill the row's values and list everything wrong with it."""
    values = row.values
    values["name"] = row.text("name", 200)
    values["code"] = row.text("asset_code", 64)
    _judge_names(row)
    _judge_class(row)
    _judge_state(row)
    _judge_dates(row, judge)
    _judge_figures(row)
    for name, longest in (
        ("address", 200), ("spec", 200), ("measure", 20), ("picture", 120), ("remark", 255),
    ):  # fmt: skip
        values[name] = row.text(name, longest)
    _judge_real_estate(row)
    place = _judge_place(row, judge)
    if place is None:
        return
    values["division"] = place.pk
    _judge_money(row, judge, place)
    judge_holders(row, judge, place)
    _judge_point(row)
    values["project"] = _project(row)
    values["year"] = row.get("project_year")
    values["source"] = _source(row)


def _judge_real_estate(row: SheetRow) -> None:
    """The real-estate unit code has 28 signs; blanks and hyphens between them are left out."""
    code = re.sub(r"[\s\-]", "", row.text("real_estate_code", 60)).upper()
    row.values["real_estate_code"] = code
    if code and not re.fullmatch(r"[0-9A-Z]{28}", code):
        row.refuse(
            "real_estate_code",
            "real_estate_code",
            _("A real-estate unit code has 28 digits and capital letters; this one has %(count)d.")
            % {"count": len(code)},
        )


def _judge_names(row: SheetRow) -> None:
    if not row.values["name"] and not row.broken("name") and not row.values["code"]:
        row.refuse("name", "no_name", _("The asset has no name."))
    if len(row.values["code"]) > 40:
        row.refuse("asset_code", "code_long", _("An asset code has at most 40 characters."))


def _judge_class(row: SheetRow) -> None:
    unknown = row.take("asset_class", "choice")
    asset_class = row.get("asset_class") or _class_of_subtype(row)
    if asset_class is None:
        message = _("REG-01: the asset has no class. Write 经营性, 公益性 or 到户类.")
        if unknown:
            message = _("REG-01: “%(value)s” is no class. Write 经营性, 公益性 or 到户类.") % unknown
        row.refuse("asset_class", "REG-01", message, unknown["value"] if unknown else "")
        if (foreign := row.take("subtype", "choice")) is not None:
            row.refuse("subtype", "REG-02", _no_subtype(foreign["value"], ()), foreign["value"])
        return
    row.values["asset_class"] = asset_class
    subtype = _subtype(row, asset_class)
    row.values["subtype"] = subtype
    row.values["nature"] = nature_of(subtype)


def _class_of_subtype(row: SheetRow) -> str | None:
    """The class to which the row's sub-type belongs, in a ledger that has no column of classes."""
    subtype = row.get("subtype")
    if subtype is None or row.titles.get("asset_class") in row.source.raw:
        return None
    found = next(name for name, allowed in SUBTYPES_OF_CLASS.items() if subtype in allowed)
    row.remark(
        "asset_class",
        "class_from_subtype",
        _("The ledger has no column of classes; %(class)s follows from the sub-type.")
        % {"class": AssetClass(found).label},
        "",
    )
    return str(AssetClass(found))


def _subtype(row: SheetRow, asset_class: str) -> str | None:
    allowed = SUBTYPES_OF_CLASS[AssetClass(asset_class)]
    unknown = row.take("subtype", "choice")
    subtype = row.get("subtype")
    if unknown is None and subtype in allowed:
        return str(subtype)
    if subtype is None and unknown is None and not row.broken("subtype"):
        guessed = subtype_from_name(row.text("name"), asset_class)
        if guessed:
            row.remark(
                "subtype",
                "subtype_from_name",
                _("The sub-type is missing; %(subtype)s was read from the name.")
                % {"subtype": Subtype(guessed).label},
                "",
            )
            return guessed
    said = unknown["value"] if unknown else row.cell("subtype")
    row.refuse("subtype", "REG-02", _no_subtype(str(said), allowed, asset_class), said)
    return None


def _no_subtype(said: str, allowed: tuple[str, ...], asset_class: str = "") -> str:
    if not asset_class:
        return _("REG-02: “%(value)s” is no sub-type.") % {"value": said}
    words = {
        "value": said,
        "class": AssetClass(asset_class).label,
        "allowed": "、".join(str(Subtype(code).label) for code in allowed),
    }
    if not said:
        return _("REG-02: the sub-type is missing. Sub-types of %(class)s: %(allowed)s.") % words
    return _("REG-02: “%(value)s” is no sub-type of %(class)s. Sub-types: %(allowed)s.") % words


def nature_of(subtype: str | None) -> str:
    """Nature of a sub-type: animals and plants are biological, claims have no geometry."""
    if subtype in BIOLOGICAL_SUBTYPES:
        return AssetNature.BIOLOGICAL
    return AssetNature.EQUITY if subtype == Subtype.EQUITY else AssetNature.FIXED


def _judge_state(row: SheetRow) -> None:
    row.values["state"] = row.get("state")
    if row.get("state") is None and not row.broken("state"):
        row.keep["state"] = UnitState.IN_USE


def _judge_dates(row: SheetRow, judge: Judge) -> None:
    known = {name: row.date(name) for name in BUILT}
    for name, day in known.items():
        row.values[name] = plain_value(day)
        value = row.get(name)
        if day is not None and day > judge.today:
            row.refuse(name, "future_date", _("The date lies in the future. Correct it."))
        elif getattr(value, "precision", "day") != "day":
            row.remark(
                name,
                "date_precision",
                _("Only the %(precision)s is known; the first day of it is taken.")
                % {"precision": _("year") if value.precision == "year" else _("month")},
            )
    days = [day for day in known.values() if day is not None]
    if days != sorted(days):
        row.remark(
            "handed_over_on",
            "date_order",
            _("Completion, acceptance and handover are not in this order."),
        )
    row.keep["rights_from"] = (
        known["handed_over_on"] or known["accepted_on"] or known["completed_on"] or judge.ledger_day
    )
    row.keep["upkeep_from"] = row.date("upkeep_from") or row.keep["rights_from"]
    row.values["rights_from"] = plain_value(row.keep["rights_from"])
    row.values["upkeep_from"] = plain_value(row.keep["upkeep_from"])
    row.values["since"] = plain_value(days[-1] if days else None)


def _judge_figures(row: SheetRow) -> None:
    quantity = row.get("quantity")
    if quantity is not None and quantity <= 0:
        row.remark("quantity", "quantity_zero", _("A quantity of 0 was left out."))
        quantity = None
    row.values["quantity"] = plain_value(quantity)
    settled = row.get("settled_value")
    row.values["settled_value"] = None if settled is None else f"{settled:.2f}"
    row.values["funding"] = [[line.source, f"{line.amount:.2f}"] for line in row.get("funding") or ()]


def _judge_place(row: SheetRow, judge: Judge) -> Division | None:
    if row.broken("division_code"):
        return None
    try:
        return judge.find_place(row)
    except PlaceProblem as problem:
        row.refuse(problem.field, problem.code, problem)
        return None


def _judge_money(row: SheetRow, judge: Judge, place: Division) -> None:
    value = row.get("original_value")
    funded = sum((line.amount for line in row.get("funding") or ()), Decimal(0))
    if value is None and funded and not row.broken("original_value"):
        value = funded
        row.remark(
            "original_value",
            "value_from_funding",
            _("The original value is missing; the sum of the funding lines was taken."),
        )
    if value == 0:
        value = None
        row.remark("original_value", "value_zero", _("A value of 0 is taken as unknown."))
    row.values["value"] = None if value is None else f"{value:.2f}"
    differs = next((w for w in row.warnings if w["code"] == "funding_sum"), None)
    if differs is None or value is None or abs(value - funded) <= Decimal("0.01"):
        return
    row.warnings.remove(differs)
    message = _("REG-04: %(why)s Correct the amounts.") % {"why": differs["message"]}
    report = row.refuse if judge.after_go_live(place, row.keep["rights_from"]) else row.remark
    report("original_value", "REG-04", message, differs["value"])


def _judge_point(row: SheetRow) -> None:
    lon, lat = row.get("longitude"), row.get("latitude")
    row.values["point"] = None
    if lon is None or lat is None:
        return
    if row.values.get("nature") == AssetNature.EQUITY:
        row.remark(
            "longitude", "no_place", _("A claim has no place of its own; the coordinates were left out.")
        )
        return
    row.values["point"] = [float(lon), float(lat)]


def _project(row: SheetRow) -> dict[str, Any] | None:
    code, name = row.text("project_code", 40), row.text("project_name", 200)
    if not code and not name:
        return None
    return {"code": code, "name": name or code, "year": row.get("project_year")}


def _source(row: SheetRow) -> dict[str, Any] | None:
    number = row.text("source_number", 120)
    return {"number": number, "date": plain_value(row.date("source_date"))} if number else None
