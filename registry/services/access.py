"""Accounts and their roles 用户与授权. Nobody gives more than he holds; the last administrator stays."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any

from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from registry import access, clock
from registry.codes import PartyKind, Role
from registry.errors import BadInput, NotAllowed, RegistryError
from registry.models import Division, Grant, Party, User

from .acts import record_act

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another one on paper


def first_password() -> str:
    """Twelve letters and digits in groups of four, good to read out over a telephone."""
    return "-".join("".join(secrets.choice(LETTERS) for _sign in range(4)) for _group in range(3))


def person_named(name: str, division: Division) -> Party | None:
    """The person of this name in the register of a division and below; none for an empty name.

    Raises ``BadInput`` when there is no such person, or more than one.
    """
    if not name.strip():
        return None
    rows = Party.objects.standing().within(division).filter(kind=PartyKind.PERSON, name=name.strip())
    found = list(rows[:2])
    if len(found) == 1:
        return found[0]
    many = _(
        "There is more than one person %(name)s in %(division)s. Choose the village as the account's place."
    )
    none = _("No person %(name)s is registered in %(division)s. Check the name, or leave it empty.")
    raise BadInput((many if found else none) % {"name": name.strip(), "division": division.name}, "no_person")


@transaction.atomic
def create_user(
    *, username: str, full_name: str, home: Division, by: User | None, person: str = "", reason: str = ""
) -> tuple[User, str]:
    """Open an account of a division; gives it with its first password, which is shown once. 开立账号

    It opens nothing until a role is given (``grant_role``), and asks for a new password at the first sign-in.
    Raises ``BadInput`` for a name that is taken or malformed.
    """
    access.require(by, "manage_users", home)
    _check_names(username, full_name)
    user = User(username=username, full_name=full_name, home=home, must_change_password=True)
    user.party = _free_person(person, home, user)
    password = first_password()
    user.set_password(password)
    user.save()
    _record("user_created", user, home, by, reason, after=describe(user))
    return user, password


def _check_names(username: str, full_name: str) -> None:
    if not full_name.strip():
        raise BadInput(_("Enter the full name of the person."), "no_name")
    try:
        UnicodeUsernameValidator()(username)
    except ValidationError as error:
        raise BadInput(
            _("“%(name)s” cannot be a user name. Use letters, digits and @ . + - _ only.")
            % {"name": username},
            "bad_username",
        ) from error
    if User.objects.filter(username__iexact=username).exists():
        raise BadInput(_("There is already an account %(name)s.") % {"name": username}, "username_taken")


def _free_person(name: str, home: Division, user: User) -> Party | None:
    party = person_named(name, home)
    if party is None:
        return None
    holder = User.objects.filter(party=party).exclude(pk=user.pk).first()
    if holder is not None:
        raise BadInput(
            _("%(person)s already has the account %(user)s.")
            % {"person": party.name, "user": holder.username},
            "person_taken",
        )
    return party


@transaction.atomic
def change_user(
    *, user: User, full_name: str, home: Division, by: User | None, person: str = "", reason: str = ""
) -> User:
    """Change the name, the division or the registered person of an account. 变更账号"""
    locked = _lock(user)
    require_over(by, locked)
    access.require(by, "manage_users", home)
    if not full_name.strip():
        raise BadInput(_("Enter the full name of the person."), "no_name")
    before = describe(locked)
    locked.full_name, locked.home = full_name, home
    locked.party = _free_person(person, home, locked)
    locked.save(update_fields=["full_name", "home", "party"])
    _record("user_changed", locked, home, by, reason, before=before, after=describe(locked))
    return locked


@transaction.atomic
def new_password(*, user: User, by: User | None, reason: str = "") -> str:
    """Give an account a first password again, shown once; its sessions end. 中文：重置密码"""
    locked = _lock(user)
    require_over(by, locked)
    password = first_password()
    locked.set_password(password)
    locked.must_change_password = True
    locked.save(update_fields=["password", "must_change_password"])
    _record("user_changed", locked, _place(locked, by), by, reason, after={"password": "reset"})
    return password


@transaction.atomic
def deactivate_user(*, user: User, by: User | None, reason: str = "") -> User:
    """Close an account: its sessions end with the next request, its roles end today. 停用账号

    Raises ``RegistryError`` for the last administrator of a division and for one's own account.
    """
    locked = _lock(user)
    require_over(by, locked)
    if by is not None and by.pk == locked.pk:
        raise RegistryError(_("Nobody closes his own account. Ask another administrator."), "own_account")
    if not locked.is_active:
        raise RegistryError(
            _("The account %(name)s is closed already.") % {"name": locked.username}, "closed"
        )
    today = clock.today()
    place = _place(locked, by)
    for grant in list(
        locked.grants.select_for_update(of=("self",)).select_related("division").order_by("pk")
    ):
        if grant.valid.upper is None or grant.valid.upper > today:
            _end(grant, today, by, reason)
    locked.is_active = False
    locked.save(update_fields=["is_active"])
    _record("user_left", locked, place, by, reason, before={"is_active": True}, after={"is_active": False})
    return locked


@transaction.atomic
def grant_role(
    *,
    user: User,
    role: str,
    division: Division,
    by: User | None,
    begin: dt.date | None = None,
    end: dt.date | None = None,
    reason: str = "",
) -> Grant:
    """Give a role in a division and all below it, from a day (today) until before another. 授予岗位

    Raises ``NotAllowed`` where the giver holds no grant that covers it (the county gives the roles of
    townships, an administrator all of them), ``BadInput`` for a period that is empty or held already.
    """
    locked = _lock(user)
    if not access.may_give(by, role, division):
        raise NotAllowed(
            _("You cannot give the role %(role)s in %(division)s: nobody gives more than he holds.")
            % {"role": Role(role).label, "division": division.name}
        )
    if not locked.is_active:
        raise BadInput(_("The account %(name)s is closed already.") % {"name": locked.username}, "closed")
    begin = begin or clock.today()
    if end is not None and end <= begin:
        raise BadInput(_("The role must not end before it begins."), "bad_period")
    valid = DateRange(begin, end)
    if locked.grants.filter(role=role, division=division, valid__overlap=valid).exists():
        raise BadInput(
            _("%(name)s already holds this role there in that period.") % {"name": locked.get_full_name()},
            "held_already",
        )
    grant = Grant.objects.create(user=locked, role=role, division=division, valid=valid)
    _record("grant_opened", locked, division, by, reason, on=begin, after=describe_grant(grant))
    return grant


@transaction.atomic
def end_grant(*, grant: Grant, by: User | None, on: dt.date | None = None, reason: str = "") -> Grant | None:
    """End a role on a day (today): the first day on which it no longer holds. 终止授权

    One that has not begun by then is withdrawn as a whole (gives None). Raises ``RegistryError`` for the last
    administrator of a division.
    """
    locked = Grant.objects.select_for_update(of=("self",)).select_related("division", "user").get(pk=grant.pk)
    if not access.may_give(by, locked.role, locked.division):
        raise NotAllowed(
            _("You cannot end the role %(role)s in %(division)s: whoever may give it may end it.")
            % {"role": Role(locked.role).label, "division": locked.division.name}
        )
    day = on or clock.today()
    if locked.valid.upper is not None and locked.valid.upper <= day:
        raise RegistryError(
            _("This role ended on %(day)s already.") % {"day": locked.valid.upper.isoformat()}, "ended"
        )
    return _end(locked, day, by, reason)


def _end(grant: Grant, day: dt.date, by: User | None, reason: str) -> Grant | None:
    if grant.role == Role.ADMIN:
        _refuse_last_administrator(grant, day)
    before = describe_grant(grant)
    withdrawn = day <= grant.valid.lower
    if withdrawn:
        grant.delete()
        after = None
    else:
        grant.valid = DateRange(grant.valid.lower, day)
        grant.save(update_fields=["valid"])
        after = describe_grant(grant)
    _record("grant_ended", grant.user, grant.division, by, reason, on=day, before=before, after=after)
    return None if withdrawn else grant


def _refuse_last_administrator(grant: Grant, day: dt.date) -> None:
    """Somebody else must still administer the whole division; all such grants are locked, in one order."""
    others = (
        Grant.objects.select_for_update(of=("self",))
        .filter(role=Role.ADMIN, user__is_active=True, valid__contains=day)
        .exclude(pk=grant.pk)
        .exclude(user=grant.user_id)
        .select_related("division")
        .order_by("pk")
    )
    if not grant.user.is_active or any(
        grant.division.path.startswith(other.division.path) for other in others
    ):
        return
    raise RegistryError(
        _("%(name)s is the last administrator of %(division)s. Give the role to somebody else first.")
        % {"name": grant.user.get_full_name(), "division": grant.division.name},
        "last_administrator",
    )


def require_over(by: User | None, user: User) -> None:
    """Raise ``NotAllowed`` unless every role that the account holds is one that ``by`` may give."""
    if by is None:
        return
    current = access.current_grants(user)
    if user.home is not None:
        reaches = access.may(by, "manage_users", user.home)
    else:  # of an account that belongs nowhere, the roles say it; without any it is the administrators'
        reaches = bool(current) or access.may(by, "administer")
    if reaches and all(access.may_give(by, grant.role, grant.division) for grant in current):
        return
    raise NotAllowed(
        _("The account %(name)s is not yours to change: it holds roles that you cannot give.")
        % {"name": user.get_full_name()}
    )


def describe(user: User) -> dict[str, Any]:
    """An account as the book keeps it: no password, nothing of the person but the key."""
    return {
        "username": user.username,
        "full_name": user.full_name,
        "home": user.home_id,
        "party": user.party_id,
    }


def describe_grant(grant: Grant) -> dict[str, Any]:
    """A grant as the book keeps it."""
    return {
        "user": grant.user_id,
        "role": grant.role,
        "division": grant.division_id,
        "from": grant.valid.lower.isoformat() if grant.valid.lower else None,
        "to": grant.valid.upper.isoformat() if grant.valid.upper else None,
    }


def _lock(user: User) -> User:
    return User.objects.select_for_update(of=("self",)).select_related("home").get(pk=user.pk)


def _place(user: User, by: User | None) -> Division:
    """The division under which the book keeps an act on an account: its own, else that of a role."""
    if user.home is not None:
        return user.home
    held = user.grants.select_related("division").order_by("-valid").first()
    if held is not None:
        return held.division
    own = access.current_grants(by) if by is not None else []
    place = own[0].division if own else Division.objects.order_by("path").first()
    if place is None:
        raise RegistryError(_("The register has no divisions yet."), "no_divisions")
    return place


def _record(
    verb: str,
    user: User,
    division: Division,
    by: User | None,
    reason: str,
    on: dt.date | None = None,
    before: Any = None,
    after: Any = None,
) -> None:
    access.forget(user)
    record_act(
        by=by,
        verb=verb,
        division=division,
        subject=f"user:{user.pk}",
        reason=reason,
        effective_on=on or clock.today(),
        before=before,
        after=after,
    )
