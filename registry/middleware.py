"""Refusals of the register as pages: a sentence and the right status, never a stack trace."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from registry.errors import NotAllowed, RegistryError


class RefusalMiddleware:
    """Turn a ``RegistryError`` that a view did not answer itself into a page (403 or 400)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, RegistryError):
            return None
        status = 403 if isinstance(exception, NotAllowed) else 400
        return render(request, "registry/refused.html", {"error": exception}, status=status)
