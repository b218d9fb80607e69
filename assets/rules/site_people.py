"""Rules on the people of relocation sites: REL-01, REL-02, REL-03. 中文：安置点人口与就业规则"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.utils.translation import gettext_lazy as _

from assets.models import SiteFigures
from registry.codes import Reading, Severity, UnitKind
from registry.models import Unit
from registry.rules import Context, Outcome, Row, Rule

from .water import of_standing, on_unit

NOT_LESS = ("employed", "posts", "wages")  # 三个不减：就业人数、公益性岗位、工资收入
PAIRS = (
    ("households", "registered_households", "accompanying_households"),
    ("people", "registered_people", "accompanying_people"),
)


def read_rel_01(context: Context) -> Outcome:
    """REL-01: a site without counts, or registered and accompanying do not make the total. Two queries."""
    sites = context.scope.limit(
        Unit.objects.on(context.as_of).filter(kind=UnitKind.RELOCATION_SITE),
        unit="pk",
        division="division__path",
    )
    latest = _latest(context)
    rows, checked = [], 0
    for site in sites.order_by("code"):
        checked += 1
        wrong = counts_problem(latest.get(site.pk))
        if wrong:
            rows.append(_on_site(site, latest.get(site.pk), **wrong))
    return Outcome(checked=checked, rows=rows)


def counts_problem(figures: SiteFigures | None) -> dict[str, Any]:
    """What is wrong with the counts of a site, as details of the finding; nothing where they agree."""
    if figures is None or figures.households is None or figures.people is None:
        return {"variant": "none"}
    for total, registered, accompanying in PAIRS:
        parts = [getattr(figures, name) for name in (registered, accompanying)]
        known = [part for part in parts if part is not None]
        if known and (len(known) < 2 or sum(known) != getattr(figures, total)):
            said = {"total": getattr(figures, total), "sum": sum(known)}
            return {"variant": total, **said}
        if not known:
            return {"variant": "parts"}
    return {}


def _on_site(site: Unit, figures: SiteFigures | None, **details: Any) -> Row:
    return Row(
        subject_type="unit",
        subject_key=site.code,
        unit_id=site.pk,
        division_id=site.division_id,
        since=figures.on if figures else None,
        details={"name": site.name, **details},
    )


def _latest(context: Context) -> dict[int, SiteFigures]:
    """The last figures of each site up to the day."""
    rows = of_standing(SiteFigures, context).filter(on__lte=context.as_of)
    return {row.unit_id: row for row in rows.order_by("unit", "on")}


def read_rel_02(context: Context) -> Outcome:
    """REL-02: work, posts or wages below those of the same month of the year before. One query."""
    months: dict[int, dict[tuple[int, int], SiteFigures]] = defaultdict(dict)
    for figures in of_standing(SiteFigures, context).filter(on__lte=context.as_of).order_by("unit", "on"):
        months[figures.unit_id][figures.on.year, figures.on.month] = figures
    rows = []
    for of_site in months.values():
        (year, month), last = list(of_site.items())[-1]
        before = of_site.get((year - 1, month))
        if before is None:
            rows.append(on_unit(last, last.on, Reading.NO_DATA, month=f"{year}-{month:02d}"))
            continue
        less = _less(before, last)
        if less:
            rows.append(on_unit(last, last.on, month=f"{year}-{month:02d}", **less))
    return Outcome(checked=len(months), rows=rows)


def _less(before: SiteFigures, last: SiteFigures) -> dict[str, Any]:
    """The first of the three that has become less, with both figures."""
    for name in NOT_LESS:
        old, new = getattr(before, name), getattr(last, name)
        if old is not None and new is not None and new < old:
            return {"variant": name, "before": str(old), "now": str(new)}
    return {}


def read_rel_03(context: Context) -> Outcome:
    """REL-03: households with people able to work, of whom nobody works. One query; how many, never who."""
    latest = _latest(context)
    rows = []
    for figures in latest.values():
        if figures.jobless_households is None:
            rows.append(on_unit(figures, figures.on, Reading.NO_DATA))
        elif figures.jobless_households:
            rows.append(on_unit(figures, figures.on, count=figures.jobless_households))
    return Outcome(checked=len(latest), rows=rows)


_FIGURES = frozenset({"assets_sitefigures"})
RULES = (
    Rule(
        id="REL-01",
        title=_("counts of a relocation site do not add up"),
        message=_("%(name)s: the counts do not add up."),
        variants={
            "none": _("%(name)s has no count of households and people."),
            "parts": _("%(name)s: registered and accompanying households are not told apart."),
            "households": _(
                "%(name)s: %(total)s households in all, but registered and accompanying make %(sum)s."
            ),
            "people": _("%(name)s: %(total)s people in all, but registered and accompanying make %(sum)s."),
        },
        remedy=_("Enter the figures of the site so that registered and accompanying make the total."),
        source="易地扶贫搬迁后续扶持台账",
        reads=_FIGURES,
        read=read_rel_01,
        severity=Severity.E,
    ),
    Rule(
        id="REL-02",
        looks_at="assets_sitefigures",
        title=_("less work, posts or wages than a year ago"),
        message=_("%(name)s, %(month)s: less than a year ago."),
        variants={
            "employed": _("%(name)s, %(month)s: %(now)s people in work, %(before)s a year ago."),
            "posts": _("%(name)s, %(month)s: %(now)s public-welfare posts, %(before)s a year ago."),
            "wages": _("%(name)s, %(month)s: wages of %(now)s yuan, %(before)s a year ago."),
        },
        no_data=_("%(name)s, %(month)s: there are no figures of the same month a year ago."),
        remedy=_("Say why, and what is done about it; enter figures that are missing."),
        source="三个不减（就业人数、公益性岗位、工资收入）",
        reads=_FIGURES,
        read=read_rel_02,
    ),
    Rule(
        id="REL-03",
        looks_at="assets_sitefigures",
        title=_("relocated households without work"),
        message=_("%(name)s: in %(count)s households people are able to work and nobody does."),
        no_data=_("%(name)s: nobody counted the households without work."),
        remedy=_("Help each of these households to work; enter the new figures."),
        source="有劳动力的搬迁家庭至少一人就业",
        reads=_FIGURES,
        read=read_rel_03,
    ),
)
