"""What happens around every page: whose divisions the database works for, the first password, refusals."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from registry import access, row_security
from registry.errors import NotAllowed, RegistryError

Answer = Callable[[HttpRequest], HttpResponse]
# What someone whose first password is still in use may open.
FIRST_PASSWORD_PAGES = frozenset({"password", "logout", "set_language", "login", "healthz"})
HEALTH = "/healthz"


class RowScopeMiddleware:
    """Tell the database before every request whose divisions it works for: nobody's without a sign-in."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == HEALTH:  # says itself that the database is silent, and reads nobody's row
            return self.get_response(request)
        with row_security.limited(access.scope_paths(request.user)):
            return self.get_response(request)


class FirstPasswordMiddleware:
    """Whoever signs in with a password that somebody else chose chooses his own first. 首次登录须改密"""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        match = request.resolver_match
        if match is None or match.url_name in FIRST_PASSWORD_PAGES:
            return None
        if getattr(request.user, "must_change_password", False):
            return HttpResponseRedirect(reverse("password"))
        return None


class RefusalMiddleware:
    """Turn a ``RegistryError`` that a view did not answer itself into a page (403 or 400)."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, RegistryError):
            return None
        status = 403 if isinstance(exception, NotAllowed) else 400
        return render(request, "registry/refused.html", {"error": exception}, status=status)
