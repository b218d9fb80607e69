"""Is a target kept? Red, amber, green, and grey for what nobody can tell (T01). Pure. 中文：目标红黄绿灯"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from registry.geo import MU_PER_M2

RED, AMBER, GREEN, GREY = "RED", "AMBER", "GREEN", "GREY"
WORST_FIRST = (RED, GREY, AMBER, GREEN)
_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Measured:
    """A target beside what the survey has, in mu, and how far they are apart."""

    target_mu: Decimal | None
    present_m2: Decimal | None
    light: str

    @property
    def present_mu(self) -> Decimal | None:
        if self.present_m2 is None:
            return None
        return (self.present_m2 * MU_PER_M2).quantize(_CENT, ROUND_HALF_UP)

    @property
    def margin_mu(self) -> Decimal | None:
        """What is there beyond the target; less than nothing where it is missed."""
        if self.target_mu is None or self.present_mu is None:
            return None
        return self.present_mu - self.target_mu

    @property
    def margin_share(self) -> Decimal | None:
        margin = self.margin_mu
        return None if margin is None or not self.target_mu else margin / self.target_mu


def measure(target_mu: Decimal | None, present_m2: Decimal | None, margin: Decimal) -> Measured:
    """T01: red below the target, amber within the margin above it, grey where either figure is missing.

    The comparison is of the exact areas; only what is shown is rounded.
    """
    if target_mu is None or present_m2 is None:
        return Measured(target_mu, present_m2, GREY)
    present = present_m2 * MU_PER_M2
    if present < target_mu:
        return Measured(target_mu, present_m2, RED)
    light = AMBER if present < target_mu * (1 + margin) else GREEN
    return Measured(target_mu, present_m2, light)


def worst(lights: list[str]) -> str:
    """The light of a place with several: red before grey before amber before green; grey for none."""
    return min(lights, key=WORST_FIRST.index, default=GREY)


@dataclass(frozen=True)
class Tightness:
    """T02: the targets of the parts against that of the whole. ``missing``: parts without one."""

    parent_mu: Decimal
    children_mu: Decimal
    missing: int

    @property
    def short_mu(self) -> Decimal:
        return self.parent_mu - self.children_mu

    @property
    def holds(self) -> bool | None:
        """Whether the parts sum to the whole; None where parts without a target leave it open."""
        if self.children_mu >= self.parent_mu:
            return True
        return None if self.missing else False
