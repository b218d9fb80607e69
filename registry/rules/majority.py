"""Whether a meeting carried a decision 议决是否通过: quorum and majority, exactly, by body and by day.

What is needed is a parameter (``decision_majority``): per body a quorum and a majority as fractions, whether
the majority must be exceeded, and whether it is counted of all or of those present.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

ALL, PRESENT = "all", "present"


@dataclass(frozen=True)
class Majority:
    """What a body needs. ``over`` True: more than the fraction, not the fraction itself."""

    quorum: Fraction
    majority: Fraction
    over: bool
    base: str

    @classmethod
    def of(cls, value: dict[str, Any]) -> Majority:
        """From the value of the parameter for a body."""
        return cls(Fraction(value["quorum"]), Fraction(value["majority"]), bool(value["over"]), value["base"])

    def present_needed(self, total: int) -> int:
        return math.ceil(total * self.quorum)

    def favour_needed(self, total: int, present: int) -> int:
        wanted = (total if self.base == ALL else present) * self.majority
        return math.floor(wanted) + 1 if self.over else math.ceil(wanted)


@dataclass(frozen=True)
class Verdict:
    """``passes`` None: a count is missing. ``reason``: counts, quorum, majority or nothing."""

    passes: bool | None
    reason: str = ""
    present_needed: int | None = None
    favour_needed: int | None = None


def judge(majority: Majority, total: int | None, present: int | None, favour: int | None) -> Verdict:
    """The verdict on the counts of a meeting; a count that is not needed may be missing."""
    needs_all = majority.quorum > 0 or majority.base == ALL
    needs_present = majority.quorum > 0 or majority.base == PRESENT
    missing = favour is None or (needs_all and not total) or (needs_present and present is None)
    if missing:
        return Verdict(None, "counts")
    all_, there, yes = total or 0, present or 0, favour or 0
    quorum = majority.present_needed(all_)
    wanted = majority.favour_needed(all_, there)
    if there < quorum:
        return Verdict(False, "quorum", quorum, wanted)
    if yes < wanted or yes == 0:
        return Verdict(False, "majority", quorum, max(wanted, 1))
    return Verdict(True, "", quorum, wanted)


def explain(verdict: Verdict, total: int | None, present: int | None, favour: int | None) -> str:
    """The verdict as a sentence with its counts."""
    values = {
        "total": total,
        "present": present,
        "favour": favour,
        "quorum": verdict.present_needed,
        "majority": verdict.favour_needed,
    }
    if verdict.passes is None:
        return _("The counts are not complete; without them nobody can say whether it was carried.")
    if verdict.reason == "quorum":
        return _("%(present)s of %(total)s present: %(quorum)s are needed. It is not carried.") % values
    if verdict.reason == "majority":
        return _("%(favour)s in favour: %(majority)s are needed. It is not carried.") % values
    if total is None:
        return _("%(present)s present, %(favour)s in favour: it is carried.") % values
    return _("%(present)s of %(total)s present, %(favour)s in favour: it is carried.") % values
