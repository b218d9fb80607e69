"""Rules on collective property: RIG-05, RIG-08, RIG-09. 中文：集体财产规则（农村集体经济组织法）"""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Exists, F, Func, OuterRef, Q, QuerySet
from django.db.models.fields import BooleanField
from django.utils.translation import gettext_lazy as _

from registry.codes import PRIVATE_KINDS, EntryCode, PartyKind, Reading, Severity
from registry.models import Entry, PartyMember

from .base import Context, Outcome, Row, Rule

# What belongs to households by its nature; apps name the units (到户类资产归农户所有).
_HOUSEHOLD_UNITS: list[Callable[[], QuerySet]] = []


def exempt(units: Callable[[], QuerySet]) -> None:
    """Leave units out of RIG-05: a function that gives a queryset of unit keys."""
    _HOUSEHOLD_UNITS.append(units)


def standing_entries(context: Context, **conditions: object) -> QuerySet:
    """Entries of the scope that hold on the day, on units that are in the register, with unit and party."""
    rows = Entry.objects.on(context.as_of).filter(
        Q(unit__left_on=None) | Q(unit__left_on__gt=context.as_of), unit__annulled=None, **conditions
    )
    return context.scope.limit(rows).select_related("unit", "party").order_by("unit__code", "pk")


def read_rig_05(context: Context) -> Outcome:
    """RIG-05: a member of a collective is owner of what the collective owns, or owned till then. Two queries.

    Only the income right may be quantified in shares to members; property itself stays undivided.
    """
    of_member = PartyMember.objects.filter(
        group=OuterRef("party"),
        member=OuterRef(OuterRef("party")),
        group__kind=PartyKind.VILLAGE_COLLECTIVE,
        valid__contains=context.as_of,
    )
    collective = Entry.objects.in_force().filter(
        Exists(of_member),
        Q(valid__endswith=None) | Q(valid__endswith__gte=OuterRef("valid__startswith")),
        unit=OuterRef("unit"),
        code=EntryCode.OWNERSHIP,
        party__kind=PartyKind.VILLAGE_COLLECTIVE,
        valid__startswith__lte=OuterRef("valid__startswith"),
    )
    owners = standing_entries(context, code=EntryCode.OWNERSHIP, party__kind__in=PRIVATE_KINDS)
    for units in _HOUSEHOLD_UNITS:
        owners = owners.exclude(unit__in=units())
    first: dict[int, Entry] = {}
    for entry in owners.filter(Exists(collective)):
        first.setdefault(entry.unit_id, entry)
    rows = [
        Row(
            subject_type="unit",
            subject_key=entry.unit.code,
            unit_id=entry.unit_id,
            division_id=entry.unit.division_id,
            since=entry.valid.lower,
            details={"name": entry.unit.name, "share": f"{entry.share_num}/{entry.share_den}"},
        )
        for entry in first.values()
    ]
    return Outcome(checked=context.counted(owners.order_by().values("unit").distinct()), rows=rows)


class Overlap(Func):
    """Whether two periods have a day in common."""

    template = "(%(expressions)s)"
    arg_joiner = " && "
    output_field = BooleanField()


def read_rig_08(context: Context) -> Outcome:
    """RIG-08: two exclusive operation rights hold on one unit at the same time, on any day. Two queries.

    The database refuses such a pair; what was written while its guard was off is found here.
    """
    operation = Entry.objects.in_force().filter(
        code=EntryCode.OPERATION, unit__annulled=None, valid__startswith__lte=context.as_of
    )
    earlier = operation.filter(unit=OuterRef("unit"), pk__lt=OuterRef("pk")).annotate(
        both=Overlap(F("valid"), OuterRef("valid"))
    )
    limited = context.scope.limit(operation)
    pairs = limited.filter(Exists(earlier.filter(both=True))).select_related("unit")
    first: dict[int, Entry] = {}
    for entry in pairs.order_by("unit__code", "pk"):
        first.setdefault(entry.unit_id, entry)
    rows = [
        Row(
            subject_type="unit",
            subject_key=entry.unit.code,
            unit_id=entry.unit_id,
            division_id=entry.unit.division_id,
            since=entry.valid.lower,
            details={"name": entry.unit.name, "from": entry.valid.lower.isoformat()},
        )
        for entry in first.values()
    ]
    return Outcome(checked=context.counted(limited.order_by().values("unit").distinct()), rows=rows)


def read_rig_09(context: Context) -> Outcome:
    """RIG-09: a collective's unit is mortgaged for the debt of somebody else. Three queries.

    The debtor unknown: NO_DATA.
    """
    owner = Entry.objects.on(context.as_of).filter(unit=OuterRef("unit"), code=EntryCode.OWNERSHIP)
    mortgages = standing_entries(context, code=EntryCode.MORTGAGE).filter(
        Exists(owner.filter(party__kind=PartyKind.VILLAGE_COLLECTIVE))
    )
    foreign = mortgages.annotate(own=Exists(owner.filter(party=OuterRef("debtor")))).filter(
        Q(debtor=None) | Q(own=False)
    )
    rows = [
        Row(
            subject_type="unit",
            subject_key=f"{entry.unit.code}/{entry.pk}",
            unit_id=entry.unit_id,
            division_id=entry.unit.division_id,
            since=entry.valid.lower,
            reading=Reading.FOUND if entry.debtor_id else Reading.NO_DATA,
            details={"name": entry.unit.name, "holder": entry.party_id, "debtor": entry.debtor_id},
        )
        for entry in foreign
    ]
    return Outcome(checked=context.counted(mortgages), rows=rows)


RULES = (
    Rule(
        id="RIG-05",
        looks_at="registry_entry",
        title=_("member as owner of collective property"),
        message=_(
            "%(name)s is property of a village collective, and a member of it stands as its owner "
            "(%(share)s). Only income shares may be given to members."
        ),
        remedy=_("End the member's ownership; register an income share instead, by decision of the members."),
        source="农村集体经济组织法第三十六条、第四十条",
        reads=frozenset(
            {"registry_entry/ownership", "registry_party", "registry_partymember", "assets_asset"}
        ),
        read=read_rig_05,
        severity=Severity.E,
    ),
    Rule(
        id="RIG-08",
        looks_at="registry_entry",
        title=_("two operators at the same time"),
        message=_("%(name)s has two operation rights that overlap, the later from %(from)s."),
        remedy=_("End one of them with its contract."),
        source="民法典（经营权、承租权不得重复设立）",
        reads=frozenset({"registry_entry/operation"}),
        read=read_rig_08,
        severity=Severity.E,
    ),
    Rule(
        id="RIG-09",
        looks_at="registry_entry",
        title=_("collective property as security for others"),
        message=_("%(name)s is property of a village collective and secures the debt of somebody else."),
        no_data=_("%(name)s is property of a village collective; whose debt it secures is unknown."),
        remedy=_("Enter the debtor; have the security for another's debt released."),
        source="农村集体经济组织法第三十五条",
        reads=frozenset({"registry_entry/ownership", "registry_entry/mortgage", "registry_party"}),
        read=read_rig_09,
    ),
)
