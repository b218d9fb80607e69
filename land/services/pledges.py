"""Yearly pledges of chiefs: figures frozen, printed for sealing, the scan filed. 中文：责任书"""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from land.models import ResponsibilityPledge, RetentionTarget
from land.queries.targets import places_below, retained, survey_years, targets_for
from registry import access, clock, display, geo
from registry.codes import EntryCode
from registry.errors import BadInput
from registry.models import Act, Division, Entry, Party, SourceKind, User
from registry.rules.engine import evaluate_subjects
from registry.services import papers
from registry.services.acts import record_act
from registry.services.papers import PaperKind

KIND = "farmland_pledge"
OF = "pledge"


@transaction.atomic
def make_pledge(*, division: Division, year: int, by: User | None) -> ResponsibilityPledge:
    """Draw up the pledge of a place's chief for a year and print it. 中文：制发责任书

    Its figures are those of the target and of the newest survey on that day, and do not change any more.
    Raises ``NotAllowed``, ``BadInput`` without a chief, without a target, or where there is one already.
    """
    access.require(by, "appoint_chief", division)
    place = Division.objects.select_for_update(of=("self",)).select_related("parent").get(pk=division.pk)
    chief, target = chief_of(place), targets_for([place.pk], year).get(place.pk)
    if chief is None:
        raise BadInput(
            _("%(place)s has no farmland chief. Appoint one first.") % {"place": place.name}, "chief"
        )
    if target is None:
        raise BadInput(
            _("%(place)s has no target for %(year)d. Enter it with its document first.")
            % {"place": place.name, "year": year},
            "target",
        )
    frozen = frozen_figures(place, target)
    paper = papers.print_paper(
        kind=KIND,
        by=by,
        division=place,
        subject={"place": place, "year": year, "chief": chief.party, "target": target, **frozen},
    )
    try:
        with transaction.atomic():
            pledge = ResponsibilityPledge.objects.create(
                division=place,
                year=year,
                chief=chief.party,
                target=target,
                retained_mu=target.retained_mu,
                pbf_mu=target.pbf_mu,
                paper=paper,
                **frozen,
            )
    except IntegrityError as error:
        raise BadInput(
            _("The chief of %(place)s has a pledge for %(year)d already.")
            % {"place": place.name, "year": year},
            "pledge",
        ) from error
    _record("pledge_made", pledge, by)
    return pledge


@transaction.atomic
def withdraw_pledge(*, pledge: ResponsibilityPledge, by: User | None, reason: str) -> ResponsibilityPledge:
    """Take a pledge back that was drawn up wrongly, and was not signed. Raises ``BadInput``."""
    locked = ResponsibilityPledge.objects.select_for_update(of=("self",)).select_related("division", "paper")
    pledge = locked.get(pk=pledge.pk)
    access.require(by, "appoint_chief", pledge.division)
    if pledge.annulled_id is not None:
        raise BadInput(_("This pledge was taken back before."), "withdrawn")
    if pledge.paper.scan_id is not None:
        raise BadInput(_("The pledge is signed and stays. Draw up another one for the next year."), "signed")
    if not reason.strip():
        raise BadInput(_("Say why the pledge is taken back."), "reason")
    pledge.annulled = _record("pledge_withdrawn", pledge, by, reason=reason.strip())
    pledge.save(update_fields=["annulled"])
    evaluate_subjects(divisions=[pledge.division_id])
    return pledge


def _record(verb: str, pledge: ResponsibilityPledge, by: User | None, **more: Any) -> Act:
    return record_act(
        by=by,
        verb=verb,
        division=pledge.division_id,
        subject=f"pledge:{pledge.pk}",
        after={
            "year": pledge.year,
            "retained_mu": None if pledge.retained_mu is None else str(pledge.retained_mu),
            "pbf_mu": None if pledge.pbf_mu is None else str(pledge.pbf_mu),
            "survey_year": pledge.survey_year,
            "paper": pledge.paper.code,
        },
        **more,
    )


def chief_of(division: Division) -> Entry | None:
    """The chief in office today. One query."""
    rows = Entry.objects.on(clock.today()).filter(
        code=EntryCode.CHIEF, unit__responsibility_area__division=division
    )
    return rows.select_related("party", "chief_term").first()


def frozen_figures(place: Division, target: RetentionTarget) -> dict[str, Any]:
    """What the newest survey says of the place, with its year (T03); nothing where none speaks of it."""
    years = [year for year in survey_years() if year <= clock.today().year]
    if not years:
        return {"survey_year": None, "present_m2": None}
    present = retained(years[0]).of(place.path, places_below(place.path, clock.today())[1])
    return {"survey_year": years[0] if present is not None else None, "present_m2": present}


# --- the paper


def content(pledge: dict[str, Any]) -> dict[str, Any]:
    """What the chief signs: place, year, figures and duties. 中文：责任书内容

    He signs by name and in office (chiefs stand on public boards, 田长公示牌), so the name stands in full;
    the paper is read by those alone who may (``read_pledge``).
    """
    place, target, year = pledge["place"], pledge["target"], pledge["year"]
    above = place.parent.name if place.parent else ""
    chief: Party = pledge["chief"]
    return {
        "lead": _("For the protection of farmland in %(year)d the farmland chief of %(place)s pledges to "
                  "%(above)s:") % {"year": year, "place": place.name, "above": above or _("the county")},
        "facts": [
            [_("place"), f"{above}{place.name}"],
            [_("chief of the farmland"), chief.name],
            [_("year"), str(year)],
            [_("farmland to be kept"), _mu(target.retained_mu)],
            [_("permanent basic farmland to be kept"), _mu(target.pbf_mu)],
            [_("document of the target"), str(target.source)],
            [_("farmland by the survey"), _present(pledge)],
        ],
        "text": [
            _("1. The farmland and the permanent basic farmland above are kept in quantity and quality; no "
              "building, forest, fruit or pond takes their place unlawfully."),
            _("2. The ground is patrolled; what is found is stopped at once and reported the same day."),
            _("3. Farmland that was lost is restored, and the restoration is accepted within its term."),
            _("4. The figures above are those of the day of printing and do not follow later surveys."),
        ],
        "seals": [
            {"role": str(_("farmland chief (signature)")), "name": ""},
            {"role": str(_("place that receives the pledge")), "name": above},
        ],
    }  # fmt: skip


def _mu(area: Any) -> str:
    return "—" if area is None else f"{display.number(area, 2)} {_('mu')}"


def _present(pledge: dict[str, Any]) -> str:
    if pledge["present_m2"] is None:
        return str(_("not known: no survey speaks of all of the place"))
    mu = display.number(geo.mu(pledge["present_m2"]), 2)
    return _("%(mu)s mu (survey of %(year)d)") % {"mu": mu, "year": pledge["survey_year"]}


papers.register(
    PaperKind(
        key=KIND,
        title=gettext_lazy("farmland protection pledge"),
        build=content,
        verb="appoint_chief",
        of=OF,
        reads="read_pledge",
        seals=(gettext_lazy("farmland chief (signature)"),),
        source_kind=SourceKind.AGREEMENT,
        note=gettext_lazy("Yearly pledge of the farmland chief, with the figures of the day."),
    )
)
