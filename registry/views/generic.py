"""What the pages have in common: permission, scope, lists with filters, forms that call a service."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, TemplateView
from django_filters.views import FilterView
from django_tables2 import SingleTableMixin

from registry import access
from registry.context import chosen_division
from registry.errors import BadInput, NotAllowed, RegistryError, RowsRefused
from registry.models import Division

from .exporting import ExportMixin
from .listing import ListToolsMixin, list_view

FIRST = (gettext_lazy("Workbench"), "/")


def safe_next(request: HttpRequest, fallback: str = "/") -> str:
    """The address to go back to: of this site only."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    own = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if own else fallback


class PageMixin:
    """A page behind one verb. ``crumbs`` lead here; the title is the last of them."""

    verb = "view"
    title: Any = ""
    crumbs: tuple[tuple[Any, str], ...] = ()
    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        access.require(request.user, self.verb)
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]

    @property
    def division(self) -> Division:
        """The division looked at. Raises ``NotAllowed`` for a user without one."""
        division = chosen_division(self.request)
        if division is None:
            raise NotAllowed(_("You have no role in any division yet. Ask the administrator for one."))
        return division

    def scoped(self, rows: Any) -> Any:
        """Rows that the user may see, in the division looked at."""
        return rows.visible_to(self.request.user).within(self.division)

    def get_title(self) -> Any:
        return self.title

    def get_crumbs(self) -> list[tuple[Any, str]]:
        return [FIRST, *self.crumbs, (self.get_title(), "")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)  # type: ignore[misc]
        return {"title": self.get_title(), "crumbs": self.get_crumbs(), **context}


class Page(PageMixin, TemplateView):
    """A page that only shows."""


class ListPage(ExportMixin, ListToolsMixin, PageMixin, SingleTableMixin, FilterView):
    """A list: one filtered queryset for table, count and export. ``noun`` is counted above the table.

    ``export_columns`` says what it gives away (``registry.views.exporting``), ``bulk_acts`` what can be done
    to all rows that match (``BulkPage``).
    """

    strict = False
    noun = "result"
    table_pagination = {"per_page": 30}
    template_name = "registry/list.html"
    lead: Any = ""

    def get_queryset(self) -> QuerySet:
        return self.scoped(self.model.objects)  # type: ignore[union-attr]

    def get_filterset_kwargs(self, filterset_class: Any) -> dict[str, Any]:
        return {**super().get_filterset_kwargs(filterset_class), "request": self.request}

    def get_table_kwargs(self) -> dict[str, Any]:
        return {"request": self.request}

    @property
    def narrowing(self) -> dict[str, str]:
        """The filters that are asked for; without one the list is all of ``get_queryset``."""
        known = self.get_filterset_class().base_filters
        return {key: value for key, value in self.request.GET.items() if value and key in known}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        page = context["table"].page
        return {
            **context,
            "lead": self.lead,
            "count": page.paginator.count,
            "noun": self.noun,
            "exports": self.export_links(),
            **self.list_tools(),
            "reset": self.request.path if self.narrowing else "",
        }


class ActionPage(PageMixin, FormView):
    """A form whose sending calls one service; the refusal of the register stands above the form."""

    template_name = "registry/action.html"
    submit: Any = gettext_lazy("Save")
    sign = "check"
    lead: Any = ""
    done: Any = ""

    def act(self, form: forms.Form) -> Any:
        """Call the service with what the form holds."""
        raise AssertionError(f"{type(self).__name__} calls no service")

    def form_valid(self, form: forms.Form) -> HttpResponse:
        try:
            self.act(form)
        except (NotAllowed, RowsRefused):
            raise
        except RegistryError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        if self.done:
            messages.success(self.request, self.done)
        return HttpResponseRedirect(self.get_success_url())

    def get_success_url(self) -> str:
        return safe_next(self.request, self.fallback_url())

    def fallback_url(self) -> str:
        return reverse("home")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            submit=self.submit,
            sign=self.sign,
            lead=self.lead,
            next=safe_next(self.request, self.fallback_url()),
            **kwargs,
        )


class RegisterPage(ActionPage):
    """A form that registers a thing in a division and leads to its page.

    ``one`` and ``many`` are the names of the addresses of that page and of the list; ``made`` is the thing.
    """

    one = ""
    many = ""
    made: Any = None

    def register(self, form: forms.Form) -> Any:
        """Call the service, and give what it has registered."""
        raise AssertionError(f"{type(self).__name__} registers nothing")

    def act(self, form: forms.Form) -> None:
        self.made = self.register(form)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.request.user, "division": self.division}

    def get_initial(self) -> dict[str, Any]:
        return {"units": self.request.GET.get("unit", "")[:40]}

    def get_success_url(self) -> str:
        return reverse(self.one, args=[self.made.pk])

    def fallback_url(self) -> str:
        return reverse(self.many)


class BulkPage(ActionPage):
    """An act on all rows of a list that match its filter; ``list_name`` is the address name of the list.

    The page says how many there are and shows the first of them; the number goes with the form, so that what
    has begun to match meanwhile is not written unseen. The service is all or nothing: it raises
    ``RowsRefused`` with every row that it refuses.
    """

    template_name = "registry/lists/bulk.html"
    list_name = ""
    noun = "result"
    most = 2000
    shown = 10

    @cached_property
    def matching(self) -> Any:
        """The rows that match. Raises ``BadInput`` for a filter that is wrong: it would match everything."""
        rows, filled = list_view(self.list_name, self.request).filtered()
        if filled.is_bound and not filled.is_valid():
            raise BadInput(_("The filter holds a value that does not exist. Go back to the list."), "filter")
        return rows

    @cached_property
    def count(self) -> int:
        return self.matching.count()

    def chosen(self) -> list[Any]:
        """The rows to be written. Raises ``BadInput`` where there are none, too many, or other ones now."""
        if not self.count:
            raise BadInput(_("Nothing matches the filter. Go back to the list."), "nothing")
        if self.count > self.most:
            raise BadInput(
                _("%(count)d match; at most %(most)d are written at once. Narrow the filter.")
                % {"count": self.count, "most": self.most},
                "too_many",
            )
        if self.request.POST.get("count") != str(self.count):
            raise BadInput(
                _("Meanwhile %(count)d match. Look at them again, then confirm.") % {"count": self.count},
                "changed",
            )
        return list(self.matching)

    def fallback_url(self) -> str:
        return f"{reverse(self.list_name)}?{self.request.GET.urlencode()}"

    def form_valid(self, form: forms.Form) -> HttpResponse:
        try:
            return super().form_valid(form)
        except RowsRefused as refused:
            form.add_error(None, str(refused))
            return self.render_to_response(self.get_context_data(form=form, refused=refused.rows))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            count=self.count,
            noun=self.noun,
            sample=self.matching[: self.shown],
            more=max(self.count - self.shown, 0),
            back=self.fallback_url(),
            **kwargs,
        )


def call_service(request: HttpRequest, service: Callable[[], Any], done: Any) -> bool:
    """Call a service from a button; the answer of the register is shown as a message on the next page."""
    try:
        service()
    except NotAllowed:
        raise
    except RegistryError as error:
        messages.error(request, str(error))
        return False
    messages.success(request, done)
    return True
