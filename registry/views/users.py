"""Users and grants 用户与授权: who may sign in, as what, where; and one's own password."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.views import PasswordChangeView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from registry import access, clock, directory, display
from registry.errors import NotAllowed
from registry.exports import Column
from registry.forms_users import AccountForm, GrantForm, NewAccountForm
from registry.models import Act, Grant, User
from registry.queries.users import users_managed_by
from registry.services import access as services
from registry.tables_users import UserFilter, UserTable, holds, marks

from .generic import FIRST, ActionPage, ListPage, Page, PageMixin, call_service

USERS = (gettext_lazy("Users"), "/users/")


class UserListView(ListPage):
    """``/users/``: the accounts of the division looked at."""

    verb = "manage_users"
    title = gettext_lazy("Users and roles")
    lead = gettext_lazy(
        "Who may sign in, as what, and where. A role covers a division and everything below it."
    )
    model = User
    table_class = UserTable
    filterset_class = UserFilter
    template_name = "registry/users/list.html"
    noun = "account"
    export_columns = (
        Column(gettext_lazy("user name"), lambda user: user.username, key="username"),
        Column(gettext_lazy("full name"), lambda user: user.get_full_name(), key="full_name"),
        Column(gettext_lazy("in use"), lambda user: user.is_active, "yes_no", key="active"),
        Column(gettext_lazy("last signed in"), lambda user: user.last_login, "moment", key="last_login"),
    )

    def get_queryset(self) -> Any:
        return users_managed_by(self.request.user, self.division)


class OneUser(PageMixin):
    """A page of one account that the user looks after."""

    verb = "manage_users"
    kwargs: dict[str, Any]

    @cached_property
    def account(self) -> User:
        return get_object_or_404(users_managed_by(self.request.user), pk=self.kwargs["pk"])

    @property
    def crumbs(self) -> tuple[tuple[Any, str], ...]:  # type: ignore[override]
        return (USERS, (self.account.get_full_name(), reverse("user", args=[self.account.pk])))

    def fallback_url(self) -> str:
        return reverse("user", args=[self.account.pk])

    @property
    def may_change(self) -> bool:
        """Whether every role of the account is one that the user may give."""
        try:
            services.require_over(self.request.user, self.account)  # type: ignore[arg-type]
        except NotAllowed:
            return False
        return True


class UserView(OneUser, Page):
    """``/users/<pk>/``: the account, its roles, what was done about it."""

    template_name = "registry/users/user.html"

    def get_title(self) -> Any:
        return self.account.get_full_name()

    def get_crumbs(self) -> list[tuple[Any, str]]:
        return [FIRST, USERS, (self.get_title(), "")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        account = self.account
        acts = Act.objects.visible_to(self.request.user).filter(subject=f"user:{account.pk}")
        return super().get_context_data(
            account=account,
            badges=marks(account),
            facts=_facts(account),
            grants=[self.grant(grant) for grant in account.grants.all()],
            may_change=self.may_change,
            own=account.pk == self.request.user.pk,
            events=[
                {"on": act.at, "title": act.verb, "note": act.reason, "by": act.user_name}
                for act in _said(acts[:50])
            ],
            **kwargs,
        )

    def grant(self, grant: Grant) -> dict[str, Any]:
        """A role as the page shows it."""
        today = clock.today()
        over = grant.valid.upper is not None and grant.valid.upper <= today
        giver = access.may_give(self.request.user, grant.role, grant.division)
        return {
            "row": grant,
            "period": display.period(grant.valid),
            "holds": holds(grant) and self.account.is_active,
            "over": over,
            "may_end": giver and not over,
            "dialog": f"end-{grant.pk}",
        }


def _facts(account: User) -> list[tuple[Any, Any]]:
    return [
        (_("user name"), account.username),
        (_("division of the account"), account.home.name if account.home else display.DASH),
        (_("person in the register"), account.party.name if account.party else display.DASH),
        (_("last signed in"), display.moment(account.last_login) if account.last_login else _("never")),
    ]


def _said(acts: Any) -> list[Any]:
    from registry.acts import sentence

    rows = list(acts)
    for act in rows:
        act.verb = sentence(act.verb)
    return rows


class UserNewView(ActionPage):
    """``/users/new/``: open an account; its first password is shown on the answer, once."""

    verb = "manage_users"
    title = gettext_lazy("New account")
    crumbs = (USERS,)
    form_class = NewAccountForm
    submit = gettext_lazy("Open the account")
    lead = gettext_lazy("The account opens nothing until a role is given to it, which is the next step.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.request.user}

    def get_initial(self) -> dict[str, Any]:
        return {"home": self.division.pk}

    def act(self, form: forms.Form) -> Any:
        self.made = services.create_user(by=self.request.user, **form.cleaned_data)  # type: ignore[arg-type]

    def form_valid(self, form: forms.Form) -> HttpResponse:
        answer = super().form_valid(form)
        return show_once(self.request, *self.made) if hasattr(self, "made") else answer

    def fallback_url(self) -> str:
        return reverse("users")


def show_once(request: HttpRequest, account: User, password: str) -> HttpResponse:
    """The first password of an account: on this page and never again."""
    answer = render(
        request,
        "registry/users/password_once.html",
        {
            "title": _("Account of %(name)s") % {"name": account.get_full_name()},
            "crumbs": [FIRST, USERS, (account.get_full_name(), reverse("user", args=[account.pk]))],
            "account": account,
            "password": password,
        },
    )
    answer["Cache-Control"] = "no-store"
    return answer


class UserEditView(OneUser, ActionPage):
    """``/users/<pk>/edit/``"""

    title = gettext_lazy("Change the account")
    form_class = AccountForm
    done = gettext_lazy("Saved.")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        access.require(request.user, self.verb)
        services.require_over(request.user, self.account)  # type: ignore[arg-type]
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.request.user}

    def get_initial(self) -> dict[str, Any]:
        party = self.account.party
        return {
            "full_name": self.account.full_name,
            "home": self.account.home_id,
            "person": party.name if party else "",
        }

    def act(self, form: forms.Form) -> Any:
        return services.change_user(user=self.account, by=self.request.user, **form.cleaned_data)  # type: ignore[arg-type]


class UserGrantView(OneUser, ActionPage):
    """``/users/<pk>/grant/``: give a role."""

    title = gettext_lazy("Give a role")
    form_class = GrantForm
    submit = gettext_lazy("Give the role")
    done = gettext_lazy("The role is given.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.request.user}

    def get_initial(self) -> dict[str, Any]:
        return {"division": self.account.home_id}

    def act(self, form: forms.Form) -> Any:
        given = form.cleaned_data
        return services.grant_role(
            user=self.account,
            by=self.request.user,  # type: ignore[arg-type]
            **{key: given[key] for key in ("role", "division", "begin", "end", "reason")},
        )


class GrantEndView(PageMixin, View):
    """``/grants/<pk>/end/``: end a role today."""

    verb = "manage_users"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        accounts = users_managed_by(request.user).prefetch_related(None)
        grant = get_object_or_404(Grant, pk=pk, user__in=accounts.values("pk"))
        reason = request.POST.get("reason", "")
        call_service(
            request,
            lambda: services.end_grant(grant=grant, by=request.user, reason=reason),  # type: ignore[arg-type,misc]
            _("The role has ended."),
        )
        return HttpResponseRedirect(reverse("user", args=[grant.user_id]))


class UserPasswordView(OneUser, View):
    """``/users/<pk>/password/``: a new first password, shown once."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        password = services.new_password(user=self.account, by=request.user)  # type: ignore[arg-type]
        return show_once(request, self.account, password)


class UserCloseView(OneUser, View):
    """``/users/<pk>/close/``"""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        reason = request.POST.get("reason", "")
        call_service(
            request,
            lambda: services.deactivate_user(user=self.account, by=request.user, reason=reason),  # type: ignore[arg-type,misc]
            _("The account is closed."),
        )
        return HttpResponseRedirect(self.fallback_url())


class OwnPasswordView(PasswordChangeView):
    """``/password/``: one's own password; the only page that opens while the first one is in use."""

    template_name = "registry/users/own_password.html"

    def form_valid(self, form: Any) -> HttpResponse:
        form.user.must_change_password = False
        answer = super().form_valid(form)
        messages.success(self.request, _("The new password is in force."))
        return answer

    def get_success_url(self) -> str:
        return reverse("home")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **kwargs,
            heading=_("Change the password"),
            crumbs=[FIRST, (_("Change the password"), "")],
            first=self.request.user.must_change_password,  # type: ignore[union-attr]
            submit=_("Save"),
            sign="check",
            next=reverse("home"),
        )


directory.register(
    directory.Tile(
        label=gettext_lazy("Users"),
        url_name="users",
        icon="person",
        note=gettext_lazy("Who may sign in, as what, and where."),
        verb="manage_users",
        order=90,
    )
)
