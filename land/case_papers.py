"""The verification opinion of a case, to be sealed. 中文：核查意见

What it says is frozen when it is printed. Before the case is confirmed nothing in it says more than that it
is suspected (E01).
"""

from __future__ import annotations

from typing import Any

import shapely
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from land.case_codes import Outcome, RectifyMethod, Stage
from land.models import Case, CasePart, CaseRectification, Verification
from land.papers import sketch
from land.queries.cases import BEFORE, NEW, UNKNOWN, WORD, neutral, tags_of
from land.redline import LABELS
from land.services.redline import check, footprints_of
from registry import clock, display
from registry.models import Shape, SourceKind, Unit
from registry.services import papers
from registry.services.papers import PaperKind, named

KIND = "case_opinion"
TAG_WORDS = {
    NEW: gettext_lazy("on or after the day of the ban: new"),
    BEFORE: gettext_lazy("before the ban"),
    UNKNOWN: gettext_lazy("not known"),
}


def has_outcome(unit: Any) -> bool:
    """An opinion is printed once the field verification has its outcome."""
    return isinstance(unit, Unit) and Case.objects.filter(unit=unit).exclude(outcome="").exists()


def opinion(unit: Unit) -> dict[str, Any]:
    """Clue, figures, red-line verdict of today, outcome by parts, evidence; with a drawing."""
    case = (
        Case.objects.select_related("unit__division__parent", "party", "vintage")
        .defer("vintage__coverage")
        .get(unit=unit)
    )
    verification = Verification.objects.in_force().select_related("by").get(case=case)
    said = neutral if case.confirmed_on is None else str
    ground, picture = _ground(case)
    return {
        "lead": _("The clue below was checked against the layers in the office and verified on the spot."),
        "facts": [*_facts(case, said), *ground],
        "sections": [_parts(verification), _evidence(verification), *_methods(case)],
        "text": [_("On the spot: %(report)s") % {"report": said(verification.report)}, _conclusion(case)],
        "sketch": picture,
        "fine": [_("fingerprint of the inputs") + f" {case.ground.get('fingerprint') or display.DASH}"],
    }


def _area(m2: Any) -> str:
    return f"{display.m2(m2)}（{display.mu(m2)}）" if m2 is not None else _("not known")


def _facts(case: Case, said: Any) -> list[list[Any]]:
    unit, place = case.unit, case.unit.division
    above = place.parent.name if place.parent else ""
    return [
        [_("case"), f"{said(unit.name)}（{unit.code}）"],
        [_("place"), f"{above}{place.name}"],
        [_("where the clue comes from"), str(case.get_origin_display())],
        [_("clue number"), case.clue_id],
        [_("party of the case"), named(case.party)],
        [_("what is there"), said(case.note)],
        [_("image or discovery"), display.day(case.found_on)],
        [_("building began"), display.day(case.began_on)],
        [_("against the ban on new houses on farmland"), str(TAG_WORDS[tags_of([case])[case.pk]])],
        [_("area of the clue"), _area(case.area_m2)],
        [_("on permanent basic farmland"), _area(case.basic_farmland_m2)],
        [_("on cultivated land"), _area(case.farmland_m2)],
    ]


def _ground(case: Case) -> tuple[list[list[Any]], dict[str, Any] | None]:
    """The red-line verdict of today, and the outline with what lies on basic farmland."""
    shape = Shape.objects.in_force().filter(unit=case.unit).select_related("unit").order_by("-valid").first()
    if shape is None:
        return [[_("red line"), _("no outline: not checked")]], None
    today = clock.today()
    verdict = check(footprints_of([shape], today), day=today).verdicts[0]
    rows = [[_("red line"), f"{LABELS[verdict.verdict]}：{verdict.sentence}"]]
    return rows, sketch(shapely.from_wkb(bytes(shape.geom.wkb)), verdict.pieces)


def _parts(verification: Verification) -> dict[str, Any]:
    rows = [
        [
            str(part.number),
            str(Outcome(part.outcome).label),
            display.m2(part.area_m2),
            display.mu(part.area_m2),
        ]
        for part in CasePart.objects.filter(verification=verification)
    ]
    heads = [_("part"), _("outcome"), _("m²"), _("mu")]
    return {"title": _("Outcome of the verification"), "heads": heads, "rows": rows}


def _evidence(verification: Verification) -> dict[str, Any]:
    rows = []
    for one in verification.evidence.select_related("file").order_by("pk"):
        where = f"{one.taken_where.y:.6f}, {one.taken_where.x:.6f}" if one.taken_where else ""
        turned = f"{one.azimuth}°" if one.azimuth is not None else ""
        rows.append([one.file.name, display.moment(one.taken_at), where, turned])
    heads = [_("picture"), _("taken at"), _("position"), _("azimuth")]
    note = _("Verified on %(day)s by %(who)s.") % {
        "day": display.day(verification.day), "who": verification.by.get_full_name(),
    }  # fmt: skip
    return {"title": _("Field evidence"), "heads": heads, "rows": rows, "note": note}


def _methods(case: Case) -> list[dict[str, Any]]:
    rows = [
        [str(RectifyMethod(row.method).label), display.m2(row.area_m2), display.mu(row.area_m2)]
        for row in CaseRectification.objects.in_force().filter(case=case)
    ]
    if not rows:
        return []
    heads = [_("method"), _("m²"), _("mu")]
    total = [_("total"), display.m2(case.area_m2), display.mu(case.area_m2)]
    return [{"title": _("How it is dealt with"), "heads": heads, "rows": rows, "total": total}]


def _conclusion(case: Case) -> str:
    if case.confirmed_on is not None:
        said = {"day": display.day(case.confirmed_on), "word": WORD}
        return _("Confirmed on %(day)s: “%(word)s” use of land.") % said
    return _("Outcome: %(outcome)s.") % {"outcome": Stage(case.outcome).label}


papers.register(
    PaperKind(
        key=KIND,
        title=gettext_lazy("case verification opinion"),
        build=opinion,
        verb="print_verdict",
        reads="see_parcels",
        names="name_case_party",
        fits=has_outcome,
        seals=(gettext_lazy("natural resources office"), gettext_lazy("township government")),
        source_kind=SourceKind.DECISION,
        note=gettext_lazy("Clue, figures, red-line verdict, outcome and field evidence of a case."),
    )
)
