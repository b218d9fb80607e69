"""Names of payers as banks write them. 中文：户名归一与近似"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

_MARKS = re.compile(r"[\s\W_]+")
_FORMS = (
    (re.compile(r"(?:股份)?有限(?:责任)?公司$|有限责任?$|有限公$"), "公司"),
    (re.compile(r"(?:农民)?专业合作社?$"), "合作社"),
    (re.compile(r"(?:股份)?经济(?:联合|合作)(?:总)?社$"), "经济合作社"),
)


@lru_cache(maxsize=200_000)
def key(name: str) -> str:
    """A name in half width without blanks and marks, its legal form in one spelling."""
    text = _MARKS.sub("", unicodedata.normalize("NFKC", name)).upper()
    for form, plain in _FORMS:
        text, changed = form.subn(plain, text)
        if changed:
            break
    return text


class Likeness:
    """Finds names one slip away: one sign wrong, missing, too many, or two changed places. 中文：近似户名"""

    def __init__(self, keys: Iterable[str]) -> None:
        self._by_part: dict[str, list[str]] = defaultdict(list)
        for one in keys:
            for part in _parts(one):
                self._by_part[part].append(one)

    def near(self, name: str) -> list[str]:
        """Names one slip away from a key, the alike length first; not the key itself."""
        if len(name) < 2:
            return []
        found = {one for part in _parts(name) for one in self._by_part.get(part, ())} - {name}
        return sorted(
            (one for one in found if _one_slip(name, one)), key=lambda one: (abs(len(one) - len(name)), one)
        )


def _parts(name: str) -> set[str]:
    return {name, *(name[:at] + name[at + 1 :] for at in range(len(name)))}


def _one_slip(one: str, other: str) -> bool:
    if abs(len(one) - len(other)) > 1:
        return False
    first = next(
        (n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    if len(one) == len(other):
        swapped = one[first : first + 2] == other[first : first + 2][::-1]
        return one[first + 1 :] == other[first + 1 :] or (swapped and one[first + 2 :] == other[first + 2 :])
    longer, shorter = (one, other) if len(one) > len(other) else (other, one)
    return longer[first + 1 :] == shorter[first:]
