"""Forms of accounts and roles: they read what was typed, and call nothing."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from registry import access, clock
from registry.codes import Level, Role
from registry.forms import day_field
from registry.models import Division
from registry.queries.users import gives_in


def places(user: Any) -> Any:
    """Divisions in which the user manages accounts, natural villages left out."""
    paths = access.scope_paths(user, "manage_users")
    return Division.objects.within_paths(paths).exclude(level=Level.NATURAL_VILLAGE).order_by("path")


class PlaceChoice(forms.ModelChoiceField):
    """A division, told by its level: a county has some hundred of them."""

    def label_from_instance(self, obj: Division) -> str:
        steps = {Level.TOWNSHIP: 1, Level.VILLAGE: 2}
        return "　" * steps.get(Level(obj.level), 0) + obj.name


class AccountForm(forms.Form):
    """Whose account it is, and where it belongs."""

    full_name = forms.CharField(label=_("full name"), max_length=60)  # 姓名
    home = PlaceChoice(
        Division.objects.none(),
        label=_("division of the account"),
        help_text=_("Where the person works; who administers that place looks after the account."),
    )  # 账号所属区划
    person = forms.CharField(
        label=_("person in the register"),
        max_length=60,
        required=False,
        help_text=_(
            "The name as it stands in the register, where this person keeps things up. It may stay empty."
        ),
    )  # 对应主体

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["home"].queryset = places(user)  # type: ignore[attr-defined]


class NewAccountForm(AccountForm):
    """An account with the name that opens it."""

    username = forms.CharField(
        label=_("user name"),
        max_length=150,
        help_text=_("Letters and digits, as the office writes them; it is typed at every sign-in."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )  # 用户名

    field_order = ["username", "full_name", "home", "person"]


class GrantForm(forms.Form):
    """A role, where, from when until when."""

    role = forms.ChoiceField(label=_("role"))  # 岗位
    division = PlaceChoice(
        Division.objects.none(),
        label=_("division"),
        help_text=_("The role covers this place and everything below it."),
    )  # 行政区划
    begin = day_field(_("from"))  # 起始日期
    last = day_field(_("end date"), required=False, help_text=_("Empty: until it is ended."))  # 截止日期
    reason = forms.CharField(label=_("reason or document"), max_length=255, required=False)  # 依据

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(role, Role(role).label) for role in gives_in(user)]  # type: ignore[attr-defined]
        self.fields["division"].queryset = places(user)  # type: ignore[attr-defined]
        self.fields["begin"].initial = clock.today

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        begin, last = values.get("begin"), values.get("last")
        if begin and last and last < begin:
            raise ValidationError(
                _("The last day, %(last)s, lies before the first, %(begin)s."),
                params={"last": last.isoformat(), "begin": begin.isoformat()},
            )
        values["end"] = last + dt.timedelta(days=1) if last else None
        return values
