"""``/compensation/``: occupied farmland beside what makes it good. 中文：耕地占补平衡"""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from land.forms_balances import (
    CapForm,
    InOutForm,
)
from land.models import (
    CompensationBalance,
    InOutBalance,
    SupplementCap,
    SupplementProject,
)
from land.queries.compensation import balances, counties_of, debtor_of, with_used
from land.queries.quotas import ZERO
from land.services import compensation as services
from land.services import compensation_records as records
from registry import badges, clock
from registry.unit_panels import spoken
from registry.views.generic import Page

from .holdings import (
    KEEP,
    QUOTAS,
    Door,
    NewFact,
    TakeBack,
    findings_below,
)

COMPENSATION = (gettext_lazy("Compensation of farmland"), "/compensation/")
OCCUPATIONS = (gettext_lazy("Occupations of farmland"), "/compensation/occupations/")
SUPPLEMENTS = (gettext_lazy("Supplement projects"), "/compensation/supplements/")
OWED = badges.Badge(gettext_lazy("still owed"), "warning", "todo")  # 未落实
GOOD = badges.Badge(gettext_lazy("made good"), "done", "good")  # 已落实
PLANNED = badges.Badge(gettext_lazy("not accepted"), "clock", "calm")  # 未验收
ACCEPTED = badges.Badge(gettext_lazy("accepted by the county"), "seal", "good")  # 已验收
SHOWN = 30
RULES = ("B01", "B02", "B03", "B04", "C07")


class CompensationView(Door, Page):
    """Occupations and supplements side by side, the balance by quantity, paddy and grade, the debtors."""

    title = gettext_lazy("Compensation of farmland")
    crumbs = (QUOTAS,)
    template_name = "land/quotas/compensation.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, today = self.request.user, clock.today()
        rows = self.scoped(CompensationBalance.objects.in_force()).select_related("division").defer("geom")
        states = balances(rows, today)
        supplements = list(
            with_used(self.scoped(SupplementProject.objects.in_force()).select_related("division"), today)
            .defer("geom")
            .order_by("-accepted_on", "-pk")
        )
        found = findings_below(self.division, user, RULES)
        return super().get_context_data(
            states=sorted(states, key=lambda state: not state.in_debt)[:SHOWN],
            state_count=len(states),
            supplements=supplements[:SHOWN],
            supplement_count=len(supplements),
            sums=_sums(states, supplements),
            debtors=_debtors(states),
            findings=[spoken(finding, user) for finding in found[:SHOWN]],
            caps=self.scoped(SupplementCap.objects.in_force()).select_related("division", "source"),
            in_out=self.scoped(InOutBalance.objects.in_force()).select_related("division", "source"),
            may_keep=self.may(KEEP),
            **kwargs,
        )


def _sums(states: list[Any], supplements: list[Any]) -> dict[str, Any]:
    """Occupied, owed, given and left over, area and paddy."""
    accepted = [row for row in supplements if row.accepted_m2]
    return {
        "occupied": sum((state.occupation.area_m2 for state in states), ZERO),
        "owed": sum((state.occupation.owed_m2 for state in states), ZERO),
        "owed_paddy": sum((state.occupation.owed_paddy_m2 for state in states), ZERO),
        "given": sum((state.given_m2 for state in states), ZERO),
        "given_paddy": sum((state.given_paddy_m2 for state in states), ZERO),
        "debt": sum((state.debt_m2 for state in states), ZERO),
        "debt_paddy": sum((state.debt_paddy_m2 for state in states), ZERO),
        "worse": sum(state.worse for state in states),
        "left": sum((row.accepted_m2 - row.used_m2 for row in accepted), ZERO),
        "left_paddy": sum((row.paddy_m2 - row.used_paddy_m2 for row in accepted), ZERO),
    }


def _debtors(states: list[Any]) -> list[dict[str, Any]]:
    """Who owes how much (B03), the largest debt first. One query."""
    owing = [state for state in states if state.debt_m2 or state.debt_paddy_m2]
    counties = counties_of(state.occupation.division.path for state in owing) if owing else {}
    debts: dict[str, dict[str, Any]] = {}
    for state in owing:
        occupation = state.occupation
        name = debtor_of(occupation, counties[occupation.division.path]) or _("nobody is named")
        row = debts.setdefault(name, {"name": name, "m2": ZERO, "paddy_m2": ZERO, "count": 0})
        row["m2"] += state.debt_m2
        row["paddy_m2"] += state.debt_paddy_m2
        row["count"] += 1
    return sorted(debts.values(), key=lambda row: -row["m2"])


class OnTheHub(NewFact):
    """A record that is shown on the page of compensation."""

    crumbs = (QUOTAS, COMPENSATION)
    many = "compensation"

    def get_success_url(self) -> str:
        return reverse("compensation")


class CapNewView(OnTheHub):
    """``/compensation/caps/new/``"""

    title = gettext_lazy("Set the cap of a year")
    lead = gettext_lazy("How much farmland may be occupied in a year, by what was supplemented.")
    form_class = CapForm
    done = gettext_lazy("The cap is set.")

    def register(self, form: Any) -> SupplementCap:
        return records.set_cap(paper=form.paper(), by=self.request.user, **form.values())


class InOutTakeBackView(TakeBack):
    """``/compensation/in-out/<id>/take-back/``"""

    model = InOutBalance
    trail = (COMPENSATION,)

    def fallback_url(self) -> str:
        return reverse("compensation")

    def act(self, form: Any) -> None:
        services.take_back(row=self.thing, by=self.request.user, reason=form.cleaned_data["reason"])  # type: ignore[arg-type]


class InOutNewView(OnTheHub):
    """``/compensation/in-out/new/``"""

    title = gettext_lazy("Record a historic in-out balance")
    lead = gettext_lazy("It was kept from 2021-11-27 until compensation took its scope in, 2024-02-05.")
    form_class = InOutForm
    done = gettext_lazy("The in-out balance is recorded.")

    def register(self, form: Any) -> InOutBalance:
        return records.record_in_out(paper=form.paper(), by=self.request.user, **form.values())
