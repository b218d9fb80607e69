"""Look at a person's secrets 查看个人信息: each look stands in the book, with who looked and why."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from registry import access
from registry.errors import RegistryError
from registry.models import Party, PersonalData, Unit, User

from .acts import record_act


@transaction.atomic
def read_phone(*, party: Party, unit: Unit, by: User | None) -> str:
    """The phone number of someone who is named on a unit; the look is written into the book of the unit.

    Raises ``NotAllowed`` for roles that may not see personal data, ``RegistryError`` where the person is not
    named on the unit: numbers are read for a reason, not by the dozen.
    """
    access.require(by, "see_personal", unit.division)
    if not unit.entries.filter(agent=party).exists():
        raise RegistryError(
            _("%(person)s is not named on %(unit)s.") % {"person": party.name, "unit": unit.name}, "not_named"
        )
    phone = PersonalData.objects.filter(party=party).values_list("phone", flat=True).first() or ""
    record_act(
        by=by,
        verb="personal_read",
        division=unit.division_id,
        unit=unit,
        subject=f"party:{party.pk}",
        after={"field": "phone"},
    )
    return phone
