"""Official numbers of parties 证号: right in themselves, and of one party only; else a sentence."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from registry import display
from registry.checkdigits import USCC_SIGNS, id_check, is_id_number, uscc_check
from registry.codes import PRIVATE_KINDS
from registry.errors import BadInput
from registry.models import Party, PersonalData


def checked_uscc(text: str) -> str:
    """A unified social credit code as the register keeps it. 中文：统一社会信用代码（GB 32100）

    Raises ``BadInput`` with the value, and with the check sign that would be right.
    """
    code = re.sub(r"\s", "", text or "").upper()
    if not code:
        return ""
    if not re.fullmatch(f"[{USCC_SIGNS}]{{18}}", code):
        raise BadInput(
            _(
                "The unified social credit code %(code)s is not right: it has 18 digits and capital letters, "
                "without I, O, S, V, Z; this one has %(count)d characters."
            )
            % {"code": code, "count": len(code)},
            "uscc_form",
        )
    right = uscc_check(code[:17])
    if right != code[17]:
        raise BadInput(
            _(
                "The unified social credit code %(code)s ends in %(found)s; its check sign (GB 32100) would "
                "be %(right)s. Compare it with the certificate: one of its signs was mistyped."
            )
            % {"code": code, "found": code[17], "right": right},
            "uscc_check",
        )
    return code


def checked_id_number(text: str) -> str:
    """A resident identity number as the register keeps it. 中文：公民身份号码（GB 11643）

    Raises ``BadInput``; the sentence shows the number masked.
    """
    number = re.sub(r"\s", "", text or "").upper()
    if not number:
        return ""
    shown = display.masked_id(number)
    if not re.fullmatch(r"\d{17}[\dX]", number):
        raise BadInput(
            _(
                "The resident id number %(number)s is not right: it has 17 digits and a digit or X; this one "
                "has %(count)d characters."
            )
            % {"number": shown, "count": len(number)},
            "id_form",
        )
    right = id_check(number[:17])
    if right != number[17]:
        raise BadInput(
            _(
                "The resident id number %(number)s ends in %(found)s; its check digit (GB 11643) would be "
                "%(right)s. Compare it with the card: one of its digits was mistyped."
            )
            % {"number": shown, "found": number[17], "right": right},
            "id_check",
        )
    if not is_id_number(number):
        raise BadInput(
            _("The resident id number %(number)s holds a date of birth that does not exist.")
            % {"number": shown},
            "id_date",
        )
    return number


def refuse_taken_uscc(code: str, *, but: Party | None = None) -> None:
    """Raise ``BadInput`` where another party has this credit code already; the sentence names it."""
    rows = Party.objects.filter(uscc=code).exclude(pk=but.pk if but else 0) if code else Party.objects.none()
    other = rows.select_related("division").first()
    if other is not None:
        raise BadInput(
            _(
                "The unified social credit code %(code)s belongs to %(party)s in %(division)s already. "
                "Use that record, or merge the two."
            )
            % {"code": code, "party": safe_name(other), "division": other.division.name},
            "uscc_taken",
        )


def refuse_taken_id_number(number: str, *, but: Party | None = None) -> None:
    """Raise ``BadInput`` where another person has this id number already; names are masked."""
    rows = PersonalData.objects.filter(id_number=number) if number else PersonalData.objects.none()
    other = rows.exclude(party_id=but.pk if but else 0).select_related("party__division").first()
    if other is not None:
        raise BadInput(
            _(
                "The resident id number %(number)s belongs to %(party)s in %(division)s already. "
                "Use that record, or merge the two."
            )
            % {
                "number": display.masked_id(number),
                "party": safe_name(other.party),
                "division": other.party.division.name,
            },
            "id_taken",
        )


def safe_name(party: Party) -> str:
    """The name of a party as every role may read it: that of a private person is masked."""
    return display.masked(party.name) if party.kind in PRIVATE_KINDS else party.name
