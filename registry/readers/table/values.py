"""From the cell to the value, by the kind of its field. 中文：按字段类型取值"""

from collections.abc import Callable
from typing import Any

from . import amounts, dates, people, places, plain
from .heads import Field

# Kinds whose empty words (无, /) mean "nothing here"; yes_no reads 无 as no.
Parser = Callable[[Any], Any]
PARSERS: dict[str, Parser] = {
    "text": plain.parse_text,
    "code": plain.parse_code,
    "division_code": plain.parse_division_code,
    "money": amounts.parse_amount,
    "number": amounts.parse_number,
    "integer": amounts.parse_integer,
    "quantity": amounts.parse_quantity,
    "measure": amounts.measure_name,
    "date": dates.parse_date,
    "year": dates.parse_year,
    "person": people.parse_person,
    "phone": people.parse_phone,
    "person_id": people.parse_person_id,
    "uscc": people.parse_uscc,
    "holders": people.parse_holders,
    "degrees": places.parse_degrees,
    "pair": places.parse_pair,
    "yes_no": plain.parse_yes_no,
}


def parse_value(field: Field, value: Any, *, percent: bool = False) -> Any:
    """The value of a cell, None where it says nothing.

    Money stays an :class:`~registry.readers.table.amounts.Amount` until the unit is known. ``percent`` says
    that the head counts in per cent.

    :raises CellProblem: coded, with a sentence.
    """
    if value is None or (field.kind != "yes_no" and plain.is_empty(value)):
        return None
    if field.kind == "choice":
        return plain.parse_choice(value, field.choices or {})
    if field.kind != "yes_no" and plain.is_pending(value):
        return None
    if field.kind == "share":
        return amounts.parse_share(value, percent)
    return PARSERS[field.kind](value)
