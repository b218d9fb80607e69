"""Rules on rights: RIG-01, RIG-02, RIG-07. 中文：权属规则"""

from __future__ import annotations

from fractions import Fraction

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from registry.codes import STANDING, WHOLE_CODES, EntryCode, EntryKind, Reading, UnitKind
from registry.models import Entry, SourceKind, Unit

from .base import Context, Outcome, Row, Rule


def standing_assets(context: Context) -> QuerySet:
    """Assets of the scope that are accepted or later and have not ended."""
    rows = Unit.objects.on(context.as_of).filter(kind=UnitKind.ASSET, state__in=STANDING)
    return context.scope.limit(rows, division="division__path", unit="pk")


def read_rig_01(context: Context) -> Outcome:
    """RIG-01: an asset in use has no current owner. One query."""
    assets = standing_assets(context)
    owner = Entry.objects.on(context.as_of).filter(unit=OuterRef("pk"), code=EntryCode.OWNERSHIP)
    rows = (
        assets.annotate(owned=Exists(owner))
        .filter(owned=False)
        .values_list("pk", "code", "name", "division_id", "state_since")
    )
    return Outcome(
        checked=context.counted(assets),
        rows=[
            Row(
                subject_type="unit",
                subject_key=code,
                unit_id=pk,
                division_id=division,
                since=since,
                details={"name": name},
            )
            for pk, code, name, division, since in rows
        ],
    )


def read_rig_02(context: Context) -> Outcome:
    """RIG-02: the shares of a whole code do not sum to exactly 1 on the day. Two queries."""
    whole = Entry.objects.on(context.as_of).filter(code__in=WHOLE_CODES, unit__annulled=None)
    entries = context.scope.limit(whole)
    groups = (
        entries.order_by()
        .values("unit_id", "code")
        .annotate(holders=Count("pk"), whole=Count("pk", filter=Q(share_num=F("share_den"))))
    )
    suspects = {group["unit_id"]: group for group in groups if group["holders"] != 1 or group["whole"] != 1}
    lines = entries.filter(unit_id__in=suspects).select_related("unit").order_by("unit__code", "code", "pk")
    found: dict[tuple[int, str], list[Entry]] = {}
    for entry in lines:
        found.setdefault((entry.unit_id, entry.code), []).append(entry)
    rows = []
    for (_unit, code), held in found.items():
        total = sum((entry.share for entry in held), Fraction(0))
        if total != 1:
            rows.append(_rig_02_row(code, held, total))
    return Outcome(checked=len(groups), rows=rows)


def _rig_02_row(code: str, held: list[Entry], total: Fraction) -> Row:
    unit = held[0].unit
    return Row(
        subject_type="unit",
        subject_key=f"{unit.code}/{code}",
        unit_id=unit.pk,
        division_id=unit.division_id,
        since=max(entry.valid.lower for entry in held),
        details={
            "name": unit.name,
            "code": code,
            "total": str(total),
            "shares": [f"{entry.share_num}/{entry.share_den}" for entry in held],
        },
    )


def read_rig_07(context: Context) -> Outcome:
    """RIG-07: a right has no paper, or begins before the day of its paper. Three queries; a row a unit.

    Statements on historic facts (历史遗留认定) are exempt from the day; a paper without a day: NO_DATA.
    """
    rights = context.scope.limit(
        Entry.objects.on(context.as_of).filter(
            Q(unit__left_on=None) | Q(unit__left_on__gt=context.as_of),
            kind=EntryKind.RIGHT,
            unit__annulled=None,
        )
    )
    undated = Q(source__issued_on=None) & ~Q(source__kind=SourceKind.LEGACY)
    early = Q(source__issued_on__gt=F("valid__startswith")) & ~Q(source__kind=SourceKind.LEGACY)
    short = rights.filter(Q(source=None) | undated | early).select_related("unit", "source")
    found: dict[int, list[Entry]] = {}
    for entry in short.order_by("unit__code", "code", "pk"):
        found.setdefault(entry.unit_id, []).append(entry)
    rows = [_rig_07_row(entries) for entries in found.values()]
    return Outcome(checked=context.counted(rights.order_by().values("unit").distinct()), rows=rows)


def _rig_07_row(entries: list[Entry]) -> Row:
    """The gravest of a unit: no paper, then a paper of a later day, then a paper without a day."""
    bare = [entry for entry in entries if entry.source is None]
    early = [entry for entry in entries if entry.source is not None and entry.source.issued_on is not None]
    chosen = bare or early or entries
    first = min(chosen, key=lambda entry: (entry.valid.lower, entry.pk))
    details = {"name": first.unit.name, "code": first.code, "from": first.valid.lower.isoformat()}
    if not bare and early and first.source is not None:
        details |= {"variant": "early", "paper": str(first.source), "dated": str(first.source.issued_on)}
    return Row(
        subject_type="unit",
        subject_key=first.unit.code,
        unit_id=first.unit_id,
        division_id=first.unit.division_id,
        since=first.valid.lower,
        reading=Reading.FOUND if bare or early else Reading.NO_DATA,
        details=details | {"count": len(entries)},
    )


RULES = (
    Rule(
        id="RIG-07",
        looks_at="registry_entry",
        title=_("right without a paper, or older than its paper"),
        message=_("The %(code)s of %(name)s, held from %(from)s, rests on no paper."),
        variants={
            "early": _("The %(code)s of %(name)s begins on %(from)s, its paper %(paper)s is of %(dated)s."),
        },
        no_data=_("The paper of the %(code)s of %(name)s has no date."),
        remedy=_("Enter the paper with its date; where none is left, a statement on historic facts."),
        source="国办函〔2021〕51号；ISO 19152",
        reads=frozenset({"registry_entry"}),
        read=read_rig_07,
    ),
    Rule(
        id="RIG-01",
        title=_("asset without an owner"),
        message=_("%(name)s is in use and has no current owner."),
        remedy=_("Register the owner with the confirmation paper (确权)."),
        source="新发〔2021〕14号 二（五）；国办函〔2021〕51号",
        reads=frozenset({"registry_entry/ownership"}),
        read=read_rig_01,
    ),
    Rule(
        id="RIG-02",
        looks_at="registry_entry",
        title=_("shares do not sum to 1"),
        message=_("The shares of %(code)s of %(name)s sum to %(total)s, not to 1."),
        remedy=_("Correct the shares with the decision they rest on."),
        source="国办函〔2021〕51号（按投资份额确权）",
        reads=frozenset(f"registry_entry/{code}" for code in WHOLE_CODES),
        read=read_rig_02,
    ),
)
