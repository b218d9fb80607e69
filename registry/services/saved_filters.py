"""How a user likes to look: filters kept under a name, the division looked at. 中文：常用筛选、最近区划

Private conveniences: they open nothing, because every list stays within what the user may see, so the book
does not mention them.
"""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from registry.errors import BadInput
from registry.models import Division, SavedFilter, User

MOST = 30  # filters that one user keeps of one list
LONGEST = 1000


@transaction.atomic
def keep_filter(*, page: str, name: str, query: str, by: User) -> SavedFilter:
    """Keep a filter; the same name again takes the new filter. Raises ``BadInput``."""
    name = " ".join(name.split())
    if not name or len(name) > 60:
        raise BadInput(_("Give the filter a name of at most 60 characters."), "no_name")
    if not query:
        raise BadInput(_("The list is not filtered. Choose a filter first, then keep it."), "no_filter")
    if len(query) > LONGEST:
        raise BadInput(_("The filter is too long to be kept. Use fewer conditions."), "too_long")
    User.objects.select_for_update(of=("self",)).get(pk=by.pk)
    kept = SavedFilter.objects.filter(user=by, page=page)
    if kept.exclude(name=name).count() >= MOST:
        raise BadInput(
            _("You keep %(count)d filters of this list. Forget one that you no longer need.")
            % {"count": MOST},
            "too_many",
        )
    row, _new = SavedFilter.objects.update_or_create(user=by, page=page, name=name, defaults={"query": query})
    return row


def forget_filter(*, kept: SavedFilter, by: User) -> None:
    """Forget a filter of one's own."""
    SavedFilter.objects.filter(pk=kept.pk, user=by).delete()


def remember_division(*, user: User, division: Division) -> None:
    """The division that the user looks at, for the next time the user signs in."""
    User.objects.filter(pk=user.pk).update(last_division=division)
