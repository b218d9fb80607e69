"""A person's secrets 个人信息: read one by one, each look in the book; erased on request."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from registry import access
from registry.codes import PRIVATE_KINDS
from registry.errors import BadInput, RegistryError
from registry.models import Party, PersonalData, Unit, User
from registry.reasons import MIN_REASON, too_short

from .acts import record_act
from .identity import checked_id_number, refuse_taken_id_number

FIELDS = ("phone", "id_number", "bank_account")


@transaction.atomic
def read_secret(
    *, party: Party, field: str, by: User | None, reason: str = "", unit: Unit | None = None
) -> str:
    """One secret of a person: ``phone``, ``id_number`` or ``bank_account``; the look is written down.

    Asked for on a unit, the person must be named there, and the look stands in the unit's book; asked for
    elsewhere, a reason must be given. Raises ``NotAllowed`` for roles that may not see personal data.
    """
    if field not in FIELDS:
        raise BadInput(_("There is no secret called %(field)s.") % {"field": field}, "no_field")
    access.require(by, "see_personal", unit.division if unit else party.division)
    if unit is not None and not unit.entries.filter(agent=party).exists():
        raise RegistryError(
            _("%(person)s is not named on %(unit)s.") % {"person": party.name, "unit": unit.name}, "not_named"
        )
    if unit is None:
        reason = checked_reason(reason)
    value = PersonalData.objects.filter(party=party).values_list(field, flat=True).first() or ""
    record_act(
        by=by,
        verb="personal_read",
        division=unit.division_id if unit else party.division_id,
        unit=unit,
        subject=f"party:{party.pk}",
        reason=reason,
        after={"field": field},
    )
    return value


def checked_reason(reason: str) -> str:
    """The reason, without which nothing is done. Raises ``BadInput``."""
    text = (reason or "").strip()
    if too_short(text):
        raise BadInput(
            _("Say why, in %(count)d characters at least: it stands in the book.") % {"count": MIN_REASON},
            "no_reason",
        )
    return text


@transaction.atomic
def set_personal(*, party: Party, by: User | None, reason: str = "", **values: str) -> PersonalData:
    """Write secrets of a person (only those given). The book says which were written, never what.

    Raises ``NotAllowed``, or ``BadInput`` for a number that cannot be right or is another person's.
    """
    locked = lock_party(party)
    access.require(by, "see_personal", locked.division)
    if locked.kind not in PRIVATE_KINDS:
        raise BadInput(
            _("%(party)s is a body; only persons and households have personal data.") % {"party": locked},
            "no_person",
        )
    held = PersonalData.objects.filter(party=locked).first() or PersonalData(party=locked)
    clean = {field: (values[field] or "").strip() for field in FIELDS if field in values}
    if "id_number" in clean:
        clean["id_number"] = checked_id_number(clean["id_number"])
        refuse_taken_id_number(clean["id_number"], but=locked)
    changed = [field for field, value in clean.items() if getattr(held, field) != value]
    if not changed:
        return held
    for field in changed:
        setattr(held, field, clean[field])
    held.save()
    record_act(
        by=by,
        verb="personal_changed",
        division=locked.division_id,
        subject=f"party:{locked.pk}",
        reason=reason,
        after={"fields": changed},
    )
    return held


@transaction.atomic
def erase_personal(*, party: Party, by: User | None, reason: str) -> list[str]:
    """Erase the secrets of a person for good; gives the fields that were held. 中文：删除个人信息

    Name, entries and acts stay: they are the register. Raises ``NotAllowed``, ``BadInput`` without a reason,
    ``RegistryError`` where nothing is held.
    """
    locked = lock_party(party)
    access.require(by, "erase_personal", locked.division)
    reason = checked_reason(reason)
    held = PersonalData.objects.filter(party=locked).first()
    if held is None:
        raise RegistryError(
            _("The register holds no personal data of %(party)s.") % {"party": locked.name}, "nothing_held"
        )
    fields = [field for field in FIELDS if getattr(held, field)]
    held.delete()
    record_act(
        by=by,
        verb="personal_erased",
        division=locked.division_id,
        subject=f"party:{locked.pk}",
        reason=reason,
        after={"fields": fields},
    )
    return fields


def lock_party(party: Party) -> Party:
    """The party as it stands, locked. Raises ``RegistryError`` where it was merged into another record."""
    rows = Party.objects.select_for_update(of=("self",)).select_related("division", "merged_into")
    locked = rows.get(pk=party.pk)
    if locked.merged_into is not None:
        raise RegistryError(
            _("This record was merged into %(party)s; work on that one.") % {"party": locked.merged_into},
            "merged",
        )
    return locked
