"""Private numbers in a public text 公开文本中的个人信息: ids, accounts, mobile phones (个人信息保护法)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from registry.checkdigits import is_id_number, is_uscc

KINDS = {"id": _("resident id number"), "account": _("bank account"), "phone": _("phone number")}
# Digits that people split: by one blank or one hyphen at a time (unified width first).
_RUN = re.compile(r"(?<![0-9A-Z])[0-9](?:[ \-]?[0-9]){10,22}(?:[ \-]?X)?(?![0-9A-Z])")
_AMOUNT = re.compile(r"[.．][0-9]")
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−－﹣_·"), "-")
_BIRTH = re.compile(r"[1-9]\d{5}(18|19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}[\dX]")


@dataclass(frozen=True)
class Secret:
    """A private number: its kind, how it may be shown, and where it begins (the first sign is 1)."""

    kind: str
    shown: str
    at: int

    def describe(self) -> str:
        return f"{KINDS[self.kind]} {self.shown}"


def find_secrets(text: str) -> list[Secret]:
    """Full resident id numbers, bank accounts and mobile phones in a text, also full-width or split."""
    plain = _plain(text)
    found = []
    for match in _RUN.finditer(plain):
        if _AMOUNT.match(plain, match.end()):  # 12345678901.50 is an amount
            continue
        secret = _secret(match.group(), match.start())
        if secret is not None:
            found.append(secret)
    return found


def masked_text(text: str) -> str:
    """A text as it may be shown: the private numbers that it holds (an import brought them) are masked."""
    for secret in reversed(find_secrets(text)):
        begin = end = secret.at - 1
        left = sum(sign.isalnum() for sign in secret.shown) + secret.shown.count("*")
        while left and end < len(text):
            left -= text[end].isalnum()
            end += 1
        text = text[:begin] + secret.shown + text[end:]
    return text


def _plain(text: str) -> str:
    """The text in half-width capitals, sign for sign, so that positions stay what they are."""
    wide = (unicodedata.normalize("NFKC", sign) for sign in text)
    signs = [new if len(new) == 1 else old for old, new in zip(text, wide, strict=True)]
    return "".join(signs).upper().translate(_DASHES).translate({0x3000: " ", 0xA0: " ", 0x09: " "})


def _secret(run: str, start: int) -> Secret | None:
    digits = run.replace(" ", "").replace("-", "")
    if len(digits) == 18 and (is_id_number(digits) or _BIRTH.fullmatch(digits)):
        return Secret("id", _masked(digits), start + 1)
    if is_uscc(digits):
        return None
    if 16 <= len(digits) <= 19 and digits.isdigit() and luhn(digits):
        return Secret("account", _masked(digits), start + 1)
    phone = re.fullmatch(r"(?:0?0?86)?(1[3-9]\d{9})", digits)
    if phone:
        return Secret("phone", _masked(phone.group(1)), start + 1)
    return None


def _masked(digits: str) -> str:
    return f"{digits[:3]}{'*' * (len(digits) - 5)}{digits[-2:]}"


def luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of a bank card (GB/T 17552, ISO/IEC 7812)."""
    total = 0
    for place, sign in enumerate(reversed(digits)):
        value = int(sign) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
